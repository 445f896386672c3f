using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Impedance;

/// <summary>Damaged files of spectra: read, or refused in one sentence that names the file.</summary>
public sealed class ImpedanceMutantTests
{
    [Fact]
    public void DamagedText_IsReadOrRefusedInOneSentence() =>
        Damage("damaged.csv", Encoding.UTF8.GetBytes(Text()));

    [DataTheory]
    [InlineData("Circuit3_EIS_1.z")]
    [InlineData("exampleDataZPlot_noComments.z")]
    public void DamagedZPlot_IsReadOrRefusedInOneSentence(string file) => Damage(file, File.ReadAllBytes(TestData.File("eis/" + file)));

    private static void Damage(string name, byte[] seed)
    {
        var random = new Random(5);
        for (var i = 0; i < Mutants.Count(2000); i++)
        {
            var bytes = i % 5 == 0 ? Mutants.Binary(random, seed) : Mutants.Text(random, seed);
            Mutants.IsRead(name, bytes.Length, () => ImpedanceReader.Read(name, bytes), () =>
                File.WriteAllBytes(Path.Combine(Path.GetTempPath(), "mutant-" + name), bytes), onThisThread: true);
        }
    }

    private static string Text()
    {
        var points = Spectra.Of(Circuit.OfArcs(1), [10, 100, 1e-5, 0.9]);
        var rows = Enumerable.Range(0, points.Count).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"{points.FrequencyHz[i]:E6},{points.Re[i]:E6},{points.Im[i]:E6}\n"));
        return "f/Hz,Re(Z),Im(Z)\n" + string.Concat(rows);
    }
}
