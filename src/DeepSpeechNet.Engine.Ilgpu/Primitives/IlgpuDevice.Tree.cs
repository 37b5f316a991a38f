using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Ilgpu;

public sealed partial class IlgpuDevice
{
    /// <inheritdoc/>
    public override void TreeCrossEntropy(
        Tensor x, Tensor weight, Tensor? bias, DecisionTree tree, Tensor targets, Tensor losses, TreeGradients? gradients, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(tree);
        int rows = Checked(x).Shape.Rows, width = x.Shape.Columns;
        if (Checked(weight).Shape != new Shape(tree.Rows, width))
            throw new ArgumentException($"A tree of {tree.Words} words over {x} needs a weight [{tree.Rows}, {width}], not {weight}.", nameof(weight));
        CheckCount(bias, tree.Rows, nameof(bias));
        CheckCount(Checked(targets), rows, nameof(targets));
        CheckCount(Checked(losses), rows, nameof(losses));
        long slots = (long)rows * Math.Max(1, tree.MostRows);
        TreeArguments a = new()
        {
            X = Floats(x),
            Weight = Floats(weight),
            Bias = FloatsOrNone(bias),
            Nodes = Integers(tree.Nodes),
            PathOffsets = Integers(tree.PathOffsets),
            Paths = Integers(tree.Paths),
            Targets = Integers(targets),
            Losses = Floats(losses),
            Seen = Scratch<int>(slots, out MachineBuffer seen),
            Logits = Scratch<float>(slots, out MachineBuffer logits),
            Places = NoIntegers,
            InputGradient = NoFloats,
            GradientIndices = NoIntegers,
            WeightGradient = NoFloats,
            BiasGradient = NoFloats,
            Rows = rows,
            Width = width,
            Words = tree.Words,
            Decisions = tree.Rows,
            MostRows = Math.Max(1, tree.MostRows),
            HasBias = Flag(bias is not null),
            Scale = gradientScale,
        };
        EachRow(TreeKernels.See, rows, width, a);
        Each(TreeKernels.Decide, rows, a);
        if (gradients is not null)
            GradientsOf(a, tree, gradients, x);
        Return(seen);
        Return(logits);
    }

    /// <inheritdoc/>
    public override void TreeLogProbabilities(Tensor logits, DecisionTree tree, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(tree);
        int rows = Checked(logits).Shape.Rows, nodes = tree.Nodes.Shape.Rows;
        if (logits.Shape.Columns != tree.Rows || Checked(y).Shape.Columns != tree.Words || y.Shape.Rows != rows)
            throw new ArgumentException($"A tree of {tree.Words} words makes {rows} rows of {tree.Words} log probabilities from {rows} of {tree.Rows} logits, not {y} from {logits}.", nameof(y));
        TreeWordArguments a = new()
        {
            Logits = Floats(logits),
            Nodes = Integers(tree.Nodes),
            PathOffsets = Integers(tree.PathOffsets),
            Paths = Integers(tree.Paths),
            Normalisers = Scratch<double>((long)rows * nodes, out MachineBuffer normalisers),
            Y = Floats(y),
            Rows = rows,
            Decisions = tree.Rows,
            NodeCount = nodes,
            Words = tree.Words,
        };
        Each(TreeKernels.NodeSums, (long)rows * nodes, a);
        Each(TreeKernels.LogProbabilities, y.Count, a);
        Return(normalisers);
    }

    private void GradientsOf(TreeArguments a, DecisionTree tree, TreeGradients gradients, Tensor x)
    {
        int room = checked((int)gradients.Weight.Indices.Count);
        if (room < TreeGradients.Capacity(tree, a.Rows) || gradients.Weight.Rows.Shape != new Shape(room, a.Width) || (gradients.Bias is { } bias && bias.Count != room))
            throw new ArgumentException($"{TreeGradients.Capacity(tree, a.Rows)} rows of a gradient do not go into {gradients.Weight.Rows} with {gradients.Weight.Indices}.", nameof(gradients));
        if (gradients.Input is { } input)
        {
            CheckCount(input, x.Count, nameof(gradients));
            a.InputGradient = Floats(input);
            Each(TreeKernels.InputGradient, x.Count, a);
        }

        a.Places = Scratch<int>(tree.Rows, out MachineBuffer places);
        a.GradientIndices = Integers(gradients.Weight.Indices);
        a.WeightGradient = Floats(gradients.Weight.Rows);
        a.BiasGradient = FloatsOrNone(gradients.Bias);
        a.HasBiasGradient = Flag(gradients.Bias is not null);
        a.Capacity = room;
        FillIntegers(a.Places, tree.Rows, 0);
        FillIntegers(a.GradientIndices, room, -1);
        Each(TreeKernels.Mark, (long)a.Rows * a.MostRows, a);
        EachRow(TreeKernels.Number, 1, tree.Rows, a);
        Each(TreeKernels.WeightGradient, (long)room * (a.Width + 1), a);
        Return(places);
    }
}
