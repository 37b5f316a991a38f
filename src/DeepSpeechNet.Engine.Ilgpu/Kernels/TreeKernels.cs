using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What the kernels of a tree of softmaxes take; see <see cref="Devices.DecisionTree"/>.</summary>
internal struct TreeArguments
{
    /// <summary>[R, H].</summary>
    public ArrayView<float> X;
    public ArrayView<float> Weight;
    public ArrayView<float> Bias;
    public ArrayView<int> Nodes;
    public ArrayView<int> PathOffsets;
    public ArrayView<int> Paths;
    public ArrayView<int> Targets;
    public ArrayView<float> Losses;

    /// <summary>[R, MostRows]: the weight rows that a row of the batch sees, -1 behind them.</summary>
    public ArrayView<int> Seen;

    /// <summary>[R, MostRows]: their logits, and then the gradients of these.</summary>
    public ArrayView<float> Logits;

    /// <summary>[rows of the weight]: whether the batch sees it, and then its place among those that are seen, or -1.</summary>
    public ArrayView<int> Places;
    public ArrayView<float> InputGradient;
    public ArrayView<int> GradientIndices;
    public ArrayView<float> WeightGradient;
    public ArrayView<float> BiasGradient;
    public int Rows;
    public int Width;
    public int Words;
    public int Decisions;
    public int MostRows;
    public int Capacity;
    public int HasBias;
    public int HasInputGradient;
    public int HasBiasGradient;
    public float Scale;
}

/// <summary>What <see cref="TreeKernels.LogProbabilities"/> and <see cref="TreeKernels.NodeSums"/> take.</summary>
internal struct TreeWordArguments
{
    public ArrayView<float> Logits;
    public ArrayView<int> Nodes;
    public ArrayView<int> PathOffsets;
    public ArrayView<int> Paths;

    /// <summary>[R, nodes].</summary>
    public ArrayView<double> Normalisers;
    public ArrayView<float> Y;
    public int Rows;
    public int Decisions;
    public int NodeCount;
    public int Words;
}

/// <summary>The cross-entropy in a tree of softmaxes.</summary>
internal static class TreeKernels
{
    /// <summary>The rows of the weight that each row of the batch sees, and their logits; one group a row.</summary>
    [MeetsAtBarriers]
    public static void See(TreeArguments a)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(GroupSums.MostLanes);
        int row = Grid.IdxX, target = a.Targets[row], start = row * a.MostRows, at = 0;
        if (target >= 0 && target < a.Words)
        {
            for (int p = a.PathOffsets[target]; p < a.PathOffsets[target + 1]; p++)
            {
                int node = a.Paths[2 * p], first = a.Nodes[2 * node], children = a.Nodes[(2 * node) + 1];
                for (int j = 0; j < children; j++)
                {
                    int weight = (first + j) * a.Width;
                    double sum = 0;
                    for (int i = Group.IdxX; i < a.Width; i += Group.DimX)
                        sum += (double)a.X[(row * a.Width) + i] * a.Weight[weight + i];
                    sum = GroupSums.Sum(shared, sum);
                    if (Group.IdxX == 0)
                    {
                        a.Seen[start + at] = first + j;
                        a.Logits[start + at] = (float)(a.HasBias != 0 ? sum + a.Bias[first + j] : sum);
                    }

                    at++;
                }
            }
        }

