namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>What networks can run on here, or why they cannot.</summary>
/// <param name="Name">What people choose it by: <c>cpu</c>, <c>gpu</c> (the first card), <c>gpu:1</c> (the next).</param>
/// <param name="Description">What it is.</param>
/// <param name="Obstacle">Why it cannot be used, and the cure; null where it can.</param>
public sealed record DeviceEntry(string Name, string Description, string? Obstacle)
{
    /// <summary>Whether a device of this name can be made.</summary>
    public bool IsUsable => Obstacle is null;
}
