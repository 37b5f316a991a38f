namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>
/// Where a card's time goes: how often each kernel ran and how long it took, the way to the card and back included. A device that fills one waits for each kernel, so that it is slower than
/// another, the more so the smaller its kernels are.
/// </summary>
public sealed class LaunchProfile
{
    private readonly Dictionary<string, KernelTime> _kernels = new(StringComparer.Ordinal);

    /// <summary>All kernels so far, that with the most time first.</summary>
    public IReadOnlyList<KernelTime> Kernels => [.. _kernels.Values.OrderByDescending(k => k.Time)];

    /// <summary>Forgets all.</summary>
    public void Clear() => _kernels.Clear();

    /// <summary>Adds one run.</summary>
    internal void Add(string kernel, TimeSpan time)
    {
        KernelTime before = _kernels.GetValueOrDefault(kernel, new KernelTime(kernel, 0, TimeSpan.Zero));
        _kernels[kernel] = before with { Launches = before.Launches + 1, Time = before.Time + time };
    }
}

/// <summary>A line of a <see cref="LaunchProfile"/>.</summary>
/// <param name="Kernel">Its name; products by the vendor's library or by tensor cores go by these.</param>
/// <param name="Launches">How often it ran.</param>
/// <param name="Time">How long all runs took.</param>
public sealed record KernelTime(string Kernel, long Launches, TimeSpan Time);
