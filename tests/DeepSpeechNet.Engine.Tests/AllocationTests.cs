using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests;

/// <summary>After warm-up a step of training and a pass of inference take next to nothing from the heap, whatever the number of frames.</summary>
public sealed class AllocationTests
{
    private const long Bound = 32 * 1024;

    public static TheoryData<CellKind> Cells => [CellKind.ClippedRelu, CellKind.Lstm, CellKind.GruResetAfter];

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_training_step_allocates_little_whatever_its_length(CellKind cell)
    {
        using CpuDevice device = (CpuDevice)CpuDevices.Two();
        TrainingLoop loop = new(new SmallDeepSpeech(device, new SmallDeepSpeechOptions { Cell = cell, Dropout = 0.1f, BatchNorm = true }), new AdamOptions(), 1);
        AssertLittle(device, problem => loop.Step(problem, 0.001f));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_pass_of_inference_allocates_little_whatever_its_length(CellKind cell)
    {
        using CpuDevice device = (CpuDevice)CpuDevices.Two();
        SmallDeepSpeech network = new(device, new SmallDeepSpeechOptions { Cell = cell, BatchNorm = true }, training: false);
        Tape tape = new(device, recording: false);
        HostBatch host = new();
        AssertLittle(device, problem =>
        {
            problem.Fill(host);
            DeviceBatch batch = host.Upload(device);
            network.Logits(tape, batch.Tensors[0], batch.Tensors[1]);
            tape.Reset();
            batch.Release();
        });
    }

    private static void AssertLittle(CpuDevice device, Action<SpeechProblem> work)
    {
        SpeechProblem shorter = new(1, 40, 4, 5, 6), longer = new(2, 400, 4, 5, 6);
        foreach (SpeechProblem problem in (SpeechProblem[])[shorter, longer, shorter, longer])
            work(problem);
        long pool = device.AllocatedBytes;
        long little = Allocation.Least(() => work(shorter)), much = Allocation.Least(() => work(longer));
        Assert.InRange(little, 0, Bound);
        Assert.InRange(much, 0, Bound);
        Assert.InRange(much - little, -2048, 2048);
        Assert.Equal(pool, device.AllocatedBytes);
    }
}
