namespace DeepSpeechNet.Language.Tests.Decoding.HotWords;

/// <summary>Damages the bytes of a text file a little.</summary>
internal static class HotWordMutation
{
    private static readonly byte[] Telling = [0, (byte)'\t', (byte)'\n', (byte)'\r', (byte)' ', (byte)'#', (byte)'-', (byte)'9', (byte)'e', (byte)'.', 0x80, 0xC3, 0xEF, 0xFF];

    /// <summary>A copy with one to six bytes changed, put in, taken out, or a piece doubled.</summary>
    public static byte[] Of(byte[] bytes, Random random)
    {
        List<byte> copy = [.. bytes];
        for (int n = random.Next(1, 7); n > 0 && copy.Count > 0; n--)
        {
            int at = random.Next(copy.Count);
            switch (random.Next(5))
            {
                case 0:
                    copy[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    copy.Insert(at, Telling[random.Next(Telling.Length)]);
                    break;
                case 2:
                    copy.RemoveRange(at, Math.Min(random.Next(1, 12), copy.Count - at));
                    break;
                case 3:
                    copy.InsertRange(at, copy.GetRange(at, Math.Min(random.Next(1, 30), copy.Count - at)));
                    break;
                default:
                    copy[at] = Telling[random.Next(Telling.Length)];
                    break;
            }
        }

        return [.. copy];
    }
}
