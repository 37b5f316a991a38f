using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;

namespace DeepSpeechNet.Speech;

/// <summary>
/// The shape of the acoustic network. The defaults are Deep Speech as published (Hannun et al. 2014, section 2) with H = 512: a context window,
/// three clipped-ReLU layers, a bidirectional clipped-ReLU recurrence whose directions are summed, one more clipped-ReLU layer, and the output layer.
/// </summary>
public sealed record AcousticModelOptions
{
    /// <summary>C: frames of context on each side of a frame.</summary>
    public int Context { get; init; } = 9;

    /// <summary>Every how-many-th frame the network looks at; the context window of each still sees its neighbours.</summary>
    public int Stride { get; init; } = 2;

    /// <summary>H of the fully connected layers.</summary>
    public int Hidden { get; init; } = 512;

    /// <summary>How many fully connected layers come before the recurrence.</summary>
    public int DenseLayers { get; init; } = 3;

    /// <summary>How many recurrent layers there are.</summary>
    public int RecurrentLayers { get; init; } = 1;

    /// <summary>H of a recurrent direction; 0 means <see cref="Hidden"/>.</summary>
    public int RecurrentHidden { get; init; }

    /// <summary>How many of the last recurrent layers add their input to their output (He et al. 2016, "Deep Residual Learning"), which lets more of them be trained.</summary>
    public int ResidualLayers { get; init; }

    /// <summary>The cell of the recurrent layers.</summary>
    public CellKind Cell { get; init; } = CellKind.ClippedRelu;

    /// <summary>Directions of the recurrent layers, and how they are joined.</summary>
    public DirectionMode Direction { get; init; } = DirectionMode.Sum;

    /// <summary>Whether the recurrences' inputs are batch-normalised (Amodei et al. 2016).</summary>
    public bool BatchNorm { get; init; }

    /// <summary>
    /// How many phones the network also learns to write, from the last recurrent layer through a fully connected layer of their own (Krishna et al. 2018,
    /// "Hierarchical multitask learning for CTC-based speech recognition"); 0 for letters alone.
    /// </summary>
    public int Phones { get; init; }

    /// <summary>The dropout rate of the fully connected layers in training (5 to 10% in the paper).</summary>
    public float Dropout { get; init; } = 0.1f;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        Check(nameof(Context), Context, 0, 100);
        Check(nameof(Stride), Stride, 1, 20);
        Check(nameof(Hidden), Hidden, 1, 16_384);
        Check(nameof(DenseLayers), DenseLayers, 0, 20);
        Check(nameof(RecurrentLayers), RecurrentLayers, 0, 20);
        Check(nameof(RecurrentHidden), RecurrentHidden, 0, 16_384);
        Check(nameof(ResidualLayers), ResidualLayers, 0, RecurrentLayers);
        Check(nameof(Phones), Phones, 0, 1000);
        int units = RecurrentHidden == 0 ? Hidden : RecurrentHidden, output = Direction == DirectionMode.Concatenate ? 2 * units : units;
        if (ResidualLayers > 0 && ResidualLayers == RecurrentLayers && (DenseLayers == 0 || output != Hidden))
            throw new ArgumentException($"{nameof(ResidualLayers)} is {ResidualLayers}, but the first recurrent layer's input is not as wide as its output; it may be {RecurrentLayers - 1} at most.");
        if (!Enum.IsDefined(Cell))
            throw new ArgumentException($"{nameof(Cell)} is {Cell}; it must be one of {string.Join(", ", Enum.GetNames<CellKind>())}.");
        if (!Enum.IsDefined(Direction))
            throw new ArgumentException($"{nameof(Direction)} is {Direction}; it must be one of {string.Join(", ", Enum.GetNames<DirectionMode>())}.");
        if (!(Dropout is >= 0 and < 1))
            throw new ArgumentException($"{nameof(Dropout)} is {Dropout}; it must be at least 0 and less than 1.");
    }

    private static void Check(string name, int value, int low, int high)
    {
        if (value < low || value > high)
            throw new ArgumentException($"{name} is {value}; it must be {low} to {high}.");
    }
}
