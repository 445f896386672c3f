using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Registry;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DendriteViewer.Web.Annotations;

/// <summary>
/// The sites of every dataset: an append-only log in the database, folded into a current state in memory.
/// An edit names the version it is based on; one that came too late is refused rather than lost. Whoever calls has been authorized.
/// </summary>
public sealed class SiteLog(IDbContextFactory<DendriteDb> database, TimeProvider time) : IDatasetFollower
{
    /// <summary>Sites of a dataset at most, deleted ones included.</summary>
    public const int MostSites = 20_000;

    /// <summary>How sites are written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly ConcurrentDictionary<string, Task<Board>> _boards = new();

    private sealed class Board(ImmutableDictionary<string, Site> sites)
    {
        public volatile ImmutableDictionary<string, Site> Sites = sites;

        public readonly SemaphoreSlim Writing = new(1, 1);

        public readonly ConcurrentDictionary<string, EditHistory> Histories = new();
    }

    /// <summary>Raised after every edit with the dataset's identity; handlers must be quick.</summary>
    public event Action<DatasetIdentity>? Changed;

    /// <summary>The sites that are not deleted, by time of marking.</summary>
    public async Task<IReadOnlyList<Site>> ListAsync(DatasetIdentity dataset, CancellationToken ct = default) =>
        (await BoardAsync(dataset).WaitAsync(ct)).Sites.Values.Where(s => !s.Deleted).OrderBy(s => s.Hours).ThenBy(s => s.Label, StringComparer.Ordinal).ThenBy(s => s.Id, StringComparer.Ordinal).ToArray();

    /// <summary>Marks a site.</summary>
    public async Task<Site> AddAsync(Dataset dataset, WorldPoint at, double hours, string modality, Person by, CancellationToken ct) =>
        (await EditAsync(dataset.Identity, by, board => board.Count < MostSites
            ? [SiteRules.Check(dataset, new Site
            {
                Id = NewId(), ZUm = at.Z, YUm = at.Y, XUm = at.X, Hours = hours, Modality = modality, Label = NextLabel(board), Author = by.Name,
            }, before: null)]
            : throw new ArgumentException($"A dataset holds at most {MostSites} sites."), remember: true, ct))[0];

    /// <summary>
    /// Adds sites that somebody brings in, all or none, in one write. One whose id is there already gets another, and whoever brings them
    /// in is their author, whatever the file says.
    /// </summary>
    /// <exception cref="ArgumentException">A value cannot be, or the dataset would hold more sites than it can.</exception>
    public Task ImportAsync(Dataset dataset, IReadOnlyList<Site> sites, Person by, CancellationToken ct) =>
        AddAllAsync(dataset, [.. sites.Select(s => SiteRules.BroughtIn(s, by))], by, ct);

    /// <summary>Adds sites that the analysis found; it is their author.</summary>
    /// <exception cref="ArgumentException">A value cannot be, or the dataset would hold more sites than it can.</exception>
    public Task ProposeAsync(Dataset dataset, IReadOnlyList<Site> sites, Person by, CancellationToken ct) =>
        AddAllAsync(dataset, [.. sites.Select(s => s with { Author = Agreement.Analysis, FileAuthor = "" })], by, ct);

    private Task AddAllAsync(Dataset dataset, IReadOnlyList<Site> sites, Person by, CancellationToken ct) =>
        EditAsync(dataset.Identity, by, board =>
    {
        if (board.Count + sites.Count > MostSites)
        {
            throw new ArgumentException($"A dataset holds at most {MostSites} sites.");
        }

        var taken = new HashSet<string>(board.Keys);
        return sites.Select(s => SiteRules.Check(dataset, s with
        {
            Id = SiteRules.IsId(s.Id) && taken.Add(s.Id) ? s.Id : NewId(), Version = 0, Deleted = false,
        }, before: null)).ToArray();
    }, remember: true, ct);

    /// <summary>Changes a site; <paramref name="site"/>'s version is the one it was changed from.</summary>
    /// <exception cref="EditConflictException">Somebody else changed it meanwhile.</exception>
    public async Task<Site> ChangeAsync(Dataset dataset, Site site, Person by, CancellationToken ct) =>
        (await EditAsync(dataset.Identity, by, board =>
        {
            var current = board.GetValueOrDefault(site.Id) ?? throw new EditConflictException("The site is not there any more.");
            return current.Version == site.Version
                ? [SiteRules.Check(dataset, site with { Author = current.Author, FileAuthor = current.FileAuthor }, current)]
                : throw new EditConflictException($"{current.Label} was changed by somebody else; look at it again.");
        }, remember: true, ct))[0];

    /// <summary>Deletes a site; the log keeps it, and undo brings it back.</summary>
    public async Task<Site> DeleteAsync(DatasetIdentity dataset, string id, Person by, CancellationToken ct) =>
        (await EditAsync(
            dataset, by, board => [(board.GetValueOrDefault(id) ?? throw new EditConflictException("The site is not there any more.")) with { Deleted = true }], remember: true, ct))[0];

    /// <summary>Takes the editor's last edit back, as a new edit. Null where there is none, or somebody changed the site since.</summary>
    public Task<Site?> UndoAsync(DatasetIdentity dataset, Person by, CancellationToken ct) => StepAsync(dataset, by, undo: true, ct);

