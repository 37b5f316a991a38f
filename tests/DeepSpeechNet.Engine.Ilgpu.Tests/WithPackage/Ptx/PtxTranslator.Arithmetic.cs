using System.Reflection;
using System.Reflection.Emit;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage.Ptx;

/// <summary>Arithmetic, comparisons and conversions.</summary>
internal sealed partial class PtxTranslator
{
    private void EmitArithmetic(PtxInstruction i, string type)
    {
        if (i.Parts[0] is "add" or "sub" && type is "f32" or "f64" && Fused(i, type, i.Parts[0] == "sub"))
            return;
        bool shift = i.Parts[0] is "shl" or "shr";
        for (int n = 1; n < i.Operands.Length; n++)
            Push(i.Operands[n], shift && n == 2 ? "u32" : type);
        Type? number = type switch { "f32" => typeof(float), "f64" => typeof(double), _ => null };
        bool signed = type[0] == 's';
        switch (i.Parts[0])
        {
            case "mov":
                break;
            case "add":
                _il.Emit(OpCodes.Add);
                break;
            case "sub":
                _il.Emit(OpCodes.Sub);
                break;
            case "mul" when number is not null || i.Parts[1] == "lo":
                _il.Emit(OpCodes.Mul);
                break;
            case "div":
                _il.Emit(number is not null || signed ? OpCodes.Div : OpCodes.Div_Un);
                break;
            case "rem":
                _il.Emit(signed ? OpCodes.Rem : OpCodes.Rem_Un);
                break;
            case "neg":
                _il.Emit(OpCodes.Neg);
                break;
            case "and":
                _il.Emit(OpCodes.And);
                break;
            case "or":
                _il.Emit(OpCodes.Or);
                break;
            case "xor":
                _il.Emit(OpCodes.Xor);
                break;
            case "not":
                if (type == "pred")
                {
                    _il.Emit(OpCodes.Ldc_I4_0);
                    _il.Emit(OpCodes.Ceq);
                }
                else
                    _il.Emit(OpCodes.Not);
                break;
            case "shl" or "shr":
                EmitShift(i.Parts[0] == "shl", type);
                break;
            case "rcp":
                _il.Emit(OpCodes.Call, Own(type == "f32" ? nameof(Reciprocal) : nameof(ReciprocalDouble)));
                break;
            case "sqrt":
                _il.Emit(OpCodes.Call, number!.GetMethod(nameof(float.Sqrt), [number])!);
                break;
            default:
                throw new NotSupportedException($"The instruction {i.Name} is not known here.");
        }

        Pop(i.Operands[0], type);
        if (i.Parts[0] == "mul" && number is not null && !i.Operands.AsSpan()[1..].Contains(i.Operands[0]))
            _products[i.Operands[0]] = (i.Operands[1], i.Operands[2]);
    }

    /// <summary>A sum or difference of which one term is a product of this stretch.</summary>
    private bool Fused(PtxInstruction i, string type, bool difference)
    {
        bool second = _products.ContainsKey(i.Operands[2]);
        (string product, string other) = second ? (i.Operands[2], i.Operands[1]) : (i.Operands[1], i.Operands[2]);
        if (!_products.TryGetValue(product, out (string A, string B) factors))
            return false;
        Push(factors.A, type);
        if (difference && second)
            _il.Emit(OpCodes.Neg);
        Push(factors.B, type);
        Push(other, type);
        if (difference && !second)
            _il.Emit(OpCodes.Neg);
        Type number = type == "f32" ? typeof(float) : typeof(double);
        _il.Emit(OpCodes.Call, number.GetMethod(nameof(float.FusedMultiplyAdd), [number, number, number])!);
        Pop(i.Operands[0], type);
        return true;
    }

    /// <summary>Distances past the width give zeros, or the sign, as PTX has it and .NET does not.</summary>
    private void EmitShift(bool left, string type)
    {
        _il.Emit(OpCodes.Call, Own((left, type) switch
        {
            (true, "b32") => nameof(ShiftLeft),
            (true, "b64") => nameof(ShiftLeftLong),
            (false, "s32") => nameof(ShiftRight),
            (false, "u32") => nameof(ShiftRightUnsigned),
            (false, "u64") => nameof(ShiftRightUnsignedLong),
            _ => throw new NotSupportedException($"a shift of {type}"),
        }));
    }

