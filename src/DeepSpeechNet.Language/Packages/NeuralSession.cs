using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Neural;

namespace DeepSpeechNet.Language.Packages;

/// <summary>A package's neural model at work for one thread, with a device and weights of its own. Dispose it to give them back.</summary>
public sealed class NeuralSession : IDisposable
{
    private readonly CpuDevice _device;

    internal NeuralSession(CpuDevice device, NeuralLanguageModel model, LanguageTokens tokens)
    {
        _device = device;
        Tokens = tokens;
        Stepper = new LanguageStepper(model);
    }

    /// <summary>What the model counts as one symbol.</summary>
    public LanguageTokens Tokens { get; }

    /// <summary>The model at work.</summary>
    public LanguageStepper Stepper { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stepper.Dispose();
        _device.Dispose();
    }
}
