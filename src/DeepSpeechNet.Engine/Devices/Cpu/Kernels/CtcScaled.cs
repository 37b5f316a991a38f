using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// CTC (Graves et al. 2006, equations 6 to 16) over scaled doubles: each state s keeps the number v[s] = alpha[s] 2^-E[s] with a power of two
/// of its own, chosen anew every few frames (<see cref="CtcScale"/>), and the powers go into the weights of the transitions, so that a step costs
/// a few multiply-adds for eight states.
/// <para>
/// E[s] = max over s' up to s of (log2 alpha[s'] - slope (s - s')) - <see cref="CtcScale.Top"/>. So no v exceeds 2^Top at a choice, a weight is
/// at most 2^slope a state, and in a period no v grows by more than 2^513: it stays below 2^953. What a product flushed to zero loses has grown to
/// 2^-556 at most by the period's end, and <see cref="Rescale"/> sees to it that no state on a path to the end is below 2^<see cref="CtcScale.Floor"/>
/// there. A weight under 2^-1022 counts as 0; the state it leads to then stood at 2^Top, and <see cref="CtcScale.SmallestEmission"/> keeps it above
/// all that this loses.
/// </para>
/// <para>
/// The backward pass (<see cref="CtcBackward"/>) carries the dual d[s] = beta[s] 2^E[s] / p in the same units: the posterior of a state is v[s] d[s],
/// and the transposed weights serve it. The posteriors of a frame sum to 1 whatever is rounded, d stays below 2^500 where v is above 2^-500, and
/// what is dropped, by a flush or on purpose, costs earlier frames no more than its own posterior.
/// </para>
/// Where a state is too low, or an emission too small, for both scales, there is no result, and <see cref="CtcLog"/> has to do the utterance.
/// </summary>
internal static unsafe class CtcScaled
{
    private const int Lanes = CtcUtterance.Lanes;

    // log2 of 0: below every other, and far from the limits of a long.
    private const long Nothing = -(1L << 40);

    /// <summary>The bytes that <see cref="TryRun"/> works in.</summary>
    public static long ScratchBytes(in CtcUtterance u) => new CtcWorkspace(u, null).Bytes;

    /// <summary>The loss, and the gradient where asked, of an utterance that fits; NaN, and no gradient, where a logit is not finite.</summary>
    /// <returns>False, with no gradient written, where the numbers leave the range that is answered for.</returns>
    public static bool TryRun(in CtcUtterance u, byte* scratch, out double loss)
    {
        CtcWorkspace w = new(u, scratch);
        loss = CtcEmissions.Compute(u, w, out float smallest);
        if (double.IsNaN(loss))
            return true;
        Prepare(u, w);
        return TryWith(u, w, CtcScale.Usual, smallest, ref loss) || TryWith(u, w, CtcScale.Steep, smallest, ref loss);
    }

    private static bool TryWith(in CtcUtterance u, in CtcWorkspace w, in CtcScale scale, float smallestEmission, ref double loss)
    {
        if (smallestEmission < scale.SmallestEmission || !Forward(u, w, scale))
            return false;

        // p = blank 2^EB + label 2^EL at the last frame.
        double* row = w.Row(u.Frames - 1);
        double blank = row[u.Length];
        long blankScale = w.BlankScales[u.Length];
        double label = u.Length == 0 ? 0 : row[w.LabelOffset + u.Length - 1];
        long labelScale = u.Length == 0 ? blankScale : w.LabelScales[u.Length - 1];
        double inBlanks = blank + Scale(label, labelScale - blankScale);
        double inLabels = label + Scale(blank, blankScale - labelScale);
        if ((blank > 0 && !(inBlanks >= Scale(1, CtcScale.Floor))) || (u.Length > 0 && !(label > 0 && inLabels >= Scale(1, CtcScale.Floor))))
            return false;
        (double sum, long power) = blank > 0 ? (inBlanks, blankScale) : (inLabels, labelScale);
        int exponent = Math.ILogB(sum);
        loss -= Math.Log(Math.ScaleB(sum, -exponent)) + ((exponent + power) * 0.6931471805599453);
        if (u.Gradient is not null)
            CtcBackward.Run(u, w, scale, blank > 0 ? 1 / inBlanks : 0, 1 / inLabels);
        return true;
    }

    /// <summary>The blocks of states that lie on a path from start to end at a frame: first and last.</summary>
    public static (int First, int Last) Blocks(in CtcWorkspace w, int t)
    {
        int last = Math.Max(w.Highest[t], HighestBlank(w, t));
        return (w.Lowest[t] / Lanes, last / Lanes);
    }

    private static int HighestBlank(in CtcWorkspace w, int t) => t == 0 ? 0 : w.Highest[t - 1] + 1;

    private static int LowestBlank(in CtcUtterance u, in CtcWorkspace w, int t) => t == u.Frames - 1 ? u.Length : w.Lowest[t + 1];

