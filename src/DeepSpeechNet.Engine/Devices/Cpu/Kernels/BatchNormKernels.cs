using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>The extents of a sequence batch and how many of its frames are real.</summary>
internal readonly record struct BatchNormShape(int Time, int Batch, int Features, long Frames)
{
    /// <summary>Frames of all utterances, padded ones included.</summary>
    public long Rows => (long)Time * Batch;
}

/// <summary>
/// Sequence-wise batch normalisation over [time, batch, feature]. Sums are taken in double precision over blocks of <see cref="BlockRows"/> rows, within a
/// block from the first real row to the last, and the blocks' sums are added in order, so that neither threads nor vector width show.
/// </summary>
internal static unsafe class BatchNormKernels
{
    /// <summary>How many rows make one partial sum.</summary>
    public const int BlockRows = 256;

    private const int Lanes = 8;

    /// <summary>How many real rows are added at a time, so that each sum is loaded and stored once for all of them.</summary>
    private const int RowGroup = 4;

    /// <summary>sums [2, F] = (sum of x, sum of x^2) over the real rows among first to end.</summary>
    public static void Statistics(BatchNormShape shape, int* lengths, float* x, double* sums, long first, long end)
    {
        int features = shape.Features;
        double* squares = sums + features;
        new Span<double>(sums, 2 * features).Clear();
        long* rows = stackalloc long[RowGroup];
        for (int group = NextRealRows(shape, lengths, ref first, end, rows); group > 0; group = NextRealRows(shape, lengths, ref first, end, rows))
        {
            int c = 0;
            for (; c + Lanes <= features; c += Lanes)
            {
                Vector256<double> low = Vector256.Load(sums + c), high = Vector256.Load(sums + c + 4);
                Vector256<double> lowSquares = Vector256.Load(squares + c), highSquares = Vector256.Load(squares + c + 4);
                for (int k = 0; k < group; k++)
                {
                    (Vector256<double> left, Vector256<double> right) = Vector256.Widen(Vector256.Load(x + rows[k] + c));
                    low += left;
                    high += right;
                    lowSquares += left * left;
                    highSquares += right * right;
                }

                Vector256.Store(low, sums + c);
                Vector256.Store(high, sums + c + 4);
                Vector256.Store(lowSquares, squares + c);
                Vector256.Store(highSquares, squares + c + 4);
            }

            for (; c < features; c++)
            {
                for (int k = 0; k < group; k++)
                {
                    double value = x[rows[k] + c];
                    sums[c] += value;
                    squares[c] += value * value;
                }
            }
        }
    }

    /// <summary>sums [2, F] = (sum of dy, sum of dy * (x - mean) * inverse deviation) over the real rows among first to end.</summary>
    public static void GradientSums(BatchNormShape shape, int* lengths, float* x, float* saved, float* dy, double* sums, long first, long end)
    {
        int features = shape.Features;
        double* products = sums + features;
        new Span<double>(sums, 2 * features).Clear();
        long* rows = stackalloc long[RowGroup];
        for (int group = NextRealRows(shape, lengths, ref first, end, rows); group > 0; group = NextRealRows(shape, lengths, ref first, end, rows))
        {
            int c = 0;
            for (; c + Lanes <= features; c += Lanes)
            {
                Vector256<double> low = Vector256.Load(sums + c), high = Vector256.Load(sums + c + 4);
                Vector256<double> lowProducts = Vector256.Load(products + c), highProducts = Vector256.Load(products + c + 4);
                Vector256<float> mean = Vector256.Load(saved + c), inverse = Vector256.Load(saved + features + c);
                for (int k = 0; k < group; k++)
                {
                    (Vector256<double> left, Vector256<double> right) = Vector256.Widen(Vector256.Load(dy + rows[k] + c));
                    (Vector256<double> n1, Vector256<double> n2) = Vector256.Widen((Vector256.Load(x + rows[k] + c) - mean) * inverse);
                    low += left;
                    high += right;
                    lowProducts += left * n1;
                    highProducts += right * n2;
                }

                Vector256.Store(low, sums + c);
                Vector256.Store(high, sums + c + 4);
                Vector256.Store(lowProducts, products + c);
                Vector256.Store(highProducts, products + c + 4);
            }

            for (; c < features; c++)
            {
                for (int k = 0; k < group; k++)
                {
                    double value = dy[rows[k] + c];
                    sums[c] += value;
                    products[c] += value * ((x[rows[k] + c] - saved[c]) * saved[features + c]);
                }
            }
        }
    }

    /// <summary>Adds the sums of all blocks to those of the first, in order.</summary>
    public static void Combine(int features, double* sums, int blocks)
    {
        for (int block = 1; block < blocks; block++)
        {
            double* more = sums + (2L * features * block);
            for (int c = 0; c < 2 * features; c++)
                sums[c] += more[c];
        }
    }

