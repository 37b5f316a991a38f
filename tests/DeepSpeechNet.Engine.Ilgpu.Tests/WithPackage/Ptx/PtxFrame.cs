using DeepSpeechNet.Engine.Ilgpu.Tests.Lanes;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage.Ptx;

/// <summary>What one lane runs with.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Arguments">Where the structure of parameters lies.</param>
/// <param name="Shared">Where the pieces of shared memory start and end.</param>
/// <param name="Local">The same of the lane's own memory.</param>
/// <param name="Own">That memory itself.</param>
/// <param name="Exchange">Where the lanes of a group lay down what tensor cores multiply.</param>
internal sealed record PtxFrame(Lane Lane, long Arguments, (long Start, long End)[] Shared, (long Start, long End)[] Local, byte[][] Own, byte[] Exchange)
{
    /// <summary>Where a piece of shared memory starts.</summary>
    public long StartOfShared(int piece) => Shared[piece].Start;

    /// <summary>Where a piece of the lane's own memory starts.</summary>
    public long StartOfLocal(int piece) => Local[piece].Start;

    /// <summary>The value of a special register.</summary>
    public int Special(int register) => register switch
    {
        0 => Lane.X,
        1 => Lane.Y,
        2 => Lane.Lanes.X,
        3 => Lane.Lanes.Y,
        4 => Lane.Group.X,
        5 => Lane.Group.Y,
        6 => Lane.Group.Z,
        7 => Lane.Groups.X,
        8 => Lane.Groups.Y,
        9 => Lane.Groups.Z,
        _ => throw new ArgumentOutOfRangeException(nameof(register), register, "no such register"),
    };

    /// <summary>The registers in the order of <see cref="Special"/>.</summary>
    public static readonly string[] Registers = ["%tid.x", "%tid.y", "%ntid.x", "%ntid.y", "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z"];
}
