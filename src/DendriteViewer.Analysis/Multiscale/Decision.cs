using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>What a piece of new dark volume is.</summary>
public enum PieceVerdict
{
    /// <summary>Lithium.</summary>
    Lithium,

    /// <summary>A void.</summary>
    Void,

    /// <summary>A crack: as empty as a void, and flat.</summary>
    Crack,

    /// <summary>The nano field does not cover it, or does not tell.</summary>
    Unsure,
}

/// <summary>One piece of new dark volume, and what the nano scans say of it.</summary>
/// <param name="Id">Its label.</param>
/// <param name="Center">Its centroid in the dataset's frame.</param>
/// <param name="Um3">Its volume.</param>
/// <param name="Covered">Share of its voxels that lie in the nano field, 0–1.</param>
/// <param name="Posterior">Probability that it is lithium: from its voxels where the field covers it, else from pieces like it that it
/// covers.</param>
/// <param name="EntropyBits">Entropy of what it may be, bits.</param>
/// <param name="Verdict">What it is.</param>
/// <param name="Flatness">Its smallest over its largest extent.</param>
public sealed record DecidedPiece(
    int Id, WorldPoint Center, double Um3, double Covered, double Posterior, double EntropyBits, PieceVerdict Verdict, double Flatness);

/// <summary>Pieces in the field by what the nano scans say; absorption alone calls all of them lithium.</summary>
/// <param name="Lithium">Pieces that are lithium.</param>
/// <param name="Void">Voids.</param>
/// <param name="Crack">Cracks.</param>
/// <param name="Unsure">Pieces in the field that were not told.</param>
/// <param name="Outside">Pieces that it does not cover.</param>
public sealed record Confusion(int Lithium, int Void, int Crack, int Unsure, int Outside)
{
    /// <summary>Pieces that were told.</summary>
    public int Told => Lithium + Void + Crack;

    /// <summary>Share of a verdict among the pieces that were told, with its 95 % interval (Clopper and Pearson).</summary>
    public (double Share, double Low, double High) ShareOf(int count)
    {
        var (low, high) = Uncertainties.Counting.OfShare(count, Told);
        return (Told == 0 ? double.NaN : (double)count / Told, low, high);
    }
}

/// <summary>Lithium as a ledger, µm³.</summary>
/// <param name="Confirmed">Pieces inside the field that are lithium.</param>
/// <param name="Calibrated">All lithium, inside and outside: the mean of what it may be; NaN where no piece was told.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end of its 95 % interval.</param>
/// <param name="DarkOnly">All new dark volume, as absorption alone has it.</param>
public sealed record LithiumLedger(double Confirmed, double Calibrated, double Low, double High, double DarkOnly);

/// <summary>What nano scans say of new dark volume.</summary>
/// <param name="Hours">Hours of plating.</param>
/// <param name="Pieces">All pieces.</param>
/// <param name="Confusion">Pieces in the field.</param>
/// <param name="Ledger">Lithium.</param>
/// <param name="Classes">Electrolyte, void and lithium in the joint histogram.</param>
/// <param name="HaloUm">How far from edges voxels were not judged, µm.</param>
/// <param name="Histogram">The joint histogram.</param>
/// <param name="Warnings">What a reader must see with it.</param>
public sealed record Decision(
    double Hours, IReadOnlyList<DecidedPiece> Pieces, Confusion Confusion, LithiumLedger Ledger, IReadOnlyList<ClassShape> Classes,
        double HaloUm,
    JointHistogram Histogram, IReadOnlyList<string> Warnings)
{
    /// <summary>The corrected mask of lithium that its pieces are of, or null where they are as they were found.</summary>
    public MaskUse? Mask { get; init; }

    /// <summary>The classes that somebody drew and that decided; null where the fitted ones did, which are kept beside them.</summary>
    public DrawnClasses? Drawn { get; init; }

    /// <summary>Name of the automatic mask that corrections counted for; null where nobody had corrected any.</summary>
    public string? AutomaticMask { get; init; }
}

/// <summary>Counts of voxels of the field by their two values.</summary>
/// <param name="AbsorptionRange">Least and largest absorption value of the bins.</param>
/// <param name="PhaseRange">Least and largest phase value of the bins.</param>
/// <param name="Bins">Bins along each.</param>
/// <param name="Counts">Counts, phase fastest.</param>
public sealed record JointHistogram((float Low, float High) AbsorptionRange, (float Low, float High) PhaseRange, int Bins, int[] Counts)
{
    private const int UsualBins = 64;

    /// <summary>Of voxels; what lies beyond the robust range is counted in the outermost bins.</summary>
    internal static JointHistogram Of(IReadOnlyList<JointValue> values)
    {
        var (a, p) = (RobustRange.Of(values.Select(v => v.Absorption).ToArray()), RobustRange.Of(values.Select(v => v.Phase).ToArray()));
        var counts = new int[UsualBins * UsualBins];
        foreach (var v in values)
        {
            int Bin(float value, (float Low, float High) r) =>
                Math.Clamp((int)((value - r.Low) / (r.High - r.Low) * UsualBins), 0, UsualBins - 1);
            counts[Bin(v.Absorption, a) * UsualBins + Bin(v.Phase, p)]++;
        }

        return new JointHistogram(a, p, UsualBins, counts);
    }
}
