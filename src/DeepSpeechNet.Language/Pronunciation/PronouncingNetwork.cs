using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Pronunciation;

/// <summary>
/// Letters to phones: embedding, bidirectional recurrent layers, and a score for each phone and the blank in each time step, read by CTC (Rao et al. 2015,
/// "Grapheme-to-phoneme conversion using long short-term memory recurrent neural networks", section 3.2). Parameter names begin with <see cref="Prefix"/>.
/// One thread at a time.
/// </summary>
internal sealed class PronouncingNetwork
{
    /// <summary>What the parameters' names begin with.</summary>
    public const string Prefix = "pronouncer.";

    // a to z, the apostrophe, the word's beginning and its end.
    private const int Symbols = 29, Apostrophe = 26, Beginning = 27, End = 28;

    private readonly EmbeddingTable _letters;
    private readonly List<Recurrent> _layers = [];
    private readonly Dense _output;

    public PronouncingNetwork(Device device, PronouncerOptions options, int phones, ulong? seed, bool training)
    {
        options.Validate();
        Device = device;
        Options = options;
        Classes = phones + 1;
        _letters = new EmbeddingTable(Parameters, $"{Prefix}letters", Symbols * options.Steps, options.Embedding);
        for (int i = 0; i < options.Layers; i++)
        {
            _layers.Add(new Recurrent(Parameters, $"{Prefix}recurrent{i + 1}", new RecurrentOptions
            {
                Inputs = i == 0 ? options.Embedding : options.Hidden,
                Hidden = options.Hidden,
                Cell = CellKind.GruResetAfter,
                Direction = DirectionMode.Sum,
            }));
        }

        _output = new Dense(Parameters, $"{Prefix}output", options.Hidden, Classes, Activation.None);
        Parameters.Allocate(device, seed, training);
    }

    public Device Device { get; }

    public PronouncerOptions Options { get; }

    /// <summary>Phones and the blank, which is the last.</summary>
    public int Classes { get; }

    public ParameterSet Parameters { get; } = new();

    /// <summary>Time steps of a word.</summary>
    public int Steps(string word) => (word.Length + 2) * Options.Steps;

    /// <summary>The time step after a letter's last, from 0 on for letters and for time steps.</summary>
    public int EndOf(int letter) => (letter + 2) * Options.Steps;

    /// <summary>Adds words to a host batch: their symbols [T, B], -1 behind the shorter ones, and their time steps [B].</summary>
    public void AddWords(HostBatch batch, IReadOnlyList<string> words)
    {
        int count = words.Count, time = words.Max(Steps);
        Span<int> symbols = batch.Integers(batch.Reserve(ElementType.Int32, new Shape(time, count)));
        symbols.Fill(-1);
        for (int b = 0; b < count; b++)
        {
            for (int t = 0; t < Steps(words[b]); t++)
                symbols[(t * count) + b] = (Symbol(words[b], (t / Options.Steps) - 1) * Options.Steps) + (t % Options.Steps);
        }

        Span<int> lengths = batch.Integers(batch.Reserve(ElementType.Int32, new Shape(count)));
        for (int b = 0; b < count; b++)
            lengths[b] = Steps(words[b]);
    }

    /// <summary>Scores before the softmax, [T, B, <see cref="Classes"/>], of the two arrays that <see cref="AddWords"/> added.</summary>
    public Tensor Logits(Tape tape, Tensor symbols, Tensor lengths)
    {
        Tensor x = _letters.Apply(tape, symbols);
        foreach (Recurrent layer in _layers)
            x = layer.Apply(tape, x, lengths);
        return _output.Apply(tape, x);
    }

    private static int Symbol(string word, int at) =>
        at < 0 ? Beginning : at >= word.Length ? End : word[at] == '\'' ? Apostrophe : word[at] - 'a';
}
