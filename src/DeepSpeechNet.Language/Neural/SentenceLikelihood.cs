namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// Scores a text sentence by sentence, each from the state at the beginning, as a recogniser meets its utterances: nothing is known of the sentences before.
/// Many sentences run side by side.
/// </summary>
public sealed class SentenceLikelihood
{
    private const int SideBySide = 64;
    private readonly NeuralLanguageModel _model;

    /// <summary>A scorer over a model.</summary>
    public SentenceLikelihood(NeuralLanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
    }

    /// <summary>The log probability of each symbol of the text, ends of sentences included, in nats.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public float[] Run(TokenText text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        float[] scores = new float[text.Count];
        int vocabulary = _model.TokenCount, place = 0, running = 0;
        int[] states = new int[SideBySide], places = new int[SideBySide], tokens = new int[SideBySide], next = new int[SideBySide];
        float[] rows = new float[SideBySide * vocabulary], first = new float[vocabulary];
        using LanguageStepper stepper = new(_model);
        stepper.Probabilities([stepper.BeginState], first);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (; running < SideBySide && place < text.Count; running++)
            {
                states[running] = stepper.BeginState;
                places[running] = place;
                scores[place] = first[text[place]];
                while (text[place] != _model.EndToken)
                    place++;
                place++;
            }

            // Sentences whose end has been scored make room for others.
            int kept = 0;
            for (int i = 0; i < running; i++)
            {
                if (text[places[i]] == _model.EndToken)
                {
                    stepper.Release(states[i]);
                    continue;
                }

                (states[kept], places[kept]) = (states[i], places[i]);
                kept++;
            }

            running = kept;
            if (running == 0 && place >= text.Count)
                return scores;
            for (int i = 0; i < running; i++)
                tokens[i] = text[places[i]];
            stepper.Step(states.AsSpan(0, running), tokens.AsSpan(0, running), next.AsSpan(0, running), rows.AsSpan(0, running * vocabulary));
            for (int i = 0; i < running; i++)
            {
                stepper.Release(states[i]);
                states[i] = next[i];
                scores[++places[i]] = rows[(i * vocabulary) + text[places[i]]];
            }
        }
    }
}
