using System.Buffers;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>How a picture's pixels lie in memory.</summary>
public enum PixelLayout
{
    /// <summary>One byte a pixel.</summary>
    Grey,

    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Red, green, blue, 255.</summary>
    Rgbx,
}

/// <summary>A picture in a pooled buffer, rows top to bottom without padding. Dispose returns the buffer.</summary>
public sealed class RenderedImage(int width, int height, PixelLayout layout) : IDisposable
{
    private byte[]? _pixels = ArrayPool<byte>.Shared.Rent(width * height * Channels(layout));

    /// <summary>Pixels across.</summary>
    public int Width => width;

    /// <summary>Pixels down.</summary>
    public int Height => height;

    /// <summary>How the pixels lie.</summary>
    public PixelLayout Layout => layout;

    /// <summary>The pixels.</summary>
    public Memory<byte> Pixels => (_pixels ?? throw new ObjectDisposedException(nameof(RenderedImage))).AsMemory(0, width * height * Channels(layout));

    /// <summary>Bytes of one pixel.</summary>
    public static int Channels(PixelLayout layout) => layout switch { PixelLayout.Grey => 1, PixelLayout.Rgb => 3, _ => 4 };

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is { } pixels)
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }
}

/// <summary>How a rendering ended.</summary>
public enum RenderOutcome
{
    /// <summary>Every sample was taken from the level that the view asks for.</summary>
    Complete,

    /// <summary>Drawn from a coarser level, since bricks are still on their way.</summary>
    Partial,

    /// <summary>A newer view came; there is no picture.</summary>
    Superseded,
}
