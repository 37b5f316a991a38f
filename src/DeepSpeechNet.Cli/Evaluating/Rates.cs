namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>Error rates as reports write them.</summary>
internal static class Rates
{
    /// <summary>Per cent with two digits; a dash where there are errors but no reference to divide by.</summary>
    public static string Percent(double rate) => double.IsFinite(rate) ? rate.ToString("P2") : "-";
}
