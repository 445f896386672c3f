using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Outline;

/// <summary>A step along one direction.</summary>
/// <param name="Radius">Way from the middle to it, in voxels.</param>
/// <param name="Step">By how much the value changes there.</param>
/// <param name="ToBorder">Whether the value stays changed up to the border of the field of view.</param>
internal sealed record OutlineEdge(double Radius, double Step, bool ToBorder);

/// <summary>The image seen from a middle: direction by direction, outwards.</summary>
internal sealed class PolarImage
{
    /// <summary>Directions that are looked in.</summary>
    public const int Directions = 360;

    /// <summary>Shorter steps along the outline are texture, voxels.</summary>
    public const double LeastArcVoxels = 10;

    // Voxels from sample to sample of a ray.
    private const double Spacing = 0.5;

    // Width of the two windows whose difference is a step, in samples.
    private const int Window = 8;
    private readonly float[][] _rays = new float[Directions][];
    private readonly float[][] _steps = new float[Directions][];

    public PolarImage(float[] image, int height, int width, (double U, double V) center)
    {
        var raw = new float[Directions][];
        Parallel.For(0, Directions, ComputeLane.Options(), i =>
        {
            var (du, dv) = (Math.Sin(i * 2 * Math.PI / Directions), Math.Cos(i * 2 * Math.PI / Directions));
            double Room(double at, double by, int count) => by > 1e-12 ? (count - 1 - at) / by : by < -1e-12 ? -at / by : double.MaxValue;
            var (cu, cv) = (center.U - 0.5, center.V - 0.5);
            var ray = new float[Math.Max(1, (int)(Math.Min(Room(cu, du, height), Room(cv, dv, width)) / Spacing))];
            for (var k = 0; k < ray.Length; k++)
            {
                double u = cu + k * Spacing * du, v = cv + k * Spacing * dv;
                int a = Math.Clamp((int)u, 0, height - 2), b = Math.Clamp((int)v, 0, width - 2), at = a * width + b;
                double fu = u - a, fv = v - b;
                ray[k] = (float)((image[at] * (1 - fv) + image[at + 1] * fv) * (1 - fu) + (image[at + width] * (1 - fv)
                    + image[at + width + 1] * fv) * fu);
            }

            raw[i] = ray;
        });

        // Five neighbouring directions together have less noise than one.
        Parallel.For(0, Directions, ComputeLane.Options(), i =>
        {
            var ray = new float[raw[i].Length];
            for (var k = 0; k < ray.Length; k++)
            {
                var (sum, n) = (0f, 0);
                for (var d = -2; d <= 2; d++)
                {
                    var other = raw[(i + d + Directions) % Directions];
                    (sum, n) = k < other.Length ? (sum + other[k], n + 1) : (sum, n);
                }

                ray[k] = sum / n;
            }

            _rays[i] = ray;
            _steps[i] = StepsOf(ray);
        });
    }

    /// <summary>A radius beyond the border of the field of view, so that the polygon cuts none of its corners.</summary>
    public double BeyondBorder(int direction) => _rays[direction].Length * Spacing * 1.03 + 1.5;

    /// <summary>The step at which each direction leaves the cell, or null where it does not.</summary>
    public OutlineEdge?[] FirstEdges()
    {
        var shortest = _rays.Min(r => r.Length);
        var texture = Sorted(_steps.SelectMany(s => s.Take(shortest / 2)).Where(float.IsFinite).Select(Math.Abs));

        // Grains and fibres have steps of their own, many of them much larger than the median; the cell's edge, if it lies here, is a few.
        var spread = texture.Length == 0 ? 0 : Math.Max(1.4826 * texture[texture.Length / 2], texture[(int)(0.8 * texture.Length)] / 1.28);
        var all = Sorted(_rays.SelectMany(r => r));
        var range = all[(int)(0.995 * (all.Length - 1))] - all[(int)(0.005 * (all.Length - 1))];
        var least = Math.Max(6 * spread, 0.05 * range);
        if (!(least > 0))
        {
            return new OutlineEdge?[Directions];
        }

        var candidates = new List<OutlineEdge>[Directions];
        Parallel.For(0, Directions, ComputeLane.Options(), i => candidates[i] = Candidates(i, least));
        var first = candidates.Select(c => c.Count == 0 ? null : c[0]).ToArray();

        // Where the neighbours leave elsewhere, the candidate nearest to theirs.
        return first.Select((e, i) =>
        {
            var around = Enumerable.Range(-15, 31).Select(k => first[(i + k + Directions) % Directions]).OfType<OutlineEdge>()
                .Select(o => o.Radius).Order().ToArray();
            if (e is null || around.Length < 8)
            {
                return e;
            }

            var usual = around[around.Length / 2];
            return Math.Abs(e.Radius - usual) <= Math.Max(4, 0.08 * usual) ? e : candidates[i].MinBy(c => Math.Abs(c.Radius - usual));
        }).ToArray();
    }

