using System.Runtime.Intrinsics;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// The block of pixels that a packet's lanes are: 32 of them, or fewer where rays spread far; the rest of the lanes is unused.
/// </summary>
internal sealed class PacketShape
{
    private PacketShape(int width, int height)
    {
        (Width, Height) = (width, height);
        (Across1, Down1, Unused1) = Half(0);
        (Across2, Down2, Unused2) = Half(4);

        (Vector512<float>, Vector512<float>, Vector512<int>) Half(int offset)
        {
            Span<float> across = stackalloc float[16], down = stackalloc float[16];
            Span<int> unused = stackalloc int[16];
            for (var i = 0; i < 16; i++)
            {
                var lane = i / 4 * 8 + i % 4 + offset;
                unused[i] = lane < width * height ? 0 : -1;
                (across[i], down[i]) = unused[i] == 0 ? (lane % width, lane / width) : (0, 0);
            }

            return (Vector512.Create<float>(across), Vector512.Create<float>(down), Vector512.Create<int>(unused));
        }
    }

    /// <summary>Shapes in the order in which they are tried: the first two have all lanes at work.</summary>
    public static PacketShape[] All { get; } = [new(4, 8), new(8, 4), new(4, 4), new(2, 2)];

    /// <summary>Pixels across.</summary>
    public int Width { get; }

    /// <summary>Pixels down.</summary>
    public int Height { get; }

    /// <summary>Pixels of the lanes from the block's first, in the two vectors of floats; −1 marks unused lanes.</summary>
    public Vector512<float> Across1 { get; }

    /// <inheritdoc cref="Across1"/>
    public Vector512<float> Down1 { get; }

    /// <inheritdoc cref="Across1"/>
    public Vector512<int> Unused1 { get; }

    /// <inheritdoc cref="Across1"/>
    public Vector512<float> Across2 { get; }

    /// <inheritdoc cref="Across1"/>
    public Vector512<float> Down2 { get; }

    /// <inheritdoc cref="Across1"/>
    public Vector512<int> Unused2 { get; }
}
