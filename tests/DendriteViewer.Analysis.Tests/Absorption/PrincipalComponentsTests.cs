using DendriteViewer.Analysis.Absorption;

namespace DendriteViewer.Analysis.Tests.Absorption;

public sealed class PrincipalComponentsTests
{
    private static readonly Spectrum[] s_species = [Synthetic.Of("a", -3, 0.6), Synthetic.Of("b", 1, 1.5), Synthetic.Of("c", 5, 2.2)];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Suggested_OfMixturesWithNoise_IsTheNumberOfSpecies(int species)
    {
        var (components, _) = OfMixtures(species);

        Assert.Equal(species, components.Suggested);
        Assert.Equal(1, components.Shares[^1].Cumulative, 1e-12);
        Assert.Equal(components.Shares.OrderByDescending(s => s.Eigenvalue), components.Shares);
        Assert.Equal(1, components.Component(0).Sum(v => v * v), 1e-9);
    }

    [Fact]
    public void Target_ThatIsInTheMixtures_IsTakenAndAnotherIsNot()
    {
        var (components, normalize) = OfMixtures(2);
        var (present, absent) = (components.Transform(normalize(s_species[0]), 2), components.Transform(normalize(s_species[2]), 2));

        Assert.InRange(present.Spoil, 0, 3);
        Assert.InRange(absent.Spoil, 6, double.PositiveInfinity);
        Assert.True(present.RFactor < 1e-3 && absent.RFactor > 0.05);
    }

    [Fact]
    public void Difference_OfASpectrumAndItself_IsZeroAndOfTwo_HasItsLargestChangesWhereTheyAre()
    {
        var (a, b) = (Normalizer.Normalize(s_species[0]), Normalizer.Normalize(s_species[2]));

        Assert.Equal(0, SpectrumDifference.Of(a, a, new(-10, 20)).RootMeanSquare, 1e-12);
        var difference = SpectrumDifference.Of(a, b, new(-15, 20));
        Assert.Equal(Synthetic.Edge + 6, difference.LargestGain.EnergyEv, 1.0);
        Assert.Equal(Synthetic.Edge - 2, difference.LargestLoss.EnergyEv, 1.5);
    }

    private static (PrincipalComponents Components, Func<Spectrum, NormalizedSpectrum> Normalize) OfMixtures(int species)
    {
        var random = new Random(17);
        NormalizedSpectrum Normalize(Spectrum s) =>
            Normalizer.Normalize(s, new() { Pre = new(-30, -12), Post = new(22, 50), Degree = 1 }, Synthetic.Edge);
        var series = Enumerable.Range(0, 10).Select(n =>
        {
            double[] parts = [.. Enumerable.Range(0, species).Select(_ => random.NextDouble())];
            return Normalize(Synthetic.Mixed($"{n}", random, 0.002, [.. s_species.Zip(parts, (s, p) => (s, p / parts.Sum()))]));
        });
        return (PrincipalComponents.Of([.. series], new(-12, 30)), Normalize);
    }
}
