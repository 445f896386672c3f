using DendriteViewer.Analysis.Segmentation;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Registration;
using DendriteViewer.Kernels.Scheduling;
using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Registration;

/// <summary>How a scan lies to the pristine one.</summary>
/// <param name="Key">The scan.</param>
/// <param name="ToScan">From a place in the pristine scan to where the same material is in this one, world to world, µm.</param>
/// <param name="ShiftUm">Shift of the middle, z, y, x, µm.</param>
/// <param name="AngleDeg">Angle of the turn.</param>
/// <param name="ResidualUm">Root mean square of what displacement is left from place to place, µm.</param>
/// <param name="Gain">What this scan's values are multiplied by to be the pristine scan's.</param>
/// <param name="Offset">What is then added.</param>
/// <param name="Correlation">Of the two scans' values where they are steep, −1 to 1.</param>
/// <param name="Left">What displacement is left in each cell of a grid over the pristine scan: the cell's middle, and z, y, x in µm.</param>
/// <param name="Warning">What is poor about it, or null.</param>
public sealed record ScanRegistration(
    VolumeKey Key, AffineTransform ToScan, double[] ShiftUm, double AngleDeg, double ResidualUm, double Gain, double Offset, double Correlation, IReadOnlyList<LocalShift> Left, string? Warning)
{
    /// <summary>The pristine scan against itself.</summary>
    public static ScanRegistration Identity(VolumeKey key) => new(key, new AffineTransform([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]), [0, 0, 0], 0, 0, 1, 0, 1, [], null);
}

/// <summary>A displacement that registration leaves at a place.</summary>
public readonly record struct LocalShift(WorldPoint At, WorldVector Left);

/// <summary>
/// Registers scans to the pristine one: rigid, sub-voxel, on the electrolyte alone, since the electrodes change; from coarse to fine
/// levels, beginning with the best shift of whole coarse voxels.
/// </summary>
internal sealed class Registrar
{
    private const long MostVoxels = 24_000_000;
    private const int MostPoints = 150_000;
    private readonly DatasetStore _store;
    private readonly VolumeInfo _pristine;
    private readonly List<Level> _levels;

    private Registrar(DatasetStore store, VolumeInfo pristine, List<Level> levels) => (_store, _pristine, _levels) = (store, pristine, levels);

    // A level of the pristine scan, coarsest first.
    private sealed record Level(PyramidLevel Of, FeaturePoint[] Points);

    /// <summary>Reads the pristine scan and chooses what to go by.</summary>
    public static async Task<Registrar> OfAsync(DatasetStore store, VolumeInfo pristine, DepthFrame depth, CellOutline? outline, CancellationToken ct)
    {
        var reader = await store.ReaderAsync(pristine, ct);
        var levels = new List<Level>();
        foreach (var level in reader.Levels.Where(l => l.Shape.Count <= MostVoxels && Math.Min(l.Shape.Z, Math.Min(l.Shape.Y, l.Shape.X)) >= 16).Take(3).Reverse())
        {
            var transform = pristine.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
            var region = new ElectrolyteRegion(level.Shape, transform, depth, outline);
            var margin = (float)(4 * Math.Max(transform.VoxelSize.Z, Math.Max(transform.VoxelSize.Y, transform.VoxelSize.X)));
            var within = new BitVolume(level.Shape.Z, level.Shape.Y, level.Shape.X);
            Parallel.For(0, level.Shape.Z, ComputeLane.Options(), z =>
            {
                var depths = new float[level.Shape.X];
                for (var y = 0; y < level.Shape.Y; y++)
                {
                    region.Row(z, y, depths);
                    ThresholdKernel.Within<float>(depths, margin, float.MaxValue, within.Row(z, y));
                }
            });
            var voxels = await DenseLevels.ReadFloatAsync(reader, level, ct);
            levels.Add(new Level(level, FeaturePoints.Collect(voxels, level.Shape.Z, level.Shape.Y, level.Shape.X, within, MostPoints)));
        }

        return new Registrar(store, pristine, levels);
    }

