using DendriteViewer.Analysis.Outline;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Statistics;
using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Interface;

/// <summary>
/// Finds the lithium/electrolyte interface as a surface, and the cell's outline, from a scan alone.
/// </summary>
/// <remarks>
/// The volume is cut into square columns along the depth axis, each averaged across, which leaves grains and voids little weight. In
/// each, the interface is where a dark stretch meets a bright one with the largest step; its place is where the profile crosses the
/// middle of the two. A plane is fitted to all columns so that outliers do not count (iteratively reweighted, Tukey's biweight), the
/// search is repeated near it, and what remains over the plane is smoothed by a column's width and filled in where nothing was seen.
/// The outline is found below the interface by <see cref="OutlineFinder"/>, also where the interface is given.
/// </remarks>
public static class InterfaceFinder
{
    private const long MostVoxels = 32_000_000;
    private const int Columns = 48;

    /// <summary>Finds both in a stored scan, at the finest level of at most 32 million voxels.</summary>
    /// <exception cref="VolumeFormatException">There is no interface to be seen, or the scan is turned against the axes.</exception>
    public static async Task<FoundInterface> FindAsync(DatasetStore store, VolumeInfo volume, Axis axis, int direction, CancellationToken ct)
    {
        if (await GridAsync(store, volume, axis, direction, MostVoxels, ct) is not { } grid)
        {
            throw new VolumeFormatException(
                $"{volume.Prefix} is turned against the dataset's axes, so its interface cannot be found; "
                + "give depth.interfaceUm in dataset.json as a number or a plane.");
        }

        return Find(grid, volume.Least, volume.Most, ct) ?? throw new VolumeFormatException(
            $"No interface between dark lithium and bright electrolyte is to be seen along {axis.ToString().ToLowerInvariant()} "
            + $"in {volume.Prefix}; give depth.interfaceUm in dataset.json as a number of µm.");
    }

    /// <summary>Finds the cell's outline in a stored scan whose interface is known.</summary>
    /// <returns>What was found; null where the scan cannot be searched: it is turned against the axes, or has no level small
    /// enough.</returns>
    internal static async Task<OutlineFinding?> FindOutlineAsync(DatasetStore store, VolumeInfo volume, DepthFrame depth,
        CancellationToken ct) =>
        await GridAsync(store, volume, depth.Axis, depth.Direction, MostVoxels, ct) is { } grid ? FindOutline(grid, depth, volume.Least,
            volume.Most, ct) : null;

    /// <summary>Finds the cell's outline in voxels in memory, whose axes are the world's and whose interface is known.</summary>
    internal static OutlineFinding? FindOutline(float[] voxels, VolumeShape shape, AffineTransform transform, DepthFrame depth,
        double least, double most) =>
        IsAligned(transform) ? FindOutline(new ColumnGrid(voxels, shape, transform, depth.Axis, depth.Direction, Columns), depth, least,
            most, default) : null;

    private static OutlineFinding FindOutline(ColumnGrid grid, DepthFrame depth, double least, double most, CancellationToken ct)
    {
        var heights = grid.HeightsOf(depth);
        if (Classes(grid.Voxels, least, most) is not var (threshold, contrast))
        {
            return new OutlineFinding(OutlineState.Filled, null);
        }

        // Columns of the cell step from dark to bright where the interface is said to be; those of what is around it do not.
        var seen = new bool[heights.Length];
        if (RobustPlane.Fit(heights, grid) is { } plane)
        {
            var steps = grid.Steps(grid.Profiles(), threshold, 0.4 * contrast, plane, Math.Max(5, 0.05 * grid.Count.Along));
            seen = steps.Select(s => !double.IsNaN(s)).ToArray();
        }

        ct.ThrowIfCancellationRequested();
        return OutlineFinder.Find(grid, heights, seen, contrast);
    }

    // The finest level of at most so many voxels; null where the scan is turned, or has none of at most twice as many.
    private static async Task<ColumnGrid?> GridAsync(DatasetStore store, VolumeInfo volume, Axis axis, int direction, long most,
        CancellationToken ct)
    {
        var reader = await store.ReaderAsync(volume, ct);
        var level = reader.Levels.FirstOrDefault(l => l.Shape.Count <= most) ?? reader.Levels[^1];
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        if (!IsAligned(transform) || level.Shape.Count > 2 * most)
        {
            return null;
        }

        var voxels = await DenseLevels.ReadFloatAsync(reader, level, ct);
        ct.ThrowIfCancellationRequested();
        return new ColumnGrid(voxels, level.Shape, transform, axis, direction, Columns);
    }

    /// <summary>Finds both in voxels in memory, whose axes are the world's; null where there is no interface to be seen.</summary>
    internal static FoundInterface? Find(float[] voxels, VolumeShape shape, AffineTransform transform, Axis axis, int direction, double least, double most) =>
        IsAligned(transform) ? Find(new ColumnGrid(voxels, shape, transform, axis, direction, Columns), least, most, default) : null;

