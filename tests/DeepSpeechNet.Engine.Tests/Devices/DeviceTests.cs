using DeepSpeechNet.Engine.Devices;

namespace DeepSpeechNet.Engine.Tests.Devices;

/// <summary>Tests of one family of primitives, written once; a subclass for each device there is runs them.</summary>
public abstract class DeviceTests(Func<Device> create) : IDisposable
{
    /// <summary>The device under test.</summary>
    protected Device Device { get; } = create();

    public void Dispose()
    {
        Device.Dispose();
        GC.SuppressFinalize(this);
    }
}
