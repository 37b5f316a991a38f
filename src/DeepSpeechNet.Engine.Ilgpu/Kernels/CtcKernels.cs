using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What the kernels of the CTC loss take.</summary>
internal struct CtcArguments
{
    /// <summary>[T, B, A].</summary>
    public ArrayView<float> Logits;
    public ArrayView<int> Lengths;
    public ArrayView<int> Labels;
    public ArrayView<int> Offsets;
    public ArrayView<float> Losses;

    /// <summary>[T, B, A].</summary>
    public ArrayView<float> Gradient;

    /// <summary>[T, B]: log sum exp of each frame, NaN where a logit is not finite.</summary>
    public ArrayView<double> Normalisers;

    /// <summary>
    /// The states of all utterances: utterance b has 2 L + 1 of them, and its rows start at (2 offsets[b] + b) times the number of rows. Row t + 1 holds the
    /// logarithms of alpha after frame t, and then the posteriors of frame t.
    /// </summary>
    public ArrayView<double> Alpha;

    /// <summary>Two rows of beta for each utterance.</summary>
    public ArrayView<double> Beta;
    public int Frames;
    public int Batch;
    public int Classes;
    public int LabelCount;
    public int Blank;
    public int HasGradient;
    public float Scale;
}

/// <summary>
/// Connectionist temporal classification (Graves et al. 2006, equations 6 to 16) in the log domain and double precision, for any length. One group runs
/// an utterance, its lanes over the states of a frame; state 2 i is blank i, state 2 i + 1 label i.
/// </summary>
internal static class CtcKernels
{
    /// <summary>Rows of states that an utterance keeps beside those of its frames: the start.</summary>
    public const int ExtraRows = 1;

    /// <summary>log sum exp of each frame; one lane a frame.</summary>
    public static void Normalise(CtcArguments a)
    {
        int row = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (row >= a.Frames * a.Batch)
            return;
        int start = row * a.Classes;
        float maximum = a.Logits[start];
        double fault = 0, sum = 0;
        for (int c = 0; c < a.Classes; c++)
        {
            float x = a.Logits[start + c];
            fault += x - x;
            maximum = x > maximum ? x : maximum;
        }

        for (int c = 0; c < a.Classes; c++)
            sum += KernelMath.Exp((double)a.Logits[start + c] - maximum);
        a.Normalisers[row] = fault == 0 ? maximum + KernelMath.Log(sum) : double.NaN;
    }

    /// <summary>The loss of each utterance, and the posteriors of its states where a gradient is wanted.</summary>
    [MeetsAtBarriers]
    public static void Run(CtcArguments a)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(GroupSums.MostLanes);
        int b = Grid.IdxX, frames = a.Lengths[b], first = a.Offsets[b], length = a.Offsets[b + 1] - first;
        bool valid = frames >= 0 && frames <= a.Frames && first >= 0 && length >= 0 && first + length <= a.LabelCount;
        frames = valid ? frames : 0;
        length = valid ? length : 0;
        double faults = valid ? 0.0 : 1.0, needed = 0;
        for (int t = Group.IdxX; t < frames; t += Group.DimX)
            faults += KernelMath.IsFinite(a.Normalisers[(t * a.Batch) + b]) ? 0.0 : 1.0;
        for (int i = Group.IdxX; i < length; i += Group.DimX)
        {
            int label = a.Labels[first + i];
            faults += label < 0 || label >= a.Classes || label == a.Blank ? 1.0 : 0.0;
            needed += i > 0 && label == a.Labels[first + i - 1] ? 2.0 : 1.0;
        }

        faults = GroupSums.Sum(shared, faults);
        needed = GroupSums.Sum(shared, needed);
        if (faults > 0 || needed > frames || frames == 0)
        {
            if (Group.IdxX == 0)
                a.Losses[b] = faults > 0 ? float.NaN : needed > frames ? float.PositiveInfinity : 0;
            return;
        }

