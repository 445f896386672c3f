using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Surfaces;

/// <summary>A mesh on its way into a file.</summary>
internal abstract class MeshFile(AffineTransform transform) : MeshSink(transform), IDisposable
{
    /// <summary>Writes what is only known at the end.</summary>
    public abstract void Finish();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>A file that is written from its beginning.</summary>
    protected static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20);
}

/// <summary>
/// Binary STL: 80 bytes of text, the number of triangles, and for each its normal, its corners and two bytes of nothing. The format has no
/// unit; the text says that it is µm.
/// </summary>
internal sealed class StlFile : MeshFile
{
    private const int HeaderBytes = 80;
    private readonly FileStream _file;
    private readonly byte[] _triangle = new byte[50];

    public StlFile(string path, AffineTransform transform, string about)
        : base(transform)
    {
        // A text that began with "solid" would be taken for the other, textual STL.
        _file = Create(path);
        var header = new byte[HeaderBytes + 4];
        var text = Encoding.ASCII.GetBytes($"DendriteViewer, µm as um: {about}".Replace("µ", "u", StringComparison.Ordinal));
        text.AsSpan(0, Math.Min(text.Length, HeaderBytes)).CopyTo(header);
        _file.Write(header);
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        _file.Position = HeaderBytes;
        Span<byte> count = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(count, (uint)Triangles);
        _file.Write(count);
        _file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();

    /// <inheritdoc/>
    protected override void OnVertex(ReadOnlySpan<float> place)
    {
    }

    /// <inheritdoc/>
    protected override void OnTriangle(int a, int b, int c, (float X, float Y, float Z) normal)
    {
        var numbers = MemoryMarshal.Cast<byte, float>(_triangle.AsSpan(0, 48));
        (numbers[0], numbers[1], numbers[2]) = normal;
        At(a).CopyTo(numbers[3..]);
        At(b).CopyTo(numbers[6..]);
        At(c).CopyTo(numbers[9..]);
        _file.Write(_triangle);
    }
}

/// <summary>Binary PLY: vertices, then triangles. Triangles wait in a file of their own until all vertices are written.</summary>
internal sealed class PlyFile : MeshFile
{
    private const int CountDigits = 10;
    private readonly FileStream _file, _faces;
    private readonly string _facesPath;
    private readonly byte[] _triangle = [3, .. new byte[12]];
    private readonly long _vertexCountAt, _faceCountAt;

    public PlyFile(string path, AffineTransform transform, string about)
        : base(transform)
    {
        (_facesPath, _file, _faces) = (path + ".faces", Create(path), Create(path + ".faces"));
        Text($"ply\nformat binary_little_endian 1.0\ncomment DendriteViewer, coordinates in um: {about}\nelement vertex ");
        _vertexCountAt = _file.Position;
        Text($"{new string('0', CountDigits)}\nproperty float x\nproperty float y\nproperty float z\nelement face ");
        _faceCountAt = _file.Position;
        Text($"{new string('0', CountDigits)}\nproperty list uchar int vertex_indices\nend_header\n");
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        _faces.Position = 0;
        _faces.CopyTo(_file);
        Count(_vertexCountAt, Facts.Vertices);
        Count(_faceCountAt, Triangles);
        _file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _file.Dispose();
        _faces.Dispose();
        File.Delete(_facesPath);
    }

    /// <inheritdoc/>
    protected override void OnVertex(ReadOnlySpan<float> place) => _file.Write(MemoryMarshal.AsBytes(place));

    /// <inheritdoc/>
    protected override void OnTriangle(int a, int b, int c, (float X, float Y, float Z) normal)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_triangle.AsSpan(1), a);
        BinaryPrimitives.WriteInt32LittleEndian(_triangle.AsSpan(5), b);
        BinaryPrimitives.WriteInt32LittleEndian(_triangle.AsSpan(9), c);
        _faces.Write(_triangle);
    }

    // The digits before the number are zeros, which readers of PLY pass over.
    private void Count(long at, long count)
    {
        _file.Position = at;
        Text(count.ToString(new string('0', CountDigits), CultureInfo.InvariantCulture));
    }

    private void Text(string text) => _file.Write(Encoding.ASCII.GetBytes(string.Concat(text.Select(c => c is 'µ' ? 'u' : c))));
}
