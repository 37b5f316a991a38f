using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage.Ptx;

/// <summary>The structure of a kernel's arguments as it lies on a card: fields in their order, each at a multiple of its size; a view is its address and its length, 64 bits each.</summary>
internal static class PtxParameters
{
    /// <summary>The bytes.</summary>
    public static byte[] Of<T>(T arguments)
        where T : struct
    {
        List<byte> bytes = [];
        Add(arguments, bytes);
        return [.. bytes];
    }

    /// <summary>Adds a value, returns what its start has to be a multiple of.</summary>
    private static int Add(object value, List<byte> bytes)
    {
        switch (value)
        {
            case int number:
                return Add(BitConverter.GetBytes(number), bytes);
            case float number:
                return Add(BitConverter.GetBytes(number), bytes);
            case double number:
                return Add(BitConverter.GetBytes(number), bytes);
            case long number:
                return Add(BitConverter.GetBytes(number), bytes);
            case uint number:
                return Add(BitConverter.GetBytes(number), bytes);
            case ulong number:
                return Add(BitConverter.GetBytes(number), bytes);
        }

        Type type = value.GetType();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ArrayView<>))
        {
            (long address, long length) = ((long, long))typeof(PtxParameters).GetMethod(nameof(View), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type.GetGenericArguments()).Invoke(null, [value])!;
            Add(BitConverter.GetBytes(address), bytes);
            return Add(BitConverter.GetBytes(length), bytes);
        }

        if (!type.IsValueType || type.IsPrimitive)
            throw new NotSupportedException($"An argument of the type {type}.");
        List<byte> inside = [];
        int alignment = 1;
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            alignment = Math.Max(alignment, Add(field.GetValue(value)!, inside));
        Pad(inside, alignment);
        Pad(bytes, alignment);
        bytes.AddRange(inside);
        return alignment;
    }

    private static int Add(byte[] value, List<byte> bytes)
    {
        Pad(bytes, value.Length);
        bytes.AddRange(value);
        return value.Length;
    }

    private static void Pad(List<byte> bytes, int alignment)
    {
        while (bytes.Count % alignment != 0)
            bytes.Add(0);
    }

    private static (long Address, long Length) View<T>(ArrayView<T> view)
        where T : unmanaged => (view.Length == 0 ? 0 : view.LoadEffectiveAddressAsPtr(), view.Length);
}
