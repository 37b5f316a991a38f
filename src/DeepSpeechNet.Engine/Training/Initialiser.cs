using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Training;

/// <summary>How a parameter starts.</summary>
/// <param name="Kind">The distribution.</param>
/// <param name="Size">Its parameter: the constant, or the limit of the uniform distribution.</param>
public readonly record struct Initialiser(InitialiserKind Kind, float Size = 0)
{
    /// <summary>All zeros.</summary>
    public static Initialiser Zeros => new(InitialiserKind.Constant);

    /// <summary>All ones.</summary>
    public static Initialiser Ones => new(InitialiserKind.Constant, 1);

    /// <summary>Uniform in +-sqrt(6 / fan-in): keeps the variance through rectifiers (He et al. 2015, equation 10, as a uniform distribution).</summary>
    public static Initialiser He => new(InitialiserKind.He);

    /// <summary>Uniform in +-sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio 2010, equation 16).</summary>
    public static Initialiser Glorot => new(InitialiserKind.Glorot);

    /// <summary>Uniform in +-<paramref name="limit"/>.</summary>
    public static Initialiser Uniform(float limit) => new(InitialiserKind.Uniform, limit);

    /// <summary>A multiple of the identity in each square block of rows: keeps a rectified recurrence stable (Le, Jaitly and Hinton 2015).</summary>
    public static Initialiser Identity(float scale) => new(InitialiserKind.Identity, scale);

    /// <summary>Running statistics [2, F]: means of 0 and variances of 1.</summary>
    public static Initialiser Statistics => new(InitialiserKind.Statistics);

    /// <summary>Writes the start of a parameter, the same for the same seed on every machine.</summary>
    /// <param name="values">The parameter, row-major.</param>
    /// <param name="shape">Its shape; the last extent is the fan-in, the rows the fan-out.</param>
    /// <param name="seed">Chooses the draw.</param>
    public void Fill(Span<float> values, Shape shape, ulong seed)
    {
        if (Kind == InitialiserKind.Constant)
        {
            values.Fill(Size);
            return;
        }

        if (Kind == InitialiserKind.Statistics)
        {
            values[..shape.Columns].Clear();
            values[shape.Columns..].Fill(1);
            return;
        }

        if (Kind == InitialiserKind.Identity)
        {
            values.Clear();
            for (int row = 0; row < shape.Rows; row++)
                values[(row * shape.Columns) + (row % shape.Columns)] = Size;
            return;
        }

        double limit = Kind switch
        {
            InitialiserKind.He => Math.Sqrt(6.0 / shape.Columns),
            InitialiserKind.Glorot => Math.Sqrt(6.0 / (shape.Columns + shape.Rows)),
            _ => Size,
        };
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(((2.0 * CounterRandom.Uniform(seed, (ulong)i)) - 1) * limit);
    }
}

/// <summary>The distributions of <see cref="Initialiser"/>.</summary>
public enum InitialiserKind
{
    /// <summary>One number everywhere.</summary>
    Constant,

    /// <summary>Uniform within a given limit.</summary>
    Uniform,

    /// <summary>Uniform within the limit of He et al. 2015.</summary>
    He,

    /// <summary>Uniform within the limit of Glorot and Bengio 2010.</summary>
    Glorot,

    /// <summary>A multiple of the identity.</summary>
    Identity,

    /// <summary>A row of zeros (means) and a row of ones (variances).</summary>
    Statistics,
}
