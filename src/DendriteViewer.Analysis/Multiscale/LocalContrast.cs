using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Values less the mean around them, so that a search goes by voids and grains and not by which side is brighter: walls, electrodes and
/// shading reach over the whole field and agree nearly anywhere.
/// </summary>
internal static class LocalContrast
{
    /// <summary>Voxels less the mean of the cube of 2·reach + 1 voxels around them, smaller at the faces.</summary>
    public static float[] Of(ReadOnlySpan<float> voxels, VolumeShape shape, int reach)
    {
        var (mean, values) = (voxels.ToArray(), voxels.ToArray());
        foreach (var (length, stride) in new[] { (shape.X, 1), (shape.Y, shape.X), (shape.Z, (int)shape.SliceCount) })
        {
            var lines = (int)(shape.Count / length);
            Parallel.For(0, lines, ComputeLane.Options(), line =>
            {
                var start = stride == 1 ? line * length : line / stride * stride * length + line % stride;
                var sums = new double[length + 1];
                for (var i = 0; i < length; i++)
                {
                    sums[i + 1] = sums[i] + (float.IsFinite(mean[start + i * stride]) ? mean[start + i * stride] : 0);
                }

                for (var i = 0; i < length; i++)
                {
                    int from = Math.Max(0, i - reach), to = Math.Min(length, i + reach + 1);
                    mean[start + i * stride] = (float)((sums[to] - sums[from]) / (to - from));
                }
            });
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] -= mean[i];
        }

        return values;
    }
}
