using DeepSpeechNet.Cli;

return await DsnCommand.RunAsync(args).ConfigureAwait(false);