    /// <summary>Mean and 1/sqrt(variance + epsilon) into saved, and the running mean and variance moved; nothing moves where no frame is real.</summary>
    public static void Keep(BatchNormShape shape, double* sums, float* running, float momentum, float epsilon, float* saved)
    {
        int features = shape.Features;
        for (int c = 0; c < features; c++)
        {
            double mean = shape.Frames == 0 ? 0 : sums[c] / shape.Frames;
            double variance = shape.Frames == 0 ? 0 : Math.Max(0, (sums[features + c] / shape.Frames) - (mean * mean));
            saved[c] = (float)mean;
            saved[features + c] = (float)(1 / Math.Sqrt(variance + epsilon));
            if (shape.Frames == 0)
                continue;
            running[c] = (float)(running[c] + (momentum * (mean - running[c])));
            running[features + c] = (float)(running[features + c] + (momentum * (variance - running[features + c])));
        }
    }

    /// <summary>Running mean and variance as the mean and 1/sqrt(variance + epsilon) that <see cref="Apply"/> takes.</summary>
    public static void FromRunning(int features, float* running, float epsilon, float* saved)
    {
        for (int c = 0; c < features; c++)
        {
            saved[c] = running[c];
            saved[features + c] = (float)(1 / Math.Sqrt((double)running[features + c] + epsilon));
        }
    }

    /// <summary>y = (x - mean) * (inverse deviation * scale) + shift on rows first to end.</summary>
    public static void Apply(int features, float* x, float* scale, float* shift, float* saved, float* y, long first, long end)
    {
        for (long row = first; row < end; row++)
        {
            float* from = x + (row * features);
            float* to = y + (row * features);
            int c = 0;
            for (; c + Lanes <= features; c += Lanes)
            {
                Vector256<float> centred = Vector256.Load(from + c) - Vector256.Load(saved + c);
                Vector256<float> gain = Vector256.Load(saved + features + c) * Vector256.Load(scale + c);
                Vector256.Store(Vector256.FusedMultiplyAdd(centred, gain, Vector256.Load(shift + c)), to + c);
            }

            for (; c < features; c++)
                to[c] = MathF.FusedMultiplyAdd(from[c] - saved[c], saved[features + c] * scale[c], shift[c]);
        }
    }

    /// <summary>
    /// What <see cref="InputGradient"/> multiplies with, [3, F]: the gain of dy, the slope of x - mean, and a shift, so that their sum is
    /// scale * inverse deviation * (dy - mean of dy - normalised x * mean of (dy * normalised x)).
    /// </summary>
    public static void InputFactors(BatchNormShape shape, float* scale, float* saved, double* sums, float* factors)
    {
        int features = shape.Features;
        double share = shape.Frames == 0 ? 0 : 1.0 / shape.Frames;
        for (int c = 0; c < features; c++)
        {
            double gain = (double)scale[c] * saved[features + c];
            factors[c] = (float)gain;
            factors[features + c] = (float)(-gain * saved[features + c] * sums[features + c] * share);
            factors[(2 * features) + c] = (float)(-gain * sums[c] * share);
        }
    }

    /// <summary>dx = gain dy + slope (x - mean) + shift on rows first to end, zero in padded ones.</summary>
    public static void InputGradient(BatchNormShape shape, int* lengths, float* x, float* saved, float* dy, float* factors, float* dx, long first, long end)
    {
        int features = shape.Features;
        float* slope = factors + features;
        float* shift = slope + features;
        for (long row = first; row < end; row++)
        {
            long start = row * features;
            if (!IsReal(shape, lengths, row))
            {
                new Span<float>(dx + start, features).Clear();
                continue;
            }

            int c = 0;
            for (; c + Lanes <= features; c += Lanes)
            {
                Vector256<float> centred = Vector256.Load(x + start + c) - Vector256.Load(saved + c);
                Vector256<float> known = Vector256.FusedMultiplyAdd(Vector256.Load(slope + c), centred, Vector256.Load(shift + c));
                Vector256.Store(Vector256.FusedMultiplyAdd(Vector256.Load(factors + c), Vector256.Load(dy + start + c), known), dx + start + c);
            }

            for (; c < features; c++)
            {
                float known = MathF.FusedMultiplyAdd(slope[c], x[start + c] - saved[c], shift[c]);
                dx[start + c] = MathF.FusedMultiplyAdd(factors[c], dy[start + c], known);
            }
        }
    }

    /// <summary>The sums as gradients of scale and shift.</summary>
    public static void ParameterGradients(int features, double* sums, float* scaleGradient, float* shiftGradient, bool accumulate)
    {
        for (int c = 0; c < features; c++)
        {
            float shift = (float)sums[c], scale = (float)sums[features + c];
            shiftGradient[c] = accumulate ? shiftGradient[c] + shift : shift;
            scaleGradient[c] = accumulate ? scaleGradient[c] + scale : scale;
        }
    }

    private static bool IsReal(BatchNormShape shape, int* lengths, long row)
    {
        (long t, long b) = Math.DivRem(row, shape.Batch);
        return t < lengths[b];
    }

    /// <summary>Where the next real rows start, at most <see cref="RowGroup"/> of them; says how many, and moves on behind them.</summary>
    private static int NextRealRows(BatchNormShape shape, int* lengths, ref long row, long end, long* starts)
    {
        int found = 0;
        for (; row < end && found < RowGroup; row++)
        {
            if (IsReal(shape, lengths, row))
                starts[found++] = row * shape.Features;
        }

        return found;
    }
}
