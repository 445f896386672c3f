using Microsoft.Extensions.Logging.Abstractions;
using DendriteViewer.Web.Servers;
using System.Text;
using DendriteViewer.Analysis;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Jobs;

/// <summary>What an import leaves of the upload that it read.</summary>
public sealed class ImportHandlerTests : IAsyncLifetime
{
    private static readonly Person Ada = new("ada", "Ada");
    private readonly TestHost _host = new();

    public Task InitializeAsync() => _host.InitializeAsync();

    public Task DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(new[] { "a.nrrd" }, true)]
    [InlineData(new[] { "a.nrrd", "b.nrrd" }, false)]
    public async Task Upload_OfScans_IsRemovedOnlyWhenAllWereTaken(string[] taken, bool isKept)
    {
        var options = new DendriteOptions { Data = Directory.CreateDirectory(Path.Combine(_host.Folder, "imports")).FullName };
        var uploads = new UploadFolder(options, _host.Time);
        var share = new UploadShare(
            _host.Store, uploads, new ServerNews(null, false, TimeProvider.System, NullLogger<ServerNews>.Instance), _host.Time);
        var folder = Directory.CreateDirectory(Path.Combine(uploads.Root, Guid.NewGuid().ToString("N"), "scans")).FullName;
        Nrrd(Path.Combine(folder, "a.nrrd"));
        Nrrd(Path.Combine(folder, "b.nrrd"));
        await using var jobs = await JobsHost.StartAsync(options, s => s.AddSingleton<IJobHandler>(p => new ImportHandler(
            p.GetRequiredService<JobBoard>(), _host.Store, new ScanAnalysis(), _host.Catalog, options, uploads, share,
            new DatasetMembers(
                _host.Database, _host.Access, new Groups(_host.Database, _host.Audit, _host.Time), _host.Confirmations, _host.Audit),
            TimeProvider.System)));
        var handler = jobs.Services.GetServices<IJobHandler>().OfType<ImportHandler>().Single();
        var scans = taken.Select((name, i) => new ScanToImport(Path.Combine(folder, name), "projection", i)).ToArray();
        var job = await handler.StartScansAsync(folder, new ScansToImport("taken", null, [1, 1, 1], scans), Ada);
        var done = await jobs.UntilAsync(job.Id, j => !j.IsActive);
        Assert.Equal(JobState.Done, done.State);
        Assert.Equal(isKept, File.Exists(Path.Combine(folder, "b.nrrd")));
        Assert.Equal(isKept, done.Detail.Contains("not taken stay in the upload", StringComparison.Ordinal));
    }

    private static void Nrrd(string path) => File.WriteAllBytes(path,
    [
        .. Encoding.ASCII.GetBytes("NRRD0004\ntype: uchar\ndimension: 3\nsizes: 6 5 4\nencoding: raw\n\n"),
        .. Enumerable.Range(0, 120).Select(i => (byte)i),
    ]);
}
