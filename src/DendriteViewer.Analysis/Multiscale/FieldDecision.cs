using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Scheduling;
using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Decides by nano scans what new dark pieces are. Each nano voxel is looked up in the pristine scan's voxels, in which pieces are; what
/// lies
/// deep enough in a piece, away from the halo of its edges, tells by its two values; the pieces inside the field calibrate those outside.
/// </summary>
public sealed class FieldDecision
{
    /// <summary>The modality that decides.</summary>
    public const string Phase = "nano-phase";

    /// <summary>The modality that says how dark a nano voxel is; the projection scan's own darkness stands in where there is
    /// none.</summary>
    public const string Absorption = "nano-absorption";

    private const long MostVoxels = 20_000_000;
    private const int LeastCore = 24, Every = 5, MostListed = 400_000;
    private const double LeastCovered = 0.5, Sure = 0.8, CrackFlatness = 0.4, MostElectrolyte = 0.6;
    private static readonly double[] s_margins = [1, 0.6, 0.3, 0];
    private readonly NewDark _dark;
    private readonly float[] _phase;
    private readonly float[]? _absorption;
    private readonly VolumeShape _shape;
    private readonly AffineTransform _toPristine;
    private readonly VoxelSize _voxel;
    private readonly double _voxelUm3;
    private readonly int[] _labels;
    private readonly List<string> _warnings = [];

    // Edges of a nano voxel and its volume are those in the dataset's frame, where voxels may have one length along each axis.
    private FieldDecision(
        NewDark dark, float[] phase, float[]? absorption, VolumeShape shape, AffineTransform toPristine, AffineTransform transform)
    {
        (_dark, _phase, _absorption, _shape, _toPristine) = (dark, phase, absorption, shape, toPristine);
        _voxel = transform.VoxelSize;
        _voxelUm3 = Math.Abs(PlacementFiles.DeterminantOf(transform));
        _labels = LabelsOf();
    }

    /// <summary>Decides by the classes that are fitted to the joint histogram.</summary>
    /// <param name="store">The store.</param>
    /// <param name="dataset">The dataset as it is published.</param>
    /// <param name="recipe">How new dark volume is found.</param>
    /// <param name="hours">When.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">There is no nano phase scan of that time, or it was never placed.</exception>
    public static Task<Decision> DecideAsync(
        DatasetStore store, Dataset dataset, AnalysisRecipe recipe, double hours, IProgress<AnalysisProgress>? progress,
        CancellationToken ct) => DecideAsync(store, dataset, recipe, hours, null, progress, ct);

