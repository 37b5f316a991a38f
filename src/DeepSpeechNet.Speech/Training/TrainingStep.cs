using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Speech.Training;

/// <summary>
/// One step of training: a batch goes to the device in one upload, everything is computed there, and 64 bytes come back. After a step that went wrong the
/// losses come back too, to name the utterances.
/// </summary>
internal sealed class TrainingStep
{
    private readonly AcousticModel _model;
    private readonly Optimiser _optimiser;
    private readonly float _clipNorm;
    private readonly float _clipValue;
    private readonly float _phoneWeight;
    private readonly Tape _tape;
    private readonly Tensor _state;
    private readonly float[] _host = new float[StepState.Length];

    public TrainingStep(AcousticModel model, Optimiser optimiser, float clipNorm, float clipValue, float phoneWeight)
    {
        _model = model;
        _optimiser = optimiser;
        _clipNorm = clipNorm;
        _clipValue = clipValue;
        _phoneWeight = phoneWeight;
        _tape = new Tape(model.Device, recording: true);
        _state = model.Device.Allocate(ElementType.Float32, new Shape(StepState.Length));
    }

    /// <summary>Trains on a batch.</summary>
    /// <param name="batch">At least one utterance.</param>
    /// <param name="learningRate">This step's.</param>
    /// <param name="seed">Of dropout.</param>
    /// <param name="faulty">Gets the positions in the batch whose loss is not finite when the step was skipped.</param>
    public StepState Run(PreparedBatch batch, float learningRate, ulong seed, List<int> faulty)
    {
        DeviceBatch device = batch.Host.Upload(_model.Device);
        try
        {
            _tape.Seed = seed;
            Tensor logits = _model.Logits(_tape, device.Tensors[0], device.Tensors[1], out Tensor? phones);
            Tensor losses = CtcLoss.Apply(
                _tape, logits, device.Tensors[1], device.Tensors[2], device.Tensors[3], _model.Classes - 1, 1f / batch.Utterances.Count);
            if (phones is not null)
                CtcLoss.Apply(_tape, phones, device.Tensors[6], device.Tensors[4], device.Tensors[5], _model.Options.Phones, _phoneWeight / batch.Utterances.Count);
            _tape.Backward();
            _model.Parameters.ZeroUnreachedGradients(_tape);
            _model.Device.Fill(_state, 0);
            _model.Device.SumLosses(losses, _state);
            if (_clipValue > 0)
                _model.Device.ClipValues(_model.Parameters.Gradients!, _clipValue);
            _model.Parameters.GradientNorm(_clipNorm, _state);
            _optimiser.Step(learningRate, _state);
            _model.Device.Download(_state, MemoryMarshal.AsBytes(_host.AsSpan()));
            StepState state = new(_host);
            _optimiser.Confirm(state.Skipped);
            if (state.Skipped)
                FindFaulty(losses, faulty);
            return state;
        }
        finally
        {
            _tape.Reset();
            device.Release();
        }
    }

    private void FindFaulty(Tensor losses, List<int> faulty)
    {
        float[] values = new float[losses.Count];
        _model.Device.Download(losses, MemoryMarshal.AsBytes(values.AsSpan()));
        for (int b = 0; b < values.Length; b++)
        {
            if (!float.IsFinite(values[b]))
                faulty.Add(b);
        }
    }
}
