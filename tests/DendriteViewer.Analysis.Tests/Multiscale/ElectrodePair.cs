using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Multiscale;

/// <summary>What a pair of scans is like.</summary>
internal sealed record ElectrodePairOptions
{
    /// <summary>Draws the axis of the turn, the place and the noise.</summary>
    public int Seed { get; init; } = 2;

    /// <summary>Voxels of the nano scan along each axis.</summary>
    public int Edge { get; init; } = 144;

    /// <summary>By how much the nano scan is turned, degrees.</summary>
    public double TurnDeg { get; init; } = 7;

    /// <summary>The axis z, y, x that it is turned about; null for one that is drawn.</summary>
    public WorldVector? Axis { get; init; }

    /// <summary>What its stated voxel size is to be multiplied by.</summary>
    public double Scale { get; init; } = 1.01;

    /// <summary>Standard deviation of the noise of projection and nano scan, grey values; phases are 85 and some 70 apart.</summary>
    public (double Projection, double Nano) Noise { get; init; } = (6, 12);

    /// <summary>The nano scan's grey values of pore, particles and binder.</summary>
    public float[] Phases { get; init; } = [40, 190, 110];

    /// <summary>Share of the nano scan that lies below the projection scan's first slice.</summary>
    public double Outside { get; init; }
}

/// <summary>
/// A pair of scans made from a segmented electrode: the whole of it, binned 3.33 times, as projection scan, and a part of it, turned and
/// scaled, as nano scan; with noise, and the nano scan's phases in another order of grey.
/// </summary>
internal sealed class ElectrodePair
{
    private const double VoxelUm = 0.15, Bin = 10.0 / 3;

    /// <summary>From the nano scan's own µm to the projection's.</summary>
    public required AffineTransform Truth { get; init; }

    /// <summary>Edge of the nano scan, µm.</summary>
    public required double SizeUm { get; init; }

    /// <summary>Writes a dataset of the pair.</summary>
    /// <param name="tiff">The electrode: bytes, 0 pore, 85 particles, 170 binder.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="o">What it is like.</param>
    public static ElectrodePair Write(string tiff, string folder, ElectrodePairOptions o)
    {
        var (voxels, s) = Read(tiff);
        var (random, edge) = (new Random(o.Seed), o.Edge);
        var drawn = new WorldVector(random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() - 0.5).Normalized();
        var middle = new WorldPoint(Middle(s.Z), Middle(s.Y), Middle(s.X));
        var truth = Turned((o.Axis ?? drawn).Normalized(), o.TurnDeg * Math.PI / 180, o.Scale, edge * VoxelUm, middle);
        Directory.CreateDirectory(folder);
        var n = (int)(s.Z / Bin);
        var first = o.Outside > 0 ? (int)((middle.Z + (o.Outside - 0.5) * edge * VoxelUm) / (Bin * VoxelUm)) : 0;
        var (low, high) = (o.Noise.Projection, o.Noise.Nano);
        File.WriteAllBytes(Path.Combine(folder, "projection.raw"), Volume(n, (z, y, x) => Mean(z, y, x) + (float)low * Normal(random))
            [(first * n * n)..]);
        File.WriteAllBytes(Path.Combine(folder, "nano.raw"), Volume(edge, (z, y, x) =>
        {
            var p = truth.ToWorld(new VoxelPoint((z + 0.5) * VoxelUm, (y + 0.5) * VoxelUm, (x + 0.5) * VoxelUm));
            return Between(p.Z / VoxelUm - 0.5, p.Y / VoxelUm - 0.5, p.X / VoxelUm - 0.5) + (float)high * Normal(random);
        }));
        var stated = new WorldPoint(Middle(s.Z) - edge * VoxelUm / 2 + 3, Middle(s.Y) - edge * VoxelUm / 2 - 4,
            Middle(s.X) - edge * VoxelUm / 2 + 5);
        JsonObject Scan(string modality, int slices, int size, double um, WorldPoint origin) => new()
        {
            ["modality"] = modality, ["hours"] = 0, ["path"] = (modality == "projection" ? "projection" : "nano") + ".raw",
            ["shape"] = new JsonArray(slices, size, size), ["dtype"] = "|u1", ["voxelSizeUm"] = new JsonArray(um, um, um),
            ["originUm"] = new JsonArray(origin.Z, origin.Y, origin.X),
        };
        File.WriteAllText(Path.Combine(folder, "dataset.json"), new JsonObject
        {
            ["name"] = $"electrode pair {o.Seed}",
            ["volumes"] = new JsonArray(
                Scan("projection", n - first, n, Bin * VoxelUm, new WorldPoint(first * Bin * VoxelUm, 0, 0)),
                Scan("nano-phase", edge, edge, VoxelUm, stated)),
        }.ToJsonString());
        return new ElectrodePair { Truth = truth, SizeUm = edge * VoxelUm };

        double Middle(int voxelsAlong) => voxelsAlong * VoxelUm / 2 + 2 * (random.NextDouble() - 0.5);

        // Linear between voxels: the nearest one would shift what is neither turned nor scaled by up to half a nano voxel.
        float Between(double z, double y, double x)
        {
            var (sum, kz, ky, kx) = (0.0, (int)Math.Floor(z), (int)Math.Floor(y), (int)Math.Floor(x));
            for (var i = 0; i < 8; i++)
            {
                int a = kz + (i >> 2), b = ky + ((i >> 1) & 1), c = kx + (i & 1);
                var w = (1 - Math.Abs(z - a)) * (1 - Math.Abs(y - b)) * (1 - Math.Abs(x - c));
                sum += w * o.Phases[voxels[(Math.Clamp(a, 0, s.Z - 1) * s.Y + Math.Clamp(b, 0, s.Y - 1)) * s.X
                    + Math.Clamp(c, 0, s.X - 1)] / 85];
            }

            return (float)sum;
        }

        float Mean(int z, int y, int x)
        {
            float sum = 0, weight = 0;
            for (var k = (int)(z * Bin); k < (z + 1) * Bin && k < s.Z; k++)
            {
                for (var j = (int)(y * Bin); j < (y + 1) * Bin && j < s.Y; j++)
                {
                    for (var i = (int)(x * Bin); i < (x + 1) * Bin && i < s.X; i++)
                    {
                        var w = Share(z, k) * Share(y, j) * Share(x, i);
                        sum += w * (20 + voxels[(k * s.Y + j) * s.X + i]);
                        weight += w;
                    }
                }
            }

            return sum / weight;
        }

        static float Share(int bin, int voxel) => (float)(Math.Min((bin + 1) * Bin, voxel + 1) - Math.Max(bin * Bin, voxel));
    }

