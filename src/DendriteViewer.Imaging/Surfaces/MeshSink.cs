using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Surfaces;

namespace DendriteViewer.Imaging.Surfaces;

/// <summary>
/// Turns the marcher's vertices into places in the dataset's frame, µm, as x, y, z, and measures what they enclose. The vertices that later
/// triangles may still have are held, those of two slices.
/// </summary>
internal abstract class MeshSink : ISurfaceSink
{
    private readonly double[] _m;
    private readonly bool _isMirrored;
    private float[] _held = new float[3 << 10];
    private int _first, _count;
    private double _sixVolumes, _twoAreas;

    protected MeshSink(AffineTransform transform)
    {
        _m = transform.Rows.ToArray();
        _isMirrored = transform.Column(2) is var x && transform.Column(1) is var y && transform.Column(0) is var z
            && x.X * (y.Y * z.Z - y.Z * z.Y) - x.Y * (y.X * z.Z - y.Z * z.X) + x.Z * (y.X * z.Y - y.Y * z.X) < 0;
    }

    /// <summary>Triangles so far.</summary>
    public long Triangles { get; private set; }

    /// <summary>What the surface is so far.</summary>
    public SurfaceFacts Facts => new(_first + (long)_count, Triangles, _sixVolumes / 6, _twoAreas / 2);

    /// <inheritdoc/>
    public void AddVertex(float x, float y, float z)
    {
        if (3 * (_count + 1) > _held.Length)
        {
            Array.Resize(ref _held, 2 * _held.Length);
        }

        var at = _held.AsSpan(3 * _count++, 3);
        at[0] = (float)(_m[8] * z + _m[9] * y + _m[10] * x + _m[11]);
        at[1] = (float)(_m[4] * z + _m[5] * y + _m[6] * x + _m[7]);
        at[2] = (float)(_m[0] * z + _m[1] * y + _m[2] * x + _m[3]);
        OnVertex(at);
    }

    /// <inheritdoc/>
    public void AddTriangle(int a, int b, int c)
    {
        if (++Triangles > SurfaceSettings.MostTriangles)
        {
            throw new VolumeFormatException(
                $"The surface has more than {SurfaceSettings.MostTriangles / 1e6:0} million triangles; choose a coarser level, or "
                + "another value.");
        }

        // An image turned inside out by its transform has its fronts inside.
        (b, c) = _isMirrored ? (c, b) : (b, c);
        ReadOnlySpan<float> p = At(a), q = At(b), r = At(c);
        double ux = q[0] - p[0], uy = q[1] - p[1], uz = q[2] - p[2], vx = r[0] - p[0], vy = r[1] - p[1], vz = r[2] - p[2];
        double nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
        _sixVolumes += p[0] * nx + p[1] * ny + p[2] * nz;
        var length = Math.Sqrt(nx * nx + ny * ny + nz * nz);
        _twoAreas += length;
        OnTriangle(a, b, c, length > 0 ? ((float)(nx / length), (float)(ny / length), (float)(nz / length)) : default);
    }

    /// <inheritdoc/>
    public void Release(int before)
    {
        var gone = before - _first;
        _held.AsSpan(3 * gone, 3 * (_count - gone)).CopyTo(_held);
        (_first, _count) = (before, _count - gone);
    }

    /// <summary>The place of a vertex that is held.</summary>
    protected ReadOnlySpan<float> At(int vertex) => _held.AsSpan(3 * (vertex - _first), 3);

    /// <summary>A new vertex.</summary>
    protected abstract void OnVertex(ReadOnlySpan<float> place);

    /// <summary>A triangle and its unit normal.</summary>
    protected abstract void OnTriangle(int a, int b, int c, (float X, float Y, float Z) normal);
}

/// <summary>Counts alone.</summary>
internal sealed class CountingSink(AffineTransform transform) : MeshSink(transform)
{
    /// <inheritdoc/>
    protected override void OnVertex(ReadOnlySpan<float> place)
    {
    }

    /// <inheritdoc/>
    protected override void OnTriangle(int a, int b, int c, (float X, float Y, float Z) normal)
    {
    }
}
