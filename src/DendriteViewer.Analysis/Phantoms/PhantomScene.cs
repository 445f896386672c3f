using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>A void: an ellipsoid, in µm.</summary>
internal sealed record PhantomVoid(WorldPoint Center, WorldVector Radii, double Shrink)
{
    /// <summary>Whether a point lies in it where so much of its size is left.</summary>
    public bool Contains(WorldPoint p, double scale)
    {
        var d = p - Center;
        var r = scale * Radii;
        return d.Z * d.Z / (r.Z * r.Z) + d.Y * d.Y / (r.Y * r.Y) + d.X * d.X / (r.X * r.X) <= 1;
    }

    /// <summary>Its largest radius, µm.</summary>
    public double ReachUm => Math.Max(Radii.Z, Math.Max(Radii.Y, Radii.X));
}

/// <summary>A crack: a flat ellipsoid, thin along its normal, in µm.</summary>
internal sealed record PhantomCrack(WorldPoint Center, WorldVector Normal, double RadiusUm, double HalfThicknessUm)
{
    /// <summary>Whether a point lies in it.</summary>
    public bool Contains(WorldPoint p)
    {
        var d = p - Center;
        var across = d.Dot(Normal);
        var along2 = d.Dot(d) - across * across;
        return along2 / (RadiusUm * RadiusUm) + across * across / (HalfThicknessUm * HalfThicknessUm) <= 1;
    }

    /// <summary>Volume, µm³.</summary>
    public double Um3 => 4.0 / 3 * Math.PI * RadiusUm * RadiusUm * HalfThicknessUm;
}

/// <summary>A piece of a site: a capsule from A to B that is there from its birth and grows to its radius.</summary>
internal sealed record PhantomLimb(WorldPoint A, WorldPoint B, double RadiusUm, double BornHours, bool Sheet)
{
    /// <summary>Whether a point lies in it where it has grown to a radius.</summary>
    public bool Contains(WorldPoint p, double radiusUm)
    {
        var along = B - A;
        var q = p - A;
        var t = Math.Clamp(q.Dot(along) / Math.Max(1e-9, along.Dot(along)), 0, 1);
        var off = q + -t * along;
        var height = Sheet ? off.Z * 2.6 : off.Z;
        return height * height + off.Y * off.Y + off.X * off.X <= radiusUm * radiusUm;
    }
}

/// <summary>A nucleation site: where it starts, when, and its limbs.</summary>
internal sealed record PhantomSite(string Id, WorldPoint Center, double DepthUm, double BornHours, IReadOnlyList<PhantomLimb> Limbs);

/// <summary>
/// The cell without noise: a cylinder of electrolyte grains on a lithium electrode with a tilted and gently waved surface, voids at
/// all depths with 0.5 % of the electrolyte's volume inside the band, and lithium that starts beside voids of the band. Depth is
/// measured from the surface, across its mean plane.
/// </summary>
internal sealed class PhantomScene
{
    public const double InterfaceUm = 25;
    public const double BandVoidShare = 0.005;
    public const double OtherVoidShare = 0.004;
    private readonly double[] _wave;
    private readonly (double Y, double X) _slope;

    public PhantomScene(PhantomOptions options)
    {
        Options = options;
        Extent = options.Size * options.VoxelUm;
        InterfaceAt = Math.Min(InterfaceUm, Extent * 0.12);
        Radius = 0.47 * Extent;
        var random = new Random(options.Seed);
        _wave = Enumerable.Range(0, 6).Select(_ => random.NextDouble() * 2 * Math.PI).ToArray();

        // From a generator of its own, so that the rest of a seed's cell does not depend on the tilt.
        var tilting = new Random(options.Seed ^ 0x7117);
        var drawn = 3 * tilting.NextDouble();
        var (slope, towards) = (options.Flat ? 0 : Math.Tan((options.TiltDeg ?? drawn) * Math.PI / 180),
            2 * Math.PI * tilting.NextDouble());
        _slope = (slope * Math.Sin(towards), slope * Math.Cos(towards));
        Cosine = 1 / Math.Sqrt(1 + slope * slope);
        Grains = MakeGrains(random);
        Voids = MakeVoids(random);
        Sites = MakeSites(random);
        (NewVoids, Cracks) = ([], []);
        if (options.Nano)
        {
            var opened = new PhantomOpenings(this, new Random(options.Seed ^ 0x4e57));
            (NewVoids, Cracks, Sites) = (opened.Voids, opened.Cracks, [.. Sites, .. opened.Sites]);
        }
    }

