using System.Runtime.Intrinsics;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// The block of pixels that a packet's lanes are: as many, or fewer where rays spread far; the rest of the lanes is unused.
/// </summary>
internal sealed class PacketShape512
{
    private PacketShape512(int width, int height)
    {
        (Width, Height) = (width, height);
        (Across1, Down1, Unused1) = Half(0);
        (Across2, Down2, Unused2) = Half(4);

        (Vector512<float>, Vector512<float>, Vector512<int>) Half(int offset)
        {
            var count = Vector512<float>.Count;
            Span<float> across = stackalloc float[count], down = stackalloc float[count];
            Span<int> unused = stackalloc int[count];
            for (var i = 0; i < count; i++)
            {
                var lane = i / 4 * 8 + i % 4 + offset;
                unused[i] = lane < width * height ? 0 : -1;
                (across[i], down[i]) = unused[i] == 0 ? (lane % width, lane / width) : (0, 0);
            }

            return (Vector512.Create<float>(across), Vector512.Create<float>(down), Vector512.Create<int>(unused));
        }
    }

    /// <summary>Shapes in the order in which they are tried, those that have all lanes at work first.</summary>
    public static PacketShape512[] All { get; } = [.. ByteLanes512.Shapes.Select(s => new PacketShape512(s.Width, s.Height))];

    /// <summary>Pixels across.</summary>
    public int Width { get; }

    /// <summary>Pixels down.</summary>
    public int Height { get; }

    /// <summary>Whether all lanes are at work.</summary>
    public bool IsFull => Width * Height == Vector512<ushort>.Count;

    /// <summary>Pixels down of the lanes that <see cref="ByteLanes512.Fetch"/> takes together; they are as many across as all.</summary>
    public int BlockHeight => Math.Clamp(ByteLanes512.BlockLanes / Width, 1, Height);

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
