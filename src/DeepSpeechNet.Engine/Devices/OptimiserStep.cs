namespace DeepSpeechNet.Engine.Devices;

/// <summary>The update rules that a device computes.</summary>
public enum OptimiserKind
{
    /// <summary>w -= rate * g, with momentum v = momentum v + g; w -= rate * v.</summary>
    Sgd,

    /// <summary>Nesterov's momentum as in Sutskever et al. 2013: v = momentum v + g; w -= rate * (g + momentum v).</summary>
    Nesterov,

    /// <summary>
    /// Adam (Kingma and Ba 2015, algorithm 1): m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
    /// w -= rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon). Weight decay is added to the gradient, or, decoupled
    /// (AdamW, Loshchilov and Hutter 2019), w -= rate * decay * w.
    /// </summary>
    Adam,
}

/// <summary>
/// The numbers of one optimiser step. Gradients are multiplied by <see cref="Training.StepState.ClipFactor"/> first; weight decay that is not
/// decoupled adds <see cref="WeightDecay"/> * w to the clipped gradient.
/// </summary>
public readonly record struct OptimiserStep
{
    /// <summary>The rule.</summary>
    public required OptimiserKind Kind { get; init; }

    /// <summary>The learning rate of this step.</summary>
    public required float LearningRate { get; init; }

    /// <summary>Momentum of SGD and Nesterov; b1 of Adam.</summary>
    public float Momentum { get; init; }

    /// <summary>b2 of Adam.</summary>
    public float SecondMomentum { get; init; }

    /// <summary>Adam's epsilon.</summary>
    public float Epsilon { get; init; }

    /// <summary>L2 weight decay.</summary>
    public float WeightDecay { get; init; }

    /// <summary>Whether the decay is decoupled from the gradient (AdamW).</summary>
    public bool Decoupled { get; init; }

    /// <summary>t: the number of this step, from 1 on, for Adam's bias correction.</summary>
    public int StepNumber { get; init; }
}
