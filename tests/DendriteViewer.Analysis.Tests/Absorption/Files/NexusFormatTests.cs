using System.Diagnostics;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Absorption.Files;

/// <summary>NeXus files that h5py writes, once for all tests.</summary>
public sealed class NexusFiles : IDisposable
{
    private readonly TempFolder _folder = new();

    public NexusFiles()
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(
            TestData.Repository, "tests/DendriteViewer.Analysis.Tests/Absorption/Files/nexus_spectra.py"));
        start.ArgumentList.Add(_folder.Path);
        using var python = Process.Start(start)!;
        var said = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, said);
    }

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();
}

/// <summary>NeXus NXxas and other HDF5 with spectra.</summary>
[Collection(nameof(Mutants))]
public sealed class NexusFormatTests(NexusFiles files) : IClassFixture<NexusFiles>
{
    [Theory]
    [InlineData("transmission.nxs", AbsorptionMode.Transmission, "µ is ln(incoming_beam/absorbed_beam), since its mode is Transmission.")]
    [InlineData(
        "fluorescence_kev.nxs", AbsorptionMode.Fluorescence, "µ is absorbed_beam/incoming_beam, since its mode is Fluorescence Yield.")]
    [InlineData("yield.nxs", AbsorptionMode.ElectronYield, "µ is absorbed_beam/incoming_beam, since its mode is Total Electron Yield.")]
    [InlineData("signal.h5", AbsorptionMode.Unknown, "µ is /measurement/plot/intensity, which its NXdata shows.")]
    public void Nexus_OfEachMode_IsReadWithWhatMuIs(string name, AbsorptionMode mode, string remark)
    {
        var spectrum = SpectrumReader.Read(files[name]);
        Assert.Equal((mode, 276), (spectrum.Mode, spectrum.Count));
        Assert.Contains(remark, spectrum.Remarks);
        Assert.Equal(2440, spectrum.Energies[0], 6);

        // As the script computed it: the pre-edge level, and the white line.
        Assert.Equal(0.6 + Math.Atan((2440 - 2470.4) / 0.45) / Math.PI, spectrum.Absorption[0], 6);
        Assert.Equal(2470.6, Normalizer.FindE0(spectrum), 0.5);
    }

    [Fact]
    public void Nexus_OfSeveralEntries_IsReadByTheirNames()
    {
        var all = SpectrumReader.ReadAll("several.nxs", File.ReadAllBytes(files["several.nxs"]));
        Assert.Equal(["several.nxs#scan1", "several.nxs#scan2"], all.Select(s => s.Name));
        Assert.Equal(1.5 * all[0].Absorption[100], all[1].Absorption[100], 9);
        Assert.Contains("scan1, scan2", Assert.Throws<MeasurementException>(() => SpectrumReader.Read(files["several.nxs"])).Message);
        Assert.Equal(all[1].Absorption, SpectrumReader.Read(files["several.nxs"] + "#scan2").Absorption);
    }

    [Fact]
    public void Nexus_WithAColumnThatIsNamed_IsReadByIt()
    {
        Assert.Equal(["energy", "mu", "intensity", "counts"],
            SpectrumReader.Columns("a.h5", File.ReadAllBytes(files["signal.h5"])).Order(StringComparer.Ordinal).OrderBy(c =>
                Array.IndexOf(["energy", "mu", "intensity", "counts"], c)));
        var counts = SpectrumReader.ReadAll("a.h5", File.ReadAllBytes(files["signal.h5"]), "counts");
        Assert.True(counts[0].Absorption[0] > 1e5);
    }

    [Theory]
    [InlineData("no_energy.h5", "It has no energy with numbers along it; of one axis it has /signal.")]
    [InlineData("linked.h5", "it refers to secret.h5; write one file without others.")]
    [InlineData("external.h5", "it refers to raw.bin; write one file without others.")]
    public void Hdf5_WithoutASpectrumOrWithOtherFiles_IsRefusedInOneSentence(string name, string said)
    {
        var message = Assert.Throws<MeasurementException>(() => SpectrumReader.Read(files[name])).Message;
        Assert.StartsWith(name + ": ", message, StringComparison.Ordinal);
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nexus_Damaged_IsReadOrRefused()
    {
        // One process reads them all, and another goes on where that was brought down.
        using var process = DendriteViewer.Imaging.Formats.Hdf5Spectra.OneProcess();
        var (random, seed, read) = (new Random(54), File.ReadAllBytes(files["transmission.nxs"]), 0);
        var count = Mutants.Count(2000);
        for (var i = 0; i < count; i++)
        {
            var bytes = Mutants.Binary(random, seed);
            read += Mutants.IsRead(
                "a.nxs", bytes.Length, () => SpectrumReader.ReadAll("a.nxs", bytes), () => { }, inProcess: true) ? 1 : 0;
        }

        // Damage in numbers alone is no damage to the file; most of it is refused.
        Assert.InRange(read, 1, count - 1);
    }
}
