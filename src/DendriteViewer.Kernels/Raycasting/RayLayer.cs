using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// Another volume in the same rays, with a place, colours and opacities of its own: labels coloured over a grey scan, or a small fine
/// scan inside a large coarse one.
/// </summary>
public sealed record RayLayer
{
    /// <summary>The volume.</summary>
    public required PagedVolume Volume { get; init; }

    /// <summary>
    /// From index coordinates (x, y, z) of the picture's own volume to those of this one: p·M with p as a row, translation in the fourth
    /// row.
    /// </summary>
    public required Matrix4x4 FromPicture { get; init; }

    /// <summary>Colours and opacities, for the picture's distance between samples.</summary>
    public required TransferTable Transfer { get; init; }

    /// <summary>Empty space under the transfer function.</summary>
    public required EmptySpace Empty { get; init; }

    /// <summary>Nearest voxel instead of trilinear interpolation: labels have nothing between them.</summary>
    public bool Nearest { get; init; }

    /// <summary>Where this volume lies, those below it are not seen, however transparent it is itself.</summary>
    public bool Replaces { get; init; }

    /// <summary>Gradient shading.</summary>
    public bool Shaded { get; init; }

    /// <summary>As <see cref="RaycastSettings.GradientScale"/>, for this volume.</summary>
    public VoxelVector GradientScale { get; init; } = VoxelVector.One;

    /// <summary>As <see cref="RaycastSettings.GradientFloor"/>, for this volume.</summary>
    public float GradientFloor { get; init; } = 1e-6f;

    /// <summary>Unit vector to the headlight, in this volume's axes of world length.</summary>
    public VoxelVector HeadLight { get; init; } = -VoxelVector.UnitZ;

    /// <summary>Unit vector to the key light, in this volume's axes of world length.</summary>
    public VoxelVector KeyLight { get; init; } = VoxelVector.UnitY;

    /// <summary>Every volume of a picture, its own first.</summary>
    internal static RayLayer[] All(PagedVolume volume, RaycastSettings s) => [Own(volume, s), .. s.Layers];

    /// <summary>The picture's own volume.</summary>
    internal static RayLayer Own(PagedVolume volume, RaycastSettings s) => new()
    {
        Volume = volume, FromPicture = Matrix4x4.Identity, Transfer = s.Transfer, Empty = s.Empty, Shaded = s.Shaded,
        GradientScale = s.GradientScale, GradientFloor = s.GradientFloor, HeadLight = s.HeadLight, KeyLight = s.KeyLight,
    };

    /// <summary>A ray of the picture in this volume: the same distances along it, so its direction is not of unit length.</summary>
    internal (Vector3 Origin, Vector3 Direction) Ray(Vector3 origin, Vector3 direction) =>
        (Vector3.Transform(origin, FromPicture), Vector3.TransformNormal(direction, FromPicture));

    /// <summary>Where this volume can be sampled, in its own index coordinates.</summary>
    internal (Vector3 Low, Vector3 High) Box => RayBox.Of(Volume);
}
