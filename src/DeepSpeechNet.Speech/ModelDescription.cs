using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;

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
