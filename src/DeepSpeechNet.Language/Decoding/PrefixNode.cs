namespace DeepSpeechNet.Language.Decoding;

/// <summary>One prefix of a beam search. Values are natural logarithms.</summary>
internal struct PrefixNode
{
    /// <summary>Probability of the paths that end in the blank, in those that end in the label, and both; of the frames so far.</summary>
    public double Blank, NonBlank, Total;

    /// <summary>The same after the frame in work.</summary>
    public double NextBlank, NextNonBlank, NextTotal;

    /// <summary>The scorer's score of the prefix.</summary>
    public double Language;

    /// <summary>How well the scorer finds that the prefix fits up to the frame in work.</summary>
    public double Fit;

    /// <summary>The highest of the scorer's values for the next symbol; 0 without a scorer.</summary>
    public float MaxExtension;

    /// <summary>The node without the last label (-1 for the root), and the last label.</summary>
    public int Parent, Label;

    /// <summary>The children as a linked list; a free node's sibling is the next free node.</summary>
    public int FirstChild, NextSibling;

    /// <summary>The children, plus one while in the beam.</summary>
    public int References;

    /// <summary>The place in the beam, or -1.</summary>
    public int Slot;

    /// <summary>The scorer's handle, or -1 while the scorer was not asked about the prefix.</summary>
    public int State;

    /// <summary>What the scorer adds to the probability to rank the prefix.</summary>
    public readonly double Added => Language + Fit;
}
