using DendriteViewer.Analysis.Segmentation;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Labelling;
using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Lithium;

/// <summary>One piece of lithium at one time.</summary>
/// <param name="Id">Its label at that time.</param>
/// <param name="VolumeUm3">Volume, µm³.</param>
/// <param name="DepthUm">Depth of its centroid, µm.</param>
/// <param name="NearestUm">Least depth of it, µm.</param>
/// <param name="DeepestUm">Largest depth of it, µm.</param>
/// <param name="CenterUm">Centroid z, y, x, µm.</param>
/// <param name="NeedleLikeness">(λ₁ − λ₂)/λ₁ of its second moments: 1 a needle, 0 a plate or a ball (C.-F. Westin et al., Med. Image Anal. 6, 93, 2002).</param>
/// <param name="SheetLikeness">(λ₂ − λ₃)/λ₁: 1 a sheet.</param>
/// <param name="Tips">Its two ends along its longest axis, z, y, x, µm, the deeper first.</param>
/// <param name="ByDepth">Its volume by depth.</param>
/// <param name="Sites">Nucleation sites that it holds.</param>
public sealed record LithiumPiece(
    int Id, double VolumeUm3, double DepthUm, double NearestUm, double DeepestUm, double[] CenterUm, double NeedleLikeness, double SheetLikeness,
    IReadOnlyList<double[]> Tips, DepthHistogram ByDepth, IReadOnlyList<string> Sites)
{
    /// <summary>Whether phase contrast covers the piece and shows it to be lithium.</summary>
    public bool Confirmed { get; init; }

    internal static LithiumPiece Of(int label, Components components, AffineTransform transform, DepthFrame depth, double voxelUm3)
    {
        ref readonly var r = ref components.Regions[label - 1];
        var (z, y, x) = r.Mean;
        var center = transform.ToWorld(new VoxelPoint(z + 0.5, y + 0.5, x + 0.5));

        // Moments in µm: M C Mᵀ with the voxel-to-world matrix.
        var m = r.Moments;
        var voxel = Matrix<double>.Build.DenseOfArray(new[,] { { m.ZZ, m.ZY, m.ZX }, { m.ZY, m.YY, m.YX }, { m.ZX, m.YX, m.XX } });
        var to = Matrix<double>.Build.Dense(3, 3, (i, j) => transform.Rows[4 * i + j]);
        var eigen = (to * voxel * to.Transpose()).Evd(Symmetricity.Symmetric);
        double l1 = eigen.EigenValues[2].Real, l2 = eigen.EigenValues[1].Real, l3 = eigen.EigenValues[0].Real;
        var axis = new WorldVector(eigen.EigenVectors[0, 2], eigen.EigenVectors[1, 2], eigen.EigenVectors[2, 2]);

        var steps = new List<double>();
        var step = transform.VoxelSize.Least;
        (WorldPoint At, double Along) least = (center, 0), most = (center, 0);
        double nearest = double.MaxValue, deepest = double.MinValue;
        components.ForRuns(label, (rz, ry, run) =>
        {
            for (var rx = run.Start; rx < run.End; rx++)
            {
                var p = transform.ToWorld(new VoxelPoint(rz + 0.5, ry + 0.5, rx + 0.5));
                var along = axis.Dot(p - center);
                least = along < least.Along ? (p, along) : least;
                most = along > most.Along ? (p, along) : most;
                var d = depth.DepthOf(p).Um;
                (nearest, deepest) = (Math.Min(nearest, d), Math.Max(deepest, d));
                var bin = Math.Max(0, (int)(d / step));
                while (steps.Count <= bin)
                {
                    steps.Add(0);
                }

                steps[bin] += voxelUm3;
            }
        });
        var tips = new[] { least.At, most.At }.OrderByDescending(p => depth.DepthOf(p).Um).Select(p => new[] { p.Z, p.Y, p.X }).ToArray();
        return new LithiumPiece(
            label, r.Voxels * voxelUm3, depth.DepthOf(center).Um, nearest, deepest, [center.Z, center.Y, center.X],
            (l1 - l2) / l1, (l2 - l3) / l1, tips, new DepthHistogram(step, [.. steps]), []);
    }
}

