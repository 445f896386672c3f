using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// Finds the image to read in a Zarr or N5 store: an OME-Zarr image, an array, a group of N5's levels, or a group's only array. Written
/// from the specifications (zarr-specs.readthedocs.io v2 and v3, ngff.openmicroscopy.org 0.1 to 0.5, github.com/saalfeldlab/n5).
/// </summary>
internal static class ZarrMetadata
{
    private const int MostDepth = 8;
    private const int MostNamed = 20;
    private const int MostListed = 10_000;
    private static readonly string[] s_names = ["zarr.json", ".zarray", ".zgroup", ".zattrs", "attributes.json"];

    /// <summary>Whether a store holds Zarr or N5, by the metadata at its root.</summary>
    public static bool IsChunked(KeyStore store) => IsNode(store, "");

    /// <summary>Whether one of its folders does, at any depth: groups of N5 need no metadata of their own.</summary>
    public static bool HoldsChunked(KeyStore store) => IsAbove(store, "");

    /// <summary>Opens what a store holds, its finest level.</summary>
    /// <param name="store">The store.</param>
    /// <param name="inside">Key of the group or array to open, "" for the root.</param>
    /// <exception cref="VolumeFormatException">Nothing, too much, or what is not supported.</exception>
    public static VolumeFile Open(KeyStore store, string inside = "") =>
        Guarded(store, () => new ChunkedFile(Find(store, store.Join(inside, ""), 0, allLevels: false)));

    /// <summary>All levels of what a store holds.</summary>
    /// <exception cref="VolumeFormatException">Nothing, too much, or what is not supported.</exception>
    public static ChunkedImage Levels(KeyStore store) => Guarded(store, () => Find(store, "", 0, allLevels: true));

    /// <summary>What a group's metadata say besides what the format does.</summary>
    public static JsonObject AttributesOf(KeyStore store, string key) =>
        JsonText.Read(store, store.Join(key, "zarr.json")) is { } v3 ? v3["attributes"] as JsonObject ?? []
        : JsonText.Read(store, store.Join(key, ".zattrs")) ?? JsonText.Read(store, store.Join(key, "attributes.json")) ?? [];

    /// <summary>Whether an exception comes from metadata that are damaged or not supported.</summary>
    public static bool IsUnreadable(Exception e) =>
        e is VolumeFormatException or JsonException or InvalidOperationException or FormatException or KeyNotFoundException
            or NullReferenceException or ArgumentException or OverflowException or InvalidCastException;

    /// <summary>What is wrong, in a few words.</summary>
    public static string Brief(Exception e) => e.Message.Split('\n', '|')[0].TrimEnd('.', ' ');

    private static T Guarded<T>(KeyStore store, Func<T> find)
    {
        try
        {
            return find();
        }
        catch (Exception e) when (IsUnreadable(e) && e is not VolumeFormatException)
        {
            throw new VolumeFormatException(
                $"{store.Path} has metadata that cannot be read ({Brief(e)}); correct them, or copy it again from its source.", e);
        }
    }

    private static ChunkedImage Find(KeyStore store, string key, int depth, bool allLevels)
    {
        if (ArrayHeader.TryRead(store, key) is { } array)
        {
            return WithForbidden(store, SingleArray.Of(array));
        }

        var attributes = AttributesOf(store, key);
        if (Multiscales(attributes) is { } multiscales && !IsOfN5(multiscales))
        {
            var remarks = new List<string>(ImageRemarks(multiscales, attributes));
            var image = OmeMultiscale.Of(store.NameOf(key), multiscales[0]!.AsObject(), attributes["ome"]?["version"]?.ToString());
            return WithForbidden(store, OmeImage.Of(store, key, image, allLevels, remarks));
        }

        OmeCollection.RefuseOthers(store, key, attributes);

        // bioformats2raw puts the first image below "0".
        if (depth < MostDepth && OmeCollection.Series(store, key, attributes) is { } series)
        {
            var first = Find(store, store.Join(key, series[0]), depth + 1, allLevels);
            var names = string.Join(", ", series.Take(MostNamed));
            return series.Count == 1 ? first : first with
            {
                Remarks = [$"It holds {series.Count} images ({names}); the first, {series[0]}, was taken.", .. first.Remarks],
            };
        }

        return N5Image.TryGroup(store, key, attributes) is { } levels ? WithForbidden(store, levels) : Child(store, key, depth, allLevels);
    }

