using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Testing;

/// <summary>
/// A device whose memory nobody outside can reach, as on a card: its buffers hold a number, the storage lies in a CPU device that it keeps to itself. It counts
/// what crosses, fills new memory with NaN so that reading what was never written shows, and refuses memory that was given back.
/// </summary>
public sealed class RemoteDevice(int threads = 1) : Device
{
    private readonly CpuDevice _inner = new(new CpuDeviceOptions { Threads = threads });
    private readonly Dictionary<long, Tensor> _storage = [];
    private long _next;

    /// <inheritdoc/>
    public override string Description => "remote";

    /// <summary>How often the host sent.</summary>
    public int Uploads { get; private set; }

    /// <summary>How many bytes the host sent.</summary>
    public long UploadedBytes { get; private set; }

    /// <summary>How often the host asked for numbers.</summary>
    public int Downloads { get; private set; }

    /// <summary>How many bytes came back.</summary>
    public long DownloadedBytes { get; private set; }

    /// <summary>How many allocations have not been given back.</summary>
    public int LiveBuffers => _storage.Count;

    /// <summary>Sets the counts of transfers to zero.</summary>
    public void ResetCounts() => (Uploads, UploadedBytes, Downloads, DownloadedBytes) = (0, 0, 0, 0);

    /// <inheritdoc/>
    public override Tensor Allocate(ElementType type, Shape shape)
    {
        Tensor storage = _inner.Allocate(type, shape);
        Tensor bytes = new(_inner, storage.Buffer, 0, ElementType.Int8, new Shape(checked((int)storage.Buffer.ByteLength)));
        byte[] poison = new byte[bytes.ByteLength];
        poison.AsSpan().Fill(0xFF);
        _inner.Upload(poison, bytes);
        RemoteBuffer buffer = new(++_next, storage.Buffer.ByteLength);
        _storage.Add(buffer.Number, storage);
        return new Tensor(this, buffer, 0, type, shape);
    }

    /// <inheritdoc/>
    public override void Release(Tensor tensor)
    {
        long number = ((RemoteBuffer)tensor.Buffer).Number;
        if (!_storage.Remove(number, out Tensor? storage))
            throw new InvalidOperationException($"Buffer {number} was given back twice.");
        _inner.Release(storage);
    }

    /// <inheritdoc/>
    public override void Upload(ReadOnlySpan<byte> source, Tensor target)
    {
        Uploads++;
        UploadedBytes += source.Length;
        _inner.Upload(source, Written(target));
    }

    /// <inheritdoc/>
    public override void Download(Tensor source, Span<byte> target)
    {
        Downloads++;
        DownloadedBytes += target.Length;
        _inner.Download(In(source), target);
    }

    /// <inheritdoc/>
    public override void Fill(Tensor target, float value) => _inner.Fill(Written(target), value);

    /// <inheritdoc/>
    public override void CopyColumns(Tensor source, int sourceColumn, Tensor target, int targetColumn, int columns, bool accumulate) =>
        _inner.CopyColumns(In(source), sourceColumn, Written(target), targetColumn, columns, accumulate);

    /// <inheritdoc/>
    public override void MatMul(
        Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c, bool accumulate = false, Tensor? bias = null, Activation activation = Activation.None) =>
        _inner.MatMul(In(a), transposeA, In(b), transposeB, In(c), accumulate, InOrNull(bias), activation);

    /// <inheritdoc/>
    public override void GatherRows(Tensor table, Tensor indices, Tensor y) => _inner.GatherRows(In(table), In(indices), In(y));

    /// <inheritdoc/>
    public override void ScatterAddRows(Tensor rows, Tensor indices, Tensor table) => _inner.ScatterAddRows(In(rows), In(indices), Written(table));

    /// <inheritdoc/>
    public override void CoalesceRows(ReadOnlySpan<RowGradient> parts, RowGradient sum) => _inner.CoalesceRows(In(parts), In(sum));

    /// <inheritdoc/>
    public override void RowDots(Tensor a, Tensor b, Tensor y, bool accumulate = false) => _inner.RowDots(In(a), In(b), In(y), accumulate);

    /// <inheritdoc/>
    public override void ScaleRows(Tensor x, Tensor scales, Tensor y, bool accumulate = false) => _inner.ScaleRows(In(x), In(scales), In(y), accumulate);

    /// <inheritdoc/>
    public override void Add(Tensor a, Tensor b, Tensor y) => _inner.Add(In(a), In(b), In(y));

    /// <inheritdoc/>
    public override void Multiply(Tensor a, Tensor b, Tensor y, bool accumulate = false) => _inner.Multiply(In(a), In(b), In(y), accumulate);

