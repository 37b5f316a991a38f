using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What a cell does in a phase, forwards or backwards.</summary>
internal interface IRecurrentCell
{
    /// <summary>The products that the phase needs: every lane of the group comes here.</summary>
    void Multiply(RecurrentRun a, RecurrentViews d, RecurrentStep s, ArrayView<Four> weights, ArrayView<Four> sums);

    /// <summary>All else for one unit of one utterance.</summary>
    /// <param name="a">The run.</param>
    /// <param name="d">The direction.</param>
    /// <param name="s">The step, and which part of it the phase is.</param>
    /// <param name="b">The utterance.</param>
    /// <param name="j">The unit.</param>
    /// <param name="sums">The products.</param>
    void Finish(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums);
}

/// <summary>The kernel of all cells.</summary>
internal static class RecurrentKernels
{
    /// <summary>Some phases of a cell, one after the other.</summary>
    [MeetsAtBarriers(AcrossGroups = true)]
    public static void Run<TCell>(RecurrentRun a)
        where TCell : struct, IRecurrentCell
    {
        ArrayView<Four> weights = SharedMemory.Allocate<Four>(RecurrentProducts.WeightRoom), sums = SharedMemory.Allocate<Four>(RecurrentProducts.SumRoom);
        RecurrentViews d = a.Direction();
        TCell cell = default;
        float doubt = 0;
        RecurrentProducts.Fetch(a, d, weights);
        for (int phase = a.From; phase < a.To; phase++)
        {
            RecurrentStep s = a.Step(d, phase);
            cell.Multiply(a, d, s, weights, sums);
            Group.Barrier();
            for (int output = Group.IdxX; output < a.Rows * a.Tile.Width; output += Group.DimX)
            {
                int b = a.Utterance(output), j = a.Unit(output);
                if (b < a.Batch && j < a.Units)
                    cell.Finish(a, d, s, b, j, new RecurrentSums { Tile = a.Tile, Rows = a.Rows, Output = output, Start = doubt, Parts = sums });
            }

            doubt = GroupMeetings.Meet(a, phase, doubt, sums);
        }
    }
}
