using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests;

/// <summary>Training on a device whose memory no span can reach: one upload and one small download a step, and the same bits as on the CPU.</summary>
public sealed class TransferTests
{
    public static TheoryData<CellKind, bool> Networks => new()
    {
        { CellKind.ClippedRelu, false }, { CellKind.ClippedRelu, true }, { CellKind.Lstm, false }, { CellKind.GruResetAfter, true },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_step_is_one_upload_and_one_download_of_64_bytes(CellKind cell, bool batchNorm)
    {
        using RemoteDevice device = new();
        (SmallDeepSpeech network, TrainingLoop loop) = Make(device, cell, batchNorm);
        int live = device.LiveBuffers;
        for (int step = 0; step < 3; step++)
        {
            device.ResetCounts();
            SpeechProblem problem = Problem(step);
            StepState state = loop.Step(problem, 0.01f);
            Assert.False(state.Skipped);
            Assert.Equal(problem.Frames.Length, state.ScoredUtterances);
            Assert.Equal(1, device.Uploads);
            Assert.Equal(1, device.Downloads);
            Assert.InRange(device.DownloadedBytes, 1, 64);
            Assert.Equal(live, device.LiveBuffers);
        }

        Assert.NotEmpty(network.Parameters.Parameters);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Ten_steps_give_the_bits_of_the_plain_CPU(CellKind cell, bool batchNorm)
    {
        using RemoteDevice remote = new(2);
        using Device plain = CpuDevices.One();
        Assert.Equal(Train(plain, cell, batchNorm), Train(remote, cell, batchNorm));
    }

    [Fact]
    public void Memory_that_was_given_back_is_refused()
    {
        using RemoteDevice device = new();
        Engine.Tensors.Tensor tensor = device.Floats(new Engine.Tensors.Shape(3), [1, 2, 3]);
        Assert.Equal([1f, 2f, 3f], tensor.ToArray());
        device.Release(tensor);
        Assert.Throws<InvalidOperationException>(() => tensor.ToArray());
        Assert.Throws<InvalidOperationException>(() => device.Release(tensor));
    }

    private static int[] Train(Device device, CellKind cell, bool batchNorm)
    {
        (SmallDeepSpeech network, TrainingLoop loop) = Make(device, cell, batchNorm);
        float[] start = network.Parameters.Values!.ToArray();
        for (int step = 0; step < 10; step++)
            loop.Step(Problem(step), 0.01f);
        float[] end = network.Parameters.Values!.ToArray();
        Assert.NotEqual(start, end);
        return Array.ConvertAll([.. end, .. network.Parameters.Parameters.Where(p => !p.Trained).SelectMany(ParameterSet.Get)], BitConverter.SingleToInt32Bits);
    }

    private static SpeechProblem Problem(int step) => new(step, 9 + step, 3 + (step % 2), 5, 6, scale: 3);

    private static (SmallDeepSpeech Network, TrainingLoop Loop) Make(Device device, CellKind cell, bool batchNorm)
    {
        SmallDeepSpeech network = new(device, new SmallDeepSpeechOptions { Cell = cell, BatchNorm = batchNorm, Dropout = 0.1f });
        return (network, new TrainingLoop(network, new AdamOptions(), 2));
    }
}
