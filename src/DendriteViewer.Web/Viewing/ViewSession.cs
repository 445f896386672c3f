using System.Globalization;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Placements;
using DendriteViewer.Web.Sharing;

namespace DendriteViewer.Web.Viewing;

/// <summary>A view and the count of changes that led to it.</summary>
public sealed record ViewRevision(long Number, ViewState View);

/// <summary>
/// What one open viewer looks at. Pointer moves (through the hub) and panels (through Blazor) set the same view; each hears
/// of the other's changes. The state is one reference to an immutable whole.
/// </summary>
public sealed class ViewSession(string id, string owner, Dataset dataset, ViewState start)
{
    /// <summary>Characters of a session's id.</summary>
    public const int LeastIdChars = 16, MostIdChars = 64;

    /// <summary>Whether a text can be a session's id.</summary>
    public static bool IsId(string? id) => id is { Length: >= LeastIdChars and <= MostIdChars };

    private readonly Lock _lock = new();
    private volatile ViewRevision _current = new(0, start);

    // What is shown, and the dataset as it is. They differ where a link named other versions of placements; both are set under the lock.
    private Dataset _dataset = dataset, _live = dataset;
    private FrozenPlacements? _frozen;
    private bool _isOver;

    // Replaced by the panel whose pictures arrive; read where somebody judges a site.
    private volatile SitePicturesSeen? _pictures;

    // Made when it is asked for first; whoever is faster makes it.
    private CellCursor? _cell;

    // The number of the view that the link led to.
    private long _begun;

    /// <summary>Random name that the page and the hub share.</summary>
    public string Id => id;

    /// <summary>Key of whose session it is; nobody else joins it.</summary>
    public string Owner => owner;

    /// <summary>The edits of annotations made in this page, by the hub or by a panel.</summary>
    public EditHistory Edits { get; } = new(EditHistory.PageOf(id));

    /// <summary>What is open of the cell in this page, and the time that is shown.</summary>
    public CellCursor Cell => LazyInitializer.EnsureInitialized(ref _cell, () => new CellCursor(this))!;

    /// <summary>What is measured in this page and not saved, and what is being computed for it.</summary>
    public PageMeasurements Measurements { get; } = new();

    /// <summary>Says of which scans the page shows pictures of a site's place, beside the panes.</summary>
    public void ShowsPictures(string site, IReadOnlyList<VolumeKey> scans) => _pictures = new SitePicturesSeen(site, scans);

    /// <summary>The scans of which the page shows pictures of a site's place; none where it shows another site's.</summary>
    public IReadOnlyList<VolumeKey> PicturesOf(string site) => _pictures is { } seen && seen.Site == site ? seen.Scans : [];

    /// <summary>What could not be read of the link by which the page was opened.</summary>
    public IReadOnlyList<LinkRemark> Remarks { get; private set; } = [];

    /// <summary>
    /// Whether the address in the browser is a link that could not be read whole. It stays until somebody changes the view, so that nothing
    /// of it is lost.
    /// </summary>
    public bool KeepsAddress => Remarks.Count > 0 && _current.Number == _begun;

    /// <summary>The dataset looked at.</summary>
    public Dataset Dataset => Volatile.Read(ref _dataset);

    /// <summary>Whether the dataset was deleted, so that there is nothing more to look at.</summary>
    public bool IsOver => Volatile.Read(ref _isOver);

    /// <summary>Ends what is shown, since the dataset was deleted.</summary>
    public void End()
    {
        Volatile.Write(ref _isOver, true);
        Changed?.Invoke(_current, null);
    }

    /// <summary>The dataset as it is, where <see cref="Dataset"/> shows volumes by the versions of a link.</summary>
    public Dataset Live => Volatile.Read(ref _live);

    /// <summary>The dataset as it is now: an analysis added labels, say. Volumes of which a link froze the place stay there.</summary>
    public void Refresh(Dataset now)
    {
        lock (_lock)
        {
            Volatile.Write(ref _live, now);
            Volatile.Write(ref _dataset, _frozen?.Over(now) ?? now);
        }

        Changed?.Invoke(_current, null);
    }

