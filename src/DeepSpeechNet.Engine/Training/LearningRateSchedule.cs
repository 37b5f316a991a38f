namespace DeepSpeechNet.Engine.Training;

/// <summary>
/// The learning rate of each step, as a pure function of the step's number (0 for the first), so that a resumed run needs no state of it.
/// Where there is a warm-up of w steps, step s below w has the rate peak (s + 1) / w (Goyal et al. 2017, section 2.2).
/// </summary>
public sealed class LearningRateSchedule
{
    private readonly Func<long, double> _rate;

    private LearningRateSchedule(Func<long, double> rate) => _rate = rate;

    /// <summary>The same rate throughout, after the warm-up.</summary>
    public static LearningRateSchedule Constant(float rate, long warmUpSteps = 0)
    {
        Check(rate, warmUpSteps);
        return new LearningRateSchedule(WarmedUp(rate, warmUpSteps, _ => rate));
    }

    /// <summary>peak / (1 + s / <paramref name="halvingSteps"/>), s counted from the end of the warm-up: half of the peak after that many steps.</summary>
    public static LearningRateSchedule Inverse(float peak, long warmUpSteps, long halvingSteps)
    {
        Check(peak, warmUpSteps);
        ArgumentOutOfRangeException.ThrowIfLessThan(halvingSteps, 1);
        return new LearningRateSchedule(WarmedUp(peak, warmUpSteps, s => peak / (1 + ((double)(s - warmUpSteps) / halvingSteps))));
    }

    /// <summary>peak sqrt(w / (s + 1)) after a warm-up of w steps (Vaswani et al. 2017, equation 3).</summary>
    public static LearningRateSchedule InverseRoot(float peak, long warmUpSteps)
    {
        Check(peak, warmUpSteps);
        ArgumentOutOfRangeException.ThrowIfLessThan(warmUpSteps, 1);
        return new LearningRateSchedule(WarmedUp(peak, warmUpSteps, s => peak * Math.Sqrt((double)warmUpSteps / (s + 1))));
    }

    /// <summary>From the peak at the end of the warm-up in a straight line to <paramref name="floor"/> at <paramref name="totalSteps"/>, and there from then on.</summary>
    public static LearningRateSchedule Linear(float peak, long warmUpSteps, long totalSteps, float floor = 0)
    {
        Check(peak, warmUpSteps, floor);
        return new LearningRateSchedule(WarmedUp(peak, warmUpSteps, s => peak + ((floor - peak) * Progress(s, warmUpSteps, totalSteps))));
    }

    /// <summary>From the peak at the end of the warm-up along half a cosine to <paramref name="floor"/> at <paramref name="totalSteps"/> (Loshchilov and Hutter 2017, equation 5).</summary>
    public static LearningRateSchedule Cosine(float peak, long warmUpSteps, long totalSteps, float floor = 0)
    {
        Check(peak, warmUpSteps, floor);
        return new LearningRateSchedule(WarmedUp(peak, warmUpSteps, s => Arc(peak, floor, Progress(s, warmUpSteps, totalSteps))));
    }

    /// <summary>
    /// One cycle (Smith and Topin 2018): along half a cosine from peak / <paramref name="startDivisor"/> up to the peak after <paramref name="rise"/> of all
    /// steps, then down to peak / <paramref name="endDivisor"/> at the last.
    /// </summary>
    public static LearningRateSchedule OneCycle(float peak, long totalSteps, float rise = 0.3f, float startDivisor = 25, float endDivisor = 250_000)
    {
        Check(peak, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 2);
        if (!(rise is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(rise), rise, "The rising part must be above 0 and below 1.");
        if (!(startDivisor >= 1 && endDivisor >= 1))
            throw new ArgumentOutOfRangeException(nameof(startDivisor), "The divisors of the peak must be at least 1.");
        long top = Math.Clamp((long)Math.Round(rise * totalSteps), 1, totalSteps - 1);
        return new LearningRateSchedule(s => s <= top
            ? Arc(peak / startDivisor, peak, (double)s / top)
            : Arc(peak, peak / endDivisor, Progress(s, top, totalSteps - 1)));
    }

    /// <summary>The rate of the first epoch times <paramref name="factor"/> for every epoch done (Amodei et al. 2016, section 3.8: a constant factor an epoch).</summary>
    public static LearningRateSchedule EpochAnneal(float start, float factor, long stepsPerEpoch)
    {
        Check(start, 0);
        if (!(factor is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "The factor of an epoch must be above 0 and at most 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        return new LearningRateSchedule(s => start * Math.Pow(factor, s / stepsPerEpoch));
    }

    /// <summary>The rate of step <paramref name="step"/>, the first being 0.</summary>
    public float At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return (float)_rate(step);
    }

    private static Func<long, double> WarmedUp(float peak, long warmUpSteps, Func<long, double> after) =>
        step => step < warmUpSteps ? peak * (double)(step + 1) / warmUpSteps : after(step);

    /// <summary>How far a step is on the way from one step to another, in [0, 1].</summary>
    private static double Progress(long step, long from, long to) => to <= from ? 1 : Math.Clamp((double)(step - from) / (to - from), 0, 1);

    private static double Arc(double from, double to, double progress) => to + ((from - to) * 0.5 * (1 + Math.Cos(Math.PI * progress)));

    private static void Check(float rate, long warmUpSteps, float floor = 0)
    {
        if (!(rate > 0 && float.IsFinite(rate)))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "The learning rate must be above 0.");
        if (!(floor >= 0 && floor <= rate))
            throw new ArgumentOutOfRangeException(nameof(floor), floor, "The last learning rate must lie between 0 and the peak.");
        ArgumentOutOfRangeException.ThrowIfNegative(warmUpSteps);
    }
}
