using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DendriteViewer.Imaging.Volumes;

/// <summary><c>dataset.json</c>: what a beamline hands over, and what the store keeps. Unknown fields are kept.</summary>
public sealed record DatasetManifest
{
    /// <summary>Id to be stored under; made from the name where absent.</summary>
    public string? Id { get; init; }

    /// <summary>
    /// In the store, which dataset it is (<see cref="DatasetIdentity"/>): given when it is first published, never taken from the input.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>What people call the experiment.</summary>
    public string Name { get; init; } = "";

    /// <summary>What people wrote about the experiment besides its name; absent where nobody did.</summary>
    public AboutManifest? About { get; init; }

    /// <summary>Voxel size z, y, x in µm of volumes that give none.</summary>
    public double[]? VoxelSizeUm { get; init; }

    /// <summary>How depth is measured.</summary>
    public DepthManifest? Depth { get; init; }

    /// <summary>The electrochemical cell.</summary>
    public CellManifest? Cell { get; init; }

    /// <summary>The scans.</summary>
    public IReadOnlyList<VolumeManifest> Volumes { get; init; } = [];

    /// <summary>Measured curves.</summary>
    public IReadOnlyList<SeriesManifest> Series { get; init; } = [];

    /// <summary>
    /// In the store, the SHA-256 of the blob of what was last found, by the modality that was analysed; absent where nothing was, or an
    /// earlier version kept it. Never taken from the input.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Analyses { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }

    /// <summary>How manifests are read and written: camel case, comments and trailing commas forgiven, indented.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 32,
    };
}

/// <summary>What people wrote about an experiment. What a number of this app rests on is never among it.</summary>
public sealed record AboutManifest
{
    /// <summary>Free text.</summary>
    public string? Description { get; init; }

    /// <summary>Words to find the dataset by.</summary>
    public string[]? Tags { get; init; }

    /// <summary>What was scanned.</summary>
    public string? Sample { get; init; }

    /// <summary>Who scanned it.</summary>
    public string? Operator { get; init; }

    /// <summary>With which instrument or beamline.</summary>
    public string? Instrument { get; init; }

