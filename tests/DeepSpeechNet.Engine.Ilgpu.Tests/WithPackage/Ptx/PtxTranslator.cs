using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using DeepSpeechNet.Engine.Ilgpu.Tests.Lanes;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage.Ptx;

/// <summary>
/// Makes a method of a kernel's PTX, instruction by instruction, so that it runs without a card. Where a sum follows a product of the same stretch without jumps, both are fused and rounded
/// once, as a driver's compiler does where instructions leave it open.
/// </summary>
internal sealed partial class PtxTranslator
{
    private readonly PtxCode _code;
    private readonly ILGenerator _il;
    private readonly Dictionary<string, LocalBuilder> _registers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Label> _labels = new(StringComparer.Ordinal);

    /// <summary>For a register that holds a product of the current stretch without jumps: its factors.</summary>
    private readonly Dictionary<string, (string A, string B)> _products = new(StringComparer.Ordinal);

    private PtxTranslator(PtxCode code, ILGenerator il)
    {
        _code = code;
        _il = il;
        foreach (PtxInstruction i in code.Instructions)
        {
            if (i.Label is { } label)
                _labels.Add(label, il.DefineLabel());
        }
    }

    /// <summary>The method.</summary>
    public static Action<PtxFrame> Translate(PtxCode code, PtxMemory memory)
    {
        DynamicMethod method = new("kernel", typeof(void), [typeof(PtxMemory), typeof(PtxFrame)], typeof(PtxTranslator).Module, skipVisibility: true);
        PtxTranslator translator = new(code, method.GetILGenerator());
        foreach (PtxInstruction i in code.Instructions)
            translator.Emit(i);
        return method.CreateDelegate<Action<PtxFrame>>(memory);
    }

    private void Emit(PtxInstruction i)
    {
        if (i.Label is { } label)
        {
            _products.Clear();
            _il.MarkLabel(_labels[label]);
        }

        Label skip = default;
        if (i.Predicate is not null)
        {
            skip = _il.DefineLabel();
            _il.Emit(OpCodes.Ldloc, Register(i.Predicate));
            _il.Emit(i.Negated ? OpCodes.Brtrue : OpCodes.Brfalse, skip);
        }

        try
        {
            EmitPlain(i);
        }
        catch (Exception e) when (e is not NotSupportedException)
        {
            throw new NotSupportedException($"{i.Name} {string.Join(", ", i.Operands)}: {e.Message}", e);
        }

        if (i.Predicate is null)
            return;

        // What was written may not have been.
        _products.Clear();
        _il.MarkLabel(skip);
    }

    private void EmitPlain(PtxInstruction i)
    {
        string type = i.Parts[^1];
        switch (i.Parts[0])
        {
            case "bra":
                _products.Clear();
                _il.Emit(OpCodes.Br, _labels[i.Operands[0]]);
                break;
            case "ret":
                _il.Emit(OpCodes.Ret);
                break;
            case "bar":
                EmitLane(nameof(Lane.Meet));
                break;
            case "membar":
                break;
            case "ld":
                EmitLoad(i, type);
                break;
            case "st":
                EmitStore(i, type);
                break;
            case "atom" or "red":
                EmitAtomic(i);
                break;
            case "mma":
                EmitTensorProduct(i);
                break;
            case "mov" when i.Operands.Length == 3:
                // Two registers as the halves of one.
                Push(i.Operands[1], "b32");
                _il.Emit(OpCodes.Conv_U8);
                Push(i.Operands[2], "b32");
                _il.Emit(OpCodes.Conv_U8);
                _il.Emit(OpCodes.Ldc_I4, 32);
                _il.Emit(OpCodes.Shl);
                _il.Emit(OpCodes.Or);
                Pop(i.Operands[0], "b64");
                break;
            case "setp":
                Push(i.Operands[1], type);
                Push(i.Operands[2], type);
                EmitComparison(i.Parts[1], type);
                Pop(i.Operands[0], "pred");
                break;
            case "selp":
                EmitSelection(i, type);
                break;
            case "testp":
                if (i.Parts[1] != "notanumber")
                    throw new NotSupportedException(i.Name);
                Push(i.Operands[1], type);
                _il.Emit(OpCodes.Call, (type == "f32" ? typeof(float) : typeof(double)).GetMethod(nameof(float.IsNaN))!);
                Pop(i.Operands[0], "pred");
                break;
            case "cvt":
                Push(i.Operands[1], type);
                EmitConversion(i.Parts[^2], type, i.Parts);
                Pop(i.Operands[0], i.Parts[^2]);
                break;
            case "mul" when i.Parts[1] == "wide":
                Push(i.Operands[1], type);
                _il.Emit(type == "u32" ? OpCodes.Conv_U8 : OpCodes.Conv_I8);
                Push(i.Operands[2], type);
                _il.Emit(type == "u32" ? OpCodes.Conv_U8 : OpCodes.Conv_I8);
                _il.Emit(OpCodes.Mul);
                Pop(i.Operands[0], "b64");
                break;
            default:
                EmitArithmetic(i, type);
                break;
        }
    }

