using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// Matrix products of the CPU device in GFLOP/s, beside the machine's peak and OpenBLAS. All contenders take turns, and each one's
/// figure is its fastest run, so that other work on the machine disturbs the ratio little.
/// Arguments: seconds of work per shape and number of threads (default 2), the most seconds to wait for other work on the machine to
/// pause before each turn (default 2), then names of shapes to run (default all).
/// </summary>
internal static unsafe class GemmBenchmark
{
    private sealed record Shape(string Name, int M, int N, int K, bool TransposeA, bool TransposeB);

    private static readonly Shape[] Shapes =
    [
        new("square", 1024, 1024, 1024, false, true),
        new("input", 8000, 1024, 494, false, true),
        new("hidden", 8000, 1024, 1024, false, true),
        new("wide", 8000, 1024, 3059, false, true),
        new("hidden-dx", 8000, 1024, 1024, false, false),
        new("hidden-dw", 1024, 1024, 8000, true, false),
        new("chunk", 192, 1024, 1024, false, true),
        new("step16", 16, 1024, 1024, false, true),
        new("step1", 1, 1024, 1024, false, true),
    ];

    public static int Run(string[] args)
    {
        double seconds = args.Length > 0 ? double.Parse(args[0]) : 2, patience = args.Length > 1 ? double.Parse(args[1]) : 2;
        OpenBlas? blas = OpenBlas.Find();
        Console.WriteLine($"# OpenBLAS: {blas?.Config ?? "not found (libopenblas.so.0)"}");
        double peak = Peak();
        Console.WriteLine($"# peak of one core: {peak:F0} GFLOP/s of fused multiply-adds in registers");
        Console.WriteLine($"{"shape",-10} {"M x N x K",-18} {"threads",7} {"packed",8} {"plain",8} {"blas",8} {"packed/blas",12} {"plain/blas",11} {"packed/peak",12}");
        foreach (Shape shape in Shapes)
        {
            if (args.Length > 2 && Array.IndexOf(args, shape.Name, 2) < 0)
                continue;
            for (int threads = 1; threads <= 2; threads++)
                Measure(shape, threads, blas, seconds, patience, peak * threads);
        }

        return 0;
    }

    private static void Measure(Shape s, int threads, OpenBlas? blas, double seconds, double patience, double peak)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
        Tensor a = Filled(device, s.TransposeA ? s.K : s.M, s.TransposeA ? s.M : s.K, 1), b = Filled(device, s.TransposeB ? s.N : s.K, s.TransposeB ? s.K : s.N, 2);
        Tensor weight = b.View(b.Shape), c = device.Allocate(ElementType.Float32, new Engine.Tensors.Shape(s.M, s.N));
        weight.IsParameter = true;
        blas?.SetThreads(threads);
        Action[] contenders =
        [
            () => device.MatMul(a, s.TransposeA, weight, s.TransposeB, c),
            () => device.MatMul(a, s.TransposeA, b, s.TransposeB, c),
            .. blas is null ? Array.Empty<Action>() : [() => blas.Multiply(s.M, s.N, s.K, CpuDevice.Floats(a), s.TransposeA, CpuDevice.Floats(b), s.TransposeB, CpuDevice.Floats(c))],
        ];
        double[] best = [double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity];
        double spent = 0;
        bool idle = true;
        for (int round = 0; round < 3 || spent < seconds; round++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                // Others may be at work here: wait for a gap, but not for ever.
                if (idle)
                    idle = Machine.WaitUntilIdle(TimeSpan.FromSeconds(patience));
                long began = Stopwatch.GetTimestamp();
                contenders[i]();
                long turn = Stopwatch.GetTimestamp();
                do
                {
                    long start = Stopwatch.GetTimestamp();
                    contenders[i]();
                    best[i] = Math.Min(best[i], Stopwatch.GetElapsedTime(start).TotalSeconds);
                }
                while (Stopwatch.GetElapsedTime(turn).TotalMilliseconds < 10);
                spent += Stopwatch.GetElapsedTime(began).TotalSeconds;
            }
        }

        double work = 2e-9 * s.M * s.N * s.K;
        string size = $"{s.M} x {s.N} x {s.K}";
        Console.WriteLine($"{s.Name,-10} {size,-18} {threads,7} {work / best[0],8:F0} {work / best[1],8:F0} {work / best[2],8:F0} {best[2] / best[0],12:F3} {best[2] / best[1],11:F3} {work / best[0] / peak,12:F3}{(idle ? "" : "  (machine busy)")}");
    }

    private static Tensor Filled(CpuDevice device, int rows, int columns, int seed)
    {
        Random random = new(seed);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.Length; i++)
            values[i] = random.NextSingle() - 0.5f;
        Tensor tensor = device.Allocate(ElementType.Float32, new Engine.Tensors.Shape(rows, columns));
        device.Upload(MemoryMarshal.AsBytes<float>(values), tensor);
        return tensor;
    }

    private static double Peak()
    {
        const int steps = 100_000, sums = 12;
        double best = double.PositiveInfinity;
        for (int i = 0; i < 200; i++)
        {
            long start = Stopwatch.GetTimestamp();
            if (Vector512.IsHardwareAccelerated)
                Sums512(steps);
            else
                Sums256(steps);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2e-9 * steps * sums * (Vector512.IsHardwareAccelerated ? 16 : 8) / best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Sums512(int steps)
    {
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(0.001f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int s = 0; s < steps; s++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Sums256(int steps)
    {
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(0.001f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int s = 0; s < steps; s++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
