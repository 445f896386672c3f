using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Analysis;
using DendriteViewer.Web.Catalog;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Viewing.Display;

/// <summary>What else is shown in 3D: another modality, the pristine scan, or a mask of an analysis; one at a time.</summary>
public sealed partial class LayersSection
{
    private ValueHistogram? _histogram;
    private ScanLabels? _labels;

    /// <summary>Something that may be laid over the scan.</summary>
    /// <param name="Key">Modality, and hours where they are not the view's.</param>
    /// <param name="Name">What people call it.</param>
    /// <param name="Volume">The volume.</param>
    /// <param name="Hours">Its hours, or null for those of the view.</param>
    /// <param name="Color">0xRRGGBB of a mask; null of a scan.</param>
    private sealed record Layer(string Key, string Name, VolumeInfo Volume, double? Hours, int? Color)
    {
        /// <summary>How it looks, where that is known before it is shown.</summary>
        public Overlay? Look { get; init; }

        public bool IsMask => Color is not null;

        public string Swatch => Color is { } c ? $"#{c:x6}" : "linear-gradient(90deg, #000, #fff)";
    }

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

    private IReadOnlyList<Layer> Layers
    {
        get
        {
            var (dataset, own) = (Session.Dataset, Session.Volume(View).Key);
            var layers = new List<Layer>();
            if (_labels is { } labels)
            {
                layers.Add(new Layer(own.Modality, "its labels, each in its colour", Session.Volume(View), null, labels.Legend[0].Color)
                {
                    Look = labels.OverlayOf(own.Modality),
                });
            }

            if (dataset.Find(LabelModality.Lithium, own.Hours) is { IsLabels: true } lithium)
            {
                layers.Add(new Layer(LabelModality.Lithium, "new dark volume", lithium, null, TransferPresets.Lithium));
            }

            if (dataset.Labels.FirstOrDefault(v => v.Key.Modality == LabelModality.Voids) is { } voids)
            {
                var (key, hours) = (KeyOf(LabelModality.Voids, voids.Key.Hours), voids.Key.Hours);
                layers.Add(new Layer(key, "pristine voids", voids, hours, TransferPresets.Void));
            }

            layers.AddRange(dataset.Modalities.Where(m => m != own.Modality).Select(m => dataset.Find(m, own.Hours)).OfType<VolumeInfo>()
                .Select(v => new Layer(v.Key.Modality, v.Key.Modality, v, null, null)));
            var first = dataset.Find(own.Modality, dataset.HoursOf(own.Modality)[0])!;
            if (first.Key != own)
            {
                layers.Add(new Layer(KeyOf(own.Modality, first.Key.Hours), "the pristine scan", first, first.Key.Hours, null));
            }

            return layers;
        }
    }

    private string OverlayKey => View.Overlay is { } o ? KeyOf(o.Modality, o.Hours) : "";

    /// <inheritdoc/>
    protected override object Shown(ViewState v) => (v.Overlay, v.Hours, v.Modality, v.Mode, Session.Dataset.Revision);

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        _labels = Session.Dataset.HasInterface ? null : (await Catalog.HistogramAsync(Session.Volume(View), default)).Labels;
        _histogram = Layers.FirstOrDefault(l => l.Key == OverlayKey) is { IsMask: false } shown
            ? await Catalog.HistogramAsync(shown.Volume, default)
            : null;
    }

    // Another modality takes the place of what it shows finer; the pristine scan's voids lie over, fainter than today's.
    private async Task ChooseAsync(Layer? layer)
    {
        if (layer is null)
        {
            Set(s => s with { Overlay = null });
            return;
        }

        if (layer.Look is { } look)
        {
            Set(s => s with { Overlay = look });
            return;
        }

        if (layer.Color is { } color)
        {
            var lit = LabelLooks.Ranges([(1, ushort.MaxValue, color)]);
            Set(s => s with { Overlay = new Overlay(layer.Volume.Key.Modality, layer.Hours, lit, Replaces: false) });
            return;
        }

        var ask = Ask();
        var histogram = await Catalog.HistogramAsync(layer.Volume, default);
        if (!ask.IsLast)
        {
            return;
        }

        _histogram = histogram;
        var name = !Session.Dataset.HasInterface ? TransferPresets.All : layer.Hours is null ? "electrolyte" : "voids";
        var transfer = TransferPresets.Find(name, Session.Dataset, _histogram)!;
        Set(s => s with { Overlay = new Overlay(layer.Volume.Key.Modality, layer.Hours, transfer, Replaces: layer.Hours is null) });
    }

    private string? PresetOf(Overlay overlay) => TransferPresets.NamesOf(Session.Dataset, _histogram!)
        .FirstOrDefault(n => TransferPresets.Find(n, Session.Dataset, _histogram!) is { } f && f.Equals(overlay.Transfer));

    private void Dress(string? preset)
    {
        if (preset is not null && TransferPresets.Find(preset, Session.Dataset, _histogram!) is { } transfer)
        {
            Set(s => s with { Overlay = s.Overlay is { } o ? o with { Transfer = transfer } : null });
        }
    }

    private static string KeyOf(string modality, double? hours) =>
        modality + (hours is { } h ? "@" + h.ToString("R", CultureInfo.InvariantCulture) : "");
}
