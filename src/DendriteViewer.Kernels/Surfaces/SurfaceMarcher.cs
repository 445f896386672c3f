namespace DendriteViewer.Kernels.Surfaces;

/// <summary>Takes a surface as it is found.</summary>
public interface ISurfaceSink
{
    /// <summary>A vertex; they are numbered from 0 in the order of these calls.</summary>
    /// <param name="x">Along x in voxels: voxel i fills [i, i + 1).</param>
    /// <param name="y">Along y.</param>
    /// <param name="z">Along z.</param>
    void AddVertex(float x, float y, float z);

    /// <summary>A triangle between vertices, its front to the outside in right-handed axes x, y, z.</summary>
    void AddTriangle(int a, int b, int c);

    /// <summary>No later triangle has a vertex with a number below this one.</summary>
    void Release(int before);
}

/// <summary>
/// Marching cubes over a volume that is given slice by slice: the surface between voxels that are inside (their value is at or above zero)
/// and all others. Beyond the volume everything is outside, so that what reaches the volume's border is closed there, at its voxels' faces.
/// Two slices are held, and for each of their edges the vertex on it.
/// </summary>
/// <remarks>
/// State: <c>_values</c>, <c>_inside</c>, <c>_alongX</c>, <c>_alongY</c> hold the slice before (0) and the newest (1), with a border of one
/// sample around; <c>_alongZ</c> the edges between the two.
/// </remarks>
public sealed class SurfaceMarcher
{
    /// <summary>
    /// How near a vertex comes to the sample at an end of its edge, of the edge's length. Nearer ones would fall together in a file of
    /// 32-bit numbers, and the surface would no longer be closed there.
    /// </summary>
    public const float Nearest = 0.01f;

    private readonly ISurfaceSink _sink;
    private readonly int _width, _height, _depth;
    private readonly float[][] _values;
    private readonly byte[][] _inside;
    private readonly int[][] _alongX, _alongY;
    private readonly int[] _alongZ;
    private int _z = -1;
    private int _vertices;

    /// <param name="depth">Slices.</param>
    /// <param name="height">Rows of a slice.</param>
    /// <param name="width">Voxels of a row.</param>
    /// <param name="sink">Takes the surface.</param>
    public SurfaceMarcher(int depth, int height, int width, ISurfaceSink sink)
    {
        (_sink, _depth, _width, _height) = (sink, depth, width + 2, height + 2);
        var count = checked(_width * _height);
        _values = [new float[count], new float[count]];
        _inside = [new byte[count], new byte[count]];
        (_alongX, _alongY, _alongZ) = ([new int[count], new int[count]], [new int[count], new int[count]], new int[count]);
    }

    /// <summary>Takes the next slice.</summary>
    /// <param name="slice">Rows of values; at or above zero is inside.</param>
    /// <exception cref="ArgumentException">The slice has another size.</exception>
    /// <exception cref="InvalidOperationException">All slices were given.</exception>
    public void Add(ReadOnlySpan<float> slice)
    {
        var (width, height) = (_width - 2, _height - 2);
        if (slice.Length != width * height)
        {
            throw new ArgumentException("The slice has another size than the volume.", nameof(slice));
        }

        if (_z + 1 >= _depth)
        {
            throw new InvalidOperationException("All slices were given.");
        }

        for (var y = 0; y < height; y++)
        {
            var from = slice.Slice(y * width, width);
            var at = (y + 1) * _width + 1;
            from.CopyTo(_values[1].AsSpan(at));
            var inside = _inside[1].AsSpan(at, width);
            for (var x = 0; x < width; x++)
            {
                inside[x] = from[x] >= 0 ? (byte)1 : (byte)0;
            }
        }

        Step();
    }

    /// <summary>Closes the surface behind the last slice.</summary>
    public void Finish()
    {
        _inside[1].AsSpan().Clear();
        Step();
    }

    // Finds the vertices of the newest slice and before it, and the triangles of the cubes between; then the newest is the one before.
    private void Step()
    {
        _z++;
        var first = _vertices;
        FindVertices();
        FindTriangles();
        _sink.Release(first);
        foreach (var pair in new Array[] { _values, _inside, _alongX, _alongY })
        {
            Array.Reverse(pair);
        }
    }

    private void FindVertices()
    {
        byte[] before = _inside[0], now = _inside[1];
        for (var y = 0; y < _height - 1; y++)
        {
            var row = y * _width;
            if (IsEven(before, now, row))
            {
                // Nothing changes along x, to the next row or from the slice before.
                continue;
            }

            for (var x = 0; x < _width - 1; x++)
            {
                var i = row + x;
                if (now[i] != now[i + 1])
                {
                    _alongX[1][i] = AddVertex(x + Between(1, i, 1, i + 1, x == 0, x == _width - 2), y, _z);
                }

                if (now[i] != now[i + _width])
                {
                    _alongY[1][i] = AddVertex(x, y + Between(1, i, 1, i + _width, y == 0, y == _height - 2), _z);
                }

                if (now[i] != before[i])
                {
                    _alongZ[i] = AddVertex(x, y, _z - 1 + Between(0, i, 1, i, _z == 0, _z == _depth));
                }
            }
        }
    }

    private void FindTriangles()
    {
        byte[] before = _inside[0], now = _inside[1];
        for (var y = 0; y < _height - 1; y++)
        {
            var row = y * _width;
            if (IsEven(before, now, row))
            {
                continue;
            }

            for (var x = 0; x < _width - 1; x++)
            {
                var i = row + x;
                var cube = before[i] | before[i + 1] << 1 | before[i + _width] << 2 | before[i + _width + 1] << 3
                    | now[i] << 4 | now[i + 1] << 5 | now[i + _width] << 6 | now[i + _width + 1] << 7;
                var edges = MarchingCubesTable.Of(cube);
                for (var e = 0; e < edges.Length; e += 3)
                {
                    _sink.AddTriangle(VertexOn(edges[e], i), VertexOn(edges[e + 1], i), VertexOn(edges[e + 2], i));
                }
            }
        }
    }

    // Whether this row and the next are all inside or all outside, in both slices.
    private bool IsEven(byte[] before, byte[] now, int row)
    {
        var first = now[row];
        return now.AsSpan(row, 2 * _width).IndexOfAnyExcept(first) < 0 && before.AsSpan(row, 2 * _width).IndexOfAnyExcept(first) < 0;
    }

    private int VertexOn(int edge, int i)
    {
        var (a, b) = (edge & 1, edge >> 1 & 1);
        return (edge >> 2) switch
        {
            0 => _alongX[b][i + a * _width],
            1 => _alongY[b][i + a],
            _ => _alongZ[i + a + b * _width],
        };
    }

    // Where the surface passes between two samples, 0 to 1. Half way to a sample beyond the border lies the border.
    private float Between(int sliceA, int a, int sliceB, int b, bool startsOutside, bool endsOutside)
    {
        if (startsOutside || endsOutside)
        {
            return 0.5f;
        }

        float from = _values[sliceA][a], to = _values[sliceB][b];
        return Math.Clamp(from / (from - to), Nearest, 1 - Nearest);
    }

    // Sample (x, y) of the bordered slice is the middle of voxel (x - 1, y - 1).
    private int AddVertex(float x, float y, float z)
    {
        _sink.AddVertex(x - 0.5f, y - 0.5f, z + 0.5f);
        return checked(_vertices++);
    }
}