    /// <summary>Those of the steps that continue from direction to direction; the others are texture of the cell.</summary>
    public OutlineEdge?[] Continuous(OutlineEdge?[] edges)
    {
        bool Joined(int i, int j) => edges[i] is { } a && edges[j] is { } b && Math.Abs(a.Radius - b.Radius) <= Math.Max(3,
            0.06 * Math.Max(a.Radius, b.Radius));
        var start = Enumerable.Range(0, Directions).FirstOrDefault(i => !Joined((i + Directions - 1) % Directions, i), -1);
        if (start < 0)
        {
            return edges;
        }

        var result = new OutlineEdge?[Directions];
        for (var from = 0; from < Directions;)
        {
            var to = from + 1;
            while (to < Directions && Joined((start + to - 1) % Directions, (start + to) % Directions))
            {
                to++;
            }

            var run = Enumerable.Range(from, to - from).Select(k => (start + k) % Directions).Where(k => edges[k] is not null).ToArray();
            var arc = run.Sum(k => edges[k]!.Radius) * 2 * Math.PI / Directions;

            // A short arc cuts a corner of the field of view off; a long one may have a holder's further walls behind it.
            var least = run.Count(k => edges[k]!.ToBorder) > 0.8 * run.Length ? LeastArcVoxels : Math.Max(LeastArcVoxels,
                0.3 * _rays.Min(r => r.Length) * Spacing);
            foreach (var k in arc >= least ? run : [])
            {
                result[k] = edges[k];
            }

            from = to;
        }

        return result;
    }

    private static float[] Sorted(IEnumerable<float> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted;
    }

    private static float[] StepsOf(float[] ray)
    {
        var sum = new double[ray.Length + 1];
        for (var k = 0; k < ray.Length; k++)
        {
            sum[k + 1] = sum[k] + ray[k];
        }

        // The outer window may end at the border: a cell that leaves the view by a few voxels has a step there too.
        var steps = new float[ray.Length];
        for (var k = 0; k < ray.Length; k++)
        {
            var to = Math.Min(ray.Length, k + Window);
            steps[k] = k < Window ? float.NaN : (float)((sum[to] - sum[k]) / (to - k) - (sum[k] - sum[k - Window]) / Window);
        }

        return steps;
    }

    // Steps along a direction, largest of their surroundings, from which the value does not come back at once.
    private List<OutlineEdge> Candidates(int direction, double least)
    {
        var (ray, steps, found) = (_rays[direction], _steps[direction], new List<OutlineEdge>());
        for (var k = Window; k < ray.Length; k++)
        {
            var step = steps[k];
            if (!(Math.Abs(step) >= least) || !IsPeak(steps, k))
            {
                continue;
            }

            var before = Mean(ray, Math.Max(0, k - 2 * Window), k - Window / 2);
            var after = Mean(ray, Math.Min(ray.Length - 1, k + 3), Math.Min(ray.Length, k + Window + 1));
            if ((after - before) * Math.Sign(step) < 0.5 * Math.Abs(step))
            {
                continue;
            }

            var back = 0;
            for (var b = k + Window; b < ray.Length; b++)
            {
                back += (ray[b] - before) * Math.Sign(after - before) < 0.5 * Math.Abs(after - before) ? 1 : 0;
            }

            found.Add(new OutlineEdge(Crossing(ray, k, (before + after) / 2, Math.Sign(after - before)), after - before,
                back <= 0.05 * (ray.Length - k)));
        }

        return found;
    }

    private static bool IsPeak(float[] steps, int k)
    {
        for (var o = Math.Max(0, k - Window / 2); o <= Math.Min(steps.Length - 1, k + Window / 2); o++)
        {
            if (Math.Abs(steps[o]) > Math.Abs(steps[k]) || Math.Abs(steps[o]) == Math.Abs(steps[k]) && o < k)
            {
                return false;
            }
        }

        return true;
    }

    private static double Mean(float[] ray, int from, int to)
    {
        var sum = 0.0;
        for (var k = from; k < to; k++)
        {
            sum += ray[k];
        }

        return sum / Math.Max(1, to - from);
    }

    // Where a ray passes a value, nearest to a sample.
    private static double Crossing(float[] ray, int near, double value, int sign)
    {
        var best = (double)near - 0.5;
        var distance = double.MaxValue;
        for (var k = Math.Max(0, near - Window); k + 1 < Math.Min(ray.Length, near + Window); k++)
        {
            double a = (ray[k] - value) * sign, b = (ray[k + 1] - value) * sign;
            if (a < 0 && b >= 0 && Math.Abs(k + 0.5 - near) < distance)
            {
                (best, distance) = (k + a / (a - b), Math.Abs(k + 0.5 - near));
            }
        }

        return best * Spacing;
    }
}
