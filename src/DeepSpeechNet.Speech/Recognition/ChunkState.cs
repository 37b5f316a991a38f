using DeepSpeechNet.Engine.Devices;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>The forward states of a network's recurrent layers at one place of an utterance, on the host.</summary>
internal sealed class ChunkState
{
    /// <summary>The state before an utterance: zeros.</summary>
    public ChunkState(AcousticModel model)
    {
        int layers = model.Options.RecurrentLayers, units = model.RecurrentUnits;
        Hidden = new float[layers][];
        Cell = new float[layers][];
        for (int i = 0; i < layers; i++)
        {
            Hidden[i] = new float[units];
            Cell[i] = model.Options.Cell.HasCellState() ? new float[units] : [];
        }
    }

    /// <summary>h of each layer.</summary>
    public float[][] Hidden { get; }

    /// <summary>c of each layer; empty arrays for cells without one.</summary>
    public float[][] Cell { get; }
}

/// <summary>A piece of an utterance for the network.</summary>
/// <param name="Frames">The lead (<see cref="AcousticModel.LeadFrames"/>) and the piece, normalised.</param>
/// <param name="OutputFrames">How many output frames the piece gives.</param>
/// <param name="Carried">How many of them are done with.</param>
/// <param name="State">Where the piece starts; moved on by the run to behind the carried frames.</param>
internal sealed record NetworkChunk(UtteranceFrames Frames, int OutputFrames, int Carried, ChunkState State);