    private static double Scale(double value, long power) => Math.ScaleB(value, (int)Math.Clamp(power, -4000, 4000));

    /// <summary>Which states can be reached and can reach the end at which frame, and where a blank may be left out.</summary>
    private static void Prepare(in CtcUtterance u, in CtcWorkspace w)
    {
        int* labels = u.Labels;
        int label = -1;
        int needed = 0;
        for (int t = 0; t < u.Frames; t++)
        {
            if (label + 1 < u.Length)
            {
                int more = label >= 0 && labels[label + 1] == labels[label] ? 2 : 1;
                if (needed + more <= t + 1)
                {
                    label++;
                    needed += more;
                }
            }

            w.Highest[t] = label;
        }

        label = Math.Max(0, u.Length - 1);
        needed = 0;
        for (int t = u.Frames - 1; t >= 0; t--)
        {
            if (label > 0)
            {
                int more = labels[label] == labels[label - 1] ? 2 : 1;
                if (needed + more <= u.Frames - 1 - t)
                {
                    label--;
                    needed += more;
                }
            }

            w.Lowest[t] = label;
        }

        for (int i = 0; i < w.Plane; i++)
        {
            w.Skips[i] = i > 0 && i < u.Length && labels[i] != labels[i - 1] ? -1 : 0;
        }
    }

    private static bool Forward(in CtcUtterance u, in CtcWorkspace w, in CtcScale scale)
    {
        new Span<long>(w.BlankScales, w.Plane).Clear();
        new Span<long>(w.LabelScales, w.Plane).Clear();
        double* row = w.Row(0);
        for (int i = 0; i < Math.Min(w.Plane, 2 * Lanes); i++)
            row[i] = row[w.LabelOffset + i] = 0;
        Vector512<double>.Zero.Store(row + w.Plane);
        Vector512<double>.Zero.Store(row + w.LabelOffset + w.Plane);
        row[0] = w.BlankEmissions[0];
        if (u.Length > 0)
            row[w.LabelOffset] = w.Emissions(0)[0];
        if (!Rescale(u, w, scale, 0))
            return false;
        for (int t = 1; t < u.Frames; t++)
        {
            (int first, int last) = Blocks(w, t);
            Step(w.Row(t - 1), w.Row(t), w.LabelOffset, w.Factors((t - 1) >> scale.PeriodShift), w.Emissions(t), w.BlankEmissions[t], first, last);
            if (scale.Starts(t) && !Rescale(u, w, scale, t))
                return false;
        }

        return true;
    }

    /// <summary>blank'[i] = (blank[i] + g[i] label[i-1]) y_blank; label'[i] = (label[i] + f1[i] blank[i] + f2[i] label[i-1]) y[i].</summary>
    private static void Step(double* last, double* next, int labelOffset, double* factors, float* emissions, double blankEmission, int firstBlock, int lastBlock)
    {
        int i = firstBlock * Lanes;
        int end = (lastBlock + 1) * Lanes;
        Vector512<double> blankY = Vector512.Create(blankEmission);
        Vector512<double> before = Vector512.Load(last + labelOffset + i - Lanes);
        Vector512<double>.Zero.Store(next + labelOffset + i - Lanes);
        for (; i < end; i += Lanes)
        {
            double* f = factors + (3 * i);
            Vector512<double> blank = Vector512.Load(last + i);
            Vector512<double> label = Vector512.Load(last + labelOffset + i);
            Vector512<double> previous = Lanes8.Up(label, before);
            before = label;
            Vector512<double> y = Vector512.WidenLower(Vector256.Load(emissions + i).ToVector512Unsafe());
            label = Vector512.MultiplyAddEstimate(Vector512.Load(f), blank, label);
            label = Vector512.MultiplyAddEstimate(Vector512.Load(f + Lanes), previous, label);
            blank = Vector512.MultiplyAddEstimate(Vector512.Load(f + (2 * Lanes)), previous, blank);
            (blank * blankY).Store(next + i);
            (label * y).Store(next + labelOffset + i);
        }

        // The block that the next frame may enter; behind the last one lie the vectors that every row has for it.
        Vector512<double>.Zero.Store(next + i);
        Vector512<double>.Zero.Store(next + labelOffset + i);
    }

