using System.Diagnostics;
using DeepSpeechNet.Audio.Files;

namespace DeepSpeechNet.Audio.Tests.Files;

/// <summary>
/// Reads damaged files: the outcome must be samples (perhaps with warnings) or <see cref="AudioFormatException"/>, without much time
/// or memory. Any other exception passes through and fails the test.
/// </summary>
internal static class HostileContent
{
    private const long Memory = 16 << 20;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);

    /// <summary>Returns what was read, or null where the content was refused.</summary>
    public static (int Count, IReadOnlyList<string> Warnings)? Read(byte[] file, AudioReadOptions? options = null)
    {
        options = (options ?? AudioReadOptions.Default) with { MaximumSamples = 100_000, SpoolLimit = 1 << 20 };
        long start = Stopwatch.GetTimestamp();
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            (float[] samples, IReadOnlyList<string> warnings) = AudioReading.ReadAll(file, options);
            Assert.All(samples, s => Assert.True(float.IsFinite(s)));
            return (samples.Length, warnings);
        }
        catch (AudioFormatException fault)
        {
            Assert.StartsWith("test: ", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', fault.Message);
            return null;
        }
        finally
        {
            Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, Time);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Memory);
        }
    }

    /// <summary>Every value of interest in every byte, and in every group of 2 and 4 bytes, of the first bytes of a file.</summary>
    public static IEnumerable<byte[]> Alterations(byte[] file, int count)
    {
        for (int at = 0; at < count; at++)
        {
            foreach (byte value in (byte[])[0, 1, 0x7F, 0x80, 0xFE, 0xFF])
            {
                foreach (int width in (int[])[1, 2, 4])
                {
                    byte[] copy = [.. file];
                    copy.AsSpan(at, Math.Min(width, file.Length - at)).Fill(value);
                    yield return copy;
                }
            }
        }
    }
}
