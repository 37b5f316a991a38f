using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>The extents of a sequence batch and how many of its frames are real.</summary>
internal readonly record struct BatchNormShape(int Time, int Batch, int Features, long Frames);

/// <summary>
/// Sequence-wise batch normalisation over [time, batch, feature]. A call works on some columns (features) of all rows; each column's sums
/// run over its real rows from the first to the last in double precision, so that neither threads nor vector width show.
/// sums is [2, F] in double precision.
/// </summary>
internal static unsafe class BatchNormKernels
{
    private const int Lanes = 8;

    /// <summary>About how many rows have some columns summed in registers before the next columns' turn: they stay in the second-level cache.</summary>
    private const int RowBlock = 64;

    /// <summary>sums = (sum of x, sum of x^2) over the real rows.</summary>
    public static void Statistics(BatchNormShape shape, int* lengths, float* x, double* sums, int column, int count)
    {
        Clear(shape, sums, column, count);
        int features = shape.Features, times = Times(shape);
        for (int block = 0; block < shape.Time; block += times)
        {
            int end = Math.Min(shape.Time, block + times);
            int c = column;
            for (; c + Lanes <= column + count; c += Lanes)
            {
                Vector256<double> low = Vector256.Load(sums + c), high = Vector256.Load(sums + c + 4);
                Vector256<double> lowSquares = Vector256.Load(sums + features + c), highSquares = Vector256.Load(sums + features + c + 4);
                for (int t = block; t < end; t++)
                {
                    float* at = x + ((long)t * shape.Batch * features) + c;
                    for (int b = 0; b < shape.Batch; b++, at += features)
                    {
                        if (t >= lengths[b])
                            continue;
                        (Vector256<double> first, Vector256<double> second) = Vector256.Widen(Vector256.Load(at));
                        low += first;
                        high += second;
                        lowSquares += first * first;
                        highSquares += second * second;
                    }
                }

                Vector256.Store(low, sums + c);
                Vector256.Store(high, sums + c + 4);
                Vector256.Store(lowSquares, sums + features + c);
                Vector256.Store(highSquares, sums + features + c + 4);
            }

            for (; c < column + count; c++)
            {
                for (int t = block; t < end; t++)
                {
                    float* at = x + ((long)t * shape.Batch * features) + c;
                    for (int b = 0; b < shape.Batch; b++, at += features)
                    {
                        if (t >= lengths[b])
                            continue;
                        double value = *at;
                        sums[c] += value;
                        sums[features + c] += value * value;
                    }
                }
            }
        }
    }

