using System.Buffers;
using System.Collections.Concurrent;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.Packages;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>
/// Turns recordings into text. It is heavy (it owns the weights), shared, and safe for many threads: utterances of all callers are run through the network in
/// common batches, and what one of them holds never changes another's text.
/// </summary>
public sealed class Recognizer : IAsyncDisposable
{
    /// <summary>The longest recording that is one utterance, unless asked otherwise, in seconds.</summary>
    public const double LongestUtterance = 30;

    /// <summary>Sound that never rises above this (about -80 dB of full scale) is silence and has no words.</summary>
    private const float SilencePeak = 1e-4f;

    private const int PartialBeamWidth = 48;

    /// <summary>How much more the n-gram model and the word bonus count in a text that goes on than in a final one: the network has not heard what follows yet.</summary>
    private const double PartialLanguageScale = 1.3;

    /// <summary>Utterances of one recording that are on their way at once: enough to fill the network's batches, few enough that an hour needs no more memory than minutes.</summary>
    private const int UtterancesAhead = 48;

    private readonly Device _device;
    private readonly bool _ownsDevice;
    private readonly NetworkRunner _network;
    private readonly LanguagePackage? _language;
    private readonly ConcurrentBag<FeatureExtractor> _extractors = [];

    // Not the shared pool, which keeps arrays for every thread that ever gave one back: streams run for months.
    private readonly ArrayPool<float> _frames = ArrayPool<float>.Create(1 << 20, 16);
    private readonly ConcurrentBag<UtteranceDecoder> _decoders = [];
    private readonly ConcurrentBag<UtteranceDecoder> _partialDecoders = [];

    // Decoding keeps a processor busy: with more at once than there are processors the thread pool would start thread after thread, each with a decoder of its own.
    private readonly SemaphoreSlim _decoding = new(Environment.ProcessorCount);

    /// <summary>A recogniser of a network that is already loaded.</summary>
    /// <param name="model">The network; nothing else may run it while the recogniser lives.</param>
    /// <param name="description">What belongs to it.</param>
    /// <param name="ownsDevice">Whether the network's device is disposed with the recogniser.</param>
    /// <param name="language">Language models, or null; they are disposed with the recogniser.</param>
    /// <param name="fourier">Makes the Fourier transform of a length for the front end; null for the built-in one.</param>
    /// <param name="spoken">How words are spoken, for a network with as many phones; or null. Disposed with the recogniser.</param>
    /// <exception cref="ArgumentException">The network has another number of phones.</exception>
    public Recognizer(
        AcousticModel model,
        ModelDescription description,
        bool ownsDevice = false,
        LanguagePackage? language = null,
        Func<int, IFourierTransform>? fourier = null,
        SpokenWords? spoken = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(description);
        if (spoken is not null && spoken.PhoneCount != model.Options.Phones)
            throw new ArgumentException($"The network has {model.Options.Phones} phones and words are spoken with {spoken.PhoneCount}.", nameof(spoken));
        Model = description;
        Spoken = spoken;
        _device = model.Device;
        _ownsDevice = ownsDevice;
        _language = language;

        // A large network takes as long to read as a short recording to recognise: it is read beside that.
        if (description.Decoder is { NeuralWeight: > 0, NeuralPass: not NeuralPass.None } decoder)
            language?.Prepare(decoder.NeuralPass == NeuralPass.Beam ? LanguageUnit.Characters : LanguageUnit.Words);
        Fourier = fourier;
        _network = new NetworkRunner(model, spoken is not null);
        Frame = TimeSpan.FromSeconds(description.FrontEnd.HopSeconds * model.Options.Stride);
    }

    /// <summary>What the model is.</summary>
    public ModelDescription Model { get; }

    /// <summary>The language models that take part unless the caller says otherwise; null if there are none.</summary>
    public LanguagePackage? Language => _language;

    /// <summary>How words are spoken; null where that takes no part.</summary>
    public SpokenWords? Spoken { get; }

    /// <summary>Makes the front end's Fourier transform; null for the built-in one.</summary>
    internal Func<int, IFourierTransform>? Fourier { get; }

    /// <summary>The time from one frame of letter probabilities to the next.</summary>
    internal TimeSpan Frame { get; }

