using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Testing.Reference;

namespace DeepSpeechNet.Engine.Ilgpu.Tests;

/// <summary>CTC on groups whose lanes share an utterance's states, against the reference in double precision.</summary>
public sealed class CtcTests : IDisposable
{
    private readonly IlgpuDevice _device = TestedDevices.CreateGrouped();

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(7, 3, 3)]
    [InlineData(40, 16, 8)]
    [InlineData(60, 29, 20)]
    public void Equals_the_reference(int frames, int classes, int length) =>
        new CtcCase(frames, 3, classes, classes / 2) { Scale = 0.5f }.Randomise(frames, 1.5).RandomTexts(length, length).AssertEqualsReference(_device);

    [Fact]
    public void Equals_the_sum_over_all_paths()
    {
        CtcCase batch = new CtcCase(5, 4, 3).Randomise(3, 2);
        int[][] texts = [[], [1], [2, 2], [1, 2, 1]];
        for (int b = 0; b < texts.Length; b++)
            batch.Labels[b] = texts[b];
        (float[] losses, _) = batch.Run(_device);
        for (int b = 0; b < texts.Length; b++)
            Assert.Equal(ReferenceCtc.LossByEnumeration(batch.FramesOf(b), texts[b], 0), losses[b], 1e-5);
    }

    [Fact]
    public void Equals_the_reference_where_a_path_far_behind_wins_in_the_end()
    {
        using IlgpuDevice device = TestedDevices.Create();
        CtcCase.LateWinner().AssertEqualsReference(device);
    }

    [Fact]
    public void Padded_frames_have_no_gradient_and_no_influence()
    {
        CtcCase batch = new CtcCase(25, 3, 9).Randomise(4).RandomTexts(3, 5);
        batch.Lengths[1] = 14;
        batch.Lengths[2] = 10;
        batch.AssertEqualsReference(_device);
    }

    [Fact]
    public void An_utterance_without_frames_and_text_costs_nothing_and_has_no_gradient()
    {
        CtcCase batch = new CtcCase(6, 2, 5).Randomise(1);
        batch.Labels[0] = [];
        batch.Lengths[0] = 0;
        batch.Labels[1] = [1, 2];
        (float[] losses, float[] gradient) = batch.Run(_device);
        Assert.Equal(0, losses[0]);
        batch.AssertGradient(gradient, 0, [.. Enumerable.Range(0, 6).Select(_ => new double[5])], 0);
        batch.AssertGradient(gradient, 1, batch.Reference(1).Gradient!, 2e-7);
    }

    [Fact]
    public void A_text_that_cannot_fit_has_an_infinite_loss_and_no_gradient()
    {
        CtcCase batch = new CtcCase(4, 4, 5).Randomise(1);
        batch.Labels[0] = [1, 2, 3, 4, 1];
        batch.Labels[1] = [1, 1, 1];
        batch.Labels[2] = [1, 1, 2];
        batch.Labels[3] = [1];
        batch.Lengths[3] = 0;
        (float[] losses, float[] gradient) = batch.Run(_device);
        Assert.Equal([float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity], [losses[0], losses[1], losses[3]]);
        batch.AssertGradient(gradient, 2, batch.Reference(2).Gradient!, 2e-7);
        double[][] zeros = [.. Enumerable.Range(0, 4).Select(_ => new double[5])];
        foreach (int b in new[] { 0, 1, 3 })
            batch.AssertGradient(gradient, b, zeros, 0);
    }

    [Fact]
    public void Faults_give_no_number_and_leave_neighbours_alone()
    {
        CtcCase batch = new CtcCase(12, 4, 7).Randomise(1).RandomTexts(1, 4);
        batch.Frame(7, 1)[6] = float.NaN;
        batch.Labels[2] = [1, 7];
        batch.Lengths[3] = 9;
        batch.Frame(10, 3)[0] = float.PositiveInfinity;
        (float[] losses, float[] gradient) = batch.Run(_device);
        Assert.True(float.IsNaN(losses[1]) && float.IsNaN(losses[2]));
        double[][] zeros = [.. Enumerable.Range(0, 12).Select(_ => new double[7])];
        batch.AssertGradient(gradient, 1, zeros, 0);
        batch.AssertGradient(gradient, 2, zeros, 0);
        batch.AssertGradient(gradient, 0, batch.Reference(0).Gradient!, 2e-7);
        batch.AssertGradient(gradient, 3, batch.Reference(3).Gradient!, 2e-7);
    }

    [Fact]
    public void No_frames_and_no_text_have_no_loss()
    {
        CtcCase batch = new(3, 1, 4);
        batch.Lengths[0] = 0;
        (float[] losses, float[] gradient) = batch.Run(_device);
        Assert.Equal(0, losses[0]);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }
}
