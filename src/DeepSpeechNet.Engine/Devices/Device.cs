using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices;

/// <summary>
/// What a processor must be able to do so that every operation, layer, loss and optimiser runs on it: memory, and the primitives below.
/// A sequence batch <c>[time, batch, feature]</c> is a matrix of time * batch rows to those that say "rows".
/// <para>
/// Primitives may be queued; only <see cref="Download"/> waits for them. Every matrix product sums over its inner
/// extent in one fixed order, from the first element to the last with one fused multiply-add each, whatever the other extents are, so
/// that neither a batch neighbour nor the number of threads changes a result. Outputs are written whole unless a parameter says that
/// they are added to. One thread at a time gives a device its work.
/// </para>
/// </summary>
public abstract class Device : IDisposable
{
    /// <summary>What people call it: <c>cpu</c>, with what it found (threads, vector width).</summary>
    public abstract string Description { get; }

    /// <summary>How many kernels were launched so far; 0 where the device launches none.</summary>
    public virtual long Launches => 0;

    // ---- memory ----

    /// <summary>Memory for a tensor, its content undefined, from the device's pool.</summary>
    public abstract Tensor Allocate(ElementType type, Shape shape);

    /// <summary>Gives the memory of a tensor from <see cref="Allocate"/> back to the pool. Views of it must not be used afterwards.</summary>
    public abstract void Release(Tensor tensor);

    /// <summary>Copies the host's bytes into the tensor; they may change as soon as this returns. One call carries a whole batch (see <see cref="Training.HostBatch"/>).</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract void Upload(ReadOnlySpan<byte> source, Tensor target);

    /// <summary>Copies the tensor to the host; waits for all work given before.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract void Download(Tensor source, Span<byte> target);

    /// <summary>Sets every element of a float32 tensor.</summary>
    public abstract void Fill(Tensor target, float value);

    /// <summary>Copies <paramref name="columns"/> columns of each row of a float32 tensor to another of as many rows, over it or added to it.</summary>
    public abstract void CopyColumns(Tensor source, int sourceColumn, Tensor target, int targetColumn, int columns, bool accumulate);

    // ---- matrix products ----

    /// <summary>
    /// C[M, N] = act(op(A) op(B) + bias), or C += op(A) op(B) where <paramref name="accumulate"/> (then neither bias nor activation).
    /// Each operand is a matrix of its rows and last extent, and op transposes it where asked. The bias is added before the product's
    /// first term, so that the order of additions is fixed.
    /// </summary>
    public abstract void MatMul(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c, bool accumulate = false, Tensor? bias = null, Activation activation = Activation.None);

    // ---- rows of a table; an index is int32, and a negative one stands for padding ----

    /// <summary>
    /// y[r] = table[indices[r]] for each row r of y, zeros where the index is negative: the look-up of an embedding. An index past the table is an
    /// <see cref="ArgumentException"/> where the device can tell at once; else its row is NaN.
    /// </summary>
    public abstract void GatherRows(Tensor table, Tensor indices, Tensor y);

    /// <summary>table[indices[r]] += rows[r] for each row r, in order from the first to the last; rows of negative indices are left out.</summary>
    public abstract void ScatterAddRows(Tensor rows, Tensor indices, Tensor table);

    /// <summary>
    /// Adds up the rows of equal index: <paramref name="sum"/>, with as many rows as the parts together, gets each index that occurs once, in rising order
    /// from its first row on, with the sum of its rows in the order of the parts; its other indices are -1.
    /// </summary>
    public abstract void CoalesceRows(ReadOnlySpan<RowGradient> parts, RowGradient sum);

    /// <summary>y[r] = the inner product of row r of a and row r of b, or y[r] += it.</summary>
    public abstract void RowDots(Tensor a, Tensor b, Tensor y, bool accumulate = false);

    /// <summary>y[r] = scales[r] * x[r] for each row, or y[r] += it.</summary>
    public abstract void ScaleRows(Tensor x, Tensor scales, Tensor y, bool accumulate = false);

    // ---- elementwise; input and output may be the same tensor ----

    /// <summary>y = a + b.</summary>
    public abstract void Add(Tensor a, Tensor b, Tensor y);

    /// <summary>y = a * b elementwise, or y += a * b.</summary>
    public abstract void Multiply(Tensor a, Tensor b, Tensor y, bool accumulate = false);

    /// <summary>y = scale * x, or y += scale * x.</summary>
    public abstract void Scale(Tensor x, float scale, Tensor y, bool accumulate = false);

    /// <summary>y = act(x).</summary>
    public abstract void Activate(Activation activation, Tensor x, Tensor y);

    /// <summary>dx = dy * act'(x) from y = act(x), or dx += it.</summary>
    public abstract void ActivateBackward(Activation activation, Tensor y, Tensor dy, Tensor dx, bool accumulate = false);

