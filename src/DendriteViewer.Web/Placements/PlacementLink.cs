using System.Globalization;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.WebUtilities;

namespace DendriteViewer.Web.Placements;

/// <summary>
/// By which versions volumes of the hour that is shown were placed when a link was made: <c>placed=MODALITY:VERSION,…</c>, 0 for as handed
/// over. A link shows them by these versions, whatever holds when it is opened.
/// </summary>
public static class PlacementLink
{
    /// <summary>The field's name.</summary>
    public const string Field = "placed";

    private const int MostVolumes = 20;
    private const string Unreadable = "By which versions volumes were placed (placed) cannot be read of this link.";

    /// <summary>The field's text; empty where nothing of the hour can be placed.</summary>
    public static string Format(Dataset dataset, double hours) => string.Join(',', PlacementDesk.MovableOf(dataset)
        .Where(v => v.Key.Hours == hours).Take(MostVolumes)
        .Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Key.Modality}:{PlacementDesk.VersionOf(dataset, v.Key)}")));

    /// <summary>The field of a link as it stands there; empty where it has none.</summary>
    public static string TextOf(string? link) => QueryHelpers.ParseQuery(link ?? "").GetValueOrDefault(Field).ToString();

    /// <summary>The versions that a link names, where they are others than those that hold.</summary>
    /// <param name="store">Where versions are kept.</param>
    /// <param name="dataset">The dataset as it is.</param>
    /// <param name="link">The link.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>
    /// The versions, null where the link names none or those that hold; and what of it cannot be shown, null where all can.
    /// </returns>
    public static async Task<(FrozenPlacements? Frozen, LinkRemark? Remark)> ReadAsync(
        PlacementStore store, Dataset dataset, string? link, CancellationToken ct)
    {
        if (TextOf(link) is not { Length: > 0 } text)
        {
            return (null, null);
        }

        if (Parse(text, HoursOf(dataset, link)) is not { } named)
        {
            return (null, new LinkRemark(Field, Unreadable));
        }

        // A volume that is gone is told of by whatever shows it.
        var there = named.Where(v => dataset.Volumes.Any(d => d.Key == v.Key)).ToDictionary();
        if (there.All(v => PlacementDesk.VersionOf(dataset, v.Key) == v.Value))
        {
            return (null, null);
        }

        if (dataset.Kept is { KeepsVolumes: true })
        {
            return (null, new LinkRemark(Field, FrozenState.OtherPlacements));
        }

        try
        {
            return (await store.FreezeAsync(dataset, there, ct), null);
        }
        catch (VolumeFormatException e)
        {
            return (null, new LinkRemark(Field, $"{e.Message} The link’s volumes are shown where they lie now."));
        }
    }

    /// <summary>The dataset as a program's address shows it: where its versions put volumes.</summary>
    /// <exception cref="OutOfRangeException">The field cannot be read, or names a version that there is not.</exception>
    public static async Task<Dataset> OverAsync(PlacementStore store, Dataset dataset, string? link, CancellationToken ct)
    {
        var (frozen, remark) = await ReadAsync(store, dataset, link, ct);
        return remark is not null ? throw new OutOfRangeException(remark.Text) : frozen?.Over(dataset) ?? dataset;
    }

    /// <summary>What a page says of the versions by which it shows volumes; empty where they are those that hold.</summary>
    /// <param name="shown">The dataset as it is shown.</param>
    /// <param name="now">The dataset as it is.</param>
    public static IReadOnlyList<string> Differences(Dataset shown, Dataset now) => [.. shown.Volumes
        .Select(v => (v.Key, Then: PlacementDesk.VersionOf(shown, v.Key), Now: PlacementDesk.VersionOf(now, v.Key)))
        .Where(v => v.Then != v.Now)
        .Select(v => $"{v.Key.Modality} {Name(v.Then)} (now {Name(v.Now)})")];

    private static Dictionary<VolumeKey, int>? Parse(string text, double hours)
    {
        var versions = new Dictionary<VolumeKey, int>();
        foreach (var part in text.Split(','))
        {
            if (versions.Count == MostVolumes || part.Split(':') is not [{ Length: > 0 } modality, var number]
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            {
                return null;
            }

            versions[new VolumeKey(modality, hours)] = version;
        }

        return versions;
    }

    // The hour that a link shows: that of the scan nearest to the one that it names.
    private static double HoursOf(Dataset dataset, string? link)
    {
        var first = dataset.Volumes[0].Key;
        var view = ViewLink.Parse(link, new Imaging.Rendering.ViewState { Modality = first.Modality, Hours = first.Hours });
        return (dataset.Nearest(view.Modality, view.Hours) ?? dataset.Nearest(first.Modality, view.Hours))!.Key.Hours;
    }

    private static string Name(int version) =>
        version == 0 ? "where the stage says" : string.Create(CultureInfo.InvariantCulture, $"by v{version}");
}
