using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    private readonly TreePlan _treePlan = new();

    /// <inheritdoc/>
    public override void TreeCrossEntropy(
        Tensor x, Tensor weight, Tensor? bias, DecisionTree tree, Tensor targets, Tensor losses, TreeGradients? gradients, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(losses);
        int rows = x.Shape.Rows, width = x.Shape.Columns;
        if (weight.Shape != new Shape(tree.Rows, width))
            throw new ArgumentException($"A tree of {tree.Words} words over {x} needs a weight [{tree.Rows}, {width}], not {weight}.", nameof(weight));
        CheckCount(bias, tree.Rows, nameof(bias));
        CheckCount(targets, rows, nameof(targets));
        CheckCount(losses, rows, nameof(losses));
        CheckIndices(targets, tree.Words, nameof(targets));
        TreePlan plan = _treePlan;
        plan.Fill(Integers(targets), rows, Integers(tree.PathOffsets), Integers(tree.Paths), Integers(tree.Nodes));
        float* dx = FloatsOrNull(gradients?.Input);
        if (gradients is not null)
            CheckTreeGradients(gradients, x, width, plan);
        if (dx != null)
            new Span<float>(dx, checked((int)gradients!.Input!.Count)).Clear();
        if (gradients is not null)
            TreeIndices(gradients.Weight.Indices, Integers(tree.Nodes));

        WideNodes(x, weight, bias, tree, gradients, gradientScale);
        BinaryNodes(x, weight, bias, tree, gradients, gradientScale);
        float* loss = Floats(losses);
        for (int r = 0; r < rows; r++)
        {
            double sum = 0;
            for (int i = plan.RowStarts[r]; i < plan.RowStarts[r + 1]; i++)
                sum += plan.Loss[i];
            loss[r] = (float)sum;
        }
    }

    /// <inheritdoc/>
    public override void TreeLogProbabilities(Tensor logits, DecisionTree tree, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(y);
        int rows = logits.Shape.Rows, decisions = tree.Rows, words = tree.Words, nodes = tree.Nodes.Shape.Rows;
        if (logits.Shape.Columns != decisions || y.Shape.Columns != words || y.Shape.Rows != rows)
            throw new ArgumentException($"A tree of {words} words makes {rows} rows of {words} log probabilities from {rows} of {decisions} logits, not {y} from {logits}.", nameof(y));
        Tensor normalisers = Allocate(ElementType.Float32, new Shape(rows, nodes));
        float* z = Floats(logits), sums = Floats(normalisers), to = Floats(y);
        int* node = Integers(tree.Nodes), offset = Integers(tree.PathOffsets), path = Integers(tree.Paths);
        ForRows(rows, words * 32L, (from, end) =>
        {
            for (int r = from; r < end; r++)
            {
                float* own = z + ((nint)r * decisions), norm = sums + ((nint)r * nodes), target = to + ((nint)r * words);
                for (int n = 0; n < nodes; n++)
                    norm[n] = (float)LogSumExpAndZero(own + node[2 * n], node[(2 * n) + 1]);
                for (int w = 0; w < words; w++)
                {
                    double sum = 0;
                    for (int i = offset[w]; i < offset[w + 1]; i++)
                    {
                        int at = path[2 * i], child = path[(2 * i) + 1];
                        sum += (child < node[(2 * at) + 1] ? own[node[2 * at] + child] : 0) - (double)norm[at];
                    }

                    target[w] = (float)sum;
                }
            }
        });
        Release(normalisers);
    }

    /// <summary>log(1 + the sum of exp x).</summary>
    private static double LogSumExpAndZero(float* x, int count)
    {
        double maximum = 0, sum = 0;
        for (int i = 0; i < count; i++)
            maximum = Math.Max(maximum, x[i]);
        for (int i = 0; i < count; i++)
            sum += Math.Exp(x[i] - maximum);
        return maximum + Math.Log(sum + Math.Exp(-maximum));
    }

    private static void CheckTreeGradients(TreeGradients gradients, Tensor x, int width, TreePlan plan)
    {
        CheckCount(gradients.Input, x.Count, nameof(gradients));
        long room = gradients.Weight.Indices.Count;
        if (room < plan.WeightRows || gradients.Weight.Rows.Shape != new Shape((int)room, width) || (gradients.Bias is { } bias && bias.Count != room))
            throw new ArgumentException($"{plan.WeightRows} rows of a gradient do not go into {gradients.Weight.Rows} with {gradients.Weight.Indices}.", nameof(gradients));
    }

    private void TreeIndices(Tensor indices, int* nodes)
    {
        int* index = Integers(indices);
        int at = 0;
        for (int g = 0; g < _treePlan.Groups; g++)
        {
            int node = _treePlan.Node[_treePlan.Sorted(_treePlan.GroupStarts[g])];
            for (int j = 0; j < nodes[(2 * node) + 1]; j++)
                index[at++] = nodes[2 * node] + j;
        }

        new Span<int>(index + at, checked((int)indices.Count) - at).Fill(-1);
    }

    /// <summary>Nodes of more than two children, one after the other, each by matrix products over the batch rows that pass it.</summary>
    private void WideNodes(Tensor x, Tensor weight, Tensor? bias, DecisionTree tree, TreeGradients? gradients, float scale)
    {
        TreePlan plan = _treePlan;
        int* nodes = Integers(tree.Nodes);
        int most = 0;
        for (int g = 0; g < plan.Groups; g++)
        {
            int children = nodes[(2 * plan.Node[plan.Sorted(plan.GroupStarts[g])]) + 1];
            most = children > 1 ? Math.Max(most, children) : most;
        }

        if (most == 0)
            return;
        int rows = x.Shape.Rows, width = x.Shape.Columns;
        Tensor gathered = Allocate(ElementType.Float32, new Shape(rows, width)), logits = Allocate(ElementType.Float32, new Shape(rows, tree.MostRows));
        float* h = Floats(gathered), z = Floats(logits), from = Floats(x), b = FloatsOrNull(bias), w = Floats(weight);
        _product ??= new MatrixProduct(_team);
        for (int g = 0; g < plan.Groups; g++)
        {
            int start = plan.GroupStarts[g], n = plan.GroupStarts[g + 1] - start, node = plan.Node[plan.Sorted(start)];
            int first = nodes[2 * node], children = nodes[(2 * node) + 1];
            if (children == 1)
                continue;
            ForRows(n, width, (row, end) =>
            {
                for (int i = row; i < end; i++)
                    new ReadOnlySpan<float>(from + ((nint)plan.Row[plan.Sorted(start + i)] * width), width).CopyTo(new Span<float>(h + ((nint)i * width), width));
            });
            MatrixOperand input = new((nint)h, width, false), own = new((nint)(w + ((nint)first * width)), width, true);
            _product.Multiply(n, children, width, input, own, null, z, false, b == null ? null : b + first, Activation.None);
            ForRows(n, children * 8L, (row, end) =>
            {
                for (int i = row; i < end; i++)
                {
                    int at = plan.Sorted(start + i);
                    float* own = z + ((nint)i * children);
                    plan.Loss[at] = CrossEntropy.Row(own, children, 0, plan.Child[at], gradients is null ? null : own, scale, out _);
                }
            });
            if (gradients is not null)
                WideNodeGradients(gradients, g, n, children, width, h, z, w + ((nint)first * width));
        }

        Release(gathered);
        Release(logits);
    }

    private void WideNodeGradients(TreeGradients gradients, int group, int n, int children, int width, float* h, float* dz, float* w)
    {
        TreePlan plan = _treePlan;
        int start = plan.GroupStarts[group], at = plan.GroupRows[group];
        MatrixOperand decisions = new((nint)dz, children, true), input = new((nint)h, width, false), weight = new((nint)w, width, false);
        _product!.Multiply(children, width, n, decisions, input, null, Floats(gradients.Weight.Rows) + ((nint)at * width), false, null, Activation.None);
        if (gradients.Bias is not null)
        {
            float* db = Floats(gradients.Bias) + at;
            for (int j = 0; j < children; j++)
            {
                float sum = 0;
                for (int i = 0; i < n; i++)
                    sum += dz[((nint)i * children) + j];
                db[j] = sum;
            }
        }

        if (gradients.Input is null)
            return;

        // The gathered rows are done with: their gradient takes their place.
        _product.Multiply(n, width, children, decisions with { Transposed = false }, weight, null, h, false, null, Activation.None);
        float* dx = Floats(gradients.Input);
        ForRows(n, width, (row, end) =>
        {
            for (int i = row; i < end; i++)
            {
                float* to = dx + ((nint)plan.Row[plan.Sorted(start + i)] * width);
                Maps.Apply(default(Functions.Add), to, h + ((nint)i * width), to, width);
            }
        });
    }

    /// <summary>Nodes of two children: one logistic decision for each batch row that passes.</summary>
    private void BinaryNodes(Tensor x, Tensor weight, Tensor? bias, DecisionTree tree, TreeGradients? gradients, float scale)
    {
        TreePlan plan = _treePlan;
        int* nodes = Integers(tree.Nodes);
        int width = x.Shape.Columns;
        float* h = Floats(x), w = Floats(weight), b = FloatsOrNull(bias);
        ForRows(plan.Count, width, (from, end) =>
        {
            for (int i = from; i < end; i++)
            {
                int at = plan.Sorted(i), node = plan.Node[at], row = nodes[2 * node];
                if (nodes[(2 * node) + 1] != 1)
                    continue;
                double logit = ReductionKernels.Dot(h + ((nint)plan.Row[at] * width), w + ((nint)row * width), width) + (b == null ? 0 : b[row]);
                double wanted = plan.Child[at] == 0 ? logit : -logit, small = Math.Exp(-Math.Abs(wanted));
                plan.Loss[at] = (float)(Math.Max(0, -wanted) + Math.Log(1 + small));

                // d loss / d logit = sigmoid(logit) - [first child], which is -sigmoid(-wanted) with the sign of the decision.
                double wrong = (wanted >= 0 ? small : 1) / (1 + small);
                plan.Gradient[at] = (float)(scale * (plan.Child[at] == 0 ? -wrong : wrong));
            }
        });
        if (gradients is null)
            return;

        float* dw = Floats(gradients.Weight.Rows), db = FloatsOrNull(gradients.Bias), dx = FloatsOrNull(gradients.Input);
        ForRows(plan.Groups, 4L * width, (from, end) =>
        {
            for (int g = from; g < end; g++)
            {
                int start = plan.GroupStarts[g];
                if (nodes[(2 * plan.Node[plan.Sorted(start)]) + 1] != 1)
                    continue;
                float* to = dw + ((nint)plan.GroupRows[g] * width);
                float sum = 0;
                for (int i = start; i < plan.GroupStarts[g + 1]; i++)
                {
                    int at = plan.Sorted(i);
                    float* row = h + ((nint)plan.Row[at] * width);
                    if (i == start)
                        Maps.Apply(new Functions.Scale(plan.Gradient[at]), row, to, width);
                    else
                        Maps.Apply(new Functions.ScaleAdd(plan.Gradient[at]), row, to, to, width);
                    sum += plan.Gradient[at];
                }

                if (db != null)
                    db[plan.GroupRows[g]] = sum;
            }
        });
        if (dx == null)
            return;
        ForRows(x.Shape.Rows, (long)width * tree.LongestPath, (from, end) =>
        {
            for (int r = from; r < end; r++)
            {
                float* to = dx + ((nint)r * width);
                for (int i = plan.RowStarts[r]; i < plan.RowStarts[r + 1]; i++)
                {
                    int node = plan.Node[i];
                    if (nodes[(2 * node) + 1] == 1)
                        Maps.Apply(new Functions.ScaleAdd(plan.Gradient[i]), w + ((nint)nodes[2 * node] * width), to, to, width);
                }
            }
        });
    }
}
