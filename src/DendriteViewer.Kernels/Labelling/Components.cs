using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Labelling;

/// <summary>
/// The connected components of a set: labels 1, 2, … in the order in which a scan along x, then y, then z meets them, kept as
/// runs along x rather than as an array of labels, since voids and lithium fill a hundredth of a scan.
/// </summary>
public sealed class Components
{
    // Runs of row r = z·Y + y are _rows[r] .. _rows[r + 1].
    private readonly int[] _rows;
    private readonly Run[] _runs;
    private readonly Region[] _regions;

    internal Components(int z, int y, int x, int[] rows, Run[] runs, Region[] regions)
    {
        (Z, Y, X, _rows, _runs, _regions) = (z, y, x, rows, runs, regions);
    }

    /// <summary>Voxels [Start, End) of a row that belong to one component.</summary>
    public readonly record struct Run(int Start, int End, int Label);

    /// <summary>Components of given runs, whatever their labels rest on; in each row ascending and apart.</summary>
    /// <param name="z">Voxels along z.</param>
    /// <param name="y">Voxels along y.</param>
    /// <param name="x">Voxels along x.</param>
    /// <param name="runs">Rows in scan order; labels from 1.</param>
    public static Components Of(int z, int y, int x, IEnumerable<(int Z, int Y, Run Run)> runs)
    {
        var rows = new int[checked(z * y) + 1];
        var all = new List<Run>();
        var regions = new List<Region>();
        var row = 0;
        foreach (var (rz, ry, run) in runs)
        {
            for (var r = rz * y + ry; row < r;)
            {
                rows[++row] = all.Count;
            }

            while (regions.Count < run.Label)
            {
                regions.Add(Region.Empty);
            }

            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(regions)[run.Label - 1].Add(rz, ry, run.Start, run.End);
            all.Add(run);
        }

        while (row < z * y)
        {
            rows[++row] = all.Count;
        }

        return new Components(z, y, x, rows, all.ToArray(), regions.ToArray());
    }

    /// <summary>The same components under other labels.</summary>
    /// <param name="labels">For label l, at l − 1, its new one; each of 1 to <see cref="Count"/> once.</param>
    public Components Renumber(IReadOnlyList<int> labels)
    {
        var regions = new Region[_regions.Length];
        for (var i = 0; i < regions.Length; i++)
        {
            regions[labels[i] - 1] = _regions[i];
        }

        return new Components(Z, Y, X, _rows, Array.ConvertAll(_runs, r => r with { Label = labels[r.Label - 1] }), regions);
    }

    /// <summary>All runs in scan order.</summary>
    public IEnumerable<(int Z, int Y, Run Run)> AllRuns()
    {
        for (var r = 0; r < _rows.Length - 1; r++)
        {
            for (var i = _rows[r]; i < _rows[r + 1]; i++)
            {
                yield return (r / Y, r % Y, _runs[i]);
            }
        }
    }

    /// <summary>Voxels along z.</summary>
    public int Z { get; }

    /// <summary>Voxels along y.</summary>
    public int Y { get; }

    /// <summary>Voxels along x.</summary>
    public int X { get; }

    /// <summary>Number of components; labels are 1 to this.</summary>
    public int Count => _regions.Length;

    /// <summary>The components; label l is at l − 1.</summary>
    public ReadOnlySpan<Region> Regions => _regions;

    /// <summary>Runs of a row, ascending.</summary>
    public ReadOnlySpan<Run> Row(int z, int y)
    {
        var r = z * Y + y;
        return _runs.AsSpan(_rows[r], _rows[r + 1] - _rows[r]);
    }

    /// <summary>The label of a voxel; 0 where none is.</summary>
    public int At(int z, int y, int x)
    {
        if ((uint)z >= (uint)Z || (uint)y >= (uint)Y)
        {
            return 0;
        }

        var row = Row(z, y);
        int low = 0, high = row.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (row[middle].End <= x)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < row.Length && row[low].Start <= x ? row[low].Label : 0;
    }

    /// <summary>Writes the labels of a slice across z, Y × X numbers.</summary>
    public void WriteSlice(int z, Span<int> target)
    {
        target[..(Y * X)].Clear();
        for (var y = 0; y < Y; y++)
        {
            foreach (var run in Row(z, y))
            {
                target.Slice(y * X + run.Start, run.End - run.Start).Fill(run.Label);
            }
        }
    }

    /// <summary>The voxels of the components that a test chooses.</summary>
    public BitVolume Keep(Func<Region, bool> chosen)
    {
        var keep = Array.ConvertAll(_regions, r => chosen(r));
        return Keep(keep);
    }

    /// <summary>The voxels of the chosen components.</summary>
    /// <param name="chosen">For label l, at l − 1, whether it is kept.</param>
    public BitVolume Keep(IReadOnlyList<bool> chosen)
    {
        var set = new BitVolume(Z, Y, X);
        Parallel.For(0, Z, ComputeLane.Options(), z =>
        {
            for (var y = 0; y < Y; y++)
            {
                foreach (var run in Row(z, y))
                {
                    if (chosen[run.Label - 1])
                    {
                        set.SetRow(z, y, run.Start, run.End);
                    }
                }
            }
        });
        return set;
    }

    /// <summary>Calls back with every run of the rows of a component's box.</summary>
    public void ForRuns(int label, Action<int, int, Run> action)
    {
        ref readonly var box = ref Regions[label - 1];
        for (var z = box.Z0; z < box.Z1; z++)
        {
            for (var y = box.Y0; y < box.Y1; y++)
            {
                foreach (var run in Row(z, y))
                {
                    if (run.Label == label)
                    {
                        action(z, y, run);
                    }
                }
            }
        }
    }
}
