using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Labelling;

/// <summary>
/// Surface of each component by Crofton's formula: a surface is twice the mean, over all directions, of how often parallel
/// lines cross it for each unit of area between them. Lines run through voxel centres in the 13 directions to neighbours; each
/// direction weighs as much of the sphere as lies nearest to it (G. Lehmann, D. Legland, Insight J. 2012, "Efficient
/// N-dimensional surface estimation using Crofton formula and run-length encoding"). Unlike face counting it does not overestimate
/// what is round.
/// </summary>
public static class SurfaceAreas
{
    private static readonly (int Z, int Y, int X)[] s_directions =
    [
        (0, 0, 1), (0, 1, 0), (1, 0, 0), (0, 1, 1), (0, 1, -1), (1, 0, 1), (1, 0, -1), (1, 1, 0), (1, -1, 0),
        (1, 1, 1), (1, 1, -1), (1, -1, 1), (1, -1, -1),
    ];

    /// <summary>The surface of every component, in the unit of the voxel edges squared; where a component meets the volume's border counts too.</summary>
    /// <param name="components">The components.</param>
    /// <param name="z">Edge of a voxel along z.</param>
    /// <param name="y">Along y.</param>
    /// <param name="x">Along x.</param>
    /// <returns>For label l, at l − 1.</returns>
    public static double[] Of(Components components, double z, double y, double x)
    {
        // Crossings are counted in whole numbers and weighed at the end, so that the sums do not depend on the order of threads.
        var weights = Weights(z, y, x);
        var crossings = new long[checked(components.Count * s_directions.Length)];
        Parallel.For(0, components.Z, ComputeLane.Options(), sliceZ =>
        {
            for (var row = 0; row < components.Y; row++)
            {
                CountRow(components, sliceZ, row, crossings);
            }
        });
        var areas = new double[components.Count];
        for (var i = 0; i < crossings.Length; i++)
        {
            areas[i / s_directions.Length] += 2 * weights[i % s_directions.Length] * crossings[i];
        }

        return areas;
    }

    // A voxel whose neighbour in a direction is of another component or none is crossed there; so is, by symmetry, as many the other way.
    private static void CountRow(Components components, int z, int y, long[] crossings)
    {
        var runs = components.Row(z, y);
        for (var d = 0; d < s_directions.Length; d++)
        {
            var (dz, dy, dx) = s_directions[d];
            if ((uint)(z + dz) >= (uint)components.Z || (uint)(y + dy) >= (uint)components.Y)
            {
                foreach (var run in runs)
                {
                    Interlocked.Add(ref crossings[(run.Label - 1) * s_directions.Length + d], run.End - run.Start);
                }

                continue;
            }

            var others = components.Row(z + dz, y + dy);
            var j = 0;
            foreach (var run in runs)
            {
                int start = run.Start + dx, end = run.End + dx, same = 0;
                while (j < others.Length && others[j].End <= start)
                {
                    j++;
                }

                for (var k = j; k < others.Length && others[k].Start < end; k++)
                {
                    same += others[k].Label == run.Label ? Math.Min(end, others[k].End) - Math.Max(start, others[k].Start) : 0;
                }

                Interlocked.Add(ref crossings[(run.Label - 1) * s_directions.Length + d], run.End - run.Start - same);
            }
        }
    }

    // What one crossing in each direction adds: twice its share of the sphere, times the area of one line.
    internal static double[] Weights(double z, double y, double x)
    {
        var unit = s_directions.Select(d => (Z: d.Z * z, Y: d.Y * y, X: d.X * x)).Select(v => (v, Length: Math.Sqrt(v.Z * v.Z + v.Y * v.Y + v.X * v.X))).ToArray();
        var share = new double[s_directions.Length];

        // A spiral of points, evenly spread over the sphere.
        const int Points = 200_000;
        for (var i = 0; i < Points; i++)
        {
            double pz = 1 - (2 * i + 1.0) / Points, r = Math.Sqrt(1 - pz * pz), a = i * Math.PI * (3 - Math.Sqrt(5));
            double py = r * Math.Sin(a), px = r * Math.Cos(a);
            var (best, at) = (-1.0, 0);
            for (var d = 0; d < unit.Length; d++)
            {
                var c = Math.Abs(unit[d].v.Z * pz + unit[d].v.Y * py + unit[d].v.X * px) / unit[d].Length;
                if (c > best)
                {
                    (best, at) = (c, d);
                }
            }

            share[at] += 1.0 / Points;
        }

        return share.Select((s, d) => 2 * s * z * y * x / unit[d].Length).ToArray();
    }
}
