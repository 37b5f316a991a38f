using System.Diagnostics;
using System.Globalization;

namespace DeepSpeechNet.GpuCheck;

/// <summary>The same steps in PyTorch, with cuDNN, on the same card.</summary>
internal static class TorchPeer
{
    /// <summary>Runs them.</summary>
    /// <returns>Seconds by the names of <see cref="SpeedTable"/>; nothing, with a message, where that Python or its PyTorch does not work.</returns>
    public static Dictionary<string, double> Run(string python, int hidden, int batch, int repeats)
    {
        string script = Path.Combine(Directory.CreateTempSubdirectory("dsn-gpu-check").FullName, "torch_peer.py");
        try
        {
            using (Stream source = typeof(TorchPeer).Assembly.GetManifestResourceStream("torch_peer.py")!)
            using (FileStream target = File.Create(script))
                source.CopyTo(target);
            ProcessStartInfo start = new(python) { RedirectStandardOutput = true };
            foreach (string argument in (string[])[script, $"{hidden}", $"{batch}", $"{repeats}"])
                start.ArgumentList.Add(argument);
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                Console.WriteLine($"  {python} ended with {process.ExitCode}: no figures of PyTorch");
            return output.Split('\n').Select(line => line.Split('\t')).Where(parts => parts.Length == 2)
                .ToDictionary(parts => parts[0], parts => double.Parse(parts[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Console.WriteLine($"  {python} does not start ({e.Message}): no figures of PyTorch");
            return [];
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(script)!, recursive: true);
        }
    }
}
