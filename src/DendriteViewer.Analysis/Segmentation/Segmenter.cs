using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Registration;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Resampling;
using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Analysis.Segmentation;

/// <summary>
/// Reads scans once through and says where they are dark, in the frame of the pristine scan: other scans are read where registration
/// says that the same material is, by cubic interpolation, so that every set of voxels can be laid on every other. Slices stream
/// through memory; what is kept is a bit a voxel.
/// </summary>
internal sealed class Segmenter
{
    private const int Bins = 4096;
    private readonly DatasetStore _store;
    private readonly VolumeInfo _pristine;
    private readonly ElectrolyteRegion _region;
    private readonly AnalysisRecipe _recipe;

    public Segmenter(DatasetStore store, VolumeInfo pristine, ElectrolyteRegion region, AnalysisRecipe recipe)
    {
        (_store, _pristine, _region, _recipe) = (store, pristine, region, recipe);
        var size = pristine.VoxelSize;
        var coarse = Math.Max(size.Z, Math.Max(size.Y, size.X));
        var electrolyte = new BitVolume(region.Shape.Z, region.Shape.Y, region.Shape.X);
        Parallel.For(0, region.Shape.Z, ComputeLane.Options(), () => new float[region.Shape.X], (z, _, depths) =>
        {
            for (var y = 0; y < region.Shape.Y; y++)
            {
                region.Row(z, y, depths);
                ThresholdKernel.Within<float>(depths, float.Epsilon, float.MaxValue, electrolyte.Row(z, y));
            }

            return depths;
        }, _ => { });
        Electrolyte = electrolyte;
        Judged = electrolyte;
        for (var i = 0; i < recipe.MarginVoxels; i++)
        {
            Judged = Morphology.Erode(Judged, StructuringElement.Faces);
        }

        StepUm = size.Least / 4;
    }

    /// <summary>Voxels deeper than the interface and within the cell.</summary>
    public BitVolume Electrolyte { get; }

    /// <summary>Of these, those far enough from the interface and the wall to be judged.</summary>
    public BitVolume Judged { get; }

    /// <summary>Step of depth histograms, µm.</summary>
    public double StepUm { get; }

    /// <summary>Counts the pristine scan.</summary>
    public async Task<ScanStatistics> StatisticsAsync(CancellationToken ct)
    {
        var (least, most) = (_pristine.Least, _pristine.Most > _pristine.Least ? _pristine.Most : _pristine.Least + 1);
        var steps = (int)Math.Ceiling(_pristine.Shape.Count == 0 ? 1 : Extent() / StepUm) + 1;
        var all = new Counts(steps);
        var gate = new Lock();
        var scale = (float)(Bins / (most - least));
        await ForSlicesAsync(_pristine, null, () => new Counts(steps), (z, y, values, depths, counts) =>
        {
            var margin = (float)(2 * _pristine.VoxelSize.Least);
            for (var x = 0; x < values.Length; x++)
            {
                // What has no value was not measured, and is no part of the electrolyte.
                var depth = float.IsFinite(values[x]) ? depths[x] : float.NaN;
                if (depth > 0)
                {
                    counts.Depth[Math.Min((int)(depth / StepUm), steps - 1)]++;
                }

                var bin = Math.Clamp((int)((values[x] - (float)least) * scale), 0, Bins - 1);
                if (depth > margin)
                {
                    counts.Electrolyte[bin]++;
                    if (x > 0 && depths[x - 1] > margin && float.IsFinite(values[x - 1]))
                    {
                        counts.Differences[Math.Min((int)(Math.Abs(values[x] - values[x - 1]) * scale * 4), Bins - 1)]++;
                    }
                }
                else if (depth < -margin)
                {
                    counts.Electrode[bin]++;
                }
            }
        }, counts =>
        {
            lock (gate)
            {
                all.Add(counts);
            }
        }, ct);
        double Median(long[] bins, double width) => Quantile(bins, 0.5) * width;
        var electrode = all.Electrode.Sum() < 1000 ? double.NaN : least + Median(all.Electrode, 1 / scale);
        var noise = Median(all.Differences, 0.25 / scale) / (0.6744897501960817 * Math.Sqrt(2));
        var voxel = _region.VoxelUm3;
        return new ScanStatistics(
            least, most, all.Electrolyte, electrode, least + Median(all.Electrolyte, 1 / scale), noise, new DepthHistogram(StepUm, all.Depth.Select(n => n * voxel).ToArray()));
    }

