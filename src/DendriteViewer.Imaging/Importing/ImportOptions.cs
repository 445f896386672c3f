using System.Globalization;
using System.Text.Json;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Importing;

/// <summary>What is done to a scan on its way into the store.</summary>
/// <param name="Region">The voxels to keep; null for all.</param>
/// <param name="CropToCell">Whether what lies outside the cell's outline is cut off.</param>
/// <param name="Convert">uint8 or uint16, over which the values are spread; null for the type that the file has.</param>
/// <param name="Range">What is spread over it; null for the least to the largest value.</param>
/// <param name="Denoise">A filter whose result is kept as a modality of its own.</param>
/// <param name="Register">Whether the scan is laid onto the first of its modality.</param>
public sealed record ImportOptions(VoxelBox? Region, bool CropToCell, VoxelType? Convert, (double Low, double High)? Range, NoiseFilterKind? Denoise, bool Register)
{
    /// <summary>Nothing.</summary>
    public static readonly ImportOptions None = new(null, false, null, null, null, false);

    /// <summary>Whether the source must be read once before.</summary>
    public bool NeedsSurvey => CropToCell || (Convert is not null && Range is null);

    /// <summary>What a manifest asks for.</summary>
    /// <exception cref="VolumeFormatException">A field is of another kind; the sentence names it.</exception>
    public static ImportOptions Of(VolumeManifest v, string file)
    {
        var crop = v.Region is { ValueKind: JsonValueKind.String } word && word.GetString() == "cell";
        return new ImportOptions(
            v.Region is null || crop ? null : BoxOf(v.Region.Value, file),
            crop,
            v.Convert switch
            {
                null => null,
                { Dtype: "uint8" } => VoxelType.UInt8,
                { Dtype: "uint16" } => VoxelType.UInt16,
                var c => throw new VolumeFormatException($"{file}: convert.dtype is '{c.Dtype}', but values are spread over uint8 or uint16."),
            },
            v.Convert?.Range switch
            {
                null => null,
                [var low, var high] when double.IsFinite(low) && double.IsFinite(high) && high > low => (low, high),
                _ => throw new VolumeFormatException($"{file}: convert.range must be two numbers, the second above the first."),
            },
            v.Denoise switch
            {
                null => null,
                "median" => NoiseFilterKind.Median,
                "nlm" => NoiseFilterKind.Nlm,
                var d => throw new VolumeFormatException($"{file}: denoise is '{d}'; use median or nlm (non-local means)."),
            },
            v.Register == true);
    }

    /// <summary>The box as a manifest writes it.</summary>
    public static JsonElement ToJson(VoxelBox box) =>
        JsonSerializer.SerializeToElement(new[] { new[] { box.From.Z, box.To.Z }, new[] { box.From.Y, box.To.Y }, new[] { box.From.X, box.To.X } });

    /// <summary>Says that a box leaves a volume, or does nothing.</summary>
    /// <exception cref="VolumeFormatException">It does.</exception>
    public void CheckFits(VolumeShape shape, string path)
    {
        if (Region is { } box && (box.To.Z > shape.Z || box.To.Y > shape.Y || box.To.X > shape.X))
        {
            throw new VolumeFormatException($"{path} is of {shape} voxels, so the region {box} leaves it; give one inside.");
        }
    }

    /// <summary>All that decides the voxels, for the recipe.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(CropToCell ? "cell" : Region?.ToString() ?? "")}|{Convert}|{Range?.Low:R}:{Range?.High:R}");

    private static VoxelBox BoxOf(JsonElement region, string file)
    {
        try
        {
            var n = region.Deserialize<int[][]>()!;
            if (n.Length == 3 && n.All(a => a is { Length: 2 } && a[0] >= 0 && a[1] > a[0]))
            {
                return new VoxelBox(new(n[0][0], n[1][0], n[2][0]), new(n[0][1], n[1][1], n[2][1]));
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new VolumeFormatException($"{file}: region is {OneLine.Quote(region.GetRawText())}; give [[z0, z1], [y0, y1], [x0, x1]] in voxels, each end behind its beginning, or \"cell\".");
    }
}
