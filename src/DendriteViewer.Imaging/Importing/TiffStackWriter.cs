using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Importing;

/// <summary>
/// Writes an uncompressed multi-page BigTIFF, little endian, a strip a page. The first page's description is ImageJ's: the count of slices,
/// µm as the unit, the distance of slices and where the world's zero lies; the resolution tags of every page say how many pixels a µm has
/// along x and along y. BigTIFF, so that no volume is too large for it.
/// </summary>
public sealed class TiffStackWriter
{
    private readonly Stream _file;
    private readonly VolumeShape _shape;
    private readonly VoxelType _type;
    private readonly ulong _x, _y;
    private readonly byte[] _description;
    private readonly byte[] _entry = new byte[20];
    private long _linkAt = 8;
    private bool _first = true;

    /// <param name="file">Seekable, empty.</param>
    /// <param name="shape">Slices, rows and columns.</param>
    /// <param name="type">Of the voxels.</param>
    /// <param name="size">Of a voxel.</param>
    /// <param name="corner">Where the first voxel's corner lies in the world; null for zero, or where the axes are not the world's.</param>
    public TiffStackWriter(Stream file, VolumeShape shape, VoxelType type, VoxelSize size, WorldPoint? corner = null)
    {
        (_file, _shape, _type, _x, _y) = (file, shape, type, PixelsPerUm(size.X), PixelsPerUm(size.Y));
        var text = new StringBuilder("ImageJ=1.53t\n");
        text.Append(CultureInfo.InvariantCulture, $"images={shape.Z}\nslices={shape.Z}\nunit=um\nspacing={size.Z:R}\n");
        var origin = corner ?? default;
        Append("xorigin", origin.X, size.X);
        Append("yorigin", origin.Y, size.Y);
        Append("zorigin", origin.Z, size.Z);
        _description = Encoding.ASCII.GetBytes(text.Append("loop=false\n\0").ToString());
        _file.Write([(byte)'I', (byte)'I', 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

        // ImageJ counts pixels up to the world's zero.
        void Append(string name, double um, double size)
        {
            if (um != 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}={-um / size:R}\n");
            }
        }
    }

    /// <summary>Adds a page of little-endian voxels.</summary>
    public void Add(ReadOnlySpan<byte> page)
    {
        var data = _file.Position;
        _file.Write(page);
        var description = _first ? _description : [];
        var descriptionAt = _file.Position;
        _file.Write(description);
        if ((_file.Position & 7) != 0)
        {
            _file.Write(stackalloc byte[(int)(8 - (_file.Position & 7))]);
        }

        var directory = _file.Position;
        var format = _type switch { VoxelType.Int8 or VoxelType.Int16 => 2, VoxelType.Float32 => 3, _ => 1 };
        Span<byte> count = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(count, (ulong)(_first ? 14 : 13));
        _file.Write(count);
        Entry(256, 4, 1, (ulong)_shape.X);
        Entry(257, 4, 1, (ulong)_shape.Y);
        Entry(258, 3, 1, (ulong)(8 * _type.Size()));
        Entry(259, 3, 1, 1);
        Entry(262, 3, 1, 1);
        if (_first)
        {
            Entry(270, 2, (ulong)description.Length, (ulong)descriptionAt);
        }

        Entry(273, 16, 1, (ulong)data);
        Entry(277, 3, 1, 1);
        Entry(278, 4, 1, (ulong)_shape.Y);
        Entry(279, 16, 1, (ulong)page.Length);
        Entry(282, 5, 1, _x);
        Entry(283, 5, 1, _y);
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

    // The fraction of 32-bit numbers nearest to 1 / size, as TIFF has it (numerator first): by the continued fraction of the size, so that
    // the inverse is the size itself, bit for bit, wherever such a fraction is.
    private static ulong PixelsPerUm(double size)
    {
        var (h, k, lastH, lastK) = (1.0, 0.0, 0.0, 1.0);
        var rest = size;
        while (true)
        {
            var whole = Math.Floor(rest);
            var (nextH, nextK) = (whole * h + lastH, whole * k + lastK);
            if (!(nextH <= uint.MaxValue && nextK <= uint.MaxValue))
            {
                break;
            }

            (lastH, lastK, h, k) = (h, k, nextH, nextK);
            if (h / k == size || rest == whole)
            {
                break;
            }

            rest = 1 / (rest - whole);
        }

        // Sizes beyond what 32 bits reach.
        var (um, pixels) = h >= 1 && k >= 1 ? (h, k) : size < 1 ? (1.0, (double)uint.MaxValue) : (uint.MaxValue, 1.0);
        return (uint)pixels | ((ulong)(uint)um << 32);
    }

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
