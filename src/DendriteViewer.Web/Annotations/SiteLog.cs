using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Annotations;

/// <summary>Who edits.</summary>
public sealed record Editor(string Key, string Name);

/// <summary>
/// The sites of every dataset: an append-only log in the database, folded into a current state in memory.
/// An edit names the version it is based on; one that came too late is refused rather than lost. Whoever calls has been authorized.
/// </summary>
public sealed class SiteLog(IDbContextFactory<DendriteDb> database, TimeProvider time)
{
    /// <summary>How sites are written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly ConcurrentDictionary<string, Task<Board>> _boards = new();

    private sealed class Board(ImmutableDictionary<string, Site> sites)
    {
        public volatile ImmutableDictionary<string, Site> Sites = sites;

        public readonly SemaphoreSlim Writing = new(1, 1);

        public readonly ConcurrentDictionary<string, EditHistory> Histories = new();
    }

    /// <summary>Raised after every edit with the dataset's id; handlers must be quick.</summary>
    public event Action<DatasetId>? Changed;

    /// <summary>The sites that are not deleted, by time of marking.</summary>
    public async Task<IReadOnlyList<Site>> ListAsync(DatasetId dataset, CancellationToken ct = default) =>
        (await BoardAsync(dataset).WaitAsync(ct)).Sites.Values.Where(s => !s.Deleted).OrderBy(s => s.Hours).ThenBy(s => s.Label, StringComparer.Ordinal).ThenBy(s => s.Id, StringComparer.Ordinal).ToArray();

    /// <summary>Marks a site.</summary>
    public Task<Site> AddAsync(Dataset dataset, WorldPoint at, double hours, string modality, Editor by, CancellationToken ct) =>
        EditAsync(dataset.Id, by, board => Clean(dataset, new Site
        {
            Id = Guid.NewGuid().ToString("N")[..12], ZUm = at.Z, YUm = at.Y, XUm = at.X, Hours = hours, Modality = modality,
            Label = NextLabel(board), Author = by.Name,
        }), remember: true, ct);

    /// <summary>Adds a site as it is, for import; null where one of its id is there already.</summary>
    public Task<Site> ImportAsync(Dataset dataset, Site site, Editor by, CancellationToken ct) =>
        EditAsync(dataset.Id, by, board => Clean(dataset, site with
        {
            Id = site.Id.Length is > 0 and <= 40 && !board.ContainsKey(site.Id) ? site.Id : Guid.NewGuid().ToString("N")[..12],
            Version = 0, Deleted = false, Author = site.Author.Length > 0 ? site.Author : by.Name,
        }), remember: true, ct);

    /// <summary>Changes a site; <paramref name="site"/>'s version is the one it was changed from.</summary>
    /// <exception cref="EditConflictException">Somebody else changed it meanwhile.</exception>
    public Task<Site> ChangeAsync(Dataset dataset, Site site, Editor by, CancellationToken ct) =>
        EditAsync(dataset.Id, by, board =>
        {
            var current = board.GetValueOrDefault(site.Id) ?? throw new EditConflictException("The site is not there any more.");
            return current.Version == site.Version
                ? Clean(dataset, site with { Author = current.Author })
                : throw new EditConflictException($"{current.Label} was changed by somebody else; look at it again.");
        }, remember: true, ct);

    /// <summary>Deletes a site; the log keeps it, and undo brings it back.</summary>
    public Task<Site> DeleteAsync(DatasetId dataset, string id, Editor by, CancellationToken ct) =>
        EditAsync(dataset, by, board => (board.GetValueOrDefault(id) ?? throw new EditConflictException("The site is not there any more.")) with { Deleted = true }, remember: true, ct);

    /// <summary>Takes the editor's last edit back, as a new edit. Null where there is none, or somebody changed the site since.</summary>
    public Task<Site?> UndoAsync(DatasetId dataset, Editor by, CancellationToken ct) => StepAsync(dataset, by, undo: true, ct);

    /// <summary>Makes the edit again that was taken back last.</summary>
    public Task<Site?> RedoAsync(DatasetId dataset, Editor by, CancellationToken ct) => StepAsync(dataset, by, undo: false, ct);

