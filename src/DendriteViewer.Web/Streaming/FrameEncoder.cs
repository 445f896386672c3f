using System.Buffers;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Web.Streaming;

/// <summary>Encodes the pictures of one pane, one after another, into frames that may be shared.</summary>
internal sealed class FrameEncoder : IDisposable
{
    private readonly JpegEncoder _jpeg = new();
    private readonly ArrayBufferWriter<byte> _encoded = new(1 << 16);

    /// <summary>Encodes a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="quality">JPEG quality; 0 for PNG, which is lossless.</param>
    public SharedFrame Encode(RenderedImage image, int quality)
    {
        _encoded.ResetWrittenCount();
        if (quality == 0)
        {
            PngEncoder.Encode(image, _encoded);
        }
        else
        {
            _jpeg.Encode(image, quality, _encoded);
        }

        return new SharedFrame(_encoded.WrittenSpan, image.Width, image.Height);
    }

    /// <inheritdoc/>
    public void Dispose() => _jpeg.Dispose();
}
