using System.CommandLine;
using DeepSpeechNet.Cli.Transcribing;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Recognition.Writers;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn transcribe</c>: recordings to text.</summary>
internal sealed class TranscribeCommand
{
    private readonly Argument<string[]> _paths = new("paths") { Description = "Audio files, folders, patterns such as 'talks/*.flac', or - for the standard input.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _format = new("--format", "-f") { Description = "How the text is written; jsonl writes each recording as it is done, the others in the order given. Default: text." };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Write a file for each recording into this folder." };
    private readonly Option<bool> _words = new("--words") { Description = "List each word with its times and confidence (text, tsv; json and jsonl always do)." };
    private readonly Option<int> _alternatives = new("--alternatives") { Description = "How many readings to give (json, jsonl); they need a beam, and get one unless --beam says otherwise." };
    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Look into the folders of folders." };
    private readonly Option<string?> _segmentation = new("--segmentation") { Description = $"automatic: recordings up to {Recognizer.LongestUtterance} s whole, longer ones cut at pauses; or always whole, or always pauses. Default: automatic." };
    private readonly RecognizerArguments _recognizer = new();
    private readonly CommandConsole _console;

    private TranscribeCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        TranscribeCommand self = new(console);
        self._format.AcceptOnlyFromAmong([.. TranscriptFormats.Names]);
        self._segmentation.AcceptOnlyFromAmong("automatic", "whole", "pauses");
        Command command = new("transcribe", "Turn recordings into text.")
        {
            self._paths, self._format, self._output, self._words, self._alternatives, self._recursive, self._segmentation,
        };
        self._recognizer.AddTo(command);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        TranscriptFormat format = parsed.GetValue(_format) is { } name && TranscriptFormats.TryParse(name, out TranscriptFormat named) ? named : TranscriptFormat.Text;
        int alternatives = parsed.GetValue(_alternatives);
        Segmentation segmentation = Enum.Parse<Segmentation>(parsed.GetValue(_segmentation) ?? "automatic", ignoreCase: true);
        TranscriptionOptions options = new() { Alternatives = alternatives, BeamWidth = _recognizer.Beam(parsed), Segmentation = segmentation };
        UsageException.Check(options.Validate);
        if (alternatives > 0 && format is not (TranscriptFormat.Json or TranscriptFormat.JsonLines))
            throw new UsageException("--alternatives are written by --format json and jsonl only.");
        if (alternatives > 1 && options.BeamWidth == 1)
            throw new UsageException("--alternatives need a beam wider than 1: leave out --beam, or widen it.");
        AudioInputs inputs = AudioInputs.Find(parsed.GetRequiredValue(_paths), parsed.GetValue(_recursive));
        string? folder = parsed.GetValue(_output);
        if (folder is null && inputs.Several && format is TranscriptFormat.SubRip or TranscriptFormat.WebVtt)
            throw new UsageException("Subtitles of several recordings cannot share one output: give a folder for them with --output.");
        foreach (string sentence in inputs.Missing)
            _console.Say(sentence);
        if (inputs.Files.Count == 0)
            return DsnCommand.Failed;

        await using Recognizer recognizer = await _recognizer.LoadAsync(parsed, cancellationToken).ConfigureAwait(false);
        if (alternatives > 1 && options.BeamWidth == 0 && recognizer.Model.Decoder.BeamWidth < alternatives)
            options = options with { BeamWidth = Math.Max(32, 4 * alternatives) };
        using FileTranscriber transcriber = new(recognizer, options, _console.OpenInput, Environment.ProcessorCount);
        TranscriptWriterOptions writing = new() { Words = parsed.GetValue(_words), SeveralFiles = folder is null && inputs.Several };
        bool complete = folder is null
            ? await WriteAsync(inputs.Files, transcriber, TranscriptFormats.CreateWriter(format, writing), inOrder: format != TranscriptFormat.JsonLines, cancellationToken).ConfigureAwait(false)
            : await SaveAsync(inputs.Files, transcriber, new TranscriptFiles(inputs.Files, folder, format, writing), cancellationToken).ConfigureAwait(false);
        return complete && inputs.Missing.Count == 0 ? 0 : DsnCommand.Failed;
    }

    /// <summary>Writes all transcripts to standard output; true if there is one for every recording.</summary>
    private async Task<bool> WriteAsync(IReadOnlyList<AudioInput> inputs, FileTranscriber transcriber, ITranscriptWriter writer, bool inOrder, CancellationToken cancellationToken)
    {
        bool complete = true;
        using TranscriptionProgress progress = new(_console, inputs.Count);
        Task<FileOutcome> Work(int i, CancellationToken token) => transcriber.RunAsync(inputs[i], token);
        writer.Begin(_console.Out);
        await foreach ((int index, FileOutcome outcome) in ManyAtOnce.RunAsync(inputs.Count, FileTranscriber.AtOnce, inOrder, Work, cancellationToken).ConfigureAwait(false))
        {
            Report(inputs[index], outcome);
            if (outcome.Transcript is { } transcript)
            {
                _console.EndProgress();
                writer.Write(_console.Out, inputs[index].Path, transcript);
                await _console.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            complete &= outcome.Fault is null;
            progress.Done(outcome);
        }

        writer.End(_console.Out);
        return complete;
    }

    /// <summary>Saves each transcript in a file of its own; true if all are there.</summary>
    private async Task<bool> SaveAsync(IReadOnlyList<AudioInput> inputs, FileTranscriber transcriber, TranscriptFiles files, CancellationToken cancellationToken)
    {
        bool complete = true;
        using TranscriptionProgress progress = new(_console, inputs.Count);
        async Task<FileOutcome> Work(int i, CancellationToken token)
        {
            FileOutcome outcome = await transcriber.RunAsync(inputs[i], token).ConfigureAwait(false);
            if (outcome.Transcript is null)
                return outcome;
            try
            {
                files.Save(i, inputs[i], outcome.Transcript);
                return outcome;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return outcome with { Fault = $"{inputs[i].Name}: {e.Message}" };
            }
        }

        await foreach ((int index, FileOutcome outcome) in ManyAtOnce.RunAsync(inputs.Count, FileTranscriber.AtOnce, inOrder: true, Work, cancellationToken).ConfigureAwait(false))
        {
            Report(inputs[index], outcome);
            complete &= outcome.Fault is null;
            progress.Done(outcome);
        }

        return complete;
    }

    private void Report(AudioInput input, FileOutcome outcome)
    {
        foreach (string warning in outcome.Warnings)
            _console.Say($"{input.Name}: {warning}");
        if (outcome.Fault is { } fault)
            _console.Say(fault);
    }
}
