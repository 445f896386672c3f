namespace DendriteViewer.Kernels.Masks;

/// <summary>
/// Which of the 26 voxels around one are its neighbours: a symmetric set of offsets within ±1. Bit (dz+1)·9 + (dy+1)·3 + (dx+1).
/// </summary>
public readonly record struct StructuringElement
{
    private readonly uint _bits;

    /// <param name="bits">27 bits; the middle one does not matter.</param>
    /// <exception cref="ArgumentException">An offset is there and its opposite is not.</exception>
    public StructuringElement(uint bits)
    {
        for (var i = 0; i < 27; i++)
        {
            if ((bits >> i & 1) != (bits >> (26 - i) & 1))
            {
                throw new ArgumentException("A structuring element is symmetric: with every neighbour the opposite one.", nameof(bits));
            }
        }

        _bits = bits & 0x7FFFFFF;
    }

    /// <summary>The six voxels that share a face.</summary>
    public static StructuringElement Faces { get; } = Of(1);

    /// <summary>The eighteen voxels that share an edge.</summary>
    public static StructuringElement Edges { get; } = Of(2);

    /// <summary>The 26 voxels that share a corner.</summary>
    public static StructuringElement Corners { get; } = Of(3);

    /// <summary>Whether the voxel at an offset, each −1, 0 or 1, is a neighbour.</summary>
    public bool Has(int dz, int dy, int dx) => (_bits >> ((dz + 1) * 9 + (dy + 1) * 3 + dx + 1) & 1) != 0;

    /// <summary>6, 18 or 26 as an element.</summary>
    public static StructuringElement OfNeighbours(int count) => count switch
    {
        6 => Faces,
        18 => Edges,
        26 => Corners,
        _ => throw new ArgumentOutOfRangeException(nameof(count), count, "Voxels have 6, 18 or 26 neighbours."),
    };

    private static StructuringElement Of(int most)
    {
        var bits = 0u;
        for (var i = 0; i < 27; i++)
        {
            bits |= Math.Abs(i / 9 - 1) + Math.Abs(i / 3 % 3 - 1) + Math.Abs(i % 3 - 1) <= most ? 1u << i : 0;
        }

        return new StructuringElement(bits);
    }
}
