using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Language.Tests.Neural;

public sealed class SequencePassTests : IDisposable
{
    private static readonly CharacterTokens Letters = new(new Alphabet("abcdef"));
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

    public void Dispose() => _device.Dispose();

    [Theory]
    [MemberData(nameof(LanguageStepperTests.Networks), MemberType = typeof(LanguageStepperTests))]
    public void A_text_is_as_likely_symbol_by_symbol_as_in_windows(string network)
    {
        NeuralLanguageModel model = Model(network, training: false);
        TokenText text = TokenText.Of(Letters, Sentences(12));
        float[] whole = new float[text.Count];
        LikelihoodResult result = new TextLikelihood(model).Run(text, streams: 1, each: (place, value) => whole[place] = value);
        Assert.Equal(text.Count, result.Tokens);
        using LanguageStepper stepper = new(model);
        int state = stepper.BeginState;
        float[] probabilities = new float[7];
        double sum = 0;
        for (int i = 0; i < text.Count; i++)
        {
            stepper.Probabilities([state], probabilities);
            Assert.Equal(probabilities[text[i]], whole[i], 1e-4f);
            sum += probabilities[text[i]];
            int[] next = new int[1];
            stepper.Advance([state], [text[i]], next);
            stepper.Release(state);
            state = next[0];
        }

        Assert.Equal(sum, result.LogLikelihood, 1e-3);
    }

    [Theory]
    [InlineData("two lstm")]
    [InlineData("gru pairs")]
    [InlineData("tanh tied")]
    [InlineData("lstm projected")]
    public void Gradients_after_a_carried_state_are_those_with_the_state_held_still(string network)
    {
        NeuralLanguageModel model = Model(network, training: true);
        TextStreams streams = new(TokenText.Of(Letters, Sentences(6)), model, batch: 2, window: 5);
        SequencePass pass = new(model, 2);
        Tape tape = new(_device, recording: true);
        Loss(tape, pass, streams, 0);
        tape.Reset();
        (string, float[])[] carried = [.. pass.Export()];
        Assert.Contains(carried, c => c.Item2.Any(v => v != 0));

        Loss(tape, pass, streams, 1);
        tape.Backward();
        tape.Reset();
        foreach (Parameter parameter in model.Parameters.Parameters)
        {
            float[] values = ParameterSet.Get(parameter), gradient = parameter.Value.Gradient!.ToArray();
            for (int i = 0; i < values.Length; i += 1 + (values.Length / 12))
            {
                float kept = values[i];
                const float Step = 2e-2f;
                values[i] = kept + Step;
                double above = With(values);
                values[i] = kept - Step;
                double below = With(values);
                values[i] = kept;
                ParameterSet.Set(parameter, values);
                Assert.Equal((above - below) / (2 * Step), gradient[i], 4e-3);
            }

            double With(float[] changed)
            {
                ParameterSet.Set(parameter, changed);
                pass.Import(name => carried.Single(c => c.Item1 == name).Item2);
                double loss = Loss(tape, pass, streams, 1);
                tape.Reset();
                return loss;
            }
        }
    }

    [Fact]
    public void One_forgotten_text_leaves_the_others()
    {
        NeuralLanguageModel model = Model("two lstm", training: false);
        TextStreams streams = new(TokenText.Of(Letters, Sentences(6)), model, batch: 3, window: 5);
        SequencePass pass = new(model, 3);
        Tape tape = new(_device, recording: false);
        Loss(tape, pass, streams, 0);
        tape.Reset();
        pass.Reset(1);
        foreach ((_, float[] values) in pass.Export())
        {
            int units = values.Length / 3;
            Assert.All(values[units..(2 * units)], v => Assert.Equal(0, v));
            Assert.Contains(values[..units], v => v != 0);
            Assert.Contains(values[(2 * units)..], v => v != 0);
        }
    }

    internal static IEnumerable<string> Sentences(int count)
    {
        Random random = new(8);
        for (int i = 0; i < count; i++)
            yield return new string([.. Enumerable.Range(0, 2 + random.Next(9)).Select(_ => (char)('a' + random.Next(6)))]);
    }

    private NeuralLanguageModel Model(string network, bool training) =>
        new(_device, LanguageStepperTests.Shape(network), Letters.Count, Letters.End, seed: 3, training, initialRange: 0.4f);

    private double Loss(Tape tape, SequencePass pass, TextStreams streams, int window)
    {
        HostBatch host = new();
        streams.Fill(host, window);
        DeviceBatch batch = host.Upload(_device);
        Tensor losses = pass.Losses(tape, batch, 1);
        return losses.ToArray().Sum(v => (double)v);
    }
}
