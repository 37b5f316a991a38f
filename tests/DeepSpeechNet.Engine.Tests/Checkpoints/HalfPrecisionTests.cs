using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Engine.Tests.Checkpoints;

public sealed class HalfPrecisionTests
{
    [Fact]
    public void Every_half_becomes_its_single()
    {
        Half[] halves = [.. Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits))];
        float[] singles = new float[halves.Length];
        HalfPrecision.Widen(halves, singles);
        for (int i = 0; i < halves.Length; i++)
        {
            // What is not a number may carry any payload.
            if (Half.IsNaN(halves[i]))
                Assert.True(float.IsNaN(singles[i]), $"{i:X4}");
            else
                Assert.Equal(BitConverter.SingleToUInt32Bits((float)halves[i]), BitConverter.SingleToUInt32Bits(singles[i]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(9)]
    public void Any_number_of_values_is_widened(int count)
    {
        float[] singles = new float[count];
        HalfPrecision.Widen([.. Enumerable.Range(1, count).Select(i => (Half)(i / 8f))], singles);
        Assert.Equal(Enumerable.Range(1, count).Select(i => i / 8f), singles);
    }
}
