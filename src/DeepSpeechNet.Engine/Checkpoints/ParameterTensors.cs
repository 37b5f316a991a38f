using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>How weights lie in a model file. They are float32 again in memory.</summary>
public enum WeightFormat
{
    /// <summary>As trained: loading gives back every bit.</summary>
    Float32,

    /// <summary>Half precision: half the size.</summary>
    Float16,

    /// <summary>Matrices in 8 bits with a scale for each row (<see cref="ByteWeights"/>), all else in half precision: a quarter of the size.</summary>
    Int8,

    /// <summary>As <see cref="Int8"/>, and compressed without loss: a twelfth smaller still. Other programs cannot read such weights as they are.</summary>
    Int8Packed,
}

/// <summary>
/// The parameters of a model as tensors of a model file, each under its dotted name; scales of weights in 8 bits under <c>NAME.scale</c> [rows]. Where those are
/// compressed, they lie as bytes under <c>NAME.packed</c> instead of their own name.
/// </summary>
public static class ParameterTensors
{
    private const string ScaleSuffix = ".scale", PackedSuffix = ".packed";

    /// <summary>Adds all parameters; what is not trained (statistics) stays float32.</summary>
    /// <param name="writer">The file.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="format">How weights are stored.</param>
    /// <param name="nameInFile">What a parameter is called in the file; null for its own name.</param>
    public static void Add(TensorFileWriter writer, ParameterSet parameters, WeightFormat format, Func<string, string>? nameInFile = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(parameters);
        foreach (Parameter parameter in parameters.Parameters)
        {
            string name = nameInFile?.Invoke(parameter.Name) ?? parameter.Name;
            long[] shape = new long[parameter.Shape.Rank];
            for (int i = 0; i < shape.Length; i++)
                shape[i] = parameter.Shape[i];
            float[] values = ParameterSet.Get(parameter);
            if (format == WeightFormat.Float32 || !parameter.Trained)
                writer.Add<float>(name, shape, values);
            else if (format is WeightFormat.Int8 or WeightFormat.Int8Packed && shape.Length > 1)
                AddBytes(writer, name, parameter.Shape.Rows, shape, values, format == WeightFormat.Int8Packed);
            else
                writer.Add<Half>(name, shape, Array.ConvertAll(values, v => (Half)v));
        }
    }

    /// <summary>Fills all parameters from a file.</summary>
    /// <param name="tensors">The file.</param>
    /// <param name="parameters">The parameters, already on a device.</param>
    /// <param name="prefix">Every tensor whose name begins so must be a parameter.</param>
    /// <param name="nameInFile">What a parameter is called in the file; null for its own name.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, has another shape or type, or does not belong to the network.</exception>
    public static void Read(TensorFile tensors, ParameterSet parameters, string prefix, Func<string, string>? nameInFile = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(parameters);
        HashSet<string> known = [];
        List<Parameter> bytes = [];
        foreach (Parameter parameter in parameters.Parameters)
        {
            string name = nameInFile?.Invoke(parameter.Name) ?? parameter.Name;
            known.Add(name);
            if (!tensors.TryGet(name, out _) && tensors.TryGet(name + PackedSuffix, out TensorEntry? packed))
            {
                ParameterSet.Set(parameter, Unpack(tensors, packed, name, parameter));
                known.Add(packed.Name);
                known.Add(name + ScaleSuffix);
                bytes.Add(parameter);
                continue;
            }

            if (!tensors.TryGet(name, out TensorEntry? entry))
                throw new ModelFormatException(tensors.Name, $"tensor '{name}'", "is missing, though the network described in the metadata has it");
            if (!SameShape(entry, parameter))
                throw new ModelFormatException(tensors.Name, $"tensor '{name}'", $"has the shape {entry.ShapeText}; the network described in the metadata needs {parameter.Shape}");
            ParameterSet.Set(parameter, Floats(tensors, entry));
            if (entry.Type != StoredElementType.Int8)
                continue;
            known.Add(entry.Name + ScaleSuffix);
            bytes.Add(parameter);
        }

        // Said last, since parameters share buffers.
        foreach (Parameter parameter in bytes)
            parameter.Value.RowsFitBytes = true;

        foreach (TensorEntry entry in tensors.Tensors)
        {
            if (entry.Name.StartsWith(prefix, StringComparison.Ordinal) && !known.Contains(entry.Name))
                throw new ModelFormatException(tensors.Name, $"tensor '{entry.Name}'", "does not belong to the network described in the metadata");
        }
    }

