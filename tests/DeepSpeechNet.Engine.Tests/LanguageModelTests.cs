using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests;

/// <summary>What a language model needs of the engine, all parts together: carried states, tied weights, padding, few transfers, few allocations.</summary>
public sealed class LanguageModelTests
{
    public static TheoryData<CellKind> Cells => [CellKind.Tanh, CellKind.Lstm, CellKind.GruResetAfter];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Windows_with_carried_states_equal_one_long_sequence(CellKind cell)
    {
        using Device device = CpuDevices.Two();
        SmallLanguageModelOptions options = new() { Cell = cell };
        SmallLanguageModel model = new(device, options, new SgdOptions());
        int[] words = Words(14, options, 1);
        Tape tape = new(device, recording: false);
        float[] whole = Logits(model, tape, words, 14);
        model.Forget();
        float[] first = Logits(model, tape, words[..28], 7), second = Logits(model, tape, words[28..], 7);
        Assert.Equal(whole, (float[])[.. first, .. second]);
        Assert.NotEqual(second, Logits(model, tape, words[28..], 7));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_window_is_one_upload_and_one_download_of_64_bytes_and_gives_the_bits_of_the_plain_CPU(bool tied)
    {
        using RemoteDevice remote = new(2);
        using Device plain = CpuDevices.One();
        SmallLanguageModelOptions options = new() { Tied = tied, Dropout = 0.2f };
        SmallLanguageModel model = new(remote, options, new AdamOptions()), twin = new(plain, options, new AdamOptions());
        for (int step = 0; step < 4; step++)
        {
            int[] words = Words(8, options, step);
            words[9] = -1;
            int live = remote.LiveBuffers;
            remote.ResetCounts();
            StepState state = model.Step(words, 0.01f);
            Assert.Equal((1, 1), (remote.Uploads, remote.Downloads));
            Assert.InRange(remote.DownloadedBytes, 1, 64);
            Assert.Equal(live, remote.LiveBuffers);
            Assert.False(state.Skipped);
            Assert.Equal(27, state.ScoredUtterances);
            Assert.Equal(state.MeanLoss, twin.Step(words, 0.01f).MeanLoss);
        }

        Assert.Equal(twin.Parameters.Values!.ToArray(), model.Parameters.Values!.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_text_that_repeats_is_learnt(bool tied)
    {
        using Device device = CpuDevices.One();
        SmallLanguageModelOptions options = new() { Tied = tied };
        SmallLanguageModel model = new(device, options, new AdamOptions());
        int[] words = [.. Enumerable.Range(0, 32).Select(i => (((i / 4) * 5) + (i % 4)) % options.Words)];
        float start = model.Step(words, 0.01f).MeanLoss;
        Assert.InRange(start, Math.Log(options.Words) - 0.5, Math.Log(options.Words) + 0.5);
        float end = start;
        for (int step = 0; step < 150; step++)
            end = model.Step(words, 0.01f).MeanLoss;
        Assert.InRange(end, 0, 0.1f);
    }

    [Fact]
    public void A_training_step_allocates_little_whatever_the_size_of_the_vocabulary()
    {
        foreach (int vocabulary in (int[])[50, 5000])
        {
            using CpuDevice device = (CpuDevice)CpuDevices.Two();
            SmallLanguageModelOptions options = new() { Words = vocabulary, Dropout = 0.1f };
            SmallLanguageModel model = new(device, options, new SgdOptions());
            int[] words = Words(8, options, 3);
            model.Step(words, 0.1f);
            model.Step(words, 0.1f);
            long pool = device.AllocatedBytes, least = long.MaxValue;
            for (int run = 0; run < 5; run++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                model.Step(words, 0.1f);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            Assert.InRange(least, 0, 32 * 1024);
            Assert.Equal(pool, device.AllocatedBytes);
        }
    }

    [Fact]
    public void Training_does_not_depend_on_the_number_of_threads() => CpuDevices.AssertSameForAnyThreads(device =>
    {
        SmallLanguageModelOptions options = new() { Words = 3000, Hidden = 70, Tied = true };
        SmallLanguageModel model = new(device, options, new SgdOptions());
        for (int step = 0; step < 3; step++)
            model.Step(Words(8, options, step), 0.5f);
        return model.Parameters.Values!.ToArray();
    });

    private static int[] Words(int frames, SmallLanguageModelOptions options, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, frames * options.Batch).Select(_ => random.Next(options.Words))];
    }

    private static float[] Logits(SmallLanguageModel model, Tape tape, int[] words, int frames)
    {
        int batch = words.Length / frames;
        Tensor logits = model.Logits(tape, model.Device.Integers(words).View(new Shape(frames, batch)), model.Device.Integers(frames, frames, frames, frames));
        float[] values = logits.ToArray();
        tape.Reset();
        return values;
    }
}
