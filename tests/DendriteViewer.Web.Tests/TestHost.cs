using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Measuring;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Analysis;
using DendriteViewer.Web.Analysis.Deciding;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Placements;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Jobs;
using DendriteViewer.Web.Servers;
using DendriteViewer.Web.Tours;
using DendriteViewer.Web.Viewing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests;

/// <summary>The app's real parts over a temporary SQLite database and a small phantom in a temporary store.</summary>
public sealed class TestHost : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-web-").FullName;

    private JobsHost? _jobs;

    private ComputeLanes? _lanes;

    public ComputeLanes Lanes => _lanes!;

    public Budgets Budgets => _budgets!;

    private Budgets? _budgets;

    private Measurer? _measurer;

    private SchemaLog? _schemas;

    private EditJournal? _journal;

    private ExchangeDesk? _exchange;

    public ManualTime Time { get; } = new();

    public IDbContextFactory<DendriteDb> Database { get; private set; } = null!;

    public Dataset Dataset { get; private set; } = null!;

    public DatasetStore Store { get; private set; } = null!;

    /// <summary>Where the store and the databases lie.</summary>
    public string Folder => _folder;

    public DatasetAccess Access { get; private set; } = null!;

    public AuditLog Audit => new(Database, Time, NullLogger<AuditLog>.Instance);

    public Confirmations Confirmations => new(Database, Audit, Time);

    public SchemaLog Schemas => _schemas ??= new(Database, Time, Journal);

    /// <summary>Files in and out, of logs that share one journal, as a server's do.</summary>
    public ExchangeDesk Exchange => _exchange ??= new(
        new SiteLog(Database, Time, Journal, Schemas), Measurements.Log, Schemas, Journal, _measurer!, Audit);

    /// <summary>The journal of the measurements, the labels and fields, and of what files bring in.</summary>
    public EditJournal Journal => _journal ??= new(Database, Time);

    public SiteLog Sites => new(Database, Time, schemas: Schemas);

    public MeasurementDesk Measurements { get; private set; } = null!;

    public ShareLinks Links => new(Database, Access, Frozen, Time);

    public FrozenStates Frozen { get; private set; } = null!;

    /// <summary>Versions of sites and measurements, as panels show them.</summary>
    public HistoryDesk History => new(
        new EditDesk(new EditJournal(Database, Time), [Sites, Measurements.Log]), Access, Budgets,
        new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));


    public BookmarkStore Bookmarks => new(Database, Access, _budgets!, Time, Audit);

    public TourStore Tours => new(
        Database, Access, new ServerNews(null, false, TimeProvider.System, NullLogger<ServerNews>.Instance), Time, Audit);

    public BookmarkDesk BookmarkDesk => new(Bookmarks, Sessions, new LinkTargets(Sites, Measurements.Log));

    public DatasetCatalog Catalog { get; private set; } = null!;

    public ViewSessions Sessions { get; private set; } = null!;

    public MaskCorrections Masks { get; private set; } = null!;

    /// <summary>What the store's dataset is.</summary>
    public PhantomOptions Phantom { get; init; } = new() { Size = 64, VoxelUm = 3, Hours = [0, 1.5, 3] };

    /// <summary>Adds to the server's jobs, ahead of the usual handlers.</summary>
    public Action<IServiceCollection> Add { get; init; } = _ => { };

    /// <summary>Where the store's phantom lies, with its truth.json.</summary>
    public string PhantomFolder => Path.Combine(_folder, "phantom");

    public T Service<T>() where T : notnull => _jobs!.Services.GetRequiredService<T>();

    public AnswerTurns Turns { get; private set; } = null!;

    public JobBoard Jobs => _jobs!.Board;

    public Analyses Analyses => _jobs!.Services.GetRequiredService<Analyses>();

    public async Task InitializeAsync()
    {
        var services = new ServiceCollection().AddDbContextFactory<DendriteDb>(o => o.UseSqlite($"Data Source={_folder}/test.db;Pooling=False")).BuildServiceProvider();
        Database = services.GetRequiredService<IDbContextFactory<DendriteDb>>();
        await using (var db = await Database.CreateDbContextAsync())
        {
            await db.Database.EnsureCreatedAsync();
        }

        new PhantomWriter(Phantom).Write(Path.Combine(_folder, "phantom"), null, default);
        var store = Store = new DatasetStore(new FolderBlobStore(Path.Combine(_folder, "store")));
        var id = (await new Importer(store, new ScanAnalysis(), Time)
            .ImportDatasetAsync(Path.Combine(_folder, "phantom"), null, null, default)).Id;
        Dataset = (await store.TryOpenAsync(id, default))!;
        Access = new DatasetAccess(Database, Time);
        _lanes = new ComputeLanes(2);
        Turns = new AnswerTurns(_lanes, Time);
        _budgets = new Budgets(new DendriteOptions());
        var bricks = new BrickCache(store, 1 << 24);
        _measurer = new Measurer(new RegionMeasurer(store), new LineProfiler(store, bricks), _lanes, _budgets);
        Measurements = new MeasurementDesk(
            _measurer, new MeasurementLog(Database, Time, Journal, Schemas), Schemas, _budgets,
            new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        Frozen = new FrozenStates(Database, store, Time);
        Catalog = new DatasetCatalog(store, Access, new FrozenLinks(Database, Access, Frozen), new BrickCache(store, 1 << 24));
        Masks = new MaskCorrections(store, bricks, new ScanAnalysis());
        Sessions = new ViewSessions(Catalog, Masks, Lanes, Time, Store);
        _jobs = await JobsHost.StartAsync(new DendriteOptions { Data = _folder }, s => Added(s)
            .AddSingleton(Store).AddSingleton(Audit).AddSingleton(Sessions).AddSingleton(Lanes).AddSingleton<Analyses>()
            .AddSingleton<PlacementDesk>()
            .AddSingleton<IJobHandler, AnalysisHandler>().AddSingleton<IJobHandler, ChangeHandler>()
            .AddSingleton<IJobHandler, PlacementHandler>().AddSingleton<Decisions>().AddSingleton<IJobHandler, DecisionHandler>());
    }

    private IServiceCollection Added(IServiceCollection services)
    {
        Add(services);
        return services;
    }

    public async Task<ViewSession> SessionAsync() => (await Sessions.HoldAsync(Guid.NewGuid().ToString("N"), "me", Dataset, "", default))!;

    public async Task<Guid> AddUserAsync(bool administrator = false)
    {
        await using var db = await Database.CreateDbContextAsync();
        var user = new AppUser { Id = Guid.NewGuid(), UserName = Guid.NewGuid().ToString(), DisplayName = "Ada", IsAdministrator = administrator };
        db.Users.Add(user);
        await db.SaveChangesAsync();
        return user.Id;
    }

    /// <summary>The key of a new member who may share, and make links.</summary>
    public async Task<string> AddMakerAsync()
    {
        var id = await AddUserAsync();
        await AddMemberAsync(id, DatasetRole.Curate);
        return id.ToString();
    }

    public async Task AddMemberAsync(Guid user, DatasetRole role)
    {
        await using var db = await Database.CreateDbContextAsync();
        db.Members.Add(new DatasetMember { UserId = user, DatasetIdentity = Dataset.Identity.Value, Role = role });
        await db.SaveChangesAsync();
    }

    public async Task DisposeAsync()
    {
        await _jobs!.DisposeAsync();
        _lanes!.Dispose();
        _budgets!.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A clock that a test moves.</summary>
public sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan by) => _now += by;
}
