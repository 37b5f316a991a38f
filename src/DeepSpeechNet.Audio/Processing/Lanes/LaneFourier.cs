namespace DeepSpeechNet.Audio.Processing.Lanes;

/// <summary>
/// The Fourier transform X[k] = sum over n of x[n] e^(-2 pi i n k / N) of real signals of power-of-two length N, one signal a
/// lane. The N real numbers are taken as N/2 complex ones z[n] = x[2n] + i x[2n+1] (so row n of the buffer is sample n, and rows
/// 2n and 2n+1 are the parts of z[n]); z is transformed in place by radix-4 butterflies with decimation in frequency (Cooley and
/// Tukey 1965; Rabiner and Gold 1975, chapter 6), which leaves Z in digit-reversed order, and X follows from Z[k] and Z[N/2 - k]:
/// 2 X[k] = (Z[k] + Z*[N/2-k]) - i e^(-2 pi i k / N) (Z[k] - Z*[N/2-k]).
/// </summary>
internal sealed unsafe class LaneFourier<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    private readonly int _half;
    private readonly AlignedBuffer _twiddles;
    private readonly AlignedBuffer _unpack;
    private readonly int[] _position;

    public LaneFourier(int length)
    {
        Length = length;
        _half = length / 2;

        List<float> twiddles = [];
        for (int size = _half; size >= 4; size /= 4)
        {
            for (int j = 0; j < size / 4; j++)
            {
                for (int power = 1; power <= 3; power++)
                {
                    (double sine, double cosine) = Math.SinCos(-2 * Math.PI * j * power / size);
                    twiddles.Add((float)cosine);
                    twiddles.Add((float)sine);
                }
            }
        }

        _twiddles = AlignedBuffer.Of(twiddles.ToArray());

        _unpack = new AlignedBuffer(Math.Max(_half, 2));
        for (int k = 0; k < _half / 2; k++)
        {
            (double sine, double cosine) = Math.SinCos(-2 * Math.PI * k / length);
            _unpack.Span[2 * k] = (float)cosine;
            _unpack.Span[(2 * k) + 1] = (float)sine;
        }

        // Where the transform leaves Z[k]: each stage sends the frequencies k = i modulo its radix to its i-th part.
        _position = new int[_half];
        for (int k = 0; k < _half; k++)
        {
            int rest = k;
            for (int size = _half; size > 1;)
            {
                int radix = size >= 4 ? 4 : 2;
                size /= radix;
                _position[k] += rest % radix * size;
                rest /= radix;
            }
        }
    }

    /// <summary>N, the number of real samples.</summary>
    public int Length { get; }

    /// <summary>
    /// Transforms rows of <c>Count</c> lanes in place: rows[n] is sample n on entry; Z in digit-reversed order on return.
    /// </summary>
    public void Transform(float* rows)
    {
        float* twiddles = _twiddles.Pointer;
        int size = _half;
        for (; size >= 4; size /= 4)
        {
            Radix4(rows, size, twiddles);
            twiddles += size / 4 * 6;
        }

        if (size == 2)
            Radix2(rows);
    }

    /// <summary>4 |X[k]|^2 for k = 0 to N/2 from what <see cref="Transform"/> left, one row of lanes each.</summary>
    public void Power(float* rows, float* power)
    {
        int v = TLanes.Count;
        TVector zr = TLanes.Load(rows);
        TVector zi = TLanes.Load(rows + v);
        TVector sum = TLanes.Add(zr, zi);
        TVector difference = TLanes.Subtract(zr, zi);
        sum = TLanes.Add(sum, sum);
        difference = TLanes.Add(difference, difference);
        TLanes.Store(power, TLanes.Multiply(sum, sum));
        TLanes.Store(power + (_half * v), TLanes.Multiply(difference, difference));
        for (int k = 1; k <= _half / 2; k++)
        {
            Pair(rows, k, out TVector ar, out TVector ai, out TVector tr, out TVector ti);
            TVector pr = TLanes.Add(ar, tr);
            TVector pi = TLanes.Add(ai, ti);
            TVector qr = TLanes.Subtract(ar, tr);
            TVector qi = TLanes.Subtract(ai, ti);
            TLanes.Store(power + (k * v), TLanes.MultiplyAdd(pr, pr, TLanes.Multiply(pi, pi)));
            TLanes.Store(power + ((_half - k) * v), TLanes.MultiplyAdd(qr, qr, TLanes.Multiply(qi, qi)));
        }
    }

    /// <summary>X[k] for k = 0 to N/2 from what <see cref="Transform"/> left, one row of lanes each.</summary>
    public void Spectrum(float* rows, float* real, float* imaginary)
    {
        int v = TLanes.Count;
        TVector half = TLanes.Broadcast(0.5f);
        TVector zr = TLanes.Load(rows);
        TVector zi = TLanes.Load(rows + v);
        TLanes.Store(real, TLanes.Add(zr, zi));
        TLanes.Store(imaginary, TLanes.Broadcast(0));
        TLanes.Store(real + (_half * v), TLanes.Subtract(zr, zi));
        TLanes.Store(imaginary + (_half * v), TLanes.Broadcast(0));
        for (int k = 1; k <= _half / 2; k++)
        {
            Pair(rows, k, out TVector ar, out TVector ai, out TVector tr, out TVector ti);
            TLanes.Store(real + (k * v), TLanes.Multiply(half, TLanes.Add(ar, tr)));
            TLanes.Store(imaginary + (k * v), TLanes.Multiply(half, TLanes.Add(ai, ti)));
            if (2 * k == _half)
                break;
            TLanes.Store(real + ((_half - k) * v), TLanes.Multiply(half, TLanes.Subtract(ar, tr)));
            TLanes.Store(imaginary + ((_half - k) * v), TLanes.Multiply(half, TLanes.Subtract(ti, ai)));
        }
    }

    /// <summary>
    /// The rows whose <see cref="Transform"/> is the inverse transform of X: N/2 times sample n of the signal is then the first
    /// of the pair of rows <see cref="Position"/>(n / 2) for odd n and the second for even n. (The inverse of a complex transform
    /// is the transform with the parts exchanged, before and after; Z follows from X by solving the equations above.)
    /// </summary>
    public void RowsOfSpectrum(float* real, float* imaginary, float* rows)
    {
        int v = TLanes.Count;
        TVector half = TLanes.Broadcast(0.5f);
        for (int k = 0; k < _half; k++)
        {
            TVector xr = TLanes.Load(real + (k * v));
            TVector xi = TLanes.Load(imaginary + (k * v));
            TVector yr = TLanes.Load(real + ((_half - k) * v));
            TVector yi = TLanes.Load(imaginary + ((_half - k) * v));
            TVector tr = TLanes.Subtract(xr, yr);
            TVector ti = TLanes.Add(xi, yi);

            // D = i e^(+2 pi i k / N) T; the table has e^(-2 pi i k / N) for k below N/4 and the rest by symmetry.
            (float cosine, float sine) = Twiddle(k);
            TVector c = TLanes.Broadcast(cosine);
            TVector s = TLanes.Broadcast(sine);
            TVector dr = TLanes.MultiplySubtract(tr, s, TLanes.Multiply(ti, c));
            TVector di = TLanes.MultiplyAdd(tr, c, TLanes.Multiply(ti, s));
            TVector zr = TLanes.Add(TLanes.Add(xr, yr), dr);
            TVector zi = TLanes.Add(TLanes.Subtract(xi, yi), di);
            TLanes.Store(rows + (2 * k * v), TLanes.Multiply(half, zi));
            TLanes.Store(rows + (((2 * k) + 1) * v), TLanes.Multiply(half, zr));
        }
    }

    /// <summary>The pair of rows in which <see cref="Transform"/> leaves Z[k].</summary>
    public int Position(int k) => _position[k];

    /// <summary>The parts of e^(-2 pi i k / N) for k = 0 to N/2 - 1.</summary>
    private (float Cosine, float Sine) Twiddle(int k)
    {
        if (2 * k < _half)
            return (_unpack.Pointer[2 * k], _unpack.Pointer[(2 * k) + 1]);
        if (2 * k == _half)
            return (0, -1);
        int mirror = _half - k;
        return (-_unpack.Pointer[2 * mirror], _unpack.Pointer[(2 * mirror) + 1]);
    }

    /// <summary>
    /// A = Z[k] + Z*[N/2-k] and T = -i e^(-2 pi i k / N) (Z[k] - Z*[N/2-k]): 2 X[k] = A + T and 2 X*[N/2-k] = A - T.
    /// </summary>
    private void Pair(float* rows, int k, out TVector ar, out TVector ai, out TVector tr, out TVector ti)
    {
        int v = TLanes.Count;
        float* z = rows + (2 * v * _position[k]);
        float* y = rows + (2 * v * _position[_half - k]);
        TVector zr = TLanes.Load(z);
        TVector zi = TLanes.Load(z + v);
        TVector yr = TLanes.Load(y);
        TVector yi = TLanes.Load(y + v);
        ar = TLanes.Add(zr, yr);
        ai = TLanes.Subtract(zi, yi);

        // -i (dr + i di) = di - i dr with dr = zr - yr, di = zi + yi.
        TVector br = TLanes.Add(zi, yi);
        TVector bi = TLanes.Subtract(yr, zr);
        (float cosine, float sine) = Twiddle(k);
        TVector c = TLanes.Broadcast(cosine);
        TVector s = TLanes.Broadcast(sine);
        tr = TLanes.MultiplySubtract(br, c, TLanes.Multiply(bi, s));
        ti = TLanes.MultiplyAdd(br, s, TLanes.Multiply(bi, c));
    }

    private void Radix4(float* rows, int size, float* twiddles)
    {
        int v = TLanes.Count;
        nint quarter = size / 4 * 2 * v;
        nint step = (nint)size * 2 * v;
        float* end = rows + ((nint)_half * 2 * v);
        for (int j = 0; j < size / 4; j++, twiddles += 6)
        {
            TVector w1r = TLanes.Broadcast(twiddles[0]);
            TVector w1i = TLanes.Broadcast(twiddles[1]);
            TVector w2r = TLanes.Broadcast(twiddles[2]);
            TVector w2i = TLanes.Broadcast(twiddles[3]);
            TVector w3r = TLanes.Broadcast(twiddles[4]);
            TVector w3i = TLanes.Broadcast(twiddles[5]);
            for (float* p0 = rows + (j * 2 * v); p0 < end; p0 += step)
            {
                float* p1 = p0 + quarter;
                float* p2 = p1 + quarter;
                float* p3 = p2 + quarter;
                TVector ar = TLanes.Load(p0);
                TVector ai = TLanes.Load(p0 + v);
                TVector br = TLanes.Load(p1);
                TVector bi = TLanes.Load(p1 + v);
                TVector cr = TLanes.Load(p2);
                TVector ci = TLanes.Load(p2 + v);
                TVector dr = TLanes.Load(p3);
                TVector di = TLanes.Load(p3 + v);
                TVector t0r = TLanes.Add(ar, cr);
                TVector t0i = TLanes.Add(ai, ci);
                TVector t1r = TLanes.Subtract(ar, cr);
                TVector t1i = TLanes.Subtract(ai, ci);
                TVector t2r = TLanes.Add(br, dr);
                TVector t2i = TLanes.Add(bi, di);
                TVector t3r = TLanes.Subtract(bi, di);
                TVector t3i = TLanes.Subtract(dr, br);
                TLanes.Store(p0, TLanes.Add(t0r, t2r));
                TLanes.Store(p0 + v, TLanes.Add(t0i, t2i));
                TVector y1r = TLanes.Add(t1r, t3r);
                TVector y1i = TLanes.Add(t1i, t3i);
                TVector y2r = TLanes.Subtract(t0r, t2r);
                TVector y2i = TLanes.Subtract(t0i, t2i);
                TVector y3r = TLanes.Subtract(t1r, t3r);
                TVector y3i = TLanes.Subtract(t1i, t3i);
                TLanes.Store(p1, TLanes.MultiplySubtract(y1r, w1r, TLanes.Multiply(y1i, w1i)));
                TLanes.Store(p1 + v, TLanes.MultiplyAdd(y1r, w1i, TLanes.Multiply(y1i, w1r)));
                TLanes.Store(p2, TLanes.MultiplySubtract(y2r, w2r, TLanes.Multiply(y2i, w2i)));
                TLanes.Store(p2 + v, TLanes.MultiplyAdd(y2r, w2i, TLanes.Multiply(y2i, w2r)));
                TLanes.Store(p3, TLanes.MultiplySubtract(y3r, w3r, TLanes.Multiply(y3i, w3i)));
                TLanes.Store(p3 + v, TLanes.MultiplyAdd(y3r, w3i, TLanes.Multiply(y3i, w3r)));
            }
        }
    }

    private void Radix2(float* rows)
    {
        int v = TLanes.Count;
        float* end = rows + ((nint)_half * 2 * v);
        for (float* p = rows; p < end; p += 4 * v)
        {
            TVector ar = TLanes.Load(p);
            TVector ai = TLanes.Load(p + v);
            TVector br = TLanes.Load(p + (2 * v));
            TVector bi = TLanes.Load(p + (3 * v));
            TLanes.Store(p, TLanes.Add(ar, br));
            TLanes.Store(p + v, TLanes.Add(ai, bi));
            TLanes.Store(p + (2 * v), TLanes.Subtract(ar, br));
            TLanes.Store(p + (3 * v), TLanes.Subtract(ai, bi));
        }
    }
}