    public PhantomOptions Options { get; }

    /// <summary>Edge of the field of view in µm.</summary>
    public double Extent { get; }

    /// <summary>Mean position of the interface, µm.</summary>
    public double InterfaceAt { get; }

    /// <summary>Cosine of the electrode's tilt.</summary>
    public double Cosine { get; }

    /// <summary>Radius of the cell, µm.</summary>
    public double Radius { get; }

    public double ElectrolyteUm3 => Math.PI * Radius * Radius * (Extent - InterfaceAt);

    public IReadOnlyList<(WorldPoint Seed, float Value)> Grains { get; }

    public IReadOnlyList<PhantomVoid> Voids { get; }

    public IReadOnlyList<PhantomSite> Sites { get; }

    /// <summary>Voids that are there from <see cref="NewVoidHours"/> on.</summary>
    public IReadOnlyList<PhantomVoid> NewVoids { get; }

    /// <summary>Cracks that are there from <see cref="NewVoidHours"/> on.</summary>
    public IReadOnlyList<PhantomCrack> Cracks { get; }

    /// <summary>When new voids and cracks open.</summary>
    public const double NewVoidHours = 1.5;

    /// <summary>Depth of a point below the electrode's surface.</summary>
    public double DepthOf(WorldPoint p) => (p.Z - Surface(p.Y, p.X)) * Cosine;

    /// <summary>Height of the electrode's surface under a point; it is tilted and bulges by about 1.5 µm.</summary>
    public double Surface(double y, double x)
    {
        if (Options.Flat)
        {
            return InterfaceAt;
        }

        var plane = InterfaceAt + _slope.Y * (y - Extent / 2) + _slope.X * (x - Extent / 2);
        double a = 2 * Math.PI * y / Extent, b = 2 * Math.PI * x / Extent;
        return plane + 0.8 * Math.Sin(a + _wave[0]) + 0.6 * Math.Cos(b + _wave[1]) + 0.4 * Math.Sin(2 * a + b + _wave[2]) + 0.3 * Math.Cos(a - 2 * b + _wave[3]);
    }

    /// <summary>How much of a void's size is left: packing closes it a little in the first hour.</summary>
    public static double VoidScale(PhantomVoid v, double hours) => 1 - v.Shrink * Math.Clamp(hours, 0, 1);

    /// <summary>How much of a limb's radius has grown.</summary>
    public static double LimbScale(PhantomLimb limb, double hours) =>
        hours < limb.BornHours ? 0 : Math.Clamp(0.7 + 0.3 * (hours - limb.BornHours), 0, 1);

    private List<(WorldPoint, float)> MakeGrains(Random random)
    {
        // Grains of 10–50 µm: seeds on a jittered grid of mean spacing 28 µm.
        const double Spacing = 28;
        var n = Math.Max(2, (int)Math.Ceiling(Extent / Spacing));
        var grains = new List<(WorldPoint, float)>();
        for (var z = 0; z < n; z++)
        {
            for (var y = 0; y < n; y++)
            {
                for (var x = 0; x < n; x++)
                {
                    var p = new WorldPoint((z + random.NextDouble()) * Extent / n, (y + random.NextDouble()) * Extent / n, (x + random.NextDouble()) * Extent / n);
                    grains.Add((p, (float)((random.NextDouble() - 0.5) * 2600)));
                }
            }
        }

        return grains;
    }

