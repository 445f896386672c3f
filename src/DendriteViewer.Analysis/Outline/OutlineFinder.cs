using DendriteViewer.Analysis.Interface;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Outline;

/// <summary>
/// Finds the cell's outline in the median of the scan along depth, below the interface. There, grains, voids and noise have little
/// weight: what remains is the electrolyte, and around it air, a holder, or the zeros outside a reconstructed circle.
/// </summary>
/// <remarks>
/// Seen from the middle of the cell, the outline is in each direction the first step that is larger than the electrolyte's own texture
/// and from which the value does not come back. Only the first counts, so that the outer wall of a holder is not taken for the cell. Where
/// its neighbours have their step elsewhere, a direction takes the one nearest to theirs. Steps that do not continue along the outline
/// for at least <see cref="PolarImage.LeastArcVoxels"/> are texture. Cells are convex or nearly so; what a direction crosses twice is not
/// followed.
/// </remarks>
internal static class OutlineFinder
{
    private const int Directions = PolarImage.Directions;
    private const int Rounds = 3;

    // Steps in fewer directions, with something unlike the cell inside of them, are texture.
    private const double LeastShare = 0.3;

    /// <summary>Searches below an interface.</summary>
    /// <param name="grid">The scan in columns.</param>
    /// <param name="heights">Height of the interface at each column, in voxels from the electrode's end.</param>
    /// <param name="seen">Columns in which the scan steps from dark to bright at the interface.</param>
    /// <param name="contrast">Difference between the bright and the dark voxels of the scan.</param>
    public static OutlineFinding Find(ColumnGrid grid, double[] heights, bool[] seen, double contrast)
    {
        var (height, width) = (grid.Count.U, grid.Count.V);
        if (grid.Count.Along < 8 || Math.Min(height, width) < 24 || !(contrast > 0))
        {
            return new(OutlineState.Filled, null);
        }

        var image = Blur(grid.MedianBelow(heights), height, width);
        var center = Middle(grid, seen);
        OutlineEdge?[] edges = [];
        double[] radii = [];
        for (var round = 0; round < Rounds; round++)
        {
            var polar = new PolarImage(image, height, width, center);
            edges = polar.Continuous(polar.FirstEdges());
            if (edges.All(e => e is null))
            {
                return new(IsFilled(grid, image, seen, center, contrast) ? OutlineState.Filled : OutlineState.NotFound, null);
            }

            radii = MedianOf7(edges.Select((e, i) => e?.Radius ?? polar.BeyondBorder(i)).ToArray());
            var middle = Inside(new CellOutline(Corners(center, radii)).Middle, height, width);
            if (round + 1 == Rounds || Math.Abs(middle.U - center.U) + Math.Abs(middle.V - center.V) < 1)
            {
                break;
            }

            center = middle;
        }

        var outline = Corners(center, radii).ToArray();
        return IsUniform(image, height, width, new CellOutline(outline), edges)
            ? new(OutlineState.Found, new CellOutline(outline.Select(c => grid.ToUm(c.U, c.V))))
            : new(edges.Count(e => e is not null) < LeastShare * Directions ? OutlineState.Filled : OutlineState.NotFound, null);
    }

    // The middle of the columns that have an interface, or of the field of view where that says nothing.
    private static (double U, double V) Middle(ColumnGrid grid, bool[] seen)
    {
        var share = seen.Count(s => s) / (double)seen.Length;
        if (share is < 0.05 or > 0.95)
        {
            return (grid.Count.U / 2.0, grid.Count.V / 2.0);
        }

        double su = 0, sv = 0;
        var n = 0;
        for (var u = 0; u < grid.Count.U; u++)
        {
            for (var v = 0; v < grid.Count.V; v++)
            {
                (su, sv, n) = seen[grid.NodeOf(u, v)] ? (su + u + 0.5, sv + v + 0.5, n + 1) : (su, sv, n);
            }
        }

        return (su / n, sv / n);
    }

    private static (double U, double V) Inside((double U, double V) p, int height, int width) =>
        (Math.Clamp(p.U, 4, height - 4), Math.Clamp(p.V, 4, width - 4));

    private static IEnumerable<(double U, double V)> Corners((double U, double V) center, double[] radii) =>
        radii.Select((r, i) => (center.U + r * Math.Sin(i * 2 * Math.PI / Directions), center.V
            + r * Math.Cos(i * 2 * Math.PI / Directions)));

