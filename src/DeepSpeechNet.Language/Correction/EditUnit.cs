namespace DeepSpeechNet.Language.Correction;

/// <summary>One edit of the channel: up to three letters that were meant, up to three that came out, as packed runs (see <see cref="ChannelLetters"/>).</summary>
/// <param name="Meant">The letters meant, α.</param>
/// <param name="Seen">The letters that came out, β.</param>
/// <param name="LogProbability">ln P(α → β | α stands next).</param>
internal readonly record struct EditUnit(int Meant, int Seen, float LogProbability)
{
    public override string ToString() => $"{ChannelLetters.Text(Meant)}→{ChannelLetters.Text(Seen)} {LogProbability:0.00}";
}