    /// <summary>Chooses the powers of two anew at frame t, rescales its states, and computes the weights of the period that starts here.</summary>
    /// <returns>False where a state on a path to the end lies too low to answer for.</returns>
    private static bool Rescale(in CtcUtterance u, in CtcWorkspace w, in CtcScale scale, int t)
    {
        double* row = w.Row(t);
        double* factors = w.Factors(t >> scale.PeriodShift);
        double* rescales = w.Rescales(t >> scale.PeriodShift);
        (int first, int last) = Blocks(w, t);
        int end = Math.Min((last + 2) * Lanes, w.Plane);
        Vector512<long> nothing = Vector512.Create(Nothing);
        Vector512<long> floor = Vector512.Create((long)CtcScale.Floor);
        Vector512<long> lowestBlank = Vector512.Create((long)LowestBlank(u, w, t));
        Vector512<long> lowestLabel = Vector512.Create((long)w.Lowest[t]);
        Vector512<long> highestBlank = Vector512.Create((long)HighestBlank(w, t));
        Vector512<long> highestLabel = Vector512.Create((long)w.Highest[t]);
        Vector512<long> labelCount = Vector512.Create((long)u.Length);
        Vector512<long> tooLow = Vector512<long>.Zero;
        Vector512<long> reachBefore = nothing;
        Vector512<long> labelScaleBefore = nothing;
        for (int i = first * Lanes; i < end; i += Lanes)
        {
            Vector512<long> index = Vector512.Create((long)i) + Vector512<long>.Indices;
            Vector512<long> slope = index * Vector512.Create(2 * scale.Slope);

            // States from which the end cannot be reached any more count for nothing, and must not lift the scale of others.
            Vector512<long> onBlanks = Vector512.GreaterThanOrEqual(index, lowestBlank);
            Vector512<long> onLabels = Vector512.GreaterThanOrEqual(index, lowestLabel);
            Vector512<long> blank = Vector512.Load((long*)(row + i)) & onBlanks;
            Vector512<long> label = Vector512.Load((long*)(row + w.LabelOffset + i)) & onLabels;
            Vector512<long> blankSet = Vector512.GreaterThan(blank, Vector512<long>.Zero);
            Vector512<long> labelSet = Vector512.GreaterThan(label, Vector512<long>.Zero);
            Vector512<long> blankExponent = Exponent(blank);
            Vector512<long> labelExponent = Exponent(label);
            Vector512<long> oldBlankScale = Vector512.Load(w.BlankScales + i);
            Vector512<long> oldLabelScale = Vector512.Load(w.LabelScales + i);
            Vector512<long> blankLog = Vector512.ConditionalSelect(blankSet, blankExponent + oldBlankScale, nothing);
            Vector512<long> labelLog = Vector512.ConditionalSelect(labelSet, labelExponent + oldLabelScale, nothing);

            // reach[i]: the largest log2 of the states up to label i, each lifted by the slope times its place.
            Vector512<long> liftedBlank = blankLog + slope;
            Vector512<long> reach = Vector512.Max(liftedBlank, labelLog + slope + Vector512.Create(scale.Slope));
            reach = Vector512.Max(Lanes8.RunningMaximum(reach), Vector512.Create(reachBefore[Lanes - 1]));
            Vector512<long> blankScale = Vector512.Max(Lanes8.Up(reach, reachBefore), liftedBlank) - slope - Vector512.Create((long)CtcScale.Top);
            Vector512<long> labelScale = reach - slope - Vector512.Create(scale.Slope + CtcScale.Top);
            reachBefore = reach;

            tooLow |= onBlanks & Vector512.LessThanOrEqual(index, highestBlank)
                & Vector512.LessThan(Vector512.Min(blankExponent, blankLog - blankScale), floor);
            tooLow |= onLabels & Vector512.LessThanOrEqual(index, highestLabel)
                & Vector512.LessThan(Vector512.Min(labelExponent, labelLog - labelScale), floor);

            Vector512<double> blankRescale = (PowerOfTwo(oldBlankScale - blankScale) & blankSet).AsDouble();
            Vector512<double> labelRescale = (PowerOfTwo(oldLabelScale - labelScale) & labelSet).AsDouble();
            (blank.AsDouble() * blankRescale).Store(row + i);
            (label.AsDouble() * labelRescale).Store(row + w.LabelOffset + i);
            blankRescale.Store(rescales + (2 * i));
            labelRescale.Store(rescales + (2 * i) + Lanes);

            Vector512<long> previousScale = Lanes8.Up(labelScale, labelScaleBefore);
            labelScaleBefore = labelScale;
            double* f = factors + (3 * i);
            (PowerOfTwo(blankScale - labelScale) & Vector512.LessThan(index, labelCount)).AsDouble().Store(f);
            (PowerOfTwo(previousScale - labelScale) & Vector512.Load(w.Skips + i)).AsDouble().Store(f + Lanes);
            (PowerOfTwo(previousScale - blankScale) & Vector512.LessThanOrEqual(index, labelCount)).AsDouble().Store(f + (2 * Lanes));
            blankScale.Store(w.BlankScales + i);
            labelScale.Store(w.LabelScales + i);
        }

        return Vector512.EqualsAll(tooLow, Vector512<long>.Zero);
    }

    /// <summary>The exponent of a number that is not negative; -1023 for 0 and for what is below the normal range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Exponent(Vector512<long> bits) => (bits >>> 52) - Vector512.Create(1023L);

    /// <summary>The bits of 2^n; 0 below the normal range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> PowerOfTwo(Vector512<long> n) =>
        (Vector512.Max(Vector512.Min(n, Vector512.Create(1023L)), Vector512.Create(-1023L)) + Vector512.Create(1023L)) << 52;
}
