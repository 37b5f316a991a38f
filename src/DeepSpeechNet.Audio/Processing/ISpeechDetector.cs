namespace DeepSpeechNet.Audio.Processing;

/// <summary>Tells speech from background, 10 ms at a time.</summary>
internal interface ISpeechDetector
{
    /// <summary>Whether speech is going on.</summary>
    bool InSpeech { get; }

    /// <summary>Takes 10 ms of samples.</summary>
    /// <param name="block">The samples; a block with NaN or infinite samples counts as silent.</param>
    /// <param name="speechBlocks">
    /// How many of the last blocks, this one included, are speech: 0 if this one is not; more than 1 at an onset.
    /// </param>
    /// <returns>The variance of the block's samples.</returns>
    double Hear(ReadOnlySpan<float> block, out int speechBlocks);

    /// <summary>Forgets what was heard.</summary>
    void Reset();
}
