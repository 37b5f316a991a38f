using System.Buffers;
using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Speech.Training;

/// <summary>Loss and error rates on a development set, by best-path decoding.</summary>
/// <param name="Loss">Mean loss of the utterances that can be scored, in nats.</param>
/// <param name="Characters">Character errors.</param>
/// <param name="Words">Word errors.</param>
/// <param name="Phones">Phone errors, of the utterances whose phones are known.</param>
internal sealed record DevResult(double Loss, CharacterErrorRate Characters, WordErrorRate Words, EditCounts Phones);

/// <summary>Runs the network over a development set as it stands, without changing it.</summary>
internal sealed class DevEvaluation
{
    private readonly AcousticModel _model;
    private readonly Tape _tape;
    private readonly GreedyDecoder _decoder;
    private float[] _values = [];
    private EditCounts _phones;

    public DevEvaluation(AcousticModel model, Alphabet alphabet)
    {
        _model = model;
        _tape = new Tape(model.Device, recording: false);
        _decoder = new GreedyDecoder(alphabet);
    }

    /// <summary>Scores prepared batches; texts are asked for by the corpus's number.</summary>
    public async Task<DevResult> RunAsync(IAsyncEnumerable<PreparedBatch> batches, Func<int, string> text, Action<PreparedBatch> done)
    {
        double loss = 0;
        int scored = 0;
        CharacterErrorRate characters = new();
        WordErrorRate words = new();
        _phones = default;
        await foreach (PreparedBatch batch in batches.ConfigureAwait(false))
        {
            foreach ((int index, _) in batch.LeftOut)
            {
                characters.Add(text(index), "");
                words.Add(text(index), "");
            }

            if (!batch.IsEmpty)
                Run(batch, text, ref loss, ref scored, characters, words);
            done(batch);
        }

        return new DevResult(scored == 0 ? double.NaN : loss / scored, characters, words, _phones);
    }

    private void Run(PreparedBatch batch, Func<int, string> text, ref double loss, ref int scored, CharacterErrorRate characters, WordErrorRate words)
    {
        int count = batch.Utterances.Count, classes = _model.Classes;
        int[] frames = batch.Host.Integers(1).ToArray();
        DeviceBatch device = batch.Host.Upload(_model.Device);
        try
        {
            Tensor logits = _model.Logits(_tape, device.Tensors[0], device.Tensors[1], out Tensor? phones);
            Tensor losses = CtcLoss.Apply(_tape, logits, device.Tensors[1], device.Tensors[2], device.Tensors[3], classes - 1, 1);
            float[] each = new float[count];
            _model.Device.Download(losses, MemoryMarshal.AsBytes(each.AsSpan()));
            Tensor log = LogSoftmax.Apply(_tape, logits);
            if (_values.Length < log.Count)
                _values = new float[log.Count];
            _model.Device.Download(log, MemoryMarshal.AsBytes(_values.AsSpan(0, (int)log.Count)));
            for (int b = 0; b < count; b++)
            {
                if (float.IsFinite(each[b]))
                {
                    loss += each[b];
                    scored++;
                }

                string hypothesis = Decode(b, count, frames[b], classes);
                characters.Add(text(batch.Utterances[b]), hypothesis);
                words.Add(text(batch.Utterances[b]), hypothesis);
            }

            if (phones is not null)
                ComparePhones(batch, phones, frames);
        }
        finally
        {
            _tape.Reset();
            device.Release();
        }
    }

    /// <summary>The phones of the best path against those of the text, where they are known.</summary>
    private void ComparePhones(PreparedBatch batch, Tensor logits, int[] frames)
    {
        float[] values = new float[logits.Count];
        _model.Device.Download(logits, MemoryMarshal.AsBytes(values.AsSpan()));
        for (int b = 0; b < batch.Utterances.Count; b++)
        {
            if (batch.Phones[b].Length > 0)
                _phones += EditDistance.Count<int>(batch.Phones[b], BestPath.Labels(values, b, batch.Utterances.Count, frames[b], logits.Shape.Columns));
        }
    }

    private string Decode(int b, int count, int frames, int classes)
    {
        _decoder.Reset();
        for (int t = 0; t < frames; t++)
            _decoder.Accept(_values.AsSpan(((t * count) + b) * classes, classes));
        return _decoder.Partial().Text;
    }
}
