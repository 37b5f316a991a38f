using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Testing;

/// <summary>A random batch: utterances of different lengths with texts that fit them.</summary>
public sealed class SpeechProblem
{
    /// <summary>A batch of <paramref name="batch"/> utterances of up to <paramref name="time"/> frames, the first of full length.</summary>
    public SpeechProblem(int seed, int time, int batch, int features, int classes, int stride = 1, float scale = 1)
    {
        Random random = new(seed);
        Time = time;
        Features = features;
        Stride = stride;
        Frames = new float[batch][][];
        Labels = new int[batch][];
        for (int b = 0; b < batch; b++)
        {
            int length = b == 0 ? time : random.Next((time + 1) / 2, time + 1);
            Frames[b] = new float[length][];
            for (int t = 0; t < length; t++)
                Frames[b][t] = RandomNumbers.Floats(random.Next(), features, scale);
            Labels[b] = new int[Math.Max(1, Strided(length) / 3)];
            for (int i = 0; i < Labels[b].Length; i++)
                Labels[b][i] = random.Next(classes - 1);
        }
    }

    /// <summary>Frames of the longest utterance.</summary>
    public int Time { get; }

    /// <summary>Numbers a frame.</summary>
    public int Features { get; }

    /// <summary>Every how-many-th frame the network keeps.</summary>
    public int Stride { get; }

    /// <summary>For each utterance its frames.</summary>
    public float[][][] Frames { get; }

    /// <summary>For each utterance its labels.</summary>
    public int[][] Labels { get; }

    /// <summary>How many frames the network sees of so many.</summary>
    public int Strided(int frames) => (frames + Stride - 1) / Stride;

    /// <summary>Lays the batch out for one upload: frames [T, B, F], lengths behind the striding [B], labels, label offsets [B + 1].</summary>
    public void Fill(HostBatch host)
    {
        host.Clear();
        int batch = Frames.Length;
        int x = host.Reserve(ElementType.Float32, new Shape(Time, batch, Features));
        int lengths = host.Reserve(ElementType.Int32, new Shape(batch));
        int labels = host.Reserve(ElementType.Int32, new Shape(Labels.Sum(l => l.Length)));
        int offsets = host.Reserve(ElementType.Int32, new Shape(batch + 1));
        int at = 0;
        for (int b = 0; b < batch; b++)
        {
            for (int t = 0; t < Frames[b].Length; t++)
                Frames[b][t].CopyTo(host.Floats(x)[(((t * batch) + b) * Features)..]);
            host.Integers(lengths)[b] = Strided(Frames[b].Length);
            Labels[b].CopyTo(host.Integers(labels)[at..]);
            at += Labels[b].Length;
            host.Integers(offsets)[b + 1] = at;
        }
    }

    /// <summary>The batch on a device, in one upload.</summary>
    public DeviceBatch Upload(Device device)
    {
        HostBatch host = new();
        Fill(host);
        return host.Upload(device);
    }
}
