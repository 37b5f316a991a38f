using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What reaches a state in a backward pass.</summary>
internal struct RecurrentGradient
{
    /// <summary>The gradient of the hidden state.</summary>
    public float Hidden;

    /// <summary>Whether it goes no further in this step: at the initial state, and in a frame past the utterance's end, which hands it on to the step before.</summary>
    public int Ends;

    /// <summary>Takes what comes through the weights from the step after, what comes past it, and what comes from above. Where it ends, it is put in its place, and the gates' gradients are zero.</summary>
    /// <param name="a">The run.</param>
    /// <param name="d">The direction.</param>
    /// <param name="s">The step.</param>
    /// <param name="b">The utterance.</param>
    /// <param name="j">The unit.</param>
    /// <param name="gates">How many gates the cell has.</param>
    /// <param name="sums">The products: the first is that through the weights.</param>
    public static RecurrentGradient Take(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, int gates, RecurrentSums sums)
    {
        int state = (b * a.Units) + j, at = s.Now + state;
        float hidden = d.HiddenCarry[state] + (s.Number + 1 < a.Time ? sums.Of(0) : 0);
        bool initial = s.Number < 0;
        if (!initial)
            hidden += d.Above[at];
        if (!initial && a.Lengths[b] > s.Frame)
            return new RecurrentGradient { Hidden = hidden };
        d.HiddenCarry[state] = hidden;
        if (!initial)
        {
            for (int gate = 0; gate < gates; gate++)
                d.Gates[(gates * (at - j)) + (gate * a.Units) + j] = 0;
        }

        return new RecurrentGradient { Ends = 1 };
    }
}
