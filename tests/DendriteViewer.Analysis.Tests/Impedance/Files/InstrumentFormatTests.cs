using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Impedance.Files;

/// <summary>What instruments write: every file of the reference data, and forms that none of them has.</summary>
public sealed class InstrumentFormatTests
{
    [DataTheory]
    [InlineData("exampleDataAutolab.txt", "ZPlot", 41, 10000, 0.013785863964281, 0.007191946305823)]
    [InlineData("exampleDataBioLogic.mpt", "Bio-Logic text", 43, 1000.3201, 65.470886, -0.38998979)]
    [InlineData("exampleDataCHInstruments.txt", "delimited text", 73, 99610, 98.91, -2.748)]
    [InlineData("exampleDataGamry.DTA", "Gamry", 72, 200015.6, 825.8584, -1367.239)]
    [InlineData("exampleDataGamryABORT.DTA", "Gamry", 72, 200015.6, 825.8584, -1367.239)]
    [InlineData("exampleDataParstat.txt", "delimited text", 31, 10000, -0.00049816280376104, 0.0175143479976367)]
    [InlineData("exampleDataPowersuite.txt", "delimited text", 30, 0.1, 423929.46, -49014.063)]
    [InlineData("exampleDataVersaStudio.par", "VersaStudio", 61, 100000, 55.31571, 4.575431)]
    [InlineData("exampleDataZPlot.z", "ZPlot", 21, 300000, 0, 0)]
    [InlineData("exampleDataZPlot_noComments.z", "ZPlot", 31, 300000, 642.62, -85.821)]
    public void ReferenceFile_IsReadWithItsFirstPoint(string file, string format, int points, double hertz, double re, double im)
    {
        var found = ImpedanceReader.Read(TestData.File("eis/" + file));
        var sweep = Assert.Single(found.Sweeps);

        Assert.Equal((format, points), (found.Format, sweep.Points));
        Assert.Equal(1, sweep.FrequencyHz[0] / hertz, 1e-6);
        if (re != 0)
        {
            Assert.Equal(re, sweep.Re[0], 1e-9);
            Assert.Equal(im, sweep.Im[0], 1e-9);
        }
    }