    /// <inheritdoc/>
    public override void Scale(Tensor x, float scale, Tensor y, bool accumulate = false) => _inner.Scale(In(x), scale, In(y), accumulate);

    /// <inheritdoc/>
    public override void Activate(Activation activation, Tensor x, Tensor y) => _inner.Activate(activation, In(x), In(y));

    /// <inheritdoc/>
    public override void ActivateBackward(Activation activation, Tensor y, Tensor dy, Tensor dx, bool accumulate = false) =>
        _inner.ActivateBackward(activation, In(y), In(dy), In(dx), accumulate);

    /// <inheritdoc/>
    public override void SumRows(Tensor x, Tensor y, bool accumulate = false) => _inner.SumRows(In(x), In(y), accumulate);

    /// <inheritdoc/>
    public override void Dropout(Tensor x, float rate, ulong seed, Tensor y, bool accumulate = false) => _inner.Dropout(In(x), rate, seed, In(y), accumulate);

    /// <inheritdoc/>
    public override void ContextWindow(Tensor x, int context, int stride, Tensor y) => _inner.ContextWindow(In(x), context, stride, In(y));

    /// <inheritdoc/>
    public override void ContextWindowBackward(Tensor dy, int context, int stride, Tensor dx, bool accumulate) =>
        _inner.ContextWindowBackward(In(dy), context, stride, In(dx), accumulate);

    /// <inheritdoc/>
    public override void BatchNorm(
        Tensor x, Tensor lengths, Tensor scale, Tensor shift, Tensor running, float momentum, float epsilon, bool training, Tensor saved, Tensor y) =>
        _inner.BatchNorm(In(x), In(lengths), In(scale), In(shift), Written(running), momentum, epsilon, training, In(saved), In(y));

    /// <inheritdoc/>
    public override void BatchNormBackward(
        Tensor x, Tensor lengths, Tensor scale, Tensor saved, Tensor dy, Tensor dx, Tensor scaleGradient, Tensor shiftGradient, bool accumulateParameters) =>
        _inner.BatchNormBackward(In(x), In(lengths), In(scale), In(saved), In(dy), In(dx), In(scaleGradient), In(shiftGradient), accumulateParameters);

    /// <inheritdoc/>
    public override void LogSoftmax(Tensor x, Tensor y) => _inner.LogSoftmax(In(x), In(y));

    /// <inheritdoc/>
    public override void LogSoftmaxBackward(Tensor y, Tensor dy, Tensor dx, bool accumulate = false) => _inner.LogSoftmaxBackward(In(y), In(dy), In(dx), accumulate);

