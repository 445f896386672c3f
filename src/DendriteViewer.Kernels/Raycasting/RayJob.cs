using System.Numerics;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>A picture to be made: what every tile of it shares.</summary>
internal sealed record RayJob(
    PagedVolume Volume, RaycastSettings Settings, RayGeometry Rays, float Scale, int Width, int Height, Memory<uint> Target)
{
    /// <summary>Every volume of the picture, its own first; empty where that is the only one.</summary>
    public RayLayer[] Layers { get; } = Settings.IsLayered ? RayLayer.All(Volume, Settings) : [];

    /// <summary>Traces what packets leave over, one ray at a time.</summary>
    public HostRaycaster Host => _host ??= new HostRaycaster(Volume, Settings);

    private HostRaycaster? _host;

    /// <summary>Start and direction of the ray through a point of the picture in its own pixels.</summary>
    public (Vector3 Origin, Vector3 Direction) Ray(float u, float v) => Rays.Ray((u + 0.5f) * Scale - 0.5f, (v + 0.5f) * Scale - 0.5f);
}
