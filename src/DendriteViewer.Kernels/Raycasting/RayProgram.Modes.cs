using DendriteViewer.Kernels.Sampling;
using ILGPU.Algorithms;

namespace DendriteViewer.Kernels.Raycasting;

// What a ray makes of one volume's values. Each mode is an entry of its own, so that a device's kernel holds no other's registers.
internal static partial class RayProgram
{
    /// <summary>Emission and absorption, each sample as if its value went on to the next. 0xAABBGGRR.</summary>
    public static uint Composite<TVolume>(in TVolume volume, in RayArguments a, Ray ray) where TVolume : struct, IRayMemory
    {
        Float3 color = default, d = ray.Direction, inverse = Inverse(d);
        var stride = StrideOf(a);
        var alpha = 0f;
        var t = ray.T;
        while (t <= ray.End && alpha < RaycastSettings.Opaque)
        {
            var p = ray.At(t);
            var leap = Leap(volume, a.Own.Grid, stride, p, d, inverse);
            if (leap == 0)
            {
                var cell = VoxelProgram.CellAt(volume, a.Own.Grid, p);
                var entry = volume.Entry(Index(a.Own, cell.Value()));
                var opacity = OpacityOf(entry);
                if (opacity > 0)
                {
                    var weight = (1 - alpha) * opacity;
                    var c = ColorOf(entry);
                    color += weight * (a.Own.Shaded != 0 ? Shade(a.Own, c, cell.Gradient(), FullLight) : c);
                    alpha += weight;
                }

                leap = a.Step;
            }

            t += leap;
        }

        return Pack(color, alpha, a.Background);
    }

    /// <summary>
    /// As above, but each step shows what lies between its two samples. A step that enters a cell that can be seen, or leaves one, is taken
    /// whole.
    /// </summary>
    public static uint Integrated<TScene, TVolume>(in TScene scene, in TVolume volume, in RayArguments a, Ray ray)
        where TScene : struct, IRayScene where TVolume : struct, IRayMemory
    {
        Float3 color = default, d = ray.Direction, inverse = Inverse(d);
        var stride = StrideOf(a);
        float alpha = 0, before = 0;
        var isInside = false;
        var t = ray.T;
        while (t <= ray.End && alpha < RaycastSettings.Opaque)
        {
            var p = ray.At(t);
            var leap = Leap(volume, a.Own.Grid, stride, p, d, inverse);
            var isHidden = leap > 0;
            if (!isHidden || isInside)
            {
                if (!isInside)
                {
                    before = VoxelProgram.ValueAt(volume, a.Own.Grid, Float3.Max(a.Own.BoxLow, Float3.Min(p - a.Step * d, a.Own.BoxHigh)));
                }

                var cell = VoxelProgram.CellAt(volume, a.Own.Grid, p);
                var value = cell.Value();
                var step = Between(volume, a.Own, before, value);
                if (step.Opacity > 0)
                {
                    var weight = 1 - alpha;
                    if (a.Own.Shaded != 0)
                    {
                        var gradient = a.Smooth != 0 ? SmoothGradient(volume, a.Own, p) : cell.Gradient();
                        var c = Shade(a.Own, XMath.Rcp(step.Opacity) * step.Color, gradient, LightAt(scene, a, p, d, gradient));
                        color += weight * step.Opacity * c;
                    }
                    else
                    {
                        color += weight * step.Color;
                    }

                    alpha += weight * step.Opacity;
                }

                before = value;
                isInside = !isHidden;
                leap = a.Step;
            }

            t += leap;
        }

        return Pack(color, alpha, a.Background);
    }

    /// <summary>What a step shows along which the value goes from one to another.</summary>
    private struct Shown
    {
        /// <summary>0 to 1.</summary>
        public float Opacity;

        /// <summary>Times the opacity, 0 to 255.</summary>
        public Float3 Color;
    }

    // TransferTable.Between has the words.
    private static Shown Between<TVolume>(in TVolume volume, in VolumeArguments l, float from, float to) where TVolume : struct, IRayMemory
    {
        int i = Index(l, from), j = Index(l, to), low = Math.Min(i, j), high = Math.Max(i, j) + 1;
        ExtinctionSum a = volume.Sum(low), b = volume.Sum(high);
        float extinction = b.Extinction - a.Extinction;
        var opacity = 1 - MathF.Exp(-extinction * (1 / TransferTable.ExtinctionUnit) * XMath.Rcp((float)(high - low)));
        var scale = opacity * XMath.Rcp(MathF.Max(extinction, 1)) * (TransferTable.ExtinctionUnit / TransferTable.ColorUnit);
        return new Shown { Opacity = opacity, Color = scale * new Float3(b.Red - a.Red, b.Green - a.Green, b.Blue - a.Blue) };
    }

