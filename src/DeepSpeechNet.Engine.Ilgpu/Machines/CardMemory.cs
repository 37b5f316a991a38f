using ILGPU.Runtime;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>Gives back what lies on a card.</summary>
internal static class CardMemory
{
    /// <summary>
    /// Frees one thing, so that the next is reached whatever happens: a card that failed answers every later call with the same fault, of which whoever frees has
    /// been told.
    /// </summary>
    public static void Free(IDisposable? thing)
    {
        try
        {
            thing?.Dispose();
        }
        catch (AcceleratorException)
        {
            // The driver takes everything back when the process ends.
        }
    }
}
