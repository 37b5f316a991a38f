using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// CTC in the log domain, double precision: right for any finite logits and any length, at several times the cost of <see cref="CtcScaled"/>,
/// which hands it the utterances whose numbers leave the range that it can answer for.
/// </summary>
internal static unsafe class CtcLog
{
    private const int Lanes = CtcUtterance.Lanes;

    // log 0: low enough to vanish beside any state that a path reaches, and finite, so that differences are never NaN.
    private const double Nothing = -1e300;

    /// <summary>The bytes that <see cref="Run"/> works in.</summary>
    public static long ScratchBytes(in CtcUtterance u)
    {
        long plane = u.Plane;
        long rows = (u.Gradient is null ? 2 : u.Frames + 1L) * RowDoubles(plane);
        return sizeof(double) * (rows + (6 * (plane + (2 * Lanes))) + u.Classes + u.Frames + Lanes);
    }

    /// <summary>The loss of an utterance that fits; with its gradient where asked. NaN, and no gradient, where a logit is not finite.</summary>
    public static double Run(in CtcUtterance u, byte* scratch)
    {
        int plane = u.Plane;
        long rowDoubles = RowDoubles(plane);
        long keptRows = u.Gradient is null ? 2 : u.Frames + 1L;
        double* rows = (double*)scratch;
        double* emission = rows + (keptRows * rowDoubles);
        double* skip = emission + plane + (2 * Lanes);
        double* betaBlank = skip + plane + (2 * Lanes);
        double* betaLabel = betaBlank + plane + (2 * Lanes);
        double* sumBlank = betaLabel + plane + (2 * Lanes);
        double* sumLabel = sumBlank + plane + (2 * Lanes);
        double* normaliser = sumLabel + plane + (2 * Lanes);
        double* posterior = normaliser + u.Frames;

        for (int t = 0; t < u.Frames; t++)
        {
            if (!SoftmaxRow.Exponentials(u.Logits + (t * u.Stride), u.Classes, null, out double maximum, out double sum))
                return double.NaN;
            normaliser[t] = maximum + Math.Log(sum);
        }

        for (int i = 0; i < plane + Lanes; i++)
            skip[i] = i > 0 && i < u.Length && u.Labels[i] != u.Labels[i - 1] ? 0 : Nothing;

        for (int row = 0; row < Math.Min(keptRows, 2); row++)
            Fill(rows + (row * rowDoubles), rowDoubles);
        rows[0] = 0;
        double* last = rows;
        for (int t = 0; t < u.Frames; t++)
        {
            double* next = rows + ((t + 1) % keptRows * rowDoubles);
            double blank = Emissions(u, t, normaliser[t], emission, plane);
            Forward(last, next, emission, skip, blank, plane);
            last = next;
        }

        double total = Add(last[u.Length], u.Length == 0 ? Nothing : last[LabelPlane(plane) + u.Length - 1]);
        if (u.Gradient is null)
            return -total;

        Fill(betaBlank, plane);
        Fill(betaLabel, plane);
        Fill(sumBlank, plane + Lanes);
        Fill(sumLabel, plane + Lanes);
        betaBlank[u.Length] = 0;
        if (u.Length > 0)
            betaLabel[u.Length - 1] = 0;
        for (int t = u.Frames - 1; t >= 0; t--)
        {
            double* alpha = rows + ((t + 1) * rowDoubles);
            Posteriors(u, alpha, betaBlank, betaLabel, total, plane, posterior);
            float* logits = u.Logits + (t * u.Stride);
            float* gradient = u.Gradient + (t * u.Stride);
            for (int c = 0; c < u.Classes; c++)
                gradient[c] = (float)(u.GradientScale * (Math.Exp(logits[c] - normaliser[t]) - posterior[c]));
            double blank = Emissions(u, t, normaliser[t], emission, plane);
            Backward(betaBlank, betaLabel, sumBlank, sumLabel, emission, skip, blank, plane);
        }

        return -total;
    }

    private static long RowDoubles(long plane) => 2 * (plane + Lanes);

    /// <summary>Where a row's labels start: behind its blanks and a vector of <see cref="Nothing"/>, which stands for label -1.</summary>
    private static int LabelPlane(int plane) => plane + Lanes;

