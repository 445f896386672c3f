using System.Numerics;
using DendriteViewer.Kernels.Surfaces;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Surfaces;

public sealed class SurfaceMarcherTests
{
    [Fact]
    public void Table_OfEveryCube_UsesExactlyTheEdgesThatTheSurfaceCrosses()
    {
        for (var cube = 0; cube < 256; cube++)
        {
            var crossed = Enumerable.Range(0, 12)
                .Where(e => MarchingCubesTable.CornersOf(e) is var (a, b) && (cube >> a & 1) != (cube >> b & 1));
            Assert.Equal(crossed, MarchingCubesTable.Of(cube).ToArray().Select(e => (int)e).Distinct().Order());
        }
    }

    [Fact]
    public void Surface_OfAnyVoxels_IsAClosedManifold() => Prop.ForAll(
        Gen.Choose(1, 5).Three().ToArbitrary(), Gen.Choose(0, 1 << 30).ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(),
            (size, seed, tenths) =>
    {
        var random = new Random(seed);
        var (d, h, w) = size;
        var values = Enumerable.Range(0, d * h * w)
            .Select(_ => random.Next(10) < tenths ? (float)random.NextDouble() : -(float)random.NextDouble() - 0.01f).ToArray();
        var mesh = Mesh.Of(d, h, w, (z, y, x) => values[(z * h + y) * w + x]);
        mesh.AssertClosedManifold();

        // Nothing inside, no surface; and never more is enclosed than the volume.
        var inside = values.Count(v => v >= 0);
        Assert.Equal(inside > 0, mesh.Triangles.Count > 0);
        Assert.InRange(mesh.Volume, 0, d * h * w);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Surface_OfValuesThatAreTheSurfacesOwn_IsStillClosed() => Prop.ForAll(Gen.Choose(0, 1 << 30).ToArbitrary(), seed =>
    {
        // Whole numbers around zero: many samples lie on the surface exactly, and no two vertices may fall together.
        var random = new Random(seed);
        var values = Enumerable.Range(0, 216).Select(_ => (float)random.Next(-1, 2)).ToArray();
        var mesh = Mesh.Of(6, 6, 6, (z, y, x) => values[(z * 6 + y) * 6 + x]);
        mesh.AssertClosedManifold();
        Assert.Equal(mesh.Vertices.Count, mesh.Vertices.Distinct().Count());
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(6.3)]
    [InlineData(14.7)]
    public void Surface_OfABall_HasItsVolumeItsAreaAndNoHandles(double radius)
    {
        const int Size = 34;
        var (cz, cy, cx) = (17.2, 16.6, 17.9);
        var mesh = Mesh.Of(Size, Size, Size, (z, y, x) =>
            (float)(radius - Math.Sqrt(Sq(z + 0.5 - cz) + Sq(y + 0.5 - cy) + Sq(x + 0.5 - cx))));
        mesh.AssertClosedManifold();
        Assert.Equal(2, mesh.Euler);
        Assert.InRange(mesh.Volume / (4 / 3.0 * Math.PI * radius * radius * radius), 0.98, 1.0);
        Assert.InRange(mesh.Area / (4 * Math.PI * radius * radius), 0.98, 1.005);
        Assert.All(mesh.Vertices, v => Assert.InRange(Math.Sqrt(Sq(v.Z - cz) + Sq(v.Y - cy) + Sq(v.X - cx)), radius - 0.05, radius + 0.05));
    }

    [Fact]
    public void Surface_OfATorus_HasOneHandle()
    {
        var mesh = Mesh.Of(14, 34, 34, (z, y, x) =>
        {
            var ring = Math.Sqrt(Sq(y - 16.5) + Sq(x - 16.5)) - 10;
            return (float)(4 - Math.Sqrt(ring * ring + Sq(z - 6.5)));
        });
        mesh.AssertClosedManifold();
        Assert.Equal(0, mesh.Euler);
    }

    [Fact]
    public void Surface_OfAVolumeThatIsAllInside_IsTheVolumesBorder()
    {
        var mesh = Mesh.Of(3, 4, 5, (_, _, _) => 1);
        mesh.AssertClosedManifold();
        Assert.Equal(2, mesh.Euler);
        Assert.Equal((0f, 5f), (mesh.Vertices.Min(v => v.X), mesh.Vertices.Max(v => v.X)));
        Assert.Equal((0f, 4f), (mesh.Vertices.Min(v => v.Y), mesh.Vertices.Max(v => v.Y)));
        Assert.Equal((0f, 3f), (mesh.Vertices.Min(v => v.Z), mesh.Vertices.Max(v => v.Z)));
        Assert.InRange(mesh.Volume, 0.8 * 60, 60);
    }

    private static double Sq(double v) => v * v;

    /// <summary>A surface in memory, in voxels.</summary>
    private sealed class Mesh : ISurfaceSink
    {
        private int _released;

        public List<Vector3> Vertices { get; } = [];

        public List<(int A, int B, int C)> Triangles { get; } = [];

        public double Volume => Triangles.Sum(t => (double)Vector3.Dot(Vertices[t.A], Vector3.Cross(Vertices[t.B], Vertices[t.C]))) / 6;

        public double Area => Triangles.Sum(t => (double)Vector3.Cross(Vertices[t.B] - Vertices[t.A], Vertices[t.C] - Vertices[t.A])
            .Length()) / 2;

        /// <summary>Vertices − edges + faces: 2 for each ball, 0 for a torus.</summary>
        public int Euler => Vertices.Count - Triangles.Count * 3 / 2 + Triangles.Count;

        public static Mesh Of(int depth, int height, int width, Func<int, int, int, float> value)
        {
            var mesh = new Mesh();
            var marcher = new SurfaceMarcher(depth, height, width, mesh);
            for (var z = 0; z < depth; z++)
            {
                marcher.Add([.. Enumerable.Range(0, height * width).Select(i => value(z, i / width, i % width))]);
            }

            marcher.Finish();
            return mesh;
        }

        public void AddVertex(float x, float y, float z) => Vertices.Add(new Vector3(x, y, z));

        public void AddTriangle(int a, int b, int c)
        {
            Assert.All([a, b, c], v => Assert.InRange(v, _released, Vertices.Count - 1));
            Triangles.Add((a, b, c));
        }

        public void Release(int before) => _released = before;

        /// <summary>Every edge has one triangle on each side, in opposite directions; the triangles at each vertex are one fan.</summary>
        public void AssertClosedManifold()
        {
            var edges = Triangles.SelectMany(t => new[] { (t.A, t.B), (t.B, t.C), (t.C, t.A) }).ToList();
            var directed = edges.ToHashSet();
            Assert.Equal(edges.Count, directed.Count);
            Assert.All(edges, e => Assert.Contains((e.Item2, e.Item1), directed));
            foreach (var fan in Triangles.SelectMany(t => new[] { (t.A, (t.B, t.C)), (t.B, (t.C, t.A)), (t.C, (t.A, t.B)) })
                .GroupBy(f => f.Item1))
            {
                var next = fan.ToDictionary(f => f.Item2.Item1, f => f.Item2.Item2);
                var (start, at, steps) = (next.Keys.First(), next[next.Keys.First()], 1);
                for (; at != start; at = next[at])
                {
                    steps++;
                }

                Assert.Equal(next.Count, steps);
            }

            Assert.Equal(Vertices.Count, Triangles.SelectMany(t => new[] { t.A, t.B, t.C }).Distinct().Count());
        }
    }
}
