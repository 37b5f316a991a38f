namespace DeepSpeechNet.Audio;

/// <summary>The checks of option records: a message names the setting, its value and the range.</summary>
internal static class OptionCheck
{
    public static void Range(string name, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
            throw new ArgumentException($"{name} is {value}; it must be {low} to {high}.");
    }

    public static void Ordered(string lowName, double low, string highName, double high)
    {
        if (!(low <= high))
            throw new ArgumentException($"{lowName} is {low} and {highName} is {high}; the first must not be above the second.");
    }

    public static void Known<T>(string name, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new ArgumentException($"{name} is {value}; it must be one of {string.Join(", ", Enum.GetNames<T>())}.");
    }
}
