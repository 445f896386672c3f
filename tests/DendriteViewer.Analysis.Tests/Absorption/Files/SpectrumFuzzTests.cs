using System.IO.Compression;
using System.Text;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Absorption.Files;

/// <summary>Readers of spectra on damaged files: a spectrum that can be normalised, or one sentence that names the file.</summary>
public sealed class SpectrumFuzzTests
{
    private const int Usual = 2000;

    [DataTheory]
    [InlineData("formats/v_foil.xdi", null)]
    [InlineData("formats/fe_xanes_8ch.xdi", "IT/I0")]
    [InlineData("formats/PFBL12C_2005.dat", null)]
    [InlineData("formats/SSRL1_2006.dat", null)]
    [InlineData("formats/CLSHXMA.dat", "ln($5/$6)")]
    [InlineData("formats/ESRF_SNBL_2013.dat", "ln(Ion1/Ion2)")]
    [InlineData("formats/APS12BM_2019.dat", "mu01")]
    [InlineData("formats/NSLS8ID_2019.dat", "mufluor")]
    [InlineData("S_CAMD/PbS_2-_.dat", null)]
    public void BeamlineFile_Damaged_IsReadOrRefused(string file, string? column)
    {
        var lines = File.ReadAllLines(TestData.File("xas/" + file));

        // Heads decide most, and a spectrum of two hundred points is read as one of a thousand is.
        Try(Encoding.Latin1.GetBytes(string.Join('\n', lines.Take(200)) + "\n"), column, Mutants.Text);
    }

    [Theory]
    [InlineData("perl")]
    [InlineData("json")]
    public void AthenaProject_Damaged_IsReadOrRefused(string kind) =>
        Try(Encoding.UTF8.GetBytes(kind == "perl" ? Projects.Perl : Projects.Json), null, Mutants.Text);

    [Fact]
    public void CompressedProject_Damaged_IsReadOrRefused()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Projects.Perl));
        }

        Try(packed.ToArray(), null, Mutants.Binary);
    }

    [Fact]
    public void Calculation_Damaged_IsDoneOrRefused()
    {
        var rows = Projects.Numbers.Select(r => FormattableString.Invariant($"{r[0]} 7 {r[1]}\n"));
        var table = Encoding.UTF8.GetBytes("# energy i0 it\n" + string.Concat(rows));
        var random = new Random(4);
        for (var i = 0; i < Mutants.Count(Usual); i++)
        {
            var column = Encoding.Latin1.GetString(Mutants.Text(random, Encoding.Latin1.GetBytes("-ln((i0+$2)/(it*2.5e0))/'it'")));
            Mutants.IsRead(
                "a.dat", table.Length, () => SpectrumReader.ReadAll("a.dat", table, column), () => { }, onThisThread: true);
        }
    }

    private static void Try(byte[] seed, string? column, Func<Random, byte[], byte[]> damage)
    {
        var (random, read, count) = (new Random(48), 0, Mutants.Count(Usual));
        for (var i = 0; i < count; i++)
        {
            var bytes = damage(random, seed);
            read += Mutants.IsRead("a.dat", bytes.Length, () => Evaluate(bytes, column), () => File.WriteAllBytes(
                Path.Combine(Path.GetTempPath(), $"spectrum-{i}.dat"), bytes), onThisThread: true) ? 1 : 0;
        }

        Assert.InRange(read, 1, count - 1);
    }

    // What comes through is normalised, since energies that a reader lets pass must not break that.
    private static void Evaluate(byte[] bytes, string? column)
    {
        foreach (var spectrum in SpectrumReader.ReadAll("a.dat", bytes, column).Take(2))
        {
            var normalized = Normalizer.Normalize(spectrum);
            Assert.True(normalized.EdgeStep > 0);
        }
    }
}
