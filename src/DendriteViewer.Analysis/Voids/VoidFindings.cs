using System.Globalization;
using DendriteViewer.Analysis.Segmentation;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Labelling;

namespace DendriteViewer.Analysis.Voids;

/// <summary>One void, or one piece of what is dark.</summary>
/// <param name="Id">Its label.</param>
/// <param name="VolumeUm3">Volume, µm³.</param>
/// <param name="DiameterUm">Diameter of the sphere of its volume, µm.</param>
/// <param name="SurfaceUm2">Surface by Crofton's formula, µm².</param>
/// <param name="Sphericity">Surface of the sphere of its volume over its own, 0 to 1 (H. Wadell, J. Geol. 43, 250, 1935).</param>
/// <param name="DepthUm">Depth of its centroid, µm.</param>
/// <param name="CenterUm">Centroid z, y, x, µm.</param>
/// <param name="LowUm">Least corner of its box, z, y, x, µm.</param>
/// <param name="HighUm">Largest corner of its box, z, y, x, µm.</param>
public sealed record VoidRecord(
    int Id, double VolumeUm3, double DiameterUm, double SurfaceUm2, double Sphericity, double DepthUm, double[] CenterUm, double[] LowUm, double[] HighUm)
{
    internal static VoidRecord Of(int label, in Region r, double surface, AffineTransform transform, DepthFrame depth, double voxelUm3)
    {
        var volume = r.Voxels * voxelUm3;
        var (z, y, x) = r.Mean;
        var center = transform.ToWorld(new VoxelPoint(z + 0.5, y + 0.5, x + 0.5));
        WorldPoint a = transform.ToWorld(new VoxelPoint(r.Z0, r.Y0, r.X0)), b = transform.ToWorld(new VoxelPoint(r.Z1, r.Y1, r.X1));
        var diameter = Math.Cbrt(6 * volume / Math.PI);
        return new VoidRecord(
            label, volume, diameter, surface, surface > 0 ? Math.Min(1, Math.PI * diameter * diameter / surface) : 1, depth.DepthOf(center).Um,
            [center.Z, center.Y, center.X], [Math.Min(a.Z, b.Z), Math.Min(a.Y, b.Y), Math.Min(a.X, b.X)], [Math.Max(a.Z, b.Z), Math.Max(a.Y, b.Y), Math.Max(a.X, b.X)]);
    }
}

/// <summary>A bin of the depth profile. Intervals are of 95 %.</summary>
/// <param name="FromUm">Depth at which it begins.</param>
/// <param name="ToUm">Depth at which it ends.</param>
/// <param name="VoidUm3">Void volume, µm³.</param>
/// <param name="LowUm3">Lower end of its interval, from all that <paramref name="Uncertainty"/> names.</param>
/// <param name="HighUm3">Upper end of its interval.</param>
/// <param name="Count">Voids whose centroid lies here.</param>
/// <param name="PercentOfElectrolyte">Of the whole electrolyte's volume, as in the paper's Fig. 1b.</param>
/// <param name="PercentOfBin">Of the electrolyte in this bin.</param>
/// <param name="Uncertainty">What the interval of the volume is made of.</param>
public sealed record ProfileBin(
    double FromUm, double ToUm, double VoidUm3, double LowUm3, double HighUm3, int Count, double PercentOfElectrolyte, double PercentOfBin,
    VolumeUncertainty Uncertainty)
{
    /// <summary>Interval of the percent of the whole electrolyte; the electrolyte's own volume is uncertain too.</summary>
    public (double Low, double High) PercentOfElectrolyteInterval { get; init; }

    /// <summary>Interval of the percent of the electrolyte in this bin.</summary>
    public (double Low, double High) PercentOfBinInterval { get; init; }

    /// <summary>Interval of the number of voids by counting alone (Poisson).</summary>
    public (double Low, double High) CountInterval => Counting.OfCount(Count);
}

