using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>
/// Sums and maxima over the lanes of a group by halving in shared memory, in one fixed order: warp shuffles do not work on every OpenCL driver. A group
/// has a power of two of lanes, at most <see cref="MostLanes"/>.
/// </summary>
internal static class GroupSums
{
    /// <summary>The most lanes of a group.</summary>
    public const int MostLanes = 256;

    /// <summary>The sum of all lanes' values, for every lane.</summary>
    public static double Sum(ArrayView<double> shared, double value)
    {
        int lane = Group.IdxX;
        shared[lane] = value;
        Group.Barrier();
        for (int half = Group.DimX / 2; half > 0; half /= 2)
        {
            if (lane < half)
                shared[lane] += shared[lane + half];
            Group.Barrier();
        }

        double sum = shared[0];
        Group.Barrier();
        return sum;
    }

    /// <summary>The largest of all lanes' values, for every lane; NaN is passed over.</summary>
    public static double Maximum(ArrayView<double> shared, double value)
    {
        int lane = Group.IdxX;
        shared[lane] = value;
        Group.Barrier();
        for (int half = Group.DimX / 2; half > 0; half /= 2)
        {
            if (lane < half && shared[lane + half] > shared[lane])
                shared[lane] = shared[lane + half];
            Group.Barrier();
        }

        double largest = shared[0];
        Group.Barrier();
        return largest;
    }
}
