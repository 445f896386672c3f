using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>
/// What opens or grows all over the electrolyte of a phantom with nano scans: cracks and voids that are no lithium, and small pieces of
/// lithium, as many as make it likely that each field of the nano scans' size holds several of each. They touch nothing else.
/// </summary>
internal sealed class PhantomOpenings
{
    // Of what is placed, in turns: two pieces of lithium, a void, a crack, lithium, a void.
    private const string Turns = "LLVCLV";
    private const double EveryUm3 = 6_000;
    private const int Fewest = 18, Most = 300, MostTries = 60_000;
    private readonly List<(WorldPoint At, double Reach)> _taken = [];
    private readonly PhantomScene _scene;
    private readonly Random _random;

    public PhantomOpenings(PhantomScene scene, Random random)
    {
        (_scene, _random) = (scene, random);
        var births = scene.Options.Hours.Where(h => h >= PhantomScene.NewVoidHours && h < 3.1).ToArray();
        var wanted = Math.Clamp((int)(scene.ElectrolyteUm3 / EveryUm3), Fewest, Most);
        Take(scene);
        var (voids, cracks, sites) = (new List<PhantomVoid>(), new List<PhantomCrack>(), new List<PhantomSite>());
        for (int made = 0, tries = 0; made < wanted && tries < MostTries; tries++)
        {
            var least = Math.Max(2.3, 2.4 * scene.Options.VoxelUm);
            var kind = Turns[made % Turns.Length];
            var p = Draw();
            var r = least * (1 + 0.5 * random.NextDouble());
            var way = new WorldVector(random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() - 0.5).Normalized();
            var reach = kind switch { 'C' => 2.4 * r, 'L' => 1.9 * r, _ => 1.4 * r };
            if (!IsFree(p, reach))
            {
                continue;
            }

            made++;
            _taken.Add((p, reach));
            switch (kind)
            {
                case 'V':
                    voids.Add(new PhantomVoid(p, new WorldVector(r, 1.25 * r, 1.1 * r), 0));
                    break;
                case 'C':
                    cracks.Add(new PhantomCrack(p, way, 2.3 * r, Math.Max(0.95, 1.1 * scene.Options.VoxelUm)));
                    break;
                default:
                    var born = births.Length == 0 ? scene.Options.Hours[^1] : births[random.Next(births.Length)];
                    sites.Add(new PhantomSite($"S{scene.Sites.Count + sites.Count + 1}", p, scene.DepthOf(p), born,
                        [new PhantomLimb(p + -0.7 * r * way, p + 0.7 * r * way, r, born, false)]));
                    break;
            }
        }

        (Voids, Cracks, Sites) = (voids, cracks, sites);
    }

    public IReadOnlyList<PhantomVoid> Voids { get; }

    public IReadOnlyList<PhantomCrack> Cracks { get; }

    public IReadOnlyList<PhantomSite> Sites { get; }

    private void Take(PhantomScene scene)
    {
        _taken.AddRange(scene.Voids.Select(v => (v.Center, v.ReachUm)));
        foreach (var limb in scene.Sites.SelectMany(s => s.Limbs))
        {
            for (var t = 0; t <= 4; t++)
            {
                _taken.Add((limb.A + t / 4.0 * (limb.B - limb.A), limb.RadiusUm));
            }
        }
    }

    private WorldPoint Draw()
    {
        var r = (_scene.Radius - 12) * Math.Sqrt(_random.NextDouble());
        var a = 2 * Math.PI * _random.NextDouble();
        var (y, x) = (_scene.Extent / 2 + r * Math.Sin(a), _scene.Extent / 2 + r * Math.Cos(a));
        var top = _scene.Surface(y, x) + 12;
        return new WorldPoint(top + (_scene.Extent - 10 - top) * _random.NextDouble(), y, x);
    }

    private bool IsFree(WorldPoint p, double reach)
    {
        var gap = 3.5 * _scene.Options.VoxelUm;
        return _taken.TrueForAll(t => (t.At - p).Length > t.Reach + reach + gap);
    }
}