    /// <summary>Mean distance between two placements over the nano scan, µm.</summary>
    public double ErrorOf(AffineTransform matrix) => Enumerable.Range(0, 125).Average(i =>
    {
        double Of(int k) => (k + 0.5) / 5 * SizeUm;
        var p = new VoxelPoint(Of(i / 25), Of(i / 5 % 5), Of(i % 5));
        return (Truth.ToWorld(p) - matrix.ToWorld(p)).Length;
    });

    private static AffineTransform Turned(WorldVector axis, double angle, double scale, double size, WorldPoint to)
    {
        var (c, s) = (Math.Cos(angle), Math.Sin(angle));
        double[] a = [axis.Z, axis.Y, axis.X], rows = new double[12], t = [to.Z, to.Y, to.X];
        double[] cross = [0, -a[2], a[1], a[2], 0, -a[0], -a[1], a[0], 0];
        for (var i = 0; i < 3; i++)
        {
            rows[4 * i + 3] = t[i];
            for (var j = 0; j < 3; j++)
            {
                rows[4 * i + j] = scale * ((i == j ? c : 0) + s * cross[3 * i + j] + (1 - c) * a[i] * a[j]);
                rows[4 * i + 3] -= rows[4 * i + j] * size / 2;
            }
        }

        return new AffineTransform(rows);
    }

    private static byte[] Volume(int n, Func<int, int, int, float> value)
    {
        var bytes = new byte[n * n * n];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Math.Clamp(value(i / (n * n), i / n % n, i % n), 0, 255);
        }

        return bytes;
    }

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static (byte[] Voxels, VolumeShape Shape) Read(string path)
    {
        using var file = VolumeFiles.Open(path, new VolumeManifest());
        using var source = file.Open(0);
        var s = source.Shape;
        var voxels = new byte[s.Count];
        for (var z = 0; z < s.Z; z++)
        {
            source.ReadSlice(z, voxels.AsSpan((int)(z * s.SliceCount), (int)s.SliceCount));
        }

        return (voxels, s);
    }
}
