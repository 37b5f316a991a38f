using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;

namespace DeepSpeechNet.Testing.Reference;

/// <summary>The engine's operations in double precision, written element by element from their formulas.</summary>
public static class ReferenceMaths
{
    /// <summary>act(a).</summary>
    public static double Activate(Activation activation, double a) => activation switch
    {
        Activation.None => a,
        Activation.Relu => Math.Max(0, a),
        Activation.ClippedRelu => Math.Min(Math.Max(0, a), 20),
        Activation.Tanh => Math.Tanh(a),
        Activation.Sigmoid => 1 / (1 + Math.Exp(-a)),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    /// <summary>act(x W^T + b) of rows of x; W is [outputs, inputs].</summary>
    public static double[] Linear(double[] x, double[] weight, double[]? bias, int outputs, Activation activation)
    {
        int inputs = weight.Length / outputs, rows = x.Length / inputs;
        double[] y = new double[rows * outputs];
        for (int r = 0; r < rows; r++)
        {
            for (int o = 0; o < outputs; o++)
            {
                double sum = bias?[o] ?? 0;
                for (int i = 0; i < inputs; i++)
                    sum += x[(r * inputs) + i] * weight[(o * inputs) + i];
                y[(r * outputs) + o] = Activate(activation, sum);
            }
        }

        return y;
    }

    /// <summary>Rows of a table [.., features] by index; zeros for negative ones.</summary>
    public static double[] Embedding(double[] table, int features, int[] indices) =>
        [.. indices.SelectMany(i => i < 0 ? new double[features] : table[(i * features)..((i + 1) * features)])];

    /// <summary>-log softmax(row)[target] of each row; 0 where the target is negative.</summary>
    public static double[] CrossEntropy(double[] logits, int classes, int[] targets) => [.. targets.Select((target, r) =>
        target < 0 ? 0 : -LogSoftmax(logits[(r * classes)..((r + 1) * classes)], classes)[target])];

    /// <summary>Cross-entropy over the target and those samples that are not it, each logit less the log of its proposal.</summary>
    public static double[] SampledCrossEntropy(double[] x, double[] weight, double[] bias, int features, float[] logProposal, int[] samples, int[] targets) =>
        [.. targets.Select((target, r) =>
        {
            double Logit(int word) =>
                Enumerable.Range(0, features).Sum(f => x[(r * features) + f] * weight[(word * features) + f]) + bias[word] - logProposal[word];
            return target < 0 ? 0 : Math.Log(samples.Where(s => s != target).Append(target).Sum(s => Math.Exp(Logit(s)))) - Logit(target);
        })];

    /// <summary>-log of the product of the softmaxes along each target's path; the last child of a node has the logit 0.</summary>
    public static double[] TreeCrossEntropy(double[] x, double[] weight, double[] bias, int features, SoftmaxTree tree, int[] targets) =>
        [.. targets.Select((target, r) => target < 0 ? 0 : tree.Path(target).Sum(decision =>
        {
            (int first, int rows) = tree.Node(decision.Node);
            double[] logits = [.. Enumerable.Range(first, rows).Select(row =>
                bias[row] + Enumerable.Range(0, features).Sum(f => x[(r * features) + f] * weight[(row * features) + f])), 0];
            return Math.Log(logits.Sum(Math.Exp)) - logits[decision.Child];
        }))];

    /// <summary>Frames stride t - context to stride t + context side by side, zeros beyond the ends; x is [time, batch, features].</summary>
    public static double[] ContextWindow(double[] x, int time, int batch, int features, int context, int stride)
    {
        int kept = (time + stride - 1) / stride, width = (2 * context) + 1;
        double[] y = new double[kept * batch * width * features];
        for (int t = 0; t < kept; t++)
        {
            for (int b = 0; b < batch; b++)
            {
                for (int c = 0; c < width; c++)
                {
                    int from = (stride * t) + c - context;
                    for (int f = 0; f < features && from >= 0 && from < time; f++)
                        y[(((((t * batch) + b) * width) + c) * features) + f] = x[(((from * batch) + b) * features) + f];
                }
            }
        }

        return y;
    }

    /// <summary>Sequence-wise batch normalisation over the real frames; NaN in padded ones.</summary>
    public static double[] BatchNorm(double[] x, double[] scale, double[] shift, int batch, int[] lengths, double epsilon)
    {
        int features = scale.Length, rows = x.Length / features;
        double[] y = new double[x.Length];
        Array.Fill(y, double.NaN);
        for (int f = 0; f < features; f++)
        {
            List<int> real = [];
            for (int row = 0; row < rows; row++)
            {
                if (row / batch < lengths[row % batch])
                    real.Add((row * features) + f);
            }

            double mean = real.Average(i => x[i]), variance = real.Average(i => (x[i] - mean) * (x[i] - mean));
            foreach (int i in real)
                y[i] = (scale[f] * (x[i] - mean) / Math.Sqrt(variance + epsilon)) + shift[f];
        }

        return y;
    }

    /// <summary>x - log sum exp x of each row.</summary>
    public static double[] LogSoftmax(double[] x, int columns)
    {
        double[] y = new double[x.Length];
        for (int row = 0; row < x.Length; row += columns)
        {
            double peak = x.Skip(row).Take(columns).Max();
            double sum = peak + Math.Log(x.Skip(row).Take(columns).Sum(v => Math.Exp(v - peak)));
            for (int i = row; i < row + columns; i++)
                y[i] = x[i] - sum;
        }

        return y;
    }

    /// <summary>The rows of a and b side by side.</summary>
    public static double[] Concatenate(double[] a, int aColumns, double[] b, int bColumns)
    {
        List<double> y = [];
        for (int row = 0; row < a.Length / aColumns; row++)
            y.AddRange([.. a.Skip(row * aColumns).Take(aColumns), .. b.Skip(row * bColumns).Take(bColumns)]);
        return [.. y];
    }

    /// <summary>a + b.</summary>
    public static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
