using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>Metadata of OME-Zarr 0.4, which lies in Zarr v2: a file a brick.</summary>
internal static class ZarrV2
{
    public static JsonObject Group() => new() { ["zarr_format"] = 2 };

    public static JsonObject Array(PyramidLevel level, VoxelType type) => new()
    {
        ["zarr_format"] = 2,
        ["shape"] = new JsonArray(level.Shape.Z, level.Shape.Y, level.Shape.X),
        ["chunks"] = new JsonArray(level.Brick.Z, level.Brick.Y, level.Brick.X),
        ["dtype"] = type switch { VoxelType.UInt8 => "|u1", VoxelType.Int8 => "|i1", VoxelType.UInt16 => "<u2", VoxelType.Int16 => "<i2", _ => "<f4" },
        ["compressor"] = new JsonObject { ["id"] = "zstd", ["level"] = VolumeWriter.ZstdLevel },
        ["fill_value"] = 0,
        ["order"] = "C",
        ["filters"] = null,
        ["dimension_separator"] = "/",
    };

    /// <summary>The same multiscale as of 0.5, which only keeps it elsewhere.</summary>
    public static JsonObject Attributes(IReadOnlyList<PyramidLevel> levels, AffineTransform transform, string name)
    {
        var newer = PyramidLayout.GroupMetadata(levels, transform, name, []);
        var multiscale = newer["attributes"]!["ome"]!["multiscales"]![0]!.DeepClone();
        multiscale["version"] = "0.4";
        return new JsonObject { ["multiscales"] = new JsonArray(multiscale) };
    }
}
