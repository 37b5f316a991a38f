namespace DeepSpeechNet.Audio.Capture;

/// <summary>A device that sound can be captured from.</summary>
/// <param name="Name">What to open it by.</param>
/// <param name="Description">What it is, in the system's words, on one line.</param>
public sealed record MicrophoneDevice(string Name, string Description);
