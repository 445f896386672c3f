using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// Sizes as xarray writes them: beside an array whose axes have names lies an array of one axis for each of them, with the place of every
/// voxel's middle and a unit in its attributes.
/// </summary>
internal static class CoordinateArrays
{
    private const int MostPlaces = 1 << 20;

    // How far a step may be from the mean step, as a share of it.
    private const double Evenness = 1e-3;

    /// <summary>Where an array lies, as the arrays beside it say; null where they do not, with the reason in the remarks.</summary>
    /// <param name="header">The array.</param>
    /// <param name="order">Which of its axes are z, y and x.</param>
    /// <param name="remarks">Told what was not taken.</param>
    public static FileGeometry? GeometryOf(ArrayHeader header, AxisOrder order, List<string> remarks)
    {
        var array = header.Array;
        var space = new[] { order.Z, order.Y, order.X }.Where(i => i >= 0).ToArray();
        if (header.Axes is not { } axes || order.Y < 0 || order.X < 0 || space.Any(i => axes[i].Name is null))
        {
            return null;
        }

        var said = new List<string>();
        var found = GroupsAbove.First(array.Store, array.Key, group => new Looked(group.Path.Contains('/') ? null : In(group)), []);
        remarks.AddRange(found?.Geometry is null ? said : []);
        return found?.Geometry;

        FileGeometry? In(GroupAbove group)
        {
            var n = array.Shape.Length;
            var (scale, places, units) = (Enumerable.Repeat(1.0, n).ToArray(), new double[n], new string?[n]);
            foreach (var i in space)
            {
                if (StepOf(group.Store, group.Store.Join(group.Key, axes[i].Name!), array.Shape[i], said) is not var (step, first, unit))
                {
                    return null;
                }

                (scale[i], places[i], units[i]) = (step, first, unit);
            }

            var named = axes.Select((a, i) => a with { Unit = units[i] }).ToArray();
            return ChunkedGeometry.Of(array.Name, order, scale, places, named, "coordinate arrays' step", said);
        }
    }

    // What the nearest group has; no other is looked at.
    private sealed record Looked(FileGeometry? Geometry);

    private static (double Step, double First, string? Unit)? StepOf(KeyStore store, string key, long length, List<string> remarks)
    {
        if (length is < 2 or > MostPlaces || !ArrayHeader.IsThere(store, key)
            || ArrayHeader.TryRead(store, key) is not { Array.Shape: [var count] } header || count != length)
        {
            return null;
        }

        var unit = header.Attributes["units"]?.ToString() ?? header.Attributes["unit"]?.ToString();
        var places = Read(new ChunkedVolume(header.Array, new AxisOrder(-1, -1, 0, -1)));
        var step = ((double)places[^1] - places[0]) / (places.Length - 1);

        // Places are rounded to 32-bit floats.
        if (step > 0 && places.Select((p, i) => Math.Abs(places[0] + i * step - p) - 1e-6 * Math.Abs(p)).Max() < Evenness * step)
        {
            return (step, places[0], unit);
        }

        remarks.Add($"Its coordinates {key} do not rise evenly, so no size was taken from them.");
        return null;
    }

    private static float[] Read(ChunkedVolume volume)
    {
        var samples = new byte[volume.Shape.X * volume.SampleBytes];
        var box = new VoxelBox(new(0, 0, 0), new(1, 1, volume.Shape.X));
        for (var i = 0; i < volume.ChunkCount.X; i++)
        {
            var chunk = new VoxelIndex(0, 0, i);
            volume.Place(KeyStore.Wait(() => volume.ReadAsync(chunk, CancellationToken.None)), chunk, box, samples);
        }

        var type = volume.Array.Samples.StoredAs();
        var voxels = new byte[volume.Shape.X * type.Size()];
        volume.ToVoxels(samples, voxels);
        var places = new float[volume.Shape.X];
        Zarr.DenseLevels.ToFloat(voxels, type, places);
        return places;
    }
}
