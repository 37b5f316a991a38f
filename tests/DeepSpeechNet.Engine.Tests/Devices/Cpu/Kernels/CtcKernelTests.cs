using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices.Cpu.Kernels;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu.Kernels;

public sealed unsafe class CtcKernelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    [InlineData(0.9999)]
    [InlineData(0.999999)]
    public void The_scaled_form_does_usual_posteriors_itself(double blank)
    {
        foreach ((int frames, int length) in new[] { (500, 100), (800, 233), (1500, 300), (1500, 5), (400, 0) })
        {
            CtcCase batch = new CtcCase(frames, 1, 29).RandomTexts(1, length);
            if (blank > 0)
                batch.FavourBlank(blank);
            else
                batch.Randomise(1, 2);
            (double? loss, float[] gradient) = Run(batch, scaled: true);
            Assert.NotNull(loss);
            AssertEqual(batch, loss.Value, gradient);
        }
    }

    [Fact]
    public void The_scaled_form_does_peaked_posteriors_itself()
    {
        // As a trained network gives them: blanks at p = 1 - 1e-8 for dozens of frames between the labels, each label at 1 - 1e-8 for a frame or two.
        CtcCase batch = new CtcCase(1200, 1, 29).Randomise(1).RandomTexts(2, 80);
        for (int t = 0; t < batch.Frames; t++)
            batch.Frame(t, 0)[t % 15 >= 13 ? batch.Labels[0][t / 15] : 0] += 21;
        (double? loss, float[] gradient) = Run(batch, scaled: true);
        Assert.NotNull(loss);
        AssertEqual(batch, loss.Value, gradient);
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(110, false)]
    public void The_scaled_form_knows_its_range(float spread, bool inRange)
    {
        CtcCase batch = new CtcCase(60, 1, 12).Randomise(3).RandomTexts(2, 20);
        for (int t = 0; t < batch.Frames; t++)
            batch.Frame(t, 0)[t % batch.Classes] += spread;
        Assert.Equal(inRange, Run(batch, scaled: true).Loss is not null);
        (double? loss, float[] gradient) = Run(batch, scaled: false);
        AssertEqual(batch, loss!.Value, gradient);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(9, 3)]
    [InlineData(300, 80)]
    [InlineData(131, 120)]
    public void The_logarithmic_form_equals_the_reference(int frames, int length)
    {
        foreach (double blank in new[] { 0.5, 0.9999 })
        {
            CtcCase batch = new CtcCase(frames, 1, 29).Randomise(frames).FavourBlank(blank);
            batch.Labels[0] = [.. Enumerable.Range(0, length).Select(i => 1 + (i * i % 28))];
            (double? loss, float[] gradient) = Run(batch, scaled: false);
            AssertEqual(batch, loss!.Value, gradient, 1e-9);
        }
    }

    [Fact]
    public void Whatever_the_scaled_form_answers_is_right()
    {
        Random random = new(5);
        int answered = 0;
        const int cases = 400;
        for (int i = 0; i < cases; i++)
        {
            int frames = random.Next(1, 160);
            int length = random.Next(0, frames + 1);
            CtcCase batch = new CtcCase(frames, 1, random.Next(2, 40)).Randomise(i, Math.Pow(10, (random.NextDouble() * 2.5) - 1));
            batch.Labels[0] = batch.RandomText(random, length);
            Exaggerate(batch, random);
            if (double.IsInfinity(batch.Reference(0, withGradient: false).Loss))
                continue;
            (double? loss, float[] gradient) = Run(batch, scaled: true);
            if (loss is null)
                continue;
            answered++;
            AssertEqual(batch, loss.Value, gradient);
        }

        Assert.InRange(answered, cases / 3, cases);
    }

    /// <summary>Makes stretches of frames sure of one class, of the blank, of the text in order, or of the text backwards.</summary>
    private static void Exaggerate(CtcCase batch, Random random)
    {
        int[] text = batch.Labels[0];
        for (int stretch = random.Next(6); stretch > 0; stretch--)
        {
            int from = random.Next(batch.Frames);
            int to = random.Next(from, batch.Frames + 1);
            int kind = random.Next(4);
            float by = (float)(random.NextDouble() * 60);
            int label = random.Next(batch.Classes);
            for (int t = from; t < to; t++)
            {
                int place = (int)((long)(t - from) * text.Length / (to - from));
                int c = text.Length == 0 || kind == 0 ? label : kind == 1 ? 0 : text[kind == 2 ? place : text.Length - 1 - place];
                batch.Frame(t, 0)[c] += by;
            }
        }
    }

    private static void AssertEqual(CtcCase batch, double loss, float[] gradient, double relative = 2e-7)
    {
        (double expected, double[][]? expectedGradient) = batch.Reference(0);
        Assert.InRange(loss, expected - (relative * expected) - 1e-13, expected + (relative * expected) + 1e-13);
        batch.AssertGradient(gradient, 0, expectedGradient!, 2e-7);
    }

    private static (double? Loss, float[] Gradient) Run(CtcCase batch, bool scaled)
    {
        float* logits = Allocate<float>(batch.Logits.Length);
        float* gradient = Allocate<float>(batch.Logits.Length);
        int* labels = Allocate<int>(batch.Labels[0].Length);
        batch.Logits.CopyTo(new Span<float>(logits, batch.Logits.Length));
        batch.Labels[0].CopyTo(new Span<int>(labels, batch.Labels[0].Length));
        CtcUtterance u = new()
        {
            Logits = logits,
            Gradient = gradient,
            Stride = batch.Classes,
            Frames = batch.Frames,
            Classes = batch.Classes,
            Labels = labels,
            Length = batch.Labels[0].Length,
            Blank = batch.Blank,
            GradientScale = batch.Scale,
        };

        // What the memory held before must not matter.
        long bytes = Math.Max(CtcScaled.ScratchBytes(u), CtcLog.ScratchBytes(u));
        byte* scratch = Allocate<byte>(bytes);
        new Span<byte>(scratch, (int)bytes).Fill(0xFF);
        double? loss = null;
        if (!scaled)
            loss = CtcLog.Run(u, scratch);
        else if (CtcScaled.TryRun(u, scratch, out double value))
            loss = value;
        float[] result = new Span<float>(gradient, batch.Logits.Length).ToArray();
        NativeMemory.AlignedFree(logits);
        NativeMemory.AlignedFree(gradient);
        NativeMemory.AlignedFree(labels);
        NativeMemory.AlignedFree(scratch);
        return (loss, result);
    }

    private static T* Allocate<T>(long count)
        where T : unmanaged => (T*)NativeMemory.AlignedAlloc((nuint)((count * sizeof(T)) + 64), 64);
}
