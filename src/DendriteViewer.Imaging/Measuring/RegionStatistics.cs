namespace DendriteViewer.Imaging.Measuring;

/// <summary>How often values occur in a region.</summary>
/// <param name="From">Lower edge of the first bin.</param>
/// <param name="BinWidth">Width of a bin; a value on an edge belongs to the bin above it.</param>
/// <param name="Counts">Voxels of each bin.</param>
/// <param name="Below">Voxels whose value is below the first bin.</param>
/// <param name="Above">Voxels whose value is above the last bin.</param>
public sealed record RegionHistogram(double From, double BinWidth, IReadOnlyList<long> Counts, long Below, long Above);

/// <summary>What the values of a region's voxels are.</summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Deviation">Standard deviation of the voxels' values, of the sample (divided by n − 1); 0 of one voxel.</param>
/// <param name="Least">Smallest value.</param>
/// <param name="Most">Largest value.</param>
/// <param name="Percentiles">Values below which 1, 5, 25, 50, 75, 95 and 99 % of the voxels lie, between voxels by straight lines.</param>
/// <param name="PercentileBinWidth">
/// Width of the bins from which the percentiles are taken; 0 where they are exact, as of whole numbers up to 16 bits.
/// </param>
/// <param name="Histogram">How often values occur, for a plot.</param>
public sealed record ValueStatistics(
    double Mean, double Deviation, double Least, double Most, IReadOnlyList<double> Percentiles, double PercentileBinWidth,
    RegionHistogram Histogram)
{
    /// <summary>Which percentiles are told.</summary>
    public static IReadOnlyList<double> Shares { get; } = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

    /// <summary>The value that half of the voxels are below.</summary>
    public double Median => Percentiles[3];
}

/// <summary>Size and values of a region of a volume.</summary>
/// <param name="IsFlat">Whether sizes are areas in µm², else volumes in µm³.</param>
/// <param name="GeometricSize">Size of the shape as it was drawn.</param>
/// <param name="SampledSize">Size of its voxels that lie in the volume: their number times the area or volume of one.</param>
/// <param name="SizeError">About how far a size may be off where the border is placed to half a voxel: border × half a voxel.</param>
/// <param name="ThicknessUm">Thickness along the normal of a flat region, µm; null of a solid.</param>
/// <param name="Voxels">Voxels of the volume whose centres lie in the region.</param>
/// <param name="NoData">Those of them that hold no finite number; they count for sizes and not for values.</param>
/// <param name="OutsideShare">Share of the region that lies outside the volume, 0 to 1.</param>
/// <param name="Values">Statistics of the values; null where no voxel holds a number.</param>
public sealed record RegionStatistics(
    bool IsFlat, double GeometricSize, double SampledSize, double SizeError, double? ThicknessUm, long Voxels, long NoData,
    double OutsideShare, ValueStatistics? Values);
