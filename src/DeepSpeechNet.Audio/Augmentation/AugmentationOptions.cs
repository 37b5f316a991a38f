namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// What training does to utterances so that a network meets more than it was given. The changes to samples come in the order of
/// the properties here; each has its own probability. The record has plain properties, to be stored with a training run.
/// </summary>
public sealed record AugmentationOptions
{
    /// <summary>No changes at all.</summary>
    public static AugmentationOptions None { get; } = new()
    {
        Speed = new SpeedOptions { Probability = 0 },
        Padding = new SilencePaddingOptions { Probability = 0 },
        Reverberation = new ReverberationOptions { Probability = 0 },
        Noise = new NoiseOptions { Probability = 0 },
        Equaliser = new EqualiserOptions { Probability = 0 },
        BandLimit = new BandLimitOptions { Probability = 0 },
        TimeShift = new TimeShiftOptions { Probability = 0 },
        Volume = new VolumeOptions { Probability = 0 },
        VocalTract = new VocalTractOptions { Probability = 0 },
        SpecAugment = new SpecAugmentOptions { Probability = 0 },
    };

    /// <summary>Faster and slower.</summary>
    public SpeedOptions Speed { get; init; } = new();

    /// <summary>Silence before and after.</summary>
    public SilencePaddingOptions Padding { get; init; } = new();

    /// <summary>Rooms.</summary>
    public ReverberationOptions Reverberation { get; init; } = new();

    /// <summary>Noise.</summary>
    public NoiseOptions Noise { get; init; } = new();

    /// <summary>Microphones.</summary>
    public EqualiserOptions Equaliser { get; init; } = new();

    /// <summary>Recordings at 8 kHz and telephone lines.</summary>
    public BandLimitOptions BandLimit { get; init; } = new();

    /// <summary>Earlier and later.</summary>
    public TimeShiftOptions TimeShift { get; init; } = new();

    /// <summary>Louder and softer.</summary>
    public VolumeOptions Volume { get; init; } = new();

    /// <summary>Longer and shorter vocal tracts, on features.</summary>
    public VocalTractOptions VocalTract { get; init; } = new();

    /// <summary>Masks over features.</summary>
    public SpecAugmentOptions SpecAugment { get; init; } = new();

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        Part(nameof(Speed), Speed, o => o.Validate());
        Part(nameof(Padding), Padding, o => o.Validate());
        Part(nameof(Reverberation), Reverberation, o => o.Validate());
        Part(nameof(Noise), Noise, o => o.Validate());
        Part(nameof(Equaliser), Equaliser, o => o.Validate());
        Part(nameof(BandLimit), BandLimit, o => o.Validate());
        Part(nameof(TimeShift), TimeShift, o => o.Validate());
        Part(nameof(Volume), Volume, o => o.Validate());
        Part(nameof(VocalTract), VocalTract, o => o.Validate());
        Part(nameof(SpecAugment), SpecAugment, o => o.Validate());
    }

    private static void Part<T>(string name, T? options, Action<T> validate)
    {
        if (options is null)
            throw new ArgumentException($"{name} is missing; leave it out for its defaults or give its settings.");
        try
        {
            validate(options);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"{name}.{error.Message}", error);
        }
    }
}
