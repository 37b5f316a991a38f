namespace DeepSpeechNet.Testing.Reference;

/// <summary>
/// The network of Hannun et al. 2014, section 2, its loss, back-propagation and optimisers, written by hand in double precision, one utterance and one frame
/// at a time, with nothing of the engine in it. Input windows of C frames on each side; h1 to h3: g(W h + b); h4: f_t = g(W_f h3_t + b_f + U_f f_{t-1}),
/// b_t = g(W_b h3_t + b_b + U_b b_{t+1}), h4 = f + b; h5 = g(W h4 + b); logits = W h5 + b; g(a) = min(max(0, a), 20).
/// </summary>
public sealed class ReferenceDeepSpeech
{
    private readonly int _context;
    private readonly int _stride;
    private readonly Dictionary<string, double[]> _first = [];
    private readonly Dictionary<string, double[]> _second = [];
    private int _steps;

    /// <summary>A network with the given numbers, by the engine's names.</summary>
    public ReferenceDeepSpeech(IReadOnlyDictionary<string, double[]> parameters, int context, int stride)
    {
        _context = context;
        _stride = stride;
        Parameters = parameters.ToDictionary(p => p.Key, p => (double[])p.Value.Clone());
        Gradients = parameters.ToDictionary(p => p.Key, p => new double[p.Value.Length]);
        foreach ((string name, double[] values) in Parameters)
        {
            _first[name] = new double[values.Length];
            _second[name] = new double[values.Length];
        }
    }

    /// <summary>The numbers by name.</summary>
    public Dictionary<string, double[]> Parameters { get; }

    /// <summary>The gradients of the mean loss by name, from the last <see cref="ForwardBackward"/>.</summary>
    public Dictionary<string, double[]> Gradients { get; }

    /// <summary>The outputs of each layer, for each utterance its frames, from the last <see cref="ForwardBackward"/>.</summary>
    public Dictionary<string, double[][][]> Activations { get; } = [];

    /// <summary>The losses of all utterances; gradients of their mean.</summary>
    public double[] ForwardBackward(SpeechProblem problem)
    {
        int batch = problem.Frames.Length;
        double[] losses = new double[batch];
        foreach (double[] gradient in Gradients.Values)
            Array.Clear(gradient);
        foreach (string layer in (string[])["window", "dense1", "dense2", "dense3", "recurrent", "dense5", "classes"])
            Activations[layer] = new double[batch][][];

        for (int b = 0; b < batch; b++)
        {
            double[][] window = Window(problem.Frames[b]);
            double[][] h1 = Forward("dense1", window, true), h2 = Forward("dense2", h1, true), h3 = Forward("dense3", h2, true);
            double[][] forwards = Recur("recurrent.forward", h3, false), backwards = Recur("recurrent.backward", h3, true);
            double[][] h4 = [.. forwards.Zip(backwards, Sum)];
            double[][] h5 = Forward("dense5", h4, true), logits = Forward("classes", h5, false);
            (Activations["window"][b], Activations["dense1"][b], Activations["dense2"][b], Activations["dense3"][b]) = (window, h1, h2, h3);
            (Activations["recurrent"][b], Activations["dense5"][b], Activations["classes"][b]) = (h4, h5, logits);

            (losses[b], double[][]? dLogits) = ReferenceCtc.Compute(logits, problem.Labels[b], Parameters["classes.bias"].Length - 1);
            if (dLogits is null)
                continue;
            foreach (double[] frame in dLogits)
                Scale(frame, 1.0 / batch);
            double[][] d5 = Backward("classes", h5, logits, dLogits, false);
            double[][] d4 = Backward("dense5", h4, h5, d5, true);
            double[][] d3 = [.. RecurBackward("recurrent.forward", h3, forwards, d4, false).Zip(RecurBackward("recurrent.backward", h3, backwards, d4, true), Sum)];
            double[][] d2 = Backward("dense3", h2, h3, d3, true);
            double[][] d1 = Backward("dense2", h1, h2, d2, true);
            Backward("dense1", window, h1, d1, true);
        }

        return losses;
    }

    /// <summary>The Euclidean norm of all gradients.</summary>
    public double GradientNorm() => Math.Sqrt(Gradients.Values.Sum(g => g.Sum(x => x * x)));

    /// <summary>Adam (Kingma and Ba 2015, algorithm 1) after clipping by norm.</summary>
    public void Adam(double rate, double b1, double b2, double epsilon, double maximumNorm)
    {
        double clip = Math.Min(1, maximumNorm / GradientNorm());
        _steps++;
        foreach ((string name, double[] w) in Parameters)
        {
            double[] m = _first[name], v = _second[name];
            for (int i = 0; i < w.Length; i++)
            {
                double g = clip * Gradients[name][i];
                m[i] = (b1 * m[i]) + ((1 - b1) * g);
                v[i] = (b2 * v[i]) + ((1 - b2) * g * g);
                w[i] -= rate * (m[i] / (1 - Math.Pow(b1, _steps))) / (Math.Sqrt(v[i] / (1 - Math.Pow(b2, _steps))) + epsilon);
            }
        }
    }

