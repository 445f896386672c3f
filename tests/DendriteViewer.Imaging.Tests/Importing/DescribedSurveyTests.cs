using System.Text.Json.Nodes;
using DendriteViewer.Analysis;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Importing;

/// <summary>What a dataset.json would become is shown before anything is imported, and an import then does just that.</summary>
public sealed class DescribedSurveyTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DatasetStore _store;

    public DescribedSurveyTests()
    {
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        new PhantomWriter(new PhantomOptions { Size = 48, VoxelUm = 4, Hours = [0, 1.5] }).Write(_folder["phantom"], null, default);
    }

    [Fact]
    public async Task Survey_OfADescribedDataset_SaysWhatAnImportThenMakes()
    {
        var survey = await Importer().SurveyDatasetAsync(_folder["phantom"], default);
        Assert.False(survey.IsRefused);
        Assert.Null(survey.ExistingScans);
        Assert.Equal(["voltage", "current"], survey.Series);
        Assert.Null(await _store.TryOpenAsync(survey.Id, default));

        var result = await Importer().ImportDatasetAsync(_folder["phantom"], null, null, default);
        var dataset = (await _store.TryOpenAsync(result.Id, default))!;
        Assert.Equal((result.Id, dataset.Name), (survey.Id, survey.Name));
        Assert.Equal(
            dataset.Volumes.Select(v => (v.Key, v.Shape, v.Type, v.VoxelSize)),
            survey.Scans.Select(s => (s.Key, s.Shape!.Value, s.Type!.Value, s.VoxelUm!.Value)));

        // The next time it says what is there already.
        var again = await Importer().SurveyDatasetAsync(_folder["phantom/dataset.json"], default);
        Assert.Equal(2, again.ExistingScans);
        Assert.All(again.Scans, s => Assert.True(s.IsThere));
    }

    [Fact]
    public async Task Survey_OfBrokenInput_NamesTheScanAndTheSeriesThatCannotBeUsed()
    {
        Directory.Delete(_folder["phantom/projection/t1.5"], recursive: true);
        await File.WriteAllTextAsync(_folder["phantom/voltage.csv"], "no hours here\n");
        var survey = await Importer().SurveyDatasetAsync(_folder["phantom"], default);
        Assert.True(survey.IsRefused);
        Assert.Null(survey.Scans[0].Problem);
        Assert.NotNull(survey.Scans[1].Problem);
        Assert.Contains("voltage.csv", survey.SeriesProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Survey_OfAFileOutsideTheFolders_IsRefusedForThatScan()
    {
        var path = _folder["phantom/dataset.json"];
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        manifest["volumes"]![1]!["path"] = "/etc";
        await File.WriteAllTextAsync(path, manifest.ToJsonString());
        var survey = await Importer().SurveyDatasetAsync(path, default);
        Assert.Contains("is not below a folder to import from", survey.Scans[1].Problem, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Importer Importer() => new(_store, new ScanAnalysis(), TimeProvider.System) { Roots = [_folder["phantom"]] };
}
