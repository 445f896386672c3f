using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Places a volume inside the scan of the same hour, as hipct-reg does it: all turns about the axis and all shifts are tried on coarse
/// levels, the best are climbed from, then level by level down to the scan's own voxels, by mutual information. Memory holds the part of
/// the scan that the volume can lie in, and samples of the volume, never the whole of either.
/// </summary>
public sealed class VolumePlacer
{
    // Stage coordinates and common points may be off by 15 µm; turning about the wrong point adds a little.
    private const double ReachUm = 18, StageDeg = 12, AxisStepDeg = 2, FineReachDeg = 2.5, FineStepDeg = 0.1;
    private const double CoarseShare = 20;

    /// <summary>By how much a placed volume may be larger or smaller than its voxel size says before it is remarked.</summary>
    internal const double MostScale = 0.02;

    // What either metric is off beyond what scores scatter by, in voxels of the scan: how the two volumes sample the same structure
    // differs, and is the same whatever the noise. Pairs of known truth showed it; their table is in docs/multiscale.md.
    private const double MutualShare = 0.03, GradientShare = 0.06;

    private const long MostFixedVoxels = 96_000_000;
    private const int CoarseSamples = 8000, MostSamples = 80_000;
    private static readonly double[] s_stageTilts = [-8, -4, 0, 4, 8], s_axisTilts = [-6, 0, 6];
    private readonly Dataset _dataset;
    private readonly PlacementRequest _request;
    private readonly VolumeInfo _moving, _fixed;
    private readonly VolumeReader _movingReader, _fixedReader;
    private readonly AffineTransform _toMoving, _stated, _toDataset;
    private readonly (double Z, double Y, double X) _size;
    private readonly List<string> _warnings = [];
    private readonly IProgress<double>? _progress;

    private VolumePlacer(
        Dataset dataset, PlacementRequest request, (VolumeInfo Of, VolumeReader Reader) moving, (VolumeInfo Of, VolumeReader Reader) scan,
        IProgress<double>? progress)
    {
        (_dataset, _request, _progress) = (dataset, request, progress);
        (_moving, _movingReader, _fixed, _fixedReader) = (moving.Of, moving.Reader, scan.Of, scan.Reader);
        (_toMoving, _stated) = (OwnOf(_moving), StatedOf(_moving));
        _toDataset = DriftOf(_fixed);
        var (s, v) = (_moving.Shape, _moving.StatedTransform.VoxelSize);
        _size = (s.Z * v.Z, s.Y * v.Y, s.X * v.X);
    }

    /// <summary>From a volume's voxels to its own µm.</summary>
    public static AffineTransform OwnOf(VolumeInfo volume) => AffineTransform.Of(volume.StatedTransform.VoxelSize, new WorldPoint(0, 0, 0));

    /// <summary>
    /// From the frame of a scan as it was handed over to the dataset's frame: by what an analysis found that it moved since the first.
    /// </summary>
    public static AffineTransform DriftOf(VolumeInfo scan) => scan.Transform.After(scan.ScannedTransform.Inverse());

    /// <summary>From a volume's own µm to where it was handed over as lying.</summary>
    public static AffineTransform StatedOf(VolumeInfo volume) => volume.StatedTransform.After(OwnOf(volume).Inverse());

    /// <summary>The scan that a volume is placed in: of the same hour, else the nearest in time.</summary>
    /// <exception cref="VolumeFormatException">There is none.</exception>
    public static VolumeInfo FixedOf(Dataset dataset, VolumeKey moving, string? modality)
    {
        var name = modality ?? dataset.Manifest.Volumes.First(v => v.Labels != true).Modality;
        if (name == moving.Modality)
        {
            throw new VolumeFormatException(
                $"{moving} cannot be placed inside scans of its own modality; the analysis lays those onto one another.");
        }

        return dataset.Volumes.Where(v => v.Key.Modality == name).MinBy(v => Math.Abs(v.Key.Hours - moving.Hours))
            ?? throw new VolumeFormatException(
                $"{dataset.Id} has no {name} scan to place {moving} in; it has {string.Join(", ", dataset.Modalities)}.");
    }

