using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// The tables of a <see cref="ByteTransfer"/> as packets look them up: 256 bytes each, in four registers, 64 lanes at a time. A table is
/// two permutations of two registers each, one of which the upper bit of the index chooses. Numbers of more than a byte are tables of
/// their bytes.
/// </summary>
internal sealed unsafe class ByteTables : IDisposable
{
    // Sums before a level and behind it, by their three bytes; 65536 over (distance of two levels + 1); colours less 128.
    public const int BeforeLow = 0, BeforeMiddle = 256, BeforeHigh = 512, BehindLow = 768, BehindMiddle = 1024, BehindHigh = 1280;
    public const int InverseLow = 1536, InverseHigh = 1792, Red = 2048, Green = 2304, Blue = 2560, All = 2816;

    private ByteTransfer? _made;

    /// <summary>The tables.</summary>
    public byte* Data { get; } = (byte*)NativeMemory.AlignedAlloc(All, 64);

    /// <summary>Fills the tables.</summary>
    public void Open(ByteTransfer transfer)
    {
        if (_made == transfer)
        {
            return;
        }

        _made = transfer;
        for (var i = 0; i < 256; i++)
        {
            int before = transfer.Sums[i], behind = transfer.Sums[i + 1], inverse = Math.Min((65536 + i) / (i + 1), 65535),
                color = transfer.Colors[i];
            (Data[BeforeLow + i], Data[BeforeMiddle + i], Data[BeforeHigh + i]) = ((byte)before, (byte)(before >> 8), (byte)(before >> 16));
            (Data[BehindLow + i], Data[BehindMiddle + i], Data[BehindHigh + i]) = ((byte)behind, (byte)(behind >> 8), (byte)(behind >> 16));
            (Data[InverseLow + i], Data[InverseHigh + i]) = ((byte)inverse, (byte)(inverse >> 8));
            (Data[Red + i], Data[Green + i], Data[Blue + i]) =
                ((byte)(color ^ 0x80), (byte)((color >> 8) ^ 0x80), (byte)((color >> 16) ^ 0x80));
        }
    }

    /// <summary>Looks up 64 levels; <paramref name="upper"/> is set where a level is 128 or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Of(byte* table, Vector512<byte> level, Vector512<byte> upper) => Vector512.ConditionalSelect(
        upper, Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadAligned(table + 128), level, Vector512.LoadAligned(table + 192)),
        Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadAligned(table), level, Vector512.LoadAligned(table + 64)));

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Data);
        GC.SuppressFinalize(this);
    }

    ~ByteTables() => NativeMemory.AlignedFree(Data);
}
