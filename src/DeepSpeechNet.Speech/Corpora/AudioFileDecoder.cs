using DeepSpeechNet.Audio.Files;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>The decoder that the program uses: every format that <see cref="AudioFile"/> reads.</summary>
internal static class AudioFileDecoder
{
    public static float[] Decode(string path, int sampleRate) => AudioFile.ReadMono(path, sampleRate).Samples;
}