    /// <summary>The threshold that the recipe asks for, and how it came about.</summary>
    /// <exception cref="VolumeFormatException">The electrolyte has one value alone.</exception>
    public (double Threshold, string How) ThresholdOf(ScanStatistics s)
    {
        double Edge(int bin) => s.Least + (bin + 1) * (s.Most - s.Least) / Bins;
        if (_recipe.Rule == ThresholdRule.Manual)
        {
            return (_recipe.Threshold!.Value, "by hand");
        }

        try
        {
            if (_recipe.Rule == ThresholdRule.MultiOtsu)
            {
                // 256 bins are plenty for three classes, and its time goes with their square.
                var coarse = s.Bins.Chunk(Bins / 256).Select(c => c.Sum()).ToArray();
                return (Edge((OtsuThreshold.Splits(coarse, 3)[0] + 1) * (Bins / 256) - 1), "multi-Otsu, three classes");
            }

            var split = OtsuThreshold.Split(s.Bins);
            if (split >= 0 && IsValley(s.Bins, split))
            {
                double Middle(int from, int to) => s.Least + (from + Quantile(s.Bins[from..to], 0.5)) * (s.Most - s.Least) / Bins;
                return ((Middle(0, split + 1) + Middle(split + 1, Bins)) / 2, "half way between Otsu's two classes in the electrolyte");
            }
        }
        catch (ArgumentException)
        {
        }

        return double.IsNaN(s.ElectrodeMedian) || !(s.ElectrodeMedian < s.ElectrolyteMedian)
            ? throw new VolumeFormatException(
                "The pristine scan shows neither voids nor an electrode to place a threshold by; give a threshold by hand.")
            : ((s.ElectrodeMedian + s.ElectrolyteMedian) / 2, "half way from electrode to electrolyte, since too little of the electrolyte is dark");
    }

    /// <summary>Where a scan is darker than each of some thresholds, in the pristine scan's voxels, of what is judged.</summary>
    /// <param name="scan">A scan.</param>
    /// <param name="registration">How it lies to the pristine one.</param>
    /// <param name="thresholds">In the pristine scan's values.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<BitVolume[]> DarkAsync(VolumeInfo scan, ScanRegistration registration, double[] thresholds, CancellationToken ct)
    {
        var s = _region.Shape;
        var sets = thresholds.Select(_ => new BitVolume(s.Z, s.Y, s.X)).ToArray();

        // Brightness that drifted is undone by moving the thresholds instead of the values.
        var limits = thresholds.Select(t => MathF.BitDecrement((float)((t - registration.Offset) / registration.Gain))).ToArray();
        await ForSlicesAsync(scan, registration, () => 0, (z, y, values, _, _) =>
        {
            var judged = Judged.Row(z, y);
            for (var i = 0; i < limits.Length; i++)
            {
                var row = sets[i].Row(z, y);
                ThresholdKernel.Within<float>(values, float.MinValue, limits[i], row);
                for (var k = 0; k < row.Length; k++)
                {
                    row[k] &= judged[k];
                }
            }
        }, _ => { }, ct);
        return sets;
    }

    /// <summary>Of what is dark, what the recipe lets stand: opened, without holes, large and dark enough.</summary>
    public BitVolume Clean(BitVolume dark, BitVolume? strict, int leastVoxels)
    {
        var set = _recipe.Opening ? Morphology.Open(dark, StructuringElement.Faces) : dark;
        set = _recipe.FillHoles ? Morphology.FillHoles(set).And(Judged) : set;
        var components = ComponentLabeller.Label(set, StructuringElement.OfNeighbours(_recipe.Neighbours));
        var keep = new bool[components.Count];
        for (var l = 1; l <= keep.Length; l++)
        {
            keep[l - 1] = components.Regions[l - 1].Voxels >= leastVoxels;
            if (keep[l - 1] && strict is not null)
            {
                var seeded = false;
                components.ForRuns(l, (z, y, run) => seeded |= strict.CountRow(z, y, run.Start, run.End) > 0);
                keep[l - 1] = seeded;
            }
        }

        return components.Keep(keep);
    }

