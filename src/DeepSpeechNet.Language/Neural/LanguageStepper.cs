using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// Runs a language model symbol by symbol for many texts at once, as beam search and rescoring need it. A text's past is a state, an integer handle; advancing
/// states gives new ones and leaves the old as they were, so that a prefix can go on in several ways. All states of a call advance with one matrix product a
/// layer, and which others are in the call changes nothing in a state's result.
/// <para>For one thread. Dispose it to give its memory back to the device.</para>
/// </summary>
public sealed class LanguageStepper : IDisposable
{
    /// <summary>States that advance in one product; more are done in turns.</summary>
    private const int RowsAtOnce = 64;

    private readonly NeuralLanguageModel _model;
    private readonly StepBuffers _buffers;
    private readonly StateSlots _slots;
    private readonly float[] _gather;
    private readonly int[] _recent;
    private readonly int[] _indices;
    private float[] _wide = [];

    /// <summary>A stepper over a model, with the state at the beginning of a sentence ready.</summary>
    public LanguageStepper(NeuralLanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        NeuralLanguageModelOptions options = model.Options;
        _model = model;
        _buffers = new StepBuffers(model, RowsAtOnce);
        bool recurrent = options.Network == LanguageNetwork.Recurrent;
        int carried = recurrent ? options.Layers * options.Hidden * (options.HasCellState ? 2 : 1) : options.Hidden;
        _slots = new StateSlots(carried, options.Context, model.EndToken);
        _gather = new float[RowsAtOnce * options.Hidden];
        _recent = new int[options.Context];
        _indices = new int[RowsAtOnce * options.Context];
        int blank = _slots.Take();
        Span<int> next = stackalloc int[1];
        Advance([blank], [model.EndToken], next, default);
        _slots.Release(blank);
        BeginState = next[0];
    }

    /// <summary>V: how many symbols it predicts.</summary>
    public int TokenCount => _model.TokenCount;

    /// <summary>The symbol that ends a sentence.</summary>
    public int EndToken => _model.EndToken;

    /// <summary>The state at the beginning of a sentence. It is never released.</summary>
    public int BeginState { get; }

    /// <summary>How many states there are, that at the beginning included.</summary>
    public int StateCount => _slots.Count;

    /// <summary>Advances each state by one symbol and gives the probabilities of the next.</summary>
    /// <param name="states">The states, [n]; one may stand several times. They stay as they are.</param>
    /// <param name="tokens">The symbol that each reads, [n].</param>
    /// <param name="next">Gets the new states, [n]; release each when it is needed no longer.</param>
    /// <param name="logProbabilities">Gets natural logarithms, [n, V] row by row.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, a state does not exist or a symbol is out of range.</exception>
    public void Step(ReadOnlySpan<int> states, ReadOnlySpan<int> tokens, Span<int> next, Span<float> logProbabilities)
    {
        if (logProbabilities.Length != (long)states.Length * TokenCount)
            throw new ArgumentException($"{states.Length} states need {states.Length} x {TokenCount} log probabilities, not {logProbabilities.Length}.", nameof(logProbabilities));
        Advance(states, tokens, next, logProbabilities);
    }

    /// <summary>Advances each state by one symbol without computing probabilities; see <see cref="Step"/>.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit, a state does not exist or a symbol is out of range.</exception>
    public void Advance(ReadOnlySpan<int> states, ReadOnlySpan<int> tokens, Span<int> next) => Advance(states, tokens, next, default);

