using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// Changes the sampling rate of one channel by any ratio of whole numbers, with a polyphase windowed-sinc low-pass (Kaiser window):
/// flat within 0.1 dB up to 90% of the lower of the two Nyquist frequencies, everything that would alias or mirror at least 80 dB
/// down, no net delay (output n stands for the time n / output rate). N input samples give round(N * output rate / input rate)
/// output samples, halves rounded up; the sound counts as silent before its start and after its end.
/// Chunks of any sizes give the same samples, bit for bit, as the whole at once. An instance belongs to one stream and one thread at
/// a time; after construction nothing is allocated.
/// </summary>
public sealed class Resampler
{
    /// <summary>The largest ratio of two rates, either way.</summary>
    public const int MaximumRatio = 256;

    private const int Block = 4096;

    private readonly int _up;
    private readonly int _down;
    private readonly ResamplingFilter? _filter;
    private readonly float[] _window = [];

    // Where in _window the inputs of the next output start, how far _window is filled, and the phase of the next output in
    // units of 1/_up input samples.
    private int _position;
    private int _filled;
    private int _phase;

    private long _inputs;
    private long _outputs;

    /// <summary>Prepares the filter, which takes a few milliseconds where the rates differ.</summary>
    /// <param name="inputRate">Samples a second going in, in hertz.</param>
    /// <param name="outputRate">Samples a second coming out, in hertz.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is below 1, or one is more than <see cref="MaximumRatio"/> times the
    /// other.</exception>
    public Resampler(int inputRate, int outputRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputRate, 1);
        if (!Supports(inputRate, outputRate))
        {
            throw new ArgumentOutOfRangeException(
                nameof(outputRate), outputRate, $"{outputRate} Hz and {inputRate} Hz differ by more than a factor of {MaximumRatio}.");
        }

        InputRate = inputRate;
        OutputRate = outputRate;
        int divisor = GreatestCommonDivisor(inputRate, outputRate);
        _up = outputRate / divisor;
        _down = inputRate / divisor;
        if (_up != _down)
        {
            _filter = new ResamplingFilter(_up, _down);
            _window = new float[_filter.Taps + Math.Max(Block, _filter.Taps)];
        }

