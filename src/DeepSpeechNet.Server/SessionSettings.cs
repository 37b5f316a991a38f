using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Server;

/// <summary>What the server's settings and a request's wishes make together.</summary>
internal static class SessionSettings
{
    private const int HypothesesPerAlternative = 4, NarrowestBeam = 32;

    /// <summary>Options of a session.</summary>
    public static SessionOptions Create(Recognizer recognizer, ServerOptions server, int sampleRate, IHotWords? hotWords = null, int alternatives = 0)
    {
        TranscriptionOptions own = server.Transcription;
        int beam = own.BeamWidth;

        // Several readings need a beam: where neither the operator nor the model asks for one, there is one now.
        if (alternatives > 1 && beam <= 1 && recognizer.Model.Decoder.BeamWidth < alternatives)
            beam = Math.Max(NarrowestBeam, HypothesesPerAlternative * alternatives);
        return new SessionOptions
        {
            SampleRate = sampleRate,
            Alternatives = alternatives,
            BeamWidth = beam,
            LanguageModel = own.LanguageModel,
            Decoder = own.Decoder,
            HotWords = hotWords ?? own.HotWords,
        };
    }
}