/// <summary>
/// New dark volume at one time, against what the charge could have plated. By absorption alone it is lithium, crack or new void: the charge
/// bounds the lithium in it.
/// </summary>
/// <param name="Hours">Hours of plating.</param>
/// <param name="MeasuredUm3">Volume, µm³: an upper bound of lithium where absorption alone was measured.</param>
/// <param name="LowUm3">Lower end of its 95 % interval, from all that <see cref="Uncertainty"/> names.</param>
/// <param name="HighUm3">Upper end of its 95 % interval.</param>
/// <param name="PartialUm3">Standard deviation from voxels that the surface cuts: a voxel's volume times √(surface voxels/12).</param>
/// <param name="FaradayUm3">What the charge passed would plate, µm³; null where the dataset gives no current or area.</param>
/// <param name="ThicknessUm">Measured volume over the electrode's area, µm; null where the dataset gives none.</param>
/// <param name="ByDepth">Volume by depth.</param>
/// <param name="Pieces">Every piece.</param>
public sealed record LithiumFindings(
    double Hours, double MeasuredUm3, double LowUm3, double HighUm3, double PartialUm3, double? FaradayUm3, double? ThicknessUm, DepthHistogram ByDepth,
    IReadOnlyList<LithiumPiece> Pieces)
{
    /// <summary>What the interval of the volume is made of; null in results of before version 2.</summary>
    public VolumeUncertainty? Uncertainty { get; init; }

    /// <summary>Number of pieces with the threshold a noise width darker, and brighter.</summary>
    public int[] PiecesLowHigh { get; init; } = [];

    /// <summary>Interval of the number of pieces: threshold and counting (Poisson).</summary>
    public (double Low, double High) PiecesInterval => Counting.OfCount(Pieces.Count, PiecesLowHigh);

    /// <summary>The least that the charge plates: over holes of the current series the smaller current.</summary>
    public double? FaradayLowUm3 { get; init; }

    /// <summary>The most that the charge plates: over holes the larger current, and up to the end of the scan.</summary>
    public double? FaradayHighUm3 { get; init; }

    /// <summary>The most lithium that there can be in the volume: what the charge plates, or all of it; null where there is no
    /// charge.</summary>
    public double? LithiumAtMostUm3 => FaradayUm3 is { } most ? Math.Min(most, MeasuredUm3) : null;

    /// <summary>What is more than the charge can have plated, and so is crack or void; null where there is no charge.</summary>
    public double? CrackOrVoidUm3 => FaradayUm3 is { } most ? Math.Max(0, MeasuredUm3 - most) : null;

    /// <summary>Measured over theoretical volume with its 95 % interval, percent; null where the charge plates nothing.</summary>
    public (double Percent, double Low, double High)? OfFaraday => FaradayUm3 is > 0 and var most
        ? (100 * MeasuredUm3 / most, 100 * LowUm3 / Math.Max(most, FaradayHighUm3 ?? most),
            100 * HighUm3 / (FaradayLowUm3 is > 0 and var least ? Math.Min(most, least) : most))
        : null;

    /// <summary>A part of the volume, µm³, at the digits that the volume is known to; a dash where there is none.</summary>
    public string AsPartOf(double? um3) => um3 is { } v ? Rounded.Value(v, v - (MeasuredUm3 - LowUm3), v + (HighUm3 - MeasuredUm3)) : "–";

    /// <summary>Volume of the pieces that phase contrast shows to be lithium, µm³.</summary>
    public double ConfirmedUm3 => Pieces.Where(p => p.Confirmed).Sum(p => p.VolumeUm3);

    /// <summary>Whether some piece may be a new void, for all that was measured.</summary>
    public bool IsUpperBound => Pieces.Any(p => !p.Confirmed);

    /// <summary>What is dark and no pristine void, but empty in phase contrast now or later, µm³; not counted as lithium.</summary>
    public double NewVoidUm3 { get; init; }

    /// <summary>Volume of the largest piece, µm³.</summary>
    public double LargestUm3 => Pieces.Count == 0 ? 0 : Pieces.Max(p => p.VolumeUm3);

    /// <summary>Largest depth of any lithium, µm; null where there is none.</summary>
    public double? DeepestUm => Pieces.Count == 0 ? null : Pieces.Max(p => p.DeepestUm);

    /// <summary>Least depth of any lithium, µm; null where there is none.</summary>
    public double? NearestUm => Pieces.Count == 0 ? null : Pieces.Min(p => p.NearestUm);
}