    /// <summary>The probabilities of the next symbol after each state.</summary>
    /// <param name="states">The states, [n].</param>
    /// <param name="logProbabilities">Gets natural logarithms, [n, V] row by row.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a state does not exist.</exception>
    public void Probabilities(ReadOnlySpan<int> states, Span<float> logProbabilities)
    {
        if (logProbabilities.Length != (long)states.Length * TokenCount)
            throw new ArgumentException($"{states.Length} states need {states.Length} x {TokenCount} log probabilities, not {logProbabilities.Length}.", nameof(logProbabilities));
        for (int first = 0; first < states.Length; first += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, states.Length - first);
            StepView view = _buffers.Of(rows);
            LoadTop(view, states.Slice(first, rows));
            Output(view, logProbabilities.Slice(first * TokenCount, rows * TokenCount));
        }
    }

    /// <summary>
    /// The probability of one given symbol after each state, for models of many words. Pairs of the same state that stand one after the other share the work.
    /// </summary>
    /// <param name="states">The states, [n].</param>
    /// <param name="tokens">The symbols, [n].</param>
    /// <param name="logProbabilities">Gets natural logarithms, [n].</param>
    /// <exception cref="ArgumentException">The lengths do not fit, a state does not exist or a symbol is out of range.</exception>
    public void Score(ReadOnlySpan<int> states, ReadOnlySpan<int> tokens, Span<float> logProbabilities)
    {
        CheckLengths(states.Length, tokens.Length, logProbabilities.Length);
        foreach (int token in tokens)
            CheckToken(token);
        if (_model.Options.Output == OutputLayer.Hierarchical)
        {
            ScorePaths(states, tokens, logProbabilities);
            return;
        }

        Span<int> distinct = stackalloc int[RowsAtOnce];
        if (_wide.Length == 0)
            _wide = new float[RowsAtOnce * TokenCount];
        for (int first = 0; first < states.Length;)
        {
            int rows = 0, end = first;
            for (; end < states.Length; end++)
            {
                if (rows > 0 && states[end] == distinct[rows - 1])
                    continue;
                if (rows == RowsAtOnce)
                    break;
                distinct[rows++] = states[end];
            }

            Probabilities(distinct[..rows], _wide.AsSpan(0, rows * TokenCount));
            int row = 0;
            for (int i = first; i < end; i++)
            {
                while (states[i] != distinct[row])
                    row++;
                logProbabilities[i] = _wide[(row * TokenCount) + tokens[i]];
            }

            first = end;
        }
    }

    /// <summary>Tells that a state is needed no longer; its handle may be used again. The state at the beginning stays.</summary>
    /// <exception cref="ArgumentException">The state does not exist.</exception>
    public void Release(int state)
    {
        if (state != BeginState)
            _slots.Release(state);
    }

    /// <summary>Releases all states but that at the beginning.</summary>
    public void Clear() => _slots.ReleaseAllBut(BeginState);

    /// <inheritdoc/>
    public void Dispose() => _buffers.Dispose();

    private void Advance(ReadOnlySpan<int> states, ReadOnlySpan<int> tokens, Span<int> next, Span<float> logProbabilities)
    {
        CheckLengths(states.Length, tokens.Length, next.Length);
        foreach (int token in tokens)
            CheckToken(token);
        foreach (int state in states)
            _slots.Check(state);
        for (int first = 0; first < states.Length; first += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, states.Length - first);
            StepView view = _buffers.Of(rows);
            ReadOnlySpan<int> from = states.Slice(first, rows), read = tokens.Slice(first, rows);
            Input(view, from, read);
            if (_model.Options.Network == LanguageNetwork.Recurrent)
                Recur(view, from);
            else
                FeedForward(view);
            Span<int> to = next.Slice(first, rows);
            for (int i = 0; i < rows; i++)
                to[i] = _slots.Take(from[i], read[i]);
            Store(view, to);
            if (!logProbabilities.IsEmpty)
                Output(view, logProbabilities.Slice(first * TokenCount, rows * TokenCount));
        }
    }

    /// <summary>Puts the rows of the input table that each state's last symbols choose where the first layer reads.</summary>
    private void Input(StepView view, ReadOnlySpan<int> states, ReadOnlySpan<int> tokens)
    {
        int count = 0;
        for (int i = 0; i < states.Length; i++)
        {
            _slots.Recent(states[i])[1..].CopyTo(_recent);
            _recent[^1] = tokens[i];
            if (_model.Options.OneHot)
            {
                _indices[count++] = _model.InputRow(_recent);
                continue;
            }

            _recent.CopyTo(_indices, count);
            count += _recent.Length;
        }

        _model.Device.Upload(MemoryMarshal.AsBytes(_indices.AsSpan(0, count)), view.Indices);
        _model.Device.GatherRows(_model.Embeddings.Value, view.Indices, view.Looked);
    }

    private void Recur(StepView view, ReadOnlySpan<int> states)
    {
        Device device = _model.Device;
        NeuralLanguageModelOptions options = _model.Options;
        int hidden = options.Hidden;
        for (int layer = 0; layer < options.Layers; layer++)
        {
            if (layer > 0 || !options.OneHot)
            {
                NeuralLayer weights = _model.Layers[layer];
                device.MatMul(layer == 0 ? view.Input! : view.Hidden[layer - 1], false, weights.InputWeight!.Value, true, view.Gates[layer], bias: weights.InputBias!.Value);
            }

            Load(view.HiddenBefore[layer], states, layer * hidden);
            if (options.HasCellState)
                Load(view.CellBefore[layer], states, (options.Layers + layer) * hidden);
            device.RecurrentForward(options.Cell, view.Lengths, view.Directions.AsSpan(layer, 1), training: false);
        }
    }

    private void FeedForward(StepView view)
    {
        for (int layer = 0; layer < _model.Options.Layers; layer++)
        {
            NeuralLayer weights = _model.Layers[layer];
            Tensor x = layer == 0 ? view.Input! : view.Hidden[layer - 1];
            _model.Device.MatMul(x, false, weights.InputWeight!.Value, true, view.Hidden[layer], bias: weights.InputBias!.Value, activation: Activation.Tanh);
        }
    }

    /// <summary>Copies a part of each state into the rows of a tensor.</summary>
    private void Load(Tensor target, ReadOnlySpan<int> states, int offset)
    {
        int hidden = _model.Options.Hidden;
        for (int i = 0; i < states.Length; i++)
            _slots.Values(states[i]).Slice(offset, hidden).CopyTo(_gather.AsSpan(i * hidden));
        _model.Device.Upload(MemoryMarshal.AsBytes(_gather.AsSpan(0, states.Length * hidden)), target);
    }

    private void Store(StepView view, ReadOnlySpan<int> states)
    {
        NeuralLanguageModelOptions options = _model.Options;
        if (options.Network == LanguageNetwork.FeedForward)
        {
            Keep(view.Hidden[^1], states, 0);
            return;
        }

        for (int layer = 0; layer < options.Layers; layer++)
        {
            Keep(view.Hidden[layer], states, layer * options.Hidden);
            if (options.HasCellState)
                Keep(view.Cell[layer], states, (options.Layers + layer) * options.Hidden);
        }
    }

    /// <summary>Copies the rows of a tensor into a part of each state.</summary>
    private void Keep(Tensor source, ReadOnlySpan<int> states, int offset)
    {
        int hidden = _model.Options.Hidden;
        Span<float> rows = _gather.AsSpan(0, states.Length * hidden);
        _model.Device.Download(source, MemoryMarshal.AsBytes(rows));
        for (int i = 0; i < states.Length; i++)
            rows.Slice(i * hidden, hidden).CopyTo(_slots.Values(states[i])[offset..]);
    }

    /// <summary>Log probabilities from the last layer's rows.</summary>
    private void Output(StepView view, Span<float> logProbabilities)
    {
        _model.Output.LogProbabilities(_model.Device, view.Hidden[^1], view.Projected, view.Logits, logProbabilities);
    }

    /// <summary>With a tree of softmaxes a symbol costs its path alone.</summary>
    private void ScorePaths(ReadOnlySpan<int> states, ReadOnlySpan<int> tokens, Span<float> logProbabilities)
    {
        for (int first = 0; first < states.Length; first += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, states.Length - first);
            StepView view = _buffers.Of(rows);
            LoadTop(view, states.Slice(first, rows));
            _model.Output.TryPathProbabilities(_model.Device, view.Hidden[^1], tokens.Slice(first, rows), logProbabilities.Slice(first, rows));
        }
    }

    /// <summary>Puts the last layer's outputs of states where the output layer reads.</summary>
    private void LoadTop(StepView view, ReadOnlySpan<int> states)
    {
        int hidden = _model.Options.Hidden;
        for (int i = 0; i < states.Length; i++)
            TopHidden(states[i]).CopyTo(_gather.AsSpan(i * hidden));
        _model.Device.Upload(MemoryMarshal.AsBytes(_gather.AsSpan(0, states.Length * hidden)), view.Hidden[^1]);
    }

    private ReadOnlySpan<float> TopHidden(int state)
    {
        _slots.Check(state);
        int hidden = _model.Options.Hidden, layer = _model.Options.Network == LanguageNetwork.Recurrent ? _model.Options.Layers - 1 : 0;
        return _slots.Values(state).Slice(layer * hidden, hidden);
    }

    private void CheckToken(int token)
    {
        if ((uint)token >= (uint)TokenCount)
            throw new ArgumentException($"There is no symbol {token}; there are {TokenCount}.", nameof(token));
    }

    private static void CheckLengths(int states, int tokens, int results)
    {
        if (tokens != states || results != states)
            throw new ArgumentException($"{states} states need as many symbols and results, not {tokens} and {results}.");
    }
}
