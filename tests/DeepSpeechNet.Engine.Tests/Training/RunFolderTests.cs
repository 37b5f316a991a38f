using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Tests.Checkpoints;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Tests.Training;

public sealed class RunFolderTests : IDisposable
{
    private readonly Device _device = CpuDevices.One();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }

    [Fact]
    public void A_checkpoint_gives_back_weights_moments_state_and_what_is_carried()
    {
        RunFolder folder = new(_folder.Path);
        (ParameterSet parameters, Optimiser optimiser) = Make(1);
        Dictionary<string, int> lengths = optimiser.Export().ToDictionary(e => e.Name, e => e.Values.Length);
        optimiser.Import(5, name => [.. Enumerable.Range(1, lengths[name]).Select(i => i / 4f)]);
        TrainingState saved = new()
        {
            Fingerprint = "a run",
            Epoch = 2,
            Batch = 3,
            Step = 41,
            AverageUpdates = 40,
            LossSum = 1.5,
            Scored = 7,
            Skipped = 1,
            Best = 0.125,
            SinceBest = 4,
            Plateau = new PlateauState(0.5f, 0.3, 1),
            Seconds = 12.5,
            Log = ["first", "second"],
        };
        folder.SaveCheckpoint(parameters, optimiser, saved, [("carried", [9, 8])]);

        (ParameterSet others, Optimiser other) = Make(2);
        float[] carried = [];
        TrainingState? loaded = folder.LoadCheckpoint(others, other, "a run", Assert.Fail, (_, find) => carried = find("carried"));

        Assert.NotNull(loaded);
        Assert.Equal(saved.Log, loaded.Log);
        Assert.Equal(saved with { Log = loaded.Log }, loaded);
        Assert.Equal(5, other.StepCount);
        Assert.Equal(ParameterSet.Get(parameters.Parameters[0]), ParameterSet.Get(others.Parameters[0]));
        Assert.Equal(optimiser.Export().Select(e => e.Values), other.Export().Select(e => e.Values));
        Assert.Equal([9f, 8f], carried);
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_refused_and_leaves_the_weights()
    {
        RunFolder folder = new(_folder.Path);
        (ParameterSet parameters, Optimiser optimiser) = Make(1);
        folder.SaveCheckpoint(parameters, optimiser, new TrainingState { Fingerprint = "one" });
        (ParameterSet others, Optimiser other) = Make(2);
        float[] before = ParameterSet.Get(others.Parameters[0]);

        Assert.Contains("another network", Assert.Throws<TrainingException>(() => folder.LoadCheckpoint(others, other, "two", Assert.Fail)).Message, StringComparison.Ordinal);
        Assert.Equal(before, ParameterSet.Get(others.Parameters[0]));
    }

    [Fact]
    public void A_folder_without_checkpoints_gives_none()
    {
        (ParameterSet parameters, Optimiser optimiser) = Make(1);
        Assert.Null(new RunFolder(_folder.Path).LoadCheckpoint(parameters, optimiser, "a run", Assert.Fail));
    }

    private (ParameterSet Parameters, Optimiser Optimiser) Make(ulong seed)
    {
        ParameterSet parameters = new();
        parameters.Add("weight", new Shape(3), Initialiser.Uniform(1));
        parameters.Allocate(_device, seed, training: true);
        return (parameters, Optimiser.Create(_device, parameters, new AdamOptions()));
    }
}
