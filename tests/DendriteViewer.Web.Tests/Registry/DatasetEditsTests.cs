using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Exports;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Tests.Registry;

/// <summary>Changes of what people say of a dataset, by one and by two at once; and what a deletion would take along.</summary>
public sealed class DatasetEditsTests : IAsyncLifetime
{
    private static readonly Person s_ada = new("ada", "Ada");
    private readonly TestHost _host = new();

    private DatasetEdits Edits => new(_host.Store, _host.Catalog, _host.Audit);

    public Task InitializeAsync() => _host.InitializeAsync();

    public Task DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Save_OfANewName_KeepsIdIdentityAndVolumes()
    {
        var before = _host.Dataset;
        var description = DatasetDescription.Of(before.Manifest) with { Name = " New name ", Tags = ["a"] };
        var (now, isSaved) = await Edits.SaveAsync(before, description, s_ada, default);
        Assert.True(isSaved);
        Assert.Equal(("New name", before.Id, before.Identity, before.Volumes.Count), (now.Name, now.Id, now.Identity, now.Volumes.Count));
        Assert.Equal(now.Revision, (await _host.Store.TryOpenAsync(before.Id, default))!.Revision);
    }

    [Fact]
    public async Task Save_BasedOnAReplacedDescription_SavesNothingAndReturnsTheNewerOne()
    {
        var looked = _host.Dataset;
        var mine = DatasetDescription.Of(looked.Manifest);
        await Edits.SaveAsync(looked, mine with { Sample = "theirs" }, s_ada, default);
        var (now, isSaved) = await Edits.SaveAsync(looked, mine with { Operator = "mine" }, s_ada, default);
        Assert.False(isSaved);
        Assert.Equal(("theirs", null), (now.Manifest.About!.Sample, now.Manifest.About.Operator));
    }

    [Fact]
    public async Task ConcurrentSaves_EachAddingOneField_KeepAllFields()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Edits.SaveAsync(_host.Dataset, now =>
        {
            var d = DatasetDescription.Of(now.Manifest);
            return d with { Custom = [.. d.Custom, KeyValuePair.Create($"k{i}", "v")] };
        }, s_ada, default)));
        var dataset = (await _host.Store.TryOpenAsync(_host.Dataset.Id, default))!;
        Assert.Equal(8, dataset.Manifest.About!.Custom!.Count);
    }

    [Fact]
    public async Task Save_ToADeletedDataset_ThrowsAndWritesNothing()
    {
        await _host.Store.DeleteAsync(_host.Dataset.Id, default);
        await Assert.ThrowsAsync<VolumeFormatException>(() =>
            Edits.SaveAsync(_host.Dataset, DatasetDescription.Of(_host.Dataset.Manifest) with { Name = "x" }, s_ada, default));
        Assert.Null(await _host.Store.TryOpenAsync(_host.Dataset.Id, default));
    }

    [Fact]
    public async Task DatasetLosses_OfOneDataset_CountScansLinksExportsFilesOfTheCellAndMasks()
    {
        using var folder = new TempDirectory();
        var files = new ExportFiles(_host.Store, new DendriteOptions { Data = folder.Path }, _host.Time);
        var maker = await _host.AddMakerAsync();
        var link = await _host.Links.CreateAsync(
            _host.Dataset, DendriteViewer.Web.Accounts.DatasetRole.View, "x", null, "", maker, default);
        await _host.Links.CreateAsync(_host.Dataset, DendriteViewer.Web.Accounts.DatasetRole.View, "y", null, "", maker, default);
        await _host.Links.RevokeAsync(_host.Dataset.Identity, link.Link.Id, default);
        File.WriteAllText(Path.Combine(files.FolderOf(_host.Dataset.Identity), "a.tif"), "12345");
        await files.PublishAsync(_host.Dataset.Identity, Path.Combine(files.FolderOf(_host.Dataset.Identity), "a.tif"), default);
        var cell = BlobNames.CellFiles(_host.Dataset.Id, _host.Dataset.Identity);
        var masks = BlobNames.CorrectionsOf(_host.Dataset.Id, _host.Dataset.Identity) + "lithium/";
        foreach (var blob in new[] { cell + "a1", cell + "b2", masks + "t1.5/1.json", masks + "t1.5/2.json", masks + "t2/1.json" })
        {
            await _host.Store.Blobs.WriteAsync(blob, new byte[] { 1 }, default);
        }

        var loss = await new DatasetLosses(
            _host.Store, _host.Sites, new MeasurementLog(_host.Database, _host.Time), _host.Links, files,
            _host.Bookmarks, _host.Tours).OfAsync(_host.Dataset, default);
        Assert.Equal((3, 0, 1, 1, 5L, 0), (loss.Scans, loss.Labels, loss.Links, loss.Exports, loss.ExportBytes, loss.Sites));
        Assert.Equal((2, 2), (loss.CellFiles, loss.Masks));
        Assert.InRange(loss.Bytes, 100_000, 10_000_000);
    }

    private sealed class TempDirectory : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("dendrite-loss-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
