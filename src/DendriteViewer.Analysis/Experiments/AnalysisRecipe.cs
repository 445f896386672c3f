using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Experiments;

/// <summary>How the value that parts dark from bright is found.</summary>
public enum ThresholdRule
{
    /// <summary>
    /// Otsu's two classes within the electrolyte of the pristine scan, parted half way between their medians, since in the gap between
    /// them Otsu's criterion is flat; where there is too little that is dark, half way from electrode to electrolyte.
    /// </summary>
    Otsu,

    /// <summary>The lowest of two thresholds that part three classes.</summary>
    MultiOtsu,

    /// <summary>A given value.</summary>
    Manual,
}

/// <summary>What is done about noise before values are compared.</summary>
public enum Denoise
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Median of 3 × 3 × 3.</summary>
    Median,

    /// <summary>A Gaussian of 0.7 voxels.</summary>
    Gaussian,
}

/// <summary>
/// Every parameter of an analysis. The same recipe on the same scans gives the same labels and numbers, bit for bit.
/// </summary>
public sealed record AnalysisRecipe
{
    /// <summary>Changes when the same recipe would give other numbers.</summary>
    public const int Version = 2;

    /// <summary>Modality; the dataset's first where empty.</summary>
    public string Modality { get; init; } = "";

    /// <summary>How the threshold is found.</summary>
    public ThresholdRule Rule { get; init; }

    /// <summary>The threshold where it is given: what is darker counts as void or lithium.</summary>
    public double? Threshold { get; init; }

    /// <summary>Hysteresis: a dark piece counts only where some voxel of it is darker than this; null for none.</summary>
    public double? Strict { get; init; }

    /// <summary>What is done about noise.</summary>
    public Denoise Denoise { get; init; }

    /// <summary>Neighbours of a voxel: 6, 18 or 26.</summary>
    public int Neighbours { get; init; } = 26;

    /// <summary>Whether what is thinner than three voxels is taken away from voids.</summary>
    public bool Opening { get; init; }

    /// <summary>Whether bright specks inside voids are filled.</summary>
    public bool FillHoles { get; init; } = true;

    /// <summary>Voxels next to the interface and the cell's wall that are not judged, since they hold some of both sides.</summary>
    public int MarginVoxels { get; init; } = 2;

    /// <summary>Least void in voxels.</summary>
    public int LeastVoidVoxels { get; init; } = 8;

    /// <summary>Least piece of lithium in voxels.</summary>
    public int LeastLithiumVoxels { get; init; } = 48;

    /// <summary>How near a pristine void, in voxels, what is dark is still that void.</summary>
    public double ToleranceVoxels { get; init; } = 1.5;

    /// <summary>Lithium that is at most so many dark voxels from lithium of a site, through a void, is of that site and no new one.</summary>
    public int BridgeVoxels { get; init; } = 8;

    /// <summary>Width of a depth bin, µm.</summary>
    public double BinUm { get; init; } = 20;

    /// <summary>The band that is asked about.</summary>
    public Band Band { get; init; } = Band.Default;

    /// <summary>Name of exactly this recipe: the first 16 hexadecimal digits of its SHA-256, version and all.</summary>
    [JsonIgnore]
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { Version, Recipe = this with { BinUm = 0, Band = default } })))[..16];

    /// <summary>Complains about values out of their range.</summary>
    /// <exception cref="VolumeFormatException">One is.</exception>
    /// <exception cref="OutOfRangeException">The bin or the band is.</exception>
    public void Check()
    {
        Require(Neighbours is 6 or 18 or 26, "neighbours", "6, 18 or 26");
        Require(Rule != ThresholdRule.Manual || Threshold is { } t && double.IsFinite(t), "threshold", "a number where it is chosen by hand");
        Require(Strict is null || double.IsFinite(Strict.Value), "strict", "a number");
        Require(MarginVoxels is >= 0 and <= 50, "marginVoxels", "0 to 50");
        Require(LeastVoidVoxels >= 1 && LeastLithiumVoxels >= 1, "least sizes", "1 voxel or more");
        Require(ToleranceVoxels is >= 0 and <= 20, "toleranceVoxels", "0 to 20");
        Require(BridgeVoxels is >= 0 and <= 100, "bridgeVoxels", "0 to 100");
        Ranges.BinUm.Of("The analysis's binUm").Check(BinUm);
        Ranges.DepthUm.Of("The analysis's band").Check(Band.FromUm);
        Ranges.DepthUm.Of("The analysis's band").Check(Band.ToUm);
        Require(Band.ToUm > Band.FromUm, "band", "FROM:TO with FROM below TO");

        static void Require(bool ok, string what, string range)
        {
            if (!ok)
            {
                throw new VolumeFormatException($"The analysis's {what} must be {range}.");
            }
        }
    }
}
