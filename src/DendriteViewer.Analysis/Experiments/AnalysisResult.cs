using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Analysis.Registration;
using DendriteViewer.Analysis.Segmentation;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Analysis.Voids;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Experiments;

/// <summary>A scan that an analysis rests on, or the interface or outline.</summary>
/// <param name="Volume">Modality and hours of a scan; <c>interface</c>; <c>outline</c>.</param>
/// <param name="Checksum">Of a scan, SHA-256 over the stored shards' checksums: the same voxels, the same number.</param>
public sealed record AnalysisInput(string Volume, string Checksum);

/// <summary>Dark volume of the electrolyte at one time, percent of the electrolyte.</summary>
/// <param name="Hours">Hours of plating.</param>
/// <param name="Percent">Dark volume over electrolyte volume.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end of its 95 % interval.</param>
/// <param name="Dark">Dark volume by depth.</param>
public sealed record PorosityFindings(double Hours, double Percent, double Low, double High, DepthHistogram Dark)
{
    /// <summary>What makes the dark volume uncertain; null in results of before version 2.</summary>
    public VolumeUncertainty? Uncertainty { get; init; }
}

/// <summary>Everything that an analysis found.</summary>
public sealed record AnalysisResult
{
    /// <summary>Id of the dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Which dataset it was, whatever its id; null in what earlier versions kept.</summary>
    public string? DatasetIdentity { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How it was done.</summary>
    public required AnalysisRecipe Recipe { get; init; }

    /// <summary>Name of the recipe; see <see cref="AnalysisRecipe.Hash"/>.</summary>
    public required string RecipeHash { get; init; }

    /// <summary>The threshold used.</summary>
    public required double Threshold { get; init; }

    /// <summary>How it came about.</summary>
    public required string ThresholdHow { get; init; }

    /// <summary>Standard deviation of the noise.</summary>
    public required double NoiseWidth { get; init; }

    /// <summary>Volume of a voxel, µm³.</summary>
    public required double VoxelUm3 { get; init; }

    /// <summary>Which interface depths were measured from; see <see cref="DepthFrame.Fingerprint"/>.</summary>
    public string Interface { get; init; } = "";

    /// <summary>Tilt of the interface in degrees.</summary>
    public required double InterfaceTiltDeg { get; init; }

    /// <summary>Root mean square distance of what was seen of the interface from its surface, µm.</summary>
    public required double InterfaceResidualUm { get; init; }

    /// <summary>Area of the cell in view, µm²; null where it fills the view.</summary>
    public double? OutlineUm2 { get; init; }

    /// <summary>How the search for the outline ended, where the analysis made it; see <see cref="CellManifest.OutlineSearch"/>.</summary>
    public string? OutlineSearch { get; init; }

    /// <summary>The outline that the analysis found, as <see cref="CellManifest.OutlineUm"/>.</summary>
    public double[][]? OutlineUm { get; init; }

    /// <summary>How each scan lies to the pristine one.</summary>
    public required IReadOnlyList<ScanRegistration> Registrations { get; init; }

    /// <summary>Voids of the pristine scan.</summary>
    public required VoidFindings Voids { get; init; }

    /// <summary>Dark volume at every time.</summary>
    public required IReadOnlyList<PorosityFindings> Porosity { get; init; }

    /// <summary>Lithium at every time.</summary>
    public required IReadOnlyList<LithiumFindings> Lithium { get; init; }

    /// <summary>Nucleation sites.</summary>
    public required IReadOnlyList<NucleationSite> Sites { get; init; }

    /// <summary>Number of sites with the threshold a noise width darker, and brighter.</summary>
    public required int[] SitesLowHigh { get; init; }

    /// <summary>What a reader should know before trusting the numbers.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The corrected masks that the lithium rests on; null where all are automatic.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MaskUse>? Masks { get; init; }

    /// <summary>The corrected mask that lithium at a time rests on, or null where it is automatic.</summary>
    public MaskUse? MaskAt(double hours) => Masks?.FirstOrDefault(m => m.Hours == hours);

    /// <summary>The scans that it rests on, with checksums; empty until it is kept.</summary>
    public IReadOnlyList<AnalysisInput> Inputs { get; init; } = [];

    /// <summary>Standard deviation of depth, µm: of what is off the interface's surface, and of half a voxel.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double DepthUm => Math.Sqrt(InterfaceResidualUm * InterfaceResidualUm + Math.Pow(0.5 * Math.Cbrt(VoxelUm3), 2));

    /// <summary>Interval of the number of sites: threshold and counting (Poisson).</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public (double Low, double High) SitesInterval => Counting.OfCount(Sites.Count, SitesLowHigh);

    /// <summary>Enrichment of a band.</summary>
    public BandFindings Band(Band band) => BandEnrichment.Of(
        band, Voids.Electrolyte, Voids.Voids, Sites.Select(s => s.DepthUm).ToArray(),
        Lithium.Count == 0 ? [] : Lithium[^1].Pieces.Select(p => p.ByDepth).ToArray(), DepthUm);
}
