using DeepSpeechNet.Language.Generation;

namespace DeepSpeechNet.Language.Tests.Generation;

public sealed class ModelMixtureTests
{
    [Fact]
    public void Weights_are_the_best_of_a_fine_grid()
    {
        Random random = new(3);
        float[] one = new float[400], two = new float[400];
        for (int i = 0; i < one.Length; i++)
        {
            one[i] = MathF.Log(0.05f + (0.9f * random.NextSingle()));
            two[i] = MathF.Log(0.01f + (0.7f * random.NextSingle()));
        }

        double[] weights = ModelMixture.Weights([one, two], 0, 400);
        Assert.Equal(1, weights.Sum(), 1e-12);
        double found = ModelMixture.LogLikelihood([one, two], weights, 0, 400);
        for (double w = 0; w <= 1; w += 0.01)
            Assert.True(ModelMixture.LogLikelihood([one, two], [w, 1 - w], 0, 400) <= found + 1e-6);
    }

    [Fact]
    public void A_model_that_is_always_better_gets_all_the_weight()
    {
        float[] good = [.. Enumerable.Repeat(MathF.Log(0.5f), 50)], bad = [.. Enumerable.Repeat(MathF.Log(0.1f), 50)];
        double[] weights = ModelMixture.Weights([bad, good], 10, 40);
        Assert.Equal(1, weights[1], 1e-6);
        Assert.Equal(40 * Math.Log(0.5), ModelMixture.LogLikelihood([bad, good], weights, 0, 40), 1e-3);
    }
}
