using System.Globalization;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Masks;

namespace DendriteViewer.Analysis.Lithium;

/// <summary>
/// What the chosen version of a mask changed in the last analysis: the voxels that were painted and those that were taken away, from the
/// labels that this analysis kept, the corrected ones and the automatic ones beside them.
/// </summary>
/// <param name="Use">The version.</param>
/// <param name="Added">Voxels of it that the automatic mask does not have.</param>
/// <param name="Removed">Voxels that only the automatic mask has.</param>
internal sealed record StoredMask(MaskUse Use, BitVolume Added, BitVolume Removed)
{
    /// <summary>Reads it; null where numbers of that time rest on the automatic mask.</summary>
    /// <param name="store">Where the labels are.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="hours">Hours of the mask.</param>
    /// <param name="shape">Voxels of the pristine scan, whose grid labels have.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">The labels are damaged, incomplete, or of another grid.</exception>
    public static async Task<StoredMask?> TryReadAsync(
        DatasetStore store, Dataset dataset, double hours, VolumeShape shape, CancellationToken ct)
    {
        if (dataset.Labels.FirstOrDefault(l => l.Key == new VolumeKey(LabelModality.Lithium, hours)) is not { Corrected: { } use } chosen)
        {
            return null;
        }

        var automatic = dataset.Labels.FirstOrDefault(l => l.Key == new VolumeKey(LabelModality.LithiumAutomatic, hours));
        if (automatic is null || automatic.Shape != shape || chosen.Shape != shape)
        {
            throw new VolumeFormatException(string.Create(CultureInfo.InvariantCulture,
                $"The labels of the mask at {hours:0.##} h do not fit the scans of now; run the analysis again."));
        }

        var (now, before) = (await ReadAsync(store, chosen, ct), await ReadAsync(store, automatic, ct));
        return new StoredMask(use, now.Clone().AndNot(before), before.AndNot(now));
    }

    private static async Task<BitVolume> ReadAsync(DatasetStore store, VolumeInfo labels, CancellationToken ct)
    {
        var reader = await store.ReaderAsync(labels, ct);
        var level = reader.Levels[0];
        var (s, set) = (level.Shape, new BitVolume(level.Shape.Z, level.Shape.Y, level.Shape.X));
        using var slices = new SlidingSlices(reader, level);
        for (var z0 = 0; z0 < s.Z; z0 += level.Brick.Z)
        {
            var z1 = Math.Min(s.Z, z0 + level.Brick.Z);
            await slices.HoldAsync(z0, z1, ct);
            for (var z = z0; z < z1; z++)
            {
                for (var y = 0; y < s.Y; y++)
                {
                    SetRow(set, z, y, slices.Slices[z].AsSpan(y * s.X, s.X));
                }
            }
        }

        return set;
    }

    // Most of a row has no label.
    private static void SetRow(BitVolume set, int z, int y, ReadOnlySpan<float> row)
    {
        var from = 0;
        while (from < row.Length && row[from..].IndexOfAnyExcept(0f) is >= 0 and var skip)
        {
            from += skip;
            var length = row[from..].IndexOf(0f) is >= 0 and var end ? end : row.Length - from;
            set.SetRow(z, y, from, from + length);
            from += length;
        }
    }
}