    // What parts dark from bright by Otsu's criterion, and how far the means of the two lie apart; null where all voxels are alike.
    private static (double Threshold, double Contrast)? Classes(float[] voxels, double least, double most)
    {
        var bins = new long[1024];
        most = most > least ? most : least + 1;
        HistogramKernel.Accumulate<float>(voxels, least, most, bins);
        var split = OtsuThreshold.Split(bins);
        if (split < 0)
        {
            return null;
        }

        double Center(int i) => least + (i + 0.5) * (most - least) / bins.Length;
        double Mean(int from, int to)
        {
            double n = 0, s = 0;
            for (var i = from; i < to; i++)
            {
                n += bins[i];
                s += bins[i] * Center(i);
            }

            return s / n;
        }

        return (Center(split), Mean(split + 1, bins.Length) - Mean(0, split + 1));
    }

    private static FoundInterface? Find(ColumnGrid grid, double least, double most, CancellationToken ct)
    {
        if (Classes(grid.Voxels, least, most) is not var (threshold, contrast))
        {
            return null;
        }

        var profiles = grid.Profiles();
        ct.ThrowIfCancellationRequested();

        // Steps anywhere, then steps near the plane through most of them.
        var steps = grid.Steps(profiles, threshold, 0.4 * contrast, null, 0);
        if (RobustPlane.Fit(steps, grid) is not { } rough)
        {
            return null;
        }

        steps = grid.Steps(profiles, threshold, 0.4 * contrast, rough, Math.Max(5, 5 * rough.Scale));
        if (RobustPlane.Fit(steps, grid) is not { } plane)
        {
            return null;
        }

        var (heights, residual, seen) = grid.Smooth(steps, plane);
        var surface = grid.ToSurface(heights, residual, grid.FilledAmong(seen));
        var (state, outline) = OutlineFinder.Find(grid, heights, seen, contrast);
        var inside = 0;
        var covered = 0;
        for (var i = 0; i < seen.Length; i++)
        {
            var (u, v) = grid.NodeUm(i);
            if (outline?.Contains(u, v) != false)
            {
                inside++;
                covered += seen[i] ? 1 : 0;
            }
        }

        return new FoundInterface(surface, outline, state, inside == 0 ? 0 : (double)covered / inside);
    }

    /// <summary>
    /// A surface moved so that it goes through points that somebody placed: the differences are spread around the points by Gaussians
    /// and vanish some <paramref name="reachUm"/> away, so that a correction is local.
    /// </summary>
    public static InterfaceSurface Through(InterfaceSurface surface, IReadOnlyList<WorldPoint> points, double reachUm)
    {
        // Weights of the Gaussians such that their sum is each point's difference at that point.
        var places = points.Select(p => InterfaceSurface.Split(surface.Axis, p.Z, p.Y, p.X)).DistinctBy(p => (Math.Round(p.U, 3), Math.Round(p.V, 3))).ToArray();
        if (places.Length == 0)
        {
            return surface;
        }

        double Bell(double du, double dv) => Math.Exp(-(du * du + dv * dv) / (2 * reachUm * reachUm));
        var matrix = Matrix<double>.Build.Dense(places.Length, places.Length, (i, j) =>
            Bell(places[i].U - places[j].U, places[i].V - places[j].V) + (i == j ? 1e-6 : 0));
        var weights = matrix.Solve(Vector<double>.Build.Dense(places.Length, i => places[i].Along - surface.HeightAt(places[i].U, places[i].V)));
        // Who placed a point saw the interface there: what lies well within its reach is no longer filled in.
        bool IsPlaced(int node)
        {
            double u = surface.OriginUm.U + node / surface.Shape.V * surface.StepUm;
            double v = surface.OriginUm.V + node % surface.Shape.V * surface.StepUm;
            return places.Any(p => Bell(u - p.U, v - p.V) > 0.5);
        }

        var filled = surface.Filled is { } all ? Array.FindAll(all, f => !IsPlaced(f)) : null;
        var heights = surface.HeightsUm.ToArray();
        for (var i = 0; i < heights.Length; i++)
        {
            double u = surface.OriginUm.U + i / surface.Shape.V * surface.StepUm, v = surface.OriginUm.V + i % surface.Shape.V * surface.StepUm;
            for (var k = 0; k < places.Length; k++)
            {
                heights[i] += (float)(weights[k] * Bell(u - places[k].U, v - places[k].V));
            }
        }

        return new InterfaceSurface(surface.Axis, surface.OriginUm, surface.StepUm, surface.Shape, heights, surface.ResidualUm, filled);
    }

    private static bool IsAligned(AffineTransform t)
    {
        var (z, y, x) = (t.Column(0), t.Column(1), t.Column(2));
        double Off(WorldVector v, double along) => Math.Abs(v.Length - along) / v.Length;
        return Off(z, z.Z) < 1e-9 && Off(y, y.Y) < 1e-9 && Off(x, x.X) < 1e-9;
    }
}
