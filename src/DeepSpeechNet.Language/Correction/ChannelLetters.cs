namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// The letters of the channel as small numbers (space 1, a to z 2..27, apostrophe 28: their labels in <see cref="Alphabet.English"/> and one more; 0 stands
/// for no letter), and runs of one to three letters packed into one number in base 29, first letter lowest.
/// </summary>
internal static class ChannelLetters
{
    public const int Count = 29, Space = 1, Apostrophe = 28, SegmentCount = Count * Count * Count;

    /// <summary>Longest run of letters that one edit changes or makes.</summary>
    public const int MaxLength = 3;

    private const string Symbols = "\0 abcdefghijklmnopqrstuvwxyz'";

    /// <summary>The numbers as an alphabet's labels.</summary>
    public static Alphabet Alphabet { get; } = new(Symbols);

    /// <summary>The number of a letter, or 0 for anything outside the alphabet.</summary>
    public static int Code(char letter) => letter switch
    {
        >= 'a' and <= 'z' => letter - 'a' + 2,
        ' ' => Space,
        '\'' => Apostrophe,
        _ => 0,
    };

    /// <summary>The letter of a number from 1 to 28.</summary>
    public static char Letter(int code) => Symbols[code];

    /// <summary>The numbers of a text with a space put before and after it, or null where it has a letter of another alphabet.</summary>
    public static byte[]? Enclose(string text)
    {
        byte[] codes = new byte[text.Length + 2];
        codes[0] = codes[^1] = Space;
        for (int i = 0; i < text.Length; i++)
        {
            if ((codes[i + 1] = (byte)Code(text[i])) == 0)
                return null;
        }

        return codes;
    }

    /// <summary>Packs one to three letters.</summary>
    public static int Pack(ReadOnlySpan<byte> letters)
    {
        int segment = letters[0];
        if (letters.Length > 1)
            segment += Count * letters[1];
        if (letters.Length > 2)
            segment += Count * Count * letters[2];
        return segment;
    }

    /// <summary>The letters of a packed run, and how many there are.</summary>
    public static int Unpack(int segment, Span<byte> letters)
    {
        int length = 0;
        for (; segment > 0; segment /= Count)
            letters[length++] = (byte)(segment % Count);
        return length;
    }

    /// <summary>The letters of a packed run as text.</summary>
    public static string Text(int segment)
    {
        Span<byte> letters = stackalloc byte[MaxLength];
        int length = Unpack(segment, letters);
        return Text(letters[..length]);
    }

    /// <summary>Letters by their numbers as text.</summary>
    public static string Text(ReadOnlySpan<byte> letters) => string.Create(letters.Length, letters, static (text, letters) =>
    {
        for (int i = 0; i < text.Length; i++)
            text[i] = Letter(letters[i]);
    });

    /// <summary>Whether a number is a packed run: no letter after a gap, at least one letter.</summary>
    public static bool IsSegment(int segment)
    {
        if (segment <= 0 || segment >= SegmentCount)
            return false;
        for (; segment > 0; segment /= Count)
        {
            if (segment % Count == 0)
                return false;
        }

        return true;
    }
}
