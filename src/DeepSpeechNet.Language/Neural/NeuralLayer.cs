using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// The parameters of one layer of a language model: <c>NAME.input.weight</c> [G*H, in] and <c>NAME.input.bias</c> [G*H] (none where symbols go straight into the
/// gates), and of recurrent layers <c>NAME.recurrent.weight</c> [G*H, H], <c>NAME.recurrent.bias</c> (GRU with the reset after the product) and
/// <c>NAME.recurrent.peephole</c>.
/// </summary>
internal sealed class NeuralLayer
{
    /// <summary>Adds a layer's parameters to a set.</summary>
    /// <param name="parameters">Where to.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="options">The network's shape.</param>
    /// <param name="inputs">Features in; 0 where what enters are gates.</param>
    public NeuralLayer(ParameterSet parameters, string name, NeuralLanguageModelOptions options, int inputs)
    {
        int hidden = options.Hidden, gates = options.Gates * hidden;
        if (inputs > 0)
        {
            InputWeight = parameters.Add($"{name}.input.weight", new Shape(gates, inputs), Initialiser.Glorot);
            InputBias = parameters.Add($"{name}.input.bias", new Shape(gates), Initialiser.Zeros);
        }

        if (options.Network == LanguageNetwork.FeedForward)
            return;
        Initialiser across = options.Cell == CellKind.ClippedRelu ? Initialiser.Identity(0.4f) : Initialiser.Uniform(1 / MathF.Sqrt(hidden));
        Weight = parameters.Add($"{name}.recurrent.weight", new Shape(gates, hidden), across);
        if (options.Cell == CellKind.GruResetAfter)
            Bias = parameters.Add($"{name}.recurrent.bias", new Shape(gates), Initialiser.Zeros);
        if (options.Cell is CellKind.LstmPeephole)
            Peephole = parameters.Add($"{name}.recurrent.peephole", new Shape(3, hidden), Initialiser.Zeros);
        else if (options.Cell is CellKind.LstmFullPeephole)
            Peephole = parameters.Add($"{name}.recurrent.peephole", new Shape(3 * hidden, hidden), across);
    }

    /// <summary>[G*H, in].</summary>
    public Parameter? InputWeight { get; }

    /// <summary>[G*H].</summary>
    public Parameter? InputBias { get; }

    /// <summary>[G*H, H]; of recurrent layers.</summary>
    public Parameter? Weight { get; }

    /// <summary>[G*H].</summary>
    public Parameter? Bias { get; }

    /// <summary>[3, H] or [3*H, H].</summary>
    public Parameter? Peephole { get; }
}
