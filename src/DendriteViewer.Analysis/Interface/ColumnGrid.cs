using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Interface;

/// <summary>A volume seen as square columns along the depth axis: what the interface and the outline are found in.</summary>
internal sealed class ColumnGrid
{
    // Heights are smoothed over about so many columns; what lies no further from where the interface was seen is interpolated, not guessed.
    private const int NearColumns = 2;

    private readonly (long Along, long U, long V) _stride;
    private readonly (double Along, double U, double V) _size;
    private readonly (double Along, double U, double V) _origin;
    private readonly int _direction;
    private readonly Axis _axis;

    public ColumnGrid(float[] voxels, VolumeShape shape, AffineTransform transform, Axis axis, int direction, int columns)
    {
        (Voxels, _axis, _direction) = (voxels, axis, direction);
        var size = transform.VoxelSize;
        var corner = transform.ToWorld(default);
        _size = InterfaceSurface.Split(axis, size.Z, size.Y, size.X);
        _origin = InterfaceSurface.Split(axis, corner.Z, corner.Y, corner.X);
        var (a, u, v) = InterfaceSurface.Split(axis, shape.Z, shape.Y, shape.X);
        Count = ((int)a, (int)u, (int)v);
        _stride = axis switch { Axis.Y => (shape.X, shape.SliceCount, 1), Axis.X => (1, shape.SliceCount, shape.X), _ => (shape.SliceCount, shape.X, 1) };
        StepUm = Math.Max(Math.Min(Count.U * _size.U, Count.V * _size.V) / columns, 3 * Math.Max(_size.U, _size.V));
        Nodes = (Math.Max(2, (int)Math.Ceiling(Count.U * _size.U / StepUm - 1e-9)), Math.Max(2, (int)Math.Ceiling(Count.V * _size.V / StepUm - 1e-9)));
    }

    /// <summary>The voxels, C order.</summary>
    public float[] Voxels { get; }

    /// <summary>Voxels along the depth axis and across.</summary>
    public (int Along, int U, int V) Count { get; }

    /// <summary>Columns across.</summary>
    public (int U, int V) Nodes { get; }

    /// <summary>Edge of a column, µm.</summary>
    public double StepUm { get; }

    /// <summary>Edges of a voxel across the axis, µm.</summary>
    public (double U, double V) VoxelUm => (_size.U, _size.V);

    /// <summary>Middle of a column, µm.</summary>
    public (double U, double V) NodeUm(int node) => (_origin.U + (node / Nodes.V + 0.5) * StepUm, _origin.V + (node % Nodes.V + 0.5) * StepUm);

    /// <summary>The column of a voxel.</summary>
    public int NodeOf(int u, int v) =>
        Math.Min(Nodes.U - 1, (int)((u + 0.5) * _size.U / StepUm)) * Nodes.V + Math.Min(Nodes.V - 1, (int)((v + 0.5) * _size.V / StepUm));

    /// <summary>Place across the axis of a voxel coordinate, µm.</summary>
    public (double U, double V) ToUm(double u, double v) => (_origin.U + u * _size.U, _origin.V + v * _size.V);

    /// <summary>Mean across each column at each voxel along the axis, in the direction of growing depth.</summary>
    public float[][] Profiles()
    {
        var profiles = new float[Nodes.U * Nodes.V][];
        Parallel.For(0, Nodes.U, ComputeLane.Options(), i =>
        {
            var (from, to) = Range(i, StepUm / _size.U, Nodes.U, Count.U);
            var sums = new double[Nodes.V, Count.Along];
            for (var a = 0; a < Count.Along; a++)
            {
                for (var u = from; u < to; u++)
                {
                    var at = a * _stride.Along + u * _stride.U;
                    for (var j = 0; j < Nodes.V; j++)
                    {
                        var (first, last) = Range(j, StepUm / _size.V, Nodes.V, Count.V);
                        var s = 0f;
                        for (var v = first; v < last; v++)
                        {
                            s += Voxels[at + v * _stride.V];
                        }

                        sums[j, a] += s;
                    }
                }
            }

            for (var j = 0; j < Nodes.V; j++)
            {
                var (first, last) = Range(j, StepUm / _size.V, Nodes.V, Count.V);
                var n = (double)(to - from) * (last - first);
                var profile = new float[Count.Along];
                for (var a = 0; a < Count.Along; a++)
                {
                    profile[_direction > 0 ? a : Count.Along - 1 - a] = (float)(sums[j, a] / n);
                }

                profiles[i * Nodes.V + j] = profile;
            }
        });
        return profiles;
    }