    /// <summary>Makes the edit again that was taken back last.</summary>
    public Task<Site?> RedoAsync(DatasetIdentity dataset, Person by, CancellationToken ct) => StepAsync(dataset, by, undo: false, ct);

    /// <summary>All edits of a dataset, oldest first.</summary>
    public async Task<IReadOnlyList<SiteEdit>> HistoryAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.SiteEdits.AsNoTracking().Where(e => e.DatasetIdentity == dataset.Value).OrderBy(e => e.Sequence).ToListAsync(ct);
    }

    // The current state of a dataset that is gone leaves memory. The log keeps every edit, and is folded again for who reads the archive.
    Task IDatasetFollower.DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        _boards.TryRemove(dataset.Value, out _);
        return Task.CompletedTask;
    }

    private async Task<Site?> StepAsync(DatasetIdentity dataset, Person by, bool undo, CancellationToken ct)
    {
        var board = await BoardAsync(dataset);
        var history = board.Histories.GetOrAdd(by.Key, _ => new EditHistory());

        // One step at a time: a key held down asks for several at once.
        await history.Stepping.WaitAsync(ct);
        try
        {
            if ((undo ? history.PeekUndo() : history.PeekRedo()) is not { } step)
            {
                return null;
            }

            try
            {
                var site = (await EditAsync(dataset, by, sites =>
                {
                    var current = sites.GetValueOrDefault(step.SiteId);
                    return current is not null && current.Version == step.Version
                        ? [(step.Other ?? current with { Deleted = true }) with { Version = current.Version }]
                        : throw new EditConflictException("Somebody else changed the site since.");
                }, remember: false, ct))[0];
                history.Moved(undo, step, site.Version);
                return site;
            }
            catch (EditConflictException)
            {
                history.Drop(undo, step);
                return null;
            }
        }
        finally
        {
            history.Stepping.Release();
        }
    }

    private async Task<IReadOnlyList<Site>> EditAsync(
        DatasetIdentity dataset, Person by, Func<ImmutableDictionary<string, Site>, Site[]> make, bool remember, CancellationToken ct)
    {
        var board = await BoardAsync(dataset);
        var made = new List<(Site? Before, Site After)>();
        await board.Writing.WaitAsync(ct);
        try
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var sites = board.Sites.ToBuilder();
            await using var db = await database.CreateDbContextAsync(ct);
            foreach (var wanted in make(board.Sites))
            {
                var before = board.Sites.GetValueOrDefault(wanted.Id);
                var after = wanted with { Version = (before?.Version ?? 0) + 1, ChangedAt = now };
                db.SiteEdits.Add(new SiteEdit
                {
                    DatasetIdentity = dataset.Value, SiteId = after.Id, Version = after.Version,
                        State = JsonSerializer.Serialize(after, Json), ByKey = by.Key, ByName = by.Name, At = now,
                });
                sites[after.Id] = after;
                made.Add((before, after));
            }

            // Not to be cancelled half-way: what is written must be what is remembered.
            await db.SaveChangesAsync(CancellationToken.None);
            board.Sites = sites.ToImmutable();
        }
        catch (DbUpdateException e)
        {
            // The log and the memory of it differ (another server, say): read it again next time.
            _boards.TryRemove(dataset.Value, out _);
            if (IsTaken(e))
            {
                throw new EditConflictException("Somebody else changed the site at the same moment; try again.");
            }

            // A full disk, say: whoever asked hears of it as of any failure.
            throw;
        }
        finally
        {
            board.Writing.Release();
        }

        foreach (var (before, after) in made.Where(_ => remember))
        {
            board.Histories.GetOrAdd(by.Key, _ => new EditHistory()).Did(before, after);
        }

        Changed?.Invoke(dataset);
        return made.Select(m => m.After).ToArray();
    }

    // Two edits made the same version of a site.
    private static bool IsTaken(DbUpdateException e) =>
        e.InnerException is SqliteException { SqliteErrorCode: 19 } or PostgresException { SqlState: "23505" };

    private async Task<Board> BoardAsync(DatasetIdentity dataset)
    {
        var task = _boards.GetOrAdd(dataset.Value, _ => LoadAsync(dataset));
        try
        {
            return await task;
        }
        catch
        {
            _boards.TryRemove(new KeyValuePair<string, Task<Board>>(dataset.Value, task));
            throw;
        }
    }

    private async Task<Board> LoadAsync(DatasetIdentity dataset)
    {
        var sites = ImmutableDictionary.CreateBuilder<string, Site>();
        foreach (var edit in await HistoryAsync(dataset, CancellationToken.None))
        {
            sites[edit.SiteId] = JsonSerializer.Deserialize<Site>(edit.State, Json)!;
        }

        return new Board(sites.ToImmutable());
    }

    private static string NewId() => Guid.NewGuid().ToString("N")[..12];

    private static string NextLabel(ImmutableDictionary<string, Site> sites)
    {
        var most = sites.Values.Select(s => s.Label.StartsWith('N') && int.TryParse(s.Label.AsSpan(1), out var n) ? n : 0).DefaultIfEmpty(0).Max();
        return $"N{most + 1}";
    }
}

/// <summary>An edit that would overwrite somebody else's.</summary>
public sealed class EditConflictException(string message) : Exception(message);
