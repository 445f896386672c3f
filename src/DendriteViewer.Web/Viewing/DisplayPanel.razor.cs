using System.Globalization;
using DendriteViewer.Imaging.Analysis;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Catalog;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Viewing;

/// <summary>How slices and the 3D picture look. Sets the session's view and follows it.</summary>
public sealed partial class DisplayPanel
{
    private string? _problem;
    private object? _drawn;
    private IReadOnlyList<string> _presets = [];

    /// <summary>The session whose view is set.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

    [Inject]
    private RenderDevices Devices { get; set; } = null!;

    private ViewState View => Session.Current.View;

    /// <inheritdoc/>
    public void Dispose() => Session.Changed -= OnChanged;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Session.Changed += OnChanged;
        _drawn = Shown(View);
        _presets = TransferPresets.NamesOf(Session.Dataset, await Catalog.HistogramAsync(Session.Volume(View), default));
    }

    // Only what the panel shows makes it draw again; an orbit does not.
    private void OnChanged(ViewRevision revision, object? by)
    {
        var shown = Shown(revision.View);
        if (!shown.Equals(_drawn))
        {
            _drawn = shown;
            _ = InvokeAsync(StateHasChanged);
        }
    }

    private static object Shown(ViewState v) =>
        (v.ColorMap, v.WindowLow, v.WindowHigh, v.SlabUm, v.SlabMode, v.Mode, v.IsoValue, (v.Shaded, v.DepthClip, v.Clip, v.Band, v.BandVisible, v.Cut, v.Overlay, v.Hours, v.Modality, v.Interpolation, v.Shadows));

    // What may be shown with the volume: other modalities of the same time, and the pristine scan.
    private IReadOnlyList<(string Key, string Name, VolumeInfo Volume, double? Hours)> Others
    {
        get
        {
            var (dataset, own) = (Session.Dataset, Session.Volume(View).Key);
            var others = dataset.Modalities.Where(m => m != own.Modality && dataset.Find(m, own.Hours) is not null)
                .Select(m => (Key: m, Name: m, Volume: dataset.Find(m, own.Hours)!, Hours: (double?)null)).ToList();
            var first = dataset.Find(own.Modality, dataset.HoursOf(own.Modality)[0])!;
            if (first.Key != own)
            {
                others.Add((own.Modality + "@" + N(first.Key.Hours), "the pristine scan", first, first.Key.Hours));
            }

            return others;
        }
    }

    private string OverlayKey => View.Overlay is { } o ? o.Modality + (o.Hours is { } h ? "@" + N(h) : "") : "";

    private string CutKey => View.Cut is { } c ? (c.KeepsFar ? "" : "-") + c.Along : "";

    private void ChooseCut(string? key) => Set(s => s with
    {
        Cut = string.IsNullOrEmpty(key) ? null : new SliceCut(Enum.Parse<Pane>(key.TrimStart('-')), key[0] != '-'),
    });

    // Another modality takes the place of what it shows finer; the pristine scan's voids lie over, fainter than today's.
    private async Task ChooseOverlayAsync(string? key)
    {
        var (_, _, volume, hours) = Others.FirstOrDefault(o => o.Key == key);
        if (volume is null)
        {
            Set(s => s with { Overlay = null });
            return;
        }

        var name = !Session.Dataset.HasInterface ? TransferPresets.All : hours is null ? "electrolyte" : "voids";
        var transfer = TransferPresets.Find(name, Session.Dataset, await Catalog.HistogramAsync(volume, default))!;
        Set(s => s with { Overlay = new Overlay(volume.Key.Modality, hours, transfer, Replaces: hours is null) });
    }

    private const string MaskTitle = "The mask of new dark volume that the analysis found: lithium, crack or new void";

    // Why there is no mask to show, or null.
    private string? MaskProblem => Session.Dataset.Labels.Count == 0
        ? "lithium shows the mask of the analysis, which this dataset has not had yet."
        : Session.Dataset.Find(AnalysisStore.Lithium, View.Hours) is null
            ? $"lithium shows the mask of the analysis, which has none at {N(View.Hours)} h; run the analysis again."
            : null;

    // Every piece that the analysis found, over what is dark as a ghost.
    private async Task ShowMask()
    {
        if (MaskProblem is not null)
        {
            return;
        }

        var histogram = await Catalog.HistogramAsync(Session.Volume(View), default);
        Set(s => s with { Mode = VolumeMode.Composite, Transfer = MaskLook.Ghosts(histogram),
            Overlay = MaskLook.Of(AnalysisStore.Lithium) });
    }

    private async Task SetOverlayAsync(string preset)
    {
        var (_, _, volume, _) = Others.FirstOrDefault(o => o.Key == OverlayKey);
        if (volume is not null)
        {
            if (TransferPresets.Find(preset, Session.Dataset, await Catalog.HistogramAsync(volume, default)) is { } transfer)
            {
                Set(s => s with { Overlay = s.Overlay is { } o ? o with { Transfer = transfer } : null });
            }
        }
    }

    private void Set(Func<ViewState, ViewState> change)
    {
        _problem = null;
        try
        {
            Session.Update(change, this);
        }
        catch (OutOfRangeException e)
        {
            _problem = e.Message;
        }
    }

    private void SetNumber(ChangeEventArgs e, Func<ViewState, double, ViewState> change)
    {
        if (double.TryParse(e.Value?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v))
        {
            Set(s => change(s, v));
        }
    }

    private void ToggleDepthClip(ChangeEventArgs e) => Set(s => s with { DepthClip = e.Value is true ? new Band(5, Math.Max(s.Band.ToUm + 30, 150)) : null });

    private void ToggleClip(ChangeEventArgs e)
    {
        var (low, high) = Session.Volume(View).Bounds;
        Set(s => s with { Clip = e.Value is true ? new ClipBox(low, high) : null });
    }

    private IEnumerable<(string Name, double Low, double High, double Least, double Most, Func<ViewState, double, double, ViewState> Set)> Sides(ClipBox b)
    {
        var (low, high) = Session.Volume(View).Bounds;
        ClipBox Now(ViewState s) => s.Clip ?? b;
        yield return ("z", b.Low.Z, b.High.Z, low.Z, high.Z, (s, l, h) => s with { Clip = new ClipBox(Now(s).Low with { Z = l }, Now(s).High with { Z = h }) });
        yield return ("y", b.Low.Y, b.High.Y, low.Y, high.Y, (s, l, h) => s with { Clip = new ClipBox(Now(s).Low with { Y = l }, Now(s).High with { Y = h }) });
        yield return ("x", b.Low.X, b.High.X, low.X, high.X, (s, l, h) => s with { Clip = new ClipBox(Now(s).Low with { X = l }, Now(s).High with { X = h }) });
    }

    // Five digits: more than a grey level is worth, and what fits the field.
    private static double Short(double v) => double.Parse(v.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string N(double v) => v.ToString("R", CultureInfo.InvariantCulture);
}
