namespace DeepSpeechNet.Engine.Training;

/// <summary>Settings of an <see cref="Optimiser"/>: <see cref="SgdOptions"/> or <see cref="AdamOptions"/>.</summary>
public abstract record OptimiserOptions
{
    /// <summary>L2 weight decay, 0 for none.</summary>
    public float WeightDecay { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public virtual void Validate()
    {
        if (!(WeightDecay >= 0 && float.IsFinite(WeightDecay)))
            throw new ArgumentException($"{nameof(WeightDecay)} is {WeightDecay}; it must be 0 or more.");
    }

    /// <summary>Checks that a number lies in [0, 1).</summary>
    private protected static void CheckFraction(string name, float value)
    {
        if (!(value >= 0 && value < 1))
            throw new ArgumentException($"{name} is {value}; it must be at least 0 and below 1.");
    }
}

/// <summary>Stochastic gradient descent, with momentum of the heavy ball (Polyak 1964) or Nesterov's (Sutskever et al. 2013).</summary>
public sealed record SgdOptions : OptimiserOptions
{
    /// <summary>The share of the last step that goes on; 0 for none. Deep Speech takes 0.99 with Nesterov's.</summary>
    public float Momentum { get; init; }

    /// <summary>Whether the momentum is Nesterov's.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        CheckFraction(nameof(Momentum), Momentum);
        if (Nesterov && Momentum == 0)
            throw new ArgumentException($"Nesterov's momentum needs a {nameof(Momentum)} above 0.");
    }
}

/// <summary>Adam (Kingma and Ba 2015), or AdamW (Loshchilov and Hutter 2019) where the decay is decoupled.</summary>
public sealed record AdamOptions : OptimiserOptions
{
    /// <summary>b1, the decay of the first moment.</summary>
    public float FirstMomentum { get; init; } = 0.9f;

    /// <summary>b2, the decay of the second moment.</summary>
    public float SecondMomentum { get; init; } = 0.999f;

    /// <summary>Keeps the divisor from zero.</summary>
    public float Epsilon { get; init; } = 1e-8f;

    /// <summary>Whether the weight decay acts on the weights directly (AdamW) rather than through the gradient.</summary>
    public bool Decoupled { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        CheckFraction(nameof(FirstMomentum), FirstMomentum);
        CheckFraction(nameof(SecondMomentum), SecondMomentum);
        if (!(Epsilon > 0 && float.IsFinite(Epsilon)))
            throw new ArgumentException($"{nameof(Epsilon)} is {Epsilon}; it must be above 0.");
    }
}
