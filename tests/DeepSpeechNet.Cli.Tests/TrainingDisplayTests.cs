using System.Globalization;
using DeepSpeechNet.Speech.Training;

namespace DeepSpeechNet.Cli.Tests;

public sealed class TrainingDisplayTests
{
    [Fact]
    public void An_epoch_names_the_errors_in_phones_where_there_are_phones()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        using StringWriter error = new();
        new TrainingDisplay(new CommandConsole(TextWriter.Null, error, () => Stream.Null, errorIsTerminal: false))
            .Report(new EpochProgress(3, 1.5, 2.5, 0.1, 0.2, false, TimeSpan.FromSeconds(42), 0) { PhoneErrorRate = 0.125 });
        Assert.Equal("epoch 3: loss 1.500, dev loss 2.500, CER 10.00 %, WER 20.00 %, phones 12.50 %, 0:42", error.ToString().Trim());
    }

    [Theory]
    [InlineData(2.5, "epoch 3: loss 1.500, dev loss 2.500, CER 10.00 %, WER 20.00 % (best), 0:42, 1 steps skipped")]
    [InlineData(double.NaN, "epoch 3: loss 1.500, 0:42, 1 steps skipped")]
    public void An_epoch_names_the_errors_on_the_development_set_where_there_is_one(double devLoss, string line)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        using StringWriter error = new();
        new TrainingDisplay(new CommandConsole(TextWriter.Null, error, () => Stream.Null, errorIsTerminal: false))
            .Report(new EpochProgress(3, 1.5, devLoss, 0.1, 0.2, true, TimeSpan.FromSeconds(42), 1));
        Assert.Equal(line, error.ToString().Trim());
    }
}
