using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Masks;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>A box of voxels: from the first index along each axis to the one after the last.</summary>
internal readonly record struct VoxelBox(int Z0, int Y0, int X0, int Z1, int Y1, int X1)
{
    public long Count => IsEmpty ? 0 : (long)(Z1 - Z0) * (Y1 - Y0) * (X1 - X0);

    public bool IsEmpty => Z0 >= Z1 || Y0 >= Y1 || X0 >= X1;

    public VoxelBox In(VoxelBox o) => new(
        Math.Max(Z0, o.Z0), Math.Max(Y0, o.Y0), Math.Max(X0, o.X0), Math.Min(Z1, o.Z1), Math.Min(Y1, o.Y1), Math.Min(X1, o.X1));

    public static VoxelBox Of(VolumeShape s) => new(0, 0, 0, s.Z, s.Y, s.X);
}

/// <summary>
/// A mark as voxels of one grid. It is made of parts, each within a box: the straight pieces of a stroke, the runs of a fill. Boxes say
/// what a mark can touch, so that its cost goes with its own size; within them every voxel is judged by its definition.
/// </summary>
internal abstract class MaskRaster(bool erase, VoxelBox[] boxes)
{
    // Voxels that a mark may look at: some tenths of a second.
    private const long MostVoxels = 32_000_000;

    /// <summary>The boxes of the parts; a part outside of the volume has an empty one.</summary>
    public IReadOnlyList<VoxelBox> Boxes => boxes;

    /// <summary>Voxels in the boxes.</summary>
    public long Work => boxes.Sum(b => b.Count);

    /// <summary>The mark on a grid.</summary>
    /// <param name="mark">The mark.</param>
    /// <param name="shape">Voxels of the grid.</param>
    /// <param name="transform">Voxel to world, µm.</param>
    /// <exception cref="OutOfRangeException">It touches nothing of the grid, or too much.</exception>
    public static MaskRaster Of(MaskMark mark, VolumeShape shape, AffineTransform transform)
    {
        MaskRaster raster = mark switch
        {
            BrushMark brush => BrushRaster.Of(brush.Checked(), shape, transform),
            FillMark fill => new FillRaster(fill.Checked(shape)),
            _ => throw new ArgumentException("The mark is of no kind that is known."),
        };
        return raster.Work switch
        {
            0 => throw new OutOfRangeException("The stroke lies outside of the scan."),
            > MostVoxels => throw new OutOfRangeException(
                "The stroke covers more voxels than can be corrected at once; take a smaller brush or a shorter stroke."),
            _ => raster,
        };
    }

    /// <summary>Sets or clears the mark's voxels of a whole volume in memory.</summary>
    public void Apply(BitVolume set)
    {
        for (var part = 0; part < boxes.Length; part++)
        {
            var box = boxes[part];
            for (var z = box.Z0; z < box.Z1; z++)
            {
                for (var y = box.Y0; y < box.Y1; y++)
                {
                    Row(part, z, y, box.X0, box.X1, set.Row(z, y), 0);
                }
            }
        }
    }

    /// <summary>Sets or clears the voxels of a part in one row.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="z">The row's z.</param>
    /// <param name="y">The row's y.</param>
    /// <param name="x0">First x that is looked at.</param>
    /// <param name="x1">The x after the last.</param>
    /// <param name="bits">Bits of the row's voxels.</param>
    /// <param name="at">The bit of x = 0.</param>
    public abstract void Row(int part, int z, int y, int x0, int x1, Span<ulong> bits, int at);

    // Whether a voxel is as the mark would leave it, whatever part of it came there before.
    private protected bool IsDone(ReadOnlySpan<ulong> bits, int bit) => ((bits[bit >> 6] >> bit & 1) == 0) == erase;

    private protected void Put(Span<ulong> bits, int bit)
    {
        ref var word = ref bits[bit >> 6];
        word = erase ? word & ~(1UL << bit) : word | 1UL << bit;
    }

    private sealed class FillRaster(FillMark fill) : MaskRaster(fill.Erase, [.. fill.Runs.Chunk(4).Select(
        r => new VoxelBox(r[0], r[1], r[2], r[0] + 1, r[1] + 1, r[3]))])
    {
        public override void Row(int part, int z, int y, int x0, int x1, Span<ulong> bits, int at)
        {
            for (var x = x0; x < x1; x++)
            {
                Put(bits, at + x);
            }
        }
    }
}