    /// <summary>Decides.</summary>
    /// <param name="store">The store.</param>
    /// <param name="dataset">The dataset as it is published.</param>
    /// <param name="recipe">How new dark volume is found.</param>
    /// <param name="hours">When.</param>
    /// <param name="drawn">Classes that somebody drew, which decide in place of the fitted ones; null for these.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">There is no nano phase scan of that time, or it was never placed.</exception>
    /// <exception cref="Imaging.Bounds.OutOfRangeException">The drawn classes decide nothing.</exception>
    public static async Task<Decision> DecideAsync(
        DatasetStore store, Dataset dataset, AnalysisRecipe recipe, double hours, DrawnClasses? drawn,
        IProgress<AnalysisProgress>? progress, CancellationToken ct)
    {
        drawn?.Check();
        var key = new VolumeKey(Phase, hours);
        var scan = dataset.Volumes.FirstOrDefault(v => v.Key == key) ?? throw new VolumeFormatException(
            $"{dataset.Id} has no {key}, which decides; it has {string.Join(", ", dataset.Volumes.Select(v => v.Key))}.");
        if (StageTrust.ProblemOf(dataset, key) is { } problem)
        {
            throw new VolumeFormatException(problem);
        }

        var analysis = await ExperimentAnalysis.StartAsync(store, dataset, recipe, progress, ct);
        var dark = await analysis.NewDarkAsync(hours, ct);
        progress?.Report(new AnalysisProgress("nano scans", 0.6));
        var reader = await store.ReaderAsync(scan, ct);
        var level = reader.Levels.FirstOrDefault(l => l.Shape.Count <= MostVoxels) ?? reader.Levels[^1];
        var transform = scan.ScannedTransform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var phase = await DenseLevels.ReadFloatAsync(reader, level, ct);
        var other = dataset.Volumes.FirstOrDefault(v => v.Key == new VolumeKey(Absorption, hours));
        var warnings = new List<string>(dark.Warnings);
        float[]? absorption = null;
        if (other is null || other.Shape != scan.Shape || StageTrust.ProblemOf(dataset, other.Key) is not null)
        {
            warnings.Add(other is null
                ? $"There is no {Absorption} at {hours:0.###} h: how dark a nano voxel is, is taken from the projection scan's pieces."
                : $"{other.Key} was not placed along with {key}, or has other voxels: it is left out. Register with --with {Absorption}.");
        }
        else if (!Same(other.ScannedTransform, scan.ScannedTransform, scan.Shape))
        {
            warnings.Add($"{other.Key} lies otherwise than {key}: it is left out. Register with --with {Absorption}.");
        }
        else
        {
            var theirs = await store.ReaderAsync(other, ct);
            absorption = theirs.Levels.Count > level.Number && theirs.Levels[level.Number].Shape == level.Shape
                ? await DenseLevels.ReadFloatAsync(theirs, theirs.Levels[level.Number], ct) : null;
        }

        warnings.AddRange(StageTrust.CautionOf(dataset, key, dark.Pristine.VoxelSize.Least) is { } caution ? [caution] : []);

        // Nano voxel → frame of the hour → where the material was in the pristine scan → its voxels.
        var toPristine = dark.Pristine.Transform.Inverse().After(dark.Registration.ToScan.Inverse()).After(transform);
        var decision = new FieldDecision(dark, phase, absorption, level.Shape, toPristine, transform);
        decision._warnings.AddRange(warnings);
        progress?.Report(new AnalysisProgress("classes", 0.8));
        return decision.Decide(drawn, ct);
    }

    private static bool Same(AffineTransform a, AffineTransform b, VolumeShape s) => Enumerable.Range(0, 8)
        .Select(i => new VoxelPoint((i & 4) != 0 ? s.Z : 0, (i & 2) != 0 ? s.Y : 0, (i & 1) != 0 ? s.X : 0))
        .All(p => (a.ToWorld(p) - b.ToWorld(p)).Length < 0.5 * a.VoxelSize.Least);

    private const int Nothing = 0, Bright = -1, Void = -2;

    // Of each nano voxel the piece, or that it is electrolyte or a void that the pristine scan had.
    private int[] LabelsOf()
    {
        var labels = new int[_shape.Count];
        var pieces = _dark.Pieces;
        var m = _toPristine.Rows.ToArray();
        Parallel.For(0, _shape.Z, ComputeLane.Options(), z =>
        {
            for (var y = 0; y < _shape.Y; y++)
            {
                for (var x = 0; x < _shape.X; x++)
                {
                    double a = z + 0.5, b = y + 0.5, c = x + 0.5;
                    int pz = (int)Math.Floor(m[0] * a + m[1] * b + m[2] * c + m[3]), py = (int)Math.Floor(m[4] * a + m[5] * b + m[6] * c
                        + m[7]);
                    var px = (int)Math.Floor(m[8] * a + m[9] * b + m[10] * c + m[11]);
                    if ((uint)pz >= (uint)pieces.Z || (uint)py >= (uint)pieces.Y || (uint)px >= (uint)pieces.X)
                    {
                        continue;
                    }

                    var label = pieces.At(pz, py, px);
                    labels[((long)z * _shape.Y + y) * _shape.X + x] = label > 0 ? label
                        : _dark.Voids[pz, py, px] ? Void : _dark.Bright[pz, py, px] ? Bright : Nothing;
                }
            }
        });
        return labels;
    }

