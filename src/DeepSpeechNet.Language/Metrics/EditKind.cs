namespace DeepSpeechNet.Language.Metrics;

/// <summary>What one step of an alignment between a reference and a hypothesis does.</summary>
public enum EditKind
{
    /// <summary>Both hold the same item.</summary>
    Match,

    /// <summary>The hypothesis holds another item in place of the reference's.</summary>
    Substitution,

    /// <summary>The hypothesis lacks an item of the reference.</summary>
    Deletion,

    /// <summary>The hypothesis holds an item that the reference lacks.</summary>
    Insertion,
}