        int states = (2 * length) + 1, alpha = ((2 * first) + b) * (a.Frames + ExtraRows);
        Forward(a, b, frames, first, states, alpha);
        int last = alpha + (frames * states);
        double total = KernelMath.LogAdd(a.Alpha[last + states - 1], states > 1 ? a.Alpha[last + states - 2] : KernelMath.Nothing);
        if (Group.IdxX == 0)
            a.Losses[b] = (float)-total;
        if (a.HasGradient != 0)
            Backward(a, b, frames, first, states, alpha, total);
    }

    /// <summary>
    /// gradient = scale (softmax - the sum of the posteriors of a class's states); one lane an element. Zero in padded frames and for utterances without
    /// a finite loss.
    /// </summary>
    public static void Gradient(CtcArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Frames * a.Batch * a.Classes)
            return;
        int row = i / a.Classes, c = i - (row * a.Classes), t = row / a.Batch, b = row - (t * a.Batch);
        if (t >= a.Lengths[b] || !KernelMath.IsFinite(a.Losses[b]))
        {
            a.Gradient[i] = 0;
            return;
        }

        int first = a.Offsets[b], states = (2 * (a.Offsets[b + 1] - first)) + 1;
        int posteriors = (((2 * first) + b) * (a.Frames + ExtraRows)) + ((t + 1) * states);
        double sum = 0;
        if (c == a.Blank)
        {
            for (int s = 0; s < states; s += 2)
                sum += a.Alpha[posteriors + s];
        }
        else
        {
            for (int s = 1; s < states; s += 2)
                sum += a.Labels[first + (s / 2)] == c ? a.Alpha[posteriors + s] : 0;
        }

        a.Gradient[i] = (float)(a.Scale * (KernelMath.Exp(a.Logits[i] - a.Normalisers[row]) - sum));
    }

    private static void Forward(CtcArguments a, int b, int frames, int first, int states, int alpha)
    {
        for (int s = Group.IdxX; s < states; s += Group.DimX)
            a.Alpha[alpha + s] = s == 0 ? 0 : KernelMath.Nothing;
        Group.Barrier();
        for (int t = 0; t < frames; t++)
        {
            int before = alpha + (t * states), row = (t * a.Batch) + b;
            double normaliser = a.Normalisers[row];
            for (int s = Group.IdxX; s < states; s += Group.DimX)
            {
                double sum = a.Alpha[before + s];

                // The start lies before the first frame, on a state of its own: blank 0 may follow it, and label 0.
                if (s > 0)
                    sum = KernelMath.LogAdd(sum, a.Alpha[before + s - 1]);
                if (s > 1 && Skips(a, first, s))
                    sum = KernelMath.LogAdd(sum, a.Alpha[before + s - 2]);
                sum += a.Logits[(row * a.Classes) + Class(a, first, s)] - normaliser;
                a.Alpha[before + states + s] = sum < KernelMath.Nothing ? KernelMath.Nothing : sum;
            }

            Group.Barrier();
        }
    }

    private static void Backward(CtcArguments a, int b, int frames, int first, int states, int alpha, double total)
    {
        int beta = ((2 * first) + b) * 2;
        for (int s = Group.IdxX; s < states; s += Group.DimX)
            a.Beta[beta + s] = s >= states - 2 ? 0 : KernelMath.Nothing;
        Group.Barrier();
        for (int t = frames - 1; t >= 0; t--)
        {
            // Beta leaves out the emission of its own frame: first it meets alpha, then the frame's emission is added for the frame before.
            int row = (t * a.Batch) + b, now = alpha + ((t + 1) * states);
            double normaliser = a.Normalisers[row];
            for (int s = Group.IdxX; s < states; s += Group.DimX)
            {
                double value = a.Beta[beta + s];
                a.Alpha[now + s] = KernelMath.Exp(a.Alpha[now + s] + value - total);
                value += a.Logits[(row * a.Classes) + Class(a, first, s)] - normaliser;
                a.Beta[beta + states + s] = value < KernelMath.Nothing ? KernelMath.Nothing : value;
            }

            Group.Barrier();
            for (int s = Group.IdxX; s < states; s += Group.DimX)
            {
                double sum = a.Beta[beta + states + s];
                if (s + 1 < states)
                    sum = KernelMath.LogAdd(sum, a.Beta[beta + states + s + 1]);
                if (s + 2 < states && Skips(a, first, s + 2))
                    sum = KernelMath.LogAdd(sum, a.Beta[beta + states + s + 2]);
                a.Beta[beta + s] = sum;
            }

            Group.Barrier();
        }
    }

    private static int Class(CtcArguments a, int first, int state) => state % 2 == 0 ? a.Blank : a.Labels[first + (state / 2)];

    /// <summary>Whether a path may reach this state from the one before the last: it is a label that differs from the one before.</summary>
    private static bool Skips(CtcArguments a, int first, int state) => state % 2 != 0 && a.Labels[first + (state / 2)] != a.Labels[first + (state / 2) - 1];
}
