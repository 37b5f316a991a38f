using DeepSpeechNet.Engine.Devices;

namespace DeepSpeechNet.Language.Neural;

/// <summary>What a language model predicts one after the other.</summary>
public enum LanguageUnit
{
    /// <summary>The symbols of an alphabet, and the end of the sentence.</summary>
    Characters,

    /// <summary>The words of a vocabulary, and the end of the sentence.</summary>
    Words,
}

/// <summary>What carries the past to the prediction.</summary>
public enum LanguageNetwork
{
    /// <summary>A recurrent network: s(t) = f(U w(t) + W s(t-1)), y(t) = g(V s(t)) (Mikolov et al. 2010), or LSTM and GRU cells in its place.</summary>
    Recurrent,

    /// <summary>A feed-forward network over the last k words (time-delay network; Bengio et al. 2003): s(t) = tanh(H [C w(t-k+1), ..., C w(t)] + d), y(t) = g(V s(t)).</summary>
    FeedForward,
}

/// <summary>How the probabilities of all words come about.</summary>
public enum OutputLayer
{
    /// <summary>A softmax over all words.</summary>
    Softmax,

    /// <summary>A tree over the words: a word's probability is the product of the decisions on its path (Morin and Bengio 2005).</summary>
    Hierarchical,

    /// <summary>A softmax over all words, trained against a sample of them (Jean et al. 2015).</summary>
    Sampled,
}

/// <summary>The shape of a neural language model; kept in its package.</summary>
public sealed record NeuralLanguageModelOptions
{
    /// <summary>What is predicted.</summary>
    public LanguageUnit Unit { get; init; } = LanguageUnit.Words;

    /// <summary>What carries the past.</summary>
    public LanguageNetwork Network { get; init; } = LanguageNetwork.Recurrent;

    /// <summary>The recurrent cell; Tanh is the plain one.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>Recurrent (or hidden feed-forward) layers.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>H: units of a layer.</summary>
    public int Hidden { get; init; } = 200;

    /// <summary>
    /// E: numbers that stand for a symbol at the input. 0 puts a recurrent network's symbols straight into the gates of the first layer (one-hot input): the
    /// right choice for a small alphabet, since the input then costs a look-up alone.
    /// </summary>
    public int Embedding { get; init; } = 200;

    /// <summary>
    /// How many of the last symbols the input shows at once. A feed-forward network sees nothing else; a recurrent one with one-hot input takes the
    /// last 1 to 3 symbols together as one (29 symbols in pairs are 841), which adds weights that cost no time.
    /// </summary>
    public int Context { get; init; } = 1;

    /// <summary>
    /// Whether the output layer's weights are the embeddings (Press and Wolf 2017; Inan et al. 2017). Where E is not H, a linear map [E, H] stands before them
    /// (as in the projected LSTM of Sak et al. 2014), so that a wide layer need not make a wide table.
    /// </summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Dropout of the non-recurrent connections in training (Zaremba et al. 2014).</summary>
    public float Dropout { get; init; }

    /// <summary>How probabilities come about.</summary>
    public OutputLayer Output { get; init; } = OutputLayer.Softmax;

    /// <summary>Samples of a step of training, with <see cref="OutputLayer.Sampled"/>.</summary>
    public int Samples { get; init; } = 1024;

    /// <summary>Whether symbols go straight into the first layer's gates.</summary>
    internal bool OneHot => Network == LanguageNetwork.Recurrent && Embedding == 0;

    /// <summary>Whether a linear map takes the last layer's outputs to the width of the embeddings.</summary>
    internal bool Projected => TiedEmbeddings && Embedding != Hidden;

    /// <summary>Features that enter the output layer's softmax.</summary>
    internal int OutputFeatures => TiedEmbeddings ? Embedding : Hidden;

    /// <summary>Features that enter the first layer.</summary>
    internal int InputFeatures => Network == LanguageNetwork.FeedForward ? Context * Embedding : Embedding;

    /// <summary>G: gates of a layer; 1 for a feed-forward network.</summary>
    internal int Gates => Network == LanguageNetwork.FeedForward ? 1 : Cell.Gates();

    /// <summary>Whether layers carry a cell state.</summary>
    internal bool HasCellState => Network == LanguageNetwork.Recurrent && Cell.HasCellState();

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range, or two contradict each other; the message names them.</exception>
    public void Validate()
    {
        Check(nameof(Layers), Layers, 1, 16);
        Check(nameof(Hidden), Hidden, 1, 16384);
        Check(nameof(Embedding), Embedding, 0, 16384);
        Check(nameof(Context), Context, 1, 64);
        Check(nameof(Dropout), Dropout, 0, 0.99);
        Check(nameof(Samples), Samples, 1, 1 << 20);
        if (!Enum.IsDefined(Unit) || !Enum.IsDefined(Network) || !Enum.IsDefined(Cell) || !Enum.IsDefined(Output))
            throw new ArgumentException($"{nameof(Unit)}, {nameof(Network)}, {nameof(Cell)} or {nameof(Output)} is not one of its values.");
        if (Network == LanguageNetwork.FeedForward && Embedding == 0)
            throw new ArgumentException($"{nameof(Embedding)} is 0; a feed-forward network needs embeddings of 1 or more numbers.");
        if (Network == LanguageNetwork.Recurrent && Embedding > 0 && Context > 1)
            throw new ArgumentException($"{nameof(Context)} is {Context}; a recurrent network with embeddings sees one symbol at a time (with {nameof(Embedding)} 0, up to 3).");
        if (OneHot && Context > 3)
            throw new ArgumentException($"{nameof(Context)} is {Context}; a recurrent network takes at most 3 symbols as one.");
        if (TiedEmbeddings && Embedding == 0)
            throw new ArgumentException($"{nameof(Embedding)} is 0; tied embeddings need some.");
        if (TiedEmbeddings && Output == OutputLayer.Hierarchical)
            throw new ArgumentException("A hierarchical softmax has no weights of words that could be tied to embeddings.");
    }

    private static void Check(string name, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
            throw new ArgumentException($"{name} is {value}; it must be {low} to {high}.");
    }
}