    [DataFact]
    public void ReferenceFiles_SayWhatWasLeftOutOrStopped()
    {
        var aborted = ImpedanceReader.Read(TestData.File("eis/exampleDataGamryABORT.DTA")).Sweeps[0];
        Assert.True(aborted.Truncated);
        Assert.Contains(aborted.Remarks, r => r.Contains("stopped before its end", StringComparison.Ordinal));
        Assert.Equal(new DateTime(2020, 3, 18, 16, 54, 44), aborted.Started);

        var rests = ImpedanceReader.Read(TestData.File("eis/exampleDataParstat.txt"));
        Assert.Contains(rests.Remarks, r => r.Contains("rows without a frequency", StringComparison.Ordinal));

        Assert.False(ImpedanceReader.Read(TestData.File("eis/exampleDataGamry.DTA")).Sweeps[0].Truncated);
        var missing = Assert.Throws<MeasurementException>(
            () => ImpedanceReader.Read(TestData.File("eis/exampleDataBioLogic_MissingFreq.mpt")));
        Assert.Contains("no column for frequency; export it from EC-Lab", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BioLogicLoops_WithDecimalCommas_AreSweepsWithTheirHours()
    {
        var rows = Enumerable.Range(0, 2).SelectMany(loop => Points().Select(p => string.Create(CultureInfo.InvariantCulture,
            $"{p.Hertz}\t{p.Re}\t{-p.Im}\t{3600 * loop + 5}\t{loop + 1}\t\n"))).ToArray();
        var head = "EC-Lab ASCII FILE\nNb header lines : 7\n\nNumber of loops : 2\nLoop 0 from point number 0 to 20\n"
            + "Loop 1 from point number 21 to 41\nfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\ttime/s\tcycle number\t\n";
        var found = Read("a.mpt", head + string.Concat(rows).Replace('.', ','));

        Assert.Equal([21, 21], found.Sweeps.Select(s => s.Points));
        Assert.Equal(3605 / 3600.0, found.Sweeps[1].Hours!.Value, 1e-9);
        AssertPoints(found.Sweeps[1]);

        var cut = Read("a.mpt", head + string.Concat(rows)[..^9]);
        Assert.Equal(20, cut.Sweeps[1].Points);
        Assert.Contains(cut.Remarks, r => r.Contains("cut short", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("02/04/2018 10:02:46", null)]
    [InlineData("02/14/2018 10:02:46.123", 14)]
    [InlineData("14/02/2018 10:02:46", 14)]
    [InlineData("soon", null)]
    public void BioLogicStart_IsTakenWhereItIsOneDayOnly(string text, int? day)
    {
        var rows = string.Concat(Points().Select(p => Line(p, "\t", -1)));
        var found = Read("a.mpt", $"EC-Lab ASCII FILE\nNb header lines : 4\nAcquisition started on : {text}\n"
            + "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\n" + rows);
        Assert.Equal(day, found.Sweeps[0].Started?.Day);
    }

    [Fact]
    public void GamryDriftCorrection_IsTakenAndSaid()
    {
        var rows = string.Concat(Points().Select((p, i) => string.Create(CultureInfo.InvariantCulture,
            $"\t{i}\t{10 * i}\t{p.Hertz}\t1\t2\t1\t{p.Re}\t{p.Im}\n"))).Replace('.', ',');
        var found = Read("a.dta", "EXPLAIN\nTAG\tEISPOT\nTITLE\tLABEL\tEIS\tTest\nFREQFINAL\tQUANT\t1,00000E+000\tF\nZCURVE\tTABLE\n"
            + "\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZrealDrCor\tZimagDrCor\n\t#\ts\tHz\tohm\tohm\tV\tohm\tohm\n" + rows);

        AssertPoints(Assert.Single(found.Sweeps));
        Assert.Contains("drift-corrected", Assert.Single(found.Remarks), StringComparison.Ordinal);
        Assert.Contains("its experiment is 'Chrono'", Assert.Throws<MeasurementException>(
            () => Read("b.dta", "EXPLAIN\nTAG\tCHRONO\nTITLE\tLABEL\tChrono\tTest\n")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IviumSeries_IsReadAndWhatIsNoImpedanceIsNamed()
    {
        var rows = string.Concat(Points().Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Re}  {p.Im}\t{p.Hertz} \n")));
        string Measurement(string method) =>
            $"H\0\0\0\nstarttime=\nMethod={method}\nTitle=Test\nprimary_data    \n3         \n21        \n{rows}7\nosc_data\n1\n";
        var found = Read("a.ids", Measurement("Impedance") + Measurement("CyclicVoltammetry") + Measurement("Impedance"));

        Assert.Equal(2, found.Sweeps.Count);
        AssertPoints(found.Sweeps[1]);
        Assert.Contains("CyclicVoltammetry", Assert.Single(found.Remarks), StringComparison.Ordinal);
        Assert.Contains("point 4 of 21", Assert.Throws<MeasurementException>(
            () => Read("b.idf", string.Join('\n', Measurement("Impedance").Split('\n')[..10]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PalmSensSession_InUtf16_IsReadWithItsClock()
    {
        string Array(string unit, string quantity, Func<Point, double> of) =>
            $"{{\"Unit\":{{\"Type\":\"PalmSens.Units.{unit}\",\"Q\":\"{quantity}\"}},\"DataValues\":["
            + string.Join(',', Points().Select(p => string.Create(CultureInfo.InvariantCulture, $"{{\"V\":{of(p)}}}"))) + "]}";
        var start = new DateTime(2023, 8, 22, 12, 50, 25);
        string[] arrays =
        [
            Array("Time", "Time", _ => 0), Array("Hertz", "Frequency", p => p.Hertz), Array("ZRe", "Z'", p => p.Re),
            Array("ZIm", "-Z''", p => -p.Im),
        ];
        var text = """
            {"Type":"PalmSens.DataFiles.SessionFile","Measurements":[{"DataSet":{"Type":"PalmSens.Data.DataSetCV","Values":[]}},
            {"Title":"a","TimeStamp":TICKS,"DataSet":{"Type":"PalmSens.Data.DataSetEIS","Values":[VALUES]}}]}
            """.Replace("TICKS", $"{start.Ticks}").Replace("VALUES", string.Join(',', arrays));
        var bytes = (byte[])[0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text + "\uFEFF")];
        var found = ImpedanceReader.Read("a.pssession", bytes);

        AssertPoints(Assert.Single(found.Sweeps));
        Assert.Equal(start, found.Sweeps[0].Started);
        Assert.Contains("1 measurements that are no impedance", Assert.Single(found.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void AutolabFraAndP00_AreReadAndCountTheirPoints()
    {
        var dfr = "VERSION8.0\n 21\n 1\n" + string.Concat(Points().Select(p => string.Create(CultureInfo.InvariantCulture,
            $" {p.Hertz}\n {p.Re}\n {-p.Im}\n 0.0\n 0.0\n 0.0\n 0.0\n 0.0\n 0.0\n"))) + " 0.0\n13.07.2022 22:32:00\n";
        AssertPoints(Assert.Single(Read("a.dfr", dfr).Sweeps));
        Assert.Contains("cut short", Assert.Throws<MeasurementException>(() => Read("a.dfr", dfr.Replace(" 21\n", " 41\n"))).Message,
            StringComparison.Ordinal);

        var p00 = "Procedure : a\nt =  1 s\n f/Hz\t Z'/Ohm\t -Z''/Ohm\t time/s\t\n 21 \n"
            + string.Concat(Points().Select(p => string.Create(CultureInfo.InvariantCulture, $" {p.Hertz}\t {p.Re}\t {-p.Im}\t 59.3\t\n")));
        AssertPoints(Assert.Single(Read("a.P00", p00).Sweeps));
        var remark = Assert.Single(Read("a.P00", p00.Replace("\n 21 \n", "\n 30 \n")).Remarks);
        Assert.Contains("should have 30 points", remark, StringComparison.Ordinal);
    }

    [Fact]
    public void VersaStudioSegments_AreReadTheirRestsLeftOut()
    {
        var rows = string.Concat(Points().Select((p, i) =>
            string.Create(CultureInfo.InvariantCulture, $"0,{i},{7200 + i},{p.Hertz},{p.Re},{p.Im},0\n")));
        var found = Read("a.par", "<Application>\nName=VersaStudio\n</Application>\n<Segment1>\nType=2\n"
            + "Definition=Segment #, Point #, Elapsed Time(s), Frequency(Hz), Z Real, Z Imag, 0\n0,0,1,0,0,0,0\n0,1,2,0,0,0,0\n"
            + rows + "</Segment1>\n");

        AssertPoints(Assert.Single(found.Sweeps));
        Assert.Contains("2 rows without a frequency", Assert.Single(found.Remarks), StringComparison.Ordinal);
        Assert.Contains("no segments", Assert.Throws<MeasurementException>(
            () => Read("a.par", "<Application>\nName=VersaStudio\n</Application>\n")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Z'/ohm, Z\"/ohm")]
    [InlineData("Z', Z\"")]
    [InlineData("\"Z'\", \"Z''\"")]
    public void DoublePrimes_InNamesOfColumns_AreTheImaginaryPart(string names) =>
        AssertPoints(Read("a.txt", $"Freq/Hz, {names}, Z/ohm, Phase/deg\n\n"
            + string.Concat(Points().Select(p =>
                string.Create(CultureInfo.InvariantCulture, $"{p.Hertz}, {p.Re}, {p.Im}, 1, 0.1\n")))).Sweeps[0]);

    [Theory]
    [InlineData("a.ism", "export the spectrum from Thales as ASCII")]
    [InlineData("a.nox", "export the spectrum from NOVA as ASCII")]
    [InlineData("a.XLSX", "CSV")]
    public void OtherProgramsFiles_AreRefusedByName(string file, string remedy)
    {
        var message = Assert.Throws<MeasurementException>(() => ImpedanceReader.Read(file, [1, 2, 3])).Message;
        Assert.StartsWith(file, message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    private sealed record Point(double Hertz, double Re, double Im);

    private static Point[] Points() => [.. Enumerable.Range(0, 21).Select(i => Math.Pow(10, 5 - 0.25 * i)).Select(f =>
    {
        var admittance = 1 / 100.0 + new System.Numerics.Complex(0, 2 * Math.PI * f * 1e-6);
        var z = 10 + 1 / admittance;
        return new Point(f, z.Real, z.Imaginary);
    })];

    private static string Line(Point p, string separator, int sign) =>
        string.Create(CultureInfo.InvariantCulture, $"{p.Hertz}{separator}{p.Re}{separator}{sign * p.Im}\n");

    private static ImpedanceFile Read(string name, string text) => ImpedanceReader.Read(name, Encoding.UTF8.GetBytes(text));

    private static void AssertPoints(ImpedanceSweep sweep)
    {
        var points = Points();
        Assert.Equal(points.Length, sweep.Points);
        for (var i = 0; i < points.Length; i++)
        {
            Assert.Equal(1, sweep.FrequencyHz[i] / points[i].Hertz, 1e-9);
            Assert.Equal(points[i].Re, sweep.Re[i], 1e-9);
            Assert.Equal(points[i].Im, sweep.Im[i], 1e-9);
        }
    }
}
