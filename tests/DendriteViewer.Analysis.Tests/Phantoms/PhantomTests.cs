using System.Text.Json;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Phantoms;

public sealed class PhantomTests
{
    [Fact]
    public void Write_SameSeed_GivesTheSameBytesAndAnotherSeedOthers()
    {
        using var folder = new TempFolder();
        foreach (var (name, seed) in new[] { ("a", 1), ("b", 1), ("c", 2) })
        {
            new PhantomWriter(new PhantomOptions { Size = 40, VoxelUm = 5, Seed = seed, Hours = [0, 2] }).Write(folder[name], null, default);
        }

        var files = Directory.EnumerateFiles(folder["a"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder["a"], f)).ToArray();
        // Slices, sweeps, spectra with their references, two series, dataset.json and truth.json.
        Assert.Equal(2 * 40 + 4 + 8 + 4, files.Length);
        Assert.All(files, f => Assert.Equal(File.ReadAllBytes(Path.Combine(folder["a"], f)), File.ReadAllBytes(Path.Combine(folder["b"], f))));
        Assert.NotEqual(File.ReadAllBytes(folder["a/projection/t2.0/slice_0020.tif"]), File.ReadAllBytes(folder["c/projection/t2.0/slice_0020.tif"]));
    }

    [Fact]
    public void Truth_HoldsWhatTheDesignAsks()
    {
        using var folder = new TempFolder();
        new PhantomWriter(new PhantomOptions { Size = 128, VoxelUm = 2, Seed = 4 }).Write(folder.Path, null, default);
        var truth = JsonDocument.Parse(File.ReadAllText(folder["truth.json"])).RootElement;
        var bins = truth.GetProperty("voids").GetProperty("bins").EnumerateArray().ToArray();
        Assert.InRange(bins.Single(b => b.GetProperty("fromUm").GetDouble() == 100).GetProperty("percentOfElectrolyte").GetDouble(), 0.4, 0.6);
        Assert.All(bins.Take(5), b => Assert.True(b.GetProperty("voidUm3").GetDouble() > 0));
        var steps = truth.GetProperty("timesteps").EnumerateArray().ToDictionary(t => t.GetProperty("hours").GetDouble());
        Assert.Equal(0, steps[1].GetProperty("lithiumUm3").GetDouble());
        Assert.True(steps[1.5].GetProperty("lithiumUm3").GetDouble() > 0);
        Assert.True(steps[3.2].GetProperty("lithiumUm3").GetDouble() > 2 * steps[2].GetProperty("lithiumUm3").GetDouble());
        Assert.True(steps[1].GetProperty("voidUm3").GetDouble() < steps[0].GetProperty("voidUm3").GetDouble());
        Assert.All(truth.GetProperty("sites").EnumerateArray(), s => Assert.InRange(s.GetProperty("depthUm").GetDouble(), 95, 125));
        Assert.All(steps.Values, s => Assert.All(s.GetProperty("driftVoxels").EnumerateArray(), d => Assert.InRange(Math.Abs(d.GetDouble()), 0, 2)));
    }
}
