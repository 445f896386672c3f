using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>What a search looks through.</summary>
/// <param name="AxisDeg">Angles about the stage's axis z, degrees.</param>
/// <param name="TiltsDeg">Angles about y and about x.</param>
/// <param name="ReachUm">How far the start may be off along each axis, µm.</param>
/// <param name="Start">From the moving volume's own µm to the fixed frame, where neither turned nor shifted.</param>
/// <param name="Pivot">The point of the fixed frame that turns go about.</param>
internal sealed record SearchRange(
    IReadOnlyList<double> AxisDeg, IReadOnlyList<double> TiltsDeg, double ReachUm, AffineTransform Start, WorldPoint Pivot);

/// <summary>A place that a search found worth a closer look.</summary>
internal sealed record Candidate(AffineTransform Placement, double Evidence);

/// <summary>
/// Looks exhaustively through turns and, for each, through shifts by whole coarse voxels, by the mutual information of few samples and
/// few classes. Values fall into the classes that a scan's histogram shows (Lloyd's quantiser), and samples are drawn evenly from the
/// classes, so that voids of a hundredth of the volume count as much as what is around them.
/// </summary>
internal sealed class RotationSearch
{
    private const int Classes = 8, Outside = 8, Columns = 16, MostSamples = 900, Kept = 48, MostSteps = 12, ContrastReach = 4;
    private readonly VoxelBox _box;
    private readonly byte[] _fixed;
    private readonly VolumeShape _padded;
    private readonly int _pad;
    private readonly (WorldPoint At, byte Class)[] _samples;

    /// <param name="box">The part of the scan that the volume can lie in.</param>
    /// <param name="moving">The volume, in its own µm.</param>
    /// <param name="seed">Samples are drawn by it.</param>
    public RotationSearch(VoxelBox box, VoxelBox moving, int seed)
    {
        _box = box;
        var voxels = LocalContrast.Of(box.Voxels, box.Shape, ContrastReach);
        var (s, levels) = (box.Shape, Quantiser.Levels(voxels, Classes));
        _pad = 2;
        _padded = new VolumeShape(s.Z + 2 * _pad, s.Y + 2 * _pad, s.X + 2 * _pad);
        _fixed = new byte[_padded.Count];
        Array.Fill(_fixed, (byte)Outside);
        for (var z = 0; z < s.Z; z++)
        {
            for (var y = 0; y < s.Y; y++)
            {
                var from = ((long)z * s.Y + y) * s.X;
                var to = ((long)(z + _pad) * _padded.Y + y + _pad) * _padded.X + _pad;
                for (var x = 0; x < s.X; x++)
                {
                    _fixed[to + x] = Quantiser.ClassOf(levels, voxels[(int)(from + x)]);
                }
            }
        }

        _samples = Chosen(moving, seed);
    }

    /// <summary>The best candidates, best first; no two of them are nearly the same.</summary>
    public List<Candidate> Run(SearchRange range, IProgress<double>? progress, CancellationToken ct)
    {
        var turns = (from a in range.AxisDeg from b in range.TiltsDeg from c in range.TiltsDeg select (a, b, c)).ToArray();
        var found = new (double Evidence, (int Z, int Y, int X) Shift)[turns.Length];
        var done = 0;
        var step = _box.Transform.VoxelSize;

        // Shifts of more than one voxel, where there would be too many.
        int Stride(double um) => Math.Max(1, (int)Math.Round(range.ReachUm / um / MostSteps));
        (int Z, int Y, int X) stride = (Stride(step.Z), Stride(step.Y), Stride(step.X));
        int Steps(double um, int by) => Math.Max(1, (int)Math.Ceiling(range.ReachUm / (um * by)));
        (int Z, int Y, int X) reach = (Steps(step.Z, stride.Z), Steps(step.Y, stride.Y), Steps(step.X, stride.X));
        Parallel.For(0, turns.Length, ComputeLane.Options(ct), i =>
        {
            found[i] = BestShift(PlacementOf(range, turns[i]), reach, stride);
            progress?.Report((double)Interlocked.Increment(ref done) / turns.Length);
        });
        return Enumerable.Range(0, turns.Length).OrderByDescending(i => found[i].Evidence).Take(Kept)
            .Select(i => new Candidate(Shifted(PlacementOf(range, turns[i]), found[i].Shift), found[i].Evidence)).ToList();
    }

    private AffineTransform PlacementOf(SearchRange range, (double A, double B, double C) deg)
    {
        const double Rad = Math.PI / 180;
        Span<double> z = stackalloc double[9], y = stackalloc double[9], x = stackalloc double[9], r = stackalloc double[9];
        LocalMotion.Rotation(deg.A * Rad, 0, 0, z);
        LocalMotion.Rotation(0, deg.B * Rad, 0, y);
        LocalMotion.Rotation(0, 0, deg.C * Rad, x);
        Multiply(y, x, r);
        Multiply(z, r, x);
        return LocalMotion.About(range.Pivot, x, 0, 0, 0).After(range.Start);
    }