    /// <summary>
    /// Where each column steps from dark to bright, in voxels from the electrode's end, or NaN where it does not.
    /// </summary>
    /// <param name="profiles">The columns.</param>
    /// <param name="threshold">Parts dark from bright.</param>
    /// <param name="least">Least step that counts.</param>
    /// <param name="near">Where to look, or null for everywhere.</param>
    /// <param name="within">How far from there, in voxels.</param>
    public double[] Steps(float[][] profiles, double threshold, double least, RobustPlane? near, double within)
    {
        var steps = new double[profiles.Length];
        var reach = Math.Clamp(Count.Along / 20, 3, 12);
        Parallel.For(0, profiles.Length, ComputeLane.Options(), i =>
        {
            var p = profiles[i];
            var sum = new double[p.Length + 1];
            for (var a = 0; a < p.Length; a++)
            {
                sum[a + 1] = sum[a] + p[a];
            }

            double Mean(int from, int to) => (sum[to] - sum[from]) / (to - from);
            var (from, to) = (2, p.Length - 2);
            if (near is not null)
            {
                var at = near.At(i / Nodes.V, i % Nodes.V);
                (from, to) = (Math.Max(from, (int)(at - within)), Math.Min(to, (int)Math.Ceiling(at + within) + 1));
            }

            var (best, edge) = (least, -1);
            for (var a = from; a < to; a++)
            {
                var (dark, bright) = (Mean(Math.Max(0, a - reach), a), Mean(a, Math.Min(p.Length, a + reach)));
                if (dark < threshold && bright > threshold && bright - dark > best)
                {
                    (best, edge) = (bright - dark, a);
                }
            }

            steps[i] = edge < 0 ? double.NaN : Crossing(p, edge, (Mean(Math.Max(0, edge - reach), Math.Max(1, edge - 1)) + Mean(Math.Min(p.Length - 1, edge + 1), Math.Min(p.Length, edge + reach))) / 2);
        });
        return steps;
    }

    /// <summary>
    /// The plane and what the columns rise over it, smoothed; columns that stand out from their neighbours do not count.
    /// </summary>
    /// <returns>Heights in voxels at all columns, the root mean square of what was smoothed away in µm, and which columns counted.</returns>
    public (double[] Heights, double ResidualUm, bool[] Seen) Smooth(double[] steps, RobustPlane plane)
    {
        var over = steps.Select((s, i) => s - plane.At(i / Nodes.V, i % Nodes.V)).ToArray();
        var limit = Math.Max(0.75, 4 * plane.Scale);
        var seen = over.Select((o, i) =>
        {
            if (double.IsNaN(o) || Math.Abs(o) > 8 * Math.Max(0.75, plane.Scale))
            {
                return false;
            }

            var around = Around(i, 1).Select(k => over[k]).Where(k => !double.IsNaN(k)).Order().ToArray();
            return around.Length >= 4 && Math.Abs(o - around[around.Length / 2]) <= limit;
        }).ToArray();
        var heights = new double[over.Length];
        Parallel.For(0, heights.Length, ComputeLane.Options(), i =>
        {
            var (u, v) = (i / Nodes.V, i % Nodes.V);
            heights[i] = plane.At(u, v);
            for (var sigma = 1.0; sigma <= 16; sigma *= 2)
            {
                double weight = 0, sum = 0;
                foreach (var k in Around(i, (int)(3 * sigma)))
                {
                    if (seen[k])
                    {
                        double du = k / Nodes.V - u, dv = k % Nodes.V - v, w = Math.Exp(-(du * du + dv * dv) / (2 * sigma * sigma));
                        weight += w;
                        sum += w * over[k];
                    }
                }

                if (weight > 1.5)
                {
                    heights[i] += sum / weight;
                    break;
                }
            }
        });
        var squares = over.Select((o, i) => seen[i] ? Math.Pow((o + plane.At(i / Nodes.V, i % Nodes.V) - heights[i]) * _size.Along, 2) : double.NaN).Where(s => !double.IsNaN(s)).ToArray();
        return (heights, squares.Length == 0 ? 0 : Math.Sqrt(squares.Average()), seen);
    }

