using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>One volume of a picture, as <see cref="RayProgram"/> reads it; vectors are x, y, z in its index coordinates.
/// Blittable.</summary>
public struct VolumeArguments
{
    /// <summary>Where the volume can be sampled.</summary>
    public Float3 BoxLow, BoxHigh;

    /// <summary>Factor from a difference of neighbouring voxels to a gradient in world length, by axis.</summary>
    public Float3 GradientScale;

    /// <summary>Unit vectors to the lights.</summary>
    public Float3 HeadLight, KeyLight;

    /// <summary>This volume's x, y, z from the picture's x, y, z.</summary>
    public Float4 FromX, FromY, FromZ;

    /// <summary>Added to a gradient's squared length.</summary>
    public float GradientFloor;

    /// <summary>The transfer table's first value, and its entries for a difference of 1.</summary>
    public float TableLow, TableScale;

    /// <summary>1 where samples are shaded; taken from the nearest voxel; hide the volumes below.</summary>
    public int Shaded, Nearest, Replaces;

    /// <summary>How a voxel is stored, as <see cref="Bricks.VoxelType"/>.</summary>
    public int Type;

    /// <summary>The level that is walked through, and how many there are.</summary>
    public int LevelCount;

    /// <summary>The shape of the level that is walked through.</summary>
    public LevelShape Grid;
}

/// <summary>A plane that clips; <see cref="RayArguments"/> says how many there are.</summary>
public struct PlaneArguments
{
    /// <summary>Kept is n·p + w + Relief·e(p) ≥ 0.</summary>
    public Float4 Plane;

    /// <summary>How much of the relief is followed.</summary>
    public float Relief;
}

/// <summary>What every ray of a picture shares; x, y, z in index coordinates of the picture's own volume. Blittable.</summary>
public struct RayArguments
{
    /// <summary>As <see cref="RayGeometry"/>.</summary>
    public Float3 Origin, OriginRight, OriginDown, Direction, DirectionRight, DirectionDown;

    /// <summary>What is kept of everything.</summary>
    public Float3 BoxLow, BoxHigh;

    /// <summary>Samples lie at whole steps from it, where <see cref="HasSamplePlane"/> is 1.</summary>
    public Float4 SamplePlane;

    /// <summary>A point's place among the relief's nodes.</summary>
    public Float4 ReliefU, ReliefV;

    /// <summary>A point's place among the light field's cells, where <see cref="HasLight"/> is 1.</summary>
    public Float3 LightScale, LightOffset;

    /// <summary>Distance between samples, the surface's value, and full pixels in one of the picture.</summary>
    public float Step, IsoValue, Scale;

    /// <summary>As <see cref="RayMode"/>.</summary>
    public int Mode;

    /// <summary>Flags, 0 or 1.</summary>
    public int Jitter, HasSamplePlane, Smooth, HasLight;

    /// <summary>0xBBGGRR.</summary>
    public int Background;

    /// <summary>Pixels of the picture.</summary>
    public int Width, Height;

    /// <summary>How many planes clip, and how many volumes there are.</summary>
    public int PlaneCount, VolumeCount;

    /// <summary>Cells of the light field.</summary>
    public int LightZ, LightY, LightX;

    /// <summary>Nodes of the relief.</summary>
    public int ReliefCountU, ReliefCountV;

    /// <summary>The picture's own volume.</summary>
    public VolumeArguments Own;

    /// <summary>The arguments of a picture.</summary>
    internal static RayArguments Of(
        Bricks.PagedVolume volume, RaycastSettings s, RayGeometry rays = default, int width = 0, int height = 0, float scale = 1)
    {
        var a = new RayArguments
        {
            Origin = rays.Origin, OriginRight = rays.OriginRight, OriginDown = rays.OriginDown,
            Direction = rays.Direction, DirectionRight = rays.DirectionRight, DirectionDown = rays.DirectionDown,
            BoxLow = s.BoxLow, BoxHigh = s.BoxHigh, SamplePlane = s.SamplePlane ?? default, HasSamplePlane = s.SamplePlane is null ? 0 : 1,
            Step = s.Step, IsoValue = s.IsoValue, Scale = scale, Mode = (int)s.Mode, Jitter = s.Jitter ? 1 : 0, Smooth = s.Smooth ? 1 : 0,
            Background = s.Background, Width = width, Height = height, PlaneCount = s.Clip.Planes.Count,
            VolumeCount = s.IsLayered ? s.Layers.Count + 1 : 1, Own = Describe(RayLayer.Own(volume, s)),
        };
        if (s.Light is { } light)
        {
            (a.HasLight, a.LightScale, a.LightOffset) = (1, light.Scale, light.Offset);
            (a.LightZ, a.LightY, a.LightX) = (light.Z, light.Y, light.X);
        }

        if (s.Clip.Relief is { } relief)
        {
            (a.ReliefU, a.ReliefV, a.ReliefCountU, a.ReliefCountV) = (relief.AlongU, relief.AlongV, relief.CountU, relief.CountV);
        }

        return a;
    }

    /// <summary>The arguments of one volume of a picture.</summary>
    internal static VolumeArguments Describe(RayLayer layer)
    {
        var m = layer.FromPicture;
        var (low, high) = RayBox.Of(layer.Volume);
        return new VolumeArguments
        {
            BoxLow = low, BoxHigh = high, GradientScale = layer.GradientScale, GradientFloor = layer.GradientFloor,
            HeadLight = layer.HeadLight, KeyLight = layer.KeyLight,
            FromX = new(m.M11, m.M21, m.M31, m.M41), FromY = new(m.M12, m.M22, m.M32, m.M42), FromZ = new(m.M13, m.M23, m.M33, m.M43),
            TableLow = layer.Transfer.Low, TableScale = layer.Transfer.Scale, Shaded = layer.Shaded ? 1 : 0,
                Nearest = layer.Nearest ? 1 : 0,
            Replaces = layer.Replaces ? 1 : 0, Type = (int)layer.Volume.Type, LevelCount = layer.Volume.Levels.Count,
            Grid = LevelShape.Of(layer.Volume.Grid, 0),
        };
    }

    /// <summary>The planes of a picture.</summary>
    internal static PlaneArguments[] PlanesOf(RaycastSettings s) =>
        [.. s.Clip.Planes.Select(p => new PlaneArguments { Plane = p.Plane, Relief = p.Relief })];
}
