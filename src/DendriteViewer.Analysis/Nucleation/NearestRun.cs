using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Labelling;

namespace DendriteViewer.Analysis.Nucleation;

/// <summary>The nearest component to a set of runs, from surface to surface of the voxels.</summary>
internal static class NearestRun
{
    /// <summary>Label and distance in µm, or null where there are no components.</summary>
    public static (int Label, double Um)? Of(IReadOnlyList<(int Z, int Y, Components.Run Run)> runs, Components others, VoxelSize size)
    {
        if (others.Count == 0 || runs.Count == 0)
        {
            return null;
        }

        // Wider and wider around the box, until what is found cannot be beaten by what lies further out.
        for (var reach = 8.0 * size.Least; ; reach *= 2)
        {
            (int Label, double Um) best = (0, double.MaxValue);
            int rz = (int)Math.Ceiling(reach / size.Z), ry = (int)Math.Ceiling(reach / size.Y);
            foreach (var (z, y, run) in runs)
            {
                for (var oz = Math.Max(0, z - rz); oz <= Math.Min(others.Z - 1, z + rz); oz++)
                {
                    var dz = Math.Max(0, Math.Abs(oz - z) - 1) * size.Z;
                    for (var oy = Math.Max(0, y - ry); oy <= Math.Min(others.Y - 1, y + ry); oy++)
                    {
                        var dy = Math.Max(0, Math.Abs(oy - y) - 1) * size.Y;
                        if (dz * dz + dy * dy >= best.Um * best.Um)
                        {
                            continue;
                        }

                        foreach (var other in others.Row(oz, oy))
                        {
                            var dx = Math.Max(0, Math.Max(other.Start - run.End, run.Start - other.End)) * size.X;
                            var d = Math.Sqrt(dz * dz + dy * dy + dx * dx);
                            best = d < best.Um ? (other.Label, d) : best;
                        }
                    }
                }
            }

            if (best.Um <= reach)
            {
                return best;
            }

            if (rz > others.Z && ry > others.Y)
            {
                return best.Label == 0 ? null : best;
            }
        }
    }
}
