namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// The memory that <see cref="CtcScaled"/> works in for one utterance, cut out of one stretch. A row of states is a plane of blanks, a vector
/// of zeros and a plane of labels with a vector behind it, so that both planes may be read one vector past either end.
/// </summary>
internal readonly unsafe struct CtcWorkspace
{
    private const int Lanes = CtcUtterance.Lanes;

    /// <summary>Floats that the emissions of a frame are padded to.</summary>
    private const int Wide = SoftmaxRow.Lanes;

    private readonly bool _keep;
    private readonly double* _rows;
    private readonly double* _factors;
    private readonly double* _rescales;
    private readonly float* _exponentials;
    private readonly float* _emissions;

    /// <summary>Cuts the stretch; with null it only measures.</summary>
    public CtcWorkspace(in CtcUtterance u, byte* scratch)
    {
        _keep = u.Gradient is not null;
        Plane = u.Plane;
        Classes = Math.Max(2 * Wide, RoundUp(u.Classes, Wide));
        EmissionCount = RoundUp(Plane, Wide);
        byte* next = scratch;
        long frames = _keep ? u.Frames : 2;
        long periods = _keep ? (u.Frames + CtcScale.ShortestPeriod - 1) / CtcScale.ShortestPeriod : 1;

        _rows = Take<double>(ref next, frames * RowDoubles);
        _factors = Take<double>(ref next, periods * 3 * Plane);
        _rescales = Take<double>(ref next, periods * 2 * Plane);
        _exponentials = Take<float>(ref next, (_keep ? u.Frames : 1) * (long)Classes);
        _emissions = Take<float>(ref next, u.Frames * (long)EmissionCount);
        BlankEmissions = Take<double>(ref next, u.Frames);
        Normalisers = Take<double>(ref next, u.Frames);
        Highest = Take<int>(ref next, u.Frames);
        Lowest = Take<int>(ref next, u.Frames);
        LabelIndices = Take<int>(ref next, EmissionCount);
        Skips = Take<long>(ref next, Plane);
        BlankScales = Take<long>(ref next, Plane);
        LabelScales = Take<long>(ref next, Plane);
        DualBlanks = Take<double>(ref next, Plane);
        DualLabels = Take<double>(ref next, Plane);
        LabelPosteriors = Take<double>(ref next, Plane);
        ClassPosteriors = Take<double>(ref next, Classes);
        Bytes = next - scratch;
    }

    /// <summary>How many bytes the workspace has.</summary>
    public long Bytes { get; }

    /// <summary>States of each kind, padding included.</summary>
    public int Plane { get; }

    /// <summary>Classes, padded.</summary>
    public int Classes { get; }

    /// <summary>Labels, padded to what a gathering reads at a time.</summary>
    public int EmissionCount { get; }

    /// <summary>[T]: exp(logit - maximum) of the blank.</summary>
    public double* BlankEmissions { get; }

    /// <summary>[T]: the sum of exp(logit - maximum).</summary>
    public double* Normalisers { get; }

    /// <summary>[T]: the last label that some path from the start has reached at a frame; -1 where there is none.</summary>
    public int* Highest { get; }

    /// <summary>[T]: the first label from which the end can still be reached.</summary>
    public int* Lowest { get; }

    /// <summary>The labels, padded with the blank.</summary>
    public int* LabelIndices { get; }

    /// <summary>All bits set where a path may go from the label before to this one without a blank.</summary>
    public long* Skips { get; }

    /// <summary>The powers of two that the blanks' numbers are to be multiplied by.</summary>
    public long* BlankScales { get; }

    /// <summary>The powers of two that the labels' numbers are to be multiplied by.</summary>
    public long* LabelScales { get; }

    /// <summary>The backward numbers of the blanks.</summary>
    public double* DualBlanks { get; }

    /// <summary>The backward numbers of the labels.</summary>
    public double* DualLabels { get; }

    /// <summary>The posterior of each label's state at one frame.</summary>
    public double* LabelPosteriors { get; }

    /// <summary>The posterior of each class at one frame.</summary>
    public double* ClassPosteriors { get; }

    /// <summary>Where the labels of a row start, behind its blanks.</summary>
    public int LabelOffset => Plane + Lanes;

    private long RowDoubles => 2L * (Plane + Lanes);

    /// <summary>The states of a frame; without a gradient only the last two frames are kept.</summary>
    public double* Row(int t) => _rows + ((_keep ? t : t & 1) * RowDoubles);

    /// <summary>
    /// The weights of the transitions in a period: per vector of states those of blank i to label i, of label i - 1 to label i, and of label i - 1 to blank i.
    /// </summary>
    public double* Factors(int period) => _factors + ((_keep ? period : 0) * 3L * Plane);

    /// <summary>Per vector of states what the blanks and then the labels were multiplied by at the start of a period.</summary>
    public double* Rescales(int period) => _rescales + ((_keep ? period : 0) * 2L * Plane);

    /// <summary>exp(logit - maximum) of all classes at a frame.</summary>
    public float* Exponentials(int t) => _exponentials + ((_keep ? t : 0) * (long)Classes);

    /// <summary>exp(logit - maximum) of the labels at a frame.</summary>
    public float* Emissions(int t) => _emissions + (t * (long)EmissionCount);

    private static int RoundUp(int count, int multiple) => (count + multiple - 1) / multiple * multiple;

    private static T* Take<T>(ref byte* next, long count)
        where T : unmanaged
    {
        byte* here = next;
        next += ((count * sizeof(T)) + CpuBuffer.Alignment - 1) / CpuBuffer.Alignment * CpuBuffer.Alignment;
        return (T*)here;
    }
}
