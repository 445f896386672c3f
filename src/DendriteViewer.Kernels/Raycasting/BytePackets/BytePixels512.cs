using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>Makes pixels of what a tile's packets gathered.</summary>
internal static unsafe class BytePixels512
{
    /// <summary>Writes a tile; pixels from (u0, v0) to before (u1, v1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(
        RayJob job, ByteTransfer transfer, BytePacket512* packets, PacketShape512 shape, int u0, int v0, int u1, int v1)
    {
        var s = job.Settings;
        uint* block = stackalloc uint[32];
        var count = 0;
        fixed (uint* target = job.Target.Span)
        {
            for (var v = v0; v < v1; v += shape.Height)
            {
                for (var u = u0; u < u1; u += shape.Width)
                {
                    var p = packets + count++;
                    if (s.Mode != RayMode.Composite)
                    {
                        Projected(s, transfer, p, block);
                    }
                    else
                    {
                        // In the order of the lanes: groups of four of each half in turn.
                        Composed(s, p, out var first, out var second);
                        for (var i = 0; i < Vector512<uint>.Count / 4; i++)
                        {
                            ((Vector128<uint>*)block)[2 * i] = ByteLanes512.Group(first, i);
                            ((Vector128<uint>*)block)[2 * i + 1] = ByteLanes512.Group(second, i);
                        }
                    }

                    int width = Math.Min(shape.Width, u1 - u), height = Math.Min(shape.Height, v1 - v);
                    for (var row = 0; row < height; row++)
                    {
                        new ReadOnlySpan<uint>(block + row * shape.Width,
                            width).CopyTo(new Span<uint>(target + (v + row) * job.Width + u, width));
                    }
                }
            }
        }
    }

    // Colours over the background. Differences from 128 were gathered for what was not let through; if shaded, grey was gathered beside
    // them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Composed(RaycastSettings s, BytePacket512* p, out Vector512<uint> first, out Vector512<uint> second)
    {
        Vector512<float> through1 = First(p->Through) * (1f / 32767), through2 = Second(p->Through) * (1f / 32767);
        var grey1 = s.Shaded ? First(p->Grey) * (256f / 32767) : (Vector512<float>.One - through1) * 128f;
        var grey2 = s.Shaded ? Second(p->Grey) * (256f / 32767) : (Vector512<float>.One - through2) * 128f;
        var unit = s.Shaded ? 1 / 128f : 1 / 256f;
        var background = PackedColor.Unpack(s.Background);
        first = Channel(First(p->Red) * unit + grey1 + through1 * background.X)
            | (Channel(First(p->Green) * unit + grey1 + through1 * background.Y) << 8)
            | (Channel(First(p->Blue) * unit + grey1 + through1 * background.Z) << 16) | Vector512.Create(0xFF000000u);
        second = Channel(Second(p->Red) * unit + grey2 + through2 * background.X)
            | (Channel(Second(p->Green) * unit + grey2 + through2 * background.Y) << 8)
            | (Channel(Second(p->Blue) * unit + grey2 + through2 * background.Z) << 16) | Vector512.Create(0xFF000000u);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Channel(Vector512<float> color) =>
        Avx512F.ConvertToVector512Int32(
            Vector512.MinNative(Vector512.MaxNative(color, Vector512<float>.Zero), Vector512.Create(255f))).AsUInt32();

    // Words of the lanes of the first vector, and of the second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> First(Vector512<short> words) =>
        Vector512.ConvertToSingle(Avx512BW.UnpackLow(words, words).AsInt32() >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Second(Vector512<short> words) =>
        Vector512.ConvertToSingle(Avx512BW.UnpackHigh(words, words).AsInt32() >> 16);

    private static void Projected(RaycastSettings s, ByteTransfer transfer, BytePacket512* p, uint* block)
    {
        for (var lane = 0; lane < Vector512<ushort>.Count; lane++)
        {
            var level = ByteProjection512.Level(p, s.Mode, lane);
            block[lane] = 0xFF000000u | (uint)(float.IsNaN(level) ? s.Background : s.Transfer.Color(transfer.Mapping.ValueOf(level)));
        }
    }
}
