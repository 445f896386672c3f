using System.IO.Compression;
using System.Text;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Absorption.Files;

public sealed class SpectrumReaderTests
{
    [DataTheory]
    [InlineData("v_foil.xdi", null, 463, 5385, 6089.82, AbsorptionMode.Transmission)]
    [InlineData("SSRL1_2006.dat", null, 455, 25284.998, 26534.926, AbsorptionMode.Transmission)]
    [InlineData("PFBL12C_2005.dat", null, 818, 12049.08, 13243.31, AbsorptionMode.Transmission)]
    [InlineData("NSLS8ID_2019.dat", "iff/i0", 647, 11686.05926, 12847.26, AbsorptionMode.Fluorescence)]
    [InlineData("NSLS8ID_2019.dat", "mutrans", 647, 11686.05926, 12847.26, AbsorptionMode.Transmission)]
    [InlineData("APS12BM_2019.dat", "mu01", 492, 6339, 6984.74, AbsorptionMode.Unknown)]
    [InlineData("CLSHXMA.dat", "ln($5/$6)", 414, 11667.001, 12842.362, AbsorptionMode.Transmission)]
    [InlineData("fe_xanes_8ch.xdi", "(Fe_Ka_mca1 + Fe_Ka_mca2)/I0", 100, 7012, 7108.598755, AbsorptionMode.Fluorescence)]
    public void BeamlineFile_IsReadAsItsHeadSays(string file, string? column, int points, double first, double last, AbsorptionMode mode)
    {
        var spectrum = SpectrumReader.Read(TestData.File("xas/formats/" + file), column);

        Assert.Equal((points, mode), (spectrum.Count, spectrum.Mode));
        Assert.Equal(first, spectrum.Energies[0], 0.01);
        Assert.Equal(last, spectrum.Energies[^1], 0.01);
    }

