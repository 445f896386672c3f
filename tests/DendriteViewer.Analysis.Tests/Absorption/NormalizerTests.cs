using DendriteViewer.Analysis.Absorption;

namespace DendriteViewer.Analysis.Tests.Absorption;

public sealed class NormalizerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Normalization_OfAScaledSpectrumOnALine_IsTheSame(int seed)
    {
        var random = new Random(seed);
        var (scale, offset, slope) = (Math.Exp(random.NextDouble() * 20 - 10), random.NextDouble() * 6 - 3, random.NextDouble() - 0.5);
        var spectrum = Synthetic.Of("a", shift: random.NextDouble() * 4 - 2, white: random.NextDouble() * 2);
        var moved = Spectrum.Of(
            "b", spectrum.Energies,
            [.. spectrum.Energies.Zip(spectrum.Absorption, (e, m) => scale * (m + offset + slope * (e - Synthetic.Edge)))]);

        var (expected, found) = (Normalizer.Normalize(spectrum), Normalizer.Normalize(moved, e0: Normalizer.FindE0(spectrum)));

        Assert.Equal(1, found.EdgeStep / (scale * expected.EdgeStep), 1e-7);
        Assert.All(found.Flattened.Zip(expected.Flattened), p => Assert.Equal(p.Second, p.First, 1e-6));
    }

    [Fact]
    public void Normalization_OfAnEdgeWithABentBackground_HasTheStepThatWasPutIn()
    {
        double[] energies = [.. Enumerable.Range(0, 1200).Select(i => 7000 + i * 0.7)];
        double Mu(double e) => 0.8 + 1e-4 * (e - 7000) + (e < 7112 ? 0 : 1.5 - 4e-4 * (e - 7112) + 1e-7 * Math.Pow(e - 7112, 2));
        var normalized = Normalizer.Normalize(Spectrum.Of("edge", energies, [.. energies.Select(Mu)]), e0: 7112);

        Assert.Equal(1.5, normalized.EdgeStep, 1e-9);
        Assert.Equal(2, normalized.Degree);
        Assert.All(energies.Zip(normalized.Flattened), p => Assert.Equal(p.First < 7112 ? 0 : 1, p.Second, 1e-9));
    }

    [Theory]
    [InlineData(300, 2)]
    [InlineData(299, 1)]
    [InlineData(30, 1)]
    [InlineData(29, 0)]
    public void Degree_LeftOut_GoesByTheSpanOfThePostEdgeRange(double span, int degree)
    {
        double[] energies = [.. Enumerable.Range(0, 900).Select(i => 7000 + i * 0.5)];
        var edge = Spectrum.Of("edge", energies, [.. energies.Select(e => Math.Atan(e - 7050))]);

        Assert.Equal(degree, Normalizer.Normalize(edge, new() { Post = new(20, 20 + span) }, 7050).Degree);
    }

    [Fact]
    public void EndsNearest_AlsoTakesTheLastPoint()
    {
        double[] energies = [.. Enumerable.Range(0, 200).Select(i => 2400 + i * 1.0)];
        double[] mu = [.. energies.Select(e => e < 2470 ? 0 : 1.0)];
        mu[100] = 4;
        NormalizationSettings settings = new() { Pre = new(-60, -10), Post = new(20, 30), Degree = 0 };

        Assert.Equal(1, Normalizer.Normalize(Spectrum.Of("a", energies, mu), settings, 2470).EdgeStep, 1e-9);
        var nearest = Normalizer.Normalize(Spectrum.Of("a", energies, mu), settings with { Ends = RangeEnds.Nearest }, 2470);
        Assert.Equal(14 / 11.0, nearest.EdgeStep, 1e-9);
    }

    [Fact]
    public void Spectrum_WithFallingRepeatedAndMissingEnergies_IsMendedAndSaysSo()
    {
        double[] energies = [.. Enumerable.Range(0, 30).Select(i => 2500.0 - i), 2480, double.NaN];
        var spectrum = Spectrum.Of("a", energies, energies);

        Assert.Equal(31, spectrum.Count);
        Assert.Equal(spectrum.Energies.Order(), spectrum.Energies);
        Assert.Equal(3, spectrum.Remarks.Count);
        Assert.Contains("1 of 32 points are no numbers", spectrum.Remarks[0], StringComparison.Ordinal);
        Assert.Contains("back and forth", spectrum.Remarks[1], StringComparison.Ordinal);
        Assert.Contains("1 points repeat", spectrum.Remarks[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Refusals_NameTheSpectrumAndTheRemedy()
    {
        var spectrum = Synthetic.Of("sample.dat");
        string Of(Action action) => Assert.Throws<MeasurementException>(action).Message;

        Assert.Contains("2600 eV is not inside sample.dat", Of(() => Normalizer.Normalize(spectrum, e0: 2600)), StringComparison.Ordinal);
        NormalizationSettings outside = new() { Post = new(200, 300) };
        Assert.Contains("outside sample.dat", Of(() => Normalizer.Normalize(spectrum, outside)), StringComparison.Ordinal);
        var falling = Spectrum.Of("it.dat", spectrum.Energies, [.. spectrum.Absorption.Select(m => -m)]);
        Assert.Contains("µ of it.dat does not rise", Of(() => Normalizer.Normalize(falling, e0: Synthetic.Edge)), StringComparison.Ordinal);
        Assert.Contains("needs 20 or more", Of(() => Spectrum.Of("short.dat", [1, 2], [1, 2])), StringComparison.Ordinal);
        Assert.Contains("in keV", Of(() => Spectrum.Of("k.dat", [.. Enumerable.Range(1, 40).Select(i => i * 0.1)], new double[40])),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 10, 20, 50, "pre-edge range 5 to 10 eV does not end below E0")]
    [InlineData(-30, 0, 20, 50, "pre-edge range -30 to 0 eV does not end below E0")]
    [InlineData(-30, -10, -8, 50, "post-edge range -8 to 50 eV does not begin above E0")]
    public void Range_OnTheWrongSideOfE0_IsRefused(double pre1, double pre2, double post1, double post2, string says)
    {
        NormalizationSettings settings = new() { Pre = new(pre1, pre2), Post = new(post1, post2) };
        var error = Assert.Throws<MeasurementException>(() => Normalizer.Normalize(Synthetic.Of("a"), settings, Synthetic.Edge));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    // A single spike, such as a monochromator's glitch, has the largest slope of all and no high neighbours.
    [Fact]
    public void E0_OfASpectrumWithAGlitch_IsTheEdge()
    {
        var spectrum = Synthetic.Of("a");
        double[] mu = [.. spectrum.Absorption];
        mu[20] += 3;
        mu[^30] += 3;

        Assert.Equal(Normalizer.FindE0(spectrum), Normalizer.FindE0(Spectrum.Of("a", spectrum.Energies, mu)), 0.3);
    }
}