    /// <summary>Finds where a volume lies.</summary>
    /// <param name="store">The store.</param>
    /// <param name="dataset">The dataset as it is published.</param>
    /// <param name="request">What to place.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">There is no such volume, or the two show nothing in common.</exception>
    public static async Task<Placement> PlaceAsync(
        DatasetStore store, Dataset dataset, PlacementRequest request, IProgress<double>? progress, CancellationToken ct)
    {
        var moving = dataset.Volumes.FirstOrDefault(v => v.Key == request.Key) ?? throw new VolumeFormatException(
            $"{dataset.Id} has no {request.Key}; it has {string.Join(", ", dataset.Volumes.Select(v => v.Key))}.");
        var scan = FixedOf(dataset, moving.Key, request.Fixed);
        var placer = new VolumePlacer(
            dataset, request, (moving, await store.ReaderAsync(moving, ct)), (scan, await store.ReaderAsync(scan, ct)), progress);
        return await placer.PlaceAsync(ct);
    }

    // Whether another place is as likely, or the search ended where it did not look: no bound of the error holds then.
    private bool _isDoubtful;

    private WorldPoint Middle => new(_size.Z / 2, _size.Y / 2, _size.X / 2);

    private double Rho => Math.Max(_size.Z, Math.Max(_size.Y, _size.X)) / 2;

    private async Task<Placement> PlaceAsync(CancellationToken ct)
    {
        if (_fixed.Key.Hours != _moving.Key.Hours)
        {
            _warnings.Add($"There is no {_fixed.Key.Modality} scan at {_moving.Key.Hours:0.###} h: {_moving.Key} was placed in that of "
                + $"{_fixed.Key.Hours:0.###} h, and what grew or moved between the two counts as its error.");
        }

        if (_request.Landmarks.Count > 0)
        {
            return await ByLandmarksAsync(ct);
        }

        var levels = Levels();
        var start = _request.Common is { } common ? Through(common.Moving, InScan(common.Dataset)) : _stated;
        var range = _request.Common is { } point
            ? new SearchRange(Steps(0, 358, AxisStepDeg), s_axisTilts, ReachUm, start, InScan(point.Dataset))
            : new SearchRange(Steps(-StageDeg, StageDeg, AxisStepDeg), s_stageTilts, ReachUm, start, Place(start, Middle));
        var found = await SearchAsync(levels, range, ct);
        return await FinishAsync(found, levels.Skip(1), _request.Common is null ? PlacementStart.Stage : PlacementStart.Common, null, ct);
    }

    // Common points and landmarks are given in the dataset's frame; images are compared in that of the scan as it was handed over.
    private WorldPoint InScan(WorldPoint dataset) => Place(_toDataset.Inverse(), dataset);

    private static WorldPoint Place(AffineTransform t, WorldPoint p) => t.ToWorld(new VoxelPoint(p.Z, p.Y, p.X));

    private AffineTransform Through(WorldPoint moving, WorldPoint target)
    {
        var rows = _stated.Rows.ToArray();
        var off = target - Place(_stated, moving);
        (rows[3], rows[7], rows[11]) = (rows[3] + off.Z, rows[7] + off.Y, rows[11] + off.X);
        return new AffineTransform(rows);
    }

    private static double[] Steps(double from, double to, double step) =>
        [.. Enumerable.Range(0, (int)Math.Round((to - from) / step) + 1).Select(i => from + i * step)];

    // A level of the scan and the one of the volume whose voxels are no larger; coarsest first.
    private sealed record LevelPair(PyramidLevel Fixed, PyramidLevel Moving, double VoxelUm, int Samples);

    private List<LevelPair> Levels()
    {
        double Of(VolumeInfo v, PyramidLevel l) =>
            Math.Cbrt(v.StatedTransform.VoxelSize.Z * l.FactorZ * v.StatedTransform.VoxelSize.Y * l.FactorY
            * v.StatedTransform.VoxelSize.X * l.FactorX);
        var least = Math.Min(_size.Z, Math.Min(_size.Y, _size.X));
        var usable = _fixedReader.Levels.Where(l => Of(_fixed, l) <= Math.Max(Of(_fixed, _fixedReader.Levels[0]),
            least / CoarseShare * 1.3)).ToList();

        // Where the volume's own voxels are the larger, finer levels of the scan say no more.
        var finest = usable.LastOrDefault(l => Of(_fixed, l) <= Of(_moving, _movingReader.Levels[0])) ?? usable[0];
        var pairs = usable.Where(l => l.Number >= finest.Number).Reverse().Select(l => new LevelPair(
            l, _movingReader.Levels.Last(m => m.Number == 0 || Of(_moving, m) <= 1.05 * Of(_fixed, l)), Of(_fixed, l), 0)).ToList();
        for (var i = 0; i < pairs.Count; i++)
        {
            var wanted = i == pairs.Count - 1 ? MostSamples : CoarseSamples << Math.Min(i, 3);
            pairs[i] = pairs[i] with { Samples = (int)Math.Min(wanted, Math.Max(200, pairs[i].Moving.Shape.Count / 2)) };
        }

        return pairs;
    }

