using DeepSpeechNet.Audio.Files.SndFile;

namespace DeepSpeechNet.Audio.Tests.Files.SndFile;

/// <summary>A test that is skipped, with the reason, where the system has no libsndfile.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SndFileFactAttribute : FactAttribute
{
    public SndFileFactAttribute()
    {
        if (SndFileLibrary.Instance is null)
        {
            Skip = "libsndfile is not installed on this system.";
        }
    }
}
