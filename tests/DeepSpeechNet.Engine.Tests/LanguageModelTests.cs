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
    public static TheoryData<SmallOutput> Outputs => [.. Enum.GetValues<SmallOutput>()];

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
    [MemberData(nameof(Outputs))]
    public void A_window_is_one_upload_and_one_download_of_64_bytes_and_gives_the_bits_of_the_plain_CPU(SmallOutput output)
    {
        using RemoteDevice remote = new(2);
        using Device plain = CpuDevices.One();
        SmallLanguageModelOptions options = new() { Output = output, Dropout = 0.2f, ByRows = output is not (SmallOutput.Full or SmallOutput.Tied) };
        SmallLanguageModel model = new(remote, options, new AdamOptions()), twin = new(plain, options, new AdamOptions());
        int[] first = Words(8, options, 9);
        Assert.Equal(model.Step(first, 0.01f).MeanLoss, twin.Step(first, 0.01f).MeanLoss);
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

        Assert.Equal(Trained(twin), Trained(model));
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public void A_text_that_repeats_is_learnt(SmallOutput output)
    {
        using Device device = CpuDevices.One();
        SmallLanguageModelOptions options = new() { Output = output, Samples = 20 };
        SmallLanguageModel model = new(device, options, new AdamOptions());
        int[] words = [.. Enumerable.Range(0, 32).Select(i => (((i / 4) * 5) + (i % 4)) % options.Words)];
        Assert.InRange(model.Evaluate(words), Math.Log(options.Words) - 0.7, Math.Log(options.Words) + 0.7);
        for (int step = 0; step < 150; step++)
        {
            model.Forget();
            model.Step(words, 0.01f);
        }

        Assert.InRange(model.Evaluate(words), 0, 0.5);
    }

    [Fact]
    public void An_embedding_trained_by_rows_gets_the_bits_of_a_dense_one()
    {
        using Device device = CpuDevices.Two();
        SmallLanguageModelOptions options = new() { MaximumNorm = 0 };
        SmallLanguageModel dense = new(device, options, new SgdOptions()), rows = new(device, options with { ByRows = true }, new SgdOptions());
        for (int step = 0; step < 3; step++)
        {
            int[] words = Words(8, options, step);
            StepState expected = dense.Step(words, 0.5f), actual = rows.Step(words, 0.5f);
            Assert.Equal(expected.MeanLoss, actual.MeanLoss);
            Assert.Equal(expected.Norm, actual.Norm, expected.Norm * 1e-6f);
        }

        Assert.Equal(Trained(dense), Trained(rows));
    }

    [Fact]
    public void A_resumed_run_of_tables_trained_by_rows_has_the_bits_of_one_that_was_never_stopped()
    {
        using Device device = CpuDevices.One();
        SmallLanguageModelOptions options = new() { Output = SmallOutput.Huffman, ByRows = true };
        SmallLanguageModel whole = new(device, options, new AdamOptions()), before = new(device, options, new AdamOptions()), after = new(device, options, new AdamOptions());
        int[] first = Words(8, options, 1), second = Words(8, options, 2);
        whole.Step(first, 0.01f);
        whole.Forget();
        whole.Step(second, 0.01f);
        before.Step(first, 0.01f);
        Dictionary<string, float[]> saved = before.Optimiser.Export().ToDictionary(m => m.Name, m => m.Values);
        Assert.Contains("second.embedding.weight", saved.Keys);
        Assert.Contains("first.output.bias", saved.Keys);
        after.Optimiser.Import(before.Optimiser.StepCount, name => saved[name]);
        foreach ((Parameter from, Parameter to) in before.Parameters.Parameters.Zip(after.Parameters.Parameters))
            ParameterSet.Set(to, ParameterSet.Get(from));
        after.Step(second, 0.01f);
        Assert.Equal(Trained(whole), Trained(after));
    }

    [Fact]
    public void A_table_trained_by_rows_refuses_an_operation_that_uses_all_of_it()
    {
        using Device device = CpuDevices.One();
        SmallLanguageModel model = new(device, new SmallLanguageModelOptions { Output = SmallOutput.Tied, ByRows = true }, new SgdOptions());
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => model.Step(Words(8, new SmallLanguageModelOptions(), 1), 0.1f));
        Assert.Contains("trained by rows", e.Message);
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public void A_training_step_allocates_little_whatever_the_size_of_the_vocabulary(SmallOutput output)
    {
        foreach (int vocabulary in (int[])[50, 5000])
        {
            using CpuDevice device = (CpuDevice)CpuDevices.Two();
            SmallLanguageModelOptions options = new() { Words = vocabulary, Dropout = 0.1f, Output = output, ByRows = output is not (SmallOutput.Full or SmallOutput.Tied) };
            SmallLanguageModel model = new(device, options, new SgdOptions());
            int[] words = Words(8, options, 3);
            model.Step(words, 0.1f);
            model.Step(words, 0.1f);
            long pool = device.AllocatedBytes;
            Assert.InRange(Allocation.Least(() => model.Step(words, 0.1f)), 0, 32 * 1024);
            Assert.Equal(pool, device.AllocatedBytes);
        }
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Training_does_not_depend_on_the_number_of_threads(SmallOutput output) => CpuDevices.AssertSameForAnyThreads(device =>
    {
        SmallLanguageModelOptions options = new() { Words = 3000, Hidden = 70, Output = output, Samples = 200 };
        SmallLanguageModel model = new(device, options, new SgdOptions());
        for (int step = 0; step < 3; step++)
            model.Step(Words(8, options, step), 0.5f);
        return Trained(model);
    });

    private static float[] Trained(SmallLanguageModel model) => [.. model.Parameters.Parameters.SelectMany(ParameterSet.Get)];

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
