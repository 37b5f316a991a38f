using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Audio.Processing.Lanes;

/// <summary>
/// The natural logarithm in every lane, relative error below 2e-7: x = m 2^e with m in [sqrt 1/2, sqrt 2), log x = e log 2 + log
/// m and log m = 2 artanh s = 2 s (1 + s^2/3 + s^4/5 + s^6/7 + s^8/9) with s = (m - 1) / (m + 1), |s| at most 0.1716 (Abramowitz
/// and Stegun 4.1.27; the terms left out are below 2.1e-9 of the sum).
/// </summary>
internal static class LaneLogarithm
{
    /// <summary>The bits of sqrt(1/2) as a float.</summary>
    public const int RootHalfBits = 0x3F3504F3;

    // log 2 in two parts: the first has 15 bits, so that its product with an exponent is exact.
    private const float LogTwoHigh = 0.693145751953125f;
    private const float LogTwoLow = 1.42860677e-06f;

    /// <summary>log x; x must be positive and normal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log<TVector, TLanes>(TVector x)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        TVector m = TLanes.Split(x, out TVector exponent);
        TVector one = TLanes.Broadcast(1);
        TVector s = TLanes.Divide(TLanes.Subtract(m, one), TLanes.Add(m, one));
        TVector z = TLanes.Multiply(s, s);
        TVector p = TLanes.MultiplyAdd(z, TLanes.Broadcast(2f / 9), TLanes.Broadcast(2f / 7));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(2f / 5));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(2f / 3));
        TVector twice = TLanes.Add(s, s);
        TVector low = TLanes.MultiplyAdd(exponent, TLanes.Broadcast(LogTwoLow), TLanes.Multiply(TLanes.Multiply(p, z), s));
        return TLanes.MultiplyAdd(exponent, TLanes.Broadcast(LogTwoHigh), TLanes.Add(twice, low));
    }
}
