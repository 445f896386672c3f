using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Analysis;

namespace DendriteViewer.Web.Tests.Analysis;

/// <summary>A result that an earlier version kept is read, and gives the tables that that version gave, to the last digit.</summary>
public sealed class StoredTablesTests : IDisposable
{
    private static readonly string s_stored =
        Path.Combine(ArchitectureTests.FindRepository(), "tests/DendriteViewer.Web.Tests/Analysis/Stored");

    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Tables_OfAStoredResult_AreTheStoredTables()
    {
        var store = new DatasetStore(new FolderBlobStore(_folder));
        var id = DatasetId.Parse("li-li3ps4-li-phantom-0-8-ma-cm2");
        await store.Blobs.WriteAsync(
            BlobNames.Dataset(id) + BlobNames.AnalysisPath("projection"),
            await File.ReadAllBytesAsync(Path.Combine(s_stored, "projection.json")), default);
        var dataset = Dataset.Of(id, new DatasetManifest { Id = id.Value, Name = "Stored", Identity = "601921f9e9854be684a962a151ea22b5" });

        var result = await new AnalysisStore(store).TryLoadAsync(dataset, "projection", default);

        var tables = string.Concat(AnalysisFiles.Names.Select(n => $"== {n}\n{AnalysisFiles.Csv(result!, n, 20, default)}"));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(s_stored, "tables.txt")), tables);
    }
}
