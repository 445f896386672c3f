using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Impedance;

/// <summary>Files of spectra: variants that are read, and what is refused.</summary>
public sealed class ImpedanceReaderTests
{
    private static readonly Circuit s_circuit = Circuit.OfArcs(1);

    [Theory]
    [InlineData("{0},{1},{2}", "")]
    [InlineData("{0};{1};{2}", "")]
    [InlineData("{0}\t{1}\t{2}", "")]
    [InlineData("  {0}   {1}  {2} ", "")]
    [InlineData("{0},{1},{2}", "frequency_Hz,Re_Z_ohm,Im_Z_ohm")]
    [InlineData("{0},{1},{2}", "# a comment\n# frequency_Hz,Re_Z_ohm,Im_Z_ohm")]
    [InlineData("{0},{1},{2}", "Freq(Hz),Z'(a),Z''(b)")]
    [InlineData("{1};{2};{0}", "Re(Z)/Ohm;Im(Z)/Ohm;freq/Hz")]
    [InlineData("{0}\t{1}\t-{2}", "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm")]
    [InlineData("{0},{1},-{2}", "Frequency (Hz),Zreal (ohm),-Zimag (ohm)")]
    [InlineData("{0},{1},{2}", "\"Frequency (Hz)\",\"Z' (Ω)\",\"Z'' (Ω)\"")]
    [InlineData("{0},{1},{2}", "f,Zre,Zim")]
    [InlineData("{0},{1},{2}", "Frequency,Real,Imaginary")]
    [InlineData("{0}\t{1}\t{2}", "Frequency\t Zre\t Zimg")]
    [InlineData("7,{0},{1},{2}", "index,f/Hz,ReZ,ImZ")]
    [InlineData("{0};{1};{2}", "Frequency;Z real;Z imag\nHz;Ohm;Ohm")]
    [InlineData("{0} {1} {2}", "f, Re, Im")]
    [InlineData("{0},{1},{2},3", "Cell 7, 25 °C\nfreq,Re(Z),Im(Z),T")]
    public void Text_InUsualForms_IsRead(string row, string head)
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        var sweep = Assert.Single(Read(Text(points, row, head)).Sweeps);
        Spectra.AssertEqual(points.FrequencyHz, sweep.FrequencyHz, 1e-8);
        Spectra.AssertEqual(points.Re, sweep.Re, 1e-8);
        Spectra.AssertEqual(points.Im, sweep.Im, 1e-8);
    }

    [Theory]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData(' ')]
    public void Text_WithDecimalCommas_IsRead(char separator)
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        var text = Text(points, string.Join(separator, "{0}", "{1}", "{2}"), "").Replace('.', ',');
        Spectra.AssertEqual(points.Re, Read(text).Sweeps[0].Re, 1e-8);
    }

    [Fact]
    public void Text_InOtherUnitsAndPolar_IsReadInHertzAndOhm()
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        var text = new StringBuilder("f (kHz),|Z| (kohm),Phase (deg)\n");
        for (var i = 0; i < points.Count; i++)
        {
            var phase = Math.Atan2(points.Im[i], points.Re[i]) * 180 / Math.PI;
            text.AppendLine(CultureInfo.InvariantCulture, $"{points.FrequencyHz[i] / 1000:R},{points.Modulus[i] / 1000:R},{phase:R}");
        }

        var sweep = Read(text.ToString()).Sweeps[0];
        Spectra.AssertEqual(points.FrequencyHz, sweep.FrequencyHz, 1e-9);
        Spectra.AssertEqual(points.Im, sweep.Im, 1e-9);
    }

    [Fact]
    public void SignOfIm_IsTakenFromTheLowFrequencies_AndSaid()
    {
        var points = Spectra.Of(Circuit.Parse("L0-R0-p(R1,C1)"), [1e-4, 10, 100, 1e-4]);
        var turned = Read(Text(points, "{0},{1},{2}", "", -1));
        Spectra.AssertEqual(points.Im, turned.Sweeps[0].Im, 1e-8);
        Assert.Contains(turned.Remarks, r => r.Contains("sign of Im was turned", StringComparison.Ordinal));
        var asRead = ImpedanceReader.Read("a.csv", Encoding.UTF8.GetBytes(Text(points, "{0},{1},{2}", "", -1)), ImaginarySign.AsRead);
        Assert.Equal(-points.Im[^1], asRead.Sweeps[0].Im[^1], 1e-9);
    }

    [Fact]
    public void File_OfSeveralSweeps_IsPartedWhereFrequenciesBeginAnew()
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        var one = Text(points, "{0},{1},{2}", "");
        var rising = string.Join('\n', one.Split('\n', StringSplitOptions.RemoveEmptyEntries).Reverse()) + "\n";
        var shortened = string.Join('\n', one.Split('\n').Take(30)) + "\n";
        Assert.Equal(3, Read(one + one + one).Sweeps.Count);
        Assert.Equal(2, Read(rising + rising).Sweeps.Count);
        Assert.Equal(3, Read(one + shortened + one).Sweeps.Count);
        Assert.Equal([false, true, false], Read(one + shortened + one).Sweeps.Select(s => s.Truncated));
        var upAndDown = string.Join('\n', one.Split('\n', StringSplitOptions.RemoveEmptyEntries).Reverse().Skip(1)) + "\n";
        Assert.Equal(2, Read(one + upAndDown).Sweeps.Count);
    }

    [Theory]
    [InlineData("twice", "stands twice")]
    [InlineData("jumps", "jump about")]
    [InlineData("swapped", "jump about")]
    [InlineData("sparse", "points a decade")]
    [InlineData("positive", "Every Im is above 0")]
    [InlineData("few", "needs 5 at least")]
    [InlineData("zero", "0 Hz")]
    [InlineData("nan", "NaN")]
    [InlineData("word", "Line 21 has 'abc'")]
    [InlineData("text", "no rows")]
    [InlineData("binary", "no text")]
    [InlineData("named", "names no column for Im(Z)")]
    public void Spectrum_ThatCannotBeUsed_IsRefusedInOneSentenceThatNamesTheFile(string what, string says)
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        var lines = Text(points, "{0},{1},{2}", "").Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        switch (what)
        {
            case "twice":
                lines.Insert(20, lines[20]);
                break;
            case "jumps":
                var shuffled = lines.ToArray();
                new Random(1).Shuffle(shuffled);
                lines = [.. shuffled];
                break;
            case "swapped":
                (lines[20], lines[21]) = (lines[21], lines[20]);
                break;
            case "sparse":
                lines = [.. lines.Where((_, i) => i % 4 == 0)];
                break;
            case "positive":
                lines = [.. Text(points, "{0},{1},{2}", "", -1).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
                break;
            case "few":
                lines = lines[..4];
                break;
            case "zero":
                lines[20] = "0,1,-1";
                break;
            case "nan":
                lines[20] = "20,NaN,-1";
                break;
            case "word":
                lines[20] = "20,abc,-1";
                break;
            case "text":
                lines = ["This is no spectrum.", "At all."];
                break;
            case "binary":
                lines = ["\0\0\u0001"];
                break;
            case "named":
                lines.Insert(0, "frequency_Hz,Re_Z_ohm,Temperature");
                break;
        }

        var error = Assert.Throws<MeasurementException>(() => Read(string.Join('\n', lines) + "\n"));
        Assert.StartsWith("a.csv: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusedSweep_BesideGoodOnes_IsListedAndLeavesThem()
    {
        var one = Text(Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]), "{0},{1},{2}", "");
        var file = Read(one + string.Join('\n', one.Split('\n').Take(3)) + "\n" + one);
        Assert.Equal([0, 2], file.Sweeps.Select(s => s.Index));
        Assert.Equal(1, Assert.Single(file.Refused).Index);
    }

    [Theory]
    [InlineData("frequency_Hz,Re_Z_ohm,Im_Z_ohm,time_s\n"
        + "1000,10,-1,3600\n500,11,-2,3601\n250,12,-3,3602\n125,13,-3,3603\n62,14,-2,3604\n", 1.0)]
    [InlineData("# cell 3\nsweep;f;re;im;hours\n0;1000;10;-1;2\n0;500;11;-2;2\n0;250;12;-3;2\n0;125;13;-3;2\n0;62;14;-2;2\n"
        + "1;1000;10;-1;3\n1;500;11;-2;3\n1;250;12;-3;3\n1;125;13;-3;3\n1;62;14;-2;3\n", 3.0)]
    public void Times_AreHoursOfTheSweep(string text, double last)
    {
        // A single sweep whose clock begins with it has no hours that mean anything.
        var sweeps = Read(text).Sweeps;
        Assert.Equal(sweeps.Count == 1 ? null : last, sweeps[^1].Hours);
    }

    [Fact]
    public void Times_SinceTheEpoch_CountFromTheFirstAndDateTheSweeps()
    {
        var file = Read(Timed(1_700_000_000, 1_700_005_400));
        Assert.Equal([0, 1.5], file.Sweeps.Select(s => s.Hours));
        Assert.Equal(new DateTime(2023, 11, 14, 23, 43, 20), file.Sweeps[1].Started);
        Assert.Contains(file.Remarks, r => r.Contains("since 1970", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1_700_000_000_000, 1_700_005_400_000, "too large for seconds")]
    [InlineData(7200, 3600, "do not rise: sweep 1 begins at 1 h")]
    public void Times_ThatCannotBe_AreSaid(double first, double second, string says) =>
        Assert.Contains(Read(Timed(first, second)).Remarks, r => r.Contains(says, StringComparison.Ordinal));

    [Fact]
    public void Hours_InAComment_AreThoseOfTheSweepBelow()
    {
        var one = Text(Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]), "{0},{1},{2}", "");
        Assert.Equal(1.5, Assert.Single(Read("# hours: 1.5\n# area_cm2: 1\nfrequency_Hz,Re_Z_ohm,Im_Z_ohm\n" + one).Sweeps).Hours);
        Assert.Equal([0, 2.25, null], Read("# hours: 0\n" + one + "# hours: 2.25\n" + one + one).Sweeps.Select(s => s.Hours));
    }

    [Theory]
    [InlineData(50, 1e3)]
    [InlineData(10, 0.02)]
    public void StrayPoint_InASweep_IsRefusedByItsFrequency(int at, double hz)
    {
        var lines = Text(Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]), "{0},{1},{2}", "").Split('\n').ToList();
        lines.Insert(at, FormattableString.Invariant($"{hz},50,-10"));
        var error = Assert.Throws<MeasurementException>(() => Read(string.Join('\n', lines)));
        Assert.Contains(FormattableString.Invariant($"{hz} Hz stands alone"), error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Sweep_ThatBeginsElsewhereThanTheFirst_IsSaid()
    {
        var one = Text(Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]), "{0},{1},{2}", "");
        var later = string.Join('\n', one.Split('\n').Skip(20));
        var sweeps = Read(one + later).Sweeps;
        Assert.Empty(sweeps[0].Remarks);
        Assert.Contains(sweeps[1].Remarks, r => r.Contains("the first of its table at 1E+06 Hz", StringComparison.Ordinal));
    }

    [Fact]
    public void Sweep_OfMorePointsThanASweepHas_IsRefused()
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9], aDecade: 1300);
        var error = Assert.Throws<MeasurementException>(() => Read(Text(points, "{0},{1},{2}", "")));
        Assert.Contains("a sweep has 10000 at most", error.Message, StringComparison.Ordinal);
    }

    [DataTheory]
    [InlineData("exampleData.csv", 66)]
    [InlineData("exampleDataZPlot.z", 21)]
    [InlineData("exampleDataZPlot_noComments.z", 31)]
    [InlineData("Circuit3_EIS_1.z", 53)]
    [InlineData("exampleDataAutolab.txt", 41)]
    [InlineData("exampleDataPowersuite.txt", 30)]
    public void ReferenceFile_IsReadWhole(string file, int points)
    {
        var sweep = Assert.Single(ImpedanceReader.Read(TestData.File("eis/" + file)).Sweeps);
        Assert.Equal(points, sweep.Points);
        Assert.True(sweep.Im.Count(v => v < 0) > points / 2 && sweep.Re.Count(v => v > 0) > points - 3);
    }

    // Two sweeps of one table that begin at these seconds.
    private static string Timed(double first, double second)
    {
        var points = Spectra.Of(s_circuit, [10, 100, 1e-5, 0.9]);
        return "frequency_Hz,Re_Z_ohm,Im_Z_ohm,time_s\n" + string.Concat(new[] { first, second }.SelectMany(start => points.FrequencyHz
            .Select((f, i) => FormattableString.Invariant($"{f},{points.Re[i]},{points.Im[i]},{start + i}\n"))));
    }

    private static ImpedanceFile Read(string text) => ImpedanceReader.Read("a.csv", Encoding.UTF8.GetBytes(text));

    private static string Text(SweepPoints points, string row, string head, int sign = 1)
    {
        var text = new StringBuilder(head.Length > 0 ? head + "\n" : "");
        for (var i = 0; i < points.Count; i++)
        {
            var line = string.Format(CultureInfo.InvariantCulture, row, N(points.FrequencyHz[i]), N(points.Re[i]), N(sign * points.Im[i]));
            text.Append(line.Replace("--", "", StringComparison.Ordinal)).Append('\n');
        }

        return text.ToString();
    }

    private static string N(double v) => v.ToString("E9", CultureInfo.InvariantCulture);
}
