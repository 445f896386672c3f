using System.Text;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Importing;

/// <summary>A folder of several scans: what is found in it, and that all of it becomes one dataset or nothing does.</summary>
public sealed class FolderSurveyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-survey-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Folder_WithFilesOfSeveralTimes_ListsThemInNaturalOrderWithHours()
    {
        Nrrd("cell_10h.nrrd");
        Nrrd("cell_2h.nrrd");
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "");
        Assert.True(FolderSurvey.IsFolderOfScans(_folder, p => p));
        var survey = FolderSurvey.Of(_folder, p => p, default);
        Assert.Equal([("cell_2h.nrrd", 2.0), ("cell_10h.nrrd", 10.0)], survey.Scans.Select(s => (s.Name, s.Hours!.Value.Hours)));
        Assert.All(survey.Scans, s => Assert.Equal((4, 5, 6), (s.Shape!.Value.Z, s.Shape.Value.Y, s.Shape.Value.X)));
        Assert.Equal("Left out: notes.txt.", Assert.Single(survey.Remarks));
    }

    [Fact]
    public void Scan_ThatCannotBeRead_IsListedWithTheReason()
    {
        Nrrd("a.nrrd");
        File.WriteAllText(Path.Combine(_folder, "b.nrrd"), "NRRD0004\ntype: nonsense\n\n");
        var survey = FolderSurvey.Of(_folder, p => p, default);
        Assert.Null(survey.Scans[0].Problem);
        Assert.Contains("b.nrrd", survey.Scans[1].Problem!);
    }

    [Fact]
    public void Entry_ThatLeadsElsewhere_IsCountedAndNotNamed()
    {
        Nrrd("a.nrrd");
        Nrrd("secret.nrrd");
        var survey = FolderSurvey.Of(
            _folder, p => p.Contains("secret", StringComparison.Ordinal) ? throw new VolumeFormatException("No.") : p, default);
        Assert.Equal("a.nrrd", Assert.Single(survey.Scans).Name);
        Assert.DoesNotContain("secret", Assert.Single(survey.Remarks));
    }

    [Fact]
    public void Entry_ThatCannotBeRead_IsLeftOutByNameAndTheOthersAreListed()
    {
        Nrrd("a.nrrd");
        Nrrd("b.nrrd");
        Directory.CreateDirectory(Path.Combine(_folder, "locked"));
        string Confine(string path) =>
            path.EndsWith("locked", StringComparison.Ordinal) ? throw new UnauthorizedAccessException("No.") : path;
        Assert.True(FolderSurvey.IsFolderOfScans(_folder, Confine));
        var survey = FolderSurvey.Of(_folder, Confine, default);
        Assert.Equal(["a.nrrd", "b.nrrd"], survey.Scans.Select(s => s.Name));
        Assert.Equal(
            "Left out, since they cannot be read: locked; look at their permissions.", Assert.Single(survey.Remarks));
    }

    [Fact]
    public void FolderInAFolder_ThatLeadsElsewhere_IsNoScan()
    {
        Nrrd("a.nrrd");
        var inner = Directory.CreateDirectory(Path.Combine(_folder, "outer", "secret")).FullName;
        File.WriteAllText(Path.Combine(inner, "slice.tif"), "");
        Assert.Contains(FolderSurvey.Of(_folder, p => p, default).Scans, s => s.Path == inner);
        var survey = FolderSurvey.Of(
            _folder, p => p.Contains("secret", StringComparison.Ordinal) ? throw new VolumeFormatException("No.") : p, default);
        Assert.Equal("a.nrrd", Assert.Single(survey.Scans).Name);
        Assert.DoesNotContain("secret", Assert.Single(survey.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Scans_OfWhichSomeWereTaken_AreNotAll()
    {
        var (a, b) = (Path.Combine(_folder, "a.nrrd"), Path.Combine(_folder, "b.nrrd"));
        Nrrd("a.nrrd");
        Nrrd("b.nrrd");
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "");
        Assert.False(FolderSurvey.AreAll(_folder, [a], p => p));
        Assert.True(FolderSurvey.AreAll(_folder, [b, a], p => p));
        Assert.False(FolderSurvey.AreAll(_folder, [a], p => p == b ? throw new IOException("No.") : p));
    }

    [Fact]
    public void Folder_ThatIsAScanOrADescribedDataset_IsNoFolderOfScans()
    {
        Nrrd("a.nrrd");
        Assert.False(FolderSurvey.IsFolderOfScans(_folder, p => p));
        Nrrd("b.nrrd");
        File.WriteAllText(Path.Combine(_folder, "dataset.json"), "{}");
        Assert.False(FolderSurvey.IsFolderOfScans(_folder, p => p));
        Assert.False(FolderSurvey.IsFolderOfScans(Path.Combine(_folder, "nowhere"), p => p));
    }

    [Fact]
    public async Task Import_OfAllScans_IsOneDatasetAndOfOneThatIsBrokenNone()
    {
        Nrrd("a.nrrd");
        Nrrd("b.nrrd");
        var store = new DatasetStore(new FolderBlobStore(Path.Combine(_folder, "store")));
        var importer = new Importer(store, new ScanAnalysis(), TimeProvider.System);
        VolumeManifest Scan(string name, double hours) =>
            new() { Path = Path.Combine(_folder, name), Hours = hours, VoxelSizeUm = [1, 1, 1] };
        await importer.ImportScansAsync(DatasetId.Parse("cell"), "My cell", [Scan("a.nrrd", 0), Scan("b.nrrd", 1.5)], null, default);
        var dataset = (await store.TryOpenAsync(DatasetId.Parse("cell"), default))!;
        Assert.Equal(("My cell", 2), (dataset.Name, dataset.Volumes.Count));
        Assert.Equal([0, 1.5], dataset.HoursOf("projection"));

        await Assert.ThrowsAsync<VolumeFormatException>(() => importer.ImportScansAsync(
            DatasetId.Parse("other"), null, [Scan("a.nrrd", 0), Scan("missing.nrrd", 1)], null, default));
        Assert.Null(await store.TryOpenAsync(DatasetId.Parse("other"), default));
        await Assert.ThrowsAsync<VolumeFormatException>(() => importer.ImportScansAsync(
            DatasetId.Parse("twice"), null, [Scan("a.nrrd", 0), Scan("b.nrrd", 0)], null, default));
    }

    private void Nrrd(string name) => File.WriteAllBytes(Path.Combine(_folder, name),
    [
        .. Encoding.ASCII.GetBytes("NRRD0004\ntype: uchar\ndimension: 3\nsizes: 6 5 4\nencoding: raw\n\n"),
        .. Enumerable.Range(0, 120).Select(i => (byte)i),
    ]);
}