    private Decision Decide(DrawnClasses? drawn, CancellationToken ct)
    {
        // Edges: what lies nearer to something else than the halo reaches.
        var edges = new FieldEdges(_labels, _phase, _shape, _voxel);
        var halo = edges.HaloUm(l => l is > 0 or Void, l => l == Bright);
        var inside = edges.Where(l => l is > 0 or Void);
        var depth = s_margins.Select(share => share == 0 ? inside : edges.Shrunk(inside, share * halo)).ToArray();
        ct.ThrowIfCancellationRequested();
        var bright = edges.Shrunk(edges.Where(l => l == Bright), 1.2 * halo);
        var (electrolyte, voids, dark) = (new List<JointValue>(), new List<JointValue>(), new List<JointValue>());
        var cores = Enumerable.Range(0, _dark.Pieces.Count + 1).Select(_ => (List<JointValue>[])[[], [], [], []]).ToArray();
        var counts = new int[_dark.Pieces.Count + 1];
        for (var z = 0; z < _shape.Z; z++)
        {
            for (var y = 0; y < _shape.Y; y++)
            {
                for (var x = 0; x < _shape.X; x++)
                {
                    var i = ((long)z * _shape.Y + y) * _shape.X + x;
                    var label = _labels[i];
                    if (label == Nothing)
                    {
                        continue;
                    }

                    var value = new JointValue(_absorption?[i] ?? (label == Bright ? 1 : 0), _phase[i]);
                    if (label == Bright)
                    {
                        if (i % Every == 0 && electrolyte.Count < MostListed && bright[z, y, x])
                        {
                            electrolyte.Add(value);
                        }

                        continue;
                    }

                    var deepest = Array.FindIndex(depth, d => d[z, y, x]);
                    if (label == Void)
                    {
                        if (deepest is >= 0 and <= 2)
                        {
                            voids.Add(value);
                        }

                        continue;
                    }

                    counts[label]++;
                    cores[label][deepest].Add(value);
                }
            }
        }

        // Of a piece the deepest voxels that are enough; thin ones have none away from their edges.
        var chosen = cores.Select(c =>
        {
            var core = new List<JointValue>();
            for (var k = 0; k < c.Length && core.Count < LeastCore; k++)
            {
                core.AddRange(c[k]);
            }

            return core;
        }).ToArray();
        dark.AddRange(chosen.SelectMany(c => c));
        var mixture = ClassMixture.Fit(electrolyte, voids, dark, out var warning);
        DecidedPiece[] Judged(IClassModel? by) =>
            [.. Enumerable.Range(1, _dark.Pieces.Count).Select(l => Judge(l, counts[l], chosen[l], by))];
        var pieces = Judged(drawn is null ? mixture : new DrawnModel(drawn));
        if (drawn is not null)
        {
            _warnings.Insert(0, $"{drawn.Words} {Compared(pieces, mixture is null ? null : Judged(mixture))}");
        }
        else if (warning is not null)
        {
            _warnings.Add(warning);
        }

        var told = pieces.Where(p => p.Verdict != PieceVerdict.Unsure).ToArray();
        var ledger = told.Length == 0 ? null : Ledger.Of(told, pieces);
        if (told.Length < 5)
        {
            _warnings.Add(told.Length == 0
                ? "No piece inside the field was told, so that nothing calibrates the others: all new dark volume may be lithium, or none."
                : $"Only {told.Length} pieces inside the field were told: what is said of the others is hardly calibrated.");
        }

        pieces = [.. pieces.Select(p => ledger is null || p.Verdict != PieceVerdict.Unsure || p.Covered >= LeastCovered ? p
            : ledger.ProbabilityOf(p) is var q ? p with { Posterior = q, EntropyBits = Entropy([q, 1 - q]) } : p)];
        int Count(PieceVerdict v) => pieces.Count(p => p.Verdict == v);
        var open = pieces.Count(p => p.Verdict == PieceVerdict.Unsure && p.Covered >= LeastCovered);
        var confusion = new Confusion(
            Count(PieceVerdict.Lithium), Count(PieceVerdict.Void), Count(PieceVerdict.Crack), open, Count(PieceVerdict.Unsure) - open);
        var lithium = ledger?.Sum(pieces, _dark.MeasuredUm3, _dark.Uncertainty)
            ?? Ledger.Unknown(_dark.MeasuredUm3, _dark.Uncertainty);
        return new Decision(
            _dark.Hours, pieces, confusion, lithium, mixture?.Classes ?? [], halo,
            JointHistogram.Of([.. electrolyte, .. voids, .. dark]), _warnings)
        {
            Mask = _dark.Mask, AutomaticMask = _dark.AutomaticMask, Drawn = drawn,
        };
    }

