using System.Security.Cryptography;
using DeepSpeechNet.Audio.Files.Flac;

namespace DeepSpeechNet.Audio.Tests.Files.Flac;

public sealed class Md5Tests
{
    [Fact]
    public void Every_length_and_division_gives_the_digest_of_the_runtime()
    {
        var bytes = new byte[200];
        new Random(2).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            var md5 = new Md5();
            md5.Append(bytes.AsSpan(0, length / 3));
            md5.Append(bytes.AsSpan(length / 3, length - (length / 3)));
#pragma warning disable CA5351 // The reference for the digest that FLAC asks for.
            Assert.Equal(MD5.HashData(bytes.AsSpan(0, length)), md5.Finish());
#pragma warning restore CA5351
        }
    }
}
