using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>The voxels that a fill has found so far, a bit each in the bricks that it came to, and how many runs they are.</summary>
/// <param name="brick">Shape of a brick.</param>
internal sealed class FoundVoxels(VolumeShape brick)
{
    private readonly Dictionary<BrickIndex, ulong[]> _bits = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Runs along x that they are; a run ends with its brick.</summary>
    public int Runs { get; private set; }

    /// <summary>The brick of a voxel.</summary>
    public BrickIndex BrickOf(VoxelIndex v) => new(0, v.Z / brick.Z, v.Y / brick.Y, v.X / brick.X);

    /// <summary>A voxel's bit in its brick.</summary>
    public int BitOf(VoxelIndex v) => ((v.Z % brick.Z * brick.Y) + v.Y % brick.Y) * brick.X + v.X % brick.X;

    /// <summary>Whether a voxel was found before.</summary>
    public bool Contains(VoxelIndex v) => _bits.TryGetValue(BrickOf(v), out var bits) && MaskBits.Get(bits, BitOf(v));

    /// <summary>Adds a voxel that was not found before.</summary>
    public void Add(VoxelIndex v)
    {
        if (!_bits.TryGetValue(BrickOf(v), out var bits))
        {
            _bits[BrickOf(v)] = bits = new ulong[(brick.Count + 63) / 64];
        }

        var (at, x) = (BitOf(v), v.X % brick.X);
        MaskBits.Put(bits, at, true);
        Count++;
        Runs += 1 - (x > 0 && MaskBits.Get(bits, at - 1) ? 1 : 0) - (x + 1 < brick.X && MaskBits.Get(bits, at + 1) ? 1 : 0);
    }

    /// <summary>The runs as <see cref="FillMark.Runs"/> has them.</summary>
    public List<int> ToRuns()
    {
        var runs = new List<int>(4 * Runs);
        foreach (var (at, bits) in _bits.OrderBy(p => (p.Key.Z, p.Key.Y, p.Key.X)))
        {
            for (var row = 0; row < brick.Z * brick.Y; row++)
            {
                for (var x = 0; x < brick.X; x++)
                {
                    var from = x;
                    while (x < brick.X && MaskBits.Get(bits, row * brick.X + x))
                    {
                        x++;
                    }

                    if (x > from)
                    {
                        var (z, y) = (at.Z * brick.Z + row / brick.Y, at.Y * brick.Y + row % brick.Y);
                        runs.AddRange([z, y, at.X * brick.X + from, at.X * brick.X + x]);
                    }
                }
            }
        }

        return runs;
    }
}