        for (int i = at + Group.IdxX; i < a.MostRows; i += Group.DimX)
        {
            a.Seen[start + i] = -1;
            a.Logits[start + i] = 0;
        }
    }

    /// <summary>The loss of each row, and the gradients of its logits in their place; one lane a row.</summary>
    public static void Decide(TreeArguments a)
    {
        int row = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (row >= a.Rows)
            return;
        int target = a.Targets[row], at = row * a.MostRows;
        double loss = target >= a.Words ? double.NaN : 0;
        if (target >= 0 && target < a.Words)
        {
            for (int p = a.PathOffsets[target]; p < a.PathOffsets[target + 1]; p++)
            {
                int children = a.Nodes[(2 * a.Paths[2 * p]) + 1], child = a.Paths[(2 * p) + 1];
                double maximum = 0, sum = 0;
                for (int j = 0; j < children; j++)
                    maximum = a.Logits[at + j] > maximum ? a.Logits[at + j] : maximum;
                for (int j = 0; j < children; j++)
                    sum += KernelMath.Exp(a.Logits[at + j] - maximum);
                sum += KernelMath.Exp(-maximum);
                loss += maximum + KernelMath.Log(sum) - (child < children ? a.Logits[at + child] : 0);
                for (int j = 0; j < children; j++)
                    a.Logits[at + j] = (float)(a.Scale * ((KernelMath.Exp(a.Logits[at + j] - maximum) / sum) - (j == child ? 1.0 : 0.0)));
                at += children;
            }
        }

        a.Losses[row] = (float)loss;
    }

    /// <summary>dx = the sum over the weight rows seen of their gradient times the row; one lane an element.</summary>
    public static void InputGradient(TreeArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Rows * a.Width)
            return;
        int row = i / a.Width, column = i - (row * a.Width);
        float sum = 0;
        for (int m = row * a.MostRows; m < (row + 1) * a.MostRows && a.Seen[m] >= 0; m++)
            sum += a.Logits[m] * a.Weight[(a.Seen[m] * a.Width) + column];
        a.InputGradient[i] = sum;
    }

    /// <summary>Marks the weight rows that the batch sees: every lane writes the same number.</summary>
    public static void Mark(TreeArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i < a.Rows * a.MostRows && a.Seen[i] >= 0)
            a.Places[a.Seen[i]] = 1;
    }

    /// <summary>Numbers the marked rows from 0 on in their order; one group counts a stretch of rows a lane, then the stretches before it.</summary>
    [MeetsAtBarriers]
    public static void Number(TreeArguments a)
    {
        ArrayView<int> counts = SharedMemory.Allocate<int>(GroupSums.MostLanes);
        int lane = Group.IdxX, stretch = (a.Decisions + Group.DimX - 1) / Group.DimX, from = lane * stretch;
        int end = from + stretch < a.Decisions ? from + stretch : a.Decisions, count = 0;
        for (int i = from; i < end; i++)
            count += a.Places[i] > 0 ? 1 : 0;
        counts[lane] = count;
        Group.Barrier();
        int place = 0;
        for (int i = 0; i < lane; i++)
            place += counts[i];
        for (int i = from; i < end; i++)
        {
            bool seen = a.Places[i] > 0;
            a.Places[i] = seen && place < a.Capacity ? place : -1;
            if (seen && place < a.Capacity)
                a.GradientIndices[place] = i;
            place += seen ? 1 : 0;
        }
    }

    /// <summary>
    /// The gradient of each weight row that is seen: the sum over the batch, in order, of the gradient of its logit times the row; one lane an element, and
    /// one more for the bias.
    /// </summary>
    public static void WeightGradient(TreeArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Capacity * (a.Width + 1))
            return;
        int place = i / (a.Width + 1), column = i - (place * (a.Width + 1)), weight = a.GradientIndices[place];
        if (weight < 0)
            return;
        float sum = 0;
        for (int row = 0; row < a.Rows; row++)
        {
            for (int m = row * a.MostRows; m < (row + 1) * a.MostRows && a.Seen[m] >= 0; m++)
            {
                if (a.Seen[m] == weight)
                    sum += column < a.Width ? a.Logits[m] * a.X[(row * a.Width) + column] : a.Logits[m];
            }
        }

        if (column < a.Width)
            a.WeightGradient[(place * a.Width) + column] = sum;
        else if (a.HasBiasGradient != 0)
            a.BiasGradient[place] = sum;
    }

    /// <summary>log(1 + sum exp) of each node's logits; one lane a row and node.</summary>
    public static void NodeSums(TreeWordArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Rows * a.NodeCount)
            return;
        int row = i / a.NodeCount, node = i - (row * a.NodeCount), start = (row * a.Decisions) + a.Nodes[2 * node], children = a.Nodes[(2 * node) + 1];
        double maximum = 0, sum = 0;
        for (int j = 0; j < children; j++)
            maximum = a.Logits[start + j] > maximum ? a.Logits[start + j] : maximum;
        for (int j = 0; j < children; j++)
            sum += KernelMath.Exp(a.Logits[start + j] - maximum);
        a.Normalisers[i] = maximum + KernelMath.Log(sum + KernelMath.Exp(-maximum));
    }

    /// <summary>The log probability of every word; one lane a row and word.</summary>
    public static void LogProbabilities(TreeWordArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Rows * a.Words)
            return;
        int row = i / a.Words, word = i - (row * a.Words);
        double sum = 0;
        for (int p = a.PathOffsets[word]; p < a.PathOffsets[word + 1]; p++)
        {
            int node = a.Paths[2 * p], child = a.Paths[(2 * p) + 1];
            if (child < a.Nodes[(2 * node) + 1])
                sum += a.Logits[(row * a.Decisions) + a.Nodes[2 * node] + child];
            sum -= a.Normalisers[(row * a.NodeCount) + node];
        }

        a.Y[i] = (float)sum;
    }
}
