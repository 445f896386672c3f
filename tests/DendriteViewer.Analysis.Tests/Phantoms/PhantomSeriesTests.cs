using System.Globalization;
using System.Text.Json;
using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;
using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace DendriteViewer.Analysis.Tests.Phantoms;

/// <summary>Series, sweeps and spectra of phantoms hold what truth.json says of them; each is checked by means of its own.</summary>
public sealed class PhantomSeriesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Current_OnTheScansClock_PassesTheChargeOfTheTruth(int seed)
    {
        var truth = Write(new PhantomOptions { Size = 32, VoxelUm = 8, Seed = seed, Hours = [0, 1.5, 3.2] });
        var series = truth.GetProperty("series");
        var clock = series.GetProperty("clocks")[0].GetProperty("offsetSeconds").GetDouble();
        var (current, cell) = (Read("current"), Cell());
        Assert.Equal(40, clock);
        Assert.Empty(current.Warnings);
        Assert.Null(CurrentCheck.WarningOf(cell, current));
        foreach (var at in series.GetProperty("chargeMahCm2").EnumerateArray())
        {
            var coulombs = Faraday.Coulombs(cell, current, at.GetProperty("hours").GetDouble() + clock / 3600)!.Value;
            var expected = at.GetProperty("value").GetDouble();
            Assert.InRange(coulombs / 3.6 / (cell.ElectrodeAreaMm2!.Value / 100), 0.9995 * expected, 1.0005 * expected);
        }
    }

    // Each switch of the current lies between two rows of the voltage; together they leave the offset a few seconds.
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Switches_SeenByBothClocks_GiveTheOffsetWithinFiveSeconds(int seed)
    {
        Write(new PhantomOptions { Size = 32, VoxelUm = 8, Seed = seed, Hours = [0, 3.2] });
        var (current, voltage) = (Read("current"), Read("voltage"));
        var jumps = Switches(voltage, 0.02).ToArray();
        var switches = Switches(current, current.Values.Max() / 2).ToArray();

        // The last of the voltage is the hard short.
        Assert.Equal((14, 13), (jumps.Length, switches.Length));
        var pairs = jumps.Zip(switches).ToArray();
        var low = pairs.Max(p => current.Hours[p.Second] - voltage.Hours[p.First]) * 3600;
        var high = pairs.Min(p => current.Hours[p.Second] - voltage.Hours[p.First - 1]) * 3600;
        Assert.InRange(40, low, high);
        Assert.InRange((low + high) / 2, 36, 44);

        static IEnumerable<int> Switches(Series s, double least) =>
            Enumerable.Range(1, s.Hours.Count - 1).Where(i => Math.Abs(s.Values[i] - s.Values[i - 1]) > least);
    }

    [Fact]
    public void Voltage_DropsAtBothShorts_AndRecoversInPartFromTheFirst()
    {
        var truth = Write(new PhantomOptions { Size = 32, VoxelUm = 8, Hours = [0, 3.2] });
        var voltage = Read("voltage");
        var events = truth.GetProperty("series").GetProperty("events").EnumerateArray().ToArray();
        double Of(string kind) => events.Single(e => e.GetProperty("kind").GetString() == kind).GetProperty("hours").GetDouble();
        var (soft, hard) = (Of("soft-short"), Of("hard-short"));
        Assert.True(soft < hard && hard < 3.2);
        Assert.Equal(6, events.Count(e => e.GetProperty("kind").GetString() == "rest"));
        double Mean(double from, double to) => Enumerable.Range(0, voltage.Hours.Count)
            .Where(i => voltage.Hours[i] > from && voltage.Hours[i] <= to).Select(i => voltage.Values[i]).Average();
        var before = Mean(soft - 0.05, soft);
        Assert.InRange(Mean(soft, soft + 0.02) / before, 0.5, 0.75);
        Assert.InRange(Mean(soft + 0.12, soft + 0.17) / before, 0.75, 0.9);
        Assert.InRange(Mean(hard, 3.2), 0.001, 0.003);
    }

    [Fact]
    public void Sweeps_FollowTheirCircuit_ButTheOneThatDrifts()
    {
        var truth = Write(new PhantomOptions { Size = 32, VoxelUm = 8, Hours = [0, 3.2] }).GetProperty("impedance");
        var sweeps = truth.GetProperty("sweeps").EnumerateArray().ToArray();
        Assert.Equal([0, 0.5, 1, 1.5, 2, 2.5, 3], sweeps.Select(s => s.GetProperty("hours").GetDouble()));
        Assert.Single(sweeps, s => s.GetProperty("isDrifting").GetBoolean());
        var growth = truth.GetProperty("growth");
        foreach (var s in sweeps)
        {
            double P(string name) => s.GetProperty("parameters").GetProperty(name).GetDouble();
            var lines = File.ReadAllLines(_folder[s.GetProperty("path").GetString()!]);
            Assert.StartsWith("# synthetic", lines[0], StringComparison.Ordinal);
            Assert.Contains(lines, l => l == "# hours: " + s.GetProperty("hours").GetDouble().ToString(CultureInfo.InvariantCulture));
            Assert.Equal("frequency_Hz,Re_Z_ohm,Im_Z_ohm", lines.First(l => l[0] != '#'));
            var rows = lines.Where(l => char.IsDigit(l[0])).Select(l => l.Split(',').Select(Number).ToArray()).ToArray();
            Assert.Equal(60, rows.Length);
            Assert.Equal((1e6, 0.1), (Math.Round(rows[0][0]), Math.Round(rows[^1][0], 6)));

            // Off by 0.3 % of |Z|, root mean square.
            var off = rows.Select(r => ((new Complex(r[1], r[2]) - Circuit(P, r[0])) / Circuit(P, r[0])).Magnitude).ToArray();
            var rms = Math.Sqrt(off.Average(o => o * o));
            var (least, most) = s.GetProperty("isDrifting").GetBoolean() ? (0.01, 1) : (0.0024, 0.0036);
            Assert.InRange(rms, least, most);
            Assert.Equal(
                growth.GetProperty("startOhm").GetDouble() + growth.GetProperty("ohmPerSqrtHour").GetDouble()
                * Math.Sqrt(s.GetProperty("hours").GetDouble()), s.GetProperty("rIntOhm").GetDouble(), 4);
        }

        Assert.True(sweeps[0].GetProperty("rCtOhm").GetDouble() > 2 * sweeps[^1].GetProperty("rCtOhm").GetDouble());

        static Complex Circuit(Func<string, double> p, double f)
        {
            Complex Arc(string i) => 1 / (1 / p("R" + i) + p($"CPE{i}_0") * Complex.Pow(new Complex(0, 2 * Math.PI * f), p($"CPE{i}_1")));
            return p("R0") + Arc("1") + Arc("2");
        }
    }

    // Least squares of the spectrum in both references, a constant and a slope; the step of each spectrum is its own.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Spectra_AreTheStatedMixturesOfTheirReferences(int seed)
    {
        var truth = Write(new PhantomOptions { Size = 32, VoxelUm = 8, Seed = seed, Hours = [0, 1] }).GetProperty("absorption");
        foreach (var s in truth.GetProperty("spectra").EnumerateArray())
        {
            var weights = s.GetProperty("weights").EnumerateArray().ToArray();
            var mixed = Spectrum(s.GetProperty("path").GetString()!);
            var parts = weights.Select(w => Spectrum(w.GetProperty("path").GetString()!)).ToArray();
            var matrix = Matrix<double>.Build.Dense(
                mixed.Length, 4, (i, j) => j < 2 ? parts[j][i].Mu / Step(parts[j]) : j == 2 ? 1 : mixed[i].Ev - 2000);
            var found = matrix.QR().Solve(Vector<double>.Build.Dense(mixed.Length, i => mixed[i].Mu));
            Assert.All(weights.Select((w, j) => (Expected: w.GetProperty("weight").GetDouble(), Found: found[j] / (found[0] + found[1]))),
                w => Assert.InRange(w.Found, w.Expected - 0.02, w.Expected + 0.02));
        }

        // From the line through the 20 eV before the edge to the mean of the last 20 eV, where nothing of the peaks is left.
        static double Step((double Ev, double Mu)[] s)
        {
            var before = s.Where(p => p.Ev < s[0].Ev + 20).ToArray();
            var (offset, slope) = MathNet.Numerics.Fit.Line(before.Select(p => p.Ev).ToArray(), before.Select(p => p.Mu).ToArray());
            return s.Where(p => p.Ev > s[^1].Ev - 20).Average(p => p.Mu - offset - slope * p.Ev);
        }
    }

    [Theory]
    [InlineData(new[] { 0.0 })]
    [InlineData(new[] { 0, 0.1 })]
    [InlineData(new[] { 0, 2.0 })]
    [InlineData(new[] { 0, 2.03 })]
    [InlineData(new[] { 0, 400.0 })]
    public void Series_OfAnyDuration_AreReadWithoutAWarning(double[] hours)
    {
        Write(new PhantomOptions { Size = 32, VoxelUm = 8, Hours = hours });
        foreach (var kind in new[] { "voltage", "current" })
        {
            var series = Read(kind);
            Assert.Empty(series.Warnings);
            Assert.Empty(series.CoverageWarnings(hours));
            Assert.InRange(series.Hours[^1], hours[^1], hours[^1] + 0.02);
        }
    }

    private JsonElement Write(PhantomOptions options)
    {
        new PhantomWriter(options).Write(_folder.Path, null, default);
        return JsonDocument.Parse(File.ReadAllText(_folder["truth.json"])).RootElement;
    }

    private Series Read(string kind) => Series.Parse(kind, File.ReadAllBytes(_folder[kind + ".csv"]), kind + ".csv");

    private CellManifest Cell() => Manifests.Parse(File.ReadAllBytes(_folder["dataset.json"]), "dataset.json").Cell!;

    private (double Ev, double Mu)[] Spectrum(string path) => File.ReadLines(_folder[path]).Where(l => l[0] != '#')
        .Select(l => l.Split(' ').Select(Number).ToArray()).Select(p => (p[0], p[1])).ToArray();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
