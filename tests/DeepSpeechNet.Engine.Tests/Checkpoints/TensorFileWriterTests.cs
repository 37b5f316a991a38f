using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Engine.Tests.Checkpoints;

public sealed class TensorFileWriterTests
{
    [Fact]
    public void A_shape_that_does_not_fit_the_data_is_refused()
    {
        var writer = new TensorFileWriter();
        Assert.Contains("takes 24 bytes, but 20 are given", Assert.Throws<ArgumentException>(() => writer.Add<float>("a", [2, 3], new float[5])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Add<float>("a", [-1], new float[1]));
        Assert.Throws<OverflowException>(() => writer.Add<float>("a", [1L << 40, 1L << 40], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add<float>("a", [1, 1, 1, 1, 1, 1, 1, 1, 1], new float[1]));
        Assert.Throws<NotSupportedException>(() => writer.Add<char>("a", [1], new char[1]));
        Assert.Equal(0, writer.Count);
    }

    [Fact]
    public void Names_are_unique_and_not_reserved()
    {
        var writer = new TensorFileWriter();
        writer.Add<float>("a", [1], new float[1]);
        Assert.Throws<ArgumentException>(() => writer.Add<float>("a", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add<float>("__pad.0", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.SetMetadata("dsn.format_version", "7"));
    }

    [Fact]
    public void A_header_over_16_MiB_is_refused_when_saving()
    {
        var writer = new TensorFileWriter();
        writer.SetMetadata("long", new string('x', 17 << 20));
        Assert.Contains("16 MiB", Assert.Throws<InvalidOperationException>(() => writer.WriteTo(Stream.Null)).Message);
    }

    [Fact]
    public void The_same_content_gives_the_same_bytes() =>
        Assert.Equal(TensorFileTests.Bytes(TensorFileTests.Sample()), TensorFileTests.Bytes(TensorFileTests.Sample()));

    [Fact]
    public void A_tensor_that_changes_its_size_before_the_save_is_refused()
    {
        byte[] data = new byte[4];
        var writer = new TensorFileWriter();
        writer.Add("a", StoredElementType.UInt8, [4], () => data);
        data = new byte[5];
        Assert.Throws<InvalidOperationException>(() => writer.WriteTo(Stream.Null));
    }
}