    private List<PhantomVoid> MakeVoids(Random random)
    {
        var voids = new List<PhantomVoid>();
        Fill(BandVoidShare * ElectrolyteUm3, d => d.Depth >= Options.Band.FromUm && d.Depth <= Options.Band.ToUm, d => (Options.Band.FromUm, Options.Band.ToUm));
        Fill(OtherVoidShare * ElectrolyteUm3, d => d.Depth < Options.Band.FromUm - 4 || d.Depth > Options.Band.ToUm + 4, d => (6, Extent - InterfaceAt - 6));
        return voids;

        void Fill(double um3, Func<(double Depth, double _), bool> accept, Func<int, (double From, double To)> range)
        {
            var (from, to) = range(0);
            from = Math.Min(from, Extent - InterfaceAt - 8);
            to = Math.Min(to, Extent - InterfaceAt - 6);
            for (int tries = 0; um3 > 0 && tries < 20000; tries++)
            {
                var depth = from + random.NextDouble() * (to - from);
                var r = 2.2 + 3.2 * random.NextDouble() * random.NextDouble() * 1.4;
                var radii = new WorldVector(r * (0.7 + 0.5 * random.NextDouble()), r * (0.8 + 0.6 * random.NextDouble()), r * (0.8 + 0.6 * random.NextDouble()));
                var p = InCell(random, depth, 8);
                if (p.Z + Largest(radii) > Extent - 1 || !accept((depth, 0)) || !accept((depth - radii.Z * 0.4, 0)) || !accept((depth + radii.Z * 0.4, 0))
                    || voids.Any(v => (v.Center - p).Length < Largest(v.Radii) + Largest(radii) + 2.5 * Options.VoxelUm))
                {
                    continue;
                }

                voids.Add(new PhantomVoid(p, radii, 0.02 + 0.06 * random.NextDouble()));
                um3 -= 4.0 / 3 * Math.PI * radii.Z * radii.Y * radii.X;
            }
        }
    }

    private static double Largest(WorldVector r) => Math.Max(r.Z, Math.Max(r.Y, r.X));

    private WorldPoint InCell(Random random, double depth, double margin)
    {
        var r = (Radius - margin) * Math.Sqrt(random.NextDouble());
        var a = random.NextDouble() * 2 * Math.PI;
        var (y, x) = (Extent / 2 + r * Math.Sin(a), Extent / 2 + r * Math.Cos(a));
        return new WorldPoint(Surface(y, x) + depth / Cosine, y, x);
    }

    private List<PhantomSite> MakeSites(Random random)
    {
        var sites = new List<PhantomSite>();
        var hosts = Voids.Where(v => Options.Band.Contains(new Depth(DepthOf(v.Center)))).OrderBy(_ => random.Next()).ToList();
        var births = Options.Hours.Where(h => h >= 1.5 && h < 3.1).ToArray();
        var wanted = Math.Clamp((int)Math.Round(12 * (Radius * Radius) / (120.0 * 120)), 3, 40);
        foreach (var host in hosts)
        {
            if (sites.Count >= wanted || births.Length == 0)
            {
                break;
            }

            // The first half is born at the first of the births, the others later.
            var born = sites.Count < (wanted + 1) / 2 ? births[0] : births[random.Next(births.Length)];
            var side = random.NextDouble() * 2 * Math.PI;
            var reach = Largest(host.Radii) + 3.2;
            var at = new WorldPoint(host.Center.Z + (random.NextDouble() - 0.5) * 2, host.Center.Y + reach * Math.Sin(side), host.Center.X + reach * Math.Cos(side));
            if (Off(at) > Radius - 10 || sites.Any(s => (s.Center - at).Length < 24))
            {
                continue;
            }

            sites.Add(new PhantomSite($"S{sites.Count + 1}", at, DepthOf(at), born, MakeLimbs(random, at, side, born)));
        }

        return sites;
    }

    private double Off(WorldPoint p) => Math.Sqrt(Math.Pow(p.Y - Extent / 2, 2) + Math.Pow(p.X - Extent / 2, 2));

    private static List<PhantomLimb> MakeLimbs(Random random, WorldPoint at, double side, double born)
    {
        var outward = new WorldVector(0, Math.Sin(side), Math.Cos(side));
        var limbs = new List<PhantomLimb> { new(at, at + 4.5 * outward, 4.2, born, false) };
        for (var step = 1; step <= 5; step++)
        {
            // Needles grow on along and towards the counter electrode; every third limb is a sheet.
            var from = at + 4.5 * outward;
            var way = new WorldVector(random.NextDouble() * 1.6 - 0.3, (random.NextDouble() - 0.5) * 1.6 + outward.Y, (random.NextDouble() - 0.5) * 1.6 + outward.X).Normalized();
            var sheet = step % 3 == 2;
            limbs.Add(new PhantomLimb(from, from + (sheet ? 9 : 14 + 10 * random.NextDouble()) * way, sheet ? 8.5 : 2.7, born + 0.35 * step, sheet));
        }

        return limbs;
    }
}
