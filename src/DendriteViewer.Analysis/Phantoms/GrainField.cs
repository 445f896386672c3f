using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>The grain each voxel belongs to (nearest seed) as a change of grey value, looked up on a grid half as fine.</summary>
internal sealed class GrainField
{
    private readonly float[] _values;
    private readonly int _n;

    public GrainField(PhantomScene scene)
    {
        _n = (scene.Options.Size + 1) / 2;
        _values = new float[(long)_n * _n * _n];
        var h = 2 * scene.Options.VoxelUm;
        const double Cell = 40;
        var cells = scene.Grains.ToLookup(g => ((int)(g.Seed.Z / Cell), (int)(g.Seed.Y / Cell), (int)(g.Seed.X / Cell)));
        Parallel.For(0, _n, ComputeLane.Options(), z =>
        {
            var near = new List<(WorldPoint Seed, float Value)>();
            var last = (-1, -1, -1);
            for (var y = 0; y < _n; y++)
            {
                for (var x = 0; x < _n; x++)
                {
                    var p = new WorldPoint((z + 0.5) * h, (y + 0.5) * h, (x + 0.5) * h);
                    var cell = ((int)(p.Z / Cell), (int)(p.Y / Cell), (int)(p.X / Cell));
                    if (cell != last)
                    {
                        last = cell;
                        Gather(cells, cell, near);
                    }

                    var (best, value) = (double.MaxValue, 0f);
                    foreach (var (seed, v) in near)
                    {
                        double dz = seed.Z - p.Z, dy = seed.Y - p.Y, dx = seed.X - p.X;
                        var d = dz * dz + dy * dy + dx * dx;
                        if (d < best)
                        {
                            (best, value) = (d, v);
                        }
                    }

                    _values[((long)z * _n + y) * _n + x] = value;
                }
            }
        });
    }

    public float At(int z, int y, int x) => _values[((long)(z >> 1) * _n + (y >> 1)) * _n + (x >> 1)];

    private static void Gather(
        ILookup<(int, int, int), (WorldPoint Seed, float Value)> cells, (int Z, int Y, int X) cell, List<(WorldPoint, float)> near)
    {
        near.Clear();
        for (var dz = -1; dz <= 1; dz++)
        {
            for (var dy = -1; dy <= 1; dy++)
            {
                for (var dx = -1; dx <= 1; dx++)
                {
                    near.AddRange(cells[(cell.Z + dz, cell.Y + dy, cell.X + dx)]);
                }
            }
        }
    }
}