    /// <summary>Nesterov's momentum (Sutskever et al. 2013) after clipping by norm.</summary>
    public void Nesterov(double rate, double momentum, double maximumNorm)
    {
        double clip = Math.Min(1, maximumNorm / GradientNorm());
        foreach ((string name, double[] w) in Parameters)
        {
            double[] v = _first[name];
            for (int i = 0; i < w.Length; i++)
            {
                double g = clip * Gradients[name][i];
                v[i] = (momentum * v[i]) + g;
                w[i] -= rate * (g + (momentum * v[i]));
            }
        }
    }

    private double[][] Window(float[][] frames)
    {
        int features = frames[0].Length;
        List<double[]> windows = [];
        for (int centre = 0; centre < frames.Length; centre += _stride)
        {
            double[] window = new double[((2 * _context) + 1) * features];
            for (int c = -_context; c <= _context; c++)
            {
                for (int f = 0; f < features && centre + c >= 0 && centre + c < frames.Length; f++)
                    window[((c + _context) * features) + f] = frames[centre + c][f];
            }

            windows.Add(window);
        }

        return [.. windows];
    }

    private double[][] Forward(string name, double[][] x, bool clipped) =>
        [.. x.Select(frame => Array.ConvertAll(Affine(name, frame), a => clipped ? Clip(a) : a))];

    private double[][] Backward(string name, double[][] x, double[][] y, double[][] dy, bool clipped) => [.. x.Select((frame, t) =>
        AffineBackward(name, frame, [.. dy[t].Select((d, i) => !clipped || Open(y[t][i]) ? d : 0)]))];

    private double[][] Recur(string name, double[][] x, bool reverse)
    {
        double[] weight = Parameters[$"{name}.weight"];
        int hidden = Parameters[$"{name}.input.bias"].Length, frames = x.Length;
        double[][] h = new double[frames][];
        double[] before = new double[hidden];
        for (int s = 0; s < frames; s++)
        {
            int t = reverse ? frames - 1 - s : s;
            double[] a = Affine($"{name}.input", x[t]);
            for (int j = 0; j < hidden; j++)
            {
                for (int k = 0; k < hidden; k++)
                    a[j] += weight[(j * hidden) + k] * before[k];
            }

            h[t] = before = Array.ConvertAll(a, Clip);
        }

        return h;
    }

    private double[][] RecurBackward(string name, double[][] x, double[][] h, double[][] dh, bool reverse)
    {
        double[] weight = Parameters[$"{name}.weight"], gradient = Gradients[$"{name}.weight"];
        int frames = h.Length, hidden = h[0].Length;
        double[][] dx = new double[frames][];
        double[] carried = new double[hidden];
        for (int s = frames - 1; s >= 0; s--)
        {
            int t = reverse ? frames - 1 - s : s, earlier = reverse ? t + 1 : t - 1;
            double[] da = [.. dh[t].Select((d, j) => Open(h[t][j]) ? d + carried[j] : 0)];
            carried = new double[hidden];
            for (int j = 0; j < hidden && s > 0; j++)
            {
                for (int k = 0; k < hidden; k++)
                {
                    gradient[(j * hidden) + k] += da[j] * h[earlier][k];
                    carried[k] += weight[(j * hidden) + k] * da[j];
                }
            }

            dx[t] = AffineBackward($"{name}.input", x[t], da);
        }

        return dx;
    }

    private double[] Affine(string name, double[] x)
    {
        double[] weight = Parameters[$"{name}.weight"];
        double[] y = (double[])Parameters[$"{name}.bias"].Clone();
        for (int o = 0; o < y.Length; o++)
        {
            for (int i = 0; i < x.Length; i++)
                y[o] += weight[(o * x.Length) + i] * x[i];
        }

        return y;
    }

    private double[] AffineBackward(string name, double[] x, double[] dy)
    {
        double[] weight = Parameters[$"{name}.weight"], dWeight = Gradients[$"{name}.weight"], dBias = Gradients[$"{name}.bias"];
        double[] dx = new double[x.Length];
        for (int o = 0; o < dy.Length; o++)
        {
            dBias[o] += dy[o];
            for (int i = 0; i < x.Length; i++)
            {
                dWeight[(o * x.Length) + i] += dy[o] * x[i];
                dx[i] += dy[o] * weight[(o * x.Length) + i];
            }
        }

        return dx;
    }

    private static double Clip(double a) => Math.Min(Math.Max(0, a), 20);

    private static bool Open(double y) => y is > 0 and < 20;

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static void Scale(double[] x, double factor)
    {
        for (int i = 0; i < x.Length; i++)
            x[i] *= factor;
    }
}
