using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>Edges of regions in a nano field, where the halo of phase contrast hides what voxels are.</summary>
/// <param name="labels">What each voxel is, x fastest.</param>
/// <param name="phase">Phase value of each voxel.</param>
/// <param name="shape">Voxels along z, y, x.</param>
/// <param name="voxel">Edge lengths of a voxel, µm.</param>
internal sealed class FieldEdges(int[] labels, float[] phase, VolumeShape shape, VoxelSize voxel)
{
    private double LargestEdgeUm => Math.Max(voxel.Z, Math.Max(voxel.Y, voxel.X));

    /// <summary>The voxels whose label is one of some.</summary>
    /// <param name="of">Which.</param>
    public BitVolume Where(Func<int, bool> of)
    {
        var bits = new BitVolume(shape.Z, shape.Y, shape.X);
        Parallel.For(0, shape.Z, ComputeLane.Options(), z =>
        {
            for (var y = 0; y < shape.Y; y++)
            {
                var row = ((long)z * shape.Y + y) * shape.X;
                for (var x = 0; x < shape.X; x++)
                {
                    if (of(labels[row + x]))
                    {
                        bits[z, y, x] = true;
                    }
                }
            }
        });
        return bits;
    }

    /// <summary>A set without what lies nearer than a distance to something else.</summary>
    /// <param name="set">The set.</param>
    /// <param name="um">The distance, µm.</param>
    public BitVolume Shrunk(BitVolume set, double um) => Grown(set.Complement(), um).Complement();

    private BitVolume Grown(BitVolume set, double um) => Morphology.DilateBall(set, um / voxel.Z, um / voxel.Y, um / voxel.X);

    /// <summary>
    /// Zernike's halo: how far outside of dark regions phase values still differ by a tenth of what they do at the edge, µm.
    /// </summary>
    /// <param name="isDark">Labels of dark regions.</param>
    /// <param name="isBright">Labels of what surrounds them.</param>
    public double HaloUm(Func<int, bool> isDark, Func<int, bool> isBright)
    {
        const int Steps = 12;
        var stepUm = Math.Max(LargestEdgeUm, 0.25);
        var (near, bright) = (Where(isDark), Where(isBright));
        var means = new List<double>();
        var grown = near;
        for (var k = 0; k < Steps; k++)
        {
            var next = Grown(near, (k + 1) * stepUm);
            var shell = next.Clone().AndNot(grown).And(bright);
            var (sum, n) = (0.0, 0L);
            for (var z = 0; z < shape.Z; z++)
            {
                for (var y = 0; y < shape.Y; y++)
                {
                    for (var x = 0; x < shape.X; x++)
                    {
                        if (shell[z, y, x])
                        {
                            sum += phase[((long)z * shape.Y + y) * shape.X + x];
                            n++;
                        }
                    }
                }
            }

            means.Add(n > 0 ? sum / n : means.Count > 0 ? means[^1] : 0);
            grown = next;
        }

        // The first shells hold voxels that the edge cuts; the brightest of the others is the halo's rim.
        var far = means[^1];
        var rim = Enumerable.Range(0, Steps).MaxBy(k => means[k]);
        var last = Enumerable.Range(rim, Steps - rim).First(k => means[k] - far <= 0.25 * (means[rim] - far) + 1e-9);
        return Math.Max(2 * LargestEdgeUm, Math.Min((last + 0.5) * stepUm, 3));
    }
}
