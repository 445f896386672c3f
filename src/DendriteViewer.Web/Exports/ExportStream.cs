using System.Buffers;
using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Web.Exports;

/// <summary>
/// The parts of an export as one stream, read from the store as they are asked for. It can be read from any place, so that a download that
/// was cut off goes on. Each read of the store is a request, and who sends a file reads it in small pieces: it is read ahead, little at
/// first and more the longer it is read in order.
/// </summary>
internal sealed class ExportStream(IBlobStore blobs, Func<int, string> nameOf, long length, int partBytes) : Stream
{
    private const int LeastAhead = 256 << 10;
    private const int MostAhead = 4 << 20;
    private long _position;

    // What is read ahead: bytes from a place on.
    private byte[] _ahead = [];
    private long _from;
    private int _bytes;
    private int _next = LeastAhead;

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
        if (_position >= length || buffer.IsEmpty)
        {
            return 0;
        }

        if (_position < _from || _position >= _from + _bytes)
        {
            await ReadAheadAsync(cancellationToken);
        }

        var at = (int)(_position - _from);
        var n = Math.Min(buffer.Length, _bytes - at);
        _ahead.AsMemory(at, n).CopyTo(buffer);
        _position += n;
        return n;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

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

    protected override void Dispose(bool disposing)
    {
        Return();
        base.Dispose(disposing);
    }

    private void Return()
    {
        (var ahead, _ahead, _bytes) = (_ahead, [], 0);
        if (ahead.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(ahead);
        }
    }

    private async ValueTask ReadAheadAsync(CancellationToken ct)
    {
        _next = _position == _from + _bytes ? Math.Min(2 * _next, MostAhead) : LeastAhead;
        var (part, offset) = ((int)(_position / partBytes), _position % partBytes);
        var n = (int)Math.Min(_next, Math.Min(partBytes - offset, length - _position));
        if (_ahead.Length < n)
        {
            Return();
            _ahead = ArrayPool<byte>.Shared.Rent(n);
        }

        // Nothing is there until it was read whole.
        (_from, _bytes) = (_position, 0);
        await blobs.ReadAsync(nameOf(part), offset, _ahead.AsMemory(0, n), ct);
        _bytes = n;
    }
}
