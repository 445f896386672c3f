using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Viewing.Display;

/// <summary>Finer scans inside the one shown: where they lie, and which of them slices show inside its outline.</summary>
public sealed partial class NestedSection
{
    [Inject]
    private ViewSessions Sessions { get; set; } = null!;

    private IReadOnlyList<VolumeInfo> Fields => NestedFields.In(Session.Dataset, Session.Volume(View));

    // Where the scans of other hours have finer ones inside.
    private string Nowhere
    {
        get
        {
            var dataset = Session.Dataset;
            var hours = dataset.Volumes.Where(v => v.Key.Modality == View.Modality && NestedFields.In(dataset, v).Count > 0)
                .Select(v => v.Key.Hours.ToString("0.####", CultureInfo.InvariantCulture) + " h").ToArray();
            return hours.Length > 0 ? $"There is no nano scan inside the scan of this hour; there is at {string.Join(", ", hours)}."
                : "No finer scan lies inside this one. Import a nano scan of the same cell under the same dataset to see it here.";
        }
    }

    /// <inheritdoc/>
    protected override object Shown(ViewState v) => (v.Nested, v.Hours, v.Modality, Session.Dataset.Revision);

    private async Task ChooseAsync(string? modality)
    {
        if (string.IsNullOrEmpty(modality) || Fields.FirstOrDefault(f => f.Key.Modality == modality) is not { } field)
        {
            Set(s => s with { Nested = null });
            return;
        }

        var ask = Ask();
        var look = await Sessions.LookOfAsync(field, View.Nested?.AtEveryZoom ?? false, default);
        if (ask.IsLast)
        {
            Set(s => s with { Nested = look });
        }
    }

    private string Explanation(NestedLook look)
    {
        if (look.AtEveryZoom || Fields.FirstOrDefault(f => f.Key.Modality == look.Modality) is not { } field)
        {
            return "Values outside the outline are those of the scan around it, by its own window.";
        }

        var um = field.VoxelSize.Least / NestedFields.LeastPixels;
        return $"It takes over where slices are zoomed in to {Um(um)} a pixel or closer.";
    }

    private bool IsPlaced(VolumeInfo field) => NestedFields.IsPlaced(Session.Dataset, field.Key);

    private string PlaceOf(VolumeInfo field) => NestedFields.PlacementOf(Session.Dataset, field.Key) switch
    {
        null => IsPlaced(field) ? "where the stage says, declared exact" : "not registered",
        { UncertaintyUm: { } um } => $"placed to ± {Um(um)}",
        _ => "placed, how well is not known",
    };

    private string NameOf(string? modality) => string.IsNullOrEmpty(modality) ? $"{View.Modality}, as around it" : modality;

    private static string Um(double um) => um.ToString("G3", CultureInfo.InvariantCulture) + " µm";
}
