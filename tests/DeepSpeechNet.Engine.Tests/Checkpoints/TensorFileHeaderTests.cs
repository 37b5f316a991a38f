using System.Text;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Engine.Tests.Checkpoints;

public sealed class TensorFileHeaderTests
{
    private const string Good = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    private static ModelFormatException Refuse(string json, int dataBytes = 8, long? length = null)
    {
        byte[] text = Encoding.Latin1.GetBytes(json);
        byte[] file = [.. BitConverter.GetBytes(length ?? text.Length), .. text, .. new byte[dataBytes]];
        return Assert.Throws<ModelFormatException>(() =>
            TensorFile.Read(new MemoryStream(file), "m", file.Length, new TensorFileOptions { Foreign = true }).Dispose());
    }

    [Fact]
    public void The_good_header_of_these_tests_is_read()
    {
        byte[] text = Encoding.Latin1.GetBytes($"{{{Good},\"__metadata__\":{{\"k\":\"v\"}}}}");
        byte[] file = [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[8]];
        using TensorFile read = TensorFile.Read(new MemoryStream(file), "m", file.Length, new TensorFileOptions { Foreign = true });
        Assert.Equal("v", read.Metadata["k"]);
        Assert.Equal(2, read["a"].Count);
    }

    [Theory]
    [InlineData("[]", "byte 8")]
    [InlineData(" {}", "byte 8")]
    [InlineData("{ ", "the header")]
    [InlineData("{} x", "the header")]
    [InlineData("{}{}", "the header")]
    [InlineData("{\"a\xff\":1}", "the header")]
    [InlineData("{\"\\ud800\":1}", "the header")]
    [InlineData("{" + Good + "," + Good + "}", "'a'")]
    [InlineData("{" + Good + ",\"__metadata__\":{},\"__metadata__\":{}}", "'__metadata__'")]
    [InlineData("{" + Good + ",\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", "metadata 'k'")]
    [InlineData("{" + Good + ",\"__metadata__\":{\"k\":1}}", "metadata 'k'")]
    [InlineData("{" + Good + ",\"__metadata__\":{\"k\":{}}}", "metadata 'k'")]
    [InlineData("{" + Good + ",\"__metadata__\":[]}", "__metadata__")]
    [InlineData("{\"a\":3}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F8\",\"shape\":[8],\"data_offsets\":[0,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":4,\"shape\":[8],\"data_offsets\":[0,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]}}", "the header")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[9223372036854775807,9223372036854775808]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "the data")]
    [InlineData("{" + Good + ",\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "tensor 'b'")]
    [InlineData("{" + Good + ",\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}}", "tensor 'b'")]
    [InlineData("{" + Good + ",\"b\":{\"dtype\":\"U8\",\"shape\":[9223372036854775799],\"data_offsets\":[8,9223372036854775807]}}", "the data")]
    public void A_wrong_header_is_refused_and_the_field_named(string json, string field) => Assert.Equal(field, Refuse(json).Field);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData((16 << 20) + 1)]
    [InlineData(1000)]
    public void A_wrong_header_length_is_refused_before_anything_is_allocated(long length)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refuse("{}", 0, length);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void A_claim_of_terabytes_is_refused_before_anything_is_allocated()
    {
        ModelFormatException e = Refuse("{\"a\":{\"dtype\":\"F64\",\"shape\":[1000000,1000000],\"data_offsets\":[0,8000000000000]}}");
        Assert.Contains("truncated", e.Message);
    }

    [Fact]
    public void Damage_of_any_kind_gives_the_one_exception_and_no_other()
    {
        byte[] good = TensorFileTests.Bytes(TensorFileTests.Sample());
        var random = new Random(1);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bad = (byte[])good.Clone();
            for (int i = random.Next(1, 6); i > 0; i--) bad[random.Next(8, bad.Length)] = (byte)random.Next(256);
            bool foreign = random.Next(2) == 0;
            try
            {
                TensorFile.Read(new MemoryStream(bad), "m", bad.Length, new TensorFileOptions { Foreign = foreign }).Dispose();
                Assert.True(foreign || bad.AsSpan().SequenceEqual(good), $"round {round}");
            }
            catch (ModelFormatException)
            {
            }
        }
    }
}
