namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>Reads what prediction left over: Rice codes in partitions (RFC 9639, section 9.2.7).</summary>
internal static class FlacResidual
{
    /// <summary>Fills <paramref name="samples"/> after the first <paramref name="order"/>.</summary>
    public static void Read(BitReader reader, int order, Span<int> samples)
    {
        int method = (int)reader.ReadBits(2);
        if (method > 1)
        {
            throw new FlacFaultException("a channel uses a reserved coding of residuals");
        }

        int parameterBits = method == 0 ? 4 : 5;
        uint escape = (1u << parameterBits) - 1;
        int partitionOrder = (int)reader.ReadBits(4);
        int partitionLength = samples.Length >> partitionOrder;
        if (partitionLength << partitionOrder != samples.Length || partitionLength < order)
        {
            throw new FlacFaultException(
                $"a block of {samples.Length} samples with a predictor of order {order} cannot have {1 << partitionOrder} partitions");
        }

        int start = order;
        for (int end = partitionLength; end <= samples.Length && partitionLength > 0; end += partitionLength)
        {
            Span<int> partition = samples[start..end];
            uint parameter = reader.ReadBits(parameterBits);
            if (parameter != escape)
            {
                reader.ReadRice(partition, (int)parameter);
            }
            else
            {
                ReadPlain(reader, partition);
            }

            start = end;
        }
    }

    /// <summary>An escaped partition: numbers of a fixed width, which may be 0 bits.</summary>
    private static void ReadPlain(BitReader reader, Span<int> partition)
    {
        int width = (int)reader.ReadBits(5);
        if (width == 0)
        {
            partition.Clear();
            return;
        }

        for (int i = 0; i < partition.Length; i++)
        {
            partition[i] = (int)reader.ReadSigned(width);
        }
    }
}
