using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>How recurrences are cut: everything fits where the kernels put it, whatever the sizes.</summary>
public sealed class RecurrentPlanTests
{
    public static TheoryData<CellKind> Cells => [.. Enum.GetValues<CellKind>()];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Weights_and_sums_fit_into_shared_memory(CellKind cell)
    {
        foreach (RecurrentPlan plan in new[] { RecurrentPlan.Forward(cell), RecurrentPlan.Backward(cell) })
        {
            for (int units = 1; units <= 2100; units += units < 100 ? 1 : 37)
            {
                foreach (bool alone in new[] { false, true })
                {
                    RecurrentTile tile = plan.Tile(units, alone), pieces = RecurrentPlan.InPieces(tile);
                    Assert.Equal(0, tile.Width % 4);
                    Assert.Equal(0, tile.Columns % tile.Width);
                    Assert.True(tile.Resident == 0 || (tile.Pitch >= tile.Depth && tile.Sets * tile.Width * tile.Pitch <= 4 * RecurrentProducts.WeightRoom), $"{units} units: {tile.Sets} x {tile.Width} x {tile.Pitch}");
                    Assert.True(pieces.Columns * pieces.Pitch <= 4 * RecurrentProducts.WeightRoom && pieces.Pitch >= pieces.Piece, $"{units} units: pieces of {pieces.Columns} x {pieces.Pitch}");

                    // Each lane goes on where it left off.
                    Assert.Equal((0, 0, pieces.Width, pieces.Slices), (pieces.Piece % (4 * pieces.Slices), pieces.Pitch % 4, tile.Width, tile.Slices));
                    foreach (int batch in new[] { 1, 3, 4, 5, 12, 31, 32, 33, 200 })
                    {
                        int rows = RecurrentPlan.Rows(batch, tile), lanes = RecurrentPlan.Lanes(rows, tile);
                        Assert.True(rows is >= 4 and <= 32 && rows % 4 == 0 && (rows >= batch || rows > 32 - 4 || lanes > GroupSums.MostLanes / 2), $"{units} units, {batch} utterances: {rows} rows");
                        Assert.InRange(lanes, 1, GroupSums.MostLanes);
                    }
                }
            }
        }
    }

    /// <summary>Of the network that the paper describes and of gated ones half as wide, a card like the one that has 132 processors with 227 KB each holds all weights.</summary>
    [Theory]
    [InlineData(CellKind.ClippedRelu, 1024)]
    [InlineData(CellKind.GruResetAfter, 512)]
    [InlineData(CellKind.Lstm, 512)]
    public void The_weights_of_usual_networks_stay_on_a_large_card(CellKind cell, int units)
    {
        foreach (RecurrentPlan plan in new[] { RecurrentPlan.Forward(cell), RecurrentPlan.Backward(cell) })
        {
            RecurrentTile tile = plan.Tile(units, alone: false);
            Assert.Equal(1, tile.Resident);
            Assert.True(2 * units / tile.Width <= 132 * (227 * 1024 / (RecurrentProducts.SharedBytes + 1024)));
        }
    }

    [Fact]
    public void A_small_layer_is_one_groups_where_groups_cannot_meet()
    {
        Assert.Equal(52, RecurrentPlan.Backward(CellKind.ClippedRelu).Tile(50, alone: true).Width);
        Assert.Equal(8, RecurrentPlan.Backward(CellKind.ClippedRelu).Tile(50, alone: false).Width);
        Assert.Equal(8, RecurrentPlan.Backward(CellKind.ClippedRelu).Tile(500, alone: true).Width);
    }
}
