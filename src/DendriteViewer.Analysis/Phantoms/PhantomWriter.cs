using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>
/// Writes an experiment as a beamline would hand it over: a folder of 16-bit TIFF slices a timestep, <c>voltage.csv</c>,
/// <c>current.csv</c>, impedance sweeps, spectra, <c>dataset.json</c>; and <c>truth.json</c>, what an analysis should find. Scans have photon noise, weak rings and drift. Each slice draws its noise from its own seed, so that the bytes do not depend on the number of cores.
/// </summary>
public sealed class PhantomWriter
{
    private const double BinUm = 20, SurfaceStepUm = 16;
    private const float VoidValue = 6200, LithiumValue = 7000, WallValue = 25500, ElectrolyteValue = 33000, Noise = 1150;
    private const float AirValue = 6200, BrightValue = 52000;

    private const byte NewVoid = 3, Crack = 4;

    private readonly PhantomOptions _options;
    private readonly PhantomScene _scene;
    private readonly PhantomCycler _cycler;
    private readonly PhantomImpedance _impedance;
    private readonly PhantomSpectra _spectra;
    private readonly PhantomNano? _nano;

    /// <param name="options">What to make.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public PhantomWriter(PhantomOptions options)
    {
        if (options.Size is < 32 or > 2048 || !(options.VoxelUm > 0) || !double.IsFinite(options.VoxelUm) || options.Hours.Count == 0
            || options.Hours.Any(h => !double.IsFinite(h) || h < 0) || !(options.Band.ToUm > options.Band.FromUm)
            || !(options.TiltDeg is null or (>= 0 and <= 10)) || !(options.DriftVoxels is >= 0 and <= 8)
            || options.NanoSize is < 32 or > 2048)
        {
            throw new ArgumentException("A phantom needs a size of 32 to 2048, a voxel above 0 µm, hours of 0 or more, a band FROM:TO "
                + "with FROM below TO, a tilt of 0 to 10°, a drift of 0 to 8 voxels, and nano scans of 32 to 2048 voxels.");
        }

        _options = options with { Hours = options.Hours.Distinct().Order().ToArray() };
        _scene = new PhantomScene(_options);
        var schedule = new PhantomSchedule(_options);
        _cycler = new PhantomCycler(_options, schedule, AreaMm2 / 100);
        _impedance = new PhantomImpedance(_options.Seed, schedule.SweepHours);
        _spectra = new PhantomSpectra(_options.Seed);
        _nano = _options.Nano ? new PhantomNano(_scene) : null;
    }

