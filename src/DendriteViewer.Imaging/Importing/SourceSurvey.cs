using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Importing;

/// <summary>One pass over a source before it is imported: its values' range, and the scan so coarse that it fits memory.</summary>
internal sealed class SourceSurvey
{
    private const long MostVoxels = 8_000_000;
    private readonly float[] _coarse;
    private readonly VolumeShape _shape;
    private readonly int _factor;

    private SourceSurvey(double least, double most, float[] coarse, VolumeShape shape, int factor) => (Least, Most, _coarse, _shape, _factor) = (least, most, coarse, shape, factor);

    /// <summary>Smallest finite value.</summary>
    public double Least { get; }

    /// <summary>Largest finite value.</summary>
    public double Most { get; }

    /// <summary>Reads every slice.</summary>
    public static SourceSurvey Of(ISliceSource source, Action<int>? read, CancellationToken ct)
    {
        var (s, factor) = (source.Shape, 1);
        VolumeShape Coarse() => new((s.Z + factor - 1) / factor, (s.Y + factor - 1) / factor, (s.X + factor - 1) / factor);
        while (Coarse().Count > MostVoxels)
        {
            factor++;
        }

        var shape = Coarse();
        var sums = new double[shape.SliceCount];
        var counts = new int[shape.SliceCount];
        var coarse = new float[shape.Count];
        var bytes = new byte[s.SliceCount * source.Type.Size()];
        var values = new float[s.SliceCount];
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var z = 0; z < s.Z; z++)
        {
            ct.ThrowIfCancellationRequested();
            source.ReadSlice(z, bytes);
            DenseLevels.ToFloat(bytes, source.Type, values);
            for (var y = 0; y < s.Y; y++)
            {
                for (var x = 0; x < s.X; x++)
                {
                    var v = values[y * s.X + x];
                    if (float.IsFinite(v))
                    {
                        (least, most) = (Math.Min(least, v), Math.Max(most, v));
                        var at = y / factor * shape.X + x / factor;
                        sums[at] += v;
                        counts[at]++;
                    }
                }
            }

            if ((z + 1) % factor == 0 || z == s.Z - 1)
            {
                for (var i = 0; i < sums.Length; i++)
                {
                    coarse[z / factor * shape.SliceCount + i] = counts[i] == 0 ? 0 : (float)(sums[i] / counts[i]);
                }

                Array.Clear(sums);
                Array.Clear(counts);
            }

            read?.Invoke(z + 1);
        }

        return least <= most ? new SourceSurvey(least, most, coarse, shape, factor) : throw new VolumeFormatException("It holds no number at all; give another file.");
    }

    /// <summary>The box around the cell's outline with a margin of a fiftieth, or null where no outline is to be seen.</summary>
    public VoxelBox? CellBox(IScanAnalysis analysis, VolumeShape whole, AffineTransform transform, DepthFrame depth)
    {
        var coarse = new CoarseScan(_coarse, _shape, transform.ForLevel(_factor, _factor, _factor), Least, Most);
        return analysis.FindOutline(coarse, depth.Axis, depth.Direction) is { } outline ? BoxOf(outline, whole, transform, depth.Axis) : null;
    }

    /// <summary>The box around an outline with a margin of a fiftieth.</summary>
    public static VoxelBox BoxOf(CellOutline outline, VolumeShape whole, AffineTransform transform, Axis axis)
    {
        double u0 = outline.Corners.Min(c => c.U), u1 = outline.Corners.Max(c => c.U), v0 = outline.Corners.Min(c => c.V), v1 = outline.Corners.Max(c => c.V);
        var margin = 0.02 * Math.Max(u1 - u0, v1 - v0);
        WorldPoint At(double u, double v) => axis switch { Axis.Y => new(u, 0, v), Axis.X => new(u, v, 0), _ => new(0, u, v) };
        var (a, b) = (transform.ToVoxel(At(u0 - margin, v0 - margin)), transform.ToVoxel(At(u1 + margin, v1 + margin)));
        (int, int) Range(double from, double to, int count, bool along) =>
            along ? (0, count) : (Math.Clamp((int)Math.Floor(Math.Min(from, to)), 0, count - 1), Math.Clamp((int)Math.Ceiling(Math.Max(from, to)), 1, count));
        var (z0, z1) = Range(a.Z, b.Z, whole.Z, axis == Axis.Z);
        var (y0, y1) = Range(a.Y, b.Y, whole.Y, axis == Axis.Y);
        var (x0, x1) = Range(a.X, b.X, whole.X, axis == Axis.X);
        return new VoxelBox(new(z0, y0, x0), new(z1, y1, x1));
    }
}
