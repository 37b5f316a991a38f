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

/// <summary>A kernel in NVIDIA's PTX (PTX ISA 7.0), as far as ILGPU writes it: one entry with one structure of parameters, no calls, no local memory.</summary>
internal sealed partial class PtxCode
{
    private PtxCode(int parameterBytes, ImmutableArray<(string Name, int Bytes, int Alignment)> shared, ImmutableArray<PtxInstruction> instructions)
    {
        ParameterBytes = parameterBytes;
        Shared = shared;
        Instructions = instructions;
    }

    /// <summary>How large the structure of parameters is.</summary>
    public int ParameterBytes { get; }

    /// <summary>The pieces of shared memory.</summary>
    public ImmutableArray<(string Name, int Bytes, int Alignment)> Shared { get; }

    /// <summary>What runs.</summary>
    public ImmutableArray<PtxInstruction> Instructions { get; }

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">There is something in it that is not expected.</exception>
    public static PtxCode Parse(string text)
    {
        Match parameters = Parameters().Match(text);
        if (!parameters.Success)
            throw new FormatException("The kernel does not take one structure.");
        var shared = ImmutableArray.CreateBuilder<(string, int, int)>();
        var instructions = ImmutableArray.CreateBuilder<PtxInstruction>();
        string? label = null;
        foreach (string raw in text[(parameters.Index + parameters.Length)..].Split('\n'))
        {
            string line = raw.Trim();
            if (line.Length == 0 || line is "(" or ")" or "{" or "}" || line.StartsWith("//", StringComparison.Ordinal) || line.StartsWith(".reg", StringComparison.Ordinal) || line.StartsWith(".loc", StringComparison.Ordinal))
                continue;
            if (SharedMemory().Match(line) is { Success: true } piece)
                shared.Add((piece.Groups[2].Value, Number(piece.Groups[3].Value), Number(piece.Groups[1].Value)));
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

        return new PtxCode(Number(parameters.Groups[1].Value), shared.ToImmutable(), instructions.ToImmutable());
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\.visible \.entry \w+\(\s*\.param \.align 8 \.b8 \w+\[(\d+)\]\s*\)")]
    private static partial Regex Parameters();

    [GeneratedRegex(@"^\.shared \.align (\d+) \.b8 (\w+)\[(\d+)\];$")]
    private static partial Regex SharedMemory();

    [GeneratedRegex(@"^(?:@(!?)(%p\d+)\s+)?([a-z][\w.]*)\s*([^;]*);$")]
    private static partial Regex Instruction();
}