    /// <summary>Writes everything below a folder, which is made; dataset.json comes last.</summary>
    public void Write(string folder, IProgress<double>? progress, CancellationToken ct)
    {
        var n = _options.Size;
        var host = new byte[(long)n * n * n];
        Paint(host, _options.Hours[0], lithium: false);
        var (pristine, electrolyte) = CountVoids(host);
        var lithium = new JsonArray();
        var done = 0;
        foreach (var hours in _options.Hours)
        {
            ct.ThrowIfCancellationRequested();
            var scan = new byte[host.Length];
            Paint(scan, hours, lithium: true);
            lithium.Add(new JsonObject
            {
                ["hours"] = hours,
                ["lithiumUm3"] = Math.Round(Count(scan, 2) * Math.Pow(_options.VoxelUm, 3), 1),
                ["voidUm3"] = Math.Round(Count(scan, 1) * Math.Pow(_options.VoxelUm, 3), 1),
                ["newVoidUm3"] = Math.Round(Count(scan, NewVoid) * Math.Pow(_options.VoxelUm, 3), 1),
                ["crackUm3"] = Math.Round(Count(scan, Crack) * Math.Pow(_options.VoxelUm, 3), 1),
                ["driftVoxels"] = new JsonArray(Drift(hours).Select(d => (JsonNode)Math.Round(d, 4)).ToArray()),
            });
            if (_nano is { } nano && hours == _options.Hours[^1])
            {
                new PhantomNanoWriter(_scene, nano, hours, DriftUm(hours)).Write(
                    Path.Combine(folder, PhantomNano.Absorption, FolderOf(hours)), Path.Combine(folder, PhantomNano.Phase,
                        FolderOf(hours)), ct);
            }

            WriteScan(Path.Combine(folder, "projection", FolderOf(hours)), scan, hours, f => progress?.Report((done + f) / _options.Hours.Count), ct);
            done++;
        }

        _cycler.Write(folder);
        _impedance.Write(folder);
        _spectra.Write(folder);
        File.WriteAllText(Path.Combine(folder, "truth.json"), Truth(pristine, electrolyte, lithium).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        File.WriteAllText(Path.Combine(folder, "dataset.json"), Manifest().ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = DatasetManifest.Json.Encoder }));
    }

    private static string FolderOf(double hours) => "t" + hours.ToString("0.0##", CultureInfo.InvariantCulture);

    // 0 electrolyte, 1 void, 2 lithium inside the electrolyte, 3 a void that was not there before, 4 a crack; the electrode and the wall
    // are
    // added when the scan is taken.
    private void Paint(byte[] target, double hours, bool lithium)
    {
        foreach (var v in _scene.Voids)
        {
            var s = PhantomScene.VoidScale(v, hours);
            var (c, r) = (v.Center, s * v.Radii);
            Fill(target, new WorldPoint(c.Z - r.Z, c.Y - r.Y, c.X - r.X), new WorldPoint(c.Z + r.Z, c.Y + r.Y, c.X + r.X), 1,
                p => v.Contains(p, s));
        }

        if (!lithium)
        {
            return;
        }

        foreach (var v in hours >= PhantomScene.NewVoidHours ? _scene.NewVoids : [])
        {
            var (c, r) = (v.Center, v.Radii);
            Fill(target, new WorldPoint(c.Z - r.Z, c.Y - r.Y, c.X - r.X), new WorldPoint(c.Z + r.Z, c.Y + r.Y, c.X + r.X), NewVoid,
                p => v.Contains(p, 1));
        }

        foreach (var crack in hours >= PhantomScene.NewVoidHours ? _scene.Cracks : [])
        {
            var (c, r) = (crack.Center, crack.RadiusUm);
            Fill(target, new WorldPoint(c.Z - r, c.Y - r, c.X - r), new WorldPoint(c.Z + r, c.Y + r, c.X + r), Crack, crack.Contains);
        }

        foreach (var limb in _scene.Sites.SelectMany(s => s.Limbs))
        {
            var r = limb.RadiusUm * PhantomScene.LimbScale(limb, hours);
            if (r <= 0)
            {
                continue;
            }

            var (a, b) = (limb.A, limb.B);
            var reach = r + 1;
            Fill(
                target,
                new WorldPoint(Math.Min(a.Z, b.Z) - reach, Math.Min(a.Y, b.Y) - reach, Math.Min(a.X, b.X) - reach),
                new WorldPoint(Math.Max(a.Z, b.Z) + reach, Math.Max(a.Y, b.Y) + reach, Math.Max(a.X, b.X) + reach), 2,
                p => limb.Contains(p, r));
        }
    }

    private void Fill(byte[] target, WorldPoint low, WorldPoint high, byte label, Func<WorldPoint, bool> inside)
    {
        var (n, h) = (_options.Size, _options.VoxelUm);
        int From(double v) => Math.Clamp((int)Math.Floor(v / h), 0, n - 1);
        bool InCell(WorldPoint p) => (p.Y - _scene.Extent / 2) * (p.Y - _scene.Extent / 2) + (p.X - _scene.Extent / 2) * (p.X - _scene.Extent / 2) < _scene.Radius * _scene.Radius;
        for (var z = From(low.Z); z <= From(high.Z); z++)
        {
            for (var y = From(low.Y); y <= From(high.Y); y++)
            {
                for (var x = From(low.X); x <= From(high.X); x++)
                {
                    ref var voxel = ref target[((long)z * n + y) * n + x];
                    var p = new WorldPoint((z + 0.5) * h, (y + 0.5) * h, (x + 0.5) * h);
                    if (voxel == 0 && inside(p) && InCell(p))
                    {
                        voxel = label;
                    }
                }
            }
        }
    }

    private static long Count(byte[] labels, byte label) => labels.LongCount(l => l == label);

    // Void and electrolyte volume by depth in bins of 20 µm.
    private (double[] Voids, double[] Electrolyte) CountVoids(byte[] labels)
    {
        var (n, h) = (_options.Size, _options.VoxelUm);
        var bins = (int)Math.Ceiling((_scene.Extent - _scene.InterfaceAt) / BinUm) + 1;
        double[] voids = new double[bins], electrolyte = new double[bins];
        var r2 = _scene.Radius * _scene.Radius;
        for (var y = 0; y < n; y++)
        {
            for (var x = 0; x < n; x++)
            {
                double wy = (y + 0.5) * h, wx = (x + 0.5) * h, dy = wy - _scene.Extent / 2, dx = wx - _scene.Extent / 2;
                if (dy * dy + dx * dx >= r2)
                {
                    continue;
                }

                for (var z = 0; z < n; z++)
                {
                    var depth = _scene.DepthOf(new WorldPoint((z + 0.5) * h, wy, wx));
                    if (depth >= 0 && (int)(depth / BinUm) is var bin && bin < bins)
                    {
                        electrolyte[bin] += h * h * h;
                        voids[bin] += labels[((long)z * n + y) * n + x] == 1 ? h * h * h : 0;
                    }
                }
            }
        }

        return (voids, electrolyte);
    }

    /// <summary>Displacement of a scan against the first, in voxels, z y x.</summary>
    private double[] Drift(double hours)
    {
        if (hours == _options.Hours[0])
        {
            return [0, 0, 0];
        }

        var random = new Random(PhantomRandom.SeedOf(_options.Seed, (int)Math.Round(hours * 1000), 77));
        double Draw() => _options.DriftVoxels * (2 * random.NextDouble() - 1);
        return [Draw(), Draw(), Draw()];
    }

    private double[] DriftUm(double hours) => Drift(hours).Select(d => d * _options.VoxelUm).ToArray();

    private void WriteScan(string folder, byte[] labels, double hours, Action<double> report, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var n = _options.Size;
        var drift = Drift(hours);
        var rings = Rings(hours);
        var grains = new GrainField(_scene);
        var done = 0;
        Parallel.For(0, n, ComputeLane.Options(ct), z =>
        {
            var row = new float[n * n];
            Attenuation(labels, z, drift, grains, row);
            var bytes = new byte[2 * n * n];
            AddDetector(row, z, hours, rings, bytes);
            WriteSlice(Path.Combine(folder, $"slice_{z:D4}.tif"), bytes);
            report((double)Interlocked.Increment(ref done) / n);
        });
    }

    // What the scan would be without a detector: materials blurred by the sub-voxel shift.
    private void Attenuation(byte[] labels, int z, double[] drift, GrainField grains, float[] target)
    {
        var n = _options.Size;
        var a = new float[(n + 1) * (n + 1)];
        var b = new float[(n + 1) * (n + 1)];
        var z0 = (int)Math.Floor(z - drift[0]);
        Material(labels, z0, grains, a, drift);
        Material(labels, z0 + 1, grains, b, drift);
        var fz = (float)(z - drift[0] - z0);
        var fy = (float)(-drift[1] - Math.Floor(-drift[1]));
        var fx = (float)(-drift[2] - Math.Floor(-drift[2]));
        for (var y = 0; y < n; y++)
        {
            for (var x = 0; x < n; x++)
            {
                var i = y * (n + 1) + x;
                float Mix(float[] p) => (p[i] * (1 - fx) + p[i + 1] * fx) * (1 - fy) + (p[i + n + 1] * (1 - fx) + p[i + n + 2] * fx) * fy;
                target[y * n + x] = Mix(a) * (1 - fz) + Mix(b) * fz;
            }
        }
    }

    // One slice of values, from one voxel before the drift's floor on; one row and column more than the volume has.
    private void Material(byte[] labels, int z, GrainField grains, float[] target, double[] drift)
    {
        var (n, h) = (_options.Size, _options.VoxelUm);
        int y0 = (int)Math.Floor(-drift[1]), x0 = (int)Math.Floor(-drift[2]);
        var cz = Math.Clamp(z, 0, n - 1);
        var depth = (z + 0.5) * h;
        var middle = _scene.Extent / 2;
        for (var y = 0; y <= n; y++)
        {
            for (var x = 0; x <= n; x++)
            {
                double wy = (y + y0 + 0.5) * h, wx = (x + x0 + 0.5) * h;
                int cy = Math.Clamp(y + y0, 0, n - 1), cx = Math.Clamp(x + x0, 0, n - 1);
                var off2 = (wy - middle) * (wy - middle) + (wx - middle) * (wx - middle);
                var value = _options.Around switch
                {
                    PhantomSurroundings.Air => AirValue,
                    PhantomSurroundings.Bright => BrightValue,
                    _ => WallValue,
                };
                if (off2 < _scene.Radius * _scene.Radius)
                {
                    var surface = Math.Clamp((depth - _scene.Surface(wy, wx)) / h + 0.5, 0, 1);
                    var label = labels[((long)cz * n + cy) * n + cx];
                    var electrolyte = label switch
                    {
                        1 or NewVoid or Crack => VoidValue,
                        2 => LithiumValue,
                        _ => surface > 0 ? ElectrolyteValue + grains.At(cz, cy, cx) : 0,
                    };
                    value = (float)(LithiumValue * (1 - surface) + electrolyte * surface);
                }

                target[y * (n + 1) + x] = value;
            }
        }
    }

    private void AddDetector(float[] row, int z, double hours, float[] rings, byte[] bytes)
    {
        var n = _options.Size;
        var random = new DetectorNoise((uint)PhantomRandom.SeedOf(_options.Seed, (int)Math.Round(hours * 1000), z));
        for (var y = 0; y < n; y++)
        {
            for (var x = 0; x < n; x++)
            {
                var i = y * n + x;
                var off = (int)Math.Sqrt((y - n / 2.0) * (y - n / 2.0) + (x - n / 2.0) * (x - n / 2.0));
                var v = Math.Clamp(row[i] + rings[Math.Min(off, rings.Length - 1)] + Noise * random.Next(), 0, 65535);
                BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (ushort)v);
            }
        }
    }

    private float[] Rings(double hours)
    {
        var random = new Random(PhantomRandom.SeedOf(_options.Seed, (int)Math.Round(hours * 1000), 5));
        return Enumerable.Range(0, _options.Size).Select(_ => random.NextDouble() < 0.06 ? (float)((random.NextDouble() - 0.5) * 900) : 0f).ToArray();
    }

    private void WriteSlice(string path, byte[] bytes)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        var n = _options.Size;
        new ClassicTiffSlice(n, n, _options.VoxelUm).Write(file, bytes);
    }

    private double AreaMm2 => Math.Round(Math.PI * _scene.Radius * _scene.Radius / 1e6, 6);

    private JsonObject Manifest() => new()
    {
        ["name"] = "Li/Li3PS4/Li phantom, " + _options.CurrentDensityMaCm2.ToString(CultureInfo.InvariantCulture) + " mA/cm2",
        ["voxelSizeUm"] = new JsonArray(_options.VoxelUm, _options.VoxelUm, _options.VoxelUm),
        ["depth"] = new JsonObject { ["axis"] = "z", ["direction"] = 1, ["interfaceUm"] = _options.Flat ? Math.Round(_scene.InterfaceAt, 3)
            : "auto" },
        ["cell"] = new JsonObject
        {
            ["electrodeAreaMm2"] = AreaMm2,
            ["currentDensityMaCm2"] = _options.CurrentDensityMaCm2,
        },
        ["volumes"] = new JsonArray(_options.Hours.Select(h => (JsonNode)new JsonObject
        {
            ["modality"] = "projection", ["hours"] = h, ["durationHours"] = 0.1, ["path"] = "projection/" + FolderOf(h),
        }).Concat(_nano is { } nano
            ? new[] { PhantomNano.Absorption, PhantomNano.Phase }.Select(m => (JsonNode)NanoManifest(nano, m)) : []).ToArray()),
        ["series"] = new JsonArray(SeriesOf("voltage"), SeriesOf("current")),
        ["synthetic"] = new JsonObject
        {
            ["about"] = "Scans, series, impedance and spectra of this dataset are computed, not measured; truth.json says from what.",
            ["impedance"] = new JsonArray(_impedance.Files.Select(f => (JsonNode)new JsonObject
            {
                ["hours"] = f.Hours, ["path"] = f.Path, ["areaCm2"] = PhantomImpedance.AreaCm2,
            }).ToArray()),
            ["spectra"] = new JsonArray(_spectra.Files.Select(f => (JsonNode)f).ToArray()),
        },
    };

    private static JsonObject SeriesOf(string kind) => new() { ["kind"] = kind, ["path"] = kind + ".csv", ["synthetic"] = true };

    private JsonObject NanoManifest(PhantomNano nano, string modality) => new()
    {
        ["modality"] = modality, ["hours"] = _options.Hours[^1], ["durationHours"] = 0.2,
        ["path"] = $"{modality}/{FolderOf(_options.Hours[^1])}",
        ["voxelSizeUm"] = new JsonArray(PhantomNano.VoxelUm, PhantomNano.VoxelUm, PhantomNano.VoxelUm),
        ["originUm"] = new JsonArray(nano.StatedOriginUm.Z, nano.StatedOriginUm.Y, nano.StatedOriginUm.X),
    };

    private JsonObject Truth(double[] voids, double[] electrolyte, JsonArray timesteps)
    {
        var total = electrolyte.Sum();
        var bins = new JsonArray(voids.Select((um3, i) => (JsonNode)new JsonObject
        {
            ["fromUm"] = BinUm * i, ["toUm"] = BinUm * (i + 1), ["voidUm3"] = Math.Round(um3, 1), ["percentOfElectrolyte"] = Math.Round(100 * um3 / total, 5),
        }).ToArray());
        var nodes = Enumerable.Range(0, (int)(_scene.Extent / SurfaceStepUm) + 1).Select(i => i * SurfaceStepUm).ToArray();
        return new JsonObject
        {
            ["seed"] = _options.Seed,
            ["interfaceUm"] = Math.Round(_scene.InterfaceAt, 3),
            ["cellRadiusUm"] = Math.Round(_scene.Radius, 3),
            ["interface"] = new JsonObject
            {
                ["tiltDeg"] = Math.Round(Math.Acos(_scene.Cosine) * 180 / Math.PI, 4),
                ["stepUm"] = SurfaceStepUm,
                ["heightsUm"] = new JsonArray(nodes.Select(y => (JsonNode)new JsonArray(nodes.Select(x => (JsonNode)Math.Round(_scene.Surface(y, x), 3)).ToArray())).ToArray()),
            },
            ["electrolyteUm3"] = Math.Round(total, 1),
            ["band"] = new JsonObject { ["fromUm"] = _options.Band.FromUm, ["toUm"] = _options.Band.ToUm },
            ["voids"] = new JsonObject { ["count"] = _scene.Voids.Count, ["bins"] = bins },
            ["timesteps"] = timesteps,
            ["sites"] = new JsonArray(_scene.Sites.Select(s => (JsonNode)new JsonObject
            {
                ["id"] = s.Id, ["bornHours"] = s.BornHours, ["depthUm"] = Math.Round(s.DepthUm, 2),
                ["centerUm"] = new JsonArray(Math.Round(s.Center.Z, 2), Math.Round(s.Center.Y, 2), Math.Round(s.Center.X, 2)),
            }).ToArray()),
            ["newVoids"] = new JsonArray(_scene.NewVoids.Select(v => (JsonNode)Opening("void", v.Center, VolumeOf(v))).ToArray()),
            ["cracks"] = new JsonArray(_scene.Cracks.Select(c => (JsonNode)Opening("crack", c.Center, c.Um3)).ToArray()),
            ["nano"] = _nano?.Truth(_options.Hours[^1], DriftUm(_options.Hours[^1])),
            ["series"] = _cycler.Truth(),
            ["impedance"] = _impedance.Truth(),
            ["absorption"] = _spectra.Truth(),
        };
    }

    private static double VolumeOf(PhantomVoid v) => 4.0 / 3 * Math.PI * v.Radii.Z * v.Radii.Y * v.Radii.X;

    private static JsonObject Opening(string kind, WorldPoint at, double um3) => new()
    {
        ["kind"] = kind, ["bornHours"] = PhantomScene.NewVoidHours, ["um3"] = Math.Round(um3, 1),
        ["centerUm"] = new JsonArray(Math.Round(at.Z, 2), Math.Round(at.Y, 2), Math.Round(at.X, 2)),
    };
}
