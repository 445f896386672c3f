namespace DendriteViewer.Kernels.Surfaces;

/// <summary>
/// The triangles of marching cubes (W. E. Lorensen and H. E. Cline, SIGGRAPH 1987) for each of the 256 ways in which the corners of a cube
/// are inside or outside. It is derived here rather than listed, so that it has no holes (M. J. Dürst, Comput. Graph. 22, 72, 1988):
/// <list type="number">
/// <item>On each face, every run of corners that are inside is cut off by one line, from the edge where the run begins to that where it
/// ends, seen counter-clockwise from outside of the cube. On a face whose two inside corners lie across from each other both are cut off,
/// so the rule depends on the face's corners alone, and the cube on its other side draws the same lines.</item>
/// <item>Neighbouring faces go along the edge between them in opposite directions. So each edge that the surface crosses begins one line
/// and ends one, and the lines join to closed loops.</item>
/// <item>Each loop is cut into triangles by diagonals of which none joins two edges of the same face: those that did could also be drawn by
/// the cube on the other side, and the line would then belong to four triangles.</item>
/// </list>
/// With one vertex on each edge that is crossed, the surface is therefore a closed manifold whatever the volume is.
/// </summary>
/// <remarks>
/// Corner c is at x = c &amp; 1, y = c &gt;&gt; 1 &amp; 1, z = c &gt;&gt; 2. Edges 0–3 lie along x, at y and z of their number's bits 0 and
/// 1; edges 4–7 along y, at x and z; edges 8–11 along z, at x and y.
/// </remarks>
public static class MarchingCubesTable
{
    private static readonly byte[][] s_triangles = [.. Enumerable.Range(0, 256).Select(Triangulate)];

    // Corners of each face, counter-clockwise seen from outside of the cube, in a frame whose axes are right-handed.
    private static int[][] Faces =>
    [
        [0, 4, 6, 2], [1, 3, 7, 5],
        [0, 1, 5, 4], [2, 6, 7, 3],
        [0, 2, 3, 1], [4, 5, 7, 6],
    ];

    /// <summary>The triangles of a cube: three edges each, with their fronts to the outside.</summary>
    /// <param name="inside">Bit c is set where corner c is inside.</param>
    public static ReadOnlySpan<byte> Of(int inside) => s_triangles[inside];

    /// <summary>The two corners of an edge, the one with the smaller coordinate first.</summary>
    public static (int From, int To) CornersOf(int edge)
    {
        var (a, b) = (edge & 1, edge >> 1 & 1);
        return (edge >> 2) switch
        {
            0 => (2 * a + 4 * b, 2 * a + 4 * b + 1),
            1 => (a + 4 * b, a + 4 * b + 2),
            _ => (a + 2 * b, a + 2 * b + 4),
        };
    }

    private static byte[] Triangulate(int inside)
    {
        // Where each edge's line leads; -1 where none begins.
        var next = Enumerable.Repeat(-1, 12).ToArray();
        foreach (var face in Faces)
        {
            for (var i = 0; i < 4; i++)
            {
                if (IsInside(face[i]) || !IsInside(face[(i + 1) % 4]))
                {
                    continue;
                }

                // The run begins after corner i; it ends before the next corner that is outside.
                var last = i + 1;
                while (IsInside(face[(last + 1) % 4]))
                {
                    last++;
                }

                next[EdgeBetween(face[i], face[(i + 1) % 4])] = EdgeBetween(face[last % 4], face[(last + 1) % 4]);
            }
        }

        var triangles = new List<byte>();
        var isDone = new bool[12];
        for (var start = 0; start < 12; start++)
        {
            var loop = new List<int>();
            for (var e = start; next[e] >= 0 && !isDone[e]; e = next[e])
            {
                isDone[e] = true;
                loop.Add(e);
            }

            if (loop.Count > 0 && !TryFill(loop, triangles))
            {
                throw new InvalidOperationException($"The loop {string.Join(' ', loop)} has no triangles without a diagonal on a face.");
            }
        }

        return [.. triangles];

        bool IsInside(int corner) => (inside >> corner & 1) != 0;
    }

    // The triangle on the loop's last side takes any corner between; what is left on either side is filled likewise.
    private static bool TryFill(IReadOnlyList<int> loop, List<byte> triangles)
    {
        if (loop.Count < 3)
        {
            return true;
        }

        var before = triangles.Count;
        for (var k = 1; k < loop.Count - 1; k++)
        {
            if ((k == 1 || !ShareAFace(loop[0], loop[k])) && (k == loop.Count - 2 || !ShareAFace(loop[k], loop[^1])))
            {
                triangles.AddRange([(byte)loop[0], (byte)loop[k], (byte)loop[^1]]);
                if (TryFill([.. loop.Take(k + 1)], triangles) && TryFill([.. loop.Skip(k)], triangles))
                {
                    return true;
                }

                triangles.RemoveRange(before, triangles.Count - before);
            }
        }

        return false;
    }

    private static bool ShareAFace(int a, int b) => Faces.Any(f => IsOf(f, a) && IsOf(f, b));

    private static bool IsOf(int[] face, int edge) => CornersOf(edge) is var (from, to) && face.Contains(from) && face.Contains(to);

    private static int EdgeBetween(int a, int b) => Enumerable.Range(0, 12).First(e => CornersOf(e) == (Math.Min(a, b), Math.Max(a, b)));
}
