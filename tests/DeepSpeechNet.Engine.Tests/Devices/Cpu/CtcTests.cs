using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing;
using DeepSpeechNet.Testing.Reference;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

public sealed class CtcTests : IDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 2 });

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 4)]
    [InlineData(4, 4)]
    [InlineData(5, 3)]
    [InlineData(6, 3)]
    public void Equals_the_sum_over_all_paths_for_every_text(int frames, int classes)
    {
        int blank = classes - 2;
        int[][] texts = [.. AllTexts(frames, classes).Where(text => !text.Contains(blank))];
        CtcCase batch = new CtcCase(frames, texts.Length, classes, blank).Randomise(frames, 2);
        for (int b = 0; b < texts.Length; b++)
            batch.Labels[b] = texts[b];
        (float[] losses, _) = batch.Run(_device);
        for (int b = 0; b < texts.Length; b++)
        {
            double expected = ReferenceCtc.LossByEnumeration(batch.FramesOf(b), texts[b], blank);
            if (double.IsPositiveInfinity(expected))
                Assert.True(float.IsPositiveInfinity(losses[b]), $"[{string.Join(' ', texts[b])}] cannot fit, but has the loss {losses[b]}");
            else
                Assert.InRange(losses[b], expected - (1e-6 * (0.1 + expected)), expected + (1e-6 * (0.1 + expected)));
        }
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences()
    {
        CtcCase batch = new CtcCase(6, 5, 4, blank: 3) { Scale = 0.25f }.Randomise(3, 1.5);
        int[][] texts = [[], [0], [1, 1], [0, 2, 1], [2, 2, 0, 2]];
        for (int b = 0; b < texts.Length; b++)
            batch.Labels[b] = texts[b];
        (_, float[] gradient) = batch.Run(_device);
        const double step = 1e-4;
        for (int b = 0; b < batch.Batch; b++)
        {
            double[][] logits = batch.FramesOf(b);
            for (int t = 0; t < batch.Frames; t++)
            {
                for (int c = 0; c < batch.Classes; c++)
                {
                    double x = logits[t][c];
                    logits[t][c] = x + step;
                    double above = ReferenceCtc.LossByEnumeration(logits, texts[b], batch.Blank);
                    logits[t][c] = x - step;
                    double below = ReferenceCtc.LossByEnumeration(logits, texts[b], batch.Blank);
                    logits[t][c] = x;
                    Assert.Equal(0.25 * (above - below) / (2 * step), gradient[(((t * batch.Batch) + b) * batch.Classes) + c], 1e-7);
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(7, 3, 3)]
    [InlineData(40, 16, 8)]
    [InlineData(150, 29, 31)]
    [InlineData(150, 33, 70)]
    [InlineData(500, 29, 100)]
    [InlineData(64, 300, 20)]
    public void Equals_the_reference_on_random_posteriors(int frames, int classes, int length) =>
        new CtcCase(frames, 3, classes, classes / 2).Randomise(frames, 1.5).RandomTexts(length, length).AssertEqualsReference(_device);

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.99)]
    [InlineData(0.9999)]
    public void Equals_the_reference_where_the_blank_dominates(double p)
    {
        new CtcCase(500, 2, 29).FavourBlank(p).RandomTexts(5, 100).AssertEqualsReference(_device);
        new CtcCase(300, 2, 29).Randomise(6, 0.5).FavourBlank(p).RandomTexts(5, 120).AssertEqualsReference(_device);
        new CtcCase(200, 2, 29).FavourBlank(p).AssertEqualsReference(_device);
    }

    [Fact]
    public void Equals_the_reference_on_flat_posteriors() =>
        new CtcCase(400, 2, 29).RandomTexts(5, 90).AssertEqualsReference(_device);

    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(200)]
    [InlineData(5000)]
    public void Equals_the_reference_on_posteriors_that_are_sure_of_another_text(double logit)
    {
        const int frames = 200;
        CtcCase batch = new CtcCase(frames, 3, 29).Randomise(1).RandomTexts(2, 60);
        Random random = new(3);
        int[] other = batch.RandomText(random, frames / 2);
        for (int b = 0; b < batch.Batch; b++)
        {
            for (int t = 0; t < frames; t++)
                batch.Frame(t, b)[b == 2 || t % 2 == 0 ? other[t / 2] : 0] += (float)logit;
        }

        // The third utterance never gives the blank much of a chance either.
        batch.AssertEqualsReference(_device);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(25)]
    public void Equals_the_reference_on_posteriors_that_are_sure_of_the_text(double logit)
    {
        CtcCase batch = new CtcCase(300, 2, 29).Randomise(1).RandomTexts(2, 70);
        for (int b = 0; b < batch.Batch; b++)
        {
            for (int t = 0; t < batch.Frames; t++)
                batch.Frame(t, b)[t % 4 == 2 && t / 4 < 70 ? batch.Labels[b][t / 4] : 0] += (float)logit;
        }

        batch.AssertEqualsReference(_device);
    }

    [Fact]
    public void Equals_the_reference_where_the_text_fits_barely()
    {
        CtcCase batch = new CtcCase(120, 2, 29).Randomise(1, 3);
        batch.Labels[0] = batch.RandomText(new Random(1), 110);
        batch.Labels[1] = [.. Enumerable.Repeat(5, 60)];
        batch.AssertEqualsReference(_device);
    }

    [Fact]
    public void Equals_the_reference_where_a_path_far_behind_wins_in_the_end() => CtcCase.LateWinner().AssertEqualsReference(_device);

    [Fact]
    public void Blank_dominated_posteriors_over_800_frames_have_a_finite_loss()
    {
        CtcCase batch = new CtcCase(800, 1, 29).FavourBlank(0.9).RandomTexts(0, 233);
        (float[] losses, float[] gradient) = batch.Run(_device);
        (double loss, double[][]? expected) = batch.Reference(0);
        Assert.Equal(896.3, losses[0], 6.0);
        Assert.InRange(losses[0], loss * (1 - 1e-6), loss * (1 + 1e-6));
        batch.AssertGradient(gradient, 0, expected!, 2e-7);
    }

    [Theory]
    [InlineData("random")]
    [InlineData("blank")]
    public void Equals_the_reference_over_3000_frames_and_600_labels(string kind)
    {
        CtcCase batch = new CtcCase(3000, 1, 29).RandomTexts(8, 600);
        (kind == "random" ? batch.Randomise(1) : batch.FavourBlank(0.9999)).AssertEqualsReference(_device);
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
        Assert.Equal(float.PositiveInfinity, losses[0]);
        Assert.Equal(float.PositiveInfinity, losses[1]);
        Assert.True(float.IsFinite(losses[2]));
        Assert.Equal(float.PositiveInfinity, losses[3]);
        batch.AssertGradient(gradient, 2, batch.Reference(2).Gradient!, 2e-7);
        foreach (int b in new[] { 0, 1, 3 })
            batch.AssertGradient(gradient, b, Zeros(batch), 0);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Logits_that_are_not_finite_give_no_number_and_leave_neighbours_alone(float fault)
    {
        CtcCase batch = new CtcCase(30, 5, 7).Randomise(1).RandomTexts(1, 6);
        batch.Labels[3] = [.. Enumerable.Repeat(1, 30)];
        batch.Lengths[4] = 20;
        batch.Frame(17, 1)[6] = fault;
        batch.Frame(3, 3)[0] = fault;
        batch.Frame(25, 4)[2] = fault;
        (float[] losses, float[] gradient) = batch.Run(_device);
        foreach (int b in new[] { 1, 3 })
        {
            Assert.True(float.IsNaN(losses[b]));
            batch.AssertGradient(gradient, b, Zeros(batch), 0);
        }

        foreach (int b in new[] { 0, 2, 4 })
            batch.AssertGradient(gradient, b, batch.Reference(b).Gradient!, 2e-7);
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

    [Fact]
    public void Padded_frames_have_no_gradient_and_no_influence()
    {
        CtcCase batch = new CtcCase(50, 4, 9).Randomise(4).RandomTexts(3, 8);
        batch.Lengths[1] = 31;
        batch.Lengths[2] = 8 + 8;
        batch.AssertEqualsReference(_device);
    }

    [Fact]
    public void Neither_neighbours_nor_threads_change_a_bit()
    {
        Random random = new(9);
        CtcCase batch = new CtcCase(90, 7, 29).Randomise(2).FavourBlank(0.9);
        for (int b = 0; b < batch.Batch; b++)
        {
            batch.Lengths[b] = 60 + (5 * b);
            batch.Labels[b] = batch.RandomText(random, 4 * b);
        }

        (float[] losses, float[] gradient) = batch.Run(_device);
        foreach (int threads in new[] { 1, 3 })
        {
            using CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
            (float[] otherLosses, float[] otherGradient) = batch.Run(device);
            Assert.Equal(losses, otherLosses);
            Assert.Equal(gradient, otherGradient);
        }

        for (int b = 0; b < batch.Batch; b++)
        {
            CtcCase alone = new(batch.Lengths[b], 1, batch.Classes);
            alone.Labels[0] = batch.Labels[b];
            for (int t = 0; t < alone.Frames; t++)
                batch.Frame(t, b).CopyTo(alone.Frame(t, 0));
            (float[] loss, float[] aloneGradient) = alone.Run(_device);
            Assert.Equal(losses[b], loss[0]);
            for (int t = 0; t < alone.Frames; t++)
                Assert.Equal(gradient.AsSpan(((t * batch.Batch) + b) * batch.Classes, batch.Classes), aloneGradient.AsSpan(t * batch.Classes, batch.Classes));
        }
    }

    [Fact]
    public void The_loss_is_the_same_without_a_gradient()
    {
        CtcCase batch = new CtcCase(120, 3, 29).Randomise(2).RandomTexts(1, 40);
        Assert.Equal(batch.Run(_device).Losses, batch.Run(_device, withGradient: false).Losses);
    }

    [Fact]
    public void The_gradient_is_scaled()
    {
        CtcCase batch = new CtcCase(60, 2, 12) { Scale = 1 / 64f }.Randomise(2).RandomTexts(1, 20);
        batch.AssertEqualsReference(_device);
    }

    [Fact]
    public void A_call_allocates_next_to_nothing()
    {
        CtcCase batch = new CtcCase(100, 4, 29).Randomise(2).RandomTexts(1, 20);
        Tensor logits = CtcCase.Upload(_device, batch.Logits, new Shape(100, 4, 29));
        Tensor lengths = CtcCase.Upload(_device, batch.Lengths, new Shape(4));
        Tensor labels = CtcCase.Upload(_device, batch.Labels.SelectMany(l => l).ToArray(), new Shape(80));
        Tensor offsets = CtcCase.Upload(_device, new[] { 0, 20, 40, 60, 80 }, new Shape(5));
        Tensor losses = _device.Allocate(ElementType.Float32, new Shape(4));
        Tensor gradient = _device.Allocate(ElementType.Float32, new Shape(100, 4, 29));
        _device.CtcLoss(logits, lengths, labels, offsets, 0, losses, gradient, 1);
        long device = _device.AllocatedBytes;
        long least = Allocation.Least(() =>
        {
            for (int i = 0; i < 10; i++)
                _device.CtcLoss(logits, lengths, labels, offsets, 0, losses, gradient, 1);
        });
        Assert.InRange(least, 0, 10 * 512);
        Assert.Equal(device, _device.AllocatedBytes);
    }

    [Fact]
    public void Labels_outside_the_alphabet_are_refused()
    {
        CtcCase batch = new(5, 1, 4);
        batch.Labels[0] = [1, 4];
        ArgumentException e = Assert.Throws<ArgumentException>(() => batch.Run(_device));
        Assert.Contains("Label 1 of utterance 0 is 4", e.Message, StringComparison.Ordinal);
        batch.Labels[0] = [0];
        Assert.Throws<ArgumentException>(() => batch.Run(_device));
    }

    private static double[][] Zeros(CtcCase batch) => [.. Enumerable.Range(0, batch.Frames).Select(_ => new double[batch.Classes])];

    private static List<int[]> AllTexts(int longest, int classes)
    {
        List<int[]> texts = [[]];
        for (int start = 0, length = 1; length <= longest; length++)
        {
            int end = texts.Count;
            for (; start < end; start++)
            {
                for (int c = 0; c < classes; c++)
                    texts.Add([.. texts[start], c]);
            }
        }

        return texts;
    }
}