    /// <summary>Loads a model package onto the processor.</summary>
    /// <param name="package">A package folder such as <c>models/commands</c>, or the model file itself.</param>
    /// <param name="threads">Threads of the network; 0 means one per processor.</param>
    /// <param name="cancellationToken">Stops waiting for the load.</param>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="Engine.Checkpoints.ModelFormatException">The model is damaged or of another format version.</exception>
    public static Task<Recognizer> LoadAsync(string package, int threads = 0, CancellationToken cancellationToken = default) =>
        Task.Run(() => Load(package, threads), cancellationToken);

    /// <summary>Loads a model package onto the processor and waits for it.</summary>
    /// <param name="package">A package folder such as <c>models/commands</c>, or the model file itself.</param>
    /// <param name="threads">Threads of the network; 0 means one per processor.</param>
    /// <param name="language">Which language models take part; null for those of the model.</param>
    /// <param name="fourier">Makes the Fourier transform of a length for the front end; null for the built-in one.</param>
    /// <exception cref="FileNotFoundException">There is no model, or not the language model that it names.</exception>
    /// <exception cref="Engine.Checkpoints.ModelFormatException">A model is damaged or of another format version.</exception>
    public static Recognizer Load(string package, int threads = 0, LanguageChoice? language = null, Func<int, IFourierTransform>? fourier = null) =>
        Load(package, new CpuDevice(new CpuDeviceOptions { Threads = threads }), language, fourier);

    /// <summary>Loads a model package onto a device and waits for it. The recogniser owns the device: it is disposed with it, and where the load fails.</summary>
    /// <param name="package">A package folder such as <c>models/commands</c>, or the model file itself.</param>
    /// <param name="device">Where the network runs.</param>
    /// <param name="language">Which language models take part (on the processor); null for those of the model.</param>
    /// <param name="fourier">Makes the Fourier transform of a length for the front end; null for the built-in one.</param>
    /// <exception cref="FileNotFoundException">There is no model, or not the language model that it names.</exception>
    /// <exception cref="Engine.Checkpoints.ModelFormatException">A model is damaged or of another format version.</exception>
    public static Recognizer Load(string package, Device device, LanguageChoice? language = null, Func<int, IFourierTransform>? fourier = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        LanguagePackage? models = null;
        SpokenWords? spoken = null;
        try
        {
            (AcousticModel model, ModelDescription description) = ModelPackage.Load(package, device);
            models = (language ?? LanguageChoice.OfModel).Load(package, description.Decoder);
            spoken = description.Acoustic.Phones > 0 ? LoadSpoken(package) : null;
            return new Recognizer(model, description, ownsDevice: true, models, fourier, spoken);
        }
        catch
        {
            models?.Dispose();
            spoken?.Dispose();
            device.Dispose();
            throw;
        }
    }

    /// <summary>How words are spoken, on a processor thread of its own; null where the package does not know.</summary>
    private static SpokenWords? LoadSpoken(string package)
    {
        CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        try
        {
            if (ModelPackage.LoadPronouncer(package, device) is { } pronouncer)
                return new SpokenWords(pronouncer, ownsDevice: true);
        }
        catch
        {
            device.Dispose();
            throw;
        }

        device.Dispose();
        return null;
    }

