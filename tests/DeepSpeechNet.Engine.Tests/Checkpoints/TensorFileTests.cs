using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Engine.Tests.Checkpoints;

public sealed class TensorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    internal static TensorFileWriter Sample()
    {
        var writer = new TensorFileWriter();
        writer.SetMetadata("alphabet", "[\" \",\"a\",\"é\"]");
        writer.SetMetadata("record", "{\"loss\": 1.5}");
        writer.Add<float>("acoustic.h1.weight", [2, 3], new float[] { 1, -2, 3.5f, float.MaxValue, float.Epsilon, -0f });
        writer.Add<float>("acoustic.h1.bias", [3], new float[] { 7, 8, 9 });
        writer.Add<long>("scalar", [], new long[] { long.MinValue });
        writer.Add<float>("empty", [0, 5], Array.Empty<float>());
        writer.Add<sbyte>("bytes", [5], new sbyte[] { -128, -1, 0, 1, 127 });
        writer.Add<byte>("table", [70], Enumerable.Range(0, 70).Select(i => (byte)i).ToArray());
        writer.Add<int>("ints", [1, 1, 1, 1, 1, 1, 1, 2], new[] { int.MinValue, int.MaxValue });
        writer.Add<double>("doubles", [1], new[] { Math.PI });
        writer.Add<Half>("halves", [2], new[] { (Half)0.5f, Half.NaN });
        writer.Add("brain", StoredElementType.BFloat16, [2], () => [0x80, 0x3f, 0x00, 0xc0]);
        return writer;
    }

    internal static byte[] Bytes(TensorFileWriter writer)
    {
        using var stream = new MemoryStream();
        writer.WriteTo(stream);
        return stream.ToArray();
    }

    private static TensorFile Read(byte[] bytes, TensorFileOptions? options = null) => TensorFile.Read(new MemoryStream(bytes), "m", bytes.Length, options);

    private static ModelFormatException Refuse(byte[] bytes) => Assert.Throws<ModelFormatException>(() => Read(bytes).Dispose());

    private static int DataStart(byte[] file) => 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_saved_is_read_back(bool map)
    {
        string path = _folder.File("m.safetensors");
        Sample().Save(path);
        using TensorFile file = map ? TensorFile.Map(path) : TensorFile.Read(path);
        Assert.Equal(["acoustic.h1.weight", "acoustic.h1.bias", "scalar", "empty", "bytes", "table", "ints", "doubles", "halves", "brain"],
            file.Tensors.Select(t => t.Name).OrderBy(n => file[n].Offset).ThenBy(n => n == "bytes"));
        Assert.Equal([1, -2, 3.5f, float.MaxValue, float.Epsilon, -0f], file.Elements<float>("acoustic.h1.weight").ToArray());
        Assert.Equal("[2, 3]", file["acoustic.h1.weight"].ShapeText);
        Assert.Equal([7, 8, 9], file.Elements<float>("acoustic.h1.bias").ToArray());
        Assert.Equal([long.MinValue], file.Elements<long>("scalar").ToArray());
        Assert.Empty(file["scalar"].Shape);
        Assert.Equal(0, file.Elements<float>("empty").Length);
        Assert.Equal([-128, -1, 0, 1, 127], file.Elements<sbyte>("bytes").ToArray());
        Assert.Equal(69, file.Bytes("table")[69]);
        Assert.Equal([int.MinValue, int.MaxValue], file.Elements<int>("ints").ToArray());
        Assert.Equal([Math.PI], file.Elements<double>("doubles").ToArray());
        Assert.True(Half.IsNaN(file.Elements<Half>("halves")[1]));
        Assert.Equal([0x80, 0x3f, 0x00, 0xc0], file.Bytes("brain").ToArray());
        Assert.Equal(StoredElementType.BFloat16, file["brain"].Type);
        Assert.Equal("[\" \",\"a\",\"é\"]", file.Metadata["alphabet"]);
    }

    [Fact]
    public unsafe void Tensors_lie_at_multiples_of_64_bytes_in_the_file_and_in_memory()
    {
        string path = _folder.File("m.safetensors");
        Sample().Save(path);
        foreach (TensorFile file in new[] { TensorFile.Map(path), TensorFile.Read(path) })
        {
            foreach (TensorEntry tensor in file.Tensors)
            {
                if (tensor.Bytes == 0) continue;
                fixed (byte* p = file.Bytes(tensor.Name)) Assert.Equal(0, (long)p % 64);
            }
            file.Dispose();
        }
        Assert.Equal(0, DataStart(File.ReadAllBytes(path)) % 64);
    }

    [Fact]
    public void The_layout_is_that_of_safetensors()
    {
        // An independent reading of the published layout: what any other implementation checks.
        byte[] file = Bytes(Sample());
        int start = DataStart(file);
        Assert.Equal((byte)'{', file[8]);
        using var header = JsonDocument.Parse(file.AsMemory(8, start - 8));
        long end = 0;
        foreach ((long begin, long next, JsonProperty tensor) in header.RootElement.EnumerateObject()
            .Where(p => p.Name != "__metadata__")
            .Select(p => (p.Value.GetProperty("data_offsets")[0].GetInt64(), p.Value.GetProperty("data_offsets")[1].GetInt64(), p))
            .OrderBy(p => p.Item1).ThenBy(p => p.Item2))
        {
            Assert.Equal(end, begin);
            int size = tensor.Value.GetProperty("dtype").GetString() switch
            {
                "F32" or "I32" => 4,
                "F16" or "BF16" => 2,
                "I64" or "F64" => 8,
                "U8" or "I8" => 1,
                _ => 0,
            };
            long count = tensor.Value.GetProperty("shape").EnumerateArray().Aggregate(1L, (n, d) => n * d.GetInt64());
            Assert.Equal(count * size, next - begin);
            if (tensor.Name.StartsWith("__pad.", StringComparison.Ordinal))
                Assert.True(file.AsSpan(start + (int)begin, (int)(next - begin)).IndexOfAnyExcept((byte)0) < 0);
            end = next;
        }
        Assert.Equal(file.Length - start, end);
        foreach (JsonProperty text in header.RootElement.GetProperty("__metadata__").EnumerateObject())
            Assert.Equal(JsonValueKind.String, text.Value.ValueKind);
    }

    [Fact]
    public void A_file_of_another_program_is_read_when_asked_for()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"shape":[1],"data_offsets":[0,4],"dtype":"I32"}}  """);
        byte[] file = [.. BitConverter.GetBytes((long)json.Length), .. json, .. BitConverter.GetBytes(5), .. BitConverter.GetBytes(2.5f)];
        using TensorFile read = Read(file, new TensorFileOptions { Foreign = true });
        Assert.Equal([5], read.Elements<int>("a").ToArray());
        Assert.Equal([2.5f], read.Elements<float>("b").ToArray());
        Assert.Contains("was not written by this program", Refuse(file).Message);
    }

    [Fact]
    public void A_file_of_many_tensors_and_one_of_none_are_read_back()
    {
        var writer = new TensorFileWriter();
        for (int i = 0; i < 10_000; i++) writer.Add<byte>($"t{i}", [1], new[] { (byte)i });
        Assert.Throws<ArgumentException>(() => writer.Add<byte>("one more", [1], new byte[1]));
        using TensorFile file = Read(Bytes(writer));
        Assert.Equal(10_000, file.Tensors.Count);
        Assert.Equal(9_999 & 255, file.Bytes("t9999")[0]);

        string path = _folder.File("none.safetensors");
        new TensorFileWriter().Save(path);
        using TensorFile none = TensorFile.Map(path);
        Assert.Empty(none.Tensors);
    }

    [Fact]
    public void A_truncated_file_is_refused_wherever_it_ends()
    {
        byte[] file = Bytes(Sample());
        for (int length = 0; length < file.Length; length++)
        {
            ModelFormatException e = Refuse(file[..length]);
            Assert.Contains("truncated", e.Message);
        }
        Assert.Contains("written behind it", Refuse([.. file, 0]).Message);
    }

    [Fact]
    public void A_stream_that_ends_before_its_stated_length_is_refused()
    {
        byte[] file = Bytes(Sample());
        for (int length = 0; length < file.Length; length += 7)
            Assert.Throws<ModelFormatException>(() => TensorFile.Read(new MemoryStream(file, 0, length), "m", file.Length).Dispose());
    }

    [Fact]
    public void Any_changed_bit_of_the_header_is_found()
    {
        byte[] file = Bytes(Sample());
        int start = DataStart(file);
        for (int at = 0; at < start; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                file[at] ^= (byte)(1 << bit);
                Refuse(file);
                file[at] ^= (byte)(1 << bit);
            }
        }
        Read(file).Dispose();
    }

    [Fact]
    public void A_changed_tensor_is_named()
    {
        byte[] file = Bytes(Sample());
        int start = DataStart(file);
        using TensorFile intact = Read(file);
        foreach (TensorEntry tensor in intact.Tensors)
        {
            for (long at = 0; at < tensor.Bytes; at++)
            {
                file[start + tensor.Offset + at] ^= 0x10;
                ModelFormatException e = Refuse(file);
                Assert.Equal($"m: tensor '{tensor.Name}' does not match its digest: the file is damaged, copy it again.", e.Message);
                file[start + tensor.Offset + at] ^= 0x10;
            }
        }
        long gap = intact["acoustic.h1.weight"].Bytes;
        file[start + gap] = 1;
        Assert.Contains("padding", Refuse(file).Message);
    }

    [Fact]
    public void Another_format_version_is_told_in_words()
    {
        string text = Encoding.Latin1.GetString(Bytes(Sample())).Replace("\"dsn.format_version\":\"1\"", "\"dsn.format_version\":\"2\"");
        Assert.Equal("m: the format version is '2', and this program reads version 1: use the program version that wrote the file, " +
            "or get the model in this version.", Refuse(Encoding.Latin1.GetBytes(text)).Message);
    }

    [Fact]
    public void Wrong_questions_get_clear_answers()
    {
        using TensorFile file = Read(Bytes(Sample()));
        Assert.Contains("'acoustic.h9' is missing", Assert.Throws<ModelFormatException>(() => file["acoustic.h9"]).Message);
        Assert.Contains("holds F32 elements, not I32", Assert.Throws<ModelFormatException>(() => file.Elements<int>("acoustic.h1.bias").Length).Message);
        Assert.False(file.TryGet("none", out _));
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Bytes("table").Length);
    }

    [Fact]
    public void Any_fault_while_saving_leaves_the_old_file_or_the_whole_new_one()
    {
        string path = _folder.File("m.safetensors");
        var old = new TensorFileWriter();
        old.Add<float>("old", [1], new float[] { 1 });
        var next = new TensorFileWriter();
        next.Add<float>("new", [100_000], new float[100_000]);
        var counter = new FaultyFileLayer(0, Fault.Error);
        next.Save(path, counter);
        foreach (Fault fault in Enum.GetValues<Fault>())
        {
            for (int at = 1; at <= counter.Steps; at++)
            {
                old.Save(path);
                try
                {
                    next.Save(path, new FaultyFileLayer(at, fault));
                }
                catch (FileSaveException)
                {
                }
                try
                {
                    using TensorFile read = TensorFile.Read(path);
                    Assert.True(read.Tensors is [{ Name: "old", Bytes: 4 }] or [{ Name: "new", Bytes: 400_000 }]);
                }
                catch (ModelFormatException e)
                {
                    // A disk that lies about a write is found out when the file is read.
                    Assert.True(fault == Fault.Torn, e.Message);
                }
            }
        }
    }
}
