namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>FLAC's two checksums, most significant bit first, starting from 0 (RFC 9639, sections 9.1.8 and 9.3).</summary>
internal static class Crc
{
    private const int Slices = 8;

    private static readonly byte[] Table8 = MakeTable8();
    private static readonly ushort[] Table16 = MakeTable16();

    /// <summary>CRC-8 with the polynomial x^8 + x^2 + x + 1.</summary>
    public static byte Crc8(ReadOnlySpan<byte> bytes)
    {
        byte crc = 0;
        foreach (byte b in bytes)
        {
            crc = Table8[crc ^ b];
        }

        return crc;
    }

    /// <summary>Carries a CRC-16 with the polynomial x^16 + x^15 + x^2 + 1 on over more bytes.</summary>
    public static ushort Crc16(ushort crc, ReadOnlySpan<byte> bytes)
    {
        // Eight bytes at a time: table s holds the remainders of a byte followed by s zero bytes.
        ReadOnlySpan<ushort> t = Table16;
        while (bytes.Length >= Slices)
        {
            crc = (ushort)(t[(7 * 256) + (bytes[0] ^ (crc >> 8))] ^ t[(6 * 256) + (bytes[1] ^ (crc & 0xFF))]
                ^ t[(5 * 256) + bytes[2]] ^ t[(4 * 256) + bytes[3]] ^ t[(3 * 256) + bytes[4]] ^ t[(2 * 256) + bytes[5]]
                ^ t[256 + bytes[6]] ^ t[bytes[7]]);
            bytes = bytes[Slices..];
        }

        foreach (byte b in bytes)
        {
            crc = (ushort)((crc << 8) ^ t[(crc >> 8) ^ b]);
        }

        return crc;
    }

    private static byte[] MakeTable8()
    {
        var table = new byte[256];
        for (int i = 0; i < 256; i++)
        {
            int crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc << 1) ^ ((crc & 0x80) != 0 ? 0x107 : 0);
            }

            table[i] = (byte)crc;
        }

        return table;
    }

    private static ushort[] MakeTable16()
    {
        var table = new ushort[Slices * 256];
        for (int i = 0; i < 256; i++)
        {
            int crc = i << 8;
            for (int slice = 0; slice < Slices; slice++)
            {
                for (int bit = 0; bit < 8; bit++)
                {
                    crc = (crc << 1) ^ ((crc & 0x8000) != 0 ? 0x18005 : 0);
                }

                table[(slice * 256) + i] = (ushort)crc;
            }
        }

        return table;
    }
}