    private Task<FieldSample[]> SamplesAsync(LevelPair level, CancellationToken ct) =>
        FieldSamples.DrawAsync(_movingReader, level.Moving, _toMoving, level.Samples, _request.Seed, ct);

    private async Task<VoxelBox> BoxAsync(LevelPair level, (WorldPoint, WorldPoint) box, CancellationToken ct) =>
        await VoxelBox.ReadAsync(_fixedReader, level.Fixed, _fixed.ScannedTransform, box, ct)
        ?? throw new VolumeFormatException(
            $"{_moving.Key} lies outside of {_fixed.Key} by its coordinates; correct originUm, or give a common point or landmarks.");

    private (WorldPoint Low, WorldPoint High) Around(WorldPoint middle, double um) =>
        (middle + new WorldVector(-um, -um, -um), middle + new WorldVector(um, um, um));

    private (WorldPoint, WorldPoint) Holding(AffineTransform placement, double margin)
    {
        var corners = Enumerable.Range(0, 8).Select(i => Place(placement, new WorldPoint(
            (i & 4) != 0 ? _size.Z : 0, (i & 2) != 0 ? _size.Y : 0, (i & 1) != 0 ? _size.X : 0))).ToArray();
        return (new WorldPoint(corners.Min(c => c.Z) - margin, corners.Min(c => c.Y) - margin, corners.Min(c => c.X) - margin),
            new WorldPoint(corners.Max(c => c.Z) + margin, corners.Max(c => c.Y) + margin, corners.Max(c => c.X) + margin));
    }

    private async Task<AffineTransform> SearchAsync(List<LevelPair> levels, SearchRange range, CancellationToken ct)
    {
        var coarse = levels[0];
        var diagonal = new WorldVector(_size.Z, _size.Y, _size.X).Length / 2;
        var middle = Place(range.Start, Middle);
        var swing = (middle - range.Pivot).Length;
        var box = await BoxAsync(coarse, Around(swing > Rho ? range.Pivot : middle, diagonal + ReachUm + (swing > Rho ? swing : 0)), ct);
        var samples = await SamplesAsync(coarse, ct);
        var whole = (new WorldPoint(0, 0, 0), new WorldPoint(_size.Z, _size.Y, _size.X));
        var dense = await VoxelBox.ReadAsync(_movingReader, coarse.Moving, _toMoving, whole, ct)
            ?? throw new VolumeFormatException($"{_moving.Key} has too few voxels to be found in {_fixed.Key}; register by landmarks.");
        var candidates = new RotationSearch(box, dense, _request.Seed).Run(range, Part(0, 0.6), ct);
        if (candidates.Count == 0 || double.IsNegativeInfinity(candidates[0].Evidence))
        {
            throw new VolumeFormatException(
                $"{_moving.Key} lies outside of {_fixed.Key} by its coordinates; correct originUm, or give a common point or landmarks.");
        }

        // The best few are climbed from on the coarse level, and those that differ still on the next.
        var metric = new MutualInformation(samples, box);
        var model = _request.Model == PlacementModel.Rigid ? PlacementModel.Rigid : PlacementModel.Similarity;
        var ends = new List<Climbed>();
        foreach (var c in candidates)
        {
            ct.ThrowIfCancellationRequested();
            var end = AgreementClimb.From(metric, c.Placement, PlacementModel.Rigid, Middle, Rho, coarse.VoxelUm, 14, ct);
            if (end.Agreement.Gradient.Length > 0)
            {
                ends.Add(end);
            }
        }

        ends = Distinct(ends, coarse.VoxelUm);
        if (ends.Count == 0)
        {
            throw new VolumeFormatException($"{_moving.Key} and {_fixed.Key} show nothing in common where they overlap; register by "
                + $"landmarks.");
        }

        ends = Distinct([.. ends.Take(6).Select(e => AgreementClimb.From(
            metric, Fine(metric, e.Placement), model, Middle, Rho, coarse.VoxelUm, 25, ct))], coarse.VoxelUm);
        if (ends.Count > 1 && ends[1].Agreement.Value > 0.8 * ends[0].Agreement.Value)
        {
            _isDoubtful = true;
            _warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Another place, {(PlaceOf(ends[1]) - PlaceOf(ends[0])).Length:0.#} µm away, agrees nearly as well "
                    + $"({ends[1].Agreement.Value:0.000} ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"against {ends[0].Agreement.Value:0.000} nats): check the placement by eye."));
        }

        return ends[0].Placement;
    }

