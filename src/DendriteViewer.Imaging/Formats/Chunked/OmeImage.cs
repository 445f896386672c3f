using System.Globalization;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>An OME-Zarr image: its levels opened, and held against what the image says of them.</summary>
internal static class OmeImage
{
    private const string From = "OME-NGFF's scale";

    /// <summary>Opens the levels of an image.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The image's group.</param>
    /// <param name="image">What the group says.</param>
    /// <param name="needsAll">Whether all levels are used, so that each must be there; else only the finest must.</param>
    /// <param name="remarks">What is known of the image already, first.</param>
    /// <exception cref="VolumeFormatException">A level is missing, or levels and image disagree about the finest.</exception>
    public static ChunkedImage Of(KeyStore store, string key, OmeMultiscale image, bool needsAll, List<string> remarks)
    {
        var path = store.NameOf(key);
        var finest = LevelAt(0);
        var shape = finest.Array.Shape;
        var axes = AxesOf(path, image, finest, remarks, out var order);
        var levels = new List<ChunkedLevel> { Level(finest.Array, image.Datasets[0]) };
        for (var i = 1; i < image.Datasets.Count; i++)
        {
            try
            {
                levels.Add(Level(LevelAt(i).Array, image.Datasets[i]));
            }
            catch (VolumeFormatException e) when (!needsAll)
            {
                remarks.Add($"One of its coarser levels cannot be read: {e.Message}");
                continue;
            }

            Check(path, image, order, levels[0], levels[^1], i, remarks);
        }

        var geometry = image.Datasets[0] is { Scale: { } scale, Translation: { } translation }
            ? ChunkedGeometry.Of(path, order, scale, translation, axes, From, remarks) : null;
        TimeRemark(order, image.Datasets[0].Scale, axes, shape, remarks);
        remarks.AddRange(image.Remarks());
        return new ChunkedImage($"OME-Zarr {image.Version ?? "0.5"}", order, levels, geometry, remarks);

        ArrayHeader LevelAt(int i) => ArrayHeader.TryRead(store, store.Join(key, image.Datasets[i].Path))
            ?? throw new VolumeFormatException(Missing(store, store.Join(key, image.Datasets[i].Path)));
    }

    /// <summary>An array by itself that an image above it names as one of its levels.</summary>
    /// <param name="header">The array.</param>
    /// <param name="image">What the image says.</param>
    /// <param name="level">Which of its levels the array is.</param>
    /// <param name="path">The image's name, for people.</param>
    /// <exception cref="VolumeFormatException">Array and image disagree.</exception>
    public static ChunkedImage OfLevel(ArrayHeader header, OmeMultiscale image, int level, string path)
    {
        var (dataset, remarks) = (image.Datasets[level], new List<string>());
        var axes = AxesOf(header.Array.Name, image, header, remarks, out var order);
        var geometry = dataset is { Scale: { } scale, Translation: { } translation }
            ? ChunkedGeometry.Of(header.Array.Name, order, scale, translation, axes, $"image's scale for its level {level}", remarks)
            : null;
        remarks.Insert(0, $"It is level {level}, {dataset.Path}, of the image {path}{(level > 0 ? ", which has finer ones" : "")}.");
        TimeRemark(order, dataset.Scale, axes, header.Array.Shape, remarks);
        return new ChunkedImage(header.Array.Format, order, [Level(header.Array, dataset)], geometry, remarks);
    }

    /// <summary>Why an array that metadata name cannot be opened.</summary>
    public static string Missing(KeyStore store, string key) =>
        store.Forbidden.FirstOrDefault(f => f.StartsWith(key + "/", StringComparison.Ordinal)) is { } forbidden
            ? $"{store.NameOf(forbidden)} answers 403 (forbidden); get the right to read it, or download the data."
            : $"{store.NameOf(key)}, a level of its image, does not exist; copy it again from its source.";

    private static ChunkedLevel Level(ChunkedArray array, OmeDataset dataset)
    {
        var n = array.Shape.Length;
        return dataset.Scale is null || dataset.Scale.Length == n
            ? new ChunkedLevel(array, dataset.Scale ?? Enumerable.Repeat(1.0, n).ToArray(), dataset.Translation ?? new double[n])
            : throw new VolumeFormatException(
                $"{array.Name} has {n} axes, but its image gives it a scale of {dataset.Scale.Length} numbers; correct the metadata.");
    }

    private static IReadOnlyList<NamedAxis> AxesOf(
        string path, OmeMultiscale image, ArrayHeader finest, List<string> remarks, out AxisOrder order)
    {
        var shape = finest.Array.Shape;
        if (image.Axes is { } axes && axes.Count != shape.Length)
        {
            var names = string.Join(", ", axes.Select(a => a.Name ?? "?"));
            throw new VolumeFormatException(
                $"{path} has an image of {axes.Count} axes ({names}), but its level {finest.Array.Name} has {shape.Length}"
                + $" ({string.Join(" × ", shape)}); correct the metadata.");
        }

        order = NamedAxis.OrderOf(path, shape, finest.Axes, image.Axes, remarks);
        return image.Axes ?? finest.Axes ?? Enumerable.Repeat(new NamedAxis(null), shape.Length).ToArray();
    }

    // A level that is finer than the first would be overlooked; one whose shape and scale do not go together leaves both in doubt.
    private static void Check(
        string path, OmeMultiscale image, AxisOrder order, ChunkedLevel finest, ChunkedLevel level, int number, List<string> remarks)
    {
        var (first, name) = (image.Datasets[0].Path, image.Datasets[number].Path);
        if (finest.Array.Shape.Length != level.Array.Shape.Length)
        {
            remarks.Add($"Its level {name} has {level.Array.Shape.Length} axes, and the finest {finest.Array.Shape.Length}.");
            return;
        }

        var space = new[] { order.Z, order.Y, order.X }.Where(i => i >= 0).ToArray();
        if (space.Any(i => level.Array.Shape[i] > finest.Array.Shape[i]) || space.Any(i => level.Scale[i] < finest.Scale[i] * (1 - 1e-6)))
        {
            throw new VolumeFormatException(
                $"{path} names its level {first} ({Shape(finest)}) before {name} ({Shape(level)}), which is finer; put the finest first.");
        }

        if (image.Datasets[0].Scale is null || image.Datasets[number].Scale is null)
        {
            return;
        }

        if (!level.FitsTo(finest, order))
        {
            var factors = space.Select(i => (level.Scale[i] / finest.Scale[i]).ToString("0.###", CultureInfo.InvariantCulture));
            remarks.Add(
                $"Its level {name} has {Shape(level)} voxels, but a scale {string.Join(" × ", factors)} times that of the finest level,"
                + $" which has {Shape(finest)}: one of these is wrong, perhaps the finest's scale.");
        }

        string Shape(ChunkedLevel of) => string.Join(" × ", space.Select(i => of.Array.Shape[i]));
    }

    private static void TimeRemark(AxisOrder order, double[]? scale, IReadOnlyList<NamedAxis> axes, long[] shape, List<string> remarks)
    {
        if (order.Time >= 0 && shape[order.Time] > 1 && scale is not null && (scale[order.Time] != 1 || axes[order.Time].Unit is not null))
        {
            var step = scale[order.Time].ToString("R", CultureInfo.InvariantCulture);
            var unit = axes[order.Time].Unit is { } u ? OneLine.Of(u) : "of an unknown unit";
            remarks.Add($"Its times are {step} {unit} apart, which was not taken; give the hours of each.");
        }
    }
}
