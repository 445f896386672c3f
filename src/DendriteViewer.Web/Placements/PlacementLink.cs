using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.WebUtilities;

namespace DendriteViewer.Web.Placements;

/// <summary>
/// By which versions volumes of the hour that is shown were placed when a link was made: <c>placed=MODALITY:VERSION,…</c>, 0 for as handed
/// over. A link shows where they lie when it is opened, and says so where that is another version.
/// </summary>
public static class PlacementLink
{
    /// <summary>The field's name.</summary>
    public const string Field = "placed";

    private const int MostVolumes = 20;

    /// <summary>The field's text; empty where nothing of the hour can be placed.</summary>
    public static string Format(Dataset dataset, double hours) => string.Join(',', PlacementDesk.MovableOf(dataset)
        .Where(v => v.Key.Hours == hours).Take(MostVolumes)
        .Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Key.Modality}:{PlacementDesk.VersionOf(dataset, v.Key)}")));

    /// <summary>What lies elsewhere than when a link was made, a sentence; null where nothing does, or the link does not say.</summary>
    public static LinkRemark? RemarkOf(ViewSession session, string? query)
    {
        if (!QueryHelpers.ParseQuery(query ?? "").TryGetValue(Field, out var text))
        {
            return null;
        }

        var moved = new List<string>();
        foreach (var part in text.ToString().Split(',', MostVolumes + 1).Take(MostVolumes))
        {
            if (part.Split(':') is not [var modality, var number]
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var then))
            {
                return new LinkRemark(Field, "By which versions volumes were placed (placed) cannot be read of this link.");
            }

            var key = new VolumeKey(modality, session.Current.View.Hours);
            var now = PlacementDesk.VersionOf(session.Dataset, key);
            if (now != then && session.Dataset.Find(modality, key.Hours) is not null)
            {
                moved.Add($"{modality} ({Name(then)} then, {Name(now)} now)");
            }
        }

        return moved.Count == 0 ? null : new LinkRemark(
            Field, $"Placed elsewhere since this link was made: {string.Join(", ", moved)}. It is shown where it lies now.");

        static string Name(int version) => version == 0 ? "by the stage" : $"v{version}";
    }
}