    private WorldPoint PlaceOf(Climbed end) => Place(end.Placement, Middle);

    // ±2.5° at 0.1° about the axis.
    private AffineTransform Fine(MutualInformation metric, AffineTransform placement)
    {
        var pivot = Place(placement, Middle);
        var best = (Value: double.NegativeInfinity, Placement: placement);
        var l = new double[9];
        foreach (var deg in Steps(-FineReachDeg, FineReachDeg, FineStepDeg))
        {
            LocalMotion.Rotation(deg * Math.PI / 180, 0, 0, l);
            var turned = LocalMotion.About(pivot, l, 0, 0, 0).After(placement);
            var value = metric.At(turned, null).Value;
            best = value > best.Value ? (value, turned) : best;
        }

        return best.Placement;
    }

    // Best first; of those that end within a voxel and a half of each other the best.
    private List<Climbed> Distinct(IEnumerable<Climbed> ends, double voxelUm)
    {
        var kept = new List<Climbed>();
        foreach (var e in ends.OrderByDescending(e => e.Agreement.Evidence(20)))
        {
            if (kept.TrueForAll(k => DistanceOf(k.Placement, e.Placement) > 1.5 * voxelUm))
            {
                kept.Add(e);
            }
        }

        return kept;
    }

    private double DistanceOf(AffineTransform a, AffineTransform b) => Enumerable.Range(0, 8).Average(i =>
    {
        var p = new WorldPoint((i & 4) != 0 ? _size.Z : 0, (i & 2) != 0 ? _size.Y : 0, (i & 1) != 0 ? _size.X : 0);
        return (Place(a, p) - Place(b, p)).Length;
    });

    private async Task<Placement> ByLandmarksAsync(CancellationToken ct)
    {
        var pairs = _request.Landmarks.Select(p => p with { Dataset = InScan(p.Dataset) }).ToArray();
        var fit = LandmarkFit.Of(pairs, _request.Model);
        if (!_request.Refine)
        {
            return Unrefined(pairs, fit);
        }

        // From the level whose voxels are as large as the landmarks are off.
        var levels = Levels();
        var off = Math.Max(fit.LeaveOneOutUm ?? 3 * fit.ResidualUm, levels[^1].VoxelUm);
        var from = Math.Max(0, levels.FindLastIndex(l => l.VoxelUm >= 0.7 * off));
        var placed = await FinishAsync(fit.Matrix, levels.Skip(from), PlacementStart.Landmarks, fit, ct);
        var moved = DistanceOf(placed.ToScan, fit.Matrix);
        return moved <= Math.Max(4 * off, 4 * levels[^1].VoxelUm) ? placed : placed with
        {
            // A bound of that maximum would say nothing of the true place.
            UncertaintyUm = null,
            Warnings = [.. placed.Warnings, string.Create(
                CultureInfo.InvariantCulture, $"The images moved the volume {moved:0.##} µm away from the landmarks: check the "
                    + $"placement by eye.")],
        };
    }

    private Placement Unrefined(IReadOnlyList<PointPair> pairs, LandmarkFit fit)
    {
        var middle = Place(fit.Matrix, Middle);
        var known = LandmarkSpread.Of(pairs, fit, new LocalMotion(_request.Model, middle, Rho), _size);
        if (known is null)
        {
            _warnings.Add($"{pairs.Count} landmarks fit {_request.Model.ToString().ToLowerInvariant()} placements exactly, whatever their "
                + "errors, so that no bound can be given; place another.");
        }

        return Of(fit.Matrix, PlacementStart.Landmarks, fit) with
        {
            UncertaintyUm = known?.BoundUm, ResidualUm = fit.ResidualUm, Covariance = known?.Covariance ?? [],
            CenterUm = [middle.Z, middle.Y, middle.X], RhoUm = Rho,
        };
    }

