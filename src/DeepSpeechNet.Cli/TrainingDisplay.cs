using System.Diagnostics;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.Pronunciation;
using DeepSpeechNet.Speech.Training;

namespace DeepSpeechNet.Cli;

/// <summary>Shows a training run: one line redrawn on a terminal, a plain line now and then elsewhere.</summary>
internal sealed class TrainingDisplay(CommandConsole console) : IProgress<TrainingProgress>
{
    private readonly Stopwatch _sinceStep = Stopwatch.StartNew();
    private bool _first = true;

    /// <summary>Writes a line of its own.</summary>
    public void Line(string text) => console.Line(text);

    public void Report(TrainingProgress value)
    {
        switch (value)
        {
            case StepProgress step:
                Show(Text(step), step.Batch / (double)Math.Max(1, step.Batches));
                break;
            case LanguageStepProgress step:
                Show(Text(step), step.Done);
                break;
            case PronouncerStepProgress step:
                Show(Text(step), step.Done);
                break;
            case LanguageEvaluationProgress evaluation:
                Line(Text(evaluation));
                break;
            case EpochProgress epoch:
                Line(Text(epoch));
                break;
            case TrainingMessage message:
                Line(message.Text);
                break;
        }
    }

    private static string Text(StepProgress step) =>
        $"epoch {step.Epoch}/{step.Epochs} batch {step.Batch}/{step.Batches} loss {step.Loss:F3} norm {step.GradientNorm:F2} rate {step.LearningRate:E1} {step.UtterancesPerSecond:F0} utt/s {step.AudioSecondsPerSecond:F0} s/s left {Time(step.TimeLeft)}";

    private static string Text(EpochProgress e)
    {
        string dev = double.IsNaN(e.DevLoss) ? "" : $", dev loss {e.DevLoss:F3}, CER {e.CharacterErrorRate:P2}, WER {e.WordErrorRate:P2}{(e.Best ? " (best)" : "")}";
        string phones = double.IsNaN(e.PhoneErrorRate) ? "" : $", phones {e.PhoneErrorRate:P2}";
        string skipped = e.SkippedSteps > 0 ? $", {e.SkippedSteps} steps skipped" : "";
        return $"epoch {e.Epoch}: loss {e.Loss:F3}{dev}{phones}, {Time(e.Elapsed)}{skipped}";
    }

    private static string Text(LanguageStepProgress step) =>
        $"epoch {step.Epoch}/{step.Epochs} batch {step.Batch}/{step.Batches} perplexity {step.Perplexity:F2} norm {step.GradientNorm:F2} rate {step.LearningRate:E1} {step.TokensPerSecond:F0} tokens/s left {Time(step.TimeLeft)}";

    private static string Text(PronouncerStepProgress step) =>
        $"epoch {step.Epoch}/{step.Epochs} loss {step.Loss:F3} {step.WordsPerSecond:F0} words/s left {Time(step.TimeLeft)}";

    private static string Text(LanguageEvaluationProgress e)
    {
        string valid = double.IsNaN(e.ValidPerplexity) ? "" : $", valid {e.ValidPerplexity:F2} ({e.ValidBits:F4} bits)";
        string skipped = e.SkippedSteps > 0 ? $", {e.SkippedSteps} steps skipped" : "";
        return $"epoch {e.Epoch} step {e.Step}: perplexity {e.Perplexity:F2}{valid}{(e.Best ? " (best)" : "")}, {Time(e.Elapsed)}{skipped}";
    }

    /// <summary>Shows how far the run is, unless it was shown just now.</summary>
    private void Show(string text, double done)
    {
        if (!_first && _sinceStep.Elapsed.TotalSeconds < (console.ErrorIsTerminal ? 0.2 : 15))
            return;
        _first = false;
        _sinceStep.Restart();
        if (console.ErrorIsTerminal)
            console.Progress($"{Bar(done)} {text}");
        else
            console.Line(text);
    }

    private static string Bar(double part)
    {
        const int Width = 20;
        int full = (int)(Width * Math.Clamp(part, 0, 1));
        return "[" + new string('#', full) + new string('.', Width - full) + "]";
    }

    private static string Time(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}" : $"{time.Minutes}:{time.Seconds:D2}";
}
