using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>The backward pass of <see cref="CtcScaled"/>: posteriors of states, of classes, and the gradient of the logits.</summary>
internal static unsafe class CtcBackward
{
    private const int Lanes = CtcUtterance.Lanes;

    // Blocks of states at the edges with no posterior above 2^-64 are left out: less than 1e-14 over any utterance of 1000 frames.
    private const double Negligible = 1.0 / (1L << 32) / (1L << 32);

    /// <summary>Writes the gradient of all frames.</summary>
    /// <param name="u">The utterance.</param>
    /// <param name="w">Its workspace after the forward pass.</param>
    /// <param name="scale">What the forward pass used.</param>
    /// <param name="blankDual">The dual of the last blank at the last frame.</param>
    /// <param name="labelDual">The dual of the last label at the last frame.</param>
    public static void Run(in CtcUtterance u, in CtcWorkspace w, in CtcScale scale, double blankDual, double labelDual)
    {
        int lastBlock = u.Length / Lanes;
        int firstBlock = Math.Max(0, u.Length - 1) / Lanes;
        new Span<double>(w.DualBlanks, w.Plane).Clear();
        new Span<double>(w.DualLabels, w.Plane).Clear();
        w.DualBlanks[u.Length] = blankDual;
        if (u.Length > 0)
            w.DualLabels[u.Length - 1] = labelDual;

        for (int t = u.Frames - 1; t >= 0; t--)
        {
            double* row = w.Row(t);
            (int first, int last) = CtcScaled.Blocks(w, t);
            firstBlock = Math.Max(firstBlock, first);
            lastBlock = Math.Min(lastBlock, last);
            while (lastBlock > firstBlock && IsNegligible(w, row, lastBlock))
                lastBlock--;
            while (firstBlock < lastBlock && IsNegligible(w, row, firstBlock))
                firstBlock++;

            double* factors = w.Factors(Math.Max(0, t - 1) >> scale.PeriodShift);
            double* rescales = t > 0 && scale.Starts(t) ? w.Rescales(t >> scale.PeriodShift) : null;
            double blanks = Step(w, row, factors, rescales, w.Emissions(t), w.BlankEmissions[t], firstBlock, lastBlock);
            WriteGradient(u, w, t, blanks, firstBlock * Lanes, Math.Min(u.Length, (lastBlock + 1) * Lanes));
            firstBlock = Math.Max(0, firstBlock - 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsNegligible(in CtcWorkspace w, double* row, int block)
    {
        int i = block * Lanes;
        Vector512<double> blanks = Vector512.Load(row + i) * Vector512.Load(w.DualBlanks + i);
        Vector512<double> labels = Vector512.Load(row + w.LabelOffset + i) * Vector512.Load(w.DualLabels + i);
        return Vector512.LessThanAll(blanks + labels, Vector512.Create(Negligible));
    }

    /// <summary>
    /// The posteriors at a frame, the labels' into the workspace and the sum of the blanks' as the result; then the duals of the frame before:
    /// blank'[i] = b[i] + f1[i] l[i]; label'[i] = l[i] + g[i+1] b[i+1] + f2[i+1] l[i+1], where b and l are the duals times their emissions.
    /// </summary>
    private static double Step(
        in CtcWorkspace w, double* row, double* factors, double* rescales, float* emissions, double blankEmission, int firstBlock, int lastBlock)
    {
        double* blanks = w.DualBlanks;
        double* labels = w.DualLabels;
        double* posteriors = w.LabelPosteriors;
        double* labelRow = row + w.LabelOffset;
        Vector512<double> blankY = Vector512.Create(blankEmission);
        Vector512<double> after = Vector512<double>.Zero;
        Vector512<double> blankPosterior = Vector512<double>.Zero;
        int i = lastBlock * Lanes;
        for (; i >= firstBlock * Lanes; i -= Lanes)
        {
            Vector512<double> blank = Vector512.Load(blanks + i);
            Vector512<double> label = Vector512.Load(labels + i);
            blankPosterior = Vector512.MultiplyAddEstimate(Vector512.Load(row + i), blank, blankPosterior);
            (Vector512.Load(labelRow + i) * label).Store(posteriors + i);
            if (rescales is not null)
            {
                blank *= Vector512.Load(rescales + (2 * i));
                label *= Vector512.Load(rescales + (2 * i) + Lanes);
            }

            double* f = factors + (3 * i);
            blank *= blankY;
            label *= Vector512.WidenLower(Vector256.Load(emissions + i).ToVector512Unsafe());
            Vector512.MultiplyAddEstimate(Vector512.Load(f), label, blank).Store(blanks + i);
            Vector512<double> down = Vector512.MultiplyAddEstimate(Vector512.Load(f + Lanes), label, Vector512.Load(f + (2 * Lanes)) * blank);
            (label + Lanes8.Down(down, after)).Store(labels + i);
            after = down;
        }

        if (i >= 0)
        {
            Vector512<double>.Zero.Store(blanks + i);
            Lanes8.Down(Vector512<double>.Zero, after).Store(labels + i);
        }

        return Vector512.Sum(blankPosterior);
    }

    /// <summary>gradient[c] = scale (softmax[c] - posterior[c]).</summary>
    private static void WriteGradient(in CtcUtterance u, in CtcWorkspace w, int t, double blankPosterior, int firstLabel, int endLabel)
    {
        const int chunk = SoftmaxRow.Lanes;
        double* posterior = w.ClassPosteriors;
        for (int c = 0; c < w.Classes; c += Lanes)
            Vector512<double>.Zero.Store(posterior + c);
        for (int i = firstLabel; i < endLabel; i++)
            posterior[w.LabelIndices[i]] += w.LabelPosteriors[i];
        posterior[u.Blank] += blankPosterior;

        float* exponentials = w.Exponentials(t);
        float* gradient = u.Gradient + (t * u.Stride);
        double scale = u.GradientScale;
        double softmax = scale / w.Normalisers[t];
        if (u.Classes < chunk)
        {
            for (int c = 0; c < u.Classes; c++)
                gradient[c] = (float)((softmax * exponentials[c]) - (scale * posterior[c]));
            return;
        }

        // Whole vectors; the last one ends with the row, over numbers already there.
        for (int i = 0; i < u.Classes; i += chunk)
        {
            int c = Math.Min(i, u.Classes - chunk);
            Vector512<float> e = Vector512.Load(exponentials + c);
            Vector512<double> lower = (Vector512.WidenLower(e) * softmax) - (Vector512.Load(posterior + c) * scale);
            Vector512<double> upper = (Vector512.WidenUpper(e) * softmax) - (Vector512.Load(posterior + c + Lanes) * scale);
            Vector512.Narrow(lower, upper).Store(gradient + c);
        }
    }
}
