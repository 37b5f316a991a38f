namespace DeepSpeechNet.Engine.Training;

/// <summary>
/// The scalars of one training step. They live on the device as sixteen float32 numbers (64 bytes), where losses, gradient norm and
/// optimiser read and write them, and come to the host in one download after the step.
/// </summary>
public readonly struct StepState
{
    /// <summary>How many numbers the state has.</summary>
    public const int Length = 16;

    /// <summary>Index of the sum of the finite losses.</summary>
    public const int LossSum = 0;

    /// <summary>Index of the number of utterances in that sum.</summary>
    public const int Utterances = 1;

    /// <summary>Index of the number of utterances whose text cannot fit their frames.</summary>
    public const int Impossible = 2;

    /// <summary>Index of the flag (1) that the step must change nothing.</summary>
    public const int Skip = 3;

    /// <summary>Index of the gradients' Euclidean norm before clipping.</summary>
    public const int GradientNorm = 4;

    /// <summary>Index of the factor that clips the gradients.</summary>
    public const int ClipFactor = 5;

    private readonly float[] _values;

    /// <summary>Reads the numbers of a downloaded state.</summary>
    /// <exception cref="ArgumentException">There are not <see cref="Length"/> numbers.</exception>
    public StepState(float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != Length)
            throw new ArgumentException($"A step state has {Length} numbers, not {values.Length}.", nameof(values));
        _values = values;
    }

    /// <summary>The mean loss of the utterances that could be scored; 0 where there are none.</summary>
    public float MeanLoss => _values[Utterances] > 0 ? _values[LossSum] / _values[Utterances] : 0;

    /// <summary>How many utterances were scored.</summary>
    public int ScoredUtterances => (int)_values[Utterances];

    /// <summary>How many utterances could not fit their frames.</summary>
    public int ImpossibleUtterances => (int)_values[Impossible];

    /// <summary>Whether the step was skipped: a loss or the gradient norm is not a finite number.</summary>
    public bool Skipped => _values[Skip] != 0;

    /// <summary>The gradients' Euclidean norm before clipping.</summary>
    public float Norm => _values[GradientNorm];
}