    /// <summary>Anything else, by name.</summary>
    public Dictionary<string, string>? Custom { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>How depth is measured.</summary>
public sealed record DepthManifest
{
    /// <summary>z, y or x.</summary>
    public string Axis { get; init; } = "z";

    /// <summary>+1 or −1.</summary>
    public int Direction { get; init; } = 1;

    /// <summary>A number in µm, a plane { pointUm, normal }, or "auto"; in the store, of a surface, its height in the middle.</summary>
    public JsonElement? InterfaceUm { get; init; }

    /// <summary>The interface as a surface, found from the pristine scan.</summary>
    public SurfaceManifest? Surface { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>A height field over the two axes across the depth axis.</summary>
public sealed record SurfaceManifest
{
    /// <summary>First node, along the two axes in z, y, x order, µm.</summary>
    public double[] OriginUm { get; init; } = [];

    /// <summary>From node to node, µm.</summary>
    public double StepUm { get; init; }

    /// <summary>Nodes along the two axes.</summary>
    public int[] Shape { get; init; } = [];

    /// <summary>Coordinates on the depth axis, the second axis fastest, µm.</summary>
    public float[] HeightsUm { get; init; } = [];

    /// <summary>Root mean square distance between what was seen and the surface, µm.</summary>
    public double ResidualUm { get; init; }

    /// <summary>
    /// Numbers of the nodes near which no interface was seen, so that their heights were filled in from further away; absent where that was
    /// not recorded.
    /// </summary>
    public int[]? FilledNodes { get; init; }

    /// <summary>The heights that were found, before anybody corrected them; absent where nobody did.</summary>
    public float[]? FoundUm { get; init; }

    /// <summary>The nodes that were filled in, before anybody corrected the surface; absent where nobody did.</summary>
    public int[]? FoundFilledNodes { get; init; }

    /// <summary>Points z, y, x in µm that somebody said lie on the interface; the surface goes through them.</summary>
    public double[][]? PointsUm { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>The electrochemical cell.</summary>
public sealed record CellManifest
{
    /// <summary>The cell's outline across the depth axis: corners of a polygon along the two axes in z, y, x order, µm.</summary>
    public double[][]? OutlineUm { get; init; }

    /// <summary>
    /// How the search for the outline ended: found, filled (the cell fills the field of view), not-found or not-searched; null where the
    /// outline was given, or nobody has searched yet.
    /// </summary>
    public string? OutlineSearch { get; init; }

    /// <summary>The outline before somebody corrected it, [] where there was none; null where nobody has.</summary>
    public double[][]? OutlineFoundUm { get; init; }

    /// <summary>The points that correct it, along the same axes, µm.</summary>
    public double[][]? OutlinePointsUm { get; init; }

    /// <summary>Electrode area in mm².</summary>
    public double? ElectrodeAreaMm2 { get; init; }

    /// <summary>Current density in mA/cm².</summary>
    public double? CurrentDensityMaCm2 { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>One scan.</summary>
public sealed record VolumeManifest
{
    /// <summary>projection, nano-absorption, nano-phase or another name of lower case letters, digits and hyphens.</summary>
    public string Modality { get; init; } = "projection";

    /// <summary>Hours of plating.</summary>
    public double Hours { get; init; }

    /// <summary>How long the scan took, in hours.</summary>
    public double? DurationHours { get; init; }

    /// <summary>File or folder, relative to dataset.json; in the store, the volume's blob prefix.</summary>
    public string Path { get; init; } = "";

    /// <summary>Voxel size z, y, x in µm.</summary>
    public double[]? VoxelSizeUm { get; init; }

    /// <summary>Corner of voxel (0, 0, 0), z, y, x in µm.</summary>
    public double[]? OriginUm { get; init; }

    /// <summary>Voxel to world, 3×4, row major, µm, in place of size and origin.</summary>
    public double[]? Transform { get; init; }

    /// <summary>Voxels along z, y, x; needed for raw files, stated in the store.</summary>
    public int[]? Shape { get; init; }

    /// <summary>Voxel type; needed for raw files, stated in the store. "&gt;u2" says big-endian.</summary>
    public string? Dtype { get; init; }

    /// <summary>In the store, of labels that somebody corrected: with what; absent of what an analysis made by itself.</summary>
    public MaskUse? Corrected { get; init; }

    /// <summary>In the store, of labels that compare two times: the corrected mask of the first; absent of an automatic one.</summary>
    public MaskUse? CorrectedFrom { get; init; }

    /// <summary>Bytes before the first voxel of a raw file.</summary>
    public long? ByteOffset { get; init; }

    /// <summary>Whether an OME-Zarr of the store (a path of blob: and its prefix) is used where it lies, without a copy.</summary>
    public bool? InPlace { get; init; }

    /// <summary>Which dataset of a file that holds several: its path inside an HDF5 file.</summary>
    public string? Inside { get; init; }

    /// <summary>Which volume of a file that holds one at each of several times, from 0.</summary>
    public int? Frame { get; init; }

    /// <summary>The voxels to keep, [[z0, z1], [y0, y1], [x0, x1]], or "cell" for what lies in the cell's outline; in the store, which of the file's they were.</summary>
    public JsonElement? Region { get; init; }

    /// <summary>Another type to keep values as.</summary>
    public ConvertManifest? Convert { get; init; }

    /// <summary>A filter against noise, median or nlm, whose result is kept as a modality of its own.</summary>
    public string? Denoise { get; init; }

    /// <summary>Whether the scan is laid onto the first of its modality.</summary>
    public bool? Register { get; init; }

    /// <summary>Of a volume that a filter made: what it was made of, and how; stated in the store.</summary>
    public DerivedManifest? DerivedFrom { get; init; }

    /// <summary>Smallest and largest value; stated in the store.</summary>
    public double[]? ValueRange { get; init; }

    /// <summary>Pyramid levels; stated in the store.</summary>
    public int? Levels { get; init; }

    /// <summary>SHA-256 of the volume's <c>zarr.json</c> files, levels first, then the group's; stated in the store.</summary>
    public string? MetadataSha256 { get; init; }

    /// <summary>How an analysis laid the scan onto the pristine one; absent where none did.</summary>
    public RegistrationManifest? Registration { get; init; }

    /// <summary>
    /// Whether whoever handed the volume over declares that it lies exactly where it says, so that analyses may join it to scans of its
    /// hour though nobody registered it.
    /// </summary>
    public bool? StageTrusted { get; init; }

    /// <summary>How the volume was placed into the frame of the scan that it lies inside of; absent where it lies as it was handed
    /// over.</summary>
    public PlacementManifest? Placement { get; init; }

    /// <summary>Whether voxels are labels that an analysis made, not measured values; absent where they are not.</summary>
    public bool? Labels { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>Values spread over an unsigned type.</summary>
public sealed record ConvertManifest
{
    /// <summary>uint8 or uint16.</summary>
    public string Dtype { get; init; } = "";

    /// <summary>What is spread over it, lowest and highest; absent for the least to the largest value. In the store, what was.</summary>
    public double[]? Range { get; init; }

    /// <summary>What a stored value was: slope · stored + intercept; stated in the store.</summary>
    public double[]? SlopeIntercept { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>What a volume was made of.</summary>
public sealed record DerivedManifest
{
    /// <summary>The modality, at the same hours.</summary>
    public string Modality { get; init; } = "";

    /// <summary>median or nlm.</summary>
    public string Filter { get; init; } = "";

    /// <summary>Standard deviation of the noise that was found.</summary>
    public double? Sigma { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>How an analysis laid a scan onto the pristine one.</summary>
public sealed record RegistrationManifest
{
    /// <summary>Voxel to the dataset's frame, 3×4, row major, µm, in place of what the scan was handed over with.</summary>
    public double[] Transform { get; init; } = [];

    /// <summary>Shift of the middle against the pristine scan, z, y, x, µm.</summary>
    public double[] ShiftUm { get; init; } = [];

    /// <summary>Angle of the turn, degrees.</summary>
    public double AngleDeg { get; init; }

    /// <summary>Root mean square of what displacement is left, µm.</summary>
    public double ResidualUm { get; init; }

    /// <summary>Correlation with the pristine scan where values are steep.</summary>
    public double Correlation { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>
/// Where a volume lies in the frame of the scan that it was placed in, as that scan was handed over: found by images, by landmarks, or
/// given. What an analysis finds of that scan's drift comes on top (<see cref="VolumeManifest.Registration"/>).
/// </summary>
public sealed record PlacementManifest
{
    /// <summary>Voxel to the scan's frame, 3×4, row major, µm, in place of what the volume was handed over with.</summary>
    public double[] Transform { get; init; } = [];

    /// <summary>Modality of the scan that it was placed in; absent of what was placed before that was kept: the dataset's first.</summary>
    public string? FixedModality { get; init; }

    /// <summary>Hours of the scan that it was placed in, whose drift moves it; absent as above: the volume's own.</summary>
    public double? FixedHours { get; init; }

    /// <summary>Number of its entry in the log of the volume's placements, from 1.</summary>
    public int Version { get; init; }

    /// <summary>95 % bound of the mean error over the volume, µm; absent where nothing is known of it.</summary>
    public double? UncertaintyUm { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>A measured curve.</summary>
public sealed record SeriesManifest
{
    /// <summary>voltage, current, …</summary>
    public string Kind { get; init; } = "";

    /// <summary>CSV file with a header; first column hours.</summary>
    public string Path { get; init; } = "";

    /// <summary>SHA-256 of the file; stated in the store.</summary>
    public string? Sha256 { get; init; }

    /// <summary>How its instrument's clock stands to that of the scans; null where they are one.</summary>
    public SeriesClock? Clock { get; init; }

    /// <summary>How a cycler's file is read; null for a CSV of hours and values.</summary>
    public SeriesSource? Source { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}