    /// <summary>All edits of a dataset, oldest first.</summary>
    public async Task<IReadOnlyList<SiteEdit>> HistoryAsync(DatasetId dataset, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.SiteEdits.AsNoTracking().Where(e => e.DatasetId == dataset.Value).OrderBy(e => e.Sequence).ToListAsync(ct);
    }

    private async Task<Site?> StepAsync(DatasetId dataset, Editor by, bool undo, CancellationToken ct)
    {
        var board = await BoardAsync(dataset);
        var history = board.Histories.GetOrAdd(by.Key, _ => new EditHistory());
        if ((undo ? history.PeekUndo() : history.PeekRedo()) is not { } step)
        {
            return null;
        }

        try
        {
            var site = await EditAsync(dataset, by, sites =>
            {
                var current = sites.GetValueOrDefault(step.SiteId);
                return current is not null && current.Version == step.Version
                    ? (step.Other ?? current with { Deleted = true }) with { Version = current.Version }
                    : throw new EditConflictException("Somebody else changed the site since.");
            }, remember: false, ct);
            history.Moved(undo, site.Version);
            return site;
        }
        catch (EditConflictException)
        {
            history.Drop(undo);
            return null;
        }
    }

    private async Task<Site> EditAsync(DatasetId dataset, Editor by, Func<ImmutableDictionary<string, Site>, Site> make, bool remember, CancellationToken ct)
    {
        var board = await BoardAsync(dataset);
        await board.Writing.WaitAsync(ct);
        Site made;
        Site? before;
        try
        {
            var wanted = make(board.Sites);
            before = board.Sites.GetValueOrDefault(wanted.Id);
            made = wanted with { Version = (before?.Version ?? 0) + 1, ChangedAt = time.GetUtcNow().ToUnixTimeMilliseconds() };
            await using var db = await database.CreateDbContextAsync(ct);
            db.SiteEdits.Add(new SiteEdit
            {
                DatasetId = dataset.Value, SiteId = made.Id, Version = made.Version, State = JsonSerializer.Serialize(made, Json), ByKey = by.Key, ByName = by.Name, At = made.ChangedAt,
            });
            await db.SaveChangesAsync(ct);
            board.Sites = board.Sites.SetItem(made.Id, made);
        }
        finally
        {
            board.Writing.Release();
        }

        if (remember)
        {
            board.Histories.GetOrAdd(by.Key, _ => new EditHistory()).Did(before, made);
        }

        Changed?.Invoke(dataset);
        return made;
    }

    private async Task<Board> BoardAsync(DatasetId dataset)
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

    private async Task<Board> LoadAsync(DatasetId dataset)
    {
        var sites = ImmutableDictionary.CreateBuilder<string, Site>();
        foreach (var edit in await HistoryAsync(dataset, CancellationToken.None))
        {
            sites[edit.SiteId] = JsonSerializer.Deserialize<Site>(edit.State, Json)!;
        }

        return new Board(sites.ToImmutable());
    }

    private static Site Clean(Dataset dataset, Site s)
    {
        if (!double.IsFinite(s.ZUm) || !double.IsFinite(s.YUm) || !double.IsFinite(s.XUm) || !double.IsFinite(s.Hours) || !double.IsFinite(s.RadiusUm))
        {
            throw new ArgumentException("A site's numbers must be finite.");
        }

        var at = new WorldPoint(Math.Round(s.ZUm, 3), Math.Round(s.YUm, 3), Math.Round(s.XUm, 3));
        return s with
        {
            ZUm = at.Z, YUm = at.Y, XUm = at.X, DepthUm = Math.Round(dataset.Depth.DepthOf(at).Um, 3), RadiusUm = Math.Clamp(s.RadiusUm, 0.01, 1e5),
            Label = Cut(s.Label, 60), Note = Cut(s.Note, 4000), Modality = Cut(s.Modality, 40), Author = Cut(s.Author, 80), Deleted = false,
        };
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];

    private static string NextLabel(ImmutableDictionary<string, Site> sites)
    {
        var most = sites.Values.Select(s => s.Label.StartsWith('N') && int.TryParse(s.Label.AsSpan(1), out var n) ? n : 0).DefaultIfEmpty(0).Max();
        return $"N{most + 1}";
    }
}

/// <summary>An edit that would overwrite somebody else's.</summary>
public sealed class EditConflictException(string message) : Exception(message);
