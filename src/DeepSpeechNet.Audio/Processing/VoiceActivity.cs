using System.Numerics;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// Tells speech from background by loudness, 10 ms at a time. The loudness of a block is the variance of its samples (so an
/// offset does not count), averaged with the block before. The background is the softest loudness of the last seconds (the
/// minimum statistics of Martin 2001, over the whole band), so it follows a noise that changes. A block is loud when it exceeds
/// the background by a margin and is not far below the loudest recent speech; speech begins when blocks are loud for 50 ms on end
/// and goes on over gaps of up to 200 ms.
/// </summary>
internal sealed class VoiceActivity : ISpeechDetector
{
    /// <summary>Blocks in a second.</summary>
    public const int BlocksPerSecond = 100;

    private const double Hysteresis = 3;
    private const double PeakFallPerBlock = 0.05;
    private const int Gap = 20;
    private const int Parts = 6;

    private readonly SpeechSegmenterOptions _options;
    private readonly int _onset;
    private readonly int _partLength;
    private readonly double[] _partMinima = new double[Parts];
    private int _part;
    private int _inPart;
    private double _before;
    private double _peak;
    private int _loud;
    private int _soft;

    public VoiceActivity(SpeechSegmenterOptions options)
    {
        _options = options;
        _onset = Math.Max(1, (int)Math.Round(options.OnsetSeconds * BlocksPerSecond));
        _partLength = Math.Max(1, (int)Math.Round(options.BackgroundSeconds * BlocksPerSecond / Parts));
        Reset();
    }

    /// <inheritdoc/>
    public bool InSpeech { get; private set; }

    /// <inheritdoc/>
    public double Hear(ReadOnlySpan<float> block, out int speechBlocks)
    {
        double energy = Variance(block);
        double smooth = _before < 0 ? energy : (_before + energy) / 2;
        _before = energy;
        double level = Math.Max(10 * Math.Log10(smooth + 1e-15), _options.QuietestDecibels);
        double background = Background(level);
        double threshold = Math.Max(background + _options.MarginDecibels, _peak - _options.RangeDecibels);
        _peak -= PeakFallPerBlock;

        bool loud = level > (InSpeech ? threshold - Hysteresis : threshold);
        _loud = loud ? _loud + 1 : 0;
        _soft = loud ? 0 : _soft + 1;
        speechBlocks = 0;
        if (InSpeech)
        {
            InSpeech = _soft <= Gap;
            speechBlocks = loud ? 1 : 0;
        }
        else if (_loud >= _onset)
        {
            InSpeech = true;
            speechBlocks = _loud;
        }

        if (speechBlocks > 0)
            _peak = Math.Max(_peak, level);
        return energy;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Fill(_partMinima, double.PositiveInfinity);
        _part = 0;
        _inPart = 0;
        _before = -1;
        _peak = double.NegativeInfinity;
        _loud = 0;
        _soft = 0;
        InSpeech = false;
    }

    /// <summary>The least level of the last parts; the oldest part is forgotten when the newest is full.</summary>
    private double Background(double level)
    {
        if (_inPart == _partLength)
        {
            _part = (_part + 1) % Parts;
            _partMinima[_part] = double.PositiveInfinity;
            _inPart = 0;
        }

        _inPart++;
        _partMinima[_part] = Math.Min(_partMinima[_part], level);
        double least = level;
        foreach (double minimum in _partMinima)
            least = Math.Min(least, minimum);
        return least;
    }

    /// <summary>The variance of samples; 0 where some are no finite numbers.</summary>
    public static double Variance(ReadOnlySpan<float> block)
    {
        Vector<float> sums = Vector<float>.Zero;
        Vector<float> squares = Vector<float>.Zero;
        int n = 0;
        for (; n + Vector<float>.Count <= block.Length; n += Vector<float>.Count)
        {
            Vector<float> x = new(block[n..]);
            sums += x;
            squares += x * x;
        }

        double sum = Vector.Sum(sums);
        double square = Vector.Sum(squares);
        for (; n < block.Length; n++)
        {
            sum += block[n];
            square += (double)block[n] * block[n];
        }

        double variance = (square / block.Length) - (sum / block.Length * (sum / block.Length));
        return double.IsFinite(variance) ? Math.Max(variance, 0) : 0;
    }
}
