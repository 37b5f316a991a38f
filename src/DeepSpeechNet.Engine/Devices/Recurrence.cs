using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices;

/// <summary>The recurrent cells. G is the number of gates: the width of a projection is G * H.</summary>
public enum CellKind
{
    /// <summary>G = 1. h_t = tanh(a_t), a_t = x_t + U h_{t-1}.</summary>
    Tanh,

    /// <summary>G = 1. h_t = min(max(0, a_t), 20), a_t = x_t + U h_{t-1} (Hannun et al. 2014, equation 2).</summary>
    ClippedRelu,

    /// <summary>
    /// G = 3 in the order r, z, n. r, z = sigmoid(x_t + U h_{t-1}), n = tanh(x_t + U_n (r * h_{t-1})), h_t = (1 - z) h_{t-1} + z n
    /// (Cho et al. 2014 with z as in Chung et al. 2014: reset before the product).
    /// </summary>
    GruResetBefore,

    /// <summary>
    /// G = 3 in the order r, z, n. r, z = sigmoid(x_t + U h_{t-1} + u), n = tanh(x_t + r * (U_n h_{t-1} + u_n)),
    /// h_t = (1 - z) n + z h_{t-1} (PyTorch's and cuDNN's form: reset after the product; u is the recurrent bias).
    /// </summary>
    GruResetAfter,

    /// <summary>
    /// G = 4 in the order i, f, g, o. i, f, o = sigmoid, g = tanh of x_t + U h_{t-1}; c_t = f c_{t-1} + i g; h_t = o tanh(c_t)
    /// (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).
    /// </summary>
    Lstm,

    /// <summary>As <see cref="Lstm"/>, with peepholes p (vectors, [3, H] in the order i, f, o): i and f also see p * c_{t-1}, o sees p * c_t (Gers et al. 2002).</summary>
    LstmPeephole,

    /// <summary>As <see cref="LstmPeephole"/> with full matrices P ([3 * H, H] in the order i, f, o) in place of the vectors.</summary>
    LstmFullPeephole,
}

/// <summary>Facts of the cells.</summary>
public static class CellKinds
{
    /// <summary>G: how many blocks of H columns a projection has.</summary>
    public static int Gates(this CellKind kind) => kind switch
    {
        CellKind.Tanh or CellKind.ClippedRelu => 1,
        CellKind.GruResetBefore or CellKind.GruResetAfter => 3,
        CellKind.Lstm or CellKind.LstmPeephole or CellKind.LstmFullPeephole => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown cell"),
    };

    /// <summary>Whether the cell carries a cell state c beside its hidden state h.</summary>
    public static bool HasCellState(this CellKind kind) => kind is CellKind.Lstm or CellKind.LstmPeephole or CellKind.LstmFullPeephole;
}

/// <summary>
/// One direction of a recurrent layer over a whole sequence batch: what <see cref="Device.RecurrentForward"/> and
/// <see cref="Device.RecurrentBackward"/> read and write. T time steps, B utterances, H hidden units, G gates. Several directions are
/// given in one call so that a device can run them side by side.
/// <para>
/// Frames at or past an utterance's length hold the state: going forwards they repeat the last state, going backwards they hold the
/// initial one until the first real frame from the end. So the final state is the output at the last (forwards) or first (backwards)
/// frame, and what lies in a padded frame never reaches a real one.
/// </para>
/// </summary>
public sealed class RecurrentDirection
{
    /// <summary>Whether time runs from the last frame to the first.</summary>
    public required bool Reverse { get; init; }

    /// <summary>
    /// [T, B, G*H]. Before the forward pass: the input's part of the gates, W x_t + b. After it, where the pass keeps what the backward
    /// pass needs: the gates behind their functions (of the cells with more than one; that of the others is h itself). After the backward pass:
    /// the gradient of the input's part.
    /// </summary>
    public required Tensor Gates { get; init; }

    /// <summary>U, [G*H, H]: row g*H + j holds the weights of unit j's gate g.</summary>
    public required Tensor Weight { get; init; }

    /// <summary>u, [G*H]: the recurrent bias; for <see cref="CellKind.GruResetAfter"/> alone, none elsewhere.</summary>
    public Tensor? Bias { get; init; }

    /// <summary>Peepholes: [3, H] or [3*H, H], as the cell says; none for the other cells.</summary>
    public Tensor? Peephole { get; init; }

    /// <summary>[B, H]: h before the first step; none means zeros.</summary>
    public Tensor? InitialHidden { get; init; }

    /// <summary>[B, H]: c before the first step; none means zeros.</summary>
    public Tensor? InitialCell { get; init; }

    /// <summary>[T, B, H]: h_t, written by the forward pass.</summary>
    public required Tensor Hidden { get; init; }

    /// <summary>[T, B, H]: c_t of the LSTM cells, written by the forward pass.</summary>
    public Tensor? Cell { get; init; }

    /// <summary>
    /// [T, B, H]: what the GRU cells keep for the backward pass (U_n h_{t-1} + u_n, or r * h_{t-1}), which may write over it; none where no backward
    /// pass follows.
    /// </summary>
    public Tensor? Kept { get; init; }

    /// <summary>[T, B, H]: the gradient of <see cref="Hidden"/>, read by the backward pass and never written (summed directions share it).</summary>
    public Tensor? HiddenGradient { get; init; }

    /// <summary>[B, H]: the gradient of the final cell state, read by the backward pass; none means zeros.</summary>
    public Tensor? FinalCellGradient { get; init; }

    /// <summary>Gradient of <see cref="Weight"/>, or none where it is not wanted.</summary>
    public Tensor? WeightGradient { get; init; }

    /// <summary>Gradient of <see cref="Bias"/>.</summary>
    public Tensor? BiasGradient { get; init; }

    /// <summary>Gradient of <see cref="Peephole"/>.</summary>
    public Tensor? PeepholeGradient { get; init; }

    /// <summary>Whether the three gradients of parameters are added to what is there rather than written over it.</summary>
    public bool Accumulate { get; init; }

    /// <summary>[B, H]: gradient of <see cref="InitialHidden"/>, written; none where it is not wanted.</summary>
    public Tensor? InitialHiddenGradient { get; init; }

    /// <summary>[B, H]: gradient of <see cref="InitialCell"/>, written; none where it is not wanted.</summary>
    public Tensor? InitialCellGradient { get; init; }
}
