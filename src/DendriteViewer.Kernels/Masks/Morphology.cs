using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Masks;

/// <summary>
/// Erosion, dilation, opening and closing of sets of voxels, 64 voxels at a time: a row moved along x is a shift of its words
/// with the bits that cross from word to word; a neighbouring row is or-ed in. What lies outside the volume belongs to no set,
/// and does not erode one either (as scipy's <c>binary_erosion</c> with <c>border_value=1</c>), so that a piece cut by the
/// edge of the scan is not eaten from there.
/// </summary>
public static class Morphology
{
    /// <summary>Every voxel that is in the set or has a neighbour in it.</summary>
    public static BitVolume Dilate(BitVolume set, StructuringElement element)
    {
        var result = new BitVolume(set.Z, set.Y, set.X);
        var last = set.LastMask;
        Parallel.For(0, set.Z, ComputeLane.Options(), z =>
        {
            for (var y = 0; y < set.Y; y++)
            {
                var to = result.Row(z, y);
                set.Row(z, y).CopyTo(to);
                for (var dz = -1; dz <= 1; dz++)
                {
                    for (var dy = -1; dy <= 1; dy++)
                    {
                        if ((uint)(z + dz) < (uint)set.Z && (uint)(y + dy) < (uint)set.Y)
                        {
                            OrShifted(set.Row(z + dz, y + dy), to, element.Has(dz, dy, 1), element.Has(dz, dy, 0), element.Has(dz, dy, -1));
                        }
                    }
                }

                to[^1] &= last;
            }
        });
        return result;
    }

    /// <summary>Every voxel all of whose neighbours in the volume are in the set.</summary>
    public static BitVolume Erode(BitVolume set, StructuringElement element) => Dilate(set.Complement(), element).Complement();

    /// <summary>Erosion, then dilation: what is thinner than the element goes.</summary>
    public static BitVolume Open(BitVolume set, StructuringElement element) => Dilate(Erode(set, element), element);

    /// <summary>Dilation, then erosion: gaps thinner than the element close.</summary>
    public static BitVolume Close(BitVolume set, StructuringElement element) => Erode(Dilate(set, element), element);

    /// <summary>
    /// Every voxel whose centre lies within an ellipsoid of half axes <paramref name="z"/>, <paramref name="y"/>,
    /// <paramref name="x"/> voxels around the centre of a voxel of the set.
    /// </summary>
    public static BitVolume DilateBall(BitVolume set, double z, double y, double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Math.Min(z, Math.Min(y, x)));
        int rz = (int)z, ry = (int)y;

        // One dilation along x for each half width that occurs, then rows of the ellipsoid are or-ed together.
        var offsets = new List<(int Dz, int Dy, int Half)>();
        for (var dz = -rz; dz <= rz; dz++)
        {
            for (var dy = -ry; dy <= ry; dy++)
            {
                var left = 1 - (dz == 0 ? 0 : dz * dz / (z * z)) - (dy == 0 ? 0 : dy * dy / (y * y));
                if (left >= 0)
                {
                    offsets.Add((dz, dy, (int)(x * Math.Sqrt(left) + 1e-9)));
                }
            }
        }

        var result = new BitVolume(set.Z, set.Y, set.X);
        foreach (var group in offsets.GroupBy(o => o.Half))
        {
            var wide = Widen(set, group.Key);
            var rows = group.ToArray();
            Parallel.For(0, set.Z, ComputeLane.Options(), sliceZ =>
            {
                foreach (var (dz, dy, _) in rows)
                {
                    if ((uint)(sliceZ + dz) >= (uint)set.Z)
                    {
                        continue;
                    }

                    for (var row = Math.Max(0, -dy); row < Math.Min(set.Y, set.Y - dy); row++)
                    {
                        OrShifted(wide.Row(sliceZ + dz, row + dy), result.Row(sliceZ, row), false, true, false);
                    }
                }
            });
        }

        return result;
    }

    /// <summary>Adds to a set what it encloses: voxels outside it from which no path over faces leads to the volume's border.</summary>
    public static BitVolume FillHoles(BitVolume set)
    {
        var outside = set.Complement();
        var background = Labelling.ComponentLabeller.Label(outside, StructuringElement.Faces);
        return background.Keep(r => r.Z0 == 0 || r.Y0 == 0 || r.X0 == 0 || r.Z1 == set.Z || r.Y1 == set.Y || r.X1 == set.X).Complement();
    }

    // Each voxel of the set spread by a number of voxels to both sides along x, by doubling.
    private static BitVolume Widen(BitVolume set, int by)
    {
        var wide = set.Clone();
        var last = set.LastMask;
        Parallel.For(0, set.Z, ComputeLane.Options(), () => new ulong[set.Stride], (z, _, copy) =>
        {
            for (var y = 0; y < set.Y; y++)
            {
                var row = wide.Row(z, y);
                for (var i = 0; i < by; i++)
                {
                    row.CopyTo(copy);
                    OrShifted(copy, row, true, false, true);
                    row[^1] &= last;
                }
            }

            return copy;
        }, _ => { });
        return wide;
    }

    // Ors a row into another: moved one voxel down (its right neighbours come to stand here), as it is, moved one voxel up.
    private static void OrShifted(ReadOnlySpan<ulong> from, Span<ulong> to, bool right, bool same, bool left)
    {
        for (var k = 0; k < to.Length; k++)
        {
            var w = from[k];
            var or = same ? w : 0;
            if (right)
            {
                or |= w >> 1 | (k + 1 < from.Length ? from[k + 1] << 63 : 0);
            }

            if (left)
            {
                or |= w << 1 | (k > 0 ? from[k - 1] >> 63 : 0);
            }

            to[k] |= or;
        }
    }
}
