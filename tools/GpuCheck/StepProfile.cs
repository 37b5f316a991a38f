using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.GpuCheck;

/// <summary>Where the time of a training step goes, kernel by kernel.</summary>
internal static class StepProfile
{
    /// <summary>Runs a step of each network and prints the kernels that take at least a hundredth of it. Each kernel is waited for, so that small ones look larger than they are.</summary>
    /// <param name="choice">The card.</param>
    /// <param name="hidden">H of the network.</param>
    /// <param name="batch">Recordings in a batch.</param>
    public static void Run(string choice, int hidden, int batch)
    {
        LaunchProfile profile = new();
        using Device device = DeviceCatalog.Create(choice, card: new CardOptions { Profile = profile });
        Console.WriteLine($"where a training step's time goes on {device.Description}, each kernel waited for");
        foreach ((string name, AcousticModelOptions shape) in SpeedTable.Networks(hidden))
        {
            using TrainingRun run = new(device, shape, batch, 10 * SpeedTable.FramesPerSecond, SpeedTable.Features, letters: 130, batches: 1, rate: 1e-5f);
            run.Step();
            profile.Clear();
            run.Step();
            double all = profile.Kernels.Sum(k => k.Time.TotalMilliseconds);
            Console.WriteLine($"  {name}: {all:F2} ms, {profile.Kernels.Sum(k => k.Launches)} kernels");
            foreach (KernelTime kernel in profile.Kernels.TakeWhile(k => k.Time.TotalMilliseconds >= all / 100))
                Console.WriteLine($"    {kernel.Kernel,-40} {kernel.Time.TotalMilliseconds,9:F2} ms {kernel.Time.TotalMilliseconds / all,5:P0} {kernel.Launches,7} x");
        }

        Console.WriteLine();
    }
}
