using System.Buffers.Binary;
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
        try
        {
            if (length is < 2 or > MostPlaces || !ArrayHeader.IsThere(store, key)
                || ArrayHeader.TryRead(store, key) is not { Array.Shape: [var count] } header || count != length)
            {
                return null;
            }

            var places = Read(new ChunkedVolume(header.Array, new AxisOrder(-1, -1, 0, -1)));
            var step = (places[^1] - places[0]) / (places.Length - 1);
            var rounding = header.Array.Samples is SampleType.Float64 ? 1e-12 : 1e-6;
            if (step > 0 && places.Select((p, i) => Math.Abs(places[0] + i * step - p) - rounding * Math.Abs(p)).Max() < Evenness * step)
            {
                return (step, places[0], header.Attributes["units"]?.ToString() ?? header.Attributes["unit"]?.ToString());
            }

            remarks.Add($"Its coordinates {key} do not rise evenly, so no size was taken from them.");
        }
        catch (Exception e) when (ZarrMetadata.IsUnreadable(e))
        {
            remarks.Add($"Its coordinates {key} cannot be read ({ZarrMetadata.Brief(e)}), so no size was taken from them.");
        }

        return null;
    }

    private static double[] Read(ChunkedVolume volume)
    {
        var (type, size) = (volume.Array.Samples, volume.SampleBytes);
        var samples = new byte[volume.Shape.X * size];
        var box = new VoxelBox(new(0, 0, 0), new(1, 1, volume.Shape.X));
        for (var i = 0; i < volume.ChunkCount.X; i++)
        {
            var chunk = new VoxelIndex(0, 0, i);
            volume.Place(KeyStore.Wait(() => volume.ReadAsync(chunk, CancellationToken.None)), chunk, box, samples);
        }

        // Not as voxels, which are 32-bit floats: places may be far from 0.
        var places = new double[volume.Shape.X];
        for (var i = 0; i < places.Length; i++)
        {
            var sample = samples.AsSpan(i * size, size);
            if (volume.Array.BigEndian)
            {
                sample.Reverse();
            }

            places[i] = type switch
            {
                SampleType.UInt8 => sample[0],
                SampleType.Int8 => (sbyte)sample[0],
                SampleType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(sample),
                SampleType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(sample),
                SampleType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(sample),
                SampleType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(sample),
                SampleType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(sample),
                SampleType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(sample),
                SampleType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(sample),
                SampleType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(sample),
                _ => BinaryPrimitives.ReadDoubleLittleEndian(sample),
            };
        }

        return places;
    }
}
