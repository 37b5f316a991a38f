namespace DeepSpeechNet.Engine.Training;

/// <summary>Settings of a <see cref="PlateauSchedule"/>.</summary>
public sealed record PlateauOptions
{
    /// <summary>What the rate is multiplied by when the metric stalls.</summary>
    public float Factor { get; init; } = 0.5f;

    /// <summary>How many evaluations in a row may pass without an improvement before the rate falls.</summary>
    public int Patience { get; init; } = 2;

    /// <summary>By which share of the best value the metric must fall to count as better.</summary>
    public double Threshold { get; init; } = 1e-3;

    /// <summary>The scale never falls below this.</summary>
    public float MinimumScale { get; init; } = 1e-3f;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public void Validate()
    {
        if (!(Factor is > 0 and < 1))
            throw new ArgumentException($"{nameof(Factor)} is {Factor}; it must be above 0 and below 1.");
        if (Patience < 0)
            throw new ArgumentException($"{nameof(Patience)} is {Patience}; it must be 0 or more.");
        if (!(Threshold is >= 0 and < 1))
            throw new ArgumentException($"{nameof(Threshold)} is {Threshold}; it must be at least 0 and below 1.");
        if (!(MinimumScale is >= 0 and <= 1))
            throw new ArgumentException($"{nameof(MinimumScale)} is {MinimumScale}; it must be 0 to 1.");
    }
}

/// <summary>All that a <see cref="PlateauSchedule"/> remembers, for checkpoints.</summary>
/// <param name="Scale">What the learning rate is multiplied by.</param>
/// <param name="Best">The best metric so far; none before the first.</param>
/// <param name="Stalled">Evaluations since the last improvement or fall.</param>
public sealed record PlateauState(float Scale = 1, double? Best = null, int Stalled = 0);

/// <summary>A scale for the learning rate that falls when a metric of which less is better (loss, error rate) stalls. For one thread.</summary>
public sealed class PlateauSchedule
{
    private readonly PlateauOptions _options;

    /// <summary>A schedule at its start, or where <paramref name="state"/> left off.</summary>
    public PlateauSchedule(PlateauOptions options, PlateauState? state = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        State = state ?? new PlateauState();
    }

    /// <summary>All there is to remember.</summary>
    public PlateauState State { get; private set; }

    /// <summary>What the learning rate is multiplied by.</summary>
    public float Scale => State.Scale;

    /// <summary>Takes the metric of one more evaluation (NaN is no improvement) and says whether the scale fell.</summary>
    public bool Report(double metric)
    {
        if (!double.IsNaN(metric) && (State.Best is not { } best || metric < best - (Math.Abs(best) * _options.Threshold)))
        {
            State = State with { Best = metric, Stalled = 0 };
            return false;
        }

        if (State.Stalled < _options.Patience)
        {
            State = State with { Stalled = State.Stalled + 1 };
            return false;
        }

        float scale = Math.Max(State.Scale * _options.Factor, _options.MinimumScale);
        bool fell = scale < State.Scale;
        State = State with { Scale = scale, Stalled = 0 };
        return fell;
    }
}
