using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Impedance.Circuits;

namespace DendriteViewer.Web.Tests.Impedance;

/// <summary>Files of impedance sweeps for tests: a resistance and two arcs, whose first grows as √t.</summary>
internal static class Sweeps
{
    public static readonly Circuit Circuit = Circuit.OfArcs(2);

    public static double[] At(double hours) => [20, 40 + 30 * Math.Sqrt(hours), 2e-8, 0.92, 200, 1e-5, 0.88];

    /// <summary>Sweeps every half hour, as CSV with hours.</summary>
    /// <param name="count">How many.</param>
    /// <param name="drift">By what part the second resistance grows during the third sweep.</param>
    public static string Csv(int count, double drift = 0)
    {
        var text = new StringBuilder("hours,sweep,frequency_Hz,Re_Z_ohm,Im_Z_ohm\n");
        for (var s = 0; s < count; s++)
        {
            var random = new Random(s);
            for (var i = 0; i < 45; i++)
            {
                var values = At(s * 0.5);
                values[4] *= s == 2 ? 1 + drift * i / 45 : 1;
                var f = 1e6 * Math.Pow(1e-7, i / 44d);
                var z = Circuit.Impedance(f, values);
                double Noise() => 0.001 * z.Magnitude * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
                text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                    $"{s * 0.5:0.###},{s},{f:G9},{z.Real + Noise():G9},{z.Imaginary + Noise():G9}"));
            }
        }

        return text.ToString();
    }
}
