namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>Decodes one channel of a frame (RFC 9639, section 9.2).</summary>
internal static class FlacSubframe
{
    private const int MaximumOrder = 32;

    /// <summary>Decodes a channel whose samples have at most 32 bits.</summary>
    public static void Read(BitReader reader, int bits, Span<int> samples)
    {
        (int type, int wasted) = ReadHeader(reader, ref bits);
        switch (type)
        {
            case 0:
                samples.Fill((int)reader.ReadSigned(bits));
                break;
            case 1:
                for (int i = 0; i < samples.Length; i++)
                {
                    samples[i] = (int)reader.ReadSigned(bits);
                }

                break;
            case >= 8 and <= 12:
                int fixedOrder = OrderWithin(type - 8, samples.Length);
                ReadWarmUp(reader, bits, samples[..fixedOrder]);
                FlacResidual.Read(reader, fixedOrder, samples);
                FlacPrediction.RestoreFixed(fixedOrder, samples);
                break;
            default:
                int order = OrderWithin(type - 31, samples.Length);
                ReadWarmUp(reader, bits, samples[..order]);
                Span<int> coefficients = stackalloc int[MaximumOrder];
                coefficients = coefficients[..order];
                int shift = ReadCoefficients(reader, coefficients);
                FlacResidual.Read(reader, order, samples);
                FlacPrediction.RestoreLinear(coefficients, shift, bits, samples);
                break;
        }

        if (wasted > 0)
        {
            for (int i = 0; i < samples.Length; i++)
            {
                samples[i] <<= wasted;
            }
        }
    }

    /// <summary>Decodes a channel whose samples may have 33 bits: the difference of two 32-bit channels.</summary>
    public static void Read(BitReader reader, int bits, Span<long> samples, Span<int> residuals)
    {
        (int type, int wasted) = ReadHeader(reader, ref bits);
        if (type <= 1)
        {
            long constant = type == 0 ? reader.ReadSigned(bits) : 0;
            for (int i = 0; i < samples.Length; i++)
            {
                samples[i] = type == 0 ? constant : reader.ReadSigned(bits);
            }
        }
        else
        {
            bool isFixed = type <= 12;
            int order = OrderWithin(isFixed ? type - 8 : type - 31, samples.Length);
            for (int i = 0; i < order; i++)
            {
                samples[i] = reader.ReadSigned(bits);
            }

            Span<int> coefficients = stackalloc int[MaximumOrder];
            coefficients = coefficients[..order];
            int shift = 0;
            if (isFixed)
            {
                FlacPrediction.FixedCoefficients(order).CopyTo(coefficients);
            }
            else
            {
                shift = ReadCoefficients(reader, coefficients);
            }

            FlacResidual.Read(reader, order, residuals[..samples.Length]);
            FlacPrediction.RestoreWide(coefficients, shift, residuals, samples);
        }

        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] <<= wasted;
        }
    }

    /// <summary>Reads the header and takes the wasted bits off <paramref name="bits"/>.</summary>
    private static (int Type, int Wasted) ReadHeader(BitReader reader, ref int bits)
    {
        uint header = reader.ReadBits(8);
        int type = (int)(header >> 1) & 63;
        if ((header & 0x80) != 0 || type is not (0 or 1 or (>= 8 and <= 12) or >= 32))
        {
            throw new FlacFaultException($"a channel has the reserved type 0x{header:X2}");
        }

        int wasted = (header & 1) != 0 ? (int)reader.ReadUnary(64) + 1 : 0;
        bits -= wasted;
        if (bits < 1)
        {
            throw new FlacFaultException($"a channel declares {wasted} unused bits, more than its samples have");
        }

        return (type, wasted);
    }

    private static int OrderWithin(int order, int blockSize) =>
        order <= blockSize
            ? order
            : throw new FlacFaultException($"a channel's predictor of order {order} is longer than the block of {blockSize} samples");

    private static void ReadWarmUp(BitReader reader, int bits, Span<int> samples)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = (int)reader.ReadSigned(bits);
        }
    }

    /// <summary>Reads the predictor's coefficients, that of the latest sample first, and returns the shift.</summary>
    private static int ReadCoefficients(BitReader reader, Span<int> coefficients)
    {
        int precision = (int)reader.ReadBits(4) + 1;
        int shift = (int)reader.ReadSigned(5);
        if (precision == 16 || shift < 0)
        {
            throw new FlacFaultException("a channel's predictor has a forbidden precision or shift");
        }

        for (int i = 0; i < coefficients.Length; i++)
        {
            coefficients[i] = (int)reader.ReadSigned(precision);
        }

        return shift;
    }
}
