using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>Recognises a recording and keeps the reasons. Safe for several threads as far as its recogniser is.</summary>
public sealed class Explainer
{
    private readonly Recognizer _recognizer;

    /// <summary>Creates an explainer of what a recogniser does.</summary>
    public Explainer(Recognizer recognizer)
    {
        ArgumentNullException.ThrowIfNull(recognizer);
        _recognizer = recognizer;
    }

    /// <summary>Explains a recording, or the part of a long one that the options ask for.</summary>
    /// <param name="clip">The recording, at the rate of the model.</param>
    /// <param name="name">What the explanation calls it.</param>
    /// <param name="model">What the explanation calls the model.</param>
    /// <param name="options">What to show; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of its range, the rate is another, or the recording ends before its part begins.</exception>
    public async Task<Explanation> ExplainAsync(AudioClip clip, string name, string model, ExplainOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(clip);
        options ??= new ExplainOptions();
        options.Validate();
        int rate = _recognizer.Model.FrontEnd.SampleRate;
        if (clip.SampleRate != rate)
            throw new ArgumentException($"The recording has {clip.SampleRate} samples a second; the model takes {rate}.", nameof(clip));
        if (clip.Samples.Length > 0 && options.StartSeconds >= clip.Duration.TotalSeconds)
            throw new ArgumentException($"The recording lasts {clip.Duration.TotalSeconds:F1} s; a part of it cannot begin at {options.StartSeconds} s.");

        (int start, int end, List<SpeechSegment> segments) = Part(clip, options.StartSeconds);
        float[] samples = clip.Samples[start..end];
        DecoderSettings settings = Settings(options.Recognition);
        using FusionDecoder decoder = new(_recognizer.Model.Alphabet, settings, _recognizer.Language, options.Recognition.HotWords is not null, _recognizer.Spoken);
        if (options.Recognition.HotWords is { } hotWords)
            decoder.HotWords = hotWords.Current;
        UtteranceExplainer utterances = new(decoder, _recognizer.Frame, options.Recognition.Alternatives, ScorePart.Of(decoder), settings.Calibration());
        List<ExplainedUtterance> explained = [];
        foreach (SpeechSegment segment in segments)
        {
            ReadOnlyMemory<float> utterance = clip.Samples.AsMemory((int)segment.Start, (int)(segment.End - segment.Start));
            using LetterProbabilities? letters = await _recognizer.RunNetworkAsync(utterance, cancellationToken).ConfigureAwait(false);
            if (letters is null)
                continue;
            TimeSpan at = TimeSpan.FromSeconds((segment.Start - start) / (double)rate), duration = TimeSpan.FromSeconds(utterance.Length / (double)rate);
            explained.Add(utterances.Explain(letters.Values.ToArray(), letters.Phones, at, duration));
        }

        return new Explanation
        {
            Name = name,
            Model = model,
            BeamWidth = settings.BeamWidth,
            Parts = utterances.PartNames,
            Sound = new AudioClip(samples, rate, clip.Warnings),
            Start = TimeSpan.FromSeconds(start / (double)rate),
            Whole = clip.Duration,
            Picture = SoundPicture.Of(samples, _recognizer.Model.FrontEnd),
            Alphabet = _recognizer.Model.Alphabet,
            Frame = _recognizer.Frame,
            Utterances = explained,
            Reference = options.Reference is { } said ? new TextNormaliser(_recognizer.Model.Alphabet).Normalise(said).Text : null,
        };
    }

    /// <summary>What the recogniser would do, with a beam that has something to choose from.</summary>
    private DecoderSettings Settings(TranscriptionOptions options)
    {
        DecoderSettings settings = _recognizer.Settings(options);
        int width = settings.BeamWidth > 1 ? settings.BeamWidth : DecoderSettings.UsualBeamWidth;
        return settings with { BeamWidth = Math.Max(width, options.Alternatives) };
    }

    /// <summary>
    /// The samples to show and the utterances in them, cut as <see cref="Recognizer"/> cuts: whole up to
    /// <see cref="Recognizer.LongestUtterance"/>, at pauses beyond.
    /// </summary>
    private (int Start, int End, List<SpeechSegment> Segments) Part(AudioClip clip, double startSeconds)
    {
        int count = clip.Samples.Length;
        if (clip.Duration.TotalSeconds <= Recognizer.LongestUtterance)
            return (0, count, count == 0 ? [] : [new SpeechSegment(0, count, HasSpeech: true, 0, count)]);
        List<SpeechSegment> all = _recognizer.Segments(clip.Samples);
        int longest = (int)(ExplainOptions.LongestPart * clip.SampleRate);
        if (count <= longest)
            return (0, count, all);

        // From the utterance that is under way or comes next; silence before the first one stays.
        double wanted = startSeconds * clip.SampleRate;
        int first = all.FindIndex(s => s.End > wanted);
        if (first < 0)
            return ((int)wanted, Math.Min(count, (int)wanted + longest), []);
        int start = startSeconds == 0 ? 0 : (int)all[first].Start;
        List<SpeechSegment> inside = [.. all.Skip(first).TakeWhile(s => s.End <= start + longest)];
        int end = inside.Count == 0 || inside[^1] == all[^1] ? Math.Min(count, start + longest) : (int)inside[^1].End;
        return (start, end, inside);
    }
}
