using System.Globalization;
using System.Runtime.InteropServices;
using DeepSpeechNet.Audio.Capture;
using NAudio;
using NAudio.CoreAudioApi;
using NAudio.Wave;

namespace DeepSpeechNet.Audio.NAudio.Capture;

/// <summary>Finding and opening microphones on Windows.</summary>
internal static class WindowsDevices
{
    private const string Default = "default", WaveInPrefix = "wavein:";

    /// <summary>waveIn's number for whatever device is the default; it converts rates.</summary>
    private const int WaveMapper = -1;

    /// <summary>The default microphone, those of WASAPI by their names, and those of waveIn by their numbers.</summary>
    public static IReadOnlyList<MicrophoneDevice> List() => OnPlainThread<IReadOnlyList<MicrophoneDevice>>(() =>
    {
        List<MicrophoneDevice> devices = [new(Default, "The default microphone")];
        try
        {
            using MMDeviceEnumerator enumerator = new();
            foreach (MMDevice device in enumerator.EnumerateAudioEndPoints(DataFlow.Capture, DeviceState.Active))
            {
                using (device)
                    devices.Add(new MicrophoneDevice(device.FriendlyName, device.ID));
            }
        }
        catch (COMException)
        {
            // No sound service; waveIn may still have something.
        }

        for (int i = 0; i < WaveInEvent.DeviceCount; i++)
            devices.Add(new MicrophoneDevice(FormattableString.Invariant($"{WaveInPrefix}{i}"), WaveInEvent.GetCapabilities(i).ProductName));
        return devices.Count > 1 ? devices : [];
    });

    /// <summary>Opens a device by its name or identifier.</summary>
    public static IMicrophone Open(MicrophoneOptions options) => OnPlainThread(() =>
    {
        try
        {
            return new WaveInMicrophone(Source(options), options);
        }
        catch (Exception e) when (e is COMException or MmException or UnauthorizedAccessException)
        {
            throw new CaptureException(WaveInMicrophone.Refused(options.Device, e), e);
        }
    });

    private static IWaveIn Source(MicrophoneOptions options)
    {
        if (options.Device.StartsWith(WaveInPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return int.TryParse(options.Device.AsSpan(WaveInPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < WaveInEvent.DeviceCount
                ? WaveIn(number, options)
                : throw Missing(options.Device);
        }

        if (options.Device != Default)
            return Wasapi(Find(options.Device), options);
        try
        {
            return Wasapi(WasapiCapture.GetDefaultCaptureDevice(), options);
        }
        catch (COMException) when (WaveInEvent.DeviceCount > 0)
        {
            return WaveIn(WaveMapper, options);
        }
    }

    private static WasapiCapture Wasapi(MMDevice device, MicrophoneOptions options) =>
        new(device, useEventSync: true, (int)(1000 * options.BufferSeconds)) { WaveFormat = Format(options) };

    private static WaveInEvent WaveIn(int number, MicrophoneOptions options)
    {
        int milliseconds = Math.Max(10, (int)(1000 * options.ChunkSeconds));
        return new WaveInEvent
        {
            DeviceNumber = number,
            WaveFormat = Format(options),
            BufferMilliseconds = milliseconds,
            NumberOfBuffers = Math.Max(3, (int)(1000 * options.BufferSeconds) / milliseconds),
        };
    }

    /// <summary>What is asked for; Windows converts from what the device has.</summary>
    private static WaveFormat Format(MicrophoneOptions options) => new(options.SampleRate, 16, 1);

    private static MMDevice Find(string name)
    {
        using MMDeviceEnumerator enumerator = new();
        MMDevice? found = null;
        foreach (MMDevice device in enumerator.EnumerateAudioEndPoints(DataFlow.Capture, DeviceState.Active))
        {
            if (found is null && (device.ID == name || string.Equals(device.FriendlyName, name, StringComparison.OrdinalIgnoreCase)))
                found = device;
            else
                device.Dispose();
        }

        return found ?? throw Missing(name);
    }

    private static CaptureException Missing(string name) => new($"There is no microphone '{name}': choose another one ('dsn listen --list' shows them).");

    /// <summary>Not on the caller's thread, whose synchronisation context NAudio would post its events to, and whose COM apartment it would need.</summary>
    private static T OnPlainThread<T>(Func<T> work) => Task.Run(work).GetAwaiter().GetResult();
}