    private void EmitLoad(PtxInstruction i, string type)
    {
        bool parameter = i.Parts[1] == "param";
        int count = i.Operands.Length - 1, bytes = Bytes(type);
        LocalBuilder at = _il.DeclareLocal(typeof(long));
        if (parameter)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Call, typeof(PtxFrame).GetProperty(nameof(PtxFrame.Arguments))!.GetMethod!);
            string inside = i.Operands[^1].Trim('[', ']');
            int plus = inside.IndexOf('+', StringComparison.Ordinal);
            _il.Emit(OpCodes.Ldc_I8, plus < 0 ? 0L : long.Parse(inside[(plus + 1)..], CultureInfo.InvariantCulture));
            _il.Emit(OpCodes.Add);
        }
        else
            EmitAddress(i, i.Operands[^1], bytes * count);
        _il.Emit(OpCodes.Stloc, at);
        for (int n = 0; n < count; n++)
        {
            _il.Emit(OpCodes.Ldloc, at);
            _il.Emit(OpCodes.Ldc_I4, n * bytes);
            _il.Emit(OpCodes.Add);
            _il.Emit(type switch { "f32" => OpCodes.Ldind_R4, "f64" => OpCodes.Ldind_R8, "b64" => OpCodes.Ldind_I8, "b32" => OpCodes.Ldind_I4, _ => OpCodes.Ldind_U2 });
            Pop(i.Operands[n], type);
        }
    }

    private void EmitStore(PtxInstruction i, string type)
    {
        int count = i.Operands.Length - 1, bytes = Bytes(type);
        LocalBuilder at = _il.DeclareLocal(typeof(long));
        EmitAddress(i, i.Operands[0], bytes * count);
        _il.Emit(OpCodes.Stloc, at);
        for (int n = 0; n < count; n++)
        {
            _il.Emit(OpCodes.Ldloc, at);
            _il.Emit(OpCodes.Ldc_I4, n * bytes);
            _il.Emit(OpCodes.Add);
            Push(i.Operands[n + 1], type);
            _il.Emit(type switch { "f32" => OpCodes.Stind_R4, "f64" => OpCodes.Stind_R8, "b64" => OpCodes.Stind_I8, "b32" => OpCodes.Stind_I4, _ => OpCodes.Stind_I2 });
        }
    }

    private void EmitAtomic(PtxInstruction i)
    {
        OpCode operation = (i.Parts[^2], i.Parts[^1]) switch { ("add", "u32" or "s32") => OpCodes.Add, ("or", "b32") => OpCodes.Or, _ => throw new NotSupportedException(i.Name) };
        bool wanted = i.Parts[0] == "atom";
        LocalBuilder at = _il.DeclareLocal(typeof(long));
        EmitAddress(i, i.Operands[wanted ? 1 : 0], sizeof(int));
        _il.Emit(OpCodes.Stloc, at);
        if (wanted)
        {
            _il.Emit(OpCodes.Ldloc, at);
            _il.Emit(OpCodes.Ldind_I4);
        }

        _il.Emit(OpCodes.Ldloc, at);
        _il.Emit(OpCodes.Ldloc, at);
        _il.Emit(OpCodes.Ldind_I4);
        Push(i.Operands[^1], "b32");
        _il.Emit(operation);
        _il.Emit(OpCodes.Stind_I4);
        EmitLane(nameof(Lane.Yield));
        if (wanted)
            Pop(i.Operands[0], "b32");
    }

    /// <summary>A product of tensor cores; its sums are changed in their registers.</summary>
    private void EmitTensorProduct(PtxInstruction i)
    {
        string? kind = i.Name switch
        {
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32" => nameof(PtxTensorCore.MultiplyBf16),
            "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32" => nameof(PtxTensorCore.MultiplyTf32),
            _ => null,
        };
        if (kind is null || !i.Operands.AsSpan()[..4].SequenceEqual(i.Operands.AsSpan()[10..]))
            throw new NotSupportedException(i.Name);
        _il.Emit(OpCodes.Ldarg_1);
        foreach (string factor in i.Operands.AsSpan()[4..10])
            Push(factor, "b32");
        foreach (string sum in i.Operands.AsSpan()[..4])
            _il.Emit(OpCodes.Ldloca, Register(sum));
        _il.Emit(OpCodes.Call, typeof(PtxTensorCore).GetMethod(kind)!);
    }

    /// <summary>Pushes a checked address: in the memory that the instruction names, or in the card's where it names none.</summary>
    private void EmitAddress(PtxInstruction i, string operand, int bytes)
    {
        string method = i.Parts[1] switch { "shared" => nameof(PtxMemory.Shared), "local" => nameof(PtxMemory.Local), _ => nameof(PtxMemory.Global) };
        _il.Emit(method == nameof(PtxMemory.Global) ? OpCodes.Ldarg_0 : OpCodes.Ldarg_1);
        Push(operand.Trim('[', ']'), "b64");
        _il.Emit(OpCodes.Ldc_I4, bytes);
        _il.Emit(OpCodes.Call, typeof(PtxMemory).GetMethod(method)!);
    }

    private void EmitLane(string method)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Call, typeof(PtxFrame).GetProperty(nameof(PtxFrame.Lane))!.GetMethod!);
        _il.Emit(OpCodes.Call, typeof(Lane).GetMethod(method)!);
    }

    /// <summary>Pushes an operand as a number of a type; a register of another kind of the same size gives its bits.</summary>
    private void Push(string operand, string type)
    {
        string kind = Kind(type);
        if (Array.IndexOf(PtxFrame.Registers, operand) is var special and >= 0)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Ldc_I4, special);
            _il.Emit(OpCodes.Call, typeof(PtxFrame).GetMethod(nameof(PtxFrame.Special))!);
        }
        else if (IsRegister(operand))
        {
            _il.Emit(OpCodes.Ldloc, Register(operand));
            Reinterpret(KindOf(operand), kind);
        }
        else if (operand.StartsWith("0f", StringComparison.Ordinal) && kind is "f32" or "i32")
        {
            _il.Emit(OpCodes.Ldc_I4, int.Parse(operand.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            Reinterpret("i32", kind);
        }
        else if (operand.StartsWith("0d", StringComparison.Ordinal) && kind is "f64" or "i64")
        {
            _il.Emit(OpCodes.Ldc_I8, long.Parse(operand.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            Reinterpret("i64", kind);
        }
        else if (PieceNamed(_code.Shared, operand) is { } shared)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Ldc_I4, shared);
            _il.Emit(OpCodes.Call, typeof(PtxFrame).GetMethod(nameof(PtxFrame.StartOfShared))!);
        }
        else if (PieceNamed(_code.Local, operand) is { } local)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Ldc_I4, local);
            _il.Emit(OpCodes.Call, typeof(PtxFrame).GetMethod(nameof(PtxFrame.StartOfLocal))!);
        }
        else if (kind == "i64")
            _il.Emit(OpCodes.Ldc_I8, operand[0] == '-' ? long.Parse(operand, CultureInfo.InvariantCulture) : (long)ulong.Parse(operand, CultureInfo.InvariantCulture));
        else if (kind == "i32")
            _il.Emit(OpCodes.Ldc_I4, (int)long.Parse(operand, CultureInfo.InvariantCulture));
        else
            throw new NotSupportedException($"{operand} as {type}");
    }

    /// <summary>Puts what was pushed into a register.</summary>
    private void Pop(string register, string type)
    {
        Reinterpret(Kind(type), KindOf(register));
        _il.Emit(OpCodes.Stloc, Register(register));
        _products.Remove(register);
        foreach ((string product, (string a, string b)) in _products)
        {
            if (a == register || b == register)
                _products.Remove(product);
        }
    }

    private void Reinterpret(string from, string to)
    {
        if (from == to)
            return;
        _il.Emit(OpCodes.Call, (from, to) switch
        {
            ("f32", "i32") => typeof(BitConverter).GetMethod(nameof(BitConverter.SingleToInt32Bits))!,
            ("i32", "f32") => typeof(BitConverter).GetMethod(nameof(BitConverter.Int32BitsToSingle))!,
            ("f64", "i64") => typeof(BitConverter).GetMethod(nameof(BitConverter.DoubleToInt64Bits))!,
            ("i64", "f64") => typeof(BitConverter).GetMethod(nameof(BitConverter.Int64BitsToDouble))!,
            _ => throw new NotSupportedException($"{from} where {to} is needed"),
        });
    }

    private LocalBuilder Register(string name)
    {
        if (!_registers.TryGetValue(name, out LocalBuilder? local))
        {
            local = _il.DeclareLocal(KindOf(name) switch { "f32" => typeof(float), "f64" => typeof(double), "i64" => typeof(long), _ => typeof(int) });
            _registers.Add(name, local);
        }

        return local;
    }

    /// <summary>The type of an instruction on bits, for a register that holds a fraction.</summary>
    private string Typed(string register, string type) => KindOf(register) switch { "f32" => "f32", "f64" => "f64", _ => type };

    private bool IsRegister(string operand) => _code.Registers.ContainsKey(WithoutNumber(operand));

    private string KindOf(string register) => Kind(_code.Registers.TryGetValue(WithoutNumber(register), out string? type) ? type : throw new NotSupportedException($"the register {register}"));

    private static string WithoutNumber(string register) => register.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');

    private static int? PieceNamed(ImmutableArray<PtxPiece> pieces, string name)
    {
        int at = pieces.Select(p => p.Name).ToList().IndexOf(name);
        return at < 0 ? null : at;
    }

    private static string Kind(string type) => type switch
    {
        "f32" or "f64" => type,
        "b64" or "s64" or "u64" => "i64",
        "b32" or "s32" or "u32" or "b16" or "u16" or "pred" => "i32",
        _ => throw new NotSupportedException($"the type {type}"),
    };

    private static int Bytes(string type) => type switch { "b16" => 2, "f32" or "b32" => 4, "f64" or "b64" => 8, _ => throw new NotSupportedException($"memory of {type}") };
}
