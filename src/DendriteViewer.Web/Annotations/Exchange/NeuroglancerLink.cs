using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>
/// A link that opens a scan and its annotations in neuroglancer, on the same OME-Zarr as this app reads. It can only be of a dataset that
/// is open to everybody, and where the store can be read from the web by anybody: where Dendrite:PublicStore says at which address.
/// </summary>
/// <param name="Url">The link; null where there can be none.</param>
/// <param name="Reason">Why there is none, a sentence; null where there is one.</param>
public sealed record NeuroglancerLink(string? Url, string? Reason)
{
    private const string Viewer = "https://neuroglancer-demo.appspot.com/#!";

    // Browsers and servers on the way take longer addresses, but not all of them.
    private const int MostCharacters = 60_000;

    /// <summary>The link of a scan.</summary>
    /// <param name="set">What is shown over it.</param>
    /// <param name="scan">Hours and modality.</param>
    /// <param name="store">The public address of the store, or null.</param>
    /// <param name="isPublic">Whether the dataset is open to everybody.</param>
    public static NeuroglancerLink Of(AnnotationSet set, DefaultScan scan, string? store, bool isPublic)
    {
        var volume = set.Dataset.Find(scan.Modality, scan.Hours);
        if (volume is null)
        {
            return new(null, "Not available because the dataset has no such scan.");
        }

        if (string.IsNullOrEmpty(store) || !isPublic)
        {
            string[] missing =
            [
                .. isPublic ? Array.Empty<string>() : ["this dataset is not open to everybody, which an owner can change under People"],
                .. store is { Length: > 0 } ? Array.Empty<string>()
                    : ["this server's store is not public; its operator sets Dendrite:PublicStore where it is"],
            ];
            return new(null, $"Not available because {string.Join("; and ", missing)}.");
        }

        if (volume.Transform != volume.StatedTransform || !IsScaled(volume))
        {
            return new(
                null, "Not available because the scan was registered or turned after it was stored, which its OME-Zarr does not say.");
        }

        var voxel = new[] { volume.VoxelSize.Z, volume.VoxelSize.Y, volume.VoxelSize.X };
        var path = volume.LinkedTo is { } linked ? linked["blob:".Length..] : volume.Prefix;
        var shown = set with
        {
            Sites = [.. set.Sites.Where(s => SiteChains.PositionsOf(s)[0].Hours <= scan.Hours)],
            Drawn = [.. set.Drawn.Where(m => m.Hours == scan.Hours && m.Modality == scan.Modality)],
        };
        var state = new JsonObject
        {
            ["dimensions"] = NeuroglancerFile.Dimensions(voxel),
            ["layers"] = new JsonArray(
                new JsonObject { ["type"] = "image", ["name"] = scan.Modality,
                    ["source"] = $"zarr://{store.TrimEnd('/')}/{path.TrimEnd('/')}" },
                NeuroglancerFile.Layer(shown, scan.Hours)),
            ["layout"] = "4panel",
        };
        var url = Viewer + Uri.EscapeDataString(state.ToJsonString());
        return url.Length <= MostCharacters ? new(url, null)
            : new(null, "Not available because there are more annotations than a link can carry; export the layer and load it there.");
    }

    private static bool IsScaled(VolumeInfo volume)
    {
        var m = volume.Transform.Rows;
        return m[1] == 0 && m[2] == 0 && m[4] == 0 && m[6] == 0 && m[8] == 0 && m[9] == 0;
    }
}
