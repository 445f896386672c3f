namespace DendriteViewer.Kernels.Bricks;

/// <summary>How a voxel is stored.</summary>
public enum VoxelType
{
    /// <summary>8-bit unsigned.</summary>
    UInt8,

    /// <summary>8-bit signed.</summary>
    Int8,

    /// <summary>16-bit unsigned.</summary>
    UInt16,

    /// <summary>16-bit signed.</summary>
    Int16,

    /// <summary>32-bit IEEE float.</summary>
    Float32,
}

/// <summary>Facts about voxel types.</summary>
public static class VoxelTypes
{
    /// <summary>Bytes of one voxel.</summary>
    public static int Size(this VoxelType type) => type switch
    {
        VoxelType.UInt8 or VoxelType.Int8 => 1,
        VoxelType.UInt16 or VoxelType.Int16 => 2,
        _ => 4,
    };

    /// <summary>The name that Zarr v3 and numpy use: uint8, int8, uint16, int16, float32.</summary>
    public static string ZarrName(this VoxelType type) => type switch
    {
        VoxelType.UInt8 => "uint8",
        VoxelType.Int8 => "int8",
        VoxelType.UInt16 => "uint16",
        VoxelType.Int16 => "int16",
        _ => "float32",
    };

    /// <summary>The type of a name; also understands numpy's short forms (u1, &lt;u2, &gt;i2, f4) without their byte order.</summary>
    public static bool TryParse(string? name, out VoxelType type)
    {
        VoxelType? found = name?.TrimStart('<', '>', '|', '=').ToLowerInvariant() switch
        {
            "uint8" or "u1" or "u8" => VoxelType.UInt8,
            "int8" or "i1" or "i8" => VoxelType.Int8,
            "uint16" or "u2" or "u16" => VoxelType.UInt16,
            "int16" or "i2" or "i16" => VoxelType.Int16,
            "float32" or "f4" or "f32" => VoxelType.Float32,
            _ => null,
        };
        type = found ?? default;
        return found is not null;
    }
}
