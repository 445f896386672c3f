using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Several volumes in one picture: at every sample those that have the place, the topmost first, as if one lay before the other.
internal static partial class RayProgram
{
    /// <summary>Emission and absorption in all volumes. 0xAABBGGRR.</summary>
    public static uint Layers<TScene, TVolume>(in TScene scene, in RayArguments a, Ray ray)
        where TScene : struct, IRayScene, IRayVolumes<TVolume> where TVolume : struct, IRayMemory
    {
        var color = default(Float3);
        var alpha = 0f;
        var stride = StrideOf(a);
        var t = ray.T;
        while (t <= ray.End && alpha < RaycastSettings.Opaque)
        {
            var p = ray.At(t);
            var leap = float.MaxValue;
            for (var i = 0; i < a.VolumeCount; i++)
            {
                leap = MathF.Min(leap, LeapIn(scene.Volume(i), scene.Arguments(i), stride, p, ray.Direction));
            }

            if (leap == 0)
            {
                var sample = ShownAt<TScene, TVolume>(scene, a, p, ray.Direction);
                color += (1 - alpha) * sample.Color;
                alpha += (1 - alpha) * (1 - sample.Left);
                leap = a.Step;
            }

            t += leap;
        }

        return Pack(color, alpha, a.Background);
    }

    /// <summary>What the volumes show at a place.</summary>
    private struct LayeredSample
    {
        /// <summary>Red, green, blue, times how much is seen of each.</summary>
        public Float3 Color;

        /// <summary>How much of what lies behind is still seen.</summary>
        public float Left;

        /// <summary>The value that shows most.</summary>
        public float Value;
    }

    private static LayeredSample ShownAt<TScene, TVolume>(in TScene scene, in RayArguments a, Float3 at, Float3 direction)
        where TScene : struct, IRayScene, IRayVolumes<TVolume> where TVolume : struct, IRayMemory
    {
        var sample = new LayeredSample { Left = 1 };
        var most = 0f;
        var i = a.VolumeCount - 1;
        while (i >= 0)
        {
            var l = scene.Arguments(i);
            var p = Point(l, at);
            if (Contains(l, p))
            {
                var volume = scene.Volume(i);
                var cell = default(VoxelProgram.Cell);
                float value;
                if (l.Nearest != 0)
                {
                    value = VoxelProgram.VoxelAt(volume, l.Grid, (int)(p.Z + 0.5f), (int)(p.Y + 0.5f), (int)(p.X + 0.5f));
                }
                else
                {
                    cell = VoxelProgram.CellAt(volume, l.Grid, p);
                    value = cell.Value();
                }

                var entry = volume.Entry(Index(l, value));
                var opacity = OpacityOf(entry);
                if (opacity > 0)
                {
                    var c = ColorOf(entry);
                    if (l.Shaded != 0 && (l.Nearest == 0 || a.Smooth != 0))
                    {
                        var gradient = a.Smooth != 0 ? SmoothGradient(volume, l, p) : cell.Gradient();
                        c = l.Nearest != 0
                            ? ShadeLabel(l, c, gradient) : Shade(l, c, gradient, LightAt(scene, a, at, direction, default));
                    }

                    var weight = sample.Left * opacity;
                    sample.Color += weight * c;
                    sample.Value = weight > most ? value : sample.Value;
                    most = MathF.Max(most, weight);
                    sample.Left *= 1 - opacity;
                }

                // Those below are not seen.
                i = l.Replaces != 0 ? 0 : i;
            }

            i--;
        }

        return sample;
    }

    private static bool Contains(in VolumeArguments l, Float3 p) =>
        p.X >= l.BoxLow.X && p.Y >= l.BoxLow.Y && p.Z >= l.BoxLow.Z && p.X <= l.BoxHigh.X && p.Y <= l.BoxHigh.Y && p.Z <= l.BoxHigh.Z;

    // How far a ray may go on as far as one volume is concerned, by whole steps; 0 where it must be sampled.
    private static float LeapIn<TVolume>(in TVolume volume, in VolumeArguments l, Stride stride, Float3 at, Float3 direction)
        where TVolume : struct, IRayMemory
    {
        Float3 p = Point(l, at), d = Displacement(l, direction);
        if (Contains(l, p))
        {
            return Leap(volume, l.Grid, stride, p, d, Inverse(d));
        }

        var own = ClipBox(l.BoxLow, l.BoxHigh, p, d, 0, float.MaxValue);
        return own.Start <= own.End ? stride.Length * MathF.Max(1, MathF.Ceiling(own.Start * stride.PerVoxel)) : float.MaxValue;
    }
}
