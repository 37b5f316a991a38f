namespace DeepSpeechNet.Language.Generation;

/// <summary>Draws sentences from a language model, each symbol by its probability.</summary>
public sealed class TextSampler
{
    private readonly SymbolPredictor _model;
    private readonly Random _random;
    private readonly float _temperature;
    private readonly float[] _row;

    /// <summary>A sampler.</summary>
    /// <param name="model">Says how likely each symbol is.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="temperature">Log probabilities are divided by it: below 1 the likelier symbols come oftener than they should; above 1 seldomer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0.</exception>
    public TextSampler(SymbolPredictor model, Random random, float temperature = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(random);
        if (!(temperature > 0))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be above 0.");
        _model = model;
        _random = random;
        _temperature = temperature;
        _row = new float[model.Count];
    }

    /// <summary>One sentence, its end left out.</summary>
    /// <param name="beginning">How it is to begin; may be empty.</param>
    /// <param name="most">Symbols at most.</param>
    public string Sentence(string beginning, int most)
    {
        List<int> symbols = [];
        _model.Begin();
        _model.Encode(beginning, symbols);
        foreach (int symbol in symbols)
            _model.Read(symbol);
        while (symbols.Count < most)
        {
            _model.Predict(_row);
            int drawn = Draw();
            if (drawn == _model.End)
                break;
            symbols.Add(drawn);
            _model.Read(drawn);
        }

        return _model.Decode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(symbols));
    }

    private int Draw()
    {
        float highest = float.NegativeInfinity;
        foreach (float value in _row)
            highest = MathF.Max(highest, value);
        double sum = 0;
        foreach (float value in _row)
            sum += Math.Exp((value - highest) / _temperature);
        double point = _random.NextDouble() * sum;
        int last = _model.End;
        for (int i = 0; i < _row.Length; i++)
        {
            double share = Math.Exp((_row[i] - highest) / _temperature);
            if (share == 0)
                continue;
            last = i;
            point -= share;
            if (point < 0)
                break;
        }

        return last;
    }
}
