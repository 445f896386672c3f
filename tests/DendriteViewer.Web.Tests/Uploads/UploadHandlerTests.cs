using Microsoft.Extensions.Logging.Abstractions;
using DendriteViewer.Web.Servers;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Datasets;
using System.Security.Cryptography;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Tests.Jobs;
using DendriteViewer.Web.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Uploads;

/// <summary>Uploads among the jobs, over the real Quartz.</summary>
public sealed class UploadHandlerTests : IDisposable
{
    private static readonly Person Ada = new("ada", "Ada");
    private readonly string _data = Directory.CreateTempSubdirectory("dendrite-upload-").FullName;
    private readonly HeldWork _work = new();

    [Fact]
    public async Task Uploads_ShowHowFarTheyAre_BesideEachOtherAndBesideWork()
    {
        await using var host = await HostAsync();
        var (first, one) = await StartAsync(host, "a.raw", 3 * UploadFolder.PieceBytes);
        var (_, two) = await StartAsync(host, "b.raw", 10);
        var work = await host.Board.StartAsync(new JobRequest("Held", "work", null, "work"), Ada);
        await host.UntilAsync(one, j => j.State == JobState.Running);
        await host.UntilAsync(two, j => j.State == JobState.Running);
        await host.UntilAsync(work.Id, j => j.State == JobState.Running);
        await PutAsync(host, first, 1);
        Assert.Equal("8.4 MB of 25.2 MB", (await host.UntilAsync(one, j => j.Fraction > 0.3)).Detail);

        // The same piece twice is one.
        await PutAsync(host, first, 1);
        await PutAsync(host, first, 0);
        Assert.InRange((await host.UntilAsync(one, j => j.Fraction > 0.4)).Fraction, 0.66, 0.67);
        await PutAsync(host, first, 2);
        Assert.Equal((JobState.Done, "25.2 MB arrived"), (await host.UntilAsync(one, j => !j.IsActive)) is var done ? (done.State, done.Detail) : default);
        _work.Go.Release();
    }

    // Stopped, or gone without a word: the next server shows the upload where it was, and work is not kept waiting by it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_OfAServerThatEnded_GoesOnWithTheNext(bool stopped)
    {
        var before = await HostAsync();
        var (upload, id) = await StartAsync(before, "a.raw", 2 * UploadFolder.PieceBytes);
        await before.UntilAsync(id, j => j.State == JobState.Running);
        await PutAsync(before, upload, 0);
        if (stopped)
        {
            await before.DisposeAsync();
        }

        await using (var next = await HostAsync())
        {
            Assert.InRange((await next.UntilAsync(id, j => j.State == JobState.Running && j.Attempts == 2 && j.Fraction > 0)).Fraction, 0.49, 0.51);
            var work = await next.Board.StartAsync(new JobRequest("Held", "work", null, "work"), Ada);
            await next.UntilAsync(work.Id, j => j.State == JobState.Running);
            _work.Go.Release();
            await next.UntilAsync(work.Id, j => j.State == JobState.Done);
            await PutAsync(next, upload, 1);
            await next.UntilAsync(id, j => j.State == JobState.Done);
        }

        if (!stopped)
        {
            await before.DisposeAsync();
        }

    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GivenUp_InTheListOrInTheForm_ItsPiecesAreRemoved(bool inTheList)
    {
        await using var host = await HostAsync();
        var (upload, id) = await StartAsync(host, "a.raw", 2 * UploadFolder.PieceBytes);
        await host.UntilAsync(id, j => j.State == JobState.Running);
        await PutAsync(host, upload, 0);
        if (inTheList)
        {
            await host.Board.CancelAsync(id);
        }
        else
        {
            await host.Services.GetRequiredService<UploadHandler>().GiveUpAsync(upload, default);
        }

        var ended = await host.UntilAsync(id, j => !j.IsActive);
        Assert.Equal((JobState.Cancelled, false), (ended.State, ended.MayTryAgain));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_data, "uploads")));
        Assert.Null(await host.Board.TryAgainAsync(id, Ada));
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private Task<JobsHost> HostAsync()
    {
        var options = new DendriteOptions { Data = _data, UploadSpareMiB = 0 };
        var store = new DatasetStore(new FolderBlobStore(Path.Combine(_data, "store")));
        return JobsHost.StartAsync(options, s => s.AddSingleton(options).AddSingleton<UploadFolder>().AddSingleton<UploadHandler>()
            .AddSingleton(store).AddSingleton<UploadShare>()
            .AddSingleton(new ServerNews(null, hasOthers: false, TimeProvider.System, NullLogger<ServerNews>.Instance))
            .AddSingleton<IJobHandler>(p => p.GetRequiredService<UploadHandler>()).AddSingleton<IJobHandler>(_work));
    }

    private static async Task<(Upload Upload, Guid Job)> StartAsync(JobsHost host, string name, long size)
    {
        var upload = await host.Services.GetRequiredService<UploadHandler>().StartAsync([new UploadFile(name, size)], Ada, default);
        return (upload, host.Services.GetRequiredService<UploadFolder>().JobOf(upload)!.Value);
    }

    private static Task PutAsync(JobsHost host, Upload upload, int piece)
    {
        var bytes = new byte[Math.Min(UploadFolder.PieceBytes, upload.Files[0].Size - (long)piece * UploadFolder.PieceBytes)];
        return host.Services.GetRequiredService<UploadFolder>().PutAsync(
            upload, 0, piece, Convert.ToHexString(SHA256.HashData(bytes)), new MemoryStream(bytes),
            host.Services.GetRequiredService<UploadShare>(), default);
    }
}
