namespace DeepSpeechNet.Speech.Corpora;

/// <summary>Decodes a sound file to one channel at a rate; called from many threads at a time.</summary>
/// <param name="path">The file.</param>
/// <param name="sampleRate">Samples per second to give.</param>
/// <returns>Samples from -1 to 1.</returns>
/// <exception cref="IOException">The file cannot be read.</exception>
/// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
/// <exception cref="DeepSpeechNet.Audio.AudioFormatException">The file is no sound file that can be decoded.</exception>
public delegate float[] ClipDecoder(string path, int sampleRate);
