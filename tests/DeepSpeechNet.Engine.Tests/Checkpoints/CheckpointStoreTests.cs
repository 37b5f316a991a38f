using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Engine.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TensorFileWriter Weights(float value)
    {
        var writer = new TensorFileWriter();
        writer.Add<float>("weights", [1000], Enumerable.Repeat(value, 1000).ToArray());
        return writer;
    }

    private static void Damage(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    [Fact]
    public void The_newest_two_checkpoints_stay_and_the_newest_is_loaded()
    {
        var store = new CheckpointStore(_folder.File("run"));
        Assert.Null(store.LoadNewest());
        for (int i = 1; i <= 5; i++) store.Save(Weights(i), $"{{\"epoch\":{i}}}");
        Assert.Equal(["checkpoint-000005.safetensors", "checkpoint-000004.safetensors"], store.Files.Select(Path.GetFileName));
        using Checkpoint? loaded = store.LoadNewest();
        Assert.Equal(5, loaded!.Number);
        Assert.Equal("{\"epoch\":5}", loaded.State);
        Assert.Equal(5f, loaded.Tensors.Elements<float>("weights")[999]);
    }

    [Fact]
    public void A_damaged_newest_checkpoint_gives_the_one_before_it_and_a_message()
    {
        var store = new CheckpointStore(_folder.Path);
        store.Save(Weights(1), "{}");
        store.Save(Weights(2), "{}");
        Damage(store.Files[0]);
        var messages = new List<string>();
        using (Checkpoint? loaded = store.LoadNewest(messages.Add)) Assert.Equal(1f, loaded!.Tensors.Elements<float>("weights")[0]);
        string message = Assert.Single(messages);
        Assert.Contains("checkpoint-000002.safetensors: tensor 'weights' does not match its digest", message);
        Assert.EndsWith("Trying the checkpoint before it.", message);

        Damage(store.Files[1]);
        Assert.Contains("checkpoint-000002", Assert.Throws<ModelFormatException>(() => store.LoadNewest()).Message);
    }

    [Fact]
    public void A_model_or_a_broken_state_is_no_checkpoint()
    {
        var store = new CheckpointStore(_folder.Path);
        Weights(1).Save(_folder.File("checkpoint-000001.safetensors"));
        Assert.Contains("this is a model, not a checkpoint", Assert.Throws<ModelFormatException>(() => store.LoadNewest()).Message);
        store.Save(Weights(1), "{");
        Assert.Contains("is not valid JSON", Assert.Throws<ModelFormatException>(() => store.LoadNewest()).Message);
    }

    [Theory]
    [InlineData(Fault.Error)]
    [InlineData(Fault.Short)]
    [InlineData(Fault.Crash)]
    [InlineData(Fault.Torn)]
    public void After_a_fault_at_any_step_the_last_or_the_new_checkpoint_is_there(Fault fault)
    {
        for (int at = 1; ; at++)
        {
            string folder = _folder.File($"{fault}-{at}");
            var store = new CheckpointStore(folder);
            for (int i = 1; i <= 3; i++) store.Save(Weights(i), "{}");
            var layer = new FaultyFileLayer(at, fault);
            try
            {
                new CheckpointStore(folder, 2, layer).Save(Weights(4), "{}");
            }
            catch (FileSaveException)
            {
            }
            using (Checkpoint? loaded = store.LoadNewest())
            {
                float value = loaded!.Tensors.Elements<float>("weights")[0];
                Assert.Equal(loaded.Number, value);
                Assert.True(value is 3 or 4, $"step {at}: {value}");
            }
            Assert.InRange(store.Files.Count, 2, 3);
            if (layer.Steps < at) break;
        }
    }

    [Fact]
    public void Leftovers_of_killed_saves_go_at_the_first_save()
    {
        File.WriteAllText(_folder.File(".checkpoint-000009.safetensors.abc.tmp"), "half");
        File.WriteAllText(_folder.File("other.tmp"), "mine");
        var store = new CheckpointStore(_folder.Path);
        store.Save(Weights(1), "{}");
        Assert.Equal(["checkpoint-000001.safetensors", "other.tmp"], _folder.Names());
    }

    [Fact]
    public void A_process_killed_while_saving_leaves_a_valid_checkpoint()
    {
        var random = new Random(20);
        long reached = 0;
        for (int kill = 0; kill < 6; kill++)
        {
            long printed = KillASaver(random.Next(0, 120));
            var store = new CheckpointStore(_folder.Path);
            using Checkpoint? loaded = store.LoadNewest(m => Assert.Fail(m));
            Assert.NotNull(loaded);
            // The saver says that it is done with a checkpoint only after it is complete.
            Assert.InRange(loaded.Number, reached + printed, reached + printed + 1);
            int step = JsonDocument.Parse(loaded.State).RootElement.GetProperty("step").GetInt32();
            Assert.True(loaded.Tensors.Elements<float>("weights").IndexOfAnyExcept((float)step) < 0);
            Assert.InRange(store.Files.Count, 1, 3);
            reached = loaded.Number;
        }
    }

    /// <summary>Starts this test program as a saver, kills it (SIGKILL) some time after its first checkpoint, and gives the last
    /// number that it printed.</summary>
    private int KillASaver(int milliseconds)
    {
        string host = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(CrashProgram).Assembly.Location);
        start.ArgumentList.Add(CrashProgram.SaveLoop);
        start.ArgumentList.Add(_folder.Path);
        using Process saver = Process.Start(start)!;
        int printed = int.Parse(saver.StandardOutput.ReadLine()!);
        Thread.Sleep(milliseconds);
        saver.Kill();
        while (saver.StandardOutput.ReadLine() is { } line)
        {
            if (int.TryParse(line, out int number)) printed = Math.Max(printed, number);
        }
        saver.WaitForExit();
        return printed;
    }
}
