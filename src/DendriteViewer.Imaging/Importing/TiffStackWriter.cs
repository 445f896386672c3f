using DendriteViewer.Kernels.Bricks;
using System.Buffers.Binary;
using System.Text;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Importing;

/// <summary>
/// Writes an uncompressed multi-page BigTIFF, little endian, a strip a page, with the pixel size in the resolution tags
/// (pixels per cm) and ImageJ's unit in the description. BigTIFF, so that no volume is too large for it.
/// </summary>
public sealed class TiffStackWriter
{
    private readonly Stream _file;
    private readonly byte[] _entry = new byte[20];
    private long _linkAt = 8;
    private bool _first = true;

    /// <param name="file">Seekable, empty.</param>
    public TiffStackWriter(Stream file)
    {
        _file = file;
        _file.Write([(byte)'I', (byte)'I', 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// <summary>Adds a page.</summary>
    public void Add(ReadOnlySpan<byte> page, int width, int height, VoxelType type, double pixelUm)
    {
        var data = _file.Position;
        _file.Write(page);
        var description = _first ? Encoding.ASCII.GetBytes("ImageJ=1.11a\nunit=um\nloop=false\n\0") : [];
        var descriptionAt = _file.Position;
        _file.Write(description);
        if ((_file.Position & 7) != 0)
        {
            _file.Write(stackalloc byte[(int)(8 - (_file.Position & 7))]);
        }

        var directory = _file.Position;
        var format = type switch { VoxelType.Int8 or VoxelType.Int16 => 2, VoxelType.Float32 => 3, _ => 1 };
        Span<byte> count = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(count, (ulong)(_first ? 14 : 13));
        _file.Write(count);
        Entry(256, 4, 1, (ulong)width);
        Entry(257, 4, 1, (ulong)height);
        Entry(258, 3, 1, (ulong)(8 * type.Size()));
        Entry(259, 3, 1, 1);
        Entry(262, 3, 1, 1);
        if (_first)
        {
            Entry(270, 2, (ulong)description.Length, (ulong)descriptionAt);
        }

        Entry(273, 16, 1, (ulong)data);
        Entry(277, 3, 1, 1);
        Entry(278, 4, 1, (ulong)height);
        Entry(279, 16, 1, (ulong)page.Length);
        var perMillion = Math.Clamp(Math.Round(1e6 / pixelUm), 1, uint.MaxValue);
        var rational = (ulong)perMillion | (1_000_000UL << 32);
        Entry(282, 5, 1, rational);
        Entry(283, 5, 1, rational);
        Entry(296, 3, 1, 1);
        Entry(339, 3, 1, (ulong)format);
        var link = _file.Position;
        _file.Write(stackalloc byte[8]);
        Patch(_linkAt, directory);
        _linkAt = link;
        _first = false;
    }

    /// <summary>Flushes what is buffered.</summary>
    public void Finish() => _file.Flush();

    private void Patch(long at, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        var end = _file.Position;
        _file.Position = at;
        _file.Write(bytes);
        _file.Position = end;
    }

    private void Entry(ushort tag, ushort type, ulong count, ulong value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_entry, tag);
        BinaryPrimitives.WriteUInt16LittleEndian(_entry.AsSpan(2), type);
        BinaryPrimitives.WriteUInt64LittleEndian(_entry.AsSpan(4), count);
        BinaryPrimitives.WriteUInt64LittleEndian(_entry.AsSpan(12), value);
        _file.Write(_entry);
    }
}
