using System.Numerics;
using DendriteViewer.Analysis.Impedance.Circuits;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Analysis.Tests.Impedance.Circuits;

/// <summary>Impedances against their formulas, derivatives against differences.</summary>
public sealed class CircuitTests
{
    private static readonly string[] s_elements = ["R", "C", "L", "CPE", "W", "Wo", "Ws"];

    [Fact]
    public void Elements_HaveTheImpedancesOfTheirFormulas()
    {
        const double Hz = 3;
        var jw = new Complex(0, 2 * Math.PI * Hz);
        void Same(string text, double[] values, Complex expected)
        {
            var z = Circuit.Parse(text).Impedance(Hz, values);
            Assert.True((z - expected).Magnitude < 1e-12 * expected.Magnitude, $"{text}: {z}, not {expected}");
        }

        Same("R1", [7], 7);
        Same("C1", [1e-3], 1 / (jw * 1e-3));
        Same("L1", [1e-6], jw * 1e-6);
        Same("CPE1", [2e-4, 0.8], 1 / (2e-4 * Complex.Pow(jw, 0.8)));
        Same("W1", [5], 5 * new Complex(1, -1) / Math.Sqrt(jw.Imaginary));
        var root = Complex.Sqrt(jw * 0.4);
        Same("Wo1", [5, 0.4], 5 / (root * Complex.Tanh(root)));
        Same("Ws1", [5, 0.4], 5 * Complex.Tanh(root) / root);
        Same("R0-p(R1,C1)", [1, 2, 3e-3], 1 + 1 / (1 / 2.0 + jw * 3e-3));
    }

    [Theory]
    [InlineData("Wo1", 1e-9)]
    [InlineData("Ws1", 1e-9)]
    [InlineData("Wo1", 1e12)]
    [InlineData("Ws1", 1e12)]
    public void FiniteWarburg_FarFromItsTime_IsItsLimit(string text, double tau)
    {
        var jwt = new Complex(0, 2 * Math.PI * tau);
        var expected = tau > 1 ? 5 / Complex.Sqrt(jwt) : text == "Wo1" ? 5 / jwt : 5;
        var z = Circuit.Parse(text).Impedance(1, [5, tau]);
        Assert.True((z - expected).Magnitude < 1e-6 * expected.Magnitude, $"{z}, not {expected}");
    }

    [Fact]
    public void Derivatives_OfAnyCircuit_AreThoseOfDifferences() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var text = Series(random, 0);
            while (text.Count(char.IsUpper) > Circuit.MostElements)
            {
                text = Series(random, 0);
            }

            var circuit = Circuit.Parse(text);
            var values = circuit.Parameters.Select(p => p.Role == ParameterRole.Exponent
                ? 0.3 + 0.6 * random.NextDouble() : Math.Pow(10, 2 * random.NextDouble() - 1)).ToArray();
            var hz = Math.Pow(10, 4 * random.NextDouble() - 3);
            var gradient = new Complex[values.Length];
            var z = circuit.Impedance(hz, values, gradient);
            for (var i = 0; i < values.Length; i++)
            {
                const double Step = 1e-5;
                Complex At(double by)
                {
                    var moved = values.ToArray();
                    moved[i] = circuit.Parameters[i].Role == ParameterRole.Exponent ? moved[i] + by : moved[i] * Math.Exp(by);
                    return circuit.Impedance(hz, moved);
                }

                var difference = (At(Step) - At(-Step)) / (2 * Step);
                Assert.True((gradient[i] - difference).Magnitude < 1e-7 * z.Magnitude + 1e-6 * difference.Magnitude,
                    $"{circuit.Text}, {circuit.Parameters[i].Name}: {gradient[i]}, not {difference}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static string Series(Random random, int depth) =>
        string.Join('-', Enumerable.Range(0, random.Next(1, 3)).Select(_ => depth < 2 && random.Next(2) == 0
            ? $"p({string.Join(',', Enumerable.Range(0, 2).Select(_ => Series(random, depth + 1)).Take(3))})"
            : s_elements[random.Next(s_elements.Length)]).Take(4));
}