    private static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> target)
    {
        for (var i = 0; i < 9; i++)
        {
            target[i] = a[i / 3 * 3] * b[i % 3] + a[i / 3 * 3 + 1] * b[3 + i % 3] + a[i / 3 * 3 + 2] * b[6 + i % 3];
        }
    }

    private AffineTransform Shifted(AffineTransform placement, (int Z, int Y, int X) voxels)
    {
        var (a, b, c) = (_box.Transform.Column(0), _box.Transform.Column(1), _box.Transform.Column(2));
        var rows = placement.Rows.ToArray();
        rows[3] += voxels.Z * a.Z + voxels.Y * b.Z + voxels.X * c.Z;
        rows[7] += voxels.Z * a.Y + voxels.Y * b.Y + voxels.X * c.Y;
        rows[11] += voxels.Z * a.X + voxels.Y * b.X + voxels.X * c.X;
        return new AffineTransform(rows);
    }

    // Sums a table of classes for each shift; a sample that leaves the box falls into a column of its own.
    private (double, (int, int, int)) BestShift(AffineTransform placement, (int Z, int Y, int X) reach, (int Z, int Y, int X) stride)
    {
        var n = _samples.Length;
        int[] iz = new int[n], iy = new int[n], ix = new int[n];
        for (var i = 0; i < n; i++)
        {
            var p = _samples[i].At;
            var w = placement.ToWorld(new VoxelPoint(p.Z, p.Y, p.X));
            var (z, y, x) = _box.IndexOf(w.Z, w.Y, w.X);
            (iz[i], iy[i], ix[i]) = ((int)Math.Round(z) + _pad, (int)Math.Round(y) + _pad, (int)Math.Round(x) + _pad);
        }

        var (best, at) = (double.NegativeInfinity, (0, 0, 0));
        var table = new int[Classes * Columns];
        var rows = _samples.Select(s => s.Class * Columns).ToArray();
        var offsets = new int[n];
        for (var dz = -reach.Z; dz <= reach.Z; dz++)
        {
            for (var dy = -reach.Y; dy <= reach.Y; dy++)
            {
                for (var i = 0; i < n; i++)
                {
                    int z = iz[i] + dz * stride.Z, y = iy[i] + dy * stride.Y;
                    offsets[i] = (uint)z < (uint)_padded.Z && (uint)y < (uint)_padded.Y ? (z * _padded.Y + y) * _padded.X : -1;
                }

                for (var dx = -reach.X; dx <= reach.X; dx++)
                {
                    Array.Clear(table);
                    for (var i = 0; i < n; i++)
                    {
                        var x = ix[i] + dx * stride.X;
                        table[rows[i] + (offsets[i] >= 0 && (uint)x < (uint)_padded.X ? _fixed[offsets[i] + x] : Outside)]++;
                    }

                    var evidence = EvidenceOf(table, n);
                    if (evidence > best)
                    {
                        (best, at) = (evidence, (dz * stride.Z, dy * stride.Y, dx * stride.X));
                    }
                }
            }
        }

        return (best, at);
    }


    private static readonly double[] s_logs = Enumerable.Range(0, 100_001).Select(i => i < 2 ? 0 : i * Math.Log(i)).ToArray();

    // N·MI of what lies inside, less what chance gives; n ln n is looked up.
    private static double EvidenceOf(int[] table, int all)
    {
        var inside = 0;
        double sum = 0;
        Span<int> columns = stackalloc int[Classes];
        columns.Clear();
        var (usedRows, usedColumns) = (0, 0);
        for (var r = 0; r < Classes; r++)
        {
            var row = 0;
            for (var c = 0; c < Classes; c++)
            {
                var v = table[r * Columns + c];
                row += v;
                columns[c] += v;
                sum += s_logs[v];
            }

            sum -= s_logs[row];
            inside += row;
            usedRows += row > 0 ? 1 : 0;
        }

        foreach (var c in columns)
        {
            sum -= s_logs[c];
            usedColumns += c > 0 ? 1 : 0;
        }

        return 2 * inside < all ? double.NegativeInfinity : sum + s_logs[inside] - 0.5 * (usedRows - 1) * (usedColumns - 1);
    }

    // Evenly from the classes, places at random; the outermost voxels have no surroundings to be compared with.
    private static (WorldPoint, byte)[] Chosen(VoxelBox moving, int seed)
    {
        var (s, random) = (moving.Shape, new Random(seed));
        var values = LocalContrast.Of(moving.Voxels, s, ContrastReach);
        var levels = Quantiser.Levels(values, Classes);
        var groups = Enumerable.Range(0, Classes).Select(_ => new List<int>()).ToArray();
        var order = Enumerable.Range(0, (int)s.Count).Where(i => i % s.X > 0 && i % s.X < s.X - 1 && i / s.X % s.Y > 0
            && i / s.X % s.Y < s.Y - 1
            && i / s.SliceCount > 0 && i / s.SliceCount < s.Z - 1 && float.IsFinite(values[i])).ToArray();
        random.Shuffle(order);
        foreach (var i in order)
        {
            groups[Quantiser.ClassOf(levels, values[i])].Add(i);
        }

        var chosen = new List<(WorldPoint, byte)>();
        var by = groups.Select((g, c) => (Places: g, Class: (byte)c)).OrderBy(g => g.Places.Count).ToArray();
        for (var k = 0; k < by.Length; k++)
        {
            chosen.AddRange(by[k].Places.Take((MostSamples - chosen.Count) / (by.Length - k)).Select(i =>
                (moving.Transform.ToWorld(new VoxelPoint(
                (int)(i / s.SliceCount) + 0.5, i / s.X % s.Y + 0.5, i % s.X + 0.5)), by[k].Class)));
        }

        return [.. chosen];
    }
}
