using DeepSpeechNet.Audio.Files.Flac;

namespace DeepSpeechNet.Audio.Tests.Files.Flac;

public sealed class CrcTests
{
    [Fact]
    public void The_published_check_values_come_out()
    {
        // CRC-8/SMBUS and CRC-16/UMTS, the catalogue's names for FLAC's two, of "123456789".
        Assert.Equal(0xF4, Crc.Crc8("123456789"u8));
        Assert.Equal(0xFEE8, Crc.Crc16(0, "123456789"u8));
    }

    [Fact]
    public void Any_division_into_parts_gives_the_remainder_of_the_whole()
    {
        var bytes = new byte[100];
        new Random(1).NextBytes(bytes);
        int expected = FlacEncoder.Remainder(bytes, 0x8005, 16);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(expected, Crc.Crc16(Crc.Crc16(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }

        Assert.Equal(FlacEncoder.Remainder(bytes, 0x07, 8), Crc.Crc8(bytes));
    }
}