    /// <summary>How many weights of a model a file holds; the scales of those in 8 bits are none.</summary>
    /// <param name="tensors">The file.</param>
    /// <param name="prefix">What the names of the model's tensors begin with.</param>
    public static long Count(TensorFile tensors, string prefix)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return tensors.Tensors
            .Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal) && !IsScale(tensors, t.Name))
            .Sum(t => t.Name.EndsWith(PackedSuffix, StringComparison.Ordinal) && t.Type == StoredElementType.UInt8 ? Math.Max(0, PackedWeights.Count(tensors.Bytes(t.Name))) : t.Count);
    }

    /// <summary>Whether a tensor scales weights in 8 bits; parameters may end in the same word.</summary>
    private static bool IsScale(TensorFile tensors, string name) =>
        name.EndsWith(ScaleSuffix, StringComparison.Ordinal)
        && ((tensors.TryGet(name[..^ScaleSuffix.Length], out TensorEntry? weight) && weight.Type == StoredElementType.Int8)
            || tensors.TryGet(string.Concat(name.AsSpan(0, name.Length - ScaleSuffix.Length), PackedSuffix), out _));

    private static void AddBytes(TensorFileWriter writer, string name, int rows, long[] shape, float[] values, bool pack)
    {
        float[] scales = new float[rows];
        sbyte[] quantised = new sbyte[values.Length];
        ByteWeights.Quantise(values, quantised, scales);
        if (pack)
        {
            byte[] packed = PackedWeights.Pack(MemoryMarshal.AsBytes(quantised.AsSpan()));
            writer.Add<byte>(name + PackedSuffix, [packed.Length], packed);
        }
        else
        {
            writer.Add<sbyte>(name, shape, quantised);
        }

        writer.Add<float>(name + ScaleSuffix, [scales.Length], scales);
    }

    private static bool SameShape(TensorEntry entry, Parameter parameter)
    {
        if (entry.Shape.Length != parameter.Shape.Rank)
            return false;
        for (int i = 0; i < parameter.Shape.Rank; i++)
        {
            if (entry.Shape[i] != parameter.Shape[i])
                return false;
        }

        return true;
    }

    private static float[] Floats(TensorFile tensors, TensorEntry entry) => entry.Type switch
    {
        StoredElementType.Float32 => tensors.Elements<float>(entry.Name).ToArray(),
        StoredElementType.Float16 => Widen(tensors.Elements<Half>(entry.Name)),
        StoredElementType.Int8 => Widen(tensors, entry),
        _ => throw new ModelFormatException(tensors.Name, $"tensor '{entry.Name}'", $"is of type {entry.Type}; weights are F32, F16 or I8"),
    };

    private static float[] Widen(TensorFile tensors, TensorEntry entry)
    {
        string name = entry.Name + ScaleSuffix;
        if (!tensors.TryGet(name, out TensorEntry? scales) || scales.Type != StoredElementType.Float32 || entry.Count / entry.Shape[^1] != scales.Count)
            throw new ModelFormatException(tensors.Name, $"tensor '{name}'", $"is missing or does not have a number for each row of '{entry.Name}' {entry.ShapeText}");
        float[] values = new float[entry.Count];
        ByteWeights.Widen(tensors.Elements<sbyte>(entry.Name), tensors.Elements<float>(name), values);
        return values;
    }

    private static float[] Unpack(TensorFile tensors, TensorEntry packed, string name, Parameter parameter)
    {
        int count = checked((int)parameter.Shape.Count);
        if (packed.Type != StoredElementType.UInt8 || !tensors.TryGet(name + ScaleSuffix, out TensorEntry? scales) || scales.Type != StoredElementType.Float32 || scales.Count != parameter.Shape.Rows)
            throw new ModelFormatException(tensors.Name, $"tensor '{packed.Name}'", $"is not of bytes, or '{name}{ScaleSuffix}' does not have a number for each of its {parameter.Shape.Rows} rows");
        sbyte[] quantised = new sbyte[count];
        if (!PackedWeights.TryUnpack(tensors.Bytes(packed.Name), MemoryMarshal.AsBytes(quantised.AsSpan())))
            throw new ModelFormatException(tensors.Name, $"tensor '{packed.Name}'", $"does not hold the {count} weights that the network described in the metadata needs");
        float[] values = new float[count];
        ByteWeights.Widen(quantised, tensors.Elements<float>(scales.Name), values);
        return values;
    }

    private static float[] Widen(ReadOnlySpan<Half> halves)
    {
        float[] values = new float[halves.Length];
        HalfPrecision.Widen(halves, values);
        return values;
    }
}
