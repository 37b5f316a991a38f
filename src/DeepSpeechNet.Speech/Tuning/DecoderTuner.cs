using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Speech.Tuning;

/// <summary>
/// Searches the settings of the decoder that make the fewest errors: random settings first (Bergstra and Bengio 2012), then each weight in turn up and down from
/// the best with steps that shrink, then the narrowest beam that is about as good as any, then the curve that calibrates confidences. The same seed gives the
/// same search.
/// </summary>
public sealed class DecoderTuner
{
    private readonly DecodingTrials _trials;
    private readonly DecoderTunerOptions _options;
    private readonly Action<DecodingTrial, int, int> _tried;
    private readonly List<DecodingTrial> _done = [];
    private int _expected;

    /// <summary>Creates a tuner.</summary>
    /// <param name="trials">What decodes.</param>
    /// <param name="options">How to search; null for the defaults.</param>
    /// <param name="tried">Gets each trial, how many there were and about how many there will be.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public DecoderTuner(DecodingTrials trials, DecoderTunerOptions? options = null, Action<DecodingTrial, int, int>? tried = null)
    {
        ArgumentNullException.ThrowIfNull(trials);
        _trials = trials;
        _options = options ?? new DecoderTunerOptions();
        _options.Validate();
        _tried = tried ?? ((_, _, _) => { });
    }

    /// <summary>All trials in their order.</summary>
    public IReadOnlyList<DecodingTrial> Trials => _done;

    /// <summary>Searches, starting from given settings, whose places of language models stay as they are.</summary>
    /// <returns>The best settings, calibrated, and what they give.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public DecodingTrial Run(DecoderSettings start, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        List<Weight> weights = Weights(start);
        int searched = _options.BeamWidths.Order().ElementAt(Math.Min(1, _options.BeamWidths.Count - 1));
        bool searches = weights.Count > 0;
        _expected = 2 + (searches ? _options.RandomTrials + (2 * _options.Rounds * weights.Count) : 0) + _options.BeamWidths.Count - 1;
        DecoderSettings raw = start with { ConfidenceSlope = 1, ConfidenceOffset = 0, BeamWidth = searched };
        DecodingTrial best = Try(raw, cancellationToken);
        if (searches)
        {
            best = Explore(best, weights, cancellationToken);
            best = Refine(best, weights, cancellationToken);
        }

        best = Narrow(best, cancellationToken);
        ConfidenceCalibration curve = ConfidenceCalibration.Fit(best.Confidences);
        return Try(best.Settings with { ConfidenceSlope = curve.Slope, ConfidenceOffset = curve.Offset }, cancellationToken);
    }

    private DecodingTrial Explore(DecodingTrial best, List<Weight> weights, CancellationToken cancellationToken)
    {
        Random random = new(_options.Seed);
        for (int i = 0; i < _options.RandomTrials; i++)
        {
            DecoderSettings settings = best.Settings;
            foreach (Weight weight in weights)
                settings = weight.Set(settings, weight.Low + ((weight.High - weight.Low) * random.NextDouble()));
            best = Better(best, Try(settings, cancellationToken));
        }

        return best;
    }

    private DecodingTrial Refine(DecodingTrial best, List<Weight> weights, CancellationToken cancellationToken)
    {
        double share = 0.2;
        for (int round = 0; round < _options.Rounds; round++)
        {
            foreach (Weight weight in weights)
            {
                double at = weight.Get(best.Settings), step = share * (weight.High - weight.Low);
                DecoderSettings from = best.Settings;
                foreach (double value in (double[])[at - step, at + step])
                    best = Better(best, Try(weight.Set(from, Math.Max(weight.Least, value)), cancellationToken));
            }

            share /= 2;
        }

        return best;
    }

    /// <summary>Tries the other widths, and takes the narrowest that loses little against the best.</summary>
    private DecodingTrial Narrow(DecodingTrial best, CancellationToken cancellationToken)
    {
        List<DecodingTrial> widths = [best];
        foreach (int width in _options.BeamWidths.Where(w => w != best.Settings.BeamWidth))
            widths.Add(Try(best.Settings with { BeamWidth = width }, cancellationToken));
        long fewest = widths.Min(t => t.Words.Errors);
        return widths.Where(t => t.Words.Errors <= fewest * (1 + _options.WorthOfWidth)).MinBy(t => t.Settings.BeamWidth)!;
    }

    private DecodingTrial Try(DecoderSettings settings, CancellationToken cancellationToken)
    {
        DecodingTrial trial = _trials.Run(settings, cancellationToken);
        _done.Add(trial);
        _tried(trial, _done.Count, Math.Max(_expected, _done.Count));
        return trial;
    }

    private static DecodingTrial Better(DecodingTrial best, DecodingTrial trial) => trial.IsBetterThan(best) ? trial : best;

    /// <summary>The weights that are of effect.</summary>
    private List<Weight> Weights(DecoderSettings start)
    {
        bool ngram = _trials.HasNGram && start.NGramWeight > 0;
        bool neural = _trials.HasNeural && start.NeuralWeight > 0 && start.NeuralPass != NeuralPass.None;
        List<Weight> weights = [];
        if (ngram)
            weights.Add(new Weight(0.2, 1.6, 0.01, s => s.NGramWeight, (s, v) => s with { NGramWeight = v }));
        if (neural)
            weights.Add(new Weight(0.1, 1.2, 0.01, s => s.NeuralWeight, (s, v) => s with { NeuralWeight = v }));
        if (ngram && neural && start is { NeuralPass: NeuralPass.Rescoring, NeuralShare: < 1 })
            weights.Add(new Weight(0.3, 0.9, 0.01, s => s.NeuralShare, (s, v) => s with { NeuralShare = Math.Min(v, 0.99) }));
        if (_trials.HasPhones && start.PhoneWeight > 0)
            weights.Add(new Weight(0.1, 1, 0.01, s => s.PhoneWeight, (s, v) => s with { PhoneWeight = v }));
        if (ngram || (neural && start.NeuralPass == NeuralPass.Beam))
            weights.Add(new Weight(-0.5, 3.5, -100, s => s.WordBonus, (s, v) => s with { WordBonus = v }));
        if (ngram)
            weights.Add(new Weight(1, 5, 0, s => s.UnknownLetterCost, (s, v) => s with { UnknownLetterCost = v }));
        return weights;
    }

    /// <summary>A number that is searched, and where.</summary>
    private sealed record Weight(double Low, double High, double Least, Func<DecoderSettings, double> Get, Func<DecoderSettings, double, DecoderSettings> SetTo)
    {
        /// <summary>Settings with another value, to three digits behind the point, as packages and tables show it.</summary>
        public DecoderSettings Set(DecoderSettings settings, double value) => SetTo(settings, Math.Round(value, 3));
    }
}
