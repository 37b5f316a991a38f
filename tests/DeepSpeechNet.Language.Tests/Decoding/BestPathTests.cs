using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Language.Tests.Decoding;

public sealed class BestPathTests
{
    [Fact]
    public void Repeats_and_blanks_go_and_labels_tell_where_they_begin()
    {
        // Two utterances side by side, [time, utterance, class]; class 2 is the blank.
        int[][] paths = [[2, 0, 0, 2, 0, 1, 1], [1, 1, 2, 2, 1, 0, 0]];
        float[] scores = new float[7 * 2 * 3];
        for (int t = 0; t < 7; t++)
        {
            for (int b = 0; b < 2; b++)
                scores[(((t * 2) + b) * 3) + paths[b][t]] = 1;
        }

        List<int> starts = [];
        Assert.Equal([0, 0, 1], BestPath.Labels(scores, 0, 2, 7, 3, starts));
        Assert.Equal([1, 4, 5], starts);
        Assert.Equal([1, 1], BestPath.Labels(scores, 1, 2, 5, 3));
        Assert.Empty(BestPath.Labels(scores, 1, 2, 0, 3));
    }

    [Fact]
    public void Of_equal_classes_the_first_wins() => Assert.Equal([0], BestPath.Labels([0.5f, 0.5f, 0.5f], 0, 1, 1, 3));
}
