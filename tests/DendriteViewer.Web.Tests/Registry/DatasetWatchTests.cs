using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Registry;

/// <summary>What another process does with the store reaches the server, and what the store lacks is archived, never erased.</summary>
public sealed class DatasetWatchTests : IAsyncLifetime
{
    private static readonly DatasetId Id = DatasetId.Parse("cell");
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-watch-").FullName;
    private readonly ManualTime _time = new();
    private readonly Recorder _told = new();
    private IDbContextFactory<DendriteDb> _database = null!;
    private DatasetStore _server = null!;
    private DatasetStore _command = null!;
    private DatasetRegistry _registry = null!;
    private ViewSessions _sessions = null!;
    private DatasetWatch _watch = null!;

    public async Task InitializeAsync()
    {
        var services = new ServiceCollection()
            .AddDbContextFactory<DendriteDb>(o => o.UseSqlite($"Data Source={_folder}/test.db;Pooling=False")).BuildServiceProvider();
        _database = services.GetRequiredService<IDbContextFactory<DendriteDb>>();
        await using (var db = await _database.CreateDbContextAsync())
        {
            await db.Database.EnsureCreatedAsync();
        }

        (_server, _command) = (Open(), Open());
        Start();
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task DatasetDeletedByAnotherProcess_IsArchived_AndItsSessionsEnd()
    {
        var identity = await ImportAsync(0);
        await _watch.LookAsync(default);
        var session = (await _sessions.HoldAsync(new string('s', 32), "me", (await _server.TryOpenAsync(Id, default))!, "", default))!;
        await _command.DeleteAsync(Id, default);
        await _watch.LookAsync(default);
        Assert.True(session.IsOver);
        Assert.Equal([identity], _told.Deleted);
        var record = Assert.Single(await _registry.ArchivedAsync(default));
        Assert.Equal((identity.Value, "cell", null), (record.Identity, record.DatasetId, record.DeletedBy));
    }

    [Fact]
    public async Task DatasetReplacedBetweenTwoLooks_EndsTheFirst_AndIsAnother()
    {
        var first = await ImportAsync(0);
        await _watch.LookAsync(default);
        await _command.DeleteAsync(Id, default);
        var second = await ImportAsync(0);
        await _watch.LookAsync(default);
        Assert.Equal([first], _told.Deleted);
        Assert.Equal([first, second], _told.Changed);
        Assert.Equal(second.Value, Assert.Single(await _registry.ExistingAsync(default)).Identity);
        Assert.Equal(first.Value, Assert.Single(await _registry.ArchivedAsync(default)).Identity);
    }

    [Fact]
    public async Task ScanAddedByAnotherProcess_IsSeenByOpenSessions()
    {
        var identity = await ImportAsync(0);
        await _watch.LookAsync(default);
        var session = (await _sessions.HoldAsync(new string('s', 32), "me", (await _server.TryOpenAsync(Id, default))!, "", default))!;
        Assert.Equal(identity, await ImportAsync(1.5));
        await _watch.LookAsync(default);
        Assert.Equal([0, 1.5], session.Dataset.HoursOf("projection"));

        // Nothing changed since, so nothing is told.
        var told = _told.Changed.Count;
        await _watch.LookAsync(default);
        Assert.Equal(told, _told.Changed.Count);
    }

    [Fact]
    public async Task DatasetDeletedWhileNoServerRan_IsArchivedByTheFirstLook()
    {
        var identity = await ImportAsync(0);
        await _watch.LookAsync(default);
        await _command.DeleteAsync(Id, default);
        Start();
        await _watch.LookAsync(default);
        Assert.Equal([identity], _told.Deleted);
    }

    [Fact]
    public async Task StoreThatWasAwayAndIsBack_HasItsDatasetsWithMembersAgain()
    {
        var identity = await ImportAsync(0);
        await _watch.LookAsync(default);
        Directory.Move(_folder + "/store", _folder + "/elsewhere");
        await _watch.LookAsync(default);
        Assert.Single(await _registry.ArchivedAsync(default));
        Directory.Move(_folder + "/elsewhere", _folder + "/store");
        await _watch.LookAsync(default);
        Assert.Empty(await _registry.ArchivedAsync(default));
        Assert.Equal(identity.Value, Assert.Single(await _registry.ExistingAsync(default)).Identity);
    }

    [Fact]
    public async Task DamagedManifest_IsNotTakenForADeletion()
    {
        await ImportAsync(0);
        await _watch.LookAsync(default);
        await _command.Blobs.WriteAsync(BlobNames.Manifest(Id), "{ damaged"u8.ToArray(), default);
        await _watch.LookAsync(default);
        Start();
        await _watch.LookAsync(default);
        Assert.Empty(_told.Deleted);
        Assert.Single(await _registry.ExistingAsync(default));
    }

    [Fact]
    public async Task DeletionByTheServer_KeepsWhoDidIt()
    {
        await ImportAsync(0);
        await _watch.LookAsync(default);
        await _watch.DeleteAsync((await _server.TryOpenAsync(Id, default))!, new Person("ada", "Ada"), default);
        await _watch.LookAsync(default);
        Assert.Equal("Ada", Assert.Single(await _registry.ArchivedAsync(default)).DeletedBy);
        Assert.Single(_told.Deleted);
        Assert.Null(await _command.TryOpenAsync(Id, default));
    }

    private DatasetStore Open() => new(new FolderBlobStore(_folder + "/store"));

    private void Start()
    {
        var bricks = new BrickCache(_server, 1 << 24);
        var access = new DatasetAccess(_database, _time);
        var frozen = new FrozenLinks(_database, access, new FrozenStates(_database, _server, _time));
        var catalog = new DatasetCatalog(_server, access, frozen, bricks);
        _registry = new DatasetRegistry(_database, _time);
        _sessions = new ViewSessions(
            catalog, new MaskCorrections(_server, bricks, new ScanAnalysis()), new ComputeLanes(1), _time, _server);
        _watch = new DatasetWatch(_server, _registry, catalog, [_told, _sessions], _time,
            new AuditLog(_database, _time, NullLogger<AuditLog>.Instance), NullLogger<DatasetWatch>.Instance);
    }

    private async Task<DatasetIdentity> ImportAsync(double hours)
    {
        var raw = Path.Combine(_folder, "scan.raw");
        await File.WriteAllBytesAsync(raw, [.. Enumerable.Range(0, 8 * 8 * 8).Select(i => (byte)i)]);
        var volume = new VolumeManifest { Hours = hours, Shape = [8, 8, 8], Dtype = "uint8", VoxelSizeUm = [1, 1, 1] };
        return (await new Importer(_command, new ScanAnalysis(), TimeProvider.System)
            .ImportVolumeAsync(new SingleImport(raw, Id, volume), null, default)).Identity;
    }

    private sealed class Recorder : IDatasetFollower
    {
        public List<DatasetIdentity> Changed { get; } = [];

        public List<DatasetIdentity> Deleted { get; } = [];

        public Task ChangedAsync(Dataset dataset, CancellationToken ct)
        {
            Changed.Add(dataset.Identity);
            return Task.CompletedTask;
        }

        public Task DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
        {
            Deleted.Add(dataset);
            return Task.CompletedTask;
        }
    }
}
