namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <summary>
    /// Calls <paramref name="body"/> with consecutive ranges [first, end) that together cover [0, count), one a thread, cut at multiples of
    /// <paramref name="grain"/>; a job of less than <paramref name="worthwhile"/> a thread takes fewer threads, at the least the caller's alone.
    /// </summary>
    private void ForRanges(long count, long grain, long worthwhile, Action<long, long> body)
    {
        if (count <= 0)
            return;
        long grains = (count + grain - 1) / grain;
        int parts = (int)Math.Min(Math.Min(_team.Size, grains), Math.Max(1, count / Math.Max(1, worthwhile)));
        if (parts == 1)
        {
            body(0, count);
            return;
        }

        _team.Run(member =>
        {
            long first = grains * member / parts * grain;
            long end = Math.Min(count, grains * (member + 1) / parts * grain);
            if (member < parts && first < end)
                body(first, end);
        });
    }
}
