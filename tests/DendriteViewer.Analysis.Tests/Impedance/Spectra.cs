using System.Text.Json;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Impedance;

/// <summary>Spectra for tests: of circuits with known parameters and noise, and the reference files.</summary>
internal static class Spectra
{
    /// <summary>Points of a circuit, falling in frequency, with noise in proportion to |Z|.</summary>
    public static SweepPoints Of(
        Circuit circuit, double[] values, double from = 1e-2, double to = 1e6, int aDecade = 8, double noise = 0, int seed = 1)
    {
        var random = new Random(seed);
        var count = (int)Math.Round(Math.Log10(to / from) * aDecade) + 1;
        var f = Enumerable.Range(0, count).Select(i => to * Math.Pow(from / to, i / (count - 1d))).ToArray();
        var z = f.Select(v => circuit.Impedance(v, values)).ToArray();
        double Noisy(double part, double modulus) => part + noise * modulus * Normal(random);
        return SweepPoints.Of(f, [.. z.Select(v => Noisy(v.Real, v.Magnitude))], [.. z.Select(v => Noisy(v.Imaginary, v.Magnitude))]);
    }

    /// <summary>A sweep of a circuit.</summary>
    public static ImpedanceSweep Sweep(Circuit circuit, double[] values, int index, double hours, double noise, int seed)
    {
        var points = Of(circuit, values, noise: noise, seed: seed);
        return new ImpedanceSweep { Index = index, Hours = hours, FrequencyHz = points.FrequencyHz, Re = points.Re, Im = points.Im };
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static SweepPoints Reference(string file, string? mask = null) =>
        SweepPoints.Of(ImpedanceReader.Read(TestData.File("eis/" + file)).Sweeps[0], mask is null ? null : PointMask.Parse(mask));

    public static double[] Values(params string[] path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(TestData.File("eis/reference.json")));
        var element = document.RootElement;
        foreach (var name in path)
        {
            element = element.GetProperty(name);
        }

        return [.. element.EnumerateArray().Select(v => v.GetDouble())];
    }

    /// <summary>The values are equal to a part of themselves.</summary>
    public static void AssertEqual(IEnumerable<double> expected, IEnumerable<double> actual, double relative)
    {
        var (a, b) = (expected.ToArray(), actual.ToArray());
        Assert.Equal(a.Length, b.Length);
        for (var i = 0; i < a.Length; i++)
        {
            Assert.True(Math.Abs(a[i] - b[i]) <= relative * Math.Abs(a[i]), $"value {i}: {a[i]:G9} was expected, {b[i]:G9} came");
        }
    }
}
