using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Hosting;

/// <summary>What real failures are told as.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task FullDisk_IsToldAsSuch()
    {
        if (!File.Exists("/dev/full"))
        {
            return;
        }

        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var e = await Assert.ThrowsAnyAsync<IOException>(async () => await full.WriteAsync(new byte[1]));
        var failure = Failure.Of(e);
        Assert.Equal((507, true), (failure.Status, failure.IsForeseen));
        Assert.Contains("disk is full", failure.Sentence);
    }

    [Fact]
    public void FullDatabase_IsToldAsSuch()
    {
        using var db = new SqliteConnection("Data Source=:memory:");
        db.Open();
        Execute(db, "PRAGMA page_size=512; PRAGMA max_page_count=4; CREATE TABLE t(x)");
        var e = Assert.Throws<SqliteException>(() => Execute(db, "INSERT INTO t VALUES (randomblob(100000))"));
        Assert.Contains("database is full", Failure.Of(new DbUpdateException("x", e)).Sentence);
    }

    [Fact]
    public void ReadOnlyAndDamagedDatabase_AreToldAsSuch()
    {
        var file = Path.GetTempFileName();
        try
        {
            using (var db = new SqliteConnection($"Data Source={file};Pooling=False"))
            {
                db.Open();
                Execute(db, "CREATE TABLE t(x)");
            }

            using (var db = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False"))
            {
                db.Open();
                Assert.Contains("may not be written",
                    Failure.Of(Assert.Throws<SqliteException>(() => Execute(db, "INSERT INTO t VALUES (1)"))).Sentence);
            }

            File.WriteAllBytes(file, [.. Enumerable.Repeat((byte)7, 8192)]);
            using (var db = new SqliteConnection($"Data Source={file};Pooling=False"))
            {
                var damaged = Assert.Throws<SqliteException>(() =>
                {
                    db.Open();
                    Execute(db, "INSERT INTO t VALUES (1)");
                });
                Assert.Contains("damaged", Failure.Of(damaged).Sentence);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Unforeseen_HidesItsMessageBehindANumber()
    {
        var failure = Failure.Of(new InvalidOperationException("/srv/secret/path"));
        Assert.False(failure.IsForeseen);
        Assert.EndsWith("tell the administrator this number: abc.", failure.Told("abc"));
        Assert.DoesNotContain("secret", failure.Told("abc"));
    }

    [Fact]
    public void StoreThatIsAway_MayBeAskedAgain() =>
        Assert.NotNull(Failure.Of(new AggregateException(new BlobStoreException("The store is away.", isTransient: true))).After);

    private static void Execute(SqliteConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

/// <summary>A store whose bytes were flipped while the app runs, through the API, the hub and the pages.</summary>
public sealed class DamagedStoreTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task FlippedBytes_AreToldBySentenceEverywhereAndTheRestGoesOn()
    {
        await app.AddPersonAsync("Jo", administrator: true);
        var browser = await app.SignedInAsync("jo@example.org");
        var volumes = Path.Combine(app.Folder, "store", "datasets", app.Dataset.Value, "volumes");
        foreach (var shard in Directory.EnumerateFiles(volumes, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != "zarr.json"))
        {
            var bytes = await File.ReadAllBytesAsync(shard);
            for (var i = 0; i < bytes.Length; i += 7)
            {
                bytes[i] ^= 0xff;
            }

            await File.WriteAllBytesAsync(shard, bytes);
        }

        foreach (var path in new[] { "render.png?size=64x64", "slice.png?size=64x64" })
        {
            var answer = await browser.GetAsync($"/api/datasets/{app.Dataset}/{path}");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!;
            Assert.Contains("datasets/", error);
            Assert.DoesNotContain(app.Folder, error);
        }

        await using var hub = new HubConnectionBuilder().WithUrl(app.Address + "/hubs/frames", o => o.Cookies = app.CookiesOf(browser))
            .AddMessagePackProtocol().Build();
        await hub.StartAsync();
        var refused = await Assert.ThrowsAsync<HubException>(() =>
            hub.InvokeAsync<string>("Join", Guid.NewGuid().ToString("N"), app.Dataset.Value, ""));
        Assert.Contains("HubException: ", refused.Message);
        Assert.Contains("datasets/", refused.Message);
        foreach (var page in new[] { "/", $"/d/{app.Dataset}", $"/report/{app.Dataset}", "/jobs" })
        {
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(page)).StatusCode);
        }
    }
}
