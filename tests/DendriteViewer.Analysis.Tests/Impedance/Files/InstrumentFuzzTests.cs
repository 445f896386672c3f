using System.Text;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Impedance.Files;

/// <summary>Readers of instruments' files on damaged ones: sweeps, or one sentence that names the file.</summary>
public sealed class InstrumentFuzzTests
{
    private const int Usual = 2000;

    [DataTheory]
    [InlineData("exampleDataAutolab.txt")]
    [InlineData("exampleDataBioLogic.mpt")]
    [InlineData("exampleDataCHInstruments.txt")]
    [InlineData("exampleDataGamryABORT.DTA")]
    [InlineData("exampleDataVersaStudio.par")]
    public void ReferenceFile_Damaged_IsReadOrRefused(string file) =>
        Try("a" + Path.GetExtension(file), File.ReadAllBytes(TestData.File("eis/" + file)));

    [Theory]
    [InlineData("a.ids", "Method=Impedance\nTitle=T\nprimary_data \n3 \n6 \n1 -1\t1E5\n2 -2\t5E4\n3 -3\t2E4\n4 -4\t1E4\n5 -5\t5E3\n"
        + "6 -6\t2200\n7\n")]
    [InlineData("a.dfr", "VERSION8.0\n 5\n 1\n 1e5\n 1\n 1\n 0\n 0\n 0\n 0\n 0\n 0\n 5e4\n 2\n 2\n 0\n 0\n 0\n 0\n 0\n 0\n"
        + " 2e4\n 3\n 3\n 0\n 0\n 0\n 0\n 0\n 0\n 1e4\n 4\n 4\n 0\n 0\n 0\n 0\n 0\n 0\n 5e3\n 5\n 5\n 0\n 0\n 0\n 0\n 0\n 0\n")]
    [InlineData("a.P00", "Procedure : a\n f/Hz\t Z'/Ohm\t -Z''/Ohm\n 5\n 1e5\t1\t1\n 5e4\t2\t2\n 2e4\t3\t3\n 1e4\t4\t4\n 5e3\t5\t5\n")]
    [InlineData("a.pssession", """
        {"Type":"PalmSens","Measurements":[{"TimeStamp":638283044195322907,"DataSet":{"Type":"DataSetEIS","Values":[
        {"Unit":{"Type":"U.Hertz","Q":"f"},"DataValues":[{"V":1e5},{"V":5e4},{"V":2e4},{"V":1e4},{"V":5e3}]},
        {"Unit":{"Type":"U.ZRe","Q":"Z'"},"DataValues":[{"V":1},{"V":2},{"V":3},{"V":4},{"V":5}]},
        {"Unit":{"Type":"U.ZIm","Q":"-Z''"},"DataValues":[{"V":1},{"V":2},{"V":3},{"V":4},{"V":5}]}]}}]}
        """)]
    public void WrittenFile_Damaged_IsReadOrRefused(string name, string text) => Try(name, Encoding.UTF8.GetBytes(text));

    private static void Try(string name, byte[] seed)
    {
        var (random, read, count) = (new Random(17), 0, Mutants.Count(Usual));
        for (var i = 0; i < count; i++)
        {
            var bytes = i % 5 == 0 ? Mutants.Binary(random, seed) : Mutants.Text(random, seed);
            read += Mutants.IsRead(name, bytes.Length, () => ImpedanceReader.Read(name, bytes), () => File.WriteAllBytes(
                Path.Combine(Path.GetTempPath(), $"sweep-{i}-{name}"), bytes), onThisThread: true) ? 1 : 0;
        }

        Assert.InRange(read, 1, count - 1);
    }
}
