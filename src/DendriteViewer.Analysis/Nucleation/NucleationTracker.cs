using DendriteViewer.Analysis.Voids;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Masks;

namespace DendriteViewer.Analysis.Nucleation;

/// <summary>
/// Follows lithium through the timesteps. A piece that touches none of what was there before is a new site; one that touches one site is
/// that site, grown; one that touches several is shared out among them, each voxel to the site that a walk inside the piece reaches it
/// from first, so that growth curves go on after sites merge. A site that is not seen for a while keeps its place. Lithium that comes
/// out on the other side of a void is no new site: a piece is also that site to which a short way leads through what is dark.
/// </summary>
/// <param name="transform">Voxel to world.</param>
/// <param name="depth">How depth is measured.</param>
/// <param name="voxelUm3">Volume of a voxel.</param>
/// <param name="bridgeVoxels">Longest such way, in steps from voxel to voxel.</param>
internal sealed class NucleationTracker(AffineTransform transform, DepthFrame depth, double voxelUm3, int bridgeVoxels)
{
    private readonly List<Tracked> _sites = [];

    // What each site last was, as runs labelled with site numbers.
    private Components? _last;

    /// <summary>Sites so far.</summary>
    public int Count => _sites.Count;

    private sealed class Tracked
    {
        public required double BornHours { get; init; }

        public required Region Birth { get; init; }

        public required (int Z, int Y, Components.Run Run)[] BirthRuns { get; init; }

        public List<SiteVolume> Volumes { get; } = [];

        public List<(double Hours, string Kind, int[] With)> Events { get; } = [];

        public HashSet<int> MergedWith { get; } = [];

        public int Pieces { get; set; } = 1;
    }

    /// <summary>Takes in the next timestep's lithium; for each piece, at label − 1, the numbers of its sites.</summary>
    /// <param name="hours">Hours of plating.</param>
    /// <param name="lithium">The pieces.</param>
    /// <param name="dark">All that is dark now, lithium and voids.</param>
    public (Components Sites, int[][] OfPieces) Add(double hours, Components lithium, BitVolume dark)
    {
        var runs = new List<(int Z, int Y, Components.Run Run)>();
        var ofPieces = new int[lithium.Count][];
        var pieces = new Dictionary<int, int>();
        var alone = new List<int>();
        void Give(int label, int site)
        {
            lithium.ForRuns(label, (z, y, run) => runs.Add((z, y, run with { Label = site })));
            ofPieces[label - 1] = [site];
        }

        for (var label = 1; label <= lithium.Count; label++)
        {
            var touched = _last is null ? [] : Touched(lithium, label, _last);
            if (touched.Count == 0)
            {
                alone.Add(label);
            }
            else if (touched.Count == 1)
            {
                Give(label, touched[0]);
            }
            else
            {
                runs.AddRange(Share(lithium, label, _last!));
                ofPieces[label - 1] = touched.ToArray();
                foreach (var site in touched)
                {
                    var others = touched.Where(t => t != site && _sites[site - 1].MergedWith.Add(t)).ToArray();
                    if (others.Length > 0)
                    {
                        _sites[site - 1].Events.Add((hours, "merged", others));
                    }
                }
            }
        }

        // Of those that touch nothing, the largest first, so that a fragment joins the piece it comes from.
        foreach (var label in alone.OrderByDescending(l => lithium.Regions[l - 1].Voxels))
        {
            if (Bridge(lithium, label, dark, ofPieces) is { } site)
            {
                Give(label, site);
                continue;
            }

            var own = new List<(int, int, Components.Run)>();
            lithium.ForRuns(label, (z, y, run) => own.Add((z, y, run)));
            _sites.Add(new Tracked { BornHours = hours, Birth = lithium.Regions[label - 1], BirthRuns = own.ToArray() });
            Give(label, _sites.Count);
        }

        foreach (var site in ofPieces.SelectMany(p => p))
        {
            pieces[site] = pieces.GetValueOrDefault(site) + 1;
        }

        var volumes = new long[_sites.Count + 1];
        foreach (var (_, _, run) in runs)
        {
            volumes[run.Label] += run.End - run.Start;
        }

        for (var site = 1; site <= _sites.Count; site++)
        {
            var tracked = _sites[site - 1];
            tracked.Volumes.Add(new SiteVolume(hours, volumes[site] * voxelUm3));
            var count = pieces.GetValueOrDefault(site);
            if (count != tracked.Pieces && count != 1)
            {
                tracked.Events.Add((hours, count == 0 ? "lost" : "split", []));
            }

            tracked.Pieces = count;
        }

        // Sites that are not seen keep their place, unless somebody else has it now.
        var seen = Ordered(runs);
        var now = Components.Of(lithium.Z, lithium.Y, lithium.X, seen);
        if (_last is not null)
        {
            var gone = _last.AllRuns().Where(r => volumes[r.Run.Label] == 0 && !Overlaps(now, r)).ToList();
            _last = gone.Count == 0 ? now : Components.Of(lithium.Z, lithium.Y, lithium.X, Ordered(seen.Concat(gone)));
        }
        else
        {
            _last = now;
        }

        return (now, ofPieces);
    }

