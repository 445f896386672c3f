using System.Text.Json;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Jobs;

/// <summary>What somebody wants to import.</summary>
public enum SourceKind
{
    /// <summary>A described dataset: a dataset.json, or its folder.</summary>
    Dataset,

    /// <summary>A volume by itself, or a file of one at each of several times.</summary>
    Volume,

    /// <summary>A folder of several scans.</summary>
    Scans,

    /// <summary>A file that says nothing of what it holds.</summary>
    Raw,
}

/// <summary>What a headerless file holds, as somebody says.</summary>
/// <param name="Shape">Voxels along z, y, x.</param>
/// <param name="Dtype">Type as numpy writes it; &gt; before it says big-endian.</param>
/// <param name="ByteOffset">Bytes before the first voxel.</param>
public sealed record RawVoxels(int[] Shape, string Dtype, long ByteOffset)
{
    /// <summary>A manifest that says this.</summary>
    public static VolumeManifest On(RawVoxels? raw, VolumeManifest manifest) =>
        raw is null ? manifest : manifest with { Shape = raw.Shape, Dtype = raw.Dtype, ByteOffset = raw.ByteOffset };
}

/// <summary>The scans of a folder, each a timestep of one dataset.</summary>
/// <param name="Dataset">Id of the dataset, made if new.</param>
/// <param name="Name">What a new one is called, or null for its id.</param>
/// <param name="VoxelSizeUm">Voxel size z, y, x in place of the files' own.</param>
/// <param name="Scans">Path, modality and hours of each.</param>
/// <param name="Options">What is done to each on its way.</param>
public sealed record ScansToImport(
    string Dataset, string? Name, double[]? VoxelSizeUm, IReadOnlyList<ScanToImport> Scans, WayIn? Options = null)
{
    /// <summary>The same as dataset.json says it.</summary>
    /// <param name="resolve">Asked where each path leads.</param>
    public IReadOnlyList<VolumeManifest> ToManifests(Func<string, string> resolve) => [.. Scans.Select(s =>
        new VolumeToImport(Dataset, s.Modality, [s.Hours], VoxelSizeUm, Options: Options).ToManifest() with { Path = resolve(s.Path) })];
}

/// <summary>One scan of a folder.</summary>
public sealed record ScanToImport(string Path, string Modality, double Hours);

/// <summary>What a file becomes.</summary>
/// <param name="Dataset">Id of the dataset, made if new.</param>
/// <param name="Modality">Its modality.</param>
/// <param name="Hours">Hours of plating; of a file with several volumes, of each.</param>
/// <param name="VoxelSizeUm">Voxel size z, y, x in place of the file's own.</param>
/// <param name="Inside">Path of the dataset in a file that holds several.</param>
/// <param name="Options">What is done to it on its way.</param>
/// <param name="InPlace">Whether an OME-Zarr of the store is used where it lies.</param>
/// <param name="Raw">What a headerless file holds.</param>
public sealed record VolumeToImport(
    string Dataset, string Modality, double[] Hours, double[]? VoxelSizeUm, string? Inside = null, WayIn? Options = null,
    bool InPlace = false, RawVoxels? Raw = null)
{
    /// <summary>The same as dataset.json says it.</summary>
    public VolumeManifest ToManifest() => RawVoxels.On(Raw, new()
    {
        Modality = Modality, Hours = Hours[0], VoxelSizeUm = VoxelSizeUm, Inside = Inside, InPlace = InPlace ? true : null,
        Region = Options?.CropToCell == true ? JsonSerializer.SerializeToElement("cell")
            : Options?.Region is { } box ? JsonSerializer.SerializeToElement(box) : null,
        Convert = Options?.Convert is { } type ? new ConvertManifest { Dtype = type, Range = Options.Range } : null,
        Denoise = Options?.Denoise,
        Register = Options?.Register == true ? true : null,
    });
}

/// <summary>What is done to a scan on its way into the store.</summary>
/// <param name="CropToCell">Keep what lies in the cell's outline.</param>
/// <param name="Region">Else the voxels to keep, [[z0, z1], [y0, y1], [x0, x1]], or null for all.</param>
/// <param name="Convert">uint8 or uint16, or null for the file's type.</param>
/// <param name="Range">What is spread over it, or null for least to largest.</param>
/// <param name="Denoise">median or nlm, kept as a modality of its own, or null.</param>
/// <param name="Register">Lay it onto the first of its modality.</param>
public sealed record WayIn(bool CropToCell, int[][]? Region, string? Convert, double[]? Range, string? Denoise, bool Register);
