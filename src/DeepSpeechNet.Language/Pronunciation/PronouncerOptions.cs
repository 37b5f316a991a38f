using DeepSpeechNet.Engine.Devices;

namespace DeepSpeechNet.Language.Pronunciation;

/// <summary>The shape of a network that pronounces words: bidirectional GRUs over the letters, each letter in several time steps.</summary>
public sealed record PronouncerOptions
{
    /// <summary>E: features of a letter.</summary>
    public int Embedding { get; init; } = 32;

    /// <summary>H: units of a recurrent direction; the two directions are summed.</summary>
    public int Hidden { get; init; } = 80;

    /// <summary>How many recurrent layers there are.</summary>
    public int Layers { get; init; } = 3;

    /// <summary>
    /// Time steps of a letter and of the word's beginning and end. CTC writes a phone a step at most: three are enough for every English word of CMUdict, letters' own
    /// names included ("w" has seven phones).
    /// </summary>
    public int Steps { get; init; } = 3;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        Check(nameof(Embedding), Embedding, 1, 4096);
        Check(nameof(Hidden), Hidden, 1, 4096);
        Check(nameof(Layers), Layers, 1, 20);
        Check(nameof(Steps), Steps, 1, 20);
    }

    private static void Check(string name, int value, int low, int high)
    {
        if (value < low || value > high)
            throw new ArgumentException($"{name} is {value}; it must be {low} to {high}.");
    }
}
