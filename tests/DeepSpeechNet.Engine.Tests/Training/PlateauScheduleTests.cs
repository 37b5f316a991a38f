using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Tests.Training;

public sealed class PlateauScheduleTests
{
    private static readonly PlateauOptions Options = new() { Factor = 0.5f, Patience = 1, Threshold = 0.01, MinimumScale = 0.2f };

    [Fact]
    public void The_scale_falls_when_patience_is_spent_and_patience_starts_again()
    {
        PlateauSchedule schedule = new(Options);
        bool[] fell = [.. new double[] { 10, 9, 9, 9, 9, 9, 8, 8 }.Select(schedule.Report)];
        Assert.Equal([false, false, false, true, false, true, false, false], fell);
        Assert.Equal(0.25f, schedule.Scale);
    }

    [Fact]
    public void A_smaller_gain_than_the_threshold_is_none()
    {
        PlateauSchedule schedule = new(Options with { Patience = 0 });
        schedule.Report(100);
        Assert.True(schedule.Report(99.5));
        Assert.False(schedule.Report(98.9));
    }

    [Fact]
    public void What_is_no_number_is_no_improvement()
    {
        PlateauSchedule schedule = new(Options with { Patience = 0 });
        Assert.True(schedule.Report(double.NaN));
        Assert.False(schedule.Report(5));
        Assert.Equal(5, schedule.State.Best);
    }

    [Fact]
    public void The_scale_stops_at_its_minimum()
    {
        PlateauSchedule schedule = new(Options with { Patience = 0 });
        schedule.Report(1);
        bool[] fell = [.. Enumerable.Repeat(1.0, 4).Select(schedule.Report)];
        Assert.Equal([true, true, true, false], fell);
        Assert.Equal(0.2f, schedule.Scale);
    }

    [Fact]
    public void A_schedule_goes_on_where_its_state_left_off()
    {
        double[] metrics = [10, 9, 9.5, 9.2, 9.1, 8, 8.5, 8.6, 8.7, 8.8];
        PlateauSchedule whole = new(Options), first = new(Options);
        foreach (double metric in metrics)
            whole.Report(metric);
        foreach (double metric in metrics[..4])
            first.Report(metric);
        PlateauSchedule second = new(Options, first.State);
        foreach (double metric in metrics[4..])
            second.Report(metric);
        Assert.Equal(whole.State, second.State);
        Assert.True(whole.Scale < 1);
    }
}
