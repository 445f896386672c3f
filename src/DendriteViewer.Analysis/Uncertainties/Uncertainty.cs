using System.Text.Json.Serialization;
using MathNet.Numerics.Distributions;

namespace DendriteViewer.Analysis.Uncertainties;

/// <summary>
/// What makes a measured volume uncertain, each named, µm³. All are one standard deviation but the last. They are combined in quadrature
/// and doubled, so that low and high enclose about 95 % (JCGM 100:2008, "GUM").
/// </summary>
/// <param name="ThresholdLowUm3">What the volume loses with the threshold a noise width darker.</param>
/// <param name="ThresholdHighUm3">What it gains with the threshold a noise width brighter.</param>
/// <param name="PartialUm3">Voxels that its surface cuts are counted whole or not at all: a voxel times √(surface voxels / 12).</param>
/// <param name="ResolutionUm3">
/// Blur of half a voxel moves a surface that bends towards its middle by σ²/r, so that small pieces look smaller or larger.
/// </param>
/// <param name="DetectionUm3">Pieces below the least size are not counted; of none seen, up to 3.7 may be there (Poisson, 97.5 %).</param>
public sealed record VolumeUncertainty(double ThresholdLowUm3, double ThresholdHighUm3, double PartialUm3, double ResolutionUm3,
    double DetectionUm3)
{
    /// <summary>Least resolution that is assumed: standard deviation of a scan's blur, in voxels. A voxel alone has 0.29.</summary>
    public const double BlurVoxels = 0.5;

    private const double Coverage = 2;

    /// <summary>Nothing is uncertain.</summary>
    [JsonIgnore]
    public static VolumeUncertainty None => new(0, 0, 0, 0, 0);

    /// <summary>The uncertainty of a volume.</summary>
    /// <param name="um3">The volume.</param>
    /// <param name="darkerUm3">The same with the threshold a noise width darker.</param>
    /// <param name="brighterUm3">The same with the threshold a noise width brighter.</param>
    /// <param name="borderUm3">Volume of its voxels at its surface.</param>
    /// <param name="voxelUm3">Volume of a voxel.</param>
    /// <param name="leastVoxels">Voxels of the smallest piece that counts.</param>
    public static VolumeUncertainty Of(double um3, double darkerUm3, double brighterUm3, double borderUm3, double voxelUm3, int leastVoxels)
    {
        // A piece of volume V and surface S has the radius 3V/S on average, so that S·σ²/r is σ²S²/(3V); in voxels.
        var (volume, surface) = (um3 / voxelUm3, borderUm3 / voxelUm3);
        var resolution = volume > 0 ? BlurVoxels * BlurVoxels * surface * surface / (3 * volume) : 0;
        return new VolumeUncertainty(
            Math.Max(0, um3 - darkerUm3), Math.Max(0, brighterUm3 - um3), voxelUm3 * Math.Sqrt(surface / 12), voxelUm3 * resolution,
            Counting.OfCount(0).High * leastVoxels * voxelUm3);
    }

    /// <summary>Lower end of a volume's 95 % interval.</summary>
    /// <param name="um3">The volume.</param>
    /// <param name="relative">A further relative standard deviation, as of what the volume is divided by.</param>
    public double LowOf(double um3, double relative = 0) =>
        Math.Max(0, um3 - Coverage * Root(ThresholdLowUm3, PartialUm3, ResolutionUm3, relative * um3));

    /// <summary>Upper end of a volume's 95 % interval.</summary>
    /// <param name="um3">The volume.</param>
    /// <param name="relative">A further relative standard deviation, as of what the volume is divided by.</param>
    public double HighOf(double um3, double relative = 0) =>
        um3 + Root(Coverage * Root(ThresholdHighUm3, PartialUm3, ResolutionUm3, relative * um3), DetectionUm3);

    private static double Root(params ReadOnlySpan<double> parts)
    {
        var sum = 0.0;
        foreach (var p in parts)
        {
            sum += p * p;
        }

        return Math.Sqrt(sum);
    }
}

/// <summary>Exact 95 % intervals of counts and of shares.</summary>
public static class Counting
{
    private const double Tail = 0.025;

    /// <summary>Of the number that a process gives on average which gave this many once (F. Garwood, Biometrika 28, 437, 1936).</summary>
    public static (double Low, double High) OfCount(int count) =>
        (count == 0 ? 0 : Gamma.InvCDF(count, 1, Tail), Gamma.InvCDF(count + 1, 1, 1 - Tail));

    /// <summary>
    /// The same for a number of pieces that was also counted with the threshold to both sides: what the threshold does and what chance
    /// does, in quadrature.
    /// </summary>
    /// <param name="count">Pieces.</param>
    /// <param name="others">Their number at other thresholds.</param>
    public static (double Low, double High) OfCount(int count, IEnumerable<int> others)
    {
        var (low, high) = OfCount(count);
        var (less, more) = others.Append(count).Aggregate((Less: count, More: count), (a, n) => (Math.Min(a.Less, n), Math.Max(a.More, n)));
        double Both(double a, double b) => Math.Sqrt(a * a + b * b);
        return (Math.Max(0, count - Both(count - low, count - less)), count + Both(high - count, more - count));
    }

    /// <summary>Of a share of which k of n were seen (C. Clopper, E. Pearson, Biometrika 26, 404, 1934); also of effective
    /// numbers.</summary>
    public static (double Low, double High) OfShare(double k, double n) => n <= 0
        ? (0, 1)
        : (k <= 0 ? 0 : Beta.InvCDF(k, n - k + 1, Tail), k >= n ? 1 : Beta.InvCDF(k + 1, n - k, 1 - Tail));
}