    /// <inheritdoc/>
    public override void SoftmaxCrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor? gradient, float gradientScale) =>
        _inner.SoftmaxCrossEntropy(In(logits), In(targets), In(losses), InOrNull(gradient), gradientScale);

    /// <inheritdoc/>
    public override void SampledCrossEntropy(
        Tensor logits, Tensor targetLogits, Tensor samples, Tensor targets, Tensor losses, Tensor? gradient, Tensor? targetGradient, float gradientScale) =>
        _inner.SampledCrossEntropy(
            In(logits), In(targetLogits), In(samples), In(targets), In(losses), InOrNull(gradient), InOrNull(targetGradient), gradientScale);

    /// <inheritdoc/>
    public override void TreeCrossEntropy(
        Tensor x, Tensor weight, Tensor? bias, DecisionTree tree, Tensor targets, Tensor losses, TreeGradients? gradients, float gradientScale)
    {
        TreeGradients? innerGradients = gradients is null ? null : new TreeGradients(InOrNull(gradients.Input), In(gradients.Weight), InOrNull(gradients.Bias));
        _inner.TreeCrossEntropy(In(x), In(weight), InOrNull(bias), In(tree), In(targets), In(losses), innerGradients, gradientScale);
    }

    /// <inheritdoc/>
    public override void TreeLogProbabilities(Tensor logits, DecisionTree tree, Tensor y) => _inner.TreeLogProbabilities(In(logits), In(tree), In(y));

    /// <inheritdoc/>
    public override void CtcLoss(
        Tensor logits, Tensor lengths, Tensor labels, Tensor labelOffsets, int blank, Tensor losses, Tensor? gradient, float gradientScale) =>
        _inner.CtcLoss(In(logits), In(lengths), In(labels), In(labelOffsets), blank, In(losses), InOrNull(gradient), gradientScale);

    /// <inheritdoc/>
    public override void RecurrentForward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions, bool training) =>
        _inner.RecurrentForward(cell, In(lengths), In(directions), training);

    /// <inheritdoc/>
    public override void RecurrentBackward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions) =>
        _inner.RecurrentBackward(cell, In(lengths), In(directions));

    /// <inheritdoc/>
    public override void SumLosses(Tensor losses, Tensor state, Tensor? targets = null) => _inner.SumLosses(In(losses), In(state), InOrNull(targets));

    /// <inheritdoc/>
    public override void GradientNorm(Tensor gradients, ReadOnlySpan<RowGradient> rows, float maximumNorm, Tensor state) =>
        _inner.GradientNorm(In(gradients), In(rows), maximumNorm, In(state));

    /// <inheritdoc/>
    public override void ClipValues(Tensor gradients, float limit) => _inner.ClipValues(In(gradients), limit);

    /// <inheritdoc/>
    public override void Optimise(in OptimiserStep step, Tensor values, Tensor gradients, Tensor? firstMoment, Tensor? secondMoment, Tensor state) =>
        _inner.Optimise(step, Written(values), In(gradients), InOrNull(firstMoment), InOrNull(secondMoment), In(state));

    /// <inheritdoc/>
    public override void OptimiseRows(in OptimiserStep step, Tensor values, RowGradient gradient, Tensor? firstMoment, Tensor? secondMoment, Tensor state) =>
        _inner.OptimiseRows(step, Written(values), In(gradient), InOrNull(firstMoment), InOrNull(secondMoment), In(state));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
    }

    private Tensor Written(Tensor tensor)
    {
        tensor.Buffer.MarkChanged();
        return In(tensor);
    }

    /// <summary>The inner tensor of one of ours; kept with it, so that the inner device's packed weights are kept too.</summary>
    private Tensor In(Tensor tensor)
    {
        if (!ReferenceEquals(tensor.Device, this))
            throw new InvalidOperationException($"The tensor {tensor} lies on another device.");
        long number = ((RemoteBuffer)tensor.Buffer).Number;
        if (!_storage.TryGetValue(number, out Tensor? storage))
            throw new InvalidOperationException($"The tensor {tensor} views buffer {number}, which was given back.");
        if (tensor.DeviceCache is not Tensor inner)
            tensor.DeviceCache = inner = new Tensor(_inner, storage.Buffer, tensor.ByteOffset, tensor.Type, tensor.Shape);
        inner.IsParameter = tensor.IsParameter;
        return inner;
    }

    private Tensor? InOrNull(Tensor? tensor) => tensor is null ? null : In(tensor);

    private DecisionTree In(DecisionTree tree) => tree with { Nodes = In(tree.Nodes), PathOffsets = In(tree.PathOffsets), Paths = In(tree.Paths) };

    private RowGradient In(RowGradient rows) => new(In(rows.Indices), In(rows.Rows));

    private RowGradient[] In(ReadOnlySpan<RowGradient> parts)
    {
        RowGradient[] inner = new RowGradient[parts.Length];
        for (int i = 0; i < inner.Length; i++)
            inner[i] = In(parts[i]);
        return inner;
    }

    private RecurrentDirection[] In(ReadOnlySpan<RecurrentDirection> directions)
    {
        RecurrentDirection[] inner = new RecurrentDirection[directions.Length];
        for (int i = 0; i < inner.Length; i++)
        {
            RecurrentDirection d = directions[i];
            inner[i] = new RecurrentDirection
            {
                Reverse = d.Reverse,
                Gates = In(d.Gates),
                Weight = In(d.Weight),
                Bias = InOrNull(d.Bias),
                Peephole = InOrNull(d.Peephole),
                InitialHidden = InOrNull(d.InitialHidden),
                InitialCell = InOrNull(d.InitialCell),
                Hidden = In(d.Hidden),
                Cell = InOrNull(d.Cell),
                Kept = InOrNull(d.Kept),
                HiddenGradient = InOrNull(d.HiddenGradient),
                FinalCellGradient = InOrNull(d.FinalCellGradient),
                WeightGradient = InOrNull(d.WeightGradient),
                BiasGradient = InOrNull(d.BiasGradient),
                PeepholeGradient = InOrNull(d.PeepholeGradient),
                Accumulate = d.Accumulate,
                InitialHiddenGradient = InOrNull(d.InitialHiddenGradient),
                InitialCellGradient = InOrNull(d.InitialCellGradient),
            };
        }

        return inner;
    }

    private sealed class RemoteBuffer(long number, long byteLength) : DeviceBuffer(byteLength)
    {
        public long Number { get; } = number;
    }
}
