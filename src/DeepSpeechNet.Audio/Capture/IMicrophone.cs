namespace DeepSpeechNet.Audio.Capture;

/// <summary>An open microphone. Dispose it to stop; one reader at a time.</summary>
public interface IMicrophone : IDisposable
{
    /// <summary>The device's name, as it was asked for.</summary>
    string Device { get; }

    /// <summary>Samples a second, in hertz.</summary>
    int SampleRate { get; }

    /// <summary>How many times sound was lost because nobody took it in time.</summary>
    int Overruns { get; }

    /// <summary>
    /// Gives the sound as it comes, one channel, in [-1, 1). It ends when the device does (a file that stands in for one) or <paramref name="cancellationToken"/> says so:
    /// then quietly, so that what was heard can be finished.
    /// </summary>
    /// <param name="cancellationToken">Stops listening.</param>
    /// <returns>Chunks of some hundredths of a second; each is valid until the next is asked for.</returns>
    /// <exception cref="CaptureException">The device failed.</exception>
    IAsyncEnumerable<ReadOnlyMemory<float>> CaptureAsync(CancellationToken cancellationToken = default);
}
