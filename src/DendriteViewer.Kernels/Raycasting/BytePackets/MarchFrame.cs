using System.Numerics;
using System.Runtime.CompilerServices;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>What marching needs of a tile and of the layer that its window holds.</summary>
internal unsafe struct MarchFrame
{
    /// <summary>As <see cref="ByteWindow"/> has them.</summary>
    public byte* Window;

    /// <summary>Bytes from a row to the next.</summary>
    public nint Pitch;

    /// <summary>Bytes from a slice to the next.</summary>
    public nint Stride;

    /// <summary>Column and row of the window's first byte, and the slice of the volume that it is of.</summary>
    public int Column, Row, Slice;

    /// <summary>As <see cref="SlicePlan"/> has them.</summary>
    public int* Slices;

    /// <summary>As <see cref="SlicePlan"/> has them.</summary>
    public short* Weights;

    /// <summary>As <see cref="SlicePlan"/> has it.</summary>
    public int Sign;

    /// <summary>h of plane 0 and from plane to plane.</summary>
    public double First, Step;

    /// <summary>Whether rays keep their distance from each other.</summary>
    public bool IsParallel;

    /// <summary>As <see cref="ByteTables"/> has them.</summary>
    public byte* Tables;

    /// <summary>As <see cref="ByteTransfer"/> has them.</summary>
    public byte VisibleLow, VisibleHigh, MostShort;

    /// <summary>
    /// What slopes along columns, rows and the axis are multiplied by, in 32768ths, so that all three are in 127 halves of a level, times
    /// the settings' scale of gradients.
    /// </summary>
    public short ColumnScale, RowScale, AxisScale;

    /// <summary>What is added to the squared length of a slope in 127ths of a level.</summary>
    public float Floor;

    /// <summary>
    /// Unit vectors to the lights: column and row as the halves of an integer, and the component along the axis, in 32767ths.
    /// </summary>
    public int Head, HeadAxis, Key, KeyAxis;

    /// <summary>Sets what shading needs.</summary>
    public void Light(RaycastSettings s, SlicePlan plan, ByteMapping mapping)
    {
        // As they come: along columns in 64ths of a level, along rows in 127ths, along the axis in 127 halves. Both ends of a step are
        // added.
        var scale = plan.Pick(s.GradientScale);
        ColumnScale = Word(scale.Y * 63.5f / 64);
        RowScale = Word(scale.Z / 2);
        AxisScale = Word(scale.X);
        Floor = MathF.Max(s.GradientFloor / (mapping.Level * mapping.Level), ByteRaySpecification.LeastFloor) * 127 * 127;
        Vector3 head = plan.Pick(s.HeadLight), key = plan.Pick(s.KeyLight);
        (Head, HeadAxis) = ((ushort)Unit(head.Y) | (Unit(head.Z) << 16), (ushort)Unit(head.X));
        (Key, KeyAxis) = ((ushort)Unit(key.Y) | (Unit(key.Z) << 16), (ushort)Unit(key.X));

        // A little below 1, so that a rounded cosine stays in a word.
        static short Unit(float part) => Word(part * 0.9995f);

        static short Word(float part) => (short)MathF.Round(Math.Clamp(part, -1, 1) * 32767);
    }

    /// <summary>
    /// The slice and the weight of the first plane that a packet is taken over, from the window's first slice: of a plane between two
    /// cells, in the one that rays enter. Where it is the only plane, rays that begin on a slab's last plane leave the slab there, and the
    /// cell that they enter is not in the window.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Begin(int plane, int to, out short weight)
    {
        var slice = Slices[plane];
        weight = Weights[plane];
        if (to == plane + 1)
        {
            return slice - Slice;
        }

        if (Sign > 0 && weight == short.MaxValue)
        {
            (slice, weight) = (slice + 1, 0);
        }
        else if (Sign < 0 && weight == 0 && (slice & 7) == 0)
        {
            (slice, weight) = (slice - 1, short.MaxValue);
        }

        return slice - Slice;
    }

    /// <summary>The column of a packet's lowest ray on a plane, from the window's first, in 65536ths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int ColumnOn(float column, float slope, int plane) =>
        (int)(long)((column + (First + plane * Step) * slope - Column + Ahead) * 65536 + 0.5) - Ahead * 65536;

    /// <summary>The row likewise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int RowOn(float row, float slope, int plane) =>
        (int)(long)((row + (First + plane * Step) * slope - Row + Ahead) * 65536 + 0.5) - Ahead * 65536;

    /// <summary>What a column or row gains from plane to plane, in 65536ths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Gain(float slope) => (int)Math.Round(Step * slope * 65536);

    /// <summary>What the lanes' distances from the lowest ray are multiplied by on a plane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Spread(int plane) => IsParallel ? 1 : (float)(First + plane * Step);

    // Makes places positive before they are cut off, so that all are rounded down.
    private const int Ahead = 1024;
}