    // What a group holds that says nothing: its only array, or, without arrays, its only group.
    private static ChunkedImage Child(KeyStore store, string key, int depth, bool allLevels)
    {
        var folders = store.Folders(key).Select(c => store.Join(key, c)).ToArray();
        var arrays = folders.Where(c => ArrayHeader.IsThere(store, c)).Take(MostNamed).ToArray();
        var groups = folders.Except(arrays).Where(c => IsNode(store, c) || IsAbove(store, c)).Take(MostNamed).ToArray();

        // Beside a scan, programs keep the coordinates along its axes.
        var scans = arrays.Length == 1 ? arrays : arrays.Where(a => ArrayHeader.AxesAt(store, a) >= 3).ToArray();
        if (scans.Length == 1)
        {
            var only = Find(store, scans[0], depth + 1, allLevels);
            var others = string.Join(", ", arrays.Except(scans).Concat(groups));
            var kind = arrays.Length == 1 ? "" : " of three axes or more";
            return others.Length == 0 ? only : only with
            {
                Remarks = [.. only.Remarks, $"The array is {scans[0]}, the only one{kind}; beside it lies: {others}."],
            };
        }

        if (arrays.Length > 1)
        {
            return UnnamedPyramid.TryOf(store, scans.Length > 1 ? scans : arrays) ?? throw new VolumeFormatException(
                $"{store.NameOf(key)} holds several arrays ({string.Join(", ", arrays)}); give the path of the one to import, or name it by"
                + " --inside.");
        }

        return groups.Length == 1 && depth < MostDepth ? Find(store, groups[0], depth + 1, allLevels)
            : groups.Length > 1 ? throw new VolumeFormatException(
                $"{store.NameOf(key)} holds several groups ({string.Join(", ", groups)}); give the path of the one to import, or name it by"
                + " --inside.")
            : store.Forbidden.Count > 0 ? throw new VolumeFormatException(
                $"{store.NameOf(store.Forbidden.First())} answers 403 (forbidden); get the right to read it, or download the data.")
            : throw new VolumeFormatException($"{store.NameOf(key)} holds no image and no array; give the folder that does.");
    }

    private static bool IsNode(KeyStore store, string key) => s_names.Any(n => store.Read(store.Join(key, n)) is not null);

    // Whether metadata lie below a key; of a store that cannot be listed, what its consolidated metadata name.
    private static bool IsAbove(KeyStore store, string key) =>
        store.List(key)?.Take(MostListed).Any(k => s_names.Contains(k[(k.LastIndexOf('/') + 1)..])) ?? store.Folders(key).Any();

    private static JsonArray? Multiscales(JsonObject attributes) =>
        (attributes["ome"]?["multiscales"] ?? attributes["multiscales"]) is JsonArray { Count: > 0 } list ? list : null;

    /// <summary>Whether a list of levels is that of N5 (COSEM), which places them by a transform of its own.</summary>
    public static bool IsOfN5(JsonArray multiscales) =>
        (multiscales[0]?["datasets"] as JsonArray)?.FirstOrDefault() is JsonObject first
        && first["transform"] is not null && first["coordinateTransformations"] is null;

    private static IEnumerable<string> ImageRemarks(JsonArray multiscales, JsonObject attributes)
    {
        if (multiscales.Count > 1)
        {
            var names = multiscales.Select(m => m?["name"]?.ToString() ?? "unnamed").Take(MostNamed).Select(OneLine.Quote);
            yield return $"It lists {multiscales.Count} images ({string.Join(", ", names)}); the first was taken.";
        }

        if ((attributes["ome"]?["image-label"] ?? attributes["image-label"]) is not null)
        {
            yield return "It is a label image: its values are numbers of labels, not grey values.";
        }
    }

    // Metadata that may be there, and say more.
    private static ChunkedImage WithForbidden(KeyStore store, ChunkedImage image)
    {
        var keys = string.Join(", ", store.Forbidden);
        return store.Forbidden.Count == 0 ? image : image with
        {
            Remarks = [.. image.Remarks, $"The server answers 403 (forbidden) for {keys}; these were taken as absent."],
        };
    }
}
