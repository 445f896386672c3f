using System.Globalization;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Measuring;

/// <summary>
/// Samples stored voxels of the finest level along a line, by trilinear interpolation between voxel centres, at steps of half a voxel.
/// Within half a voxel of the volume's faces the outermost voxels go on, as in the pictures.
/// </summary>
public sealed class LineProfiler(DatasetStore store, BrickCache cache)
{
    /// <summary>Steps along a line at most; a longer line has longer steps, which the result says.</summary>
    public const int MostSteps = 4096;

    private const long MostSamples = 40_000_000;

    /// <summary>Samples a line.</summary>
    /// <param name="volume">In which volume.</param>
    /// <param name="line">Along what.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">The line has no length, is too wide, or lies outside the volume.</exception>
    public async Task<LineProfile> MeasureAsync(VolumeInfo volume, ProfileLine line, Action<double>? progress, CancellationToken ct)
    {
        var length = line.LengthUm;
        if (!(length > 0))
        {
            throw new ArgumentException("The line has no length; draw it from one place to another.");
        }

        var along = (line.To - line.From).Normalized();
        var steps = (int)Math.Clamp(Math.Ceiling(length / PointGeometry.HalfVoxel(volume.Transform, along) - 1e-9), 1, MostSteps);
        var offsets = Across(volume, line, along, steps);
        var sampler = new TrilinearSampler(volume, await store.ReaderAsync(volume, ct), cache);
        var values = new double?[steps + 1];
        var deviations = offsets.Count > 1 ? new double?[steps + 1] : null;
        long noData = 0, outside = 0;
        for (var i = 0; i <= steps; i++)
        {
            ct.ThrowIfCancellationRequested();
            var at = line.From + i * length / steps * along;
            double mean = 0, squares = 0;
            var n = 0;
            foreach (var offset in offsets)
            {
                var value = sampler.TrySample(at + offset, out var sample) ? sample : await sampler.SampleAsync(at + offset, ct);
                if (value is null)
                {
                    outside++;
                }
                else if (!double.IsFinite(value.Value))
                {
                    noData++;
                }
                else
                {
                    // B. P. Welford, Note on a method for calculating corrected sums of squares and products, 1962.
                    var d = value.Value - mean;
                    mean += d / ++n;
                    squares += d * (value.Value - mean);
                }
            }

            values[i] = n > 0 ? mean : null;
            if (deviations is not null)
            {
                deviations[i] = n > 1 ? Math.Sqrt(squares / (n - 1)) : null;
            }

            if (i % 64 == 63)
            {
                progress?.Invoke((double)i / steps);
                ComputeLane.GiveWay();
            }
        }

        var share = (double)outside / ((long)(steps + 1) * offsets.Count);
        return share == 1
            ? throw new ArgumentException("The line lies outside the volume; move it inside.")
            : new LineProfile(length, length / steps, values, deviations, offsets.Count, noData, share);
    }

    // Where samples lie across the line, each the middle of an equal part.
    private static List<WorldVector> Across(VolumeInfo volume, ProfileLine line, WorldVector along, int steps)
    {
        // In 3D, any two directions at right angles to the line.
        var second = line.Normal ?? Perpendicular(along, Math.Abs(along.Z) < 0.9 ? new WorldVector(1, 0, 0) : new WorldVector(0, 1, 0));
        var first = Perpendicular(along, second);
        var (width, other) = (line.WidthUm, line.Normal is null ? line.WidthUm : line.ThicknessUm);
        var (a, b) = (Parts(volume, first, width), Parts(volume, second, other));

        // Asked before anything is made of it, since both come from outside.
        if (a * b * (steps + 1) > MostSamples)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The line is so long and wide that it has {a * b * (steps + 1) / 1e6:0} million samples; ")
                + $"at most {MostSamples / 1_000_000} million are taken. Make it narrower or shorter.");
        }

        var offsets = new List<WorldVector>();
        for (var i = 0; i < a; i++)
        {
            for (var j = 0; j < b; j++)
            {
                var (u, v) = (((i + 0.5) / a - 0.5) * width, ((j + 0.5) / b - 0.5) * other);
                if (line.Normal is not null || u * u + v * v <= width * width / 4 + 1e-12)
                {
                    offsets.Add(u * first + v * second);
                }
            }
        }

        return offsets;
    }

    // Into how many parts of half a voxel at most a width is cut.
    private static double Parts(VolumeInfo volume, WorldVector direction, double width) =>
        Math.Max(1, Math.Ceiling(width / PointGeometry.HalfVoxel(volume.Transform, direction) - 1e-9));

    private static WorldVector Perpendicular(WorldVector a, WorldVector b) => new WorldVector(
        a.X * b.Y - a.Y * b.X, a.Z * b.X - a.X * b.Z, a.Y * b.Z - a.Z * b.Y).Normalized();
}
