using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.TimeSeries.Cyclers;

/// <summary>Damaged files of instruments.</summary>
public sealed class CyclerFuzzTests
{
    public static TheoryData<string, bool> Fuzzed => new()
    {
        { "sample.bdf.csv", false }, { "sample_data_arbin.csv", false }, { "sample_data_basytec.txt", false },
            { "sample_data_maccor.csv", false },
        { "sample_data_novonix.csv", false }, { "Sample_data_biologic_no_header.mpt", false },
            { "Sample_data_biologic_timestamped.txt", false },
        { "GCPL-0.mpr", true }, { "MB-0.mpr", true }, { "PEIS-0.mpr", true },
    };

    [DataTheory]
    [MemberData(nameof(Fuzzed))]
    public void Damaged_FilesOfInstruments_AreReadOrRefusedInOneSentence(string name, bool isBinary)
    {
        var (random, read, count) = (new Random(11), 0, Mutants.Count(2000));
        var seed = File.ReadAllBytes(TestData.File("cycler/" + name));
        for (var i = 0; i < count; i++)
        {
            var bytes = isBinary ? Mutants.Binary(random, seed) : Mutants.Text(random, seed);
            read += Mutants.IsRead(name, bytes.Length, () => Use(bytes, name), () =>
                File.WriteAllBytes(Path.Combine(Path.GetTempPath(), "mutant-" + name), bytes), onThisThread: true) ? 1 : 0;
        }

        // Mutants that are all refused at once would test nothing.
        Assert.InRange(read, count / 50, count);
    }

    [DataFact]
    public void Damaged_MprOfImpedance_GivesSweepsOrIsRefusedInOneSentence()
    {
        var (random, read, count) = (new Random(12), 0, Mutants.Count(2000));
        var seed = File.ReadAllBytes(TestData.File("cycler/PEIS-0.mpr"));
        for (var i = 0; i < count; i++)
        {
            var bytes = Mutants.Binary(random, seed);
            var isRead = Mutants.IsRead(
                "PEIS-0.mpr", bytes.Length, () => ImpedanceReader.Read("PEIS-0.mpr", bytes), () => { }, onThisThread: true);
            read += isRead ? 1 : 0;
        }

        Assert.InRange(read, count / 50, count);
    }

    private static void Use(byte[] bytes, string name)
    {
        var table = CyclerFile.Read(bytes, name);
        if (table.Find(Quantity.Voltage)?.Canonical() is not null && table.Find(Quantity.Current)?.Canonical() is not null)
        {
            Bdf.Write(table, TimeZoneInfo.Utc, name);
        }

        if (table.Find(Quantity.Voltage)?.Canonical() is not null)
        {
            var (csv, _) = CyclerSeriesReader.ToCsv(table, "voltage", null, null, name);
            Imaging.Datasets.Series.Parse("voltage", csv, name);
        }
    }
}
