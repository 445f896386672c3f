using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Catalog;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Viewing.Display;

/// <summary>How the 3D picture is made: its mode, presets, the transfer function and light.</summary>
public sealed partial class VolumeSection
{
    private const string MaskTitle = "The mask of new dark volume that the analysis found: lithium, crack or new void";

    private static readonly VolumeMode[] s_modes =
        [VolumeMode.Composite, VolumeMode.Maximum, VolumeMode.Minimum, VolumeMode.Mean, VolumeMode.Isosurface];

    private ValueHistogram? _histogram;

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

    [Inject]
    private RenderDevices Devices { get; set; } = null!;

    // Why there is no mask to show, or null.
    private string? MaskProblem => Session.Dataset.Labels.Count == 0
        ? "lithium shows the mask of the analysis, which this dataset has not had yet."
        : Session.Dataset.Find(LabelModality.Lithium, View.Hours) is null
            ? "lithium shows the mask of the analysis, which has none at "
                + $"{View.Hours.ToString("R", CultureInfo.InvariantCulture)} h; run the analysis again."
            : null;

    // The preset that the view has now, or null where somebody made another function.
    private string? Preset => View.Overlay?.Modality == LabelModality.Lithium ? TransferPresets.Mask
        : TransferPresets.NamesOf(Session.Dataset, _histogram!).FirstOrDefault(n => Find(n) is { } f && f.Equals(View.Transfer));

    /// <inheritdoc/>
    protected override object Shown(ViewState v) =>
        (v.Mode, v.IsoValue, v.Shaded, v.Shadows, v.Transfer, v.Overlay?.Modality, v.Modality, v.Hours);

    /// <inheritdoc/>
    protected override async Task LoadAsync() =>
        _histogram = await Catalog.HistogramAsync(Session.Dataset.BasisOf(Session.Volume(View)), default);

    private TransferFunction? Find(string name) => TransferPresets.Find(name, Session.Dataset, _histogram!);

    private async Task ChooseAsync(string? name)
    {
        if (name == TransferPresets.Mask)
        {
            await ShowMaskAsync();
        }
        else if (name is not null && Find(name) is { } transfer)
        {
            // A preset by value takes the place of an analysis's mask.
            Set(s => s with { Transfer = transfer, Overlay = s.Overlay?.Modality == LabelModality.Lithium ? null : s.Overlay });
        }
    }

    // Every piece that the analysis found, over what is dark as a ghost.
    private async Task ShowMaskAsync()
    {
        if (MaskProblem is null)
        {
            var ask = Ask();
            var histogram = await Catalog.HistogramAsync(Session.Volume(View), default);
            if (ask.IsLast)
            {
                Set(s => s with { Transfer = MaskLook.Ghosts(histogram), Overlay = MaskLook.Of(LabelModality.Lithium) });
            }
        }
    }

    private static string NameOf(VolumeMode mode) => mode switch
    {
        VolumeMode.Maximum => "maximum",
        VolumeMode.Minimum => "minimum",
        VolumeMode.Mean => "mean",
        VolumeMode.Isosurface => "isosurface",
        _ => "transfer function",
    };
}