    /// <summary>The columns near which no interface was seen: none of those at most two away, in either direction, counted.</summary>
    public int[] FilledAmong(bool[] seen) =>
        [.. Enumerable.Range(0, seen.Length).Where(i => !Around(i, NearColumns).Any(k => seen[k]))];

    /// <summary>Heights in voxels from the electrode's end as a surface in µm.</summary>
    /// <param name="heights">Heights at all columns.</param>
    /// <param name="residualUm">Root mean square of what was smoothed away.</param>
    /// <param name="filled">Columns whose heights were filled in.</param>
    public InterfaceSurface ToSurface(double[] heights, double residualUm, int[] filled)
    {
        var (u, v) = NodeUm(0);
        var um = heights.Select(h => (float)(_origin.Along + (_direction > 0 ? h : Count.Along - h) * _size.Along)).ToArray();
        return new InterfaceSurface(_axis, (u, v), StepUm, Nodes, um, residualUm, filled);
    }

    /// <summary>
    /// Median along the axis, below the interface, of each voxel column; U × V numbers, NaN where no voxel of a column has a value. At
    /// most 64 voxels of a column are looked at. Voids and grains leave a median alone, where they would move a mean.
    /// </summary>
    public float[] MedianBelow(double[] heights)
    {
        const int Most = 64;
        var from = Math.Clamp((int)(heights.Max() + 0.03 * Count.Along) + 1, 0, Math.Max(0, Count.Along - 2));
        var to = Math.Max(from + 1, Count.Along - 1);
        var n = Math.Min(Most, to - from);
        var median = new float[Count.U * Count.V];
        Parallel.For(0, Count.U, ComputeLane.Options(), () => (Values: new float[Count.V * n], Found: new int[Count.V]), (u, _, local) =>
        {
            Array.Clear(local.Found);
            for (var k = 0; k < n; k++)
            {
                var a = from + (int)((long)k * (to - from) / n);
                var at = (_direction > 0 ? a : Count.Along - 1 - a) * _stride.Along + u * _stride.U;
                for (var v = 0; v < Count.V; v++)
                {
                    var value = Voxels[at + v * _stride.V];
                    if (float.IsFinite(value))
                    {
                        local.Values[v * n + local.Found[v]++] = value;
                    }
                }
            }

            for (var v = 0; v < Count.V; v++)
            {
                var column = local.Values.AsSpan(v * n, local.Found[v]);
                column.Sort();
                median[u * Count.V + v] = column.Length == 0 ? float.NaN : column[column.Length / 2];
            }

            return local;
        }, _ => { });
        return median;
    }

    /// <summary>Heights of a known interface at all columns, in voxels from the electrode's end.</summary>
    public double[] HeightsOf(DepthFrame depth) => Enumerable.Range(0, Nodes.U * Nodes.V).Select(i =>
    {
        var (u, v) = NodeUm(i);
        var along = (depth.CoordinateOf(new Depth(0), u, v) - _origin.Along) / _size.Along;
        return _direction > 0 ? along : Count.Along - along;
    }).ToArray();

    private IEnumerable<int> Around(int node, int reach)
    {
        var (i, j) = (node / Nodes.V, node % Nodes.V);
        for (var u = Math.Max(0, i - reach); u <= Math.Min(Nodes.U - 1, i + reach); u++)
        {
            for (var v = Math.Max(0, j - reach); v <= Math.Min(Nodes.V - 1, j + reach); v++)
            {
                yield return u * Nodes.V + v;
            }
        }
    }

    // Voxels of a column.
    private static (int From, int To) Range(int column, double voxels, int columns, int count)
    {
        var from = Math.Min(count - 1, (int)Math.Ceiling(column * voxels - 0.5));
        var to = column == columns - 1 ? count : (int)Math.Ceiling((column + 1) * voxels - 0.5);
        return (from, Math.Max(from + 1, Math.Min(count, to)));
    }

    // Where the profile passes a value next to an edge: voxel a fills [a, a + 1), its value is that of its centre.
    private static double Crossing(float[] p, int edge, double value)
    {
        var best = double.NaN;
        for (var a = Math.Max(0, edge - 4); a < Math.Min(p.Length - 1, edge + 3); a++)
        {
            if (p[a] < value && p[a + 1] >= value)
            {
                var at = a + 0.5 + (value - p[a]) / (p[a + 1] - p[a]);
                best = double.IsNaN(best) || Math.Abs(at - edge) < Math.Abs(best - edge) ? at : best;
            }
        }

        return best;
    }
}