    /// <summary>Shows volumes by versions of their placements, whatever version holds; null shows them where they lie now.</summary>
    public void Freeze(FrozenPlacements? frozen)
    {
        lock (_lock)
        {
            if (frozen is null && _frozen is null)
            {
                return;
            }

            _frozen = frozen;
            Volatile.Write(ref _dataset, frozen?.Over(_live) ?? _live);
        }

        Changed?.Invoke(_current, null);
    }

    /// <summary>Has everything drawn again whose voxels changed, though the view did not.</summary>
    public void Redraw() => Changed?.Invoke(_current, null);

    /// <summary>
    /// The view for what is kept of the dataset as it is now, as bookmarks, tours and comments: without the earlier state that is shown.
    /// </summary>
    public string LinkOfNow => FrozenLinks.Without(Link);

    /// <summary>The view as a link, with every field, so that it opens the same whatever is imported or deleted later.</summary>
    public string Link
    {
        get
        {
            var view = _current.View;
            var entries = view.LabelsIn(Dataset)?.Mask?.Revision ?? 0;
            return ViewLink.Whole(view) + (entries > 0 ? FormattableString.Invariant($"&{ViewLink.Mask}={entries}") : "")
                + (PlacementLink.Format(Dataset, view.Hours) is { Length: > 0 } placed ? $"&{PlacementLink.Field}={placed}" : "")
                + (Cell.IsShown ? $"&{CellLink.Field}={CellLink.Format(Cell.Open)}" : "")
                + (Dataset.Kept is { } kept ? $"&{FrozenLinks.PartOf(kept)}" : "");
        }
    }

    /// <summary>Adds to what is said of the link by which the page was opened.</summary>
    public void Note(LinkRemark remark) => Remarks = [.. Remarks, remark];

    /// <summary>The first view of the volume, against which links are written.</summary>
    public ViewState Start => start;

    /// <summary>The view now.</summary>
    public ViewRevision Current => _current;

    /// <summary>The volume that the view shows.</summary>
    public VolumeInfo Volume(ViewState view) => Dataset.Find(view.Modality, view.Hours) ?? Dataset.Nearest(view.Modality, view.Hours)
        ?? Dataset.Nearest(Dataset.Volumes[0].Key.Modality, view.Hours) ?? Dataset.Volumes[0];

    /// <summary>The order in which views were asked for in this page.</summary>
    public ViewAsks Asks { get; } = new();

    /// <summary>Which labels the page's lists show.</summary>
    public LabelFilter Labels { get; } = new();

    /// <summary>Raised after each change with who made it; handlers must be quick.</summary>
    public event Action<ViewRevision, object?>? Changed;

    /// <summary>Replaces the view.</summary>
    /// <param name="change">From the view now to the view wanted; may be called more than once.</param>
    /// <param name="by">Who changes it, so that it need not be told.</param>
    /// <exception cref="Imaging.Bounds.OutOfRangeException">
    /// A number of the view is out of its range, or a slice is to follow an interface that the dataset has not; the view stays as it was.
    /// </exception>
    public ViewRevision Update(Func<ViewState, ViewState> change, object? by)
    {
        ViewRevision made;
        lock (_lock)
        {
            var asked = change(_current.View);
            if (asked.FollowsInterface && !_current.View.FollowsInterface && !Dataset.HasInterface)
            {
                throw new Imaging.Bounds.OutOfRangeException(InterfaceSheet.NoInterface);
            }

            var wanted = Settle(asked);
            // Whoever changes it, the hub, a panel or a link: every number of the view is checked here.
            ViewDto.Of(wanted).ToState();
            if (wanted.Equals(_current.View))
            {
                return _current;
            }

            made = new ViewRevision(_current.Number + 1, wanted);
            _current = made;
        }

        Changed?.Invoke(made, by);
        return made;
    }

    /// <summary>Goes to another place or scan at once: what was asked for before, and is still being read, is not shown any more.</summary>
    /// <param name="change">As of <see cref="Update"/>.</param>
    /// <param name="by">Who changes it, so that it need not be told.</param>
    public ViewRevision Go(Func<ViewState, ViewState> change, object? by)
    {
        Asks.Whole();
        return Update(change, by);
    }

    /// <summary>Begins at the view of a link. A timestep that was not scanned becomes the nearest one that was, with a remark.</summary>
    public void Begin(ViewReading link)
    {
        Remarks = RemarksOf(link);
        _begun = Update(_ => Settle(link.View), null).Number;
    }