    /// <summary>The sites, each with the nearest pristine void.</summary>
    public IReadOnlyList<NucleationSite> Finish(Components voids, IReadOnlyList<VoidRecord> records)
    {
        var diameters = records.ToDictionary(r => r.Id, r => r.DiameterUm);
        return _sites.Select((s, i) =>
        {
            var (z, y, x) = s.Birth.Mean;
            var center = transform.ToWorld(new VoxelPoint(z + 0.5, y + 0.5, x + 0.5));
            var near = NearestRun.Of(s.BirthRuns, voids, transform.VoxelSize);
            return new NucleationSite(
                NameOf(i + 1), s.BornHours, [center.Z, center.Y, center.X], depth.DepthOf(center).Um, Math.Cbrt(s.Birth.Voxels * voxelUm3 * 0.75 / Math.PI),
                near?.Um, near?.Label, near is { } n && diameters.TryGetValue(n.Label, out var d) ? d : null,
                s.Volumes, s.Events.Select(e => new SiteEvent(e.Hours, e.Kind, e.With.Select(NameOf).ToArray())).ToArray());
        }).ToArray();
    }

    /// <summary>A site's name. What people mark is called N1, N2 and so on, so that the two are never taken for one another.</summary>
    public static string NameOf(int number) => "A" + number;

    /// <summary>A name as it is now; earlier versions kept results with names that began with N.</summary>
    public static string Renamed(string name) => name is ['N', .. var number] ? "A" + number : name;

    // Sites within a voxel of a piece, corners included.
    private static List<int> Touched(Components lithium, int label, Components last)
    {
        var found = new SortedSet<int>();
        lithium.ForRuns(label, (z, y, run) =>
        {
            for (var dz = -1; dz <= 1; dz++)
            {
                for (var dy = -1; dy <= 1; dy++)
                {
                    if ((uint)(z + dz) < (uint)last.Z && (uint)(y + dy) < (uint)last.Y)
                    {
                        foreach (var other in last.Row(z + dz, y + dy))
                        {
                            if (other.Start <= run.End && run.Start <= other.End)
                            {
                                found.Add(other.Label);
                            }
                        }
                    }
                }
            }
        });
        return [.. found];
    }

    // The site that a short walk from the piece through what is dark comes to first; null where it comes to none.
    private int? Bridge(Components lithium, int label, BitVolume dark, int[][] ofPieces)
    {
        var seen = new HashSet<(int, int, int)>();
        var edge = new List<(int Z, int Y, int X)>();
        lithium.ForRuns(label, (z, y, run) =>
        {
            for (var x = run.Start; x < run.End; x++)
            {
                seen.Add((z, y, x));
                edge.Add((z, y, x));
            }
        });
        for (var step = 0; step < bridgeVoxels && edge.Count > 0; step++)
        {
            var next = new List<(int Z, int Y, int X)>();
            foreach (var (z, y, x) in edge)
            {
                foreach (var (dz, dy, dx) in s_faces)
                {
                    var p = (Z: z + dz, Y: y + dy, X: x + dx);
                    if (!dark[p.Z, p.Y, p.X] || !seen.Add(p))
                    {
                        continue;
                    }

                    var other = lithium.At(p.Z, p.Y, p.X);
                    var site = other > 0 && ofPieces[other - 1] is { } known ? known[0] : _last?.At(p.Z, p.Y, p.X) ?? 0;
                    if (site > 0)
                    {
                        return site;
                    }

                    next.Add(p);
                }
            }

            edge = next;
        }

        return null;
    }

