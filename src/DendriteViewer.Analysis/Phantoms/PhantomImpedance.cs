using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>
/// Impedance sweeps of a cell like the phantom's: R0-p(R1,CPE1)-p(R2,CPE2). R1, the interface, grows with the square root of time; R2, the
/// charge transfer, falls. While one of the sweeps is taken the cell changes, so that it obeys no circuit and must be refused.
/// </summary>
internal sealed class PhantomImpedance
{
    /// <summary>Root mean square of the error of Z as a share of |Z|; real and imaginary part have the same share of it.</summary>
    public const double Noise = 0.003;

    /// <summary>Area of the cell that the sweeps are of, cm².</summary>
    public const double AreaCm2 = 0.5;

    private const string Folder = "eis";
    private const int Points = 60;
    private const double HighestHz = 1e6, LowestHz = 0.1;

    // Share by which charge transfer grows while the drifting sweep is taken.
    private const double Drift = 0.6;

    // Exponents of the two constant phase elements, and capacitances at the beginning, F.
    private const double N1 = 0.92, N2 = 0.86, C1 = 2e-8, C2 = 1e-5;
    private readonly int _seed;
    private readonly double _r0, _interface0, _growth, _transfer0, _decayHours;
    private readonly IReadOnlyList<double> _hours;

    /// <param name="seed">The phantom's seed.</param>
    /// <param name="hours">When sweeps begin.</param>
    public PhantomImpedance(int seed, IReadOnlyList<double> hours)
    {
        (_seed, _hours) = (seed, hours);
        var random = new Random(PhantomRandom.SeedOf(seed, 0, 403));
        _r0 = PhantomRandom.Between(random, 180, 220);
        _interface0 = PhantomRandom.Between(random, 90, 110);
        _growth = PhantomRandom.Between(random, 50, 70);
        _transfer0 = PhantomRandom.Between(random, 270, 330);
        _decayHours = PhantomRandom.Between(random, 2.2, 2.8);
        Drifting = hours.Count >= 3 ? random.Next(1, hours.Count - 1) : -1;
    }

    /// <summary>Number of the sweep while which the cell changes; −1 where there are too few for one.</summary>
    public int Drifting { get; }

    /// <summary>Files of the sweeps, below the phantom's folder.</summary>
    public IEnumerable<(string Path, double Hours)> Files => _hours.Select(h => ($"{Folder}/{NameOf(h)}", h));

    /// <summary>Writes the sweeps, a file each.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, Folder));
        for (var i = 0; i < _hours.Count; i++)
        {
            File.WriteAllText(Path.Combine(folder, Folder, NameOf(_hours[i])), Sweep(i));
        }
    }

    /// <summary>What a fit should find.</summary>
    public JsonObject Truth() => new()
    {
        ["synthetic"] = true,
        ["circuit"] = "R0-p(R1,CPE1)-p(R2,CPE2)",
        ["noiseShare"] = Noise,
        ["areaCm2"] = AreaCm2,
        ["growth"] = new JsonObject
        {
            ["law"] = "sqrt", ["startOhm"] = PhantomTruth.Nine(_interface0), ["ohmPerSqrtHour"] = PhantomTruth.Nine(_growth),
        },
        ["sweeps"] = new JsonArray(_hours.Select((h, i) => (JsonNode)new JsonObject
        {
            ["path"] = $"{Folder}/{NameOf(h)}", ["hours"] = PhantomTruth.Nine(h), ["isDrifting"] = i == Drifting,
            ["rIntOhm"] = PhantomTruth.Nine(Interface(h)), ["rCtOhm"] = PhantomTruth.Nine(Transfer(h)),
            ["parameters"] = new JsonObject
            {
                ["R0"] = PhantomTruth.Nine(_r0),
                ["R1"] = PhantomTruth.Nine(Interface(h)), ["CPE1_0"] = PhantomTruth.Nine(Q1), ["CPE1_1"] = N1,
                ["R2"] = PhantomTruth.Nine(Transfer(h)), ["CPE2_0"] = PhantomTruth.Nine(Q2), ["CPE2_1"] = N2,
            },
        }).ToArray()),
    };

    private double Interface(double hours) => _interface0 + _growth * Math.Sqrt(hours);

    private double Transfer(double hours) => _transfer0 * Math.Exp(-hours / _decayHours);

    // C = (Q·R)^(1/n) / R at the beginning; Q stays while R changes.
    private double Q1 => Math.Pow(C1 * _interface0, N1) / _interface0;

    private double Q2 => Math.Pow(C2 * _transfer0, N2) / _transfer0;

    private static string NameOf(double hours) => "t" + hours.ToString("0.0##", CultureInfo.InvariantCulture) + ".csv";

    private string Sweep(int index)
    {
        var hours = _hours[index];
        var random = new Random(PhantomRandom.SeedOf(_seed, index, 404));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# synthetic: impedance of a DendriteViewer phantom, computed, not measured\n");
        text.Append(CultureInfo.InvariantCulture, $"# hours: {hours:0.######}\n# area_cm2: {AreaCm2}\n");
        text.Append("frequency_Hz,Re_Z_ohm,Im_Z_ohm\n");

        // A sweep goes down in frequency, and a point takes three periods: nearly all of the time is spent at the lowest.
        var frequencies = Enumerable.Range(0, Points)
            .Select(i => HighestHz * Math.Pow(LowestHz / HighestHz, i / (Points - 1.0))).ToArray();
        var (whole, elapsed) = (frequencies.Sum(f => 3 / f), 0.0);
        foreach (var f in frequencies)
        {
            elapsed += 3 / f;
            var transfer = Transfer(hours) * (index == Drifting ? 1 + Drift * elapsed / whole : 1);
            var z = _r0 + Arc(Interface(hours), Q1, N1, f) + Arc(transfer, Q2, N2, f);
            var noise = Noise / Math.Sqrt(2) * z.Magnitude;
            var (re, im) = (z.Real + noise * PhantomRandom.Normal(random), z.Imaginary + noise * PhantomRandom.Normal(random));
            text.Append(CultureInfo.InvariantCulture, $"{f:G9},{re:G9},{im:G9}\n");
        }

        return text.ToString();
    }

    private static Complex Arc(double r, double q, double n, double f) =>
        r / (1 + r * q * Complex.Pow(new Complex(0, 2 * Math.PI * f), n));
}
