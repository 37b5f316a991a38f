using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Tests.Corpora;

public sealed class BatchPlannerTests
{
    private static int[] Lengths(int count, int seed = 3)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 20 + (int)(1500 * Math.Pow(random.NextDouble(), 2)))];
    }

    private static int[][] Batches(BatchPlan plan) => [.. plan.From(0).Select(b => b.ToArray())];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Every_clip_is_in_one_batch_and_no_batch_is_over_its_limits(int epoch)
    {
        int[] frames = Lengths(5000);
        var options = new BatchPlannerOptions { MaximumUtterances = 16, MaximumFrames = 9000, MaximumPaddingWaste = 0.2 };
        BatchPlan plan = new BatchPlanner(frames, options).Plan(epoch);
        int[][] batches = Batches(plan);
        Assert.Equal(Enumerable.Range(0, 5000), batches.SelectMany(b => b).Order());
        long padded = 0;
        foreach (int[] batch in batches)
        {
            long batchPadded = batch.Max(i => (long)frames[i]) * batch.Length;
            Assert.InRange(batch.Length, 1, 16);
            Assert.True(batchPadded <= 9000);
            Assert.True(batchPadded <= 1.2 * batch.Sum(i => (long)frames[i]) + 1e-6);
            padded += batchPadded;
        }
        Assert.Equal(padded, plan.PaddedFrames);
        Assert.Equal((double)padded / frames.Sum(f => (long)f) - 1, plan.PaddingWaste, 1e-12);
        Assert.InRange(plan.PaddingWaste, 0, 0.2);
        Assert.Equal(5000, plan.Clips);
    }

    [Fact]
    public void Without_jitter_padding_is_next_to_nothing_on_a_large_corpus()
    {
        BatchPlan plan = new BatchPlanner(Lengths(5000), new BatchPlannerOptions { LengthJitter = 0 }).Plan(3);
        Assert.InRange(plan.PaddingWaste, 0, 0.02);
    }

    [Fact]
    public void The_first_epoch_goes_from_short_to_long_and_later_ones_do_not()
    {
        int[] frames = Lengths(1000);
        var planner = new BatchPlanner(frames);
        int[] first = [.. Batches(planner.Plan(0)).SelectMany(b => b).Select(i => frames[i])];
        Assert.Equal(first.Order(), first);
        int[] second = [.. Batches(planner.Plan(1)).Select(b => frames[b[0]])];
        Assert.NotEqual(second.Order(), second);
        int[] unsorted = [.. Batches(new BatchPlanner(frames, new BatchPlannerOptions { ShortestFirst = false }).Plan(0)).Select(b => frames[b[0]])];
        Assert.NotEqual(unsorted.Order(), unsorted);
    }

    [Fact]
    public void The_order_depends_on_seed_and_epoch_only()
    {
        int[] frames = Lengths(500);
        int[][] plan = Batches(new BatchPlanner(frames, new BatchPlannerOptions { Seed = 5 }).Plan(4));
        var again = new BatchPlanner(frames, new BatchPlannerOptions { Seed = 5 });
        again.Plan(9);
        again.Plan(0);
        Assert.Equal(plan, Batches(again.Plan(4)));
        Assert.NotEqual(plan, Batches(again.Plan(5)));
        Assert.NotEqual(plan, Batches(new BatchPlanner(frames, new BatchPlannerOptions { Seed = 6 }).Plan(4)));
    }

    [Fact]
    public void A_plan_of_today_is_the_plan_of_any_later_version()
    {
        // Resuming a run with a newer program must not change the order of its data.
        int[] frames = [.. Enumerable.Range(0, 12).Select(i => 100 + (7 * i % 12))];
        BatchPlan plan = new BatchPlanner(frames, new BatchPlannerOptions { MaximumUtterances = 5, Seed = 42 }).Plan(2);
        Assert.Equal(PinnedPlan, string.Join(" | ", Batches(plan).Select(b => string.Join(' ', b))));
    }

    private const string PinnedPlan = "4 6 | 7 0 5 8 11 | 2 10 3 1 9";

    [Fact]
    public void Neighbours_change_from_epoch_to_epoch()
    {
        var planner = new BatchPlanner(Lengths(1000));
        static HashSet<(int, int)> Pairs(BatchPlan plan) => [.. plan.From(0).SelectMany(b => b.ToArray().SelectMany(x => b.ToArray().Where(y => x < y).Select(y => (x, y))))];
        HashSet<(int, int)> one = Pairs(planner.Plan(1));
        int all = one.Count;
        one.IntersectWith(Pairs(planner.Plan(2)));
        Assert.True(one.Count < 0.5 * all, $"{one.Count} of {all} pairs stay together");
    }

    [Fact]
    public void A_plan_can_be_taken_up_in_the_middle()
    {
        BatchPlan plan = new BatchPlanner(Lengths(300)).Plan(1);
        Assert.Equal(Batches(plan)[7..], plan.From(7).Select(b => b.ToArray()));
        Assert.Empty(plan.From(plan.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.From(plan.Count + 1));
    }

    [Fact]
    public void Clips_without_frames_or_too_long_for_any_batch_are_left_out_and_told()
    {
        var planner = new BatchPlanner([10, 0, 101, 100], new BatchPlannerOptions { MaximumFrames = 100 });
        Assert.Equal([1, 2], planner.LeftOut);
        Assert.Equal([0, 3], Batches(planner.Plan(0)).SelectMany(b => b));
        Assert.Throws<ArgumentException>(() => new BatchPlanner([-1]));
    }

    [Fact]
    public void No_clips_make_no_batches()
    {
        BatchPlan plan = new BatchPlanner([]).Plan(1);
        Assert.Equal((0, 0, 0.0), (plan.Count, plan.Clips, plan.PaddingWaste));
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        Assert.Contains("MaximumUtterances is 0", Assert.Throws<ArgumentException>(() => new BatchPlanner([], new() { MaximumUtterances = 0 })).Message);
        Assert.Throws<ArgumentException>(() => new BatchPlanner([], new() { MaximumFrames = 0 }));
        Assert.Throws<ArgumentException>(() => new BatchPlanner([], new() { MaximumPaddingWaste = double.NaN }));
        Assert.Throws<ArgumentException>(() => new BatchPlanner([], new() { LengthJitter = 1 }));
    }
}
