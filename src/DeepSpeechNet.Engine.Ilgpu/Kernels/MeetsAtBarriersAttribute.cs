namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>Marks a kernel whose lanes wait for each other; the lanes of the others never talk.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MeetsAtBarriersAttribute : Attribute
{
    /// <summary>Whether its groups may wait for each other too.</summary>
    public bool AcrossGroups { get; init; }
}