    /// <summary>Largest, smallest or mean value, through the transfer function's colours.</summary>
    public static uint Projection<TVolume>(in TVolume volume, in RayArguments a, Ray ray) where TVolume : struct, IRayMemory
    {
        float least = float.MaxValue, most = float.MinValue, sum = 0;
        var count = 0;
        var t = ray.T;
        while (t <= ray.End)
        {
            var value = VoxelProgram.ValueAt(volume, a.Own.Grid, ray.At(t));
            least = MathF.Min(least, value);
            most = MathF.Max(most, value);
            sum += value;
            count++;
            t += a.Step;
        }

        var shown = a.Mode == (int)RayMode.Minimum ? least : a.Mode == (int)RayMode.Mean ? sum / Math.Max(count, 1) : most;
        var color = ColorOf(volume.Entry(Index(a.Own, shown)));
        return count > 0 ? Pack(color, 1, a.Background) : Pack(default, 0, a.Background);
    }

    /// <summary>The first crossing of the iso value, shaded.</summary>
    public static uint Isosurface<TScene, TVolume>(in TScene scene, in TVolume volume, in RayArguments a, Ray ray)
        where TScene : struct, IRayScene where TVolume : struct, IRayMemory
    {
        var t = Crossing(volume, a, ray);
        if (t > float.MinValue)
        {
            var p = ray.At(t);
            var gradient = a.Smooth != 0 ? SmoothGradient(volume, a.Own, p) : VoxelProgram.CellAt(volume, a.Own.Grid, p).Gradient();
            var color = ColorOf(volume.Entry(Index(a.Own, a.IsoValue)));
            return Pack(Shade(a.Own, color, gradient, LightAt(scene, a, p, ray.Direction, gradient)), 1, a.Background);
        }

        return Pack(default, 0, a.Background);
    }

    // Where a ray first crosses the iso value; float.MinValue where it never does. Between two samples on either side the crossing is
    // found by
    // the false position method: the field along a ray is a cubic within a cell, so a straight line alone would leave terraces.
    private static float Crossing<TVolume>(in TVolume volume, in RayArguments a, Ray ray) where TVolume : struct, IRayMemory
    {
        Float3 d = ray.Direction, inverse = Inverse(d);
        var stride = StrideOf(a);
        float before = 0, value = 0;
        bool isInside = false, isCrossed = false;
        var t = ray.T;
        while (t <= ray.End && !isCrossed)
        {
            var p = ray.At(t);
            var leap = Leap(volume, a.Own.Grid, stride, p, d, inverse);

            // The surface may lie behind the last sample of a cell: the first one in empty space is taken too.
            var isHidden = leap > 0;
            if (!isHidden || isInside)
            {
                value = VoxelProgram.ValueAt(volume, a.Own.Grid, p) - a.IsoValue;
                if (!isInside)
                {
                    // The sample before a leap's end was in empty space, on the side of the surface that this cell's neighbour is on.
                    before = t - a.Step >= 0 ? VoxelProgram.ValueAt(volume, a.Own.Grid, ray.At(t - a.Step)) - a.IsoValue : value;
                }

                isCrossed = before < 0 != value < 0;
                before = isCrossed ? before : value;
                isInside = !isHidden;
                leap = isCrossed ? 0 : a.Step;
            }

            t += leap;
        }

        float near = t - a.Step, far = t;
        for (var i = 0; i < (isCrossed ? Refinements : 0); i++)
        {
            var middle = near + (far - near) * (before / (before - value));
            var at = VoxelProgram.ValueAt(volume, a.Own.Grid, ray.At(middle)) - a.IsoValue;
            var isBefore = at < 0 == before < 0;
            near = isBefore ? middle : near;
            before = isBefore ? at : before;
            far = isBefore ? far : middle;
            value = isBefore ? value : at;
        }

        return isCrossed ? near + (far - near) * (before / (before - value)) : float.MinValue;
    }
}
