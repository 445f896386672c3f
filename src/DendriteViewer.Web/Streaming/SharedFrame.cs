using System.Buffers;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Streaming;

/// <summary>What an encoded frame shows. Two that are equal have the same pixels.</summary>
/// <param name="Dataset">Identity of the dataset.</param>
/// <param name="Pane">The pane.</param>
/// <param name="Content">What decides the pixels of a frame of full quality.</param>
/// <param name="Scale">Pixels of the pane in one of the picture, each way.</param>
/// <param name="Quality">JPEG quality; 0 for lossless.</param>
/// <param name="Exact">Whether it is drawn as at rest.</param>
internal sealed record FrameKey(
    DatasetIdentity Dataset, Pane Pane, PaneContent Content, int Scale, int Quality, bool Exact);

/// <summary>
/// An encoded picture in a pooled buffer. It belongs to all who hold it: the buffer goes back when the last of them lets go.
/// </summary>
internal sealed class SharedFrame(ReadOnlySpan<byte> encoded, int width, int height) : IDisposable
{
    private readonly byte[] _bytes = Copy(encoded);
    private readonly int _length = encoded.Length;
    private int _holders = 1;

    /// <summary>Pixels across.</summary>
    public int Width => width;

    /// <summary>Pixels down.</summary>
    public int Height => height;

    /// <summary>The file, until the holder lets go.</summary>
    public ReadOnlyMemory<byte> Encoded => _bytes.AsMemory(0, _length);

    /// <summary>Memory that it takes.</summary>
    public int Bytes => _bytes.Length;

    /// <summary>One more holds it; only who holds it may call.</summary>
    public SharedFrame Hold()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>The holder lets go.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }

    private static byte[] Copy(ReadOnlySpan<byte> encoded)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(encoded.Length);
        encoded.CopyTo(bytes);
        return bytes;
    }
}
