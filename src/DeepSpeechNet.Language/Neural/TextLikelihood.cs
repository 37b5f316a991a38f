using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>How likely a text is to a model.</summary>
/// <param name="Tokens">Symbols predicted, ends of sentences included.</param>
/// <param name="LogLikelihood">The sum of their log probabilities, in nats.</param>
public readonly record struct LikelihoodResult(long Tokens, double LogLikelihood)
{
    /// <summary>exp of the mean negative log probability.</summary>
    public double Perplexity => Math.Exp(-LogLikelihood / Tokens);

    /// <summary>The mean negative log probability of a symbol in bits.</summary>
    public double Bits => -LogLikelihood / Tokens / Math.Log(2);
}

/// <summary>Scores texts with a neural language model, many places of a text side by side.</summary>
public sealed class TextLikelihood
{
    private const int Window = 32;
    private readonly NeuralLanguageModel _model;
    private readonly Tape _tape;
    private readonly HostBatch _host = new();
    private float[] _losses = [];

    /// <summary>A scorer over a model.</summary>
    public TextLikelihood(NeuralLanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _tape = new Tape(model.Device, recording: false);
    }

    /// <summary>
    /// Scores a text, cut into streams that are read side by side: the first symbols of each stream are predicted from less of the past than there is, so the
    /// result is a little worse than with one stream.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="streams">How many streams.</param>
    /// <param name="most">Symbols to score at most; 0 means all.</param>
    /// <param name="each">Gets the place of each symbol in the text and its log probability.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public LikelihoodResult Run(TokenText text, int streams, int most = 0, Action<int, float>? each = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        TextStreams windows = new(text, _model, streams, Window, most);
        SequencePass pass = new(_model, windows.Batch);
        try
        {
            return new LikelihoodResult(windows.Predicted, Run(windows, pass, each, cancellationToken));
        }
        finally
        {
            pass.Release();
        }
    }

    /// <summary>The log probability of each symbol of a text; see <see cref="Run(TokenText, int, int, Action{int, float}, CancellationToken)"/>.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public float[] Each(TokenText text, int streams, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        float[] all = new float[text.Count];
        LikelihoodResult most = Run(text, streams, each: (place, value) => all[place] = value, cancellationToken: cancellationToken);
        if (most.Tokens < text.Count)
        {
            // What did not divide by the number of streams is read again on its own, with as much of the past as a stream has.
            int start = Math.Max(0, text.Count - (text.Count / streams));
            Run(text.From(start), 1, each: (place, value) => all[start + place] = start + place < most.Tokens ? all[start + place] : value, cancellationToken: cancellationToken);
        }

        return all;
    }

    private double Run(TextStreams windows, SequencePass pass, Action<int, float>? each, CancellationToken cancellationToken)
    {
        double sum = 0;
        for (int window = 0; window < windows.Windows; window++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            windows.Fill(_host, window);
            DeviceBatch batch = _host.Upload(_model.Device);
            try
            {
                Tensor losses = pass.Losses(_tape, batch, 1);
                int count = checked((int)losses.Count);
                if (_losses.Length < count)
                    _losses = new float[count];
                _model.Device.Download(losses, MemoryMarshal.AsBytes(_losses.AsSpan(0, count)));
                for (int i = 0; i < count; i++)
                {
                    sum -= _losses[i];
                    each?.Invoke(windows.Place(window, i / windows.Batch, i % windows.Batch), -_losses[i]);
                }
            }
            finally
            {
                _tape.Reset();
                batch.Release();
            }
        }

        return sum;
    }
}
