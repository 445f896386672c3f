using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Placements;
using DendriteViewer.Web.Registry;
using Microsoft.AspNetCore.WebUtilities;

namespace DendriteViewer.Web.Viewing;

/// <summary>
/// The open viewers. A session lives while a page or a connection holds it and some minutes more, so that it survives a
/// lost connection.
/// </summary>
public sealed class ViewSessions : IDatasetFollower
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, Held> _sessions = new();
    private readonly DatasetCatalog _catalog;
    private readonly MaskCorrections _masks;
    private readonly ComputeLanes _lanes;
    private readonly TimeProvider _time;
    private readonly PlacementStore _placements;

    /// <param name="catalog">What datasets are like.</param>
    /// <param name="masks">The masks that sessions show as they are corrected.</param>
    /// <param name="lanes">Where the log of a mask is replayed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="store">Where the versions of placements are that links name.</param>
    public ViewSessions(DatasetCatalog catalog, MaskCorrections masks, ComputeLanes lanes, TimeProvider time, DatasetStore store)
    {
        (_catalog, _masks, _lanes, _time) = (catalog, masks, lanes, time);
        _placements = new PlacementStore(store, time);
        masks.Changed += (dataset, _) =>
        {
            foreach (var held in _sessions.Values.Where(h => h.Session.Dataset.Identity == dataset))
            {
                held.Session.Redraw();
            }
        };
    }

    private sealed class Held(ViewSession session)
    {
        public ViewSession Session => session;

        public int Holders;

        public long IdleSince;

        public int Connections;
    }

    /// <summary>Raised when the number of viewers of a dataset changes.</summary>
    public event Action<DatasetIdentity>? PresenceChanged;

    /// <summary>A name that nobody guesses.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Viewers connected to a dataset.</summary>
    public int CountOf(DatasetIdentity dataset) =>
        _sessions.Values.Count(h => h.Session.Dataset.Identity == dataset && Volatile.Read(ref h.Connections) > 0);

    /// <summary>Joins a session, or begins it at the view of a link. Null where the id is another person's. Whoever calls has been
    /// authorized.</summary>
    public async Task<ViewSession?> HoldAsync(string id, string owner, Dataset dataset, string? query, CancellationToken ct)
    {
        Sweep();
        if (!ViewSession.IsId(id))
        {
            return null;
        }

        if (!_sessions.TryGetValue(id, out var held))
        {
            var start = await StartOfAsync(dataset, query, ct);
            var session = new ViewSession(id, owner, Shown(dataset), start);
            var (frozen, problem) = await PlacementLink.ReadAsync(_placements, dataset, query, ct);
            session.Freeze(frozen);
            session.Begin(ViewLink.Read(query, start));
            if (await MaskRemarkAsync(session, query, ct) is { } remark)
            {
                session.Note(remark);
            }

            if (problem is not null)
            {
                session.Note(problem);
            }

            if (CellLink.Show(session, query) is { } unread)
            {
                session.Note(unread);
            }

            held = _sessions.GetOrAdd(id, new Held(session));
        }

        if (held.Session.Owner != owner || held.Session.Dataset.Identity != dataset.Identity
            || held.Session.Dataset.Kept?.Id != dataset.Kept?.Id)
        {
            return null;
        }

        Interlocked.Increment(ref held.Holders);
        return held.Session;
    }

    /// <summary>
    /// A session that is open, by the id that its page has; null where it is not, is another person's, or of another dataset.
    /// </summary>
    public ViewSession? Find(string? id, string owner, DatasetIdentity dataset) =>
        id is not null && _sessions.TryGetValue(id, out var held) && held.Session.Owner == owner && held.Session.Dataset.Identity == dataset
            ? held.Session : null;

    /// <summary>The first view of a dataset, from its first volume, so that links of all its timesteps are written against one.</summary>
    public async Task<ViewState> StartAsync(Dataset dataset, VolumeInfo volume, CancellationToken ct)
    {
        var basis = dataset.BasisOf(volume);
        var view = ViewStates.Initial(dataset, basis, await _catalog.HistogramAsync(basis, ct));

        // What was placed is shown where it lies; what was not may be anywhere near, and is shown when somebody asks for it.
        var placed = dataset.Volumes.Where(v => v.Key.Modality == basis.Key.Modality).SelectMany(v => NestedFields.In(dataset, v))
            .FirstOrDefault(v => NestedFields.IsPlaced(dataset, v.Key));
        return placed is null ? view : view with { Nested = await LookOfAsync(placed, atEveryZoom: false, ct) };
    }

    /// <summary>How a finer scan is shown at first inside the scan around it.</summary>
    public async Task<NestedLook> LookOfAsync(VolumeInfo finer, bool atEveryZoom, CancellationToken ct)
    {
        var (low, high) = (await _catalog.HistogramAsync(finer, ct)).Window;
        return new NestedLook(finer.Key.Modality, low, high > low ? high : low + 1, atEveryZoom);
    }

    /// <summary>The first view of the scan that a link names, against which the link is read.</summary>
    public Task<ViewState> StartOfAsync(Dataset dataset, string? query, CancellationToken ct)
    {
        var first = dataset.Volumes[0];
        var asked = ViewLink.Parse(query, new ViewState { Modality = first.Key.Modality, Hours = first.Key.Hours });
        return StartAsync(dataset, dataset.Nearest(asked.Modality, asked.Hours) ?? first, ct);
    }

    /// <summary>
    /// Shows the view of a link in a session while its page is open, as one change; unless another was asked for meanwhile.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="ask">Who asks, from when they asked on.</param>
    /// <param name="query">The link's text.</param>
    /// <param name="by">Who changes the view, so that it need not be told.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>
    /// What of it could not be shown, or is another now; a sentence each. Null where something else was asked for since, which is shown.
    /// </returns>
    public async Task<IReadOnlyList<LinkRemark>?> ShowAsync(
        ViewSession session, ViewAsk ask, string query, object? by, CancellationToken ct)
    {
        var (frozen, problem) = await PlacementLink.ReadAsync(_placements, session.Live, query, ct);
        var read = await ReadAsync(session.Dataset, query, ct);
        if (!ask.IsLast)
        {
            return null;
        }

        session.Freeze(frozen);
        var remarks = session.Show(read, by);
        var cell = CellLink.Show(session, query);
        LinkRemark?[] more = [await MaskRemarkAsync(session, query, ct), problem, cell];
        return ask.IsLast ? [.. remarks, .. more.OfType<LinkRemark>()] : null;
    }

    // Whether the mask that a link shows was corrected since the link was made.
    private async Task<LinkRemark?> MaskRemarkAsync(ViewSession session, string? query, CancellationToken ct)
    {
        var entries = QueryHelpers.ParseQuery(query ?? "").GetValueOrDefault(ViewLink.Mask);
        if (!long.TryParse(entries, NumberStyles.None, CultureInfo.InvariantCulture, out var then)
            || session.Current.View.LabelsIn(session.Dataset)?.Mask is not { } mask)
        {
            return null;
        }

        long now;
        try
        {
            now = (await SummaryAsync(mask, ct)).History.Sequence;
        }
        catch (VolumeFormatException e)
        {
            // The rest of the link can be shown.
            return new LinkRemark(ViewLink.Mask, $"The corrections of the mask that this link shows cannot be read: {e.Message}");
        }

        return then == now ? null : new LinkRemark(
            ViewLink.Mask, "The mask was corrected since this link was made: " + string.Create(
                CultureInfo.InvariantCulture, $"its log had {then} entries then and has {now} now. It is shown as it is now."));
    }

    /// <summary>Reads the text of a link: all of it that can be read.</summary>
    public async Task<ViewReading> ReadAsync(Dataset dataset, string? query, CancellationToken ct) =>
        ViewLink.Read(query, await StartOfAsync(dataset, query, ct));

    /// <summary>The view of a link that a program gives, over the first view of its volume.</summary>
    /// <exception cref="Imaging.Bounds.OutOfRangeException">Something in it cannot be read or is out of its range.</exception>
    public async Task<ViewState> OfLinkAsync(Dataset dataset, string query, CancellationToken ct)
    {
        var first = ViewLink.ParseStrictly(query,
            new ViewState { Modality = dataset.Volumes[0].Key.Modality, Hours = dataset.Volumes[0].Key.Hours });
        var near = dataset.Nearest(first.Modality, first.Hours) ?? dataset.Volumes[0];
        var view = ViewLink.ParseStrictly(query, await StartAsync(dataset, near, ct));
        return view.FollowsInterface && !dataset.HasInterface
            ? throw new Imaging.Bounds.OutOfRangeException(InterfaceSheet.NoInterface)
            : view;
    }

    /// <summary>
    /// The dataset as a link shows it: with its masks as they are corrected, and volumes where the versions that the link names put them.
    /// </summary>
    /// <exception cref="Imaging.Bounds.OutOfRangeException">The link names a version that there is not.</exception>
    public Task<Dataset> ShownByAsync(Dataset dataset, string? link, CancellationToken ct) =>
        PlacementLink.OverAsync(_placements, Shown(dataset), link, ct);

    // With masks as they are corrected; a state that was kept, with those of then.
    private Dataset Shown(Dataset dataset) => _masks.With(dataset);

    /// <summary>What changes with a mask that a link shows; empty where it shows none.</summary>
    /// <exception cref="Imaging.Bounds.OutOfRangeException">The link cannot be read.</exception>
    public async Task<string> MaskTagAsync(Dataset dataset, string query, CancellationToken ct)
    {
        // Of the view as it is read: its text may be escaped in several ways.
        var view = await OfLinkAsync(dataset, query, ct);
        return view.LabelsIn(Shown(dataset))?.Mask is { } mask
            ? $"{mask.Automatic.Prefix} {(await SummaryAsync(mask, ct)).History.Sequence}" : "";
    }

    // Not on the threads that answer requests: a long log takes long to replay.
    private Task<MaskSummary> SummaryAsync(CorrectedMask mask, CancellationToken ct) =>
        _lanes[Urgency.Resting].RunAsync(() => mask.SummaryAsync(ct), ct);

    Task IDatasetFollower.ChangedAsync(Dataset dataset, CancellationToken ct)
    {
        foreach (var held in Following(dataset).Where(h => h.Session.Live.Revision != dataset.Revision))
        {
            Refresh(held, dataset);
        }

        return Task.CompletedTask;
    }

    Task IDatasetFollower.DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        foreach (var held in _sessions.Values.Where(h => h.Session.Dataset.Identity == dataset))
        {
            held.Session.End();
        }

        return Task.CompletedTask;
    }

    /// <summary>Gives every session of a dataset the dataset as it is now.</summary>
    public void Refresh(Dataset dataset)
    {
        foreach (var held in Following(dataset))
        {
            Refresh(held, dataset);
        }
    }

    // Those that show scans, masks and analyses as they are now, whatever annotations they show.
    private IEnumerable<Held> Following(Dataset dataset) => _sessions.Values.Where(h =>
        h.Session.Dataset.Identity == dataset.Identity && h.Session.Dataset.Kept is null or { KeepsVolumes: false });

    private void Refresh(Held held, Dataset now) => held.Session.Refresh(_masks.With(now) with { Kept = held.Session.Dataset.Kept });

    /// <summary>Lets go of a session.</summary>
    public void Release(ViewSession session)
    {
        if (_sessions.TryGetValue(session.Id, out var held) && Interlocked.Decrement(ref held.Holders) == 0)
        {
            Volatile.Write(ref held.IdleSince, _time.GetTimestamp());
        }
    }

    /// <summary>Counts a connection in or out.</summary>
    public void Connected(ViewSession session, int change)
    {
        if (_sessions.TryGetValue(session.Id, out var held))
        {
            Interlocked.Add(ref held.Connections, change);
            PresenceChanged?.Invoke(session.Dataset.Identity);
        }
    }

    private void Sweep()
    {
        foreach (var (id, held) in _sessions)
        {
            if (Volatile.Read(ref held.Holders) == 0 && Volatile.Read(ref held.IdleSince) is var since and not 0
                && _time.GetElapsedTime(since) > Grace)
            {
                _sessions.TryRemove(id, out _);
            }
        }
    }
}
