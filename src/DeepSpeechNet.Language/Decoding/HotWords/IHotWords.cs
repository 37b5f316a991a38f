namespace DeepSpeechNet.Language.Decoding.HotWords;

/// <summary>Hot words, fixed or changing: each utterance takes the list that is in force when it begins. Safe for several threads at once.</summary>
public interface IHotWords
{
    /// <summary>The list in force now.</summary>
    HotWordList Current { get; }
}
