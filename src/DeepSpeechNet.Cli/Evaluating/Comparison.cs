using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Speech.Tuning;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>The same recordings decoded with no language model, with each, and with both.</summary>
internal static class Comparison
{
    /// <summary>The settings that are compared, in order of what takes part.</summary>
    public static IReadOnlyList<(string Name, DecoderSettings Settings)> Settings(DecoderSettings settings, bool ngram, bool neural)
    {
        DecoderSettings none = settings.WithoutLanguageModel();
        int width = settings.BeamWidth > 1 ? settings.BeamWidth : DecoderSettings.UsualBeamWidth;
        List<(string, DecoderSettings)> list = [("greedy", none with { BeamWidth = 1 }), ("beam", none with { BeamWidth = width })];
        DecoderSettings both = settings with { BeamWidth = width, NeuralPass = settings.NeuralPass == NeuralPass.None ? NeuralPass.Rescoring : settings.NeuralPass };
        if (ngram)
            list.Add(("n-gram", both with { NeuralPass = NeuralPass.None }));
        if (neural)
            list.Add(("RNN", both with { NGramWeight = 0, NeuralPass = NeuralPass.Beam }));
        if (ngram && neural)
            list.Add(("both", both));
        return list;
    }

    /// <summary>Decodes with each and writes the table.</summary>
    public static void Write(TextWriter output, DecodingTrials trials, DecoderSettings settings, Action<string> progress, CancellationToken cancellationToken)
    {
        TextTable table = new("decoder", "WER", "CER", "fewer word errors", "calibration error", "ms/utterance");
        long greedy = 0;
        foreach ((string name, DecoderSettings variant) in Settings(settings, trials.HasNGram, trials.HasNeural))
        {
            progress(name);
            DecodingTrial trial = trials.Run(variant, cancellationToken);
            if (variant.BeamWidth == 1)
                greedy = trial.Words.Errors;
            table.Add(
                name,
                Rates.Percent(trial.Words.Rate),
                Rates.Percent(trial.Characters.Rate),
                greedy == 0 ? "-" : Rates.Percent(1 - (trial.Words.Errors / (double)greedy)),
                Rates.Percent(trial.CalibrationError),
                $"{trial.Work.TotalMilliseconds / trial.Utterances:F1}");
        }

        table.Write(output);
    }
}
