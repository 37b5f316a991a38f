using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage.Ptx;

/// <summary>One instruction: <c>@!%p1 mul.wide.u32 %rd1, %r2, 16;</c></summary>
/// <param name="Label">The label in front of it, where there is one.</param>
/// <param name="Predicate">The register that says whether it runs.</param>
/// <param name="Negated">Whether it runs where that register is false.</param>
/// <param name="Name">The operation with all that is behind its dots.</param>
/// <param name="Operands">Registers, numbers, [addresses]; those in braces are there one by one.</param>
internal sealed record PtxInstruction(string? Label, string? Predicate, bool Negated, string Name, ImmutableArray<string> Operands)
{
    /// <summary>The parts of the name.</summary>
    public string[] Parts { get; } = Name.Split('.');
}

/// <summary>A piece of memory.</summary>
internal sealed record PtxPiece(string Name, int Bytes, int Alignment);

/// <summary>A kernel in NVIDIA's PTX (PTX ISA 7.0), as far as ILGPU and our kernels write it: one entry with one structure of parameters, no calls.</summary>
internal sealed partial class PtxCode
{
    private PtxCode(int parameterBytes, ImmutableArray<PtxPiece> shared, ImmutableArray<PtxPiece> local, ImmutableDictionary<string, string> registers, ImmutableArray<PtxInstruction> instructions)
    {
        ParameterBytes = parameterBytes;
        Shared = shared;
        Local = local;
        Registers = registers;
        Instructions = instructions;
    }

    /// <summary>How large the structure of parameters is.</summary>
    public int ParameterBytes { get; }

    /// <summary>The pieces of shared memory.</summary>
    public ImmutableArray<PtxPiece> Shared { get; }

    /// <summary>The pieces of memory that each lane has for itself.</summary>
    public ImmutableArray<PtxPiece> Local { get; }

    /// <summary>The types of registers by their names without the number.</summary>
    public ImmutableDictionary<string, string> Registers { get; }

    /// <summary>Whether the lanes of a warp multiply together.</summary>
    public bool UsesTensorCores => Instructions.Any(i => i.Parts[0] == "mma");

    /// <summary>What runs.</summary>
    public ImmutableArray<PtxInstruction> Instructions { get; }

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">There is something in it that is not expected.</exception>
    public static PtxCode Parse(string text)
    {
        Match parameters = Parameters().Match(text);
        if (!parameters.Success)
            throw new FormatException("The kernel does not take one structure.");
        var shared = ImmutableArray.CreateBuilder<PtxPiece>();
        var local = ImmutableArray.CreateBuilder<PtxPiece>();
        var registers = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var instructions = ImmutableArray.CreateBuilder<PtxInstruction>();
        string? label = null;
        foreach (string raw in text[(parameters.Index + parameters.Length)..].Replace(";", ";\n", StringComparison.Ordinal).Split('\n'))
        {
            string line = raw.Trim();
            if (line.Length == 0 || line is "(" or ")" or "{" or "}" || line.StartsWith(".maxntid", StringComparison.Ordinal) || line.StartsWith(".minnctapersm", StringComparison.Ordinal) || line.StartsWith("//", StringComparison.Ordinal))
                continue;
            if (Memory().Match(line) is { Success: true } piece)
                (piece.Groups[1].Value == "shared" ? shared : local).Add(new PtxPiece(piece.Groups[3].Value, Number(piece.Groups[4].Value), Number(piece.Groups[2].Value)));
            else if (RegisterNames().Match(line) is { Success: true } names)
                registers.Add(names.Groups[2].Value, names.Groups[1].Value);
            else if (line.EndsWith(':'))
                label = label is null ? line[..^1] : throw new FormatException($"Two labels stand together at '{line}'.");
            else if (Instruction().Match(line) is { Success: true } i)
            {
                string[] operands = i.Groups[4].Value.Split([',', '{', '}', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
                instructions.Add(new PtxInstruction(label, i.Groups[2].Success ? i.Groups[2].Value : null, i.Groups[1].Value == "!", i.Groups[3].Value, [.. operands]));
                label = null;
            }
            else
                throw new FormatException($"'{line}' is not understood.");
        }

        return new PtxCode(Number(parameters.Groups[1].Value), shared.ToImmutable(), local.ToImmutable(), registers.ToImmutable(), instructions.ToImmutable());
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\.visible \.entry \w+\(\s*\.param \.align 8 \.b8 \w+\[(\d+)\]\s*\)")]
    private static partial Regex Parameters();

    [GeneratedRegex(@"^\.(shared|local) \.align (\d+) \.b8 (\w+)\[(\d+)\];$")]
    private static partial Regex Memory();

    [GeneratedRegex(@"^\.reg \.(\w+)\s+(%?\w+)<\d+>;$")]
    private static partial Regex RegisterNames();

    [GeneratedRegex(@"^(?:@(!?)(%p\d+)\s+)?([a-z][\w.]*)\s*([^;]*);$")]
    private static partial Regex Instruction();
}
