namespace DeepSpeechNet.Language.Decoding;

/// <summary>Where a neural language model takes part in decoding.</summary>
public enum NeuralPass
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>In the beam search: it scores prefixes as they grow. Of a package's two models that of characters.</summary>
    Beam,

    /// <summary>In a second pass over the best hypotheses of the search. Of a package's two models that of words.</summary>
    Rescoring,
}
