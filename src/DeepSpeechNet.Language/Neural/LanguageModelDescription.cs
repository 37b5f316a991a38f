namespace DeepSpeechNet.Language.Neural;

/// <summary>Everything of a trained neural language model but its weights.</summary>
public sealed record LanguageModelDescription
{
    /// <summary>The shape of the network.</summary>
    public required NeuralLanguageModelOptions Options { get; init; }

    /// <summary>What it counts as one symbol.</summary>
    public required LanguageTokens Tokens { get; init; }

    /// <summary>How it came to be.</summary>
    public LanguageTrainingRecord Training { get; init; } = new();
}

/// <summary>How a language model came to be; for people, and for the model card.</summary>
public sealed record LanguageTrainingRecord
{
    /// <summary>The command that trained it.</summary>
    public string Command { get; init; } = "";

    /// <summary>Epochs begun until these weights.</summary>
    public int Epochs { get; init; }

    /// <summary>Optimiser steps until these weights.</summary>
    public long Steps { get; init; }

    /// <summary>Symbols of the training text, ends of sentences included.</summary>
    public long Tokens { get; init; }

    /// <summary>Perplexity on the valid text, 0 where there was none.</summary>
    public double ValidPerplexity { get; init; }
}
