using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tests.Devices;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;
using DeepSpeechNet.Testing.Reference;

namespace DeepSpeechNet.Engine.Tests;

/// <summary>The engine's Deep Speech network against an independent slow one: activations, every gradient by name, ten losses.</summary>
public abstract class WholeModelTests(Func<Device> create) : DeviceTests(create)
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    [InlineData(0, 1)]
    public void Activations_and_every_gradient_are_those_of_the_reference(int context, int stride)
    {
        (SmallDeepSpeech network, ReferenceDeepSpeech reference, SpeechProblem problem) = Make(context, stride);
        double[] expected = reference.ForwardBackward(problem);
        Assert.Contains(20.0, reference.Activations["dense2"].SelectMany(u => u.SelectMany(f => f)));
        Assert.Contains(0.0, reference.Activations["recurrent"].SelectMany(u => u.SelectMany(f => f)));

        Tape tape = new(Device, recording: true);
        DeviceBatch batch = problem.Upload(Device);
        network.Logits(tape, batch.Tensors[0], batch.Tensors[1], (layer, tensor) =>
        {
            float[] all = tensor.ToArray();
            int batchSize = tensor.Shape[1], columns = tensor.Shape[2];
            for (int b = 0; b < batchSize; b++)
            {
                double[][] frames = reference.Activations[layer][b];
                for (int t = 0; t < frames.Length; t++)
                {
                    double error = Closeness.RelativeError(all.AsSpan(((t * batchSize) + b) * columns, columns).ToArray(), frames[t]);
                    Assert.True(error < 1e-5, $"{layer}, utterance {b}, frame {t}: relative error {error:g3}");
                }
            }
        });
        tape.Reset();

        float[] losses = network.Losses(tape, batch).ToArray();
        Assert.InRange(Closeness.RelativeError(losses, expected), 0, 1e-5);
        tape.Backward();
        foreach (Parameter parameter in network.Parameters.Parameters)
        {
            double error = Closeness.RelativeError(parameter.Value.Gradient!.ToArray(), reference.Gradients[parameter.Name]);
            Assert.True(error < 1e-4, $"gradient of {parameter.Name}: relative error {error:g3}");
            Assert.True(reference.Gradients[parameter.Name].Any(g => g != 0), $"{parameter.Name} takes no part");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ten_losses_of_training_are_those_of_the_reference(bool nesterov)
    {
        const float Norm = 5, Rate = 0.003f;
        (SmallDeepSpeech network, ReferenceDeepSpeech reference, SpeechProblem problem) = Make(2, 1);
        OptimiserOptions options = nesterov ? new SgdOptions { Momentum = 0.9f, Nesterov = true } : new AdamOptions { Epsilon = 1e-5f };
        TrainingLoop loop = new(network, options, Norm);
        List<double> losses = [];
        for (int step = 0; step < 10; step++)
        {
            double expected = reference.ForwardBackward(problem).Average(), norm = reference.GradientNorm();
            if (nesterov)
                reference.Nesterov(Rate, 0.9f, Norm);
            else
                reference.Adam(Rate, 0.9f, 0.999f, 1e-5f, Norm);
            StepState state = loop.Step(problem, Rate);
            Assert.InRange(state.MeanLoss, expected * (1 - 1e-4), expected * (1 + 1e-4));
            Assert.InRange(state.Norm, norm * (1 - 1e-3), norm * (1 + 1e-3));
            losses.Add(expected);
        }

        Assert.True(losses[^1] < 0.9 * losses[0], $"the problem is not learnt: {string.Join(", ", losses)}");
        Assert.Equal(10, loop.Optimiser.StepCount);
    }

    private (SmallDeepSpeech Network, ReferenceDeepSpeech Reference, SpeechProblem Problem) Make(int context, int stride)
    {
        SmallDeepSpeechOptions options = new() { Context = context, Stride = stride };
        SmallDeepSpeech network = new(Device, options);
        Dictionary<string, double[]> values = [];
        foreach (Parameter parameter in network.Parameters.Parameters)
        {
            float[] start = ParameterSet.Get(parameter);
            if (parameter.Name.EndsWith("bias", StringComparison.Ordinal))
                ParameterSet.Set(parameter, start = CheckedInput.Random(parameter.Name, parameter.Shape, 0.5f, 0.3f).Values);
            values.Add(parameter.Name, start.Doubles());
        }

        SpeechProblem problem = new(5, 12, 4, options.Features, options.Classes, stride, 12);
        return (network, new ReferenceDeepSpeech(values, context, stride), problem);
    }
}
