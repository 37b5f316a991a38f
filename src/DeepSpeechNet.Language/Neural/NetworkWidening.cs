using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// Gives a network the weights of a narrower one so that it computes the same function (Net2WiderNet; Chen, Goodfellow and Shlens 2016, section 2.2): every
/// unit beyond the narrower layer's is a copy of one of its units, with the same incoming weights, and the weights that leave a copied unit are split
/// between it and its copies. They are split at random, so that the copies part ways in training although they begin alike.
/// </summary>
internal sealed class NetworkWidening
{
    private readonly NeuralLanguageModel _start;
    private readonly NeuralLanguageModel _target;
    private readonly ulong _seed;
    private readonly int _gates;
    private int _drawn;

    private NetworkWidening(NeuralLanguageModel start, NeuralLanguageModel target, ulong seed)
    {
        _start = start;
        _target = target;
        _seed = seed;
        _gates = start.Options.Gates;
    }

    /// <summary>Whether <paramref name="target"/> is <paramref name="start"/> with as many units or more; dropout does not matter.</summary>
    public static bool Fits(NeuralLanguageModelOptions start, NeuralLanguageModelOptions target) =>
        start with { Dropout = target.Dropout, Hidden = target.Hidden } == target
        && (start.Hidden == target.Hidden || (start.Hidden < target.Hidden && start.Projected == target.Projected));

    /// <summary>Sets all weights of <paramref name="target"/>.</summary>
    /// <param name="start">The network to begin from.</param>
    /// <param name="target">One of the same shape, or of the same shape but for more units (see <see cref="Fits"/>).</param>
    /// <param name="seed">Chooses which units are copied, and how their outgoing weights are split.</param>
    public static void Apply(NeuralLanguageModel start, NeuralLanguageModel target, ulong seed) => new NetworkWidening(start, target, seed).Run();

    private void Run()
    {
        // The units of each layer are copied by a map of their own.
        int[][] maps = [.. Enumerable.Range(0, _start.Layers.Count).Select(Map)];
        Set(_start.Embeddings, _target.Embeddings, null, _start.Options.OneHot ? Gates(maps[0]) : null, split: false);
        for (int i = 0; i < maps.Length; i++)
        {
            NeuralLayer from = _start.Layers[i], to = _target.Layers[i];
            int[] gates = Gates(maps[i]);
            Set(from.InputWeight, to.InputWeight, gates, i == 0 ? null : maps[i - 1], split: true);
            Set(from.InputBias, to.InputBias, null, gates, split: false);
            Set(from.Weight, to.Weight, gates, maps[i], split: true);
            Set(from.Bias, to.Bias, null, gates, split: false);
            if (from.Peephole is { } peephole)
            {
                bool diagonal = peephole.Shape[0] == 3;
                Set(peephole, to.Peephole, diagonal ? null : Repeat(maps[i], 3), maps[i], split: !diagonal);
            }
        }

        // What is left belongs to the output layer: its weight's last extent is the last layer's units, its bias has none.
        HashSet<Parameter> done = [_start.Embeddings, .. _start.Layers.SelectMany(Parts)];
        foreach ((Parameter from, Parameter to) in _start.Parameters.Parameters.Zip(_target.Parameters.Parameters))
        {
            if (!done.Contains(from))
                Set(from, to, null, from.Name.EndsWith(".weight", StringComparison.Ordinal) ? maps[^1] : null, split: true);
        }
    }

    private static IEnumerable<Parameter> Parts(NeuralLayer layer) =>
        new[] { layer.InputWeight, layer.InputBias, layer.Weight, layer.Bias, layer.Peephole }.OfType<Parameter>();

    /// <summary>For each unit of a wider layer the unit of the narrower one that it is: itself, or one drawn so that none is taken twice before all have been once.</summary>
    private int[] Map(int layer)
    {
        int from = _start.Options.Hidden, to = _target.Options.Hidden;
        int[] map = new int[to];
        for (int j = 0; j < from; j++)
            map[j] = j;
        int[] order = [.. map[..from]];
        ulong seed = CounterRandom.Fork(_seed, (ulong)layer);
        for (int j = from; j < to; j++)
        {
            int at = (j - from) % from;
            int drawn = at + Math.Min(from - at - 1, (int)(CounterRandom.Uniform(seed, (ulong)j) * (from - at)));
            (order[at], order[drawn]) = (order[drawn], order[at]);
            map[j] = order[at];
        }

        return map;
    }

    /// <summary>The map of a layer's gates, which lie one after the other.</summary>
    private int[] Gates(int[] map) => Repeat(map, _gates);

    private int[] Repeat(int[] map, int times)
    {
        int[] all = new int[times * map.Length];
        for (int g = 0; g < times; g++)
        {
            for (int j = 0; j < map.Length; j++)
                all[(g * map.Length) + j] = (g * _start.Options.Hidden) + map[j];
        }

        return all;
    }

    /// <summary>Sets a parameter whose rows and columns are those the maps name (none: the same ones); columns that are shared are split between the sharers where asked.</summary>
    private void Set(Parameter? from, Parameter? to, int[]? rows, int[]? columns, bool split)
    {
        if (from is null || to is null)
            return;
        float[] source = ParameterSet.Get(from), target = new float[to.Shape.Count];
        int sourceWidth = from.Shape.Columns, width = to.Shape.Columns;
        ulong seed = CounterRandom.Fork(_seed, (ulong)(1000 + _drawn++));
        float[] shares = new float[width], sums = new float[sourceWidth];
        for (int r = 0; r < target.Length / width; r++)
        {
            ReadOnlySpan<float> row = source.AsSpan((rows?[r] ?? r) * sourceWidth, sourceWidth);
            if (split && columns is not null)
                Shares(columns, seed, (ulong)r * (ulong)width, shares, sums);
            else
                Array.Fill(shares, 1);
            for (int c = 0; c < width; c++)
                target[(r * width) + c] = shares[c] * row[columns?[c] ?? c];
        }

        ParameterSet.Set(to, target);
    }

    /// <summary>Random shares of all columns that are one in the narrower network; they add up to 1.</summary>
    private static void Shares(int[] columns, ulong seed, ulong counter, float[] shares, float[] sums)
    {
        Array.Clear(sums);
        for (int c = 0; c < columns.Length; c++)
            sums[columns[c]] += shares[c] = 0.5f + CounterRandom.Uniform(seed, counter + (ulong)c);
        for (int c = 0; c < columns.Length; c++)
            shares[c] /= sums[columns[c]];
    }
}
