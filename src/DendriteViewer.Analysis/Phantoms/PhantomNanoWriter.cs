using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>
/// Writes the two nano scans slice by slice. Materials are computed from the scene's shapes at the nano voxels, not from the projection's
/// labels. Phase contrast has a halo as Zernike's method leaves: an image less a part of its blurred self, so that edges are lined by
/// bright rims and wide dark regions fade; the blur is computed on a lattice a few voxels wide, which is all that memory holds.
/// </summary>
internal sealed class PhantomNanoWriter
{
    // In absorption void and lithium are alike; in phase contrast void is black, lithium grey, the electrolyte bright.
    private const float VoidValue = 6200, LithiumValue = 7000, ElectrolyteValue = 33000, AbsorptionNoise = 2200;
    private const float PhaseVoid = 5200, PhaseLithium = 19000, PhaseElectrolyte = 34000, PhaseNoise = 1800;
    private const float HaloShare = 0.25f;
    private const double HaloUm = 1.1;
    private const int MostLattice = 160;
    private readonly PhantomScene _scene;
    private readonly PhantomNano _nano;
    private readonly double _hours;
    private readonly AffineTransform _toMaterial;
    private readonly List<Body> _bodies = [];

    /// <param name="scene">The cell.</param>
    /// <param name="nano">The field.</param>
    /// <param name="hours">When.</param>
    /// <param name="driftUm">Where material of the first scan is at that time, less where it was.</param>
    public PhantomNanoWriter(PhantomScene scene, PhantomNano nano, double hours, double[] driftUm)
    {
        (_scene, _nano, _hours) = (scene, nano, hours);
        var rows = nano.ToScan.Rows.ToArray();
        (rows[3], rows[7], rows[11]) = (rows[3] - driftUm[0], rows[7] - driftUm[1], rows[11] - driftUm[2]);
        _toMaterial = new AffineTransform(rows);
        Collect();
    }

    private enum Material : byte
    {
        Electrolyte,
        Void,
        Lithium,
    }

    // A body of one material, in nano voxels a ball that holds it; those that come first win where several overlap.
    private sealed record Body(Material Of, WorldPoint Center, VoxelPoint At, double Reach, Func<WorldPoint, bool> Contains);

    /// <summary>Writes both scans as folders of TIFF slices.</summary>
    public void Write(string absorption, string phase, CancellationToken ct)
    {
        Directory.CreateDirectory(absorption);
        Directory.CreateDirectory(phase);
        var halo = Halo(ct);
        var s = _nano.Shape;
        Parallel.For(0, s.Z, ComputeLane.Options(ct), z =>
        {
            var materials = new Material[s.SliceCount];
            var grains = new float[s.SliceCount];
            Paint(z + 0.5, 1, materials, grains, s.Y, s.X);
            var bytes = new byte[2 * s.SliceCount];
            var random = new DetectorNoise((uint)PhantomRandom.SeedOf(_scene.Options.Seed, (int)Math.Round(_hours * 1000) + 250_000, z));
            Fill(i => materials[i] switch { Material.Void => VoidValue, Material.Lithium => LithiumValue, _ => ElectrolyteValue
                + grains[i] }
                + AbsorptionNoise * random.Next());
            Save(absorption);
            random = new DetectorNoise((uint)PhantomRandom.SeedOf(_scene.Options.Seed, (int)Math.Round(_hours * 1000) + 500_000, z));
            Fill(i => PhaseOf(materials[i]) - HaloShare * halo.At(z + 0.5, i / s.X + 0.5, i % s.X + 0.5) + PhaseNoise * random.Next());
            Save(phase);

            void Fill(Func<int, float> value)
            {
                for (var i = 0; i < materials.Length; i++)
                {
                    BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (ushort)Math.Clamp(value(i), 0, 65535));
                }
            }

            void Save(string folder)
            {
                using var file = new FileStream(
                    Path.Combine(folder, $"slice_{z:D4}.tif"), FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
                new ClassicTiffSlice(s.X, s.Y, PhantomNano.VoxelUm).Write(file, bytes);
            }
        });
    }

    private static float PhaseOf(Material m) => m switch
    {
        Material.Void => PhaseVoid, Material.Lithium => PhaseLithium, _ => PhaseElectrolyte,
    };

    private void Collect()
    {
        foreach (var v in _scene.Voids)
        {
            var scale = PhantomScene.VoidScale(v, _hours);
            Add(Material.Void, v.Center, v.ReachUm, p => v.Contains(p, scale));
        }

        if (_hours >= PhantomScene.NewVoidHours)
        {
            foreach (var v in _scene.NewVoids)
            {
                Add(Material.Void, v.Center, v.ReachUm, p => v.Contains(p, 1));
            }

            foreach (var c in _scene.Cracks)
            {
                Add(Material.Void, c.Center, c.RadiusUm, c.Contains);
            }
        }

        foreach (var limb in _scene.Sites.SelectMany(s => s.Limbs))
        {
            var r = limb.RadiusUm * PhantomScene.LimbScale(limb, _hours);
            if (r > 0)
            {
                Add(Material.Lithium, limb.A + 0.5 * (limb.B - limb.A), r + 0.5 * (limb.B - limb.A).Length, p => limb.Contains(p, r));
            }
        }

        void Add(Material of, WorldPoint center, double reachUm, Func<WorldPoint, bool> contains)
        {
            var at = _toMaterial.ToVoxel(center);
            var reach = reachUm / _toMaterial.VoxelSize.Least + 2;
            var s = _nano.Shape;
            if (at.Z > -reach && at.Z < s.Z + reach && at.Y > -reach && at.Y < s.Y + reach && at.X > -reach && at.X < s.X + reach)
            {
                _bodies.Add(new Body(of, center, at, reach, contains));
            }
        }
    }

