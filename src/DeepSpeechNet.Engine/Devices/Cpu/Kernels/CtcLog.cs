using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// CTC in the log domain, double precision: right for any finite logits and any length, at several times the cost of the scaled form,
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
        Vector512<double> floor = Vector512.Create(Nothing);
        for (int i = 0; i < plane; i += Lanes)
        {
            Vector512<double> blank = Vector512.Load(last + i);
            Vector512<double> label = Vector512.Load(lastLabel + i);
            Vector512<double> before = Vector512.Load(lastLabel + i - 1);
            Vector512<double> b = Add(blank, before) + Vector512.Create(blankEmission);
            Vector512<double> l = Add(label, blank, before + Vector512.Load(skip + i)) + Vector512.Load(emission + i);
            Vector512.MaxNative(b, floor).Store(next + i);
            Vector512.MaxNative(l, floor).Store(nextLabel + i);
        }

        floor.Store(next + plane);
    }

    /// <summary>The transpose of <see cref="Forward"/>; beta leaves out the emission of its own frame.</summary>
    private static void Backward(
        double* blank, double* label, double* sumBlank, double* sumLabel, double* emission, double* skip, double blankEmission, int plane)
    {
        Vector512<double> floor = Vector512.Create(Nothing);
        for (int i = 0; i < plane; i += Lanes)
        {
            Vector512.MaxNative(Vector512.Load(blank + i) + Vector512.Create(blankEmission), floor).Store(sumBlank + i);
            Vector512.MaxNative(Vector512.Load(label + i) + Vector512.Load(emission + i), floor).Store(sumLabel + i);
        }

        for (int i = 0; i < plane; i += Lanes)
        {
            Vector512<double> l = Vector512.Load(sumLabel + i);
            Add(Vector512.Load(sumBlank + i), l).Store(blank + i);
            Add(l, Vector512.Load(sumBlank + i + 1), Vector512.Load(sumLabel + i + 1) + Vector512.Load(skip + i + 1)).Store(label + i);
        }
    }

    /// <summary>The posterior probability of each class: the sum over its states of alpha beta / p.</summary>
    private static void Posteriors(in CtcUtterance u, double* alpha, double* betaBlank, double* betaLabel, double total, int plane, double* posterior)
    {
        new Span<double>(posterior, u.Classes).Clear();
        double* alphaLabel = alpha + LabelPlane(plane);
        Vector512<double> p = Vector512.Create(total);
        Vector512<double> blanks = Vector512<double>.Zero;
        double* labels = stackalloc double[Lanes];
        for (int i = 0; i < plane; i += Lanes)
        {
            blanks += SoftmaxRow.Exp(Vector512.Load(alpha + i) + Vector512.Load(betaBlank + i) - p);
            SoftmaxRow.Exp(Vector512.Load(alphaLabel + i) + Vector512.Load(betaLabel + i) - p).Store(labels);
            int end = Math.Min(Lanes, u.Length - i);
            for (int j = 0; j < end; j++)
                posterior[u.Labels[i + j]] += labels[j];
        }

        posterior[u.Blank] += Vector512.Sum(blanks);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Add(Vector512<double> a, Vector512<double> b)
    {
        Vector512<double> m = Vector512.MaxNative(a, b);
        return m + Vector512.Log(Vector512<double>.One + Vector512.Exp(Vector512.MinNative(a, b) - m));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Add(Vector512<double> a, Vector512<double> b, Vector512<double> c)
    {
        Vector512<double> m = Vector512.MaxNative(Vector512.MaxNative(a, b), c);
        return m + Vector512.Log(Vector512.Exp(a - m) + Vector512.Exp(b - m) + Vector512.Exp(c - m));
    }

    private static double Add(double a, double b)
    {
        double m = Math.Max(a, b);
        return m + Math.Log(Math.Exp(a - m) + Math.Exp(b - m));
    }
}