    // How far what somebody drew decides otherwise than what is fitted.
    private static string Compared(DecidedPiece[] drawn, DecidedPiece[]? fitted)
    {
        var told = drawn.Where(p => p.Covered >= LeastCovered).ToArray();
        return fitted is null ? "No classes could be fitted beside them."
            : $"By the fitted classes {told.Count(p => fitted[p.Id - 1].Verdict != p.Verdict)} of {told.Length} pieces in the field "
                + "would be judged otherwise.";
    }

    private DecidedPiece Judge(int label, int nanoVoxels, List<JointValue> core, IClassModel? model)
    {
        var region = _dark.Pieces.Regions[label - 1];
        var (z, y, x) = region.Mean;
        var um3 = region.Voxels * _dark.VoxelUm3;
        var nanoUm3 = _voxelUm3 * nanoVoxels;
        var piece = new DecidedPiece(
            label, _dark.Pristine.Transform.ToWorld(new VoxelPoint(z + 0.5, y + 0.5, x + 0.5)), um3, Math.Min(1, nanoUm3 / um3),
                double.NaN, 1,
            PieceVerdict.Unsure, FlatnessOf(region));
        if (model is null || piece.Covered < LeastCovered || core.Count < LeastCore)
        {
            return piece with { Posterior = 0.5 };
        }

        double[] p = new double[4], sum = new double[4];
        foreach (var v in core)
        {
            model.Posterior(v, p);
            for (var k = 0; k < 4; k++)
            {
                sum[k] += p[k] / core.Count;
            }
        }

        var told = sum[1] + sum[2];
        var lithium = told > 1e-9 ? sum[2] / told : 0.5;
        var verdict = sum[0] > MostElectrolyte || told < 0.25 ? PieceVerdict.Unsure
            : lithium >= Sure ? PieceVerdict.Lithium
            : lithium > 1 - Sure ? PieceVerdict.Unsure
            : piece.Flatness < CrackFlatness ? PieceVerdict.Crack : PieceVerdict.Void;
        return piece with { Posterior = lithium, EntropyBits = Entropy(sum), Verdict = verdict };
    }

    private double FlatnessOf(Region region)
    {
        var m = region.Moments;
        var voxel = Matrix<double>.Build.DenseOfArray(new[,] { { m.ZZ, m.ZY, m.ZX }, { m.ZY, m.YY, m.YX }, { m.ZX, m.YX, m.XX } });
        var to = Matrix<double>.Build.Dense(3, 3, (i, j) => _dark.Pristine.Transform.Rows[4 * i + j]);
        var l = (to * voxel * to.Transpose()).Evd(Symmetricity.Symmetric).EigenValues.Select(v => Math.Max(1e-12, v.Real)).ToArray();
        return Math.Sqrt(l[0] / l[2]);
    }

    private static double Entropy(ReadOnlySpan<double> p)
    {
        var sum = 0.0;
        foreach (var v in p)
        {
            sum -= v > 0 ? v * Math.Log2(v) : 0;
        }

        return sum;
    }
}
