using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.Packages;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>
/// Letters' probabilities to a transcript, by best path or by prefix beam with language models, hot words and phones. It keeps its decoders from utterance to
/// utterance; one thread at a time.
/// </summary>
internal sealed class UtteranceDecoder : IDisposable
{
    private readonly Alphabet _alphabet;
    private readonly TimeSpan _frame;
    private readonly LanguagePackage? _language;
    private readonly SpokenWords? _spoken;
    private readonly GreedyDecoder _greedy;
    private TranscriptBuilder? _builder;
    private FusionDecoder? _fusion;
    private DecoderSettings? _built;
    private DecoderSettings? _fused;
    private bool _withHotWords;

    public UtteranceDecoder(Alphabet alphabet, TimeSpan frame, LanguagePackage? language, SpokenWords? spoken = null)
    {
        _alphabet = alphabet;
        _frame = frame;
        _language = language;
        _spoken = spoken;
        _greedy = new GreedyDecoder(alphabet);
    }

    /// <summary>Decodes one utterance, or the beginning of one that goes on: then there is one reading, and the end of no sentence.</summary>
    /// <exception cref="ArgumentException">The settings are out of range, or the language model does not fit the alphabet.</exception>
    public Transcript Decode(ReadOnlySpan<float> logProbabilities, ReadOnlySpan<float> phones, TimeSpan duration, DecoderSettings settings, HotWordList? hotWords, int alternatives, bool ongoing = false)
    {
        bool beam = settings.BeamWidth > 1 || hotWords is not null || UsesLanguage(settings) || UsesPhones(settings);
        ICtcDecoder decoder = beam ? Fusion(settings, hotWords) : _greedy;
        if (_builder is null || settings != _built)
        {
            _builder = new TranscriptBuilder(_alphabet, _frame, settings.Calibration());
            _built = settings;
        }

        decoder.Reset();
        if (beam)
            _fusion!.AcceptPhones(phones);
        decoder.Accept(logProbabilities);
        return _builder.Build(logProbabilities, ongoing ? [decoder.Partial()] : decoder.Finish(Math.Max(1, 2 * alternatives)), duration, alternatives);
    }

    public void Dispose() => _fusion?.Dispose();

    private bool UsesLanguage(DecoderSettings settings) => _language is not null
        && ((_language.NGram is not null && settings.NGramWeight > 0)
            || (_language.HasNeural && settings.NeuralWeight > 0 && settings.NeuralPass != NeuralPass.None));

    private bool UsesPhones(DecoderSettings settings) => _spoken is not null && settings.PhoneWeight > 0;

    private FusionDecoder Fusion(DecoderSettings settings, HotWordList? hotWords)
    {
        if (_fusion is null || settings != _fused || (hotWords is not null) != _withHotWords)
        {
            _fusion?.Dispose();
            _fusion = null;
            _fusion = new FusionDecoder(_alphabet, settings, _language, hotWords is not null, _spoken);
            _fused = settings;
            _withHotWords = hotWords is not null;
        }

        if (hotWords is not null) _fusion.HotWords = hotWords;
        return _fusion;
    }
}