    private static double[] MedianOf7(double[] values) =>
        values.Select((_, i) => Enumerable.Range(-3, 7).Select(k => values[(i + k + Directions) % Directions]).Order().ElementAt(3))
            .ToArray();

    // What is inside must be one material: where a tenth of it is as different as the outside, the outline was not followed.
    private static bool IsUniform(float[] image, int height, int width, CellOutline outline, OutlineEdge?[] edges)
    {
        var step = edges.OfType<OutlineEdge>().Select(e => Math.Abs(e.Step)).Order().ToArray();
        var half = step[step.Length / 2] / 2;
        var inside = new List<float>();
        for (var u = 0; u < height; u += 2)
        {
            var crossings = outline.Crossings(u + 0.5);
            for (var i = 0; i + 1 < crossings.Count; i += 2)
            {
                for (var v = Math.Max(0, (int)Math.Ceiling(crossings[i] - 0.5)); v < Math.Min(width, crossings[i + 1] - 0.5); v += 2)
                {
                    inside.Add(image[u * width + v]);
                }
            }
        }

        if (inside.Count == 0)
        {
            return false;
        }

        inside.Sort();
        var level = inside[inside.Count / 2];
        return inside.Count(m => Math.Abs(m - level) > half) <= 0.1 * inside.Count;
    }

    // No step was found anywhere. The field of view is not filled where its corners are another material than its middle, or where the
    // interface is seen in the middle alone.
    private static bool IsFilled(ColumnGrid grid, float[] image, bool[] seen, (double U, double V) center, double contrast)
    {
        var (height, width) = (grid.Count.U, grid.Count.V);
        float Patch(double u, double v)
        {
            var (h, w) = (Math.Max(2, height / 16), Math.Max(2, width / 16));
            int u0 = (int)Math.Clamp(u - h / 2.0, 0, height - h), v0 = (int)Math.Clamp(v - w / 2.0, 0, width - w);
            var values = Enumerable.Range(0, h * w).Select(i => image[(u0 + i / w) * width + v0 + i % w]).Order().ToArray();
            return values[values.Length / 2];
        }

        // Patches of the middle half say how much those of one material differ.
        var inner = Enumerable.Range(0, 49).Select(i => Patch(center.U + (i / 7 - 3) * height / 14.0, center.V
            + (i % 7 - 3) * width / 14.0))
            .Order().ToArray();
        var middle = inner[24];
        var apart = inner.Select(p => Math.Abs(p - middle)).Order().ToArray();
        var spread = Math.Max(1.4826 * apart[24], apart[44] / 1.645);
        var corners = new[] { Patch(0, 0), Patch(0, width), Patch(height, 0), Patch(height, width) };
        if (corners.Any(c => Math.Abs(c - middle) > Math.Max(0.25 * contrast, 3 * spread)))
        {
            return false;
        }

        var share = seen.Count(s => s) / (double)seen.Length;
        if (share is < 0.25 or > 0.9)
        {
            return true;
        }

        var (nodesU, nodesV) = grid.Nodes;
        bool AtRim(int node) => Math.Max(Math.Abs(2.0 * (node / nodesV + 0.5) / nodesU - 1),
            Math.Abs(2.0 * (node % nodesV + 0.5) / nodesV - 1)) > 0.7;
        var unseen = Enumerable.Range(0, seen.Length).Where(i => !seen[i]).ToArray();
        return unseen.Count(AtRim) < 0.7 * unseen.Length;
    }

    // Mean of 3 × 3. What has no value lies further off than everything else, since it is outside what was reconstructed.
    private static float[] Blur(float[] image, int height, int width)
    {
        var (least, most) = (float.MaxValue, float.MinValue);
        foreach (var value in image)
        {
            (least, most) = float.IsFinite(value) ? (Math.Min(least, value), Math.Max(most, value)) : (least, most);
        }

        var missing = least <= most ? least - (most - least) : 0;
        var result = new float[image.Length];
        Parallel.For(0, height, ComputeLane.Options(), y =>
        {
            for (var x = 0; x < width; x++)
            {
                var (sum, n) = (0f, 0);
                for (var v = Math.Max(0, y - 1); v <= Math.Min(height - 1, y + 1); v++)
                {
                    for (var u = Math.Max(0, x - 1); u <= Math.Min(width - 1, x + 1); u++)
                    {
                        var value = image[v * width + u];
                        sum += float.IsFinite(value) ? value : missing;
                        n++;
                    }
                }

                result[y * width + x] = sum / n;
            }
        });
        return result;
    }
}
