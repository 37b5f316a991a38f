using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Packages;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>Which language models a recogniser loads.</summary>
/// <param name="Path">A package of them or an n-gram model; null for those of the acoustic model.</param>
/// <param name="None">Whether none are loaded at all.</param>
public sealed record LanguageChoice(string? Path = null, bool None = false)
{
    /// <summary>The models in the acoustic model's own file, or in the package beside it that its settings name; none if there are neither.</summary>
    public static LanguageChoice OfModel { get; } = new();

    /// <summary>No language models.</summary>
    public static LanguageChoice Nothing { get; } = new(None: true);

    /// <summary>Loads them.</summary>
    /// <param name="package">The acoustic model's package.</param>
    /// <param name="settings">Its settings.</param>
    /// <exception cref="FileNotFoundException">They are not there.</exception>
    /// <exception cref="ModelFormatException">They are damaged.</exception>
    internal LanguagePackage? Load(string package, DecoderSettings settings)
    {
        if (None) return null;
        if (Path is not null) return LanguagePackage.Load(Path);
        string file = ModelPackage.FileOf(package);
        if (settings.LanguageModel.Length > 0)
        {
            string folder = System.IO.Path.GetFullPath(settings.LanguageModel, System.IO.Path.GetFullPath(System.IO.Path.GetDirectoryName(file)!));
            try
            {
                return LanguagePackage.Load(folder);
            }
            catch (FileNotFoundException e)
            {
                throw new FileNotFoundException($"{file} wants the language model {settings.LanguageModel}, which is not there ({folder}): put it there, name another, or do without a language model.", e);
            }
        }

        return OwnOf(file);
    }

    private static LanguagePackage? OwnOf(string file)
    {
        TensorFile tensors = TensorFile.Map(file, new TensorFileOptions { VerifyData = false });
        try
        {
            if (LanguagePackage.IsIn(tensors)) return LanguagePackage.From(tensors);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }

        tensors.Dispose();
        return null;
    }
}