/// <summary>The voids of a scan, and how their volume lies in depth.</summary>
/// <param name="Hours">Hours of plating.</param>
/// <param name="Threshold">What is darker counts.</param>
/// <param name="NoiseWidth">How far the threshold is moved for the uncertainty.</param>
/// <param name="Electrolyte">Volume of the electrolyte by depth.</param>
/// <param name="Dark">Volume of the voids by depth.</param>
/// <param name="Low">The same with the threshold a noise width darker.</param>
/// <param name="High">The same with the threshold a noise width brighter.</param>
/// <param name="Voids">Every void.</param>
public sealed record VoidFindings(
    double Hours, double Threshold, double NoiseWidth, DepthHistogram Electrolyte, DepthHistogram Dark, DepthHistogram Low,
        DepthHistogram High,
    IReadOnlyList<VoidRecord> Voids)
{
    private const int MostBins = 20_000;

    /// <summary>Volume of the voxels at the voids' surfaces by depth; null in results of before version 2.</summary>
    public DepthHistogram? Border { get; init; }

    /// <summary>Volume of a voxel, µm³.</summary>
    public double VoxelUm3 { get; init; }

    /// <summary>Voxels of the smallest void that counts.</summary>
    public int LeastVoxels { get; init; }

    /// <summary>Relative standard deviation of the electrolyte's volume: of half a voxel at the interface and at the cell's wall.</summary>
    public double ElectrolyteRelative { get; init; }

    /// <summary>Void volume over electrolyte volume, percent, with its 95 % interval.</summary>
    public (double Percent, double Low, double High) Porosity
    {
        get
        {
            var (whole, dark, u) = (Electrolyte.TotalUm3, Dark.TotalUm3, Between(0, double.MaxValue));
            return whole > 0
                ? (100 * dark / whole, 100 * u.LowOf(dark, ElectrolyteRelative) / whole, 100 * u.HighOf(dark, ElectrolyteRelative) / whole)
                : default;
        }
    }

    /// <summary>Interval of the number of voids by counting alone (Poisson).</summary>
    public (double Low, double High) CountInterval => Counting.OfCount(Voids.Count);

    /// <summary>What makes the void volume between two depths uncertain.</summary>
    public VolumeUncertainty Between(double fromUm, double toUm) => VoxelUm3 > 0
        ? VolumeUncertainty.Of(
            Dark.Between(fromUm, toUm), Low.Between(fromUm, toUm), High.Between(fromUm, toUm), Border?.Between(fromUm, toUm) ?? 0,
                VoxelUm3, LeastVoxels)
        : new VolumeUncertainty(
            Math.Max(0, Dark.Between(fromUm, toUm) - Low.Between(fromUm, toUm)),
                Math.Max(0, High.Between(fromUm, toUm) - Dark.Between(fromUm, toUm)), 0, 0, 0);

    /// <summary>The profile in bins of a width, from the interface to where the electrolyte ends.</summary>
    /// <exception cref="OutOfRangeException">
    /// The width is none, or the electrolyte is so deep that there would be more than <see cref="Ranges.MostBins"/> bins.
    /// </exception>
    public IReadOnlyList<ProfileBin> Profile(double binUm)
    {
        Ranges.BinUm.Check(binUm);
        var end = Electrolyte.StepUm * (Array.FindLastIndex(Electrolyte.Um3, v => v > 0) + 1);
        if (!(binUm >= LeastBinUm))
        {
            throw new OutOfRangeException(string.Create(
                CultureInfo.InvariantCulture, $"bin is {binUm:0.######} µm, finer than the profile is kept; give {LeastBinUm:0.###} µm or more."));
        }

        var whole = Electrolyte.TotalUm3;
        var bins = new List<ProfileBin>();
        var counts = Voids.Where(v => v.DepthUm >= 0).CountBy(v => (int)Math.Min(v.DepthUm / binUm, Ranges.MostBins + 1)).ToDictionary();
        for (var i = 0; i * binUm < end; i++)
        {
            double from = i * binUm, to = (i + 1) * binUm, dark = Dark.Between(from, to), own = Electrolyte.Between(from, to);
            var u = Between(from, to);
            bins.Add(new ProfileBin(
                from, to, dark, u.LowOf(dark), u.HighOf(dark), counts.GetValueOrDefault(i),
                whole > 0 ? 100 * dark / whole : 0, own > 0 ? 100 * dark / own : 0, u)
            {
                PercentOfElectrolyteInterval = whole > 0
                    ? (100 * u.LowOf(dark, ElectrolyteRelative) / whole, 100 * u.HighOf(dark, ElectrolyteRelative) / whole)
                    : default,
                PercentOfBinInterval = own > 0 ? (100 * u.LowOf(dark) / own, 100 * u.HighOf(dark) / own) : default,
            });
        }

        return bins;
    }

    /// <summary>The finest bin that the profile can be asked for, µm: finer ones say nothing more, and each costs memory.</summary>
    public double LeastBinUm => Math.Max(Electrolyte.StepUm, Electrolyte.EndUm / Ranges.MostBins);
}
