namespace DendriteViewer.Hdf5;

/// <summary>Names under which programs keep the angles of a scan's projections, in HDF5 and in other formats that name axes.</summary>
public static class RotationAngles
{
    /// <summary>Whether an axis of this name counts angles.</summary>
    public static bool IsName(string? name) => name?.Trim().ToLowerInvariant().Replace('-', '_').Replace(' ', '_') is
        "theta" or "angle" or "angles" or "rotation" or "rotation_angle" or "rotation_angles" or "rot_angle" or "omega" or "phi"
        or "projection" or "projections" or "projection_angle" or "projection_angles" or "tomo_angle" or "view" or "views";
}