    /// <summary>Transcribes a file of any format, rate and channel count that <see cref="AudioFile"/> reads.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="Audio.AudioFormatException">The file holds no sound that can be read.</exception>
    public async Task<Transcript> TranscribeAsync(string path, TranscriptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        AudioClip clip = await Task.Run(() => AudioFile.ReadMono(path, Model.FrontEnd.SampleRate), cancellationToken).ConfigureAwait(false);
        return await TranscribeAsync(clip.Samples, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Transcribes a stream in a format that <see cref="AudioFile"/> reads; the stream is not closed.</summary>
    /// <exception cref="Audio.AudioFormatException">The stream holds no sound that can be read.</exception>
    public async Task<Transcript> TranscribeAsync(Stream stream, string name, TranscriptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        AudioClip clip = await Task.Run(() => AudioFile.ReadMono(stream, name, Model.FrontEnd.SampleRate), cancellationToken).ConfigureAwait(false);
        return await TranscribeAsync(clip.Samples, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Transcribes samples in [-1, 1) at the rate of the model's front end.</summary>
    /// <exception cref="ArgumentException">An option is out of its range, or the recording is too long to be one utterance.</exception>
    public async Task<Transcript> TranscribeAsync(ReadOnlyMemory<float> samples, TranscriptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new TranscriptionOptions();
        options.Validate();
        int rate = Model.FrontEnd.SampleRate;
        bool whole = samples.Length <= LongestUtterance * rate;
        if (options.Segmentation == Segmentation.Whole && !whole)
            throw new ArgumentException($"The recording lasts {samples.Length / (double)rate:F0} s; as one utterance it may last {LongestUtterance} s: let it be cut at pauses.");
        if (options.Segmentation == Segmentation.Pauses || !whole)
            return await TranscribeSegmentsAsync(samples, options, cancellationToken).ConfigureAwait(false);
        return await TranscribeUtteranceAsync(samples, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts to listen to a stream of sound.</summary>
    /// <param name="options">How; null for 16 kHz, cut at pauses, with partial texts.</param>
    /// <returns>The session; dispose it when done, before the recogniser.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RecognitionSession StartSession(SessionOptions? options = null)
    {
        options ??= new SessionOptions();
        options.Validate();
        return new RecognitionSession(this, options);
    }

    /// <summary>Transcribes a stream as it comes, at the rate of the model's front end.</summary>
    /// <param name="samples">Chunks of any size of samples in [-1, 1).</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>Partial and final texts.</returns>
    public IAsyncEnumerable<TranscriptUpdate> TranscribeLiveAsync(IAsyncEnumerable<ReadOnlyMemory<float>> samples, CancellationToken cancellationToken = default) =>
        TranscribeLiveAsync(samples, new SessionOptions { SampleRate = Model.FrontEnd.SampleRate }, cancellationToken);

    /// <summary>Transcribes a stream as it comes.</summary>
    /// <param name="samples">Chunks of any size of samples in [-1, 1) at the options' rate.</param>
    /// <param name="options">How to listen.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>Partial and final texts.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public IAsyncEnumerable<TranscriptUpdate> TranscribeLiveAsync(IAsyncEnumerable<ReadOnlyMemory<float>> samples, SessionOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return LiveTranscription.RunAsync(this, samples, options, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _network.DisposeAsync().ConfigureAwait(false);
        foreach (UtteranceDecoder decoder in _decoders.Concat(_partialDecoders))
            decoder.Dispose();
        _decoding.Dispose();
        _language?.Dispose();
        Spoken?.Dispose();
        if (_ownsDevice)
            _device.Dispose();
    }

    private async Task<Transcript> TranscribeSegmentsAsync(ReadOnlyMemory<float> samples, TranscriptionOptions options, CancellationToken cancellationToken)
    {
        double rate = Model.FrontEnd.SampleRate;
        List<SpeechSegment> segments = Segments(samples.Span);
        Task<Transcript>[] running = new Task<Transcript>[segments.Count];
        List<(TimeSpan Start, Transcript Transcript)> parts = new(segments.Count);
        for (int i = 0; i < segments.Count + UtterancesAhead; i++)
        {
            if (i < segments.Count)
                running[i] = TranscribeUtteranceAsync(samples[(int)segments[i].Start..(int)segments[i].End], options, cancellationToken);
            int done = i - UtterancesAhead;
            if (done >= 0)
                parts.Add((TimeSpan.FromSeconds(segments[done].Start / rate), await running[done].ConfigureAwait(false)));
        }

        return Transcript.Join(parts, TimeSpan.FromSeconds(samples.Length / rate));
    }

    /// <summary>The stretches of a long recording that hold speech, cut at pauses: an utterance each.</summary>
    internal List<SpeechSegment> Segments(ReadOnlySpan<float> samples)
    {
        SpeechSegmenterOptions options = new();
        SpeechSegmenter segmenter = new(options, Model.FrontEnd.SampleRate);
        segmenter.Write(samples);
        segmenter.Complete();
        List<SpeechSegment> segments = [];
        while (segmenter.TryRead(out SpeechSegment segment))
        {
            if (segment.HasSpeech)
                segments.Add(segmenter.Trim(segment));
        }

        return segments;
    }

    /// <summary>What the network gives for one utterance, phones included where it is known how words are spoken; null for silence.</summary>
    internal async Task<LetterProbabilities?> RunNetworkAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken)
    {
        UtteranceFrames frames = await Task.Run(() => Extract(samples.Span), cancellationToken).ConfigureAwait(false);
        if (frames.FrameCount == 0)
            return null;
        try
        {
            return await _network.RunAsync(frames, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _frames.Return(frames.Values);
        }
    }

    internal async Task<Transcript> TranscribeUtteranceAsync(ReadOnlyMemory<float> samples, TranscriptionOptions options, CancellationToken cancellationToken)
    {
        TimeSpan duration = TimeSpan.FromSeconds(samples.Length / (double)Model.FrontEnd.SampleRate);
        using LetterProbabilities? letters = await RunNetworkAsync(samples, cancellationToken).ConfigureAwait(false);
        if (letters is null)
            return Transcript.Empty(duration);
        await _decoding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Decode(_decoders, letters.Values, letters.Phones, duration, Settings(options), options);
        }
        finally
        {
            _decoding.Release();
        }
    }

    /// <summary>Text for letters that may still change: without the neural language model, whose second pass is for what is certain, and with more of the n-gram.</summary>
    internal Transcript DecodePartial(ReadOnlySpan<float> letters, TimeSpan duration, TranscriptionOptions options)
    {
        DecoderSettings settings = Settings(options);
        settings = settings with
        {
            BeamWidth = Math.Min(settings.BeamWidth, PartialBeamWidth),
            NeuralPass = NeuralPass.None,
            PhoneWeight = 0,
            NGramWeight = PartialLanguageScale * settings.NGramWeight,
            WordBonus = PartialLanguageScale * settings.WordBonus,
        };
        return Decode(_partialDecoders, letters, default, duration, settings, options, ongoing: true);
    }

    /// <summary>A recogniser of utterances that are still going on, for one session.</summary>
    internal PartialRecognizer NewPartialRecognizer(double tailSeconds = PartialRecognizer.TailSeconds) => new(this, _network, tailSeconds);

    private Transcript Decode(
        ConcurrentBag<UtteranceDecoder> decoders, ReadOnlySpan<float> letters, ReadOnlySpan<float> phones, TimeSpan duration, DecoderSettings settings, TranscriptionOptions options, bool ongoing = false)
    {
        HotWordList? hotWords = options.HotWords?.Current;
        if (!decoders.TryTake(out UtteranceDecoder? decoder))
            decoder = new UtteranceDecoder(Model.Alphabet, Frame, _language, Spoken);
        try
        {
            Transcript transcript = decoder.Decode(letters, phones, duration, settings, hotWords, options.Alternatives, ongoing);
            return options.Letters ? transcript with { Letters = LetterSpike.Find(letters, Model.Alphabet, Frame) } : transcript;
        }
        finally
        {
            decoders.Add(decoder);
        }
    }

    /// <summary>How letters become text with the given options: the model's settings, and what the options put in their place.</summary>
    public DecoderSettings Settings(TranscriptionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        DecoderSettings settings = options.Decoder ?? Model.Decoder;
        if (options.BeamWidth > 0)
            settings = settings with { BeamWidth = options.BeamWidth };

        // A beam of 1 asked for is the best path, in which nothing else can take part.
        return !options.LanguageModel || (options.BeamWidth == 1 && options.HotWords is null) ? settings.WithoutLanguageModel() : settings;
    }

    private UtteranceFrames Extract(ReadOnlySpan<float> samples)
    {
        if (!samples.ContainsAnyExceptInRange(-SilencePeak, SilencePeak))
            return new UtteranceFrames([], 0);
        if (!_extractors.TryTake(out FeatureExtractor? extractor))
            extractor = new FeatureExtractor(Model.FrontEnd, Fourier);
        int count = extractor.FrameCount(samples.Length), length = count * extractor.FeatureCount;
        float[] values = _frames.Rent(Math.Max(1, length));
        extractor.Compute(samples, values.AsSpan(0, length));
        _extractors.Add(extractor);
        return new UtteranceFrames(values, count);
    }
}