    /// <summary>y[column] = the sum over all rows of x, or y += it: the gradient of a bias.</summary>
    public abstract void SumRows(Tensor x, Tensor y, bool accumulate = false);

    /// <summary>
    /// Inverted dropout (Srivastava et al. 2014): y = x / (1 - rate) where the element is kept, else 0 (added to y where
    /// <paramref name="accumulate"/>). Element i is kept where <c>CounterRandom.Uniform(seed, i) >= rate</c>, so that every device draws the same
    /// mask and the backward pass is the same call on the gradient.
    /// </summary>
    public abstract void Dropout(Tensor x, float rate, ulong seed, Tensor y, bool accumulate = false);

    // ---- frames ----

    /// <summary>
    /// Frames with their context: from x [T, B, F], y[t, b] is the frames stride*t - context .. stride*t + context of utterance b one after
    /// the other, zeros where there is none (Hannun et al. 2014, section 2); y is [ceil(T / stride), B, (2 context + 1) F].
    /// </summary>
    public abstract void ContextWindow(Tensor x, int context, int stride, Tensor y);

    /// <summary>The gradient of <see cref="ContextWindow"/>: dx (+)= the sum of each frame's copies in dy.</summary>
    public abstract void ContextWindowBackward(Tensor dy, int context, int stride, Tensor dx, bool accumulate);

    // ---- normalisation ----

    /// <summary>
    /// Sequence-wise batch normalisation (Ioffe and Szegedy 2015; Amodei et al. 2016, section 3.2): per feature over all real frames of x [T, B, F]
    /// (those before lengths[b]): y = scale (x - mean) / sqrt(variance + epsilon) + shift. Where <paramref name="training"/>, mean and
    /// (biased) variance come from the batch, are kept in saved [2, F] (mean, 1/sqrt(variance + epsilon)) for the backward pass, and move
    /// running [2, F] (mean, variance) by momentum: running += momentum (batch - running); else they come from running. Padded frames of
    /// y are computed like the others and mean nothing.
    /// </summary>
    public abstract void BatchNorm(Tensor x, Tensor lengths, Tensor scale, Tensor shift, Tensor running, float momentum, float epsilon, bool training, Tensor saved, Tensor y);

    /// <summary>The gradients of <see cref="BatchNorm"/> in training; dy of padded frames is taken as zero, and so is dx written there.</summary>
    public abstract void BatchNormBackward(Tensor x, Tensor lengths, Tensor scale, Tensor saved, Tensor dy, Tensor dx, Tensor scaleGradient, Tensor shiftGradient, bool accumulateParameters);

    // ---- softmax, cross-entropy and CTC ----

    /// <summary>y = x - log sum exp x over the last extent of each row.</summary>
    public abstract void LogSoftmax(Tensor x, Tensor y);

    /// <summary>dx = dy - exp(y) * (the row's sum of dy), or dx += it.</summary>
    public abstract void LogSoftmaxBackward(Tensor y, Tensor dy, Tensor dx, bool accumulate = false);