    private async Task<Placement> FinishAsync(
        AffineTransform start, IEnumerable<LevelPair> levels, PlacementStart how, LandmarkFit? landmarks, CancellationToken ct)
    {
        var list = levels.ToList();
        if (list.Count == 0)
        {
            list.Add(Levels()[^1]);
        }

        Climbed? end = null;
        (IAgreementMetric? Metric, double VoxelUm) last = default;
        var placement = start;
        for (var i = 0; i < list.Count; i++)
        {
            var level = list[i];
            var margin = 6 * level.VoxelUm;
            if (VoxelBox.CountOf(level.Fixed, _fixed.ScannedTransform, Holding(placement, margin)) > MostFixedVoxels && end is not null)
            {
                break;
            }

            var (samples, box) = (await SamplesAsync(level, ct), await BoxAsync(level, Holding(placement, margin), ct));
            IAgreementMetric metric = _request.RefinedBy == PlacementMetric.Gradient
                ? new GradientCorrelation(samples, box.Steepness()) : new MutualInformation(samples, box);
            end = AgreementClimb.From(metric, placement, _request.Model, Middle, Rho, level.VoxelUm, 40, ct);
            (placement, last) = (end.Placement, (metric, level.VoxelUm));
            _progress?.Report(0.6 + 0.35 * (i + 1) / list.Count);
        }

        if (end is null || last.Metric is null || end.Agreement.Gradient.Length == 0)
        {
            throw new VolumeFormatException($"{_moving.Key} and {_fixed.Key} show nothing in common where they overlap; register by "
                + $"landmarks.");
        }

        if (end.Agreement.Inside < 0.5 * last.Metric.Count)
        {
            _warnings.Add($"Only {100.0 * end.Agreement.Inside / last.Metric.Count:0} % of {_moving.Key} lies inside {_fixed.Key}.");
        }

        var covariance = PlacementSpread.CovarianceOf(end, last.Metric, last.VoxelUm);
        var bound = PlacementSpread.MeanErrorBound(covariance, end.Motion, placement, _size);
        var share = _request.RefinedBy == PlacementMetric.Gradient ? GradientShare : MutualShare;
        bound = Math.Sqrt(bound * bound + Math.Pow(share * last.VoxelUm, 2));
        var residual = PlacementSpread.ResidualOf(end.Agreement).Um;
        _progress?.Report(1);
        var middle = Place(placement, Middle);
        var found = Of(placement, how, landmarks);
        return found with
        {
            UncertaintyUm = _isDoubtful ? null : bound, Metric = end.Agreement.Value, RefinedBy = _request.RefinedBy,
            ResidualUm = landmarks is null ? residual : Math.Sqrt(_request.Landmarks.Average(p =>
                Math.Pow((Place(placement, p.Moving) - InScan(p.Dataset)).Length, 2))),
            Covariance = [.. covariance.Cast<double>()], CenterUm = [middle.Z, middle.Y, middle.X], RhoUm = Rho,
        };
    }

    private Placement Of(AffineTransform toScan, PlacementStart how, LandmarkFit? landmarks)
    {
        var placement = new Placement
        {
            Key = _moving.Key, Fixed = _fixed.Key, Start = how, Model = _request.Model, ToScan = toScan, Matrix = _toDataset.After(toScan),
            LeaveOneOutUm = landmarks?.LeaveOneOutUm, Landmarks = _request.Landmarks,
        };
        if (placement.Scale.Any(s => Math.Abs(s - 1) > MostScale))
        {
            _warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{_moving.Key} came out {100 * (placement.Scale.Average() - 1):+0.0;-0.0} % larger than its voxel size says, which is "
                    + $"beyond ±2 %: ")
                + "check the voxel sizes, or the placement by eye.");
            _isDoubtful |= landmarks is null || _request.Refine;
        }

        if (how == PlacementStart.Stage && TurnOf(toScan) is var turned && turned > StageDeg + FineReachDeg)
        {
            _isDoubtful = true;
            _warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{_moving.Key} came out turned by {turned:0.0}° against its stated place, beyond the {StageDeg}° that are searched: give "
                    + $"a common point or landmarks."));
        }

        return placement with { Warnings = [.. _warnings] };
    }

    private double TurnOf(AffineTransform toScan) => new Placement
    {
        Key = _moving.Key, Fixed = _fixed.Key, Start = PlacementStart.Stage, Model = _request.Model,
        ToScan = toScan, Matrix = toScan.After(_stated.Inverse()),
    }.RotationDeg;

    private Progress Part(double from, double to) => new(_progress, from, to);

    private sealed class Progress(IProgress<double>? to, double from, double end) : IProgress<double>
    {
        public void Report(double value) => to?.Report(from + value * (end - from));
    }
}
