using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Web.Exports;

/// <summary>
/// The parts of an export as one stream, read from the store as they are asked for. It can be read from any place, so that a download that
/// was cut off goes on.
/// </summary>
internal sealed class ExportStream(IBlobStore blobs, Func<int, string> nameOf, long length, int partBytes) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var (part, offset) = ((int)(_position / partBytes), _position % partBytes);
        var n = (int)Math.Min(buffer.Length, Math.Min(partBytes - offset, length - _position));
        if (n <= 0)
        {
            return 0;
        }

        await blobs.ReadAsync(nameOf(part), offset, buffer[..n], cancellationToken);
        _position += n;
        return n;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Each read is a request to the store, so that what is copied is read in large pieces.
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            int n;
            while ((n = await ReadAsync(buffer, cancellationToken)) > 0)
            {
                await destination.WriteAsync(buffer.AsMemory(0, n), cancellationToken);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Blobs are read asynchronously.");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("An export is only read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("An export is only read.");
}
