using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>Uploads do not wait: what was uploaded must still be what the source held then.</summary>
public sealed class UploadTests : IDisposable
{
    private readonly IlgpuDevice _device = TestedDevices.Create();

    public void Dispose() => _device.Dispose();

    /// <summary>More than what is staged at first, in pieces that wrap around and one that makes it grow.</summary>
    [Fact]
    public void Many_uploads_on_end_arrive_whole_though_their_source_changes()
    {
        int[] counts = [1, 90_000, 100_000, 7, 120_000, 900_000, 300_000, 3];
        float[] source = new float[counts.Max()];
        List<Tensor> tensors = [];
        for (int i = 0; i < counts.Length; i++)
        {
            float[] values = RandomNumbers.Floats(i, counts[i]);
            values.CopyTo(source, 0);
            Tensor tensor = _device.Poisoned(new Shape(counts[i]));
            _device.Upload(System.Runtime.InteropServices.MemoryMarshal.AsBytes(source.AsSpan(0, counts[i])), tensor);
            Array.Clear(source);
            tensors.Add(tensor);
        }

        for (int i = 0; i < counts.Length; i++)
            Assert.Equal(RandomNumbers.Floats(i, counts[i]), tensors[i].ToArray());
    }
}
