namespace DeepSpeechNet.Audio.Processing.Lanes;

/// <summary>
/// The energies of <see cref="MelFilterBank"/>'s bands from rows of powers, one frame a lane; only bins with a weight are read.
/// </summary>
internal sealed unsafe class BandEnergies<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, ILanes<TVector>
{
    private readonly int[] _first;
    private readonly int[] _count;
    private readonly AlignedBuffer _weights;

    public BandEnergies(MelFilterBank bank)
    {
        _first = new int[bank.Bands];
        _count = new int[bank.Bands];
        List<float> weights = [];
        for (int band = 0; band < bank.Bands; band++)
        {
            _first[band] = bank.FirstBin(band);
            _count[band] = bank.Weights(band).Length;
            weights.AddRange(bank.Weights(band));
        }

        _weights = AlignedBuffer.Of(weights.ToArray());
    }

    /// <summary>energies[band] = sum of weight times power over the band's bins; both are rows of V lanes.</summary>
    public void Apply(float* power, float* energies)
    {
        int v = TLanes.Count;
        float* weight = _weights.Pointer;
        for (int band = 0; band < _first.Length; band++, energies += v)
        {
            float* bin = power + (_first[band] * v);
            float* end = weight + _count[band];
            TVector sum = TLanes.Broadcast(0);
            for (; weight < end; weight++, bin += v)
                sum = TLanes.MultiplyAdd(TLanes.Broadcast(*weight), TLanes.Load(bin), sum);
            TLanes.Store(energies, sum);
        }
    }
}
