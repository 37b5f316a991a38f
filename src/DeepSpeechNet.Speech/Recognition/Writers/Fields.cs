using System.Globalization;

namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>Values as tables and JSON hold them.</summary>
internal static class Fields
{
    /// <summary>A field of a tab-separated line: tabs and line ends become spaces.</summary>
    public static string Tidy(string text) => text.Replace('\t', ' ').Replace('\r', ' ').Replace('\n', ' ');

    /// <summary>Seconds to the millisecond.</summary>
    public static decimal Seconds(TimeSpan time) => Round(time.TotalSeconds, 3);

    /// <summary>A probability to four digits.</summary>
    public static decimal Probability(double value) => Round(value, 4);

    /// <summary>A number as a table holds it: a point whatever the culture.</summary>
    public static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    // A decimal, so that 0.1 is written as 0.1; dividing by a one of full scale takes trailing zeros away.
    private static decimal Round(double value, int digits) =>
        Math.Round((decimal)value, digits, MidpointRounding.AwayFromZero) / 1.0000000000000000000000000000m;
}
