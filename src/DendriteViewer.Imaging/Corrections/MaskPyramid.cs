using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// How the coarser levels of a mask follow from the finest, by the rule by which labels are halved: a voxel is of the mask where two or
/// more of the up to eight that it covers are.
/// </summary>
/// <param name="levels">The levels, finest first.</param>
internal sealed class MaskPyramid(IReadOnlyList<PyramidLevel> levels)
{
    /// <summary>The brick of the next level that covers a brick.</summary>
    public BrickIndex ParentOf(BrickIndex brick)
    {
        var (fine, coarse) = (levels[brick.Level], levels[brick.Level + 1]);
        return new BrickIndex(
            brick.Level + 1, brick.Z / (coarse.FactorZ / fine.FactorZ), brick.Y / (coarse.FactorY / fine.FactorY),
            brick.X / (coarse.FactorX / fine.FactorX));
    }

    // Rows of 64 voxels are words; a child gives half a word of each row of its parent that it covers.
    private void HalveRows(ulong[] from, ulong[] to, (int Z, int Y, int X) at)
    {
        var (depth, height) = (levels[0].Brick.Z, levels[0].Brick.Y);
        for (var z = 0; z < depth / 2; z++)
        {
            for (var y = 0; y < height / 2; y++)
            {
                var row = 2 * z * height + 2 * y;
                ref var word = ref to[(at.Z + z) * height + at.Y + y];
                word = word & ~((ulong)uint.MaxValue << at.X)
                    | (ulong)MaskBits.Halve(from[row], from[row + 1], from[row + height], from[row + height + 1]) << at.X;
            }
        }
    }

    /// <summary>A brick with the parts that its changed children cover made anew.</summary>
    /// <param name="parent">The brick.</param>
    /// <param name="before">Its voxels before.</param>
    /// <param name="children">The changed bricks of the finer level that it covers, with their voxels.</param>
    public ulong[] Halved(BrickIndex parent, ulong[] before, IEnumerable<(BrickIndex At, ulong[] Set)> children)
    {
        var (fine, coarse) = (levels[parent.Level - 1], levels[parent.Level]);
        var (b, set) = (coarse.Brick, (ulong[])before.Clone());
        var (fz, fy, fx) = (coarse.FactorZ / fine.FactorZ, coarse.FactorY / fine.FactorY, coarse.FactorX / fine.FactorX);
        foreach (var (child, from) in children)
        {
            // Where the child begins in the parent, in the parent's voxels.
            var (z0, y0, x0) = (
                child.Z * b.Z / fz - parent.Z * b.Z, child.Y * b.Y / fy - parent.Y * b.Y, child.X * b.X / fx - parent.X * b.X);
            if ((fz, fy, fx, b.X) == (2, 2, 2, 64))
            {
                HalveRows(from, set, (z0, y0, x0));
                continue;
            }

            for (var z = 0; z < b.Z / fz; z++)
            {
                for (var y = 0; y < b.Y / fy; y++)
                {
                    for (var x = 0; x < b.X / fx; x++)
                    {
                        var n = 0;
                        for (var k = 0; k < fz * fy * fx; k++)
                        {
                            var (dz, dy, dx) = (k / (fy * fx), k / fx % fy, k % fx);
                            n += MaskBits.Get(from, ((z * fz + dz) * b.Y + y * fy + dy) * b.X + x * fx + dx) ? 1 : 0;
                        }

                        MaskBits.Put(set, ((z0 + z) * b.Y + y0 + y) * b.X + x0 + x, n >= 2);
                    }
                }
            }
        }

        return set;
    }
}
