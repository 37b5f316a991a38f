using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Language;

namespace DeepSpeechNet.Speech;

/// <summary>Everything of a trained recogniser but its weights: what the model file keeps as JSON beside them.</summary>
public sealed record ModelDescription
{
    /// <summary>The letters, in the order of the network's classes; the blank comes behind them.</summary>
    public required Alphabet Alphabet { get; init; }

    /// <summary>How sound becomes frames.</summary>
    public required FrontEndOptions FrontEnd { get; init; }

    /// <summary>The shape of the network.</summary>
    public required AcousticModelOptions Acoustic { get; init; }

    /// <summary>How letters become text unless the user says otherwise.</summary>
    public DecoderSettings Decoder { get; init; } = new();

    /// <summary>How the model came to be.</summary>
    public TrainingRecord Training { get; init; } = new();
}

/// <summary>How letters become text.</summary>
public sealed record DecoderSettings
{
    /// <summary>Hypotheses kept by the prefix beam search; 1 means best-path decoding.</summary>
    public int BeamWidth { get; init; } = 1;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public void Validate()
    {
        if (BeamWidth is < 1 or > 100_000)
            throw new ArgumentException($"{nameof(BeamWidth)} is {BeamWidth}; it must be 1 to 100000.");
    }
}

/// <summary>How a model came to be; for people, and for the model card.</summary>
public sealed record TrainingRecord
{
    /// <summary>The command that trained it.</summary>
    public string Command { get; init; } = "";

    /// <summary>Epochs trained until these weights.</summary>
    public int Epochs { get; init; }

    /// <summary>Optimiser steps until these weights.</summary>
    public long Steps { get; init; }

    /// <summary>Hours of sound in the training set.</summary>
    public double Hours { get; init; }

    /// <summary>Character error rate on the development set, 0 to 1 and above.</summary>
    public double DevCharacterErrorRate { get; init; }

    /// <summary>Word error rate on the development set, 0 to 1 and above.</summary>
    public double DevWordErrorRate { get; init; }
}
