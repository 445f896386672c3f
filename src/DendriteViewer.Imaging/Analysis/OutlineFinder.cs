using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Analysis;

/// <summary>
/// Finds the cell's outline: seen from the middle of the places that have an interface, in every direction the first place at which
/// the electrolyte's mean along depth is left. Cells are convex or nearly so; what a direction crosses twice is not followed.
/// </summary>
internal static class OutlineFinder
{
    private const int Directions = 360;

    /// <summary>The outline, or null where the cell fills the field of view or does not differ from what is around it.</summary>
    public static CellOutline? Find(ColumnGrid grid, double[] heights, bool[] seen)
    {
        var outside = seen.Count(s => !s);
        if (outside < 0.02 * seen.Length || outside > 0.95 * seen.Length)
        {
            return null;
        }

        var mean = Blur(grid.MeanBelow(heights), grid.Count.U, grid.Count.V);
        var (inner, outer) = (new List<double>(), new List<double>());
        double su = 0, sv = 0;
        for (var u = 0; u < grid.Count.U; u++)
        {
            for (var v = 0; v < grid.Count.V; v++)
            {
                var isIn = seen[grid.NodeOf(u, v)];
                (isIn ? inner : outer).Add(mean[u * grid.Count.V + v]);
                (su, sv) = isIn ? (su + u + 0.5, sv + v + 0.5) : (su, sv);
            }
        }

        inner.Sort();
        outer.Sort();
        var (at, off) = (inner[inner.Count / 2], outer[outer.Count / 2]);
        var spread = 1.4826 * inner.Select(m => Math.Abs(m - at)).Order().ElementAt(inner.Count / 2);
        if (Math.Abs(off - at) < 4 * spread)
        {
            return null;
        }

        var (cu, cv) = (su / inner.Count, sv / inner.Count);
        var radius = Math.Sqrt(inner.Count / Math.PI);
        var limit = (at + off) / 2;
        var distances = Enumerable.Range(0, Directions).Select(d => Leave(d * 2 * Math.PI / Directions)).ToArray();
        var smooth = distances.Select((_, i) => Enumerable.Range(-3, 7).Select(k => distances[(i + k + Directions) % Directions]).Order().ElementAt(3)).ToArray();
        return new CellOutline(smooth.Select((r, i) => grid.ToUm(cu + r * Math.Sin(i * 2 * Math.PI / Directions), cv + r * Math.Cos(i * 2 * Math.PI / Directions))));

        // Way from the middle, in voxels, to where the mean has passed the limit and stays there for three voxels.
        double Leave(double angle)
        {
            var (du, dv) = (Math.Sin(angle), Math.Cos(angle));
            var (before, left) = (0.0, 0.0);
            for (var r = 0.4 * radius; ; r += 0.25)
            {
                double u = cu + r * du - 0.5, v = cv + r * dv - 0.5;
                if (u < 0 || v < 0 || u > grid.Count.U - 1 || v > grid.Count.V - 1)
                {
                    return left > 0 ? left : r + 0.5;
                }

                var value = (Sample(u, v) - limit) * Math.Sign(off - at);
                if (value < 0)
                {
                    left = 0;
                }
                else if (left == 0)
                {
                    left = r - 0.25 * value / Math.Max(1e-12, value - before);
                }
                else if (r - left > 3)
                {
                    return left;
                }

                before = value;
            }
        }

        double Sample(double u, double v)
        {
            int i = Math.Min((int)u, grid.Count.U - 2), j = Math.Min((int)v, grid.Count.V - 2), k = i * grid.Count.V + j;
            double fu = u - i, fv = v - j;
            return (mean[k] * (1 - fv) + mean[k + 1] * fv) * (1 - fu) + (mean[k + grid.Count.V] * (1 - fv) + mean[k + grid.Count.V + 1] * fv) * fu;
        }
    }

    // Mean of 3 × 3.
    private static float[] Blur(float[] image, int height, int width)
    {
        var result = new float[image.Length];
        Parallel.For(0, height, y =>
        {
            for (var x = 0; x < width; x++)
            {
                var (sum, n) = (0f, 0);
                for (var v = Math.Max(0, y - 1); v <= Math.Min(height - 1, y + 1); v++)
                {
                    for (var u = Math.Max(0, x - 1); u <= Math.Min(width - 1, x + 1); u++)
                    {
                        sum += image[v * width + u];
                        n++;
                    }
                }

                result[y * width + x] = sum / n;
            }
        });
        return result;
    }
}