    /// <summary>How a scan lies to the pristine one.</summary>
    public async Task<ScanRegistration> AlignAsync(VolumeInfo scan, CancellationToken ct)
    {
        if (scan.Key == _pristine.Key)
        {
            return ScanRegistration.Identity(scan.Key);
        }

        var (a, b) = (scan.VoxelSize, _pristine.VoxelSize);
        var reader = await _store.ReaderAsync(scan, ct);
        if (_levels.Count == 0 || Math.Abs(a.Z / b.Z - 1) + Math.Abs(a.Y / b.Y - 1) + Math.Abs(a.X / b.X - 1) > 1e-6 || reader.Levels.Count <= _levels[0].Of.Number)
        {
            return ScanRegistration.Identity(scan.Key) with { Correlation = 0, Warning = $"{scan.Key} was not registered: its voxels or its size differ from the pristine scan's." };
        }

        // Turns go about the middle of the pristine scan, a point of the world that the other scan has somewhere too.
        var center = _pristine.Center;
        RigidMotion? motion = null;
        Alignment? last = null;
        IReadOnlyList<LocalShift> left = [];
        foreach (var level in _levels)
        {
            var theirs = reader.Levels[level.Of.Number];
            var voxels = await DenseLevels.ReadFloatAsync(reader, theirs, ct);
            ct.ThrowIfCancellationRequested();
            var size = (b.Z * level.Of.FactorZ, b.Y * level.Of.FactorY, b.X * level.Of.FactorX);
            var shape = (theirs.Shape.Z, theirs.Shape.Y, theirs.Shape.X);
            var alignment = new RigidAlignment(level.Points, IndexOf(_pristine, level.Of, center), voxels, shape, size, IndexOf(scan, theirs, center));
            last = alignment.Improve(motion ?? alignment.SearchShift(3), 30, Solve);
            motion = last.Motion;
            if (level == _levels[^1])
            {
                left = LocalOf(alignment, motion, level);
            }
        }

        var residual = left.Count == 0 ? 0 : Math.Sqrt(left.Average(l => l.Left.Length * l.Left.Length));
        var (pz, py, px) = motion!.Shift;
        return new ScanRegistration(
            scan.Key, WorldOf(motion, scan, center), [pz, py, px], motion.AngleDeg, residual, last!.Gain, last.Offset, last.Correlation, left, Complaint(scan.Key, last, residual, left.Count));
    }

    private string? Complaint(VolumeKey key, Alignment alignment, double residualUm, int cells) =>
        alignment.Points < 500 || cells == 0 ? $"{key} is registered on few features; check it by eye."
        : alignment.Correlation < 0.6 ? $"{key} agrees poorly with the pristine scan (correlation {alignment.Correlation:0.00}); check it by eye."
        : residualUm > 0.75 * _pristine.VoxelSize.Least ? $"{key} is off by {residualUm:0.00} µm after registration, more than three quarters of a voxel: the cell may have deformed."
        : null;

    private IReadOnlyList<LocalShift> LocalOf(RigidAlignment alignment, RigidMotion motion, Level level)
    {
        const int Cells = 5;
        var shape = level.Of.Shape;
        var found = alignment.Local(motion, (Cells, Cells, Cells), (shape.Z, shape.Y, shape.X), 200);
        return found.Select((d, i) => (d, i)).Where(c => c.d is not null).Select(c => new LocalShift(
            _pristine.Transform.ToWorld(new VoxelPoint(
                (c.i / (Cells * Cells) + 0.5) / Cells * _pristine.Shape.Z, (c.i / Cells % Cells + 0.5) / Cells * _pristine.Shape.Y, (c.i % Cells + 0.5) / Cells * _pristine.Shape.X)),
            new WorldVector(c.d!.Value.Z, c.d.Value.Y, c.d.Value.X))).ToArray();
    }

    // Index coordinates, whole at voxel centres, of a world point at a level.
    private static (double, double, double) IndexOf(VolumeInfo volume, PyramidLevel level, WorldPoint p)
    {
        var v = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX).ToVoxel(p);
        return (v.Z - 0.5, v.Y - 0.5, v.X - 0.5);
    }

    // The motion is in the volumes' own axes; the world's differ where a transform turns.
    private AffineTransform WorldOf(RigidMotion motion, VolumeInfo scan, WorldPoint center)
    {
        WorldPoint Map(WorldPoint p)
        {
            var (f, c, size) = (_pristine.Transform.ToVoxel(p), _pristine.Transform.ToVoxel(center), _pristine.VoxelSize);
            var (z, y, x) = motion.Apply((f.Z - c.Z) * size.Z, (f.Y - c.Y) * size.Y, (f.X - c.X) * size.X);
            var m = scan.Transform.ToVoxel(center);
            return scan.Transform.ToWorld(new VoxelPoint(m.Z + z / size.Z, m.Y + y / size.Y, m.X + x / size.X));
        }

        var o = Map(center);
        WorldVector z = Map(center + new WorldVector(1, 0, 0)) - o, y = Map(center + new WorldVector(0, 1, 0)) - o, x = Map(center + new WorldVector(0, 0, 1)) - o;
        return new AffineTransform(
        [
            z.Z, y.Z, x.Z, o.Z - z.Z * center.Z - y.Z * center.Y - x.Z * center.X,
            z.Y, y.Y, x.Y, o.Y - z.Y * center.Z - y.Y * center.Y - x.Y * center.X,
            z.X, y.X, x.X, o.X - z.X * center.Z - y.X * center.Y - x.X * center.X,
        ]);
    }

    private static double[]? Solve(double[,] a, double[] b)
    {
        // Turns are in radians and shifts in µm: scaled to one size before solving.
        var scale = Enumerable.Range(0, 6).Select(i => a[i, i] > 0 ? 1 / Math.Sqrt(a[i, i]) : 0).ToArray();
        if (scale.Any(s => s == 0))
        {
            return null;
        }

        var x = Matrix<double>.Build.Dense(6, 6, (i, j) => a[i, j] * scale[i] * scale[j]).Solve(Vector<double>.Build.Dense(6, i => b[i] * scale[i]));
        var step = x.Select((v, i) => v * scale[i]).ToArray();
        return step.All(double.IsFinite) ? step : null;
    }
}