    /// <summary>Mean and 1/sqrt(variance + epsilon) into saved, and the running mean and variance moved; nothing moves where no frame is real.</summary>
    public static void Keep(BatchNormShape shape, double* sums, float* running, float momentum, float epsilon, float* saved, int column, int count)
    {
        int features = shape.Features;
        for (int c = column; c < column + count; c++)
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

    /// <summary>y = (x - mean) * (inverse deviation * scale) + shift in some columns of rows first to end.</summary>
    public static void Apply(int features, float* x, float* scale, float* shift, float* saved, float* y, long first, long end, int column, int count)
    {
        for (long row = first; row < end; row++)
        {
            float* from = x + (row * features);
            float* to = y + (row * features);
            int c = column;
            for (; c + Lanes <= column + count; c += Lanes)
            {
                Vector256<float> centred = Vector256.Load(from + c) - Vector256.Load(saved + c);
                Vector256<float> gain = Vector256.Load(saved + features + c) * Vector256.Load(scale + c);
                Vector256.Store(Vector256.FusedMultiplyAdd(centred, gain, Vector256.Load(shift + c)), to + c);
            }

            for (; c < column + count; c++)
                to[c] = MathF.FusedMultiplyAdd(from[c] - saved[c], saved[features + c] * scale[c], shift[c]);
        }
    }

    /// <summary>sums = (sum of dy, sum of dy * (x - mean) * inverse deviation) over the real rows.</summary>
    public static void GradientSums(BatchNormShape shape, int* lengths, float* x, float* saved, float* dy, double* sums, int column, int count)
    {
        Clear(shape, sums, column, count);
        int features = shape.Features, times = Times(shape);
        for (int block = 0; block < shape.Time; block += times)
        {
            int end = Math.Min(shape.Time, block + times);
            int c = column;
            for (; c + Lanes <= column + count; c += Lanes)
            {
                Vector256<double> low = Vector256.Load(sums + c), high = Vector256.Load(sums + c + 4);
                Vector256<double> lowProducts = Vector256.Load(sums + features + c), highProducts = Vector256.Load(sums + features + c + 4);
                Vector256<float> mean = Vector256.Load(saved + c), inverse = Vector256.Load(saved + features + c);
                for (int t = block; t < end; t++)
                {
                    long at = ((long)t * shape.Batch * features) + c;
                    for (int b = 0; b < shape.Batch; b++, at += features)
                    {
                        if (t >= lengths[b])
                            continue;
                        (Vector256<double> first, Vector256<double> second) = Vector256.Widen(Vector256.Load(dy + at));
                        (Vector256<double> n1, Vector256<double> n2) = Vector256.Widen((Vector256.Load(x + at) - mean) * inverse);
                        low += first;
                        high += second;
                        lowProducts += first * n1;
                        highProducts += second * n2;
                    }
                }

                Vector256.Store(low, sums + c);
                Vector256.Store(high, sums + c + 4);
                Vector256.Store(lowProducts, sums + features + c);
                Vector256.Store(highProducts, sums + features + c + 4);
            }

            for (; c < column + count; c++)
            {
                for (int t = block; t < end; t++)
                {
                    long at = ((long)t * shape.Batch * features) + c;
                    for (int b = 0; b < shape.Batch; b++, at += features)
                    {
                        if (t >= lengths[b])
                            continue;
                        double value = dy[at];
                        sums[c] += value;
                        sums[features + c] += value * ((x[at] - saved[c]) * saved[features + c]);
                    }
                }
            }
        }
    }

    /// <summary>dx = scale * inverse deviation * (dy - mean of dy - normalised x * mean of (dy * normalised x)), zero in padded rows.</summary>
    public static void InputGradient(BatchNormShape shape, int* lengths, float* x, float* scale, float* saved, float* dy, double* sums, float* dx, int column, int count)
    {
        int features = shape.Features;
        double share = shape.Frames == 0 ? 0 : 1.0 / shape.Frames;
        Vector256<double> part = Vector256.Create(share);
        for (int t = 0; t < shape.Time; t++)
        {
            for (int b = 0; b < shape.Batch; b++)
            {
                long start = (((long)t * shape.Batch) + b) * features;
                if (t >= lengths[b])
                {
                    new Span<float>(dx + start + column, count).Clear();
                    continue;
                }

                int c = column;
                for (; c + Lanes <= column + count; c += Lanes)
                {
                    Vector256<float> inverse = Vector256.Load(saved + features + c);
                    Vector256<float> normalised = (Vector256.Load(x + start + c) - Vector256.Load(saved + c)) * inverse;
                    Vector256<float> mean = Vector256.Narrow(Vector256.Load(sums + c) * part, Vector256.Load(sums + c + 4) * part);
                    Vector256<float> slope = Vector256.Narrow(Vector256.Load(sums + features + c) * part, Vector256.Load(sums + features + c + 4) * part);
                    Vector256<float> centred = Vector256.FusedMultiplyAdd(-normalised, slope, Vector256.Load(dy + start + c) - mean);
                    Vector256.Store(inverse * Vector256.Load(scale + c) * centred, dx + start + c);
                }

                for (; c < column + count; c++)
                {
                    float inverse = saved[features + c];
                    float normalised = (x[start + c] - saved[c]) * inverse;
                    float centred = MathF.FusedMultiplyAdd(-normalised, (float)(sums[features + c] * share), dy[start + c] - (float)(sums[c] * share));
                    dx[start + c] = inverse * scale[c] * centred;
                }
            }
        }
    }

    /// <summary>The sums as gradients of scale and shift.</summary>
    public static void ParameterGradients(BatchNormShape shape, double* sums, float* scaleGradient, float* shiftGradient, bool accumulate, int column, int count)
    {
        for (int c = column; c < column + count; c++)
        {
            float shift = (float)sums[c], scale = (float)sums[shape.Features + c];
            shiftGradient[c] = accumulate ? shiftGradient[c] + shift : shift;
            scaleGradient[c] = accumulate ? scaleGradient[c] + scale : scale;
        }
    }

    private static int Times(BatchNormShape shape) => Math.Max(1, RowBlock / Math.Max(1, shape.Batch));

    private static void Clear(BatchNormShape shape, double* sums, int column, int count)
    {
        new Span<double>(sums + column, count).Clear();
        new Span<double>(sums + shape.Features + column, count).Clear();
    }
}
