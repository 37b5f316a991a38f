using DeepSpeechNet.Cli;

// Not awaited: an async entry point costs milliseconds of every start.
return DsnCommand.RunAsync(args).GetAwaiter().GetResult();