    // A slice across z at a height in nano voxels, sampled every so many voxels in the middle of them.
    private void Paint(double height, int step, Material[] target, float[] grains, int rows, int columns)
    {
        var grain = new GrainRow(_scene);
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++)
            {
                var p = At(height, (y + 0.5) * step, (x + 0.5) * step);
                target[y * columns + x] = _scene.DepthOf(p) < 0 ? Material.Lithium : Material.Electrolyte;
                grains[y * columns + x] = step == 1 ? grain.At(p) : 0;
            }
        }

        foreach (var body in Enumerable.Reverse(_bodies))
        {
            var left = body.Reach * body.Reach - (body.At.Z - height) * (body.At.Z - height);
            if (left <= 0)
            {
                continue;
            }

            var half = Math.Sqrt(left);
            int From(double v) => Math.Max(0, (int)Math.Floor((v - half) / step - 0.5));
            int To(double v, int n) => Math.Min(n - 1, (int)Math.Ceiling((v + half) / step - 0.5));
            for (var y = From(body.At.Y); y <= To(body.At.Y, rows); y++)
            {
                for (var x = From(body.At.X); x <= To(body.At.X, columns); x++)
                {
                    if (body.Contains(At(height, (y + 0.5) * step, (x + 0.5) * step)))
                    {
                        target[y * columns + x] = body.Of;
                    }
                }
            }
        }
    }

    private WorldPoint At(double z, double y, double x) => _toMaterial.ToWorld(new VoxelPoint(z, y, x));

    // What is blurred: phase values less the electrolyte's, on a lattice of at most 160 points a side.
    private Lattice Halo(CancellationToken ct)
    {
        var s = _nano.Shape;
        var step = Math.Max(2, (s.Z + MostLattice - 1) / MostLattice);
        var n = (s.Z + step - 1) / step;
        var values = new float[n * n * n];
        Parallel.For(0, n, ComputeLane.Options(ct), z =>
        {
            var materials = new Material[n * n];
            Paint((z + 0.5) * step, step, materials, new float[n * n], n, n);
            for (var i = 0; i < materials.Length; i++)
            {
                values[z * n * n + i] = PhaseOf(materials[i]) - PhaseElectrolyte;
            }
        });
        var lattice = new Lattice(values, n, step);
        lattice.Blur(HaloUm / (step * PhantomNano.VoxelUm));
        return lattice;
    }

    private sealed class Lattice(float[] values, int n, int step)
    {
        public float At(double z, double y, double x)
        {
            double cz = Math.Clamp(z / step - 0.5, 0, n - 1.001), cy = Math.Clamp(y / step - 0.5, 0, n - 1.001);
            var cx = Math.Clamp(x / step - 0.5, 0, n - 1.001);
            int kz = (int)cz, ky = (int)cy, kx = (int)cx;
            float fz = (float)(cz - kz), fy = (float)(cy - ky), fx = (float)(cx - kx);
            float Row(int k, int j) => values[(k * n + j) * n + kx] * (1 - fx) + values[(k * n + j) * n + kx + 1] * fx;
            return (Row(kz, ky) * (1 - fy) + Row(kz, ky + 1) * fy) * (1 - fz) + (Row(kz + 1, ky) * (1 - fy) + Row(kz + 1, ky
                + 1) * fy) * fz;
        }

        // A Gaussian along each axis; beyond the lattice the last value goes on.
        public void Blur(double sigma)
        {
            var reach = Math.Max(1, (int)Math.Ceiling(3 * sigma));
            var weights = Enumerable.Range(-reach, 2 * reach + 1).Select(i => (float)Math.Exp(-0.5 * i * i / (sigma * sigma))).ToArray();
            var sum = weights.Sum();
            foreach (var stride in new[] { 1, n, n * n })
            {
                Parallel.For(0, n * n, ComputeLane.Options(), line =>
                {
                    var start = stride == 1 ? line * n : stride == n ? line / n * n * n + line % n : line;
                    var before = new float[n];
                    for (var i = 0; i < n; i++)
                    {
                        before[i] = values[start + i * stride];
                    }

                    for (var i = 0; i < n; i++)
                    {
                        var v = 0f;
                        for (var k = -reach; k <= reach; k++)
                        {
                            v += weights[k + reach] * before[Math.Clamp(i + k, 0, n - 1)];
                        }

                        values[start + i * stride] = v / sum;
                    }
                });
            }
        }
    }

    // The grain of a place, looked up once a cell of 2 µm: grains are far larger.
    private sealed class GrainRow(PhantomScene scene)
    {
        private const double CellUm = 2;
        private readonly Dictionary<(int, int, int), float> _values = [];
        private (int, int, int) _last = (int.MinValue, 0, 0);
        private float _value;

        public float At(WorldPoint p)
        {
            var cell = ((int)Math.Floor(p.Z / CellUm), (int)Math.Floor(p.Y / CellUm), (int)Math.Floor(p.X / CellUm));
            if (cell == _last)
            {
                return _value;
            }

            _last = cell;
            if (_values.TryGetValue(cell, out _value))
            {
                return _value;
            }

            var middle = new WorldPoint((cell.Item1 + 0.5) * CellUm, (cell.Item2 + 0.5) * CellUm, (cell.Item3 + 0.5) * CellUm);
            var best = double.MaxValue;
            foreach (var (seed, value) in scene.Grains)
            {
                var d = seed - middle;
                if (d.Dot(d) < best)
                {
                    (best, _value) = (d.Dot(d), value);
                }
            }

            return _values[cell] = _value;
        }
    }
}