    private void EmitComparison(string comparison, string type)
    {
        bool floats = type[0] == 'f', unsigned = type[0] == 'u';

        // Ordered comparisons of numbers are false where one is NaN, those with a u are true there; for integers ls, lo, hs and hi are those without a sign.
        bool negate = false;
        switch (comparison)
        {
            case "eq":
                _il.Emit(OpCodes.Ceq);
                break;
            case "ne" when !floats:
            case "neu":
                _il.Emit(OpCodes.Ceq);
                negate = true;
                break;
            case "lt" or "lo":
                _il.Emit(unsigned ? OpCodes.Clt_Un : OpCodes.Clt);
                break;
            case "gt" or "hi":
                _il.Emit(unsigned ? OpCodes.Cgt_Un : OpCodes.Cgt);
                break;
            case "ltu":
                _il.Emit(OpCodes.Clt_Un);
                break;
            case "gtu":
                _il.Emit(OpCodes.Cgt_Un);
                break;
            case "le" or "ls":
                _il.Emit(floats || unsigned ? OpCodes.Cgt_Un : OpCodes.Cgt);
                negate = true;
                break;
            case "ge" or "hs":
                _il.Emit(floats || unsigned ? OpCodes.Clt_Un : OpCodes.Clt);
                negate = true;
                break;
            case "leu":
                _il.Emit(OpCodes.Cgt);
                negate = true;
                break;
            case "geu":
                _il.Emit(OpCodes.Clt);
                negate = true;
                break;
            default:
                throw new NotSupportedException($"the comparison {comparison}");
        }

        if (!negate)
            return;
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ceq);
    }

    private void EmitSelection(PtxInstruction i, string type)
    {
        Label no = _il.DefineLabel(), end = _il.DefineLabel();
        type = Typed(i.Operands[0], type);
        _il.Emit(OpCodes.Ldloc, Register(i.Operands[3]));
        _il.Emit(OpCodes.Brfalse, no);
        Push(i.Operands[1], type);
        Pop(i.Operands[0], type);
        _il.Emit(OpCodes.Br, end);
        _il.MarkLabel(no);
        Push(i.Operands[2], type);
        Pop(i.Operands[0], type);
        _il.MarkLabel(end);
    }

    private void EmitConversion(string to, string from, string[] parts)
    {
        // From a fraction to an integer: towards zero, to the nearest that there is, NaN to zero, as .NET does too.
        if (from[0] == 'f' && to[0] != 'f' && !parts.Contains("rzi"))
            throw new NotSupportedException(string.Join('.', parts));
        switch (to)
        {
            case "f32":
                if (from[0] == 'u')
                    _il.Emit(OpCodes.Conv_R_Un);
                _il.Emit(OpCodes.Conv_R4);
                break;
            case "f64":
                if (from[0] == 'u')
                    _il.Emit(OpCodes.Conv_R_Un);
                _il.Emit(OpCodes.Conv_R8);
                break;
            case "s32" when from[0] == 'f':
                if (from == "f32")
                    _il.Emit(OpCodes.Conv_R8);
                _il.Emit(OpCodes.Call, Own(nameof(ToInteger)));
                break;
            case "s32" or "u32":
                _il.Emit(OpCodes.Conv_I4);
                break;
            case "s64" when from == "s32":
                _il.Emit(OpCodes.Conv_I8);
                break;
            case "u16":
                _il.Emit(OpCodes.Conv_U2);
                break;
            default:
                throw new NotSupportedException(string.Join('.', parts));
        }
    }

    private static MethodInfo Own(string name) => typeof(PtxTranslator).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static float Reciprocal(float x) => 1 / x;

    private static double ReciprocalDouble(double x) => 1 / x;

    private static int ToInteger(double x) => double.IsNaN(x) ? 0 : x >= int.MaxValue ? int.MaxValue : x <= int.MinValue ? int.MinValue : (int)x;

    private static int ShiftLeft(int x, int by) => (uint)by > 31 ? 0 : x << by;

    private static long ShiftLeftLong(long x, int by) => (uint)by > 63 ? 0 : x << by;

    private static int ShiftRight(int x, int by) => x >> ((uint)by > 31 ? 31 : by);

    private static int ShiftRightUnsigned(int x, int by) => (uint)by > 31 ? 0 : (int)((uint)x >> by);

    private static long ShiftRightUnsignedLong(long x, int by) => (uint)by > 63 ? 0 : (long)((ulong)x >> by);
}
