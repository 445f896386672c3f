using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Placements;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Annotations;

/// <summary>
/// Pictures of a site's place, one of each scan that holds it, so that it is judged with all of them in sight. A click shows that scan in
/// the panes; two of them can be compared there.
/// </summary>
public sealed partial class SitePictures
{
    /// <summary>Pixels along an edge.</summary>
    private const int Side = 160;

    private const int MostPictures = 6;

    // A picture shows this many radii of the mark, and this many voxels of the finest scan at least.
    private const double Radii = 8, LeastVoxels = 40;

    // CSS pixels that the field of a picture takes where scans are compared at the place.
    private const double FieldPixels = 260;

    private readonly HashSet<VolumeKey> _loaded = [], _failed = [];
    private IReadOnlyList<VolumeInfo> _scans = [];
    private string _revision = "";
    private Pane? _full;
    private (string Modality, double Hours, NestedLook? Nested) _shown;

    /// <summary>The session whose view jumps.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>The site.</summary>
    [Parameter, EditorRequired]
    public Site Site { get; set; } = null!;

    /// <summary>Called with the scans whose pictures have arrived.</summary>
    [Parameter]
    public EventCallback<IReadOnlyList<VolumeKey>> Seen { get; set; }

    [Inject]
    private ViewSessions Sessions { get; set; } = null!;

    private double FieldUm => Math.Max(Radii * Site.RadiusUm, LeastVoxels * _scans.Min(s => s.VoxelSize.Least));

    private string AcrossText => $"{FieldUm.ToString("G3", CultureInfo.InvariantCulture)} µm";

    // The slice that fills the view, else the one that shows depth.
    private string Axis => _full is Pane.Z or Pane.X ? _full.Value.ToString().ToLowerInvariant() : "y";

    private string RingStyle => string.Create(CultureInfo.InvariantCulture, $"width:{200 * Site.RadiusUm / FieldUm:0.#}%");

    private WorldPoint At => new(Site.ZUm, Site.YUm, Site.XUm);

    /// <inheritdoc/>
    public void Dispose() => Session.Changed -= OnChanged;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Session.Changed += OnChanged;
        Take(Session.Current.View);
    }

    /// <inheritdoc/>
    protected override void OnParametersSet() => _scans = [.. SitePlaces.HoldersOf(Session.Dataset, Site).Take(MostPictures)];

    private void OnChanged(ViewRevision revision, object? by)
    {
        var view = revision.View;
        if (Session.Dataset.Revision != _revision || view.Maximized != _full || (view.Modality, view.Hours, view.Nested) != _shown)
        {
            _ = InvokeAsync(() =>
            {
                Take(Session.Current.View);
                OnParametersSet();
                StateHasChanged();
            });
        }
    }

    private void Take(ViewState view)
    {
        if (Session.Dataset.Revision != _revision)
        {
            _loaded.Clear();
            _failed.Clear();
        }

        (_revision, _full, _shown) = (Session.Dataset.Revision, view.Maximized, (view.Modality, view.Hours, view.Nested));
    }

    private Task SeeAsync(VolumeKey key) => _loaded.Add(key) ? Seen.InvokeAsync([.. _loaded]) : Task.CompletedTask;

    // The version of the placement is part of the address, so that the picture is drawn again where the scan was moved.
    private string AddressOf(VolumeInfo scan)
    {
        var (at, key) = (string.Create(CultureInfo.InvariantCulture, $"{Site.ZUm:R},{Site.YUm:R},{Site.XUm:R}"), scan.Key);
        return FrozenLinks.AddressOf(Session.Dataset, string.Create(CultureInfo.InvariantCulture,
            $"/api/datasets/{Session.Dataset.Id}/slice.png?axis={Axis}&size={Side}x{Side}&v=1&t={key.Hours:R}&m={key.Modality}"
            + $"&at={at}&c={at}&zoom={FieldUm / Side:R}&inside=&over=&compare=&{PlacementLink.Field}={key.Modality}:")
            + PlacementDesk.VersionOf(Session.Dataset, key).ToString(CultureInfo.InvariantCulture));
    }

    // The scan around the others, in which the slices of the view lie.
    private VolumeInfo Around => _scans[0];

    private bool IsFiner(VolumeInfo scan) => NestedFields.IsFiner(scan, Around);

    private bool IsPlaced(VolumeInfo scan) => !IsFiner(scan) || NestedFields.IsPlaced(Session.Dataset, scan.Key);

    private bool IsShown(VolumeInfo scan) => IsFiner(scan)
        ? _shown.Modality == Around.Key.Modality && _shown.Nested?.Modality == scan.Key.Modality
        : new VolumeKey(_shown.Modality, _shown.Hours) == scan.Key && _shown.Nested is null;

    private async Task ShowAsync(VolumeInfo scan)
    {
        var ask = Session.Asks.Whole();
        var look = IsFiner(scan) ? await Sessions.LookOfAsync(scan, atEveryZoom: true, default) : null;
        var around = look is null ? scan : Around;
        if (ask.IsLast)
        {
            Session.Update(v => Here(v, around, look) with { Compare = null }, this);
        }
    }

    // Of two nano scans the one beside the other, else the scan around it beside the nano scan.
    private async Task CompareAsync(CompareMode mode)
    {
        var ask = Session.Asks.Whole();
        var finer = _scans.Where(IsFiner).ToArray();
        var shown = finer.FirstOrDefault(s => s.Key.Modality != finer[^1].Key.Modality);
        var look = shown is null ? null : await Sessions.LookOfAsync(shown, atEveryZoom: true, default);
        var other = await Sessions.LookOfAsync(finer[^1], atEveryZoom: true, default);
        if (ask.IsLast)
        {
            Session.Update(v => ScanComparison.Inside(Here(v, Around, look), mode, other), this);
        }
    }

    private ViewState Here(ViewState view, VolumeInfo scan, NestedLook? look) => view with
    {
        Modality = scan.Key.Modality, Hours = scan.Key.Hours, Nested = look, Selected = Site.Id, Focus = At, Center = At,
        UmPerPixel = FieldUm / FieldPixels,
    };
}