    /// <summary>
    /// Softmax and cross-entropy in one: for each row r of logits [..., C] with target k = targets[r] (int32),
    /// losses[r] = log sum exp logits[r] - logits[r, k] and, where a gradient is given, gradient[r] = gradientScale * (softmax(logits[r]) - 1 at k).
    /// The gradient may be the logits' own tensor. A row with a negative target is padding: its loss and gradient are 0. A row with logits that
    /// are no numbers has the loss NaN and a zero gradient.
    /// </summary>
    public abstract void SoftmaxCrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor? gradient, float gradientScale);

    /// <summary>
    /// Cross-entropy over each row's own target and samples that all rows share: losses[r] = log(exp t_r + the sum of exp logits[r, s] over the samples
    /// s that are not row r's target) - t_r, with t_r = targetLogits[r]; the logits of samples left out become minus infinity. Where gradients are given they are gradientScale * d(sum of losses), and may be
    /// the logits' own tensors. samples [S] and targets [R] are int32 words; a row with a negative target has the loss and gradient 0.
    /// </summary>
    public abstract void SampledCrossEntropy(
        Tensor logits, Tensor targetLogits, Tensor samples, Tensor targets, Tensor losses, Tensor? gradient, Tensor? targetGradient, float gradientScale);

    /// <summary>
    /// The negative log probability of each row's target in a tree of softmaxes (see <see cref="DecisionTree"/>): losses[r] = the sum over the decisions on
    /// the path of targets[r] of -log p(child | x[r]), and where gradients are given gradientScale times those of the sum of all losses. A row with a
    /// negative target has the loss and gradient 0. Its cost grows with the rows on the paths, not with the number of words.
    /// </summary>
    public abstract void TreeCrossEntropy(
        Tensor x, Tensor weight, Tensor? bias, DecisionTree tree, Tensor targets, Tensor losses, TreeGradients? gradients, float gradientScale);

    /// <summary>
    /// From the logits [.., tree.Rows] of all decisions of a tree of softmaxes the log probability of every word: y [.., tree.Words] = the sum over the
    /// word's path of log p(child).
    /// </summary>
    public abstract void TreeLogProbabilities(Tensor logits, DecisionTree tree, Tensor y);

    /// <summary>
    /// Connectionist temporal classification with the softmax fused into it (Graves et al. 2006, equations 14 to 16): from logits [T, B, A]
    /// and per utterance its number of frames lengths[b], its labels labels[labelOffsets[b] .. labelOffsets[b + 1]) and the blank's class,
    /// losses[b] = -log p(labels | logits) and, where a gradient is given, gradient [T, B, A] = gradientScale * d(sum of losses)/d(logits), zero
    /// in padded frames. A text that cannot fit its frames has the loss +infinity and a zero gradient; logits that are not finite give NaN and a zero gradient.
    /// All integer tensors are <see cref="ElementType.Int32"/>; labelOffsets has B + 1 entries.
    /// </summary>
    public abstract void CtcLoss(Tensor logits, Tensor lengths, Tensor labels, Tensor labelOffsets, int blank, Tensor losses, Tensor? gradient, float gradientScale);

    // ---- recurrence ----

    /// <summary>Runs a recurrent layer's directions over all time steps; lengths [B]. See <see cref="RecurrentDirection"/>.</summary>
    /// <param name="cell">The cell, the same for all directions.</param>
    /// <param name="lengths">[B], the real frames of each utterance.</param>
    /// <param name="directions">One or more directions of equal shapes.</param>
    /// <param name="training">Whether <see cref="RecurrentBackward"/> follows, so that gates (and Kept) must be kept.</param>
    public abstract void RecurrentForward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions, bool training);

    /// <summary>
    /// Back-propagation through time (Werbos 1990) of all directions: from <see cref="RecurrentDirection.HiddenGradient"/> the gradient of the
    /// input's part of the gates (written over <see cref="RecurrentDirection.Gates"/>), of the recurrent parameters and of the initial states.
    /// </summary>
    public abstract void RecurrentBackward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions);

    // ---- training; all scalars of a step stay on the device in one state tensor, see Training.StepState ----

    /// <summary>
    /// Sums up the losses [B] of a step into state: <see cref="Training.StepState.LossSum"/>, <see cref="Training.StepState.Utterances"/> and
    /// <see cref="Training.StepState.Impossible"/> (those of +infinity, left out of the sum), and sets <see cref="Training.StepState.Skip"/> where one is NaN.
    /// Where <paramref name="targets"/> (int32, one a loss) are given, losses whose target is negative are padding and count nowhere.
    /// </summary>
    public abstract void SumLosses(Tensor losses, Tensor state, Tensor? targets = null);

    /// <summary>
    /// The Euclidean norm of all gradients, dense ones and rows without duplicates (in double precision, blocks of fixed size in fixed order), into
    /// <see cref="Training.StepState.GradientNorm"/>, min(1, maximumNorm / norm) into <see cref="Training.StepState.ClipFactor"/> (1 where maximumNorm is 0),
    /// and sets <see cref="Training.StepState.Skip"/> where the norm is not finite (Pascanu et al. 2013).
    /// </summary>
    public abstract void GradientNorm(Tensor gradients, ReadOnlySpan<RowGradient> rows, float maximumNorm, Tensor state);

    /// <summary>The norm of dense gradients alone.</summary>
    public void GradientNorm(Tensor gradients, float maximumNorm, Tensor state) => GradientNorm(gradients, [], maximumNorm, state);

    /// <summary>Limits each gradient to [-limit, limit].</summary>
    public abstract void ClipValues(Tensor gradients, float limit);

    /// <summary>One step of an optimiser over all parameters at once, unless state says to skip; see <see cref="OptimiserStep"/>.</summary>
    public abstract void Optimise(in OptimiserStep step, Tensor values, Tensor gradients, Tensor? firstMoment, Tensor? secondMoment, Tensor state);

    /// <summary>
    /// One step of an optimiser on those rows of a table that have a gradient, without duplicates, unless state says to skip. Moments, decay and momentum of
    /// the other rows stand still (lazy updates), so that the cost does not depend on the size of the table.
    /// </summary>
    public abstract void OptimiseRows(in OptimiserStep step, Tensor values, RowGradient gradient, Tensor? firstMoment, Tensor? secondMoment, Tensor state);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the device's memory and threads back.</summary>
    protected abstract void Dispose(bool disposing);
}
