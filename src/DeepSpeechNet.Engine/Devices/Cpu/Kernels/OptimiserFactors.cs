namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>The constants of one optimiser step, worked out once in double precision.</summary>
internal readonly struct OptimiserFactors
{
    public OptimiserFactors(in OptimiserStep step, float clip)
    {
        Clip = clip;
        Momentum = step.Momentum;
        SecondMomentum = step.SecondMomentum;
        Epsilon = step.Epsilon;
        Rate = step.LearningRate;
        CoupledDecay = step.Decoupled ? 0 : step.WeightDecay;
        Shrink = step.Decoupled ? (float)((double)step.LearningRate * step.WeightDecay) : 0;
        FirstWeight = (float)(1 - (double)step.Momentum);
        SecondWeight = (float)(1 - (double)step.SecondMomentum);
        if (step.Kind == OptimiserKind.Adam)
        {
            if (step.StepNumber < 1)
                throw new ArgumentException($"Adam's step number is {step.StepNumber}; it counts from 1 on.", nameof(step));
            CorrectedRate = (float)(step.LearningRate / (1 - Math.Pow(step.Momentum, step.StepNumber)));
            RootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(step.SecondMomentum, step.StepNumber)));
        }
    }

    /// <summary>What each gradient is multiplied by first.</summary>
    public float Clip { get; }

    /// <summary>Momentum, or Adam's b1.</summary>
    public float Momentum { get; }

    /// <summary>Adam's b2.</summary>
    public float SecondMomentum { get; }

    /// <summary>1 - b1.</summary>
    public float FirstWeight { get; }

    /// <summary>1 - b2.</summary>
    public float SecondWeight { get; }

    /// <summary>Adam's epsilon.</summary>
    public float Epsilon { get; }

    /// <summary>The learning rate.</summary>
    public float Rate { get; }

    /// <summary>The weight decay that is added to the gradient.</summary>
    public float CoupledDecay { get; }

    /// <summary>rate * decay where the decay is decoupled, else 0.</summary>
    public float Shrink { get; }

    /// <summary>rate / (1 - b1^t).</summary>
    public float CorrectedRate { get; }

    /// <summary>1 / sqrt(1 - b2^t).</summary>
    public float RootCorrection { get; }
}
