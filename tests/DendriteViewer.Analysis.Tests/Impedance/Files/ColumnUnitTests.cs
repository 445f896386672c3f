using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;

namespace DendriteViewer.Analysis.Tests.Impedance.Files;

/// <summary>Heads of columns: their units, and which column is taken where several fit.</summary>
public sealed class ColumnUnitTests
{
    private static readonly Circuit s_circuit = Circuit.OfArcs(1);

    [Theory]
    [InlineData("Frequency,Zreal,Zimag\nHz,kOhm,kOhm", 1, 1e-3)]
    [InlineData("Frequency,Z',-Z''\nkHz,Ohm,Ohm", 1e-3, 1)]
    [InlineData("# f, Re, Im\n# kHz, Ohm, Ohm", 1e-3, 1)]
    [InlineData("f/Hz,Re(Z)/kiloohm,Im(Z)/kiloohm", 1, 1e-3)]
    [InlineData("f in Hz,Re(Z) in kOhm,Im(Z) in kOhm", 1, 1e-3)]
    [InlineData("f/Hz,ReZ [kOhm],ImZ [kOhm]", 1, 1e-3)]
    [InlineData("f_Hz,Re_Z_kohm,Im_Z_kohm", 1, 1e-3)]
    [InlineData("f/Hz,Z'/mΩ,Z''/mΩ", 1, 1e3)]
    [InlineData("f/Hz,Z'/MOhm,Z''/MOhm", 1, 1e-6)]
    [InlineData("Frequency (rad/s),Re(Z)/Ohm,Im(Z)/Ohm", 2 * Math.PI, 1)]
    public void Column_InAnotherUnit_IsReadInHertzAndOhm(string head, double perHertz, double perOhm)
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        var sign = head.Contains("-Z''", StringComparison.Ordinal) ? -1 : 1;
        var sweep = Read(head, points, i =>
            [points.FrequencyHz[i] * perHertz, points.Re[i] * perOhm, sign * points.Im[i] * perOhm]).Sweeps[0];
        Spectra.AssertEqual(points.FrequencyHz, sweep.FrequencyHz, 1e-8);
        Spectra.AssertEqual(points.Re, sweep.Re, 1e-8);
        Spectra.AssertEqual(points.Im, sweep.Im, 1e-8);
    }

    [Theory]
    [InlineData("f/Hz,Re(Z)/furlong,Im(Z)/Ohm", "'furlong'")]
    [InlineData("Frequency (log10 Hz),Re(Z)/Ohm,Im(Z)/Ohm", "'log10 Hz'")]
    [InlineData("f/Hz,Re(Z)/Ohm cm,Im(Z)/Ohm cm", "'Ohm cm'")]
    [InlineData("f/Hz,|Z|/Ohm,Phase/gon", "'gon'")]
    [InlineData("Frequency,Zreal,Zimag\nHz,sample,sample", "'sample'")]
    [InlineData("f/Hz,Re/kOhm,Im/kOhm\nHz,Ohm,Ohm", "'kOhm' and 'Ohm'")]
    [InlineData("f/Hz,Re,Im,time/fortnight", "'fortnight'")]
    [InlineData("f/Hz,Re(C)/F,Im(C)/F", "no column for Re(Z)")]
    [InlineData("f/Hz,Real permittivity,Imag permittivity", "no column for Re(Z)")]
    [InlineData("f/Hz,Re(Z)/Ohm cm2,Im(Z)/Ohm", "Ω cm²")]
    [InlineData("f/Hz,Z'/kOhm*cm^2,Z''/kOhm*cm^2", "--area-cm2")]
    public void Column_OfAUnitOrQuantityThatIsNotKnown_IsRefusedByName(string head, string says)
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        var error = Assert.Throws<MeasurementException>(() =>
            Read(head, points, i => [points.FrequencyHz[i], points.Re[i], points.Im[i], i]));
        Assert.StartsWith("a.csv: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f/Hz,Re(Z) fit/Ohm,Im(Z) fit/Ohm,Re(Z)/Ohm,Im(Z)/Ohm", "not 'Re(Z) fit/Ohm'")]
    [InlineData("f/Hz,Zcalc,Im(Z)_model,Re(Z),Im(Z)", "not 'Im(Z)_model'")]
    [InlineData("f/Hz,Z'_std,Z''_std,Z',Z''", null)]
    [InlineData("f/Hz,Re(M),Im(M),Re(Z),Im(Z)", null)]
    [InlineData("f/Hz,Re(Y)/Ohm-1,Im(Y)/Ohm-1,Re(Z)/Ohm,Im(Z)/Ohm", null)]
    [InlineData("f/Hz,|Z| err,Phase(Y)/deg,Re,Im", null)]
    public void Column_BesideThoseOfFitsErrorsAndOtherQuantities_IsTaken(string head, string? says)
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        var file = Read(head, points, i => [points.FrequencyHz[i], 2 * points.Re[i], 2 * points.Im[i], points.Re[i], points.Im[i]]);
        Spectra.AssertEqual(points.Re, file.Sweeps[0].Re, 1e-8);
        Spectra.AssertEqual(points.Im, file.Sweeps[0].Im, 1e-8);
        Assert.Equal(says is not null, file.Remarks.Any(r => r.Contains(says ?? "Several columns fit", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("phase/mrad", 1e3)]
    [InlineData("Phase (rad)", 1)]
    [InlineData("theta (°)", 180 / Math.PI)]
    [InlineData("Phase", 180 / Math.PI)]
    public void Phase_IsReadInItsUnit_AndOneWithoutIsSaid(string name, double perRadian)
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        var file = Read($"f/Hz,|Z|/Ohm,{name}", points, i =>
            [points.FrequencyHz[i], points.Modulus[i], perRadian * Math.Atan2(points.Im[i], points.Re[i])]);
        Spectra.AssertEqual(points.Im, file.Sweeps[0].Im, 1e-7);
        Assert.Equal(name == "Phase", file.Remarks.Any(r => r.Contains("read as degrees", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("time/ms", 3.6e6)]
    [InlineData("time/min", 60)]
    [InlineData("time (days)", 1 / 24.0)]
    [InlineData("hours", 1)]
    public void Time_InAnyUnit_IsReadInHours(string name, double perHour)
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        var rows = Enumerable.Range(0, 2 * points.Count).Select(i => (Point: i % points.Count, Hour: i / points.Count * 2)).ToList();
        var file = Read($"f/Hz,Re/Ohm,Im/Ohm,{name}", rows.Select(r => new[]
        {
            points.FrequencyHz[r.Point], points.Re[r.Point], points.Im[r.Point], r.Hour * perHour,
        }));
        Assert.Equal([0.0, 2.0], file.Sweeps.Select(s => Math.Round(s.Hours!.Value, 6)));
    }

    [Fact]
    public void Columns_InOhmSquareCentimetres_AreDividedByTheAreaAndSaid()
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        var file = Read("f/Hz,Z' (Ohm.cm2),Z'' (Ohm.cm2)", points, i => [points.FrequencyHz[i], points.Re[i] / 2, points.Im[i] / 2], 0.5);
        Spectra.AssertEqual(points.Re, file.Sweeps[0].Re, 1e-8);
        Assert.Contains(file.Remarks, r => r.Contains("divided by 0.5 cm²", StringComparison.Ordinal));
    }

    [Fact]
    public void Temperature_NamedT_IsNoTime()
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        Assert.Null(Read("f/Hz,Re,Im,T/°C", points, i => [points.FrequencyHz[i], points.Re[i], points.Im[i], 20 + i]).Sweeps[0].Hours);
    }

    private static ImpedanceFile Read(string head, SweepPoints points, Func<int, double[]> row, double? area = null) =>
        Read(head, Enumerable.Range(0, points.Count).Select(row), area);

    private static ImpedanceFile Read(string head, IEnumerable<double[]> rows, double? area = null)
    {
        var lines = rows.Select(r => string.Join(',', r.Select(v => v.ToString("R", CultureInfo.InvariantCulture))));
        return ImpedanceReader.Read("a.csv", Encoding.UTF8.GetBytes($"{head}\n{string.Join('\n', lines)}\n"), areaCm2: area);
    }
}
