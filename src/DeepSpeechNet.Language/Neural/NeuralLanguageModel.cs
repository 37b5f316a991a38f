using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// A neural language model on a device: the weights of a recurrent or feed-forward network that reads symbols and predicts the next. Its parameters are
/// called <c>language.rnn.*</c>. A <see cref="LanguageStepper"/> asks it for probabilities; many may share it where the device serves one thread at a time.
/// </summary>
public sealed class NeuralLanguageModel
{
    /// <summary>What its parameters' names begin with.</summary>
    public const string Prefix = "language.rnn.";

    private readonly NeuralLayer[] _layers;

    /// <summary>A model with random weights, or zeros that are set from a file next.</summary>
    /// <param name="device">Where it is to run.</param>
    /// <param name="options">Its shape.</param>
    /// <param name="tokens">V: how many symbols it reads and predicts, the end of a sentence among them.</param>
    /// <param name="endToken">The symbol that ends a sentence, and that every text begins after.</param>
    /// <param name="seed">Chooses the random weights; none leaves zeros.</param>
    /// <param name="training">Whether it will be trained.</param>
    /// <param name="initialRange">All weights start uniform within this range (Zaremba et al. 2014 take 0.1); 0 chooses by each layer's size.</param>
    /// <param name="counts">How often each symbol occurs: needed by a hierarchical softmax, and what a sampled one draws by.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public NeuralLanguageModel(Device device, NeuralLanguageModelOptions options, int tokens, int endToken, ulong? seed, bool training = false, float initialRange = 0, long[]? counts = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(endToken);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(endToken, tokens);
        Device = device;
        Options = options;
        TokenCount = tokens;
        EndToken = endToken;
        InputRows = checked((int)Rows(tokens, options));
        int width = options.OneHot ? options.Gates * options.Hidden : options.Embedding;
        Counts = counts;
        Initialiser start = Initialiser.Uniform(options.OneHot ? 1 / MathF.Sqrt(options.Hidden) : 0.1f);
        Shape table = new(InputRows, width);

        // Where the output layer does not touch every word in a step, the input table must not either.
        Embeddings = options.Output == OutputLayer.Softmax ? Parameters.Add(Prefix + "embedding.weight", table, start) : Parameters.AddTable(Prefix + "embedding.weight", table, start);
        _layers = new NeuralLayer[options.Layers];
        for (int i = 0; i < _layers.Length; i++)
            _layers[i] = new NeuralLayer(Parameters, $"{Prefix}layer{i + 1}", options, i == 0 ? options.InputFeatures : options.Hidden);
        Output = new LanguageOutput(Parameters, Prefix + "output", options, tokens, counts, Embeddings);
        Parameters.Allocate(device, seed, training);
        if (initialRange > 0 && seed is { } chosen)
            StartWithin(initialRange, chosen);
    }

    /// <summary>Where it runs.</summary>
    public Device Device { get; }

    /// <summary>Its shape.</summary>
    public NeuralLanguageModelOptions Options { get; }

    /// <summary>V: how many symbols it reads and predicts.</summary>
    public int TokenCount { get; }

    /// <summary>The symbol that ends a sentence.</summary>
    public int EndToken { get; }

    /// <summary>All weights.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>Rows of the input table: V, or V to the power of the symbols taken as one.</summary>
    internal int InputRows { get; }

    /// <summary>The input table, [<see cref="InputRows"/>, E], or with one-hot input [<see cref="InputRows"/>, G*H].</summary>
    internal Parameter Embeddings { get; }

    /// <summary>The layers, from the input on.</summary>
    internal IReadOnlyList<NeuralLayer> Layers => _layers;

    /// <summary>The output layer.</summary>
    internal LanguageOutput Output { get; }

    /// <summary>How often each symbol occurs in the training text, where that was said.</summary>
    internal long[]? Counts { get; }

    /// <summary>
    /// Takes over the weights of another network of the same shape, or of the same shape but for fewer units: it is then widened, and computes the same
    /// function (Net2WiderNet; Chen, Goodfellow and Shlens 2016, section 2.2). Dropout may differ.
    /// </summary>
    /// <param name="start">The network to begin from, of the same symbols.</param>
    /// <param name="seed">Chooses which units are copied.</param>
    /// <returns>Whether its shape fits; nothing is changed where it does not. Tied embeddings as wide as the layer cannot be widened.</returns>
    public bool TryStartFrom(NeuralLanguageModel start, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (!NetworkWidening.Fits(start.Options, Options) || start.TokenCount != TokenCount)
            return false;
        NetworkWidening.Apply(start, this, seed);
        return true;
    }

    /// <summary>The row of the input table for the last symbols, the newest last: each is a digit of base V.</summary>
    internal int InputRow(ReadOnlySpan<int> last)
    {
        int row = 0;
        foreach (int token in last)
            row = (row * TokenCount) + token;
        return row;
    }

    private static long Rows(int tokens, NeuralLanguageModelOptions options)
    {
        long rows = 1;
        for (int i = 0; i < (options.OneHot ? options.Context : 1); i++)
            rows *= tokens;
        long width = options.OneHot ? (long)options.Gates * options.Hidden : options.Embedding;
        return rows * width <= int.MaxValue
            ? rows
            : throw new ArgumentException($"{options.Context} of {tokens} symbols taken as one make {rows} rows of {width} numbers, more than fit; use a smaller {nameof(options.Context)}.", nameof(options));
    }

    private void StartWithin(float range, ulong seed)
    {
        for (int i = 0; i < Parameters.Parameters.Count; i++)
        {
            Parameter parameter = Parameters.Parameters[i];
            float[] values = new float[parameter.Shape.Count];
            Initialiser.Uniform(range).Fill(values, parameter.Shape, CounterRandom.Fork(seed, (ulong)i));
            ParameterSet.Set(parameter, values);
        }
    }
}
