using System.Numerics;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// Measures the classes of a level: how often each is met at the rim of the field of view, and how much of it lies on a line of sight and
/// how far in. Lines go along the three axes, every fourth of them both ways across where there are many.
/// </summary>
internal sealed class ClassPaths
{
    private const byte None = Binning.None;
    private const int LineStep = 4;
    private readonly VolumeShape _shape;
    private readonly byte[] _bins;
    private readonly byte[] _classOf = new byte[256];
    private readonly int _count;

    // By class, of the lines of one axis: voxels, lines that meet it, and how far in the voxels lie, added up.
    private readonly double[,] _voxels, _lines, _inward;
    private double _spans, _seen;

    private ClassPaths(byte[] bins, VolumeShape shape, int count)
    {
        (_bins, _shape, _count) = (bins, shape, count);
        (_voxels, _lines, _inward) = (new double[3, count], new double[3, count], new double[3, count]);
    }

    /// <summary>The classes, and which is air.</summary>
    /// <param name="bins">The bin of each voxel.</param>
    /// <param name="shape">Shape of the level.</param>
    /// <param name="counts">Counts of the bins.</param>
    /// <param name="binning">What the bins are.</param>
    /// <param name="thresholds">Where classes part, ascending.</param>
    /// <param name="factor">Voxels of the finest level along one of this.</param>
    public static ScanClasses Measure(
        byte[] bins, VolumeShape shape, ReadOnlySpan<long> counts, Binning binning, double[] thresholds, double factor)
    {
        var paths = new ClassPaths(bins, shape, thresholds.Length + 1);
        var classes = paths.Sort(counts, binning, thresholds);
        var rim = paths.Rim();
        for (var c = 0; c < classes.Length; c++)
        {
            classes[c] = classes[c] with { RimShare = rim[c] };
        }

        var air = ScanClasses.AirOf(classes);
        paths.Walk(air);
        for (var c = 0; c < classes.Length; c++)
        {
            classes[c] = classes[c] with { PathVoxels = paths.PathOf(c) * factor, Inward = paths.InwardOf(c) };
        }

        return new ScanClasses(classes, air, paths._spans > 0 ? paths._seen / paths._spans : 1);
    }

    // Which class each bin is of, and the classes' means and shares.
    private ScanClass[] Sort(ReadOnlySpan<long> counts, Binning binning, double[] thresholds)
    {
        double[] edges = [binning.Low, .. thresholds, binning.High], voxels = new double[_count], sums = new double[_count];
        Array.Fill(_classOf, None);
        double total = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var c = Array.FindIndex(thresholds, t => binning.MiddleOf(i) < t);
            _classOf[i] = (byte)(c < 0 ? _count - 1 : c);
            voxels[_classOf[i]] += counts[i];
            sums[_classOf[i]] += counts[i] * binning.MiddleOf(i);
            total += counts[i];
        }

        return [.. Enumerable.Range(0, _count).Select(c => new ScanClass(
            edges[c], edges[c + 1], voxels[c] > 0 ? sums[c] / voxels[c] : (edges[c] + edges[c + 1]) / 2, voxels[c] / total, 0, 1, 0.5))];
    }

    private void Walk(int air)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            // Rows of the slices across the three axes are lines along all three.
            var box = new Slices(_shape, axis);
            for (var s = 0; s < box.Depth; s += Math.Clamp(box.Depth / 32, 1, LineStep))
            {
                for (var v = 0; v < box.Height; v += Math.Clamp(box.Height / 32, 1, LineStep))
                {
                    WalkLine(box.At(s, v, 0), box.At(0, 0, 1), box.Width, axis, air);
                }
            }
        }
    }

    // How far in a voxel lies: 0 at the first and last voxel of the line that is not air, 1 half way between.
    private void WalkLine(int at, int step, int length, int axis, int air)
    {
        int first = 0, last = length - 1, met = 0;
        while (first < last && !IsSeen(ClassAt(at + first * step), air))
        {
            first++;
        }

        while (last > first && !IsSeen(ClassAt(at + last * step), air))
        {
            last--;
        }

        for (var i = 0; i < length; i++)
        {
            if (ClassAt(at + i * step) is var c && c == None)
            {
                continue;
            }

            met |= 1 << c;
            _voxels[axis, c]++;
            if (i >= first && i <= last && last > first)
            {
                _inward[axis, c] += 2.0 * Math.Min(i - first, last - i) / (last - first);
                _seen += c == air ? 0 : 1;
            }
        }

        _spans += last > first ? last - first + 1 : 0;
        for (; met != 0; met &= met - 1)
        {
            _lines[axis, BitOperations.TrailingZeroCount(met)]++;
        }
    }

    private double PathOf(int c)
    {
        double voxels = 0, lines = 0;
        for (var axis = 0; axis < 3; axis++)
        {
            voxels += _voxels[axis, c];
            lines += _lines[axis, c];
        }

        return lines > 0 ? Math.Max(1, voxels / lines) : 1;
    }

    // A tube is hollow along two axes only, so of the three axes' means the middle one counts.
    private double InwardOf(int c) => Enumerable.Range(0, 3)
        .Select(axis => _voxels[axis, c] > 0 ? _inward[axis, c] / _voxels[axis, c] : 0.5).Order().ElementAt(1);

    private byte ClassAt(int at) => _classOf[_bins[at]];

    private static bool IsSeen(byte c, int air) => c != None && c != air;

    // Of each axis, the rim of the slices across it: the second voxel in the field of view from both ends of every row and column. Samples
    // reach the rim along one axis or two, so the axis counts whose rim is most of one class.
    private double[] Rim()
    {
        var best = new double[_count];
        for (var axis = 0; axis < 3; axis++)
        {
            var box = new Slices(_shape, axis);
            if (Math.Min(box.Width, box.Height) < 4)
            {
                continue;
            }

            var counts = new double[_count];
            for (var s = 0; s < box.Depth; s++)
            {
                for (var v = 0; v < box.Height; v++)
                {
                    CountSecond(counts, box.At(s, v, 0), box.At(0, 0, 1), box.Width);
                    CountSecond(counts, box.At(s, v, box.Width - 1), -box.At(0, 0, 1), box.Width);
                }

                for (var u = 0; u < box.Width; u++)
                {
                    CountSecond(counts, box.At(s, 0, u), box.At(0, 1, 0), box.Height);
                    CountSecond(counts, box.At(s, box.Height - 1, u), -box.At(0, 1, 0), box.Height);
                }
            }

            var total = counts.Sum();
            if (total > 0 && counts.Max() / total > best.Max())
            {
                best = Array.ConvertAll(counts, c => c / total);
            }
        }

        return best;
    }

    private void CountSecond(double[] counts, int at, int step, int length)
    {
        var i = 0;
        while (i < length && ClassAt(at + i * step) == None)
        {
            i++;
        }

        if (++i < length && ClassAt(at + i * step) is var c && c != None)
        {
            counts[c]++;
        }
    }
}
