using System.Globalization;
using System.Runtime.InteropServices;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Outline;

/// <summary>
/// A cylinder in a box, imported with its interface given in every way: what lies around the cell must count for nothing. One such
/// experiment with a number for its interface gave 3.3 % voids where 0.044 % is right.
/// </summary>
public sealed class OutlineSearchTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Cells => new()
    {
        { "number", "dark air" },
        { "number", "bright holder" },
        { "number", "cut, along y, backwards" },
        { "number", "thick slices along x" },
        { "number", "circle of the reconstruction" },
        { "plane", "dark air" },
        { "auto", "dark air" },
        { "auto", "holder's wall" },
        { "number", "holder's wall" },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task VoidProfile_OfACylinderInABox_IsTheTruthWhateverWayTheInterfaceIsGiven(string given, string name)
    {
        var cell = name switch
        {
            "bright holder" => new CylinderInABox { Outside = 52000, Middle = (58, 70) },
            "cut, along y, backwards" => new CylinderInABox { Axis = Axis.Y, Direction = -1, Middle = (40, 64), RadiusUm = 52 },
            "thick slices along x" => new CylinderInABox { Axis = Axis.X, Count = (60, 128, 128), VoxelUm = (2, 1, 1) },
            "circle of the reconstruction" => new CylinderInABox { RadiusUm = 90, CircleUm = 62 },
            "holder's wall" => new CylinderInABox { RadiusUm = 40, Wall = (22000, 8) },
            _ => new CylinderInABox(),
        };
        var (store, dataset, truth) = await ImportAsync(cell, given);
        Assert.Equal("found", dataset.Manifest.Cell!.OutlineSearch);
        await ProfileIsTrueAsync(store, dataset, cell, truth);
    }

    [Fact]
    public async Task Dataset_ImportedBeforeOutlinesWereSearched_IsSearchedByTheAnalysisAndKeepsWhatItFound()
    {
        var cell = new CylinderInABox();
        var (store, dataset, truth) = await ImportAsync(cell, "number");
        var old = await store.UpdateAsync(dataset.Id, d => ValueTask.FromResult(d!.Manifest with { Cell = null }), default);
        Assert.Null(old.Outline);
        await ProfileIsTrueAsync(store, old, cell, truth);
        var (result, labels) = await (await ExperimentAnalysis.StartAsync(store, old, new AnalysisRecipe(), null, default))
            .RunAsync(default);
        await new AnalysisStore(store).SaveAsync(result, labels, null, default);
        var kept = (await store.TryOpenAsync(dataset.Id, default))!;
        Assert.Equal(dataset.Outline!.Corners, kept.Outline!.Corners);
        Assert.Equal(result.OutlineUm2, kept.Outline.AreaUm2);
    }

    [Fact]
    public async Task Outline_ThatIsGiven_IsKept()
    {
        var (_, dataset, _) = await ImportAsync(new CylinderInABox(), "number",
            "\"cell\": { \"outlineUm\": [[20, 20], [20, 100], [100, 100], [100, 20]] },");
        Assert.Equal(4, dataset.Outline!.Corners.Count);
        Assert.Null(dataset.Manifest.Cell!.OutlineSearch);
    }

    [Fact]
    public async Task Cell_ThatFillsTheView_HasNoOutlineAndNoWarning()
    {
        var (store, dataset, _) = await ImportAsync(new CylinderInABox { RadiusUm = double.PositiveInfinity }, "number");
        Assert.Equal(("filled", null, null), (dataset.Manifest.Cell!.OutlineSearch, dataset.Outline, dataset.OutlineWarning));
        var analysis = await ExperimentAnalysis.StartAsync(store, dataset, new AnalysisRecipe(), null, default);
        Assert.DoesNotContain(analysis.Warnings, w => w.Contains("outline", StringComparison.Ordinal));
    }

    // The cell passes into what is around it so slowly that no outline can be placed.
    [Fact]
    public async Task Cell_WithoutAnEdge_IsWarnedOfByImportAndAnalysis()
    {
        var (store, dataset, _) = await ImportAsync(new CylinderInABox { RadiusUm = double.PositiveInfinity, Voids = 20, FallUm = 110 },
            "number");
        Assert.Equal("not-found", dataset.Manifest.Cell!.OutlineSearch);
        Assert.Contains(_warnings, w => w.Contains("No outline of the cell was found", StringComparison.Ordinal));
        var analysis = await ExperimentAnalysis.StartAsync(store, dataset, new AnalysisRecipe { Rule = ThresholdRule.Manual,
            Threshold = 9000 }, null, default);
        Assert.Contains(analysis.Warnings, w => w.Contains("No outline of the cell was found", StringComparison.Ordinal));
    }

    // A foam or a felt has no cell whose outline could be missed; its catalog entry and viewer said so all the same.
    [Fact]
    public async Task ScanWithoutAnInterface_IsNotWarnedOfAMissingOutline()
    {
        var (_, dataset, _) = await ImportAsync(new CylinderInABox(), "number");
        var cell = dataset.Manifest.Cell! with { OutlineUm = null, OutlineSearch = "not-found" };
        Assert.NotNull(Dataset.Of(dataset.Id, dataset.Manifest with { Cell = cell }).OutlineWarning);
        Assert.Null(Dataset.Of(dataset.Id, dataset.Manifest with { Cell = cell, Depth = null }).OutlineWarning);
    }

    private IReadOnlyList<string> _warnings = [];

    private static async Task ProfileIsTrueAsync(DatasetStore store, Dataset dataset, CylinderInABox cell,
        (double[] Voids, double[] Electrolyte) truth)
    {
        var (found, _) = await (await ExperimentAnalysis.StartAsync(store, dataset, new AnalysisRecipe(), null, default))
            .VoidsAsync(null, default);
        var whole = truth.Electrolyte.Sum();
        Assert.All(found.Profile(20), bin =>
        {
            var expected = (int)(bin.FromUm / 20) is var i && i < truth.Voids.Length ? 100 * truth.Voids[i] / whole : 0;
            Assert.InRange(Math.Abs(bin.PercentOfElectrolyte - expected), 0, Math.Max(0.02, 0.08 * expected));
        });
        Assert.InRange(found.Electrolyte.TotalUm3 / whole, 0.97, 1.03);
    }

    private async Task<(DatasetStore, Dataset, (double[], double[]))> ImportAsync(CylinderInABox cell, string given, string more = "")
    {
        var (voxels, shape, voids, electrolyte) = cell.Make();
        await File.WriteAllBytesAsync(_folder["v.raw"], MemoryMarshal.AsBytes(voxels.Select(v => (ushort)v).ToArray().AsSpan()).ToArray());
        var (axis, size, at) = (cell.Axis.ToString().ToLowerInvariant(), cell.SizeUm, cell.InterfaceUm);
        var across = cell.Axis switch { Axis.Y => "[0, {0}, 0]", Axis.X => "[0, 0, {0}]", _ => "[{0}, 0, 0]" };
        var at3 = across.Replace("{0}", at.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var place = given switch
        {
            "auto" => "\"auto\"",
            "plane" => $$"""{ "pointUm": {{at3}}, "normal": {{across.Replace("{0}", "1", StringComparison.Ordinal)}} }""",
            _ => at.ToString(CultureInfo.InvariantCulture),
        };
        await File.WriteAllTextAsync(_folder["dataset.json"], string.Create(CultureInfo.InvariantCulture, $$"""
            { "name": "box", "voxelSizeUm": [{{size.Z}}, {{size.Y}}, {{size.X}}], {{more}}
              "depth": { "axis": "{{axis}}", "direction": {{cell.Direction}}, "interfaceUm": {{place}} },
              "volumes": [ { "hours": 0, "path": "v.raw", "shape": [{{shape.Z}}, {{shape.Y}}, {{shape.X}}], "dtype": "uint16" } ] }
            """));
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var result = await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["dataset.json"], null, null, default);
        _warnings = result.Warnings;
        return (store, (await store.TryOpenAsync(result.Id, default))!, (voids, electrolyte));
    }
}