    /// <summary>Volume of a set by depth.</summary>
    public DepthHistogram ByDepth(BitVolume set)
    {
        var steps = (int)Math.Ceiling(Extent() / StepUm) + 1;
        var counts = new long[steps];
        var gate = new Lock();
        Parallel.For(0, set.Z, ComputeLane.Options(), () => (Counts: new long[steps], Depths: new float[set.X]), (z, _, local) =>
        {
            for (var y = 0; y < set.Y; y++)
            {
                var row = set.Row(z, y);
                if (row.IndexOfAnyExcept(0UL) < 0)
                {
                    continue;
                }

                _region.Row(z, y, local.Depths);
                for (var k = 0; k < row.Length; k++)
                {
                    for (var w = row[k]; w != 0; w &= w - 1)
                    {
                        var depth = local.Depths[64 * k + System.Numerics.BitOperations.TrailingZeroCount(w)];
                        local.Counts[Math.Clamp((int)(depth / StepUm), 0, steps - 1)]++;
                    }
                }
            }

            return local;
        }, local =>
        {
            lock (gate)
            {
                for (var i = 0; i < steps; i++)
                {
                    counts[i] += local.Counts[i];
                }
            }
        });
        var voxel = _region.VoxelUm3;
        return new DepthHistogram(StepUm, counts.Select(n => n * voxel).ToArray());
    }

    // Calls back with every row of the pristine grid: the scan's values there (NaN where it shows nothing) and depths.
    private delegate void RowAction<T>(int z, int y, ReadOnlySpan<float> values, ReadOnlySpan<float> depths, T local);

    private async Task ForSlicesAsync<T>(
        VolumeInfo scan, ScanRegistration? registration, Func<T> init, RowAction<T> action, Action<T> done, CancellationToken ct)
    {
        var reader = await _store.ReaderAsync(scan, ct);
        var level = reader.Levels[0];
        using var raw = new SlidingSlices(reader, level);
        using var slices = new FilteredSlices(raw, level.Shape, _recipe.Denoise);
        var s = _region.Shape;
        var map = registration is null || scan.Key == _pristine.Key ? null : new VoxelMap(_pristine.Transform, registration.ToScan, scan.Transform);
        var layer = level.Brick.Z;
        for (var z0 = 0; z0 < s.Z; z0 += layer)
        {
            var z1 = Math.Min(s.Z, z0 + layer);
            var (from, to) = map?.RangeZ(z0, z1, s) ?? (z0, z1);
            await slices.HoldAsync(from, to, ct);
            Parallel.For(z0, z1, ComputeLane.Options(ct), () => (Local: init(), Values: new float[s.X], Depths: new float[s.X]), (z, _, w) =>
            {
                for (var y = 0; y < s.Y; y++)
                {
                    _region.Row(z, y, w.Depths);
                    if (map is null)
                    {
                        action(z, y, slices.Slices[z].AsSpan(y * s.X, s.X), w.Depths, w.Local);
                        continue;
                    }

                    CubicResampler.ReadLine(slices.Slices, level.Shape.Y, level.Shape.X, map.At(z, y, 0), map.StepX, w.Values);
                    action(z, y, w.Values, w.Depths, w.Local);
                }

                return w;
            }, w => done(w.Local));
        }
    }

    private double Extent()
    {
        var (low, high) = _pristine.Bounds;
        return (high - low).Length;
    }

    private static double Quantile(long[] bins, double q)
    {
        var wanted = q * bins.Sum();
        double seen = 0;
        for (var i = 0; i < bins.Length; i++)
        {
            if (seen + bins[i] >= wanted && bins[i] > 0)
            {
                return i + (wanted - seen) / bins[i];
            }

            seen += bins[i];
        }

        return 0;
    }

    // Whether values near a threshold are rarer than on both sides of it; Otsu's splits the larger class where the other is too small.
    private static bool IsValley(long[] bins, int split)
    {
        var width = Math.Max(4, bins.Length / 100);
        long Around(int at) => Enumerable.Range(at - width / 2, width).Sum(i => (uint)i < (uint)bins.Length ? bins[i] : 0);
        long dark = 0, bright = 0;
        for (var i = 0; i < bins.Length; i += width / 2)
        {
            (dark, bright) = i < split ? (Math.Max(dark, Around(i)), bright) : (dark, Math.Max(bright, Around(i)));
        }

        var here = Around(split);
        return here < 0.5 * dark && here < 0.1 * bright;
    }

    private sealed class Counts(int steps)
    {
        public long[] Electrolyte { get; } = new long[Bins];

        public long[] Electrode { get; } = new long[Bins];

        public long[] Differences { get; } = new long[Bins];

        public long[] Depth { get; } = new long[steps];

        public void Add(Counts o)
        {
            foreach (var (to, from) in new[] { (Electrolyte, o.Electrolyte), (Electrode, o.Electrode), (Differences, o.Differences), (Depth, o.Depth) })
            {
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] += from[i];
                }
            }
        }
    }
}
