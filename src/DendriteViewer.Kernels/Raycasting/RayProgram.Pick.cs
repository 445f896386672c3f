using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>A picked point.</summary>
/// <param name="Found">Whether anything is seen.</param>
/// <param name="Distance">Distance along the unit ray, in voxels.</param>
/// <param name="Value">The value there.</param>
public readonly record struct RayHit(bool Found, float Distance, float Value);

// What is seen along a ray.
internal static partial class RayProgram
{
    // Less opacity than this along a whole ray is nothing that one would point at.
    private const float LeastSeen = 0.02f;

    /// <summary>
    /// For an isosurface its crossing, for a maximum or minimum the place of that value, otherwise the sample that adds most to the pixel.
    /// The ray's samples begin where it enters.
    /// </summary>
    public static RayHit Pick<TScene, TVolume>(in TScene scene, in RayArguments a, Ray ray)
        where TScene : struct, IRayScene, IRayVolumes<TVolume> where TVolume : struct, IRayMemory
    {
        ray.T = 0;
        var own = scene.Volume(0);
        if (a.Mode == (int)RayMode.Isosurface)
        {
            var at = Crossing(own, a, ray);
            return at > float.MinValue ? new RayHit(true, ray.Entry + at, a.IsoValue) : default;
        }

        var isComposite = a.Mode == (int)RayMode.Composite;
        float best = isComposite ? 0 : float.MinValue, alpha = 0, distance = 0, shown = 0;
        var isFound = false;
        for (var t = 0f; t <= ray.End && alpha < RaycastSettings.Opaque; t += a.Step)
        {
            float value, left;
            if (a.VolumeCount > 1)
            {
                var sample = ShownAt<TScene, TVolume>(scene, a, ray.At(t), ray.Direction);
                (value, left) = (sample.Value, sample.Left);
            }
            else
            {
                value = VoxelProgram.ValueAt(own, a.Own.Grid, ray.At(t));
                left = 1 - OpacityOf(own.Entry(Index(a.Own, value)));
            }

            var weight = isComposite ? (1 - alpha) * (1 - left) : a.Mode == (int)RayMode.Minimum ? -value : value;
            alpha += isComposite ? weight : 0;
            if (weight > best)
            {
                (isFound, best, distance, shown) = (true, weight, ray.Entry + t, value);
            }
        }

        return isFound && (!isComposite || alpha > LeastSeen) ? new RayHit(true, distance, shown) : default;
    }
}