        Reset();
    }

    /// <summary>Samples a second going in, in hertz.</summary>
    public int InputRate { get; }

    /// <summary>Samples a second coming out, in hertz.</summary>
    public int OutputRate { get; }

    /// <summary>The most samples that <see cref="Flush"/> writes.</summary>
    public int MaximumFlushCount => _filter is null ? 0 : MaximumOutputCount(_filter.After + 1);

    /// <summary>Whether a pair of rates can be converted: both at least 1 Hz and within a factor of <see cref="MaximumRatio"/>.</summary>
    /// <param name="inputRate">Samples a second going in, in hertz.</param>
    /// <param name="outputRate">Samples a second coming out, in hertz.</param>
    public static bool Supports(int inputRate, int outputRate) =>
        inputRate >= 1 && outputRate >= 1
        && inputRate <= (long)outputRate * MaximumRatio && outputRate <= (long)inputRate * MaximumRatio;

    /// <summary>Converts a whole sound.</summary>
    /// <param name="samples">The samples, one channel.</param>
    /// <param name="inputRate">Their rate, in hertz.</param>
    /// <param name="outputRate">The rate wanted, in hertz.</param>
    /// <returns>round(samples * outputRate / inputRate) samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rates are out of range, or the result does not fit an array.</exception>
    public static float[] Convert(ReadOnlySpan<float> samples, int inputRate, int outputRate) =>
        new Resampler(inputRate, outputRate).Convert(samples);

    /// <summary>Converts a whole sound, after dropping what an unfinished stream left.</summary>
    /// <param name="samples">The samples, one channel.</param>
    /// <returns><see cref="OutputLength"/> of the input's length samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The result does not fit an array.</exception>
    public float[] Convert(ReadOnlySpan<float> samples)
    {
        long length = OutputLength(samples.Length);
        if (length > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(samples), samples.Length, $"The result of {length} samples does not fit an array.");
        }

        Reset();
        var result = new float[length];
        int count = Advance(samples, result);
        Finish(result.AsSpan(count));
        return result;
    }

    /// <summary>The number of samples that a sound of a length gives: round(length * output rate / input rate), halves up.</summary>
    /// <param name="inputLength">Samples going in.</param>
    public long OutputLength(long inputLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputLength);
        return (long)((((Int128)inputLength * _up * 2) + _down) / ((Int128)_down * 2));
    }

    /// <summary>The most samples that one call of <see cref="Process"/> writes for a number of input samples.</summary>
    /// <param name="inputCount">Samples going in with the call.</param>
    public int MaximumOutputCount(int inputCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputCount);
        return _filter is null ? inputCount : checked((int)((((long)inputCount * _up) + _down - 1) / _down) + 1);
    }

    /// <summary>Takes the next samples of the stream and writes every output that is then complete.</summary>
    /// <param name="input">The next samples; any number.</param>
    /// <param name="output">At least <see cref="MaximumOutputCount"/> of the input's length; may not overlap the input.</param>
    /// <returns>The number of samples written.</returns>
    /// <exception cref="ArgumentException"><paramref name="output"/> is too short.</exception>
    public int Process(ReadOnlySpan<float> input, Span<float> output)
    {
        RequireRoom(output, MaximumOutputCount(input.Length));
        return Advance(input, output);
    }

    /// <summary>Ends the stream: writes the outputs that were waiting for more input, and makes ready for another stream.</summary>
    /// <param name="output">At least <see cref="MaximumFlushCount"/> long.</param>
    /// <returns>The number of samples written.</returns>
    /// <exception cref="ArgumentException"><paramref name="output"/> is too short.</exception>
    public int Flush(Span<float> output)
    {
        RequireRoom(output, MaximumFlushCount);
        return Finish(output);
    }

    /// <summary>Forgets the stream so far and makes ready for another.</summary>
    public void Reset()
    {
        _inputs = 0;
        _outputs = 0;
        _position = 0;
        _phase = 0;
        if (_filter is not null)
        {
            // Silence before the start: all that the first output sees before input 0.
            _filled = _filter.Taps - 1 - _filter.After;
            _window.AsSpan(0, _filled).Clear();
        }
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }

    private static void RequireRoom(ReadOnlySpan<float> output, int needed)
    {
        if (output.Length < needed)
        {
            throw new ArgumentException($"The output holds {output.Length} samples and must hold {needed}.", nameof(output));
        }
    }

    private int Advance(ReadOnlySpan<float> input, Span<float> output)
    {
        _inputs += input.Length;
        if (_filter is null)
        {
            input.CopyTo(output);
            return input.Length;
        }

        int count = 0;
        while (input.Length > 0)
        {
            Span<float> room = Room();
            int step = Math.Min(room.Length, input.Length);
            input[..step].CopyTo(room);
            input = input[step..];
            _filled += step;
            count += Emit(output[count..], long.MaxValue);
        }

        _outputs += count;
        return count;
    }

    private int Finish(Span<float> output)
    {
        int count = 0;
        if (_filter is not null)
        {
            long wanted = OutputLength(_inputs) - _outputs;
            while (count < wanted)
            {
                Span<float> room = Room();
                room.Clear();
                _filled += room.Length;
                count += Emit(output[count..], wanted - count);
            }
        }

        Reset();
        return count;
    }

    /// <summary>The free end of the window, after moving what is still needed to its start.</summary>
    private Span<float> Room()
    {
        if (_position > 0)
        {
            _window.AsSpan(_position, _filled - _position).CopyTo(_window);
            _filled -= _position;
            _position = 0;
        }

        return _window.AsSpan(_filled);
    }

    /// <summary>Writes outputs while the window holds all their inputs, at most <paramref name="limit"/>.</summary>
    private int Emit(Span<float> output, long limit)
    {
        ResamplingFilter filter = _filter!;
        int taps = filter.Taps;
        int whole = _down / _up;
        int part = _down % _up;
        int count = 0;
        while (_position + taps <= _filled && count < limit)
        {
            ReadOnlySpan<float> inputs = _window.AsSpan(_position, taps);
            if (filter.Interpolated)
            {
                double place = (double)_phase * filter.Phases / _up;
                int row = (int)place;
                float upper = (float)(place - row);
                float below = InnerProduct(inputs, filter.Row(row));
                float above = InnerProduct(inputs, filter.Row(row + 1));
                output[count++] = below + (upper * (above - below));
            }
            else
            {
                output[count++] = InnerProduct(inputs, filter.Row(_phase));
            }

            _position += whole;
            _phase += part;
            if (_phase >= _up)
            {
                _phase -= _up;
                _position++;
            }
        }

        return count;
    }

    /// <summary>Sum of a[i] b[i]: 32 running sums, sum k over the indices i with i mod 32 = k, added up as a tree.</summary>
    private static float InnerProduct(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref float x = ref MemoryMarshal.GetReference(a);
        ref float y = ref MemoryMarshal.GetReference(b);
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        nuint length = (nuint)Math.Min(a.Length, b.Length);
        for (nuint i = 0; i + 32 <= length; i += 32)
        {
            s0 = Vector256.MultiplyAddEstimate(Load(ref x, i), Load(ref y, i), s0);
            s1 = Vector256.MultiplyAddEstimate(Load(ref x, i + 8), Load(ref y, i + 8), s1);
            s2 = Vector256.MultiplyAddEstimate(Load(ref x, i + 16), Load(ref y, i + 16), s2);
            s3 = Vector256.MultiplyAddEstimate(Load(ref x, i + 24), Load(ref y, i + 24), s3);
        }

        return Vector256.Sum(s0 + s1 + (s2 + s3));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> Load(ref float start, nuint offset) => Vector256.LoadUnsafe(ref start, offset);
    }
}
