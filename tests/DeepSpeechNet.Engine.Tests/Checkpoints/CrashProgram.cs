using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Engine.Tests.Checkpoints;

/// <summary>The entry point of this test program when a test starts it to kill it.</summary>
internal static class CrashProgram
{
    public const string SaveLoop = "save-checkpoints";

    public static int Main(string[] arguments)
    {
        if (arguments is not [SaveLoop, string folder]) return 0;
        var store = new CheckpointStore(folder);
        float[] weights = new float[200_000];
        for (int step = 1; ; step++)
        {
            Array.Fill(weights, step);
            var writer = new TensorFileWriter();
            writer.Add<float>("weights", [weights.Length], weights);
            store.Save(writer, $"{{\"step\":{step}}}");
            Console.WriteLine(step);
        }
    }
}