    [DataTheory]
    [InlineData("APS12BM_2019.dat")]
    [InlineData("CLSHXMA.dat")]
    [InlineData("NSLS8ID_2019.dat")]
    [InlineData("fe_xanes_8ch.xdi")]
    public void BeamlineFile_OfSeveralDetectors_IsRefusedWithItsColumns(string file)
    {
        var message = Assert.Throws<MeasurementException>(() => SpectrumReader.Read(TestData.File("xas/formats/" + file))).Message;
        Assert.StartsWith(file, message, StringComparison.Ordinal);
        Assert.Contains("Name the column", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# energy mu\n", " ", ".", 1)]
    [InlineData("", "\t", ".", 1)]
    [InlineData("Energie;Absorption\n", ";", ",", 1)]
    [InlineData("E (keV),mu\n", ",", ".", 0.001)]
    [InlineData("", "   ", ".", 0.001)]
    public void TwoColumns_InAnyDress_AreTheSameSpectrum(string head, string separator, string point, double unit)
    {
        var text = head + string.Concat(Numbers().Select(r => $"{Text(r[0] * unit, point)}{separator}{Text(r[1], point)}\r\n"));
        var spectrum = Assert.Single(Read(text));

        Assert.Equal(40, spectrum.Count);
        Assert.Equal(2460, spectrum.Energies[0], 1e-6);
        Assert.Equal(Numbers()[7][1], spectrum.Absorption[7], 1e-9);
    }

    [Fact]
    public void SeveralColumns_AreTakenByNameNumberOrCalculation()
    {
        var text = "# energy  i0  it  iff\n"
            + string.Concat(Numbers().Select(r => $"{Text(r[0])} 1000 {Text(1000 * Math.Exp(-r[1]))} {Text(500 * r[1])}\n"));

        Assert.Equal(Numbers()[9][1], Read(text, "mutrans")[0].Absorption[9], 1e-9);
        Assert.Equal(Numbers()[9][1], Read(text, "ln(i0/it)")[0].Absorption[9], 1e-9);
        Assert.Equal(Numbers()[9][1] / 2, Read(text, "IFF/I0")[0].Absorption[9], 1e-9);
        Assert.Equal(Numbers()[9][1] / 2, Read(text, "-(0 - $4)/$2")[0].Absorption[9], 1e-9);
        Assert.Equal(500 * Numbers()[9][1], Read(text, "4")[0].Absorption[9], 1e-6);
    }

    [Theory]
    [InlineData("ln(i0/", "ends where a column should follow")]
    [InlineData("ln(i0/it", "lacks a closing bracket")]
    [InlineData("iff/monitor", "no column 'monitor'; its columns are energy, i0, it, iff")]
    [InlineData("iff it", "'it' does not belong")]
    [InlineData("", "is no column")]
    [InlineData("energy", "is its energy")]
    public void Calculation_ThatCannotBeDone_IsRefusedWithTheReason(string column, string reason)
    {
        var text = "# energy  i0  it  iff\n" + string.Concat(Numbers().Select(r => $"{Text(r[0])} 1000 {Text(r[1])} 5\n"));
        Assert.Contains(reason, Assert.Throws<MeasurementException>(() => Read(text, column)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Xdi_WithAnglesAndSpacing_GivesEnergies()
    {
        var text = "# XDI/1.0\n# Column.1: angle degrees\n# Column.2: mutrans\n# Mono.d_spacing: 3.13555\n# ---\n# angle mutrans\n"
            + string.Concat(Numbers().Select(r => $"{Text(Angle(r[0], 3.13555))} {Text(r[1])}\n"));
        var spectrum = Assert.Single(Read(text));

        Assert.Equal(2460, spectrum.Energies[0], 1e-4);
        Assert.Equal(AbsorptionMode.Transmission, spectrum.Mode);
        Assert.Contains("not the spacing", Assert.Throws<MeasurementException>(
            () => Read(text.Replace("d_spacing", "d_space"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PhotonFactoryFluorescence_IsOverI0AtTheAngleThatWasRead()
    {
        var rows = Numbers().Select(r =>
        {
            var angle = Angle(r[0], 3.13551);
            return $"  {Text(angle + 0.001)} {Text(angle)} 1.00 2000 {Text(300 * r[1])}\n";
        });
        var text = "  9809     KEK-PF   BL9A\n x\n Mono :   Si(111)       D=  3.13551 A    Initial angle= 13.9 deg\n"
            + " BL9A      Fluorescence( 3)\n"
            + "     1        6606.20   7061.20         6.50       1.00        70\n Ortec(-1)     NDCH = 3\n"
            + "  Angle(c)  Angle(o)    time/s         2         3\n      Mode         0         0         1         3\n"
            + "    Offset         0         0  7753.700  7157.100\n" + string.Concat(rows) + "\u001a\n";
        var spectrum = Assert.Single(Read(text));

        Assert.Equal(AbsorptionMode.Fluorescence, spectrum.Mode);
        Assert.Equal(2460, spectrum.Energies[0], 1e-4);
        Assert.Equal(0.15 * Numbers()[3][1], spectrum.Absorption[3], 1e-9);
        Assert.Contains(spectrum.Remarks, r => r.Contains("offsets", StringComparison.Ordinal));
        Assert.DoesNotContain(spectrum.Remarks, r => r.Contains("cut short", StringComparison.Ordinal));
    }

    [Fact]
    public void ShortNames_ThatTheHeadSpellsOut_AreSpelledOut()
    {
        var text = "; P1 = {Energy} --> a\n; D1 = {I0}  --> b\n; D2 = {I1}  --> c\n;-----\n;  P1 D1 D2\n"
            + string.Concat(Numbers().Select(r => $"{Text(r[0])} 1000 {Text(1000 * Math.Exp(-r[1]))}\n"));
        var spectrum = Assert.Single(Read(text));

        Assert.Equal(AbsorptionMode.Transmission, spectrum.Mode);
        Assert.Equal(Numbers()[9][1], spectrum.Absorption[9], 1e-9);
    }

    [Fact]
    public void Phoenix_NumbersItsNames_WhichAreTakenWithoutTheNumbers()
    {
        var text = "#    Energy_c1    SKa_sum_cps_c2    I0_KEITHLEY1_c3\n"
            + string.Concat(Numbers().Select(r => $"  {r[0]:0.000000000E+00} {1e4 * r[1]:0.000000000E+00} 2.0E+00\n"));

        Assert.Equal(5e3 * Numbers()[5][1], Read(text, "SKa_sum_cps/I0_KEITHLEY1")[0].Absorption[5], 1e-3);
        Assert.Contains("SKa_sum_cps", Assert.Throws<MeasurementException>(() => Read(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SpecFile_OfTwoScans_IsReadByScan()
    {
        var scan = string.Concat(Numbers().Select(r => $"{Text(r[0])} 7 {Text(r[1])}\n"));
        using var folder = new TempFolder();
        var scans = $"#S 1  zap\n#N 3\n#L energy  I temp  mu\n{scan}\n#S 4  zap\n#L energy  I temp  mu\n{scan}";
        File.WriteAllText(folder["a.spec"], "#F a\n#E 1\n\n" + scans);
        string Of(string path) => Assert.Throws<MeasurementException>(() => SpectrumReader.Read(folder[path])).Message;

        Assert.Equal(Numbers()[3][1], SpectrumReader.Read(folder["a.spec"] + "#4").Absorption[3], 1e-9);
        Assert.Contains("of 1, 4", Of("a.spec"), StringComparison.Ordinal);
        Assert.Contains("no spectrum 2; it has 1, 4", Of("a.spec#2"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AthenaProject_IsReadByLabelAndTellsItsShift(bool isJson)
    {
        using var folder = new TempFolder();
        using (var file = new GZipStream(File.Create(folder["p.prj"]), CompressionMode.Compress))
        {
            file.Write(Encoding.UTF8.GetBytes(isJson ? Projects.Json : Projects.Perl));
        }

        var spectrum = SpectrumReader.Read(folder["p.prj"] + "#Li2S (it's old)");
        Assert.Equal(40, spectrum.Count);
        Assert.Equal(Projects.Numbers[4][1], spectrum.Absorption[4], 1e-12);
        Assert.Contains("shift of 0.25 eV", Assert.Single(spectrum.Remarks), StringComparison.Ordinal);
        Assert.Contains("of Li2S (it's old), S8; 1 more cannot be read", Assert.Throws<MeasurementException>(
            () => SpectrumReader.Read(folder["p.prj"])).Message, StringComparison.Ordinal);
        Assert.Contains("p.prj#chi is χ(k)", Assert.Throws<MeasurementException>(
            () => SpectrumReader.Read(folder["p.prj"] + "#chi")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BrokenFiles_AreRefusedWithOneSentence()
    {
        string Of(byte[] bytes) => Assert.Throws<MeasurementException>(() => SpectrumReader.ReadAll("a.dat", bytes)).Message;
        var good = string.Concat(Numbers().Select(r => $"{Text(r[0])} {Text(r[1])}\n"));

        Assert.Contains("damaged", Of([0x89, (byte)'H', (byte)'D', (byte)'F', 13, 10, 26, 10]), StringComparison.Ordinal);
        Assert.Contains("no text", Of([1, 0, 2]), StringComparison.Ordinal);
        byte[] packed = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF, 0xFF];
        Assert.Contains("compressed, and damaged", Of(packed), StringComparison.Ordinal);
        Assert.Contains("no table", Of("# nothing\n"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("Line 41 is no row of 2 numbers", Of(Encoding.UTF8.GetBytes(good + "stopped\n" + good)), StringComparison.Ordinal);
    }

    private static double Angle(double energyEv, double spacing) =>
        Math.Asin(12398.419843320026 / (2 * spacing * energyEv)) * 180 / Math.PI;

    private static double[][] Numbers() => Projects.Numbers;

    private static IReadOnlyList<Spectrum> Read(string text, string? column = null) =>
        SpectrumReader.ReadAll("a.dat", Encoding.UTF8.GetBytes(text), column);

    private static string Text(double value, string point = ".") =>
        value.ToString("R", System.Globalization.CultureInfo.InvariantCulture).Replace(".", point, StringComparison.Ordinal);
}