    private static void Fill(double* target, long count)
    {
        for (long i = 0; i < count; i++)
            target[i] = Nothing;
    }

    /// <summary>The log probabilities of the labels at frame t; those of the blank as the result.</summary>
    private static double Emissions(in CtcUtterance u, int t, double normaliser, double* emission, int plane)
    {
        float* logits = u.Logits + (t * u.Stride);
        for (int i = 0; i < u.Length; i++)
            emission[i] = logits[u.Labels[i]] - normaliser;
        for (int i = u.Length; i < plane; i++)
            emission[i] = Nothing;
        return logits[u.Blank] - normaliser;
    }

    /// <summary>blank'[i] = (blank[i] + label[i-1]) y_blank; label'[i] = (label[i] + blank[i] + skip[i] label[i-1]) y[i], in logs.</summary>
    private static void Forward(double* last, double* next, double* emission, double* skip, double blankEmission, int plane)
    {
        double* lastLabel = last + LabelPlane(plane);
        double* nextLabel = next + LabelPlane(plane);
        Vector256<double> floor = Vector256.Create(Nothing);
        for (int i = 0; i < plane; i += Vector256<double>.Count)
        {
            Vector256<double> blank = Vector256.Load(last + i);
            Vector256<double> label = Vector256.Load(lastLabel + i);
            Vector256<double> before = Vector256.Load(lastLabel + i - 1);
            Vector256<double> b = LogSum.Of(blank, before) + Vector256.Create(blankEmission);
            Vector256<double> l = LogSum.Of(label, blank, before + Vector256.Load(skip + i)) + Vector256.Load(emission + i);
            Vector256.MaxNative(b, floor).Store(next + i);
            Vector256.MaxNative(l, floor).Store(nextLabel + i);
        }

        // What stands for label -1.
        nextLabel[-1] = Nothing;
    }

    /// <summary>The transpose of <see cref="Forward"/>; beta leaves out the emission of its own frame.</summary>
    private static void Backward(
        double* blank, double* label, double* sumBlank, double* sumLabel, double* emission, double* skip, double blankEmission, int plane)
    {
        Vector256<double> floor = Vector256.Create(Nothing);
        for (int i = 0; i < plane; i += Vector256<double>.Count)
        {
            Vector256.MaxNative(Vector256.Load(blank + i) + Vector256.Create(blankEmission), floor).Store(sumBlank + i);
            Vector256.MaxNative(Vector256.Load(label + i) + Vector256.Load(emission + i), floor).Store(sumLabel + i);
        }

        for (int i = 0; i < plane; i += Vector256<double>.Count)
        {
            Vector256<double> l = Vector256.Load(sumLabel + i);
            LogSum.Of(Vector256.Load(sumBlank + i), l).Store(blank + i);
            LogSum.Of(l, Vector256.Load(sumBlank + i + 1), Vector256.Load(sumLabel + i + 1) + Vector256.Load(skip + i + 1)).Store(label + i);
        }
    }

    /// <summary>The posterior probability of each class: the sum over its states of alpha beta / p.</summary>
    private static void Posteriors(in CtcUtterance u, double* alpha, double* betaBlank, double* betaLabel, double total, int plane, double* posterior)
    {
        new Span<double>(posterior, u.Classes).Clear();
        double* alphaLabel = alpha + LabelPlane(plane);
        Vector256<double> p = Vector256.Create(total);
        Vector256<double> blanks = Vector256<double>.Zero;
        double* labels = stackalloc double[Vector256<double>.Count];
        for (int i = 0; i < plane; i += Vector256<double>.Count)
        {
            blanks += LogSum.Exp(Vector256.Load(alpha + i) + Vector256.Load(betaBlank + i) - p);
            LogSum.Exp(Vector256.Load(alphaLabel + i) + Vector256.Load(betaLabel + i) - p).Store(labels);
            int end = Math.Min(Vector256<double>.Count, u.Length - i);
            for (int j = 0; j < end; j++)
                posterior[u.Labels[i + j]] += labels[j];
        }

        posterior[u.Blank] += Vector256.Sum(blanks);
    }

    private static double Add(double a, double b)
    {
        double m = Math.Max(a, b);
        return m + Math.Log(Math.Exp(a - m) + Math.Exp(b - m));
    }
}