    private static readonly (int, int, int)[] s_faces = [(-1, 0, 0), (1, 0, 0), (0, -1, 0), (0, 1, 0), (0, 0, -1), (0, 0, 1)];

    // A walk from all sites at once through the piece, over faces, edges and corners.
    private static IEnumerable<(int Z, int Y, Components.Run Run)> Share(Components lithium, int label, Components last)
    {
        var box = lithium.Regions[label - 1];
        int nz = box.Z1 - box.Z0 + 2, ny = box.Y1 - box.Y0 + 2, nx = box.X1 - box.X0 + 2;
        var owner = new int[checked(nz * ny * nx)];
        int At(int z, int y, int x) => ((z - box.Z0 + 1) * ny + y - box.Y0 + 1) * nx + x - box.X0 + 1;
        lithium.ForRuns(label, (z, y, run) => owner.AsSpan(At(z, y, run.Start), run.End - run.Start).Fill(-1));
        var queue = new Queue<int>();
        for (var z = box.Z0; z < box.Z1; z++)
        {
            for (var y = box.Y0; y < box.Y1; y++)
            {
                foreach (var run in last.Row(z, y))
                {
                    for (var x = Math.Max(box.X0, run.Start); x < Math.Min(box.X1, run.End); x++)
                    {
                        if (owner[At(z, y, x)] == -1)
                        {
                            owner[At(z, y, x)] = run.Label;
                            queue.Enqueue(At(z, y, x));
                        }
                    }
                }
            }
        }

        if (queue.Count == 0)
        {
            // It only touches what was there: the whole goes to the first that it touches.
            var first = Touched(lithium, label, last)[0];
            for (var i = 0; i < owner.Length; i++)
            {
                owner[i] = owner[i] == -1 ? first : owner[i];
            }
        }

        while (queue.TryDequeue(out var at))
        {
            for (var n = 0; n < 27; n++)
            {
                var next = at + ((n / 9 - 1) * ny + n / 3 % 3 - 1) * nx + n % 3 - 1;
                if ((uint)next < (uint)owner.Length && owner[next] == -1)
                {
                    owner[next] = owner[at];
                    queue.Enqueue(next);
                }
            }
        }

        for (var z = box.Z0; z < box.Z1; z++)
        {
            for (var y = box.Y0; y < box.Y1; y++)
            {
                for (var x = box.X0; x < box.X1;)
                {
                    var o = owner[At(z, y, x)];
                    var start = x;
                    while (x < box.X1 && owner[At(z, y, x)] == o)
                    {
                        x++;
                    }

                    if (o > 0)
                    {
                        yield return (z, y, new Components.Run(start, x, o));
                    }
                }
            }
        }
    }

    private static bool Overlaps(Components now, (int Z, int Y, Components.Run Run) r)
    {
        foreach (var run in now.Row(r.Z, r.Y))
        {
            if (run.Start < r.Run.End && r.Run.Start < run.End)
            {
                return true;
            }
        }

        return false;
    }

    private static List<(int Z, int Y, Components.Run Run)> Ordered(IEnumerable<(int Z, int Y, Components.Run Run)> runs)
    {
        var list = runs.ToList();
        list.Sort((a, b) => a.Z != b.Z ? a.Z - b.Z : a.Y != b.Y ? a.Y - b.Y : a.Run.Start - b.Run.Start);
        return list;
    }
}
