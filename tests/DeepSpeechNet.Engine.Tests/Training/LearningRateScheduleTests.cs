using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Tests.Training;

public sealed class LearningRateScheduleTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void Warm_up_rises_in_equal_steps_from_the_first_to_the_peak()
    {
        LearningRateSchedule schedule = LearningRateSchedule.Constant(0.01f, 4);
        Assert.Equal([0.0025f, 0.005f, 0.0075f, 0.01f, 0.01f, 0.01f], Enumerable.Range(0, 6).Select(s => schedule.At(s)));
        Assert.Equal(0.01f, LearningRateSchedule.Constant(0.01f).At(0));
    }

    [Fact]
    public void A_straight_line_is_halfway_in_the_middle_and_stays_at_its_floor()
    {
        LearningRateSchedule schedule = LearningRateSchedule.Linear(0.01f, 10, 110, 0.002f);
        Assert.Equal(0.001, schedule.At(0), Tolerance);
        Assert.Equal(0.01, schedule.At(10), Tolerance);
        Assert.Equal(0.006, schedule.At(60), Tolerance);
        Assert.Equal(0.002, schedule.At(110), Tolerance);
        Assert.Equal(0.002, schedule.At(100_000), Tolerance);
    }

    [Fact]
    public void A_cosine_is_at_85_50_and_15_percent_after_its_quarters()
    {
        LearningRateSchedule schedule = LearningRateSchedule.Cosine(1, 100, 500, 0);
        Assert.Equal(1, schedule.At(100), Tolerance);
        Assert.Equal(0.5 + (Math.Sqrt(2) / 4), schedule.At(200), 1e-7);
        Assert.Equal(0.5, schedule.At(300), 1e-7);
        Assert.Equal(0.5 - (Math.Sqrt(2) / 4), schedule.At(400), 1e-7);
        Assert.Equal(0, schedule.At(500), Tolerance);
        Assert.Equal(0.1, LearningRateSchedule.Cosine(1, 0, 50, 0.1f).At(60), 1e-7);
    }

    [Fact]
    public void The_inverse_halves_after_its_halving_steps()
    {
        LearningRateSchedule schedule = LearningRateSchedule.Inverse(0.4f, 10, 100);
        Assert.Equal(0.4, schedule.At(10), 1e-7);
        Assert.Equal(0.2, schedule.At(110), 1e-7);
        Assert.Equal(0.1, schedule.At(310), 1e-7);
    }

    [Fact]
    public void The_inverse_root_halves_when_the_steps_have_grown_fourfold()
    {
        LearningRateSchedule schedule = LearningRateSchedule.InverseRoot(0.4f, 100);
        Assert.Equal(0.4, schedule.At(99), 1e-7);
        Assert.Equal(0.2, schedule.At(399), 1e-7);
        Assert.True(schedule.At(100) < schedule.At(99));
    }

    [Fact]
    public void One_cycle_starts_low_peaks_where_asked_and_ends_lowest()
    {
        LearningRateSchedule schedule = LearningRateSchedule.OneCycle(1, 101, 0.3f, 25, 1000);
        Assert.Equal(0.04, schedule.At(0), 1e-7);
        Assert.Equal(0.52, schedule.At(15), 1e-7);
        Assert.Equal(1, schedule.At(30), 1e-7);
        Assert.Equal((1 + 0.001) / 2, schedule.At(65), 1e-7);
        Assert.Equal(0.001, schedule.At(100), 1e-7);
        Assert.Equal(0.001, schedule.At(1000), 1e-7);
    }

    [Fact]
    public void Annealing_changes_between_epochs_alone()
    {
        LearningRateSchedule schedule = LearningRateSchedule.EpochAnneal(0.8f, 0.5f, 10);
        Assert.Equal([0.8f, 0.8f, 0.4f, 0.4f, 0.2f], new long[] { 0, 9, 10, 19, 20 }.Select(schedule.At));
    }

    [Fact]
    public void A_warm_up_longer_than_the_run_never_divides_by_nothing()
    {
        LearningRateSchedule schedule = LearningRateSchedule.Cosine(1, 0, 0, 0.5f);
        Assert.Equal(0.5f, schedule.At(0));
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant(float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(1, -1, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Linear(1, 0, 10, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.OneCycle(1, 10, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.EpochAnneal(1, 0, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Constant(1).At(-1));
    }
}
