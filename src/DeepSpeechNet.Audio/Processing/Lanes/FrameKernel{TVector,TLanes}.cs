namespace DeepSpeechNet.Audio.Processing.Lanes;

/// <summary>
/// <see cref="FrameKernel"/> on one kind of vector, <c>V</c> lanes wide. Frames overlap, so their samples are turned into lanes
/// once and not once per frame: with hop H, sample n = q H + r of frame f is sample r of column f + q, where column c holds the
/// samples from c H on. The columns of some blocks of V frames are transposed into <c>_columns[r][c]</c>, and sample n of the V
/// frames from f on is then one load at [r][f + q]. Everything after it (offset, pre-emphasis, window, transform, bands,
/// logarithm) works on rows of V lanes.
/// </summary>
internal sealed unsafe class FrameKernel<TVector, TLanes> : FrameKernel
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    /// <summary>Blocks of V frames whose columns are transposed together.</summary>
    private const int Group = 4;

    private readonly FrontEndOptions _options;
    private readonly int _window;
    private readonly int _hop;
    private readonly int _length;
    private readonly int _bins;
    private readonly int _features;
    private readonly int _columnBlocks;
    private readonly int _rowsPerColumn;
    private readonly LaneFourier<TVector, TLanes>? _fourier;
    private readonly IFourierTransform? _foreign;
    private readonly BandEnergies<TVector, TLanes>? _bands;
    private readonly float[]? _cepstral;
    private readonly AlignedBuffer _taper;
    private readonly AlignedBuffer _columns;
    private readonly AlignedBuffer _rows;
    private readonly AlignedBuffer _power;
    private readonly AlignedBuffer _logs;
    private readonly AlignedBuffer _cepstra;
    private readonly AlignedBuffer _tile;
    private readonly float[] _signal;
    private readonly float[] _real;
    private readonly float[] _imaginary;
    private readonly float[] _padded;

    public FrameKernel(FrontEndOptions options, IFourierTransform? transform)
    {
        int v = TLanes.Count;
        _options = options;
        _window = options.WindowSamples;
        _hop = options.HopSamples;
        _length = options.FourierLength;
        _bins = (_length / 2) + 1;
        _features = options.StaticFeatureCount;
        if (transform is null)
            _fourier = new LaneFourier<TVector, TLanes>(_length);
        else if (transform.Length != _length)
            throw new ArgumentException($"The Fourier transform given has length {transform.Length}; this front end needs {_length}.");
        _foreign = transform;

        // The lane transform gives 4 |X|^2, so the window carries a factor 1/2 (exact); the scale of the samples goes with it.
        float scale = options.SampleScale * (transform is null ? 0.5f : 1f);
        _taper = AlignedBuffer.Of(WindowFunction.Create(options.Window, _window));
        foreach (ref float w in _taper.Span)
            w *= scale;

        // A frame reaches into this many columns beyond its own.
        int reach = (_window - 1) / _hop;
        _columnBlocks = Group + ((reach + v - 1) / v);
        _rowsPerColumn = (Math.Min(_hop, _window) + v - 1) / v * v;
        _columns = new AlignedBuffer(_rowsPerColumn * _columnBlocks * v);
        _rows = new AlignedBuffer(_length * v);
        _padded = new float[(((_columnBlocks * v) - 1) * _hop) + _rowsPerColumn];
        if (options.Feature is FeatureKind.LogMel or FeatureKind.Mfcc)
        {
            _bands = new BandEnergies<TVector, TLanes>(
                new MelFilterBank(options.MelBins, options.SampleRate, _length, options.LowHertz, options.ResolvedHighHertz));
        }

        if (options.Feature is FeatureKind.Mfcc)
            _cepstral = CepstralTransform.Matrix(options.MfccCount, options.MelBins, options.CepstralLifter);

        // The last rows are padded to whole tiles of V by V for the transposition back to frames.
        int padded = (Math.Max(_bins, Math.Max(options.MelBins, _features)) + v - 1) / v * v;
        _power = new AlignedBuffer(padded * v);
        _logs = new AlignedBuffer(padded * v);
        _cepstra = new AlignedBuffer(padded * v);
        _tile = new AlignedBuffer(v * v);
        (_signal, _real, _imaginary) = transform is null ? ([], [], []) : (new float[_length], new float[_bins], new float[_bins]);
    }

    public override void Compute(float* samples, nint sampleCount, int frames, float* output, nint stride)
    {
        int v = TLanes.Count;
        for (int first = 0; first < frames; first += Group * v)
        {
            int count = Math.Min(Group * v, frames - first);
            nint start = (nint)first * _hop;
            Gather(samples + start, sampleCount - start, count);
            for (int block = 0; block < count; block += v)
            {
                Window(block);
                float* rows = Features();
                Scatter(rows, Math.Min(v, count - block), output + ((first + block) * stride), stride);
            }
        }

        // The buffers are reached by address above; they must not be collected meanwhile.
        GC.KeepAlive(this);
    }

    /// <summary>Transposes the columns of <paramref name="frames"/> frames; what lies beyond the samples is zero.</summary>
    private void Gather(float* samples, nint available, int frames)
    {
        int v = TLanes.Count;
        nint width = (nint)_columnBlocks * v;
        int columns = Math.Min(_columnBlocks * v, frames + ((_window - 1) / _hop));
        columns = (columns + v - 1) / v * v;
        nint needed = ((nint)(columns - 1) * _hop) + _rowsPerColumn;
        if (available < needed)
        {
            new ReadOnlySpan<float>(samples, (int)available).CopyTo(_padded);
            _padded.AsSpan((int)available).Clear();
        }

        fixed (float* padded = _padded)
        {
            float* source = available < needed ? padded : samples;
            for (int c = 0; c < columns; c += v)
            {
                for (int r = 0; r < _rowsPerColumn; r += v)
                    TLanes.Transpose(source + ((nint)c * _hop) + r, _hop, _columns.Pointer + (r * width) + c, width);
            }
        }
    }

    /// <summary>
    /// Offset, pre-emphasis and window of the V frames from <paramref name="block"/> on; zeros up to the transform's length.
    /// </summary>
    private void Window(int block)
    {
        int v = TLanes.Count;
        nint width = (nint)_columnBlocks * v;
        float* target = _rows.Pointer;
        float* taper = _taper.Pointer;
        TVector offset = _options.RemoveOffset ? Mean(block) : TLanes.Broadcast(0);
        bool plain = !_options.RemoveOffset && _options.PreEmphasis == 0;
        TVector emphasis = TLanes.Broadcast(_options.PreEmphasis);
        TVector previous = TLanes.Subtract(TLanes.Load(_columns.Pointer + block), offset);
        for (int n = 0, q = 0; n < _window; q++)
        {
            float* column = _columns.Pointer + block + q;
            int end = Math.Min(_window, n + _hop);
            if (plain)
            {
                for (; n < end; n++, column += width, target += v)
                    TLanes.Store(target, TLanes.Multiply(TLanes.Load(column), TLanes.Broadcast(taper[n])));
                continue;
            }

            for (; n < end; n++, column += width, target += v)
            {
                TVector x = TLanes.Subtract(TLanes.Load(column), offset);
                TLanes.Store(target, TLanes.Multiply(TLanes.NegatedMultiplyAdd(emphasis, previous, x), TLanes.Broadcast(taper[n])));
                previous = x;
            }
        }

        new Span<float>(target, (_length - _window) * v).Clear();
    }

    private TVector Mean(int block)
    {
        int v = TLanes.Count;
        nint width = (nint)_columnBlocks * v;
        TVector sum = TLanes.Broadcast(0);
        TVector other = sum;
        for (int n = 0, q = 0; n < _window; q++)
        {
            float* column = _columns.Pointer + block + q;
            int end = Math.Min(_window, n + _hop);
            for (; n + 1 < end; n += 2, column += 2 * width)
            {
                sum = TLanes.Add(sum, TLanes.Load(column));
                other = TLanes.Add(other, TLanes.Load(column + width));
            }

            if (n < end)
            {
                sum = TLanes.Add(sum, TLanes.Load(column));
                n++;
            }
        }

        return TLanes.Multiply(TLanes.Add(sum, other), TLanes.Broadcast(1f / _window));
    }

    /// <summary>From the windowed frames to rows of features, V lanes each.</summary>
    private float* Features()
    {
        if (_fourier is not null)
        {
            _fourier.Transform(_rows.Pointer);
            _fourier.Power(_rows.Pointer, _power.Pointer);
        }
        else
        {
            ForeignPower();
        }

        switch (_options.Feature)
        {
            case FeatureKind.PowerSpectrogram:
                return _power.Pointer;
            case FeatureKind.LogSpectrogram:
                Log(_power.Pointer, _bins);
                return _logs.Pointer;
            default:
                _bands!.Apply(_power.Pointer, _logs.Pointer);
                Log(_logs.Pointer, _options.MelBins);
                if (_cepstral is null)
                    return _logs.Pointer;
                Cepstra(_cepstral);
                return _cepstra.Pointer;
        }
    }

    private void Log(float* values, int count)
    {
        int v = TLanes.Count;
        float* logs = _logs.Pointer;
        TVector floor = TLanes.Broadcast(_options.Floor);
        for (int i = 0; i < count; i++)
            TLanes.Store(logs + (i * v), LaneLogarithm.Log<TVector, TLanes>(TLanes.Max(TLanes.Load(values + (i * v)), floor)));
    }

    private void Cepstra(float[] matrix)
    {
        int v = TLanes.Count;
        int bands = _options.MelBins;
        float* logs = _logs.Pointer;
        for (int n = 0; n < _features; n++)
        {
            TVector sum = TLanes.Broadcast(0);
            for (int m = 0; m < bands; m++)
                sum = TLanes.MultiplyAdd(TLanes.Broadcast(matrix[(n * bands) + m]), TLanes.Load(logs + (m * v)), sum);
            TLanes.Store(_cepstra.Pointer + (n * v), sum);
        }
    }

    /// <summary>Writes <paramref name="count"/> lanes of the feature rows as frames.</summary>
    private void Scatter(float* rows, int count, float* output, nint stride)
    {
        int v = TLanes.Count;
        for (int feature = 0; feature < _features; feature += v)
        {
            int features = Math.Min(v, _features - feature);
            if (features == v && count == v)
            {
                TLanes.Transpose(rows + (feature * v), v, output + feature, stride);
                continue;
            }

            TLanes.Transpose(rows + (feature * v), v, _tile.Pointer, v);
            for (int i = 0; i < count; i++)
                new ReadOnlySpan<float>(_tile.Pointer + (i * v), features).CopyTo(new Span<float>(output + (i * stride) + feature, features));
        }
    }

    private void ForeignPower()
    {
        int v = TLanes.Count;
        for (int lane = 0; lane < v; lane++)
        {
            for (int n = 0; n < _length; n++)
                _signal[n] = _rows.Pointer[(n * v) + lane];
            _foreign!.Forward(_signal, _real, _imaginary);
            for (int k = 0; k < _bins; k++)
                _power.Pointer[(k * v) + lane] = (_real[k] * _real[k]) + (_imaginary[k] * _imaginary[k]);
        }
    }
}
