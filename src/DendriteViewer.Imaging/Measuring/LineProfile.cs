using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Measuring;

/// <summary>Along what values are sampled.</summary>
/// <param name="From">Beginning.</param>
/// <param name="To">End.</param>
/// <param name="WidthUm">
/// Each value is the mean over so much across the line, µm; 0 for the line alone. In a plane the width lies in it; without one the mean
/// is over a disc of this diameter.
/// </param>
/// <param name="Normal">Unit normal of the plane in which the line was drawn; null where it was drawn in 3D.</param>
/// <param name="ThicknessUm">In a plane, the mean is also over so much along the normal, µm: that of a thick slice.</param>
public sealed record ProfileLine(
    WorldPoint From, WorldPoint To, double WidthUm = 0, WorldVector? Normal = null, double ThicknessUm = 0)
{
    /// <summary>Length, µm.</summary>
    public double LengthUm => (To - From).Length;
}

/// <summary>Values along a line, at equal steps from its beginning to its end, both included.</summary>
/// <param name="LengthUm">Length of the line, µm.</param>
/// <param name="StepUm">From one value to the next, µm.</param>
/// <param name="Values">Value at each step; null where there is none: outside the volume, or beside a voxel without data.</param>
/// <param name="Deviations">
/// Standard deviation across the line at each step (divided by n − 1); null of a line without width, and where there is no value.
/// </param>
/// <param name="SamplesAcross">Samples that each value is the mean of.</param>
/// <param name="NoData">Samples that would have read a voxel without a finite number.</param>
/// <param name="OutsideShare">Share of the samples that lie outside the volume, 0 to 1.</param>
public sealed record LineProfile(
    double LengthUm, double StepUm, IReadOnlyList<double?> Values, IReadOnlyList<double?>? Deviations, int SamplesAcross, long NoData,
    double OutsideShare)
{
    /// <summary>Mean of the values along the line, or null where there is none.</summary>
    public double? Mean => Values.Any(v => v is not null) ? Values.Average() : null;
}
