using System.CommandLine;
using DeepSpeechNet.Audio.Files;
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

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        TranscriptFormat format = parsed.GetValue(_format) is { } name && TranscriptFormats.TryParse(name, out TranscriptFormat named) ? named : TranscriptFormat.Text;
        TranscriptionOptions options = Options(parsed, format);
        AudioInputs inputs = AudioInputs.Find(parsed.GetRequiredValue(_paths), parsed.GetValue(_recursive));
        string? folder = parsed.GetValue(_output);
        if (folder is null && inputs.Several && format is TranscriptFormat.SubRip or TranscriptFormat.WebVtt)
            throw new UsageException("Subtitles of several recordings cannot share one output: give a folder for them with --output.");
        foreach (string sentence in inputs.Missing)
            _console.Say(sentence);
        if (inputs.Files.Count == 0)
            return Task.FromResult(DsnCommand.Failed);
        TranscriptWriterOptions writing = new() { Words = parsed.GetValue(_words), SeveralFiles = folder is null && inputs.Several };
        if (folder is null && inputs.Files.Count == 1)
        {
            int exit = RunOne(parsed, inputs.Files[0], options, TranscriptFormats.CreateWriter(format, writing), cancellationToken);
            return Task.FromResult(inputs.Missing.Count == 0 ? exit : DsnCommand.Failed);
        }

        return RunManyAsync(parsed, inputs, options, format, writing, folder, cancellationToken);
    }

    private TranscriptionOptions Options(ParseResult parsed, TranscriptFormat format)
    {
        Segmentation segmentation = parsed.GetValue(_segmentation) switch
        {
            "whole" => Segmentation.Whole,
            "pauses" => Segmentation.Pauses,
            _ => Segmentation.Automatic,
        };
        TranscriptionOptions options = new() { Alternatives = parsed.GetValue(_alternatives), BeamWidth = _recognizer.Beam(parsed), Segmentation = segmentation };
        UsageException.Check(options.Validate);
        if (options.Alternatives > 0 && format is not (TranscriptFormat.Json or TranscriptFormat.JsonLines))
            throw new UsageException("--alternatives are written by --format json and jsonl only.");
        if (options.Alternatives > 1 && options.BeamWidth == 1)
            throw new UsageException("--alternatives need a beam wider than 1: leave out --beam, or widen it.");
        return options;
    }

    private TranscriptionOptions Complete(ParseResult parsed, TranscriptionOptions options, Recognizer recognizer) =>
        _recognizer.Complete(parsed, WithBeam(options, recognizer), recognizer, _console);

    /// <summary>Alternatives need a beam: where neither the user nor the model asks for one, there is one now.</summary>
    private static TranscriptionOptions WithBeam(TranscriptionOptions options, Recognizer recognizer) =>
        options.Alternatives > 1 && options.BeamWidth == 0 && recognizer.Model.Decoder.BeamWidth < options.Alternatives
            ? options with { BeamWidth = Math.Max(32, 4 * options.Alternatives) }
            : options;

    /// <summary>
    /// One recording: what a person waits for, so it is read while the model is loaded, and nothing here is asynchronous, since every method that is costs
    /// compilation at the start.
    /// </summary>
    private int RunOne(ParseResult parsed, AudioInput input, TranscriptionOptions options, ITranscriptWriter writer, CancellationToken cancellationToken)
    {
        const int UsualRate = 16000;
        (AudioClip? Clip, string? Fault) read = default;
        Thread? reader = input.IsStandardInput ? null : new Thread(() => read = FileTranscriber.Read(input, UsualRate, _console.OpenInput)) { IsBackground = true };
        reader?.Start();
        Recognizer recognizer = _recognizer.Load(parsed);
        try
        {
            reader?.Join();
            if (reader is null || recognizer.Model.FrontEnd.SampleRate != UsualRate)
                read = FileTranscriber.Read(input, recognizer.Model.FrontEnd.SampleRate, _console.OpenInput);
            FileOutcome outcome = read.Clip is { } clip
                ? FileTranscriber.TranscribeAsync(input, clip, recognizer, Complete(parsed, options, recognizer), cancellationToken).GetAwaiter().GetResult()
                : new FileOutcome(null, read.Fault, []);
            Report(input, outcome);
            writer.Begin(_console.Out);
            if (outcome.Transcript is not null)
                writer.Write(_console.Out, input.Path, outcome.Transcript);
            writer.End(_console.Out);
            _console.Out.Flush();
            return outcome.Fault is null ? 0 : DsnCommand.Failed;
        }
        finally
        {
            recognizer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private async Task<int> RunManyAsync(
        ParseResult parsed, AudioInputs inputs, TranscriptionOptions options, TranscriptFormat format, TranscriptWriterOptions writing, string? folder, CancellationToken cancellationToken)
    {
        await using Recognizer recognizer = _recognizer.Load(parsed);
        using FileTranscriber transcriber = new(recognizer, Complete(parsed, options, recognizer), _console.OpenInput, Environment.ProcessorCount);
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
