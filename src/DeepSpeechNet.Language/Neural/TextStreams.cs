using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// A text cut into B streams of equal length that are read side by side, a window at a time, as Zaremba et al. 2014 do: every symbol of a stream is predicted
/// once, from the symbols before it. What does not divide by B is left out at the end.
/// </summary>
internal sealed class TextStreams
{
    private readonly TokenText _text;
    private readonly NeuralLanguageModel _model;
    private readonly int _batch;
    private readonly int _window;
    private readonly int _length;
    private readonly int[] _recent;

    /// <summary>Streams over a text, or over its beginning.</summary>
    /// <param name="text">The text.</param>
    /// <param name="model">Says what an input looks like.</param>
    /// <param name="batch">B; fewer where the text is shorter.</param>
    /// <param name="window">T.</param>
    /// <param name="most">Symbols to take at most; 0 takes all.</param>
    public TextStreams(TokenText text, NeuralLanguageModel model, int batch, int window, int most = 0)
    {
        int count = most > 0 ? Math.Min(most, text.Count) : text.Count;
        _text = text;
        _model = model;
        _batch = Math.Min(batch, count);
        _window = window;
        _length = count / _batch;
        _recent = new int[model.Options.Context];
    }

    /// <summary>B.</summary>
    public int Batch => _batch;

    /// <summary>How many windows there are; the last may be shorter.</summary>
    public int Windows => (_length + _window - 1) / _window;

    /// <summary>How many symbols are predicted.</summary>
    public long Predicted => (long)_length * _batch;

    /// <summary>T of a window.</summary>
    public int Time(int window) => Math.Min(_window, _length - (window * _window));

    /// <summary>Where in the text the target of a window's step and stream stands.</summary>
    public int Place(int window, int step, int stream) => (stream * _length) + (window * _window) + step;

    /// <summary>Fills a batch: inputs, targets [T, B] and lengths [B], all int32.</summary>
    public void Fill(HostBatch host, int window)
    {
        int time = Time(window);
        bool wide = _model.Options.Network == LanguageNetwork.FeedForward;
        int context = _recent.Length;
        host.Clear();
        int inputs = host.Reserve(ElementType.Int32, wide ? new Shape(time, _batch, context) : new Shape(time, _batch));
        int targets = host.Reserve(ElementType.Int32, new Shape(time, _batch));
        int lengths = host.Reserve(ElementType.Int32, new Shape(_batch));
        Span<int> input = host.Integers(inputs), target = host.Integers(targets);
        host.Integers(lengths).Fill(time);
        for (int t = 0; t < time; t++)
        {
            for (int b = 0; b < _batch; b++)
            {
                int place = Place(window, t, b), cell = (t * _batch) + b;
                target[cell] = _text[place];
                for (int k = 0; k < context; k++)
                {
                    int at = place - context + k;
                    _recent[k] = at < 0 ? _model.EndToken : _text[at];
                }

                if (wide)
                    _recent.CopyTo(input[(cell * context)..]);
                else
                    input[cell] = _model.InputRow(_recent);
            }
        }
    }
}
