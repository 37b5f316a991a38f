using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Tests.Devices;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;
using DeepSpeechNet.Testing.Reference;
using static DeepSpeechNet.Testing.CheckedInput;

namespace DeepSpeechNet.Engine.Tests.Operations;

/// <summary>Every operation's results and gradients against double-precision reference maths and central differences; one check an operation.</summary>
public abstract class OperationGradientTests(Func<Device> create) : DeviceTests(create)
{
    public static TheoryData<Activation> Activations => [.. Enum.GetValues<Activation>()];

    [Theory]
    [MemberData(nameof(Activations))]
    public void Linear_with_a_bias(Activation activation) => GradientCheck.Operation(
        Device,
        (tape, x) => [Linear.Apply(tape, x[0], x[1], x[2], activation)],
        x => [ReferenceMaths.Linear(x[0], x[1], x[2], 9, activation)],
        Random("x", new Shape(5, 3, 7), Reach(activation)),
        Random("weight", new Shape(9, 7)),
        Random("bias", new Shape(9)));

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 33, 17)]
    [InlineData(17, 5, 40)]
    public void Linear_without_a_bias(int rows, int inputs, int outputs) => GradientCheck.Operation(
        Device,
        (tape, x) => [Linear.Apply(tape, x[0], x[1], null)],
        x => [ReferenceMaths.Linear(x[0], x[1], null, outputs, Activation.None)],
        Random("x", new Shape(rows, 1, inputs)),
        Random("weight", new Shape(outputs, inputs)));

    [Theory]
    [MemberData(nameof(Activations))]
    public void Elementwise_functions(Activation activation) => GradientCheck.Operation(
        Device,
        (tape, x) => [Elementwise.Activate(tape, x[0], activation)],
        x => [Array.ConvertAll(x[0], a => ReferenceMaths.Activate(activation, a))],
        Random("x", new Shape(7, 3, 11), 3 * Reach(activation)));

    [Fact]
    public void Addition() => GradientCheck.Operation(
        Device,
        (tape, x) => [Elementwise.Add(tape, x[0], x[1])],
        x => [ReferenceMaths.Add(x[0], x[1])],
        Random("a", new Shape(3, 2, 5)),
        Random("b", new Shape(3, 2, 5)));

    [Fact]
    public void A_value_added_to_itself() => GradientCheck.Operation(
        Device,
        (tape, x) => [Elementwise.Add(tape, x[0], x[0])],
        x => [ReferenceMaths.Add(x[0], x[0])],
        Random("a", new Shape(3, 2, 5)));

    [Fact]
    public void Dropout_with_its_mask() => GradientCheck.SingleUse(
        Device,
        (tape, x) => [Elementwise.Dropout(tape, x[0], 0.3f)],
        x => [Dropped(x[0], 0.3f)],
        Random("x", new Shape(7, 3, 11)));

    [Fact]
    public void Dropout_beside_another_use() => GradientCheck.SingleUse(
        Device,
        (tape, x) => [Elementwise.Add(tape, Elementwise.Dropout(tape, x[0], 0.5f), x[0])],
        x => [ReferenceMaths.Add(Dropped(x[0], 0.5f), x[0])],
        Random("x", new Shape(7, 3, 11)));

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(5, 1)]
    public void Frames_with_their_context(int context, int stride) => GradientCheck.Operation(
        Device,
        (tape, x) => [Frames.Window(tape, x[0], context, stride)],
        x => [ReferenceMaths.ContextWindow(x[0], 7, 3, 5, context, stride)],
        Random("x", new Shape(7, 3, 5)));

    [Theory]
    [InlineData(6, 6, 6)]
    [InlineData(6, 3, 1)]
    public void Batch_normalisation_of_ragged_batches(params int[] lengths) => GradientCheck.Operation(
        Device,
        (tape, x) => [BatchNormalisation.Apply(tape, x[0], Device.Integers(lengths), x[1], x[2], Device.Floats(new Shape(2, 9), new float[18]), 0.1f)],
        x => [ReferenceMaths.BatchNorm(x[0], x[1], x[2], 3, lengths, 1e-5f)],
        Random("x", new Shape(6, 3, 9), 2, 0.5f),
        Random("scale", new Shape(9), 0.5f, 1),
        Random("shift", new Shape(9)));

    [Fact]
    public void Features_side_by_side() => GradientCheck.Operation(
        Device,
        (tape, x) => [Columns.Concatenate(tape, x[0], x[1])],
        x => [ReferenceMaths.Concatenate(x[0], 5, x[1], 3)],
        Random("a", new Shape(4, 2, 5)),
        Random("b", new Shape(4, 2, 3)));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public void One_frame_of_a_sequence(int time) => GradientCheck.Operation(
        Device,
        (tape, x) => [Columns.Frame(tape, x[0], time)],
        x => [x[0][(time * 10)..((time + 1) * 10)]],
        Random("x", new Shape(4, 2, 5)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(29)]
    public void Log_softmax(int classes) => GradientCheck.Operation(
        Device,
        (tape, x) => [LogSoftmax.Apply(tape, x[0])],
        x => [ReferenceMaths.LogSoftmax(x[0], classes)],
        Random("x", new Shape(3, 2, classes), 4));

    [Fact]
    public void Embedding_of_words_that_come_again_and_of_padding() => GradientCheck.Operation(
        Device,
        (tape, x) => [Embedding.Apply(tape, x[0], Indices(new Shape(3, 2), 4, 0, -1, 4, 6, 4))],
        x => [ReferenceMaths.Embedding(x[0], 19, [4, 0, -1, 4, 6, 4])],
        Random("table", new Shape(7, 19)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(37)]
    [InlineData(1100)]
    public void Softmax_cross_entropy_with_padding(int classes) => GradientCheck.Loss(
        Device,
        (tape, x) => SoftmaxCrossEntropy.Apply(tape, x[0], Device.Integers(0, classes - 1, -1, classes / 2), 0.2f),
        x => ReferenceMaths.CrossEntropy(x[0], classes, [0, classes - 1, -1, classes / 2]),
        0.2f,
        Random("logits", new Shape(2, 2, classes), 3));

    [Fact]
    public void Softmax_cross_entropy_of_computed_logits_takes_their_memory() => GradientCheck.Loss(
        Device,
        (tape, x) => SoftmaxCrossEntropy.Apply(tape, Linear.Apply(tape, x[0], x[1], x[2]), Device.Integers(3, 0, -1, 20), 0.5f),
        x => ReferenceMaths.CrossEntropy(ReferenceMaths.Linear(x[0], x[1], x[2], 21, Activation.None), 21, [3, 0, -1, 20]),
        0.5f,
        Random("x", new Shape(2, 2, 5)),
        Random("weight", new Shape(21, 5)),
        Random("bias", new Shape(21)));

    [Fact]
    public void A_table_that_is_embedding_and_output_matrix_gets_both_gradients() => GradientCheck.Loss(
        Device,
        (tape, x) => SoftmaxCrossEntropy.Apply(
            tape, Linear.Apply(tape, Embedding.Apply(tape, x[0], Indices(new Shape(2, 3), 1, 8, 1, 0, -1, 5)), x[0], null), Device.Integers(8, 1, 0, 5, 2, -1), 1),
        x => ReferenceMaths.CrossEntropy(
            ReferenceMaths.Linear(ReferenceMaths.Embedding(x[0], 6, [1, 8, 1, 0, -1, 5]), x[0], null, 9, Activation.None), 9, [8, 1, 0, 5, 2, -1]),
        1,
        Random("table", new Shape(9, 6)));

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void Sampled_softmax_with_hits_that_come_twice_and_padding(int features)
    {
        int[] samples = [5, 0, 2, 2, 9, 7], targets = [2, 8, -1, 9, 2];
        float[] proposal = RandomNumbers.Floats(3, 11, 1, -2);
        GradientCheck.Loss(
            Device,
            (tape, x) => SampledSoftmax.Apply(tape, x[0], x[1], x[2], Device.Floats(new Shape(11, 1), proposal), Device.Integers(samples), Device.Integers(targets), 0.3f),
            x => ReferenceMaths.SampledCrossEntropy(x[0], x[1], x[2], features, proposal, samples, targets),
            0.3f,
            Random("x", new Shape(5, 1, features)),
            Random("weight", new Shape(11, features)),
            Random("bias", new Shape(11, 1)));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(true, 17)]
    [InlineData(false, 17)]
    [InlineData(false, 60)]
    public void Trees_of_softmaxes(bool huffman, int words)
    {
        long[] counts = [.. Enumerable.Range(1, words).Select(rank => 300L / rank)];
        SoftmaxTree tree = huffman ? SoftmaxTree.Huffman(counts) : SoftmaxTree.Classes(counts);
        int[] targets = [0, words - 1, -1, 0, words / 2, 1, words - 1, words - 2];
        GradientCheck.Loss(
            Device,
            (tape, x) => HierarchicalSoftmax.Apply(tape, x[0], x[1], x[2], tree.Upload(Device), Device.Integers(targets), 0.4f),
            x => ReferenceMaths.TreeCrossEntropy(x[0], x[1], x[2], 9, tree, targets),
            0.4f,
            Random("x", new Shape(4, 2, 9)),
            Random("weight", new Shape(words - 1, 9)),
            Random("bias", new Shape(words - 1, 1)));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(true, 40)]
    [InlineData(false, 40)]
    public void The_probabilities_of_all_words_of_a_tree_are_those_of_each(bool huffman, int words)
    {
        long[] counts = [.. Enumerable.Range(1, words).Select(rank => 300L / rank)];
        SoftmaxTree tree = huffman ? SoftmaxTree.Huffman(counts) : SoftmaxTree.Classes(counts);
        float[] x = RandomNumbers.Floats(1, 3 * 9), weight = RandomNumbers.Floats(2, 9 * (words - 1), 3), bias = RandomNumbers.Floats(3, words - 1);
        Tape tape = new(Device, recording: false);
        Tensor all = HierarchicalSoftmax.LogProbabilities(
            tape, Device.Floats(new Shape(3, 1, 9), x), Device.Floats(new Shape(words - 1, 9), weight), Device.Floats(new Shape(words - 1, 1), bias), tree.Upload(Device));
        Assert.Equal(new Shape(3, 1, words), all.Shape);
        float[] actual = all.ToArray();
        for (int r = 0; r < 3; r++)
        {
            double[] repeated = [.. Enumerable.Range(0, words).SelectMany(_ => x.Skip(r * 9).Take(9)).Select(v => (double)v)];
            double[] losses = ReferenceMaths.TreeCrossEntropy(repeated, weight.Doubles(), bias.Doubles(), 9, tree, [.. Enumerable.Range(0, words)]);
            for (int w = 0; w < words; w++)
                Assert.Equal(-losses[w], actual[(r * words) + w], 1e-4);
        }
    }

    [Fact]
    public void Ctc_on_logits() => GradientCheck.Loss(
        Device,
        (tape, x) => CtcLoss.Apply(tape, x[0], Device.Integers(9, 7, 3, 9, 4), Device.Integers(0, 1, 1, 2, 2, 2, 0, 3, 3, 3, 1), Device.Integers(0, 4, 6, 9, 9, 11), 4, 0.2f),
        x => Ctc(x[0], 5, 5, [9, 7, 3, 9, 4], [[0, 1, 1, 2], [2, 2], [0, 3, 3], [], [3, 1]], 4),
        0.2f,
        Random("logits", new Shape(9, 5, 5), 3));

    private Tensor Indices(Shape shape, params int[] indices) => Device.Integers(indices).View(shape);

    /// <summary>How large inputs must be so that both sides of an activation's edges are reached.</summary>
    private static float Reach(Activation activation) => activation == Activation.ClippedRelu ? 12 : 1;

    private static double[] Dropped(double[] x, float rate) =>
        [.. x.Select((v, i) => CounterRandom.Uniform(CounterRandom.Fork(GradientCheck.Seed, 0), (ulong)i) >= rate ? v / (1 - (double)rate) : 0)];

    private static double[] Ctc(double[] logits, int batch, int classes, int[] lengths, int[][] labels, int blank) => [.. labels.Select((text, b) =>
        ReferenceCtc.Compute(
            [.. Enumerable.Range(0, lengths[b]).Select(t => logits.AsSpan(((t * batch) + b) * classes, classes).ToArray())], text, blank, withGradient: false).Loss)];
}