    /// <summary>Shows the view of a link while the page is open, as one change.</summary>
    /// <returns>What of it could not be shown, a sentence each.</returns>
    public IReadOnlyList<LinkRemark> Show(ViewReading link, object? by)
    {
        var remarks = RemarksOf(link);
        Update(_ => Settle(link.View), by);
        return remarks;
    }

    /// <summary>The view of a link as it would be shown here, and what of it could not be.</summary>
    public (ViewState View, IReadOnlyList<LinkRemark> Remarks) Settled(ViewReading link) => (Settle(link.View), RemarksOf(link));

    private List<LinkRemark> RemarksOf(ViewReading link)
    {
        var wanted = link.View;
        List<LinkRemark> remarks = [.. link.Remarks];
        var shown = Settle(wanted);
        if (wanted.FollowsInterface && !shown.FollowsInterface)
        {
            remarks.Add(new LinkRemark("follow", InterfaceSheet.NoInterface));
        }

        if (shown.Modality != wanted.Modality)
        {
            remarks.Add(new LinkRemark("m", $"This dataset has no scan of modality “{wanted.Modality}”; {shown.Modality} is shown."));
        }

        if (shown.Hours != wanted.Hours)
        {
            remarks.Add(new LinkRemark("t", string.Create(CultureInfo.InvariantCulture,
                $"There is no scan at {wanted.Hours} h; the nearest one, at {shown.Hours} h, is shown.")));
        }

        // What goes with the timestep, as labels do, may have none at some; what names its hours is one volume.
        if (shown.Overlay is { } over && !Dataset.Everything.Concat(Dataset.Masks).Any(v =>
            v.Key == new VolumeKey(over.Modality, over.Hours ?? v.Key.Hours)))
        {
            var when = over.Hours is { } hours ? string.Create(CultureInfo.InvariantCulture, $" of {hours} h") : "";
            remarks.Add(new LinkRemark(
                "over", $"This dataset has no “{over.Modality}”{when} (over) to show with the scan; the scan is shown without it."));
        }

        if (wanted.Nested is { } nested && shown.Nested is null)
        {
            remarks.Add(new LinkRemark("inside", $"This dataset has no “{nested.Modality}” to show inside the scan."));
        }

        if (wanted.Compare is { Inside: { } inside } && shown.Compare is null)
        {
            remarks.Add(new LinkRemark("compare", $"This dataset has no “{inside.Modality}” to compare with."));
        }
        else if (wanted.Compare is { Inside: null } compare && shown.Compare?.Hours != compare.Hours)
        {
            var remark = shown.Compare is { } other
                ? string.Create(CultureInfo.InvariantCulture,
                    $"There is no scan at {compare.Hours} h to compare with; the nearest one, at {other.Hours} h, is.")
                : $"There is no second scan of {shown.Modality} to compare with.";
            remarks.Add(new LinkRemark("compare", remark));
        }

        return remarks;
    }

    // A timestep that was not scanned becomes the nearest one that was, and so does the one that is compared with it.
    private ViewState Settle(ViewState view)
    {
        // A dataset that is published anew may have lost its interface.
        view = view.FollowsInterface && !Dataset.HasInterface ? view with { FollowsInterface = false } : view;
        var key = Volume(view).Key;
        var compare = view.Compare switch
        {
            { Inside: { } inside } c => Has(inside) ? c with { Hours = key.Hours } : null,
            { } c when Dataset.HoursOf(key.Modality).Count > 1 && Dataset.Nearest(key.Modality, c.Hours) is { } other =>
                c with { Hours = other.Key.Hours },
            _ => null,
        };
        var nested = view.Nested is { } look && Has(look) ? look : null;

        // A volume that is gone takes its panes with it.
        var moving = view.Landmarks is { } m && Dataset.Find(m.Modality, m.Hours) is not null ? view.Landmarks : null;
        return (view.Hours, view.Modality, view.Compare, view.Nested, view.Landmarks) == (key.Hours, key.Modality, compare, nested, moving)
            ? view
            : view with { Hours = key.Hours, Modality = key.Modality, Compare = compare, Nested = nested, Landmarks = moving };

        bool Has(NestedLook look) => Dataset.Modalities.Contains(look.Modality);
    }

    private sealed record SitePicturesSeen(string Site, IReadOnlyList<VolumeKey> Scans);
}
