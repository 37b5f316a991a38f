using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Neural;

namespace DeepSpeechNet.Language.Tests.Neural;

/// <summary>A language model computed plainly, one text and one number after the other, in double precision.</summary>
internal sealed class ReferenceNetwork
{
    private readonly NeuralLanguageModel _model;
    private readonly Dictionary<string, float[]> _weights = [];
    private readonly NeuralLanguageModelOptions _options;

    public ReferenceNetwork(NeuralLanguageModel model)
    {
        _model = model;
        _options = model.Options;
        foreach (Parameter parameter in model.Parameters.Parameters)
            _weights.Add(parameter.Name[NeuralLanguageModel.Prefix.Length..], ParameterSet.Get(parameter));
    }

    /// <summary>The log probabilities of the symbol after the last, for a text that begins with the end symbol.</summary>
    public double[] After(ReadOnlySpan<int> text)
    {
        int hidden = _options.Hidden;
        double[][] h = [.. Enumerable.Range(0, _options.Layers).Select(_ => new double[hidden])];
        double[][] c = [.. Enumerable.Range(0, _options.Layers).Select(_ => new double[hidden])];
        int[] all = [.. Enumerable.Repeat(_model.EndToken, _options.Context), .. text];
        double[] x = [];
        for (int t = _options.Context; t < all.Length; t++)
        {
            int[] recent = all[(t + 1 - _options.Context)..(t + 1)];
            x = Input(recent);
            for (int layer = 0; layer < _options.Layers; layer++)
            {
                string name = $"layer{layer + 1}";
                double[] gates = layer == 0 && _options.OneHot ? x : Affine(_weights[name + ".input.weight"], x, _weights[name + ".input.bias"]);
                if (_options.Network == LanguageNetwork.FeedForward)
                    h[layer] = Array.ConvertAll(gates, Math.Tanh);
                else
                    Cell(name, gates, h[layer], c[layer]);
                x = h[layer];
            }
        }

        if (_weights.TryGetValue("output.projection.weight", out float[]? projection))
            x = Affine(projection, x, null);
        double[] logits = Affine(_weights[_options.TiedEmbeddings ? "embedding.weight" : "output.weight"], x, _weights["output.bias"]);
        double sum = logits.Sum(Math.Exp);
        return Array.ConvertAll(logits, y => y - Math.Log(sum));
    }

    private double[] Input(int[] recent)
    {
        float[] table = _weights["embedding.weight"];
        int width = table.Length / _model.InputRows;
        double[] Row(int row) => Array.ConvertAll(table[(row * width)..((row + 1) * width)], v => (double)v);
        return _options.OneHot ? Row(recent.Aggregate(0, (row, token) => (row * _model.TokenCount) + token)) : [.. recent.SelectMany(Row)];
    }

    private void Cell(string name, double[] gates, double[] h, double[] c)
    {
        int n = h.Length;
        float[] u = _weights[name + ".recurrent.weight"];
        double[] product = Affine(u, h, null);
        switch (_options.Cell)
        {
            case CellKind.Tanh:
                for (int j = 0; j < n; j++)
                    h[j] = Math.Tanh(gates[j] + product[j]);
                break;
            case CellKind.GruResetAfter:
                float[] bias = _weights[name + ".recurrent.bias"];
                for (int j = 0; j < n; j++)
                {
                    double r = Sigmoid(gates[j] + product[j] + bias[j]), z = Sigmoid(gates[n + j] + product[n + j] + bias[n + j]);
                    double candidate = Math.Tanh(gates[(2 * n) + j] + (r * (product[(2 * n) + j] + bias[(2 * n) + j])));
                    h[j] = ((1 - z) * candidate) + (z * h[j]);
                }

                break;
            case CellKind.Lstm:
                for (int j = 0; j < n; j++)
                {
                    double i = Sigmoid(gates[j] + product[j]), f = Sigmoid(gates[n + j] + product[n + j]), o = Sigmoid(gates[(3 * n) + j] + product[(3 * n) + j]);
                    c[j] = (f * c[j]) + (i * Math.Tanh(gates[(2 * n) + j] + product[(2 * n) + j]));
                    h[j] = o * Math.Tanh(c[j]);
                }

                break;
            default:
                throw new NotSupportedException(_options.Cell.ToString());
        }
    }

    private static double[] Affine(float[] weight, double[] x, float[]? bias)
    {
        double[] y = new double[weight.Length / x.Length];
        for (int i = 0; i < y.Length; i++)
        {
            double sum = bias?[i] ?? 0;
            for (int j = 0; j < x.Length; j++)
                sum += weight[(i * x.Length) + j] * x[j];
            y[i] = sum;
        }

        return y;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
