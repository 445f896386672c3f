using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// The tables of a <see cref="ByteTransfer"/> as packets look them up: 256 bytes each, which fit four registers of 512 bits, numbers of
/// more than a byte being tables of their bytes; and for narrower registers 256 whole numbers each.
/// </summary>
internal sealed unsafe class ByteTables : IDisposable
{
    // Sums before a level and behind it, by their three bytes; 65536 over (distance of two levels + 1); colours less 128.
    public const int BeforeLow = 0, BeforeMiddle = 256, BeforeHigh = 512, BehindLow = 768, BehindMiddle = 1024, BehindHigh = 1280;
    public const int InverseLow = 1536, InverseHigh = 1792, Red = 2048, Green = 2304, Blue = 2560;

    // Whole numbers, for processors that look up one at a time: sums, and the three colours as they are above.
    public const int Before = 2816, Behind = Before + 1024, Palette = Behind + 1024, All = Palette + 1024;

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
            (((int*)(Data + Before))[i], ((int*)(Data + Behind))[i], ((int*)(Data + Palette))[i]) = (before, behind, color ^ 0x808080);
            (Data[InverseLow + i], Data[InverseHigh + i]) = ((byte)inverse, (byte)(inverse >> 8));
            (Data[Red + i], Data[Green + i], Data[Blue + i]) =
                ((byte)(color ^ 0x80), (byte)((color >> 8) ^ 0x80), (byte)((color >> 16) ^ 0x80));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Data);
        GC.SuppressFinalize(this);
    }

    ~ByteTables() => NativeMemory.AlignedFree(Data);
}
