using System.Numerics;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// The specification: one ray at a time. A ray is clipped to the volume, the box and the planes; from where it enters it is
/// sampled at every <see cref="RaycastSettings.Step"/>, trilinearly, except where <see cref="EmptySpace"/> lets it leap,
/// by whole steps, so that leaping never moves a sample. It ends when nothing behind could be seen.
/// </summary>
public static class RaycastScalar
{
    /// <summary>A picked point: distance along the unit ray in voxels.</summary>
    public readonly record struct Hit(bool Found, float Distance, float Value);

    /// <summary>Colour of one ray as 0xAABBGGRR over the background, alpha 255.</summary>
    public static uint Trace(PagedVolume volume, RaycastSettings settings, Vector3 origin, Vector3 direction, uint noise)
    {
        if (!Clip(volume, settings, origin, direction, out var t, out var end))
        {
            return Pack(Vector3.Zero, 0, settings.Background);
        }

        // From here on the ray starts where it enters: far from the eye, a step would vanish in the float's last digit.
        origin += t * direction;
        end -= t;
        t = Phase(settings, origin, direction) + (settings.Jitter ? settings.Step * ((noise & 0xFFFF) / 65536f) : 0);
        return settings.Mode switch
        {
            RayMode.Composite when settings.IsLayered => TraceLayers(volume, settings, origin, direction, t, end),
            RayMode.Composite when settings.Integrated => TraceIntegrated(volume, settings, origin, direction, t, end),
            RayMode.Composite => TraceComposite(volume, settings, origin, direction, t, end),
            RayMode.Isosurface => TraceIso(volume, settings, origin, direction, t, end),
            _ => TraceProjection(volume, settings, origin, direction, t, end),
        };
    }

    /// <summary>
    /// What is seen along a ray: for an isosurface its crossing, for a maximum or minimum the place of that value,
    /// otherwise the sample that adds most to the pixel. <see cref="Hit.Found"/> is false where nothing is seen.
    /// </summary>
    public static Hit Pick(PagedVolume volume, RaycastSettings settings, Vector3 origin, Vector3 direction)
    {
        if (!Clip(volume, settings, origin, direction, out var entry, out var end))
        {
            return default;
        }

        origin += entry * direction;
        end -= entry;
        if (settings.Mode == RayMode.Isosurface)
        {
            var at = Crossing(volume, settings, origin, direction, 0, end);
            return float.IsNaN(at) ? default : new Hit(true, entry + at, settings.IsoValue);
        }

        var (best, alpha) = (settings.Mode == RayMode.Composite ? 0 : float.MinValue, 0f);
        var hit = default(Hit);
        var layers = settings.IsLayered ? RayLayer.All(volume, settings) : [];
        for (var t = 0f; t <= end && alpha < RaycastSettings.Opaque; t += settings.Step)
        {
            var (value, left) = (0f, 1f);
            if (settings.IsLayered)
            {
                Shown(layers, settings, origin + t * direction, direction, out left, out value);
            }
            else
            {
                value = Sample(volume, origin + t * direction, out _);
                left = 1 - settings.Transfer.Alpha(value);
            }

            var weight = settings.Mode switch
            {
                RayMode.Composite => (1 - alpha) * (1 - left),
                RayMode.Minimum => -value,
                _ => value,
            };
            alpha += settings.Mode == RayMode.Composite ? weight : 0;
            if (weight > best)
            {
                best = weight;
                hit = new Hit(true, entry + t, value);
            }
        }

        return settings.Mode != RayMode.Composite || alpha > 0.02f ? hit : default;
    }

    // From where a ray enters to its first sample.
    private static float Phase(RaycastSettings s, Vector3 entry, Vector3 d)
    {
        if (s.SamplePlane is not { } plane)
        {
            return 0;
        }

        var from = -(Vector3.Dot(plane.AsVector3(), entry) + plane.W) / Vector3.Dot(plane.AsVector3(), d);
        return MathF.Ceiling(-from / s.Step) * s.Step + from;
    }

    private static uint TraceComposite(PagedVolume volume, RaycastSettings s, Vector3 o, Vector3 d, float t, float end)
    {
        var color = Vector3.Zero;
        var alpha = 0f;
        while (t <= end && alpha < RaycastSettings.Opaque)
        {
            var p = o + t * d;
            if (Leap(volume, s.Empty, p, d, s.Step, out var leap))
            {
                t += leap;
                continue;
            }

            var value = Sample(volume, p, out var gradient);
            var a = s.Transfer.Alpha(value);
            if (a > 0)
            {
                var weight = (1 - alpha) * a;
                var c = Unpack(s.Transfer.Color(value));
                color += weight * (s.Shaded ? Shade(c, gradient, s.GradientScale, s.GradientFloor, s.HeadLight, s.KeyLight) : c);
                alpha += weight;
            }

            t += s.Step;
        }

        return Pack(color, alpha, s.Background);
    }

    // As above, but each step shows what lies between its two samples. A step that enters a cell that can be seen, or leaves one, is
    // taken whole.
    private static uint TraceIntegrated(PagedVolume volume, RaycastSettings s, Vector3 o, Vector3 d, float t, float end)
    {
        var (low, high) = Box(volume);
        var color = Vector3.Zero;
        var (alpha, before) = (0f, float.NaN);
        while (t <= end && alpha < RaycastSettings.Opaque)
        {
            var p = o + t * d;
            var hidden = Leap(volume, s.Empty, p, d, s.Step, out var leap);
            if (hidden && float.IsNaN(before))
            {
                t += leap;
                continue;
            }

            var value = Sample(volume, p, out var gradient);
            before = float.IsNaN(before) ? Sample(volume, Vector3.Clamp(p - s.Step * d, low, high), out _) : before;
            var a = s.Transfer.Between(before, value, out var c);
            if (a > 0)
            {
                gradient = s.Smooth ? Smooth(volume, p) : gradient;
                color += (1 - alpha) * (s.Shaded ? a * Shade(c / a, gradient, s.GradientScale, s.GradientFloor, s.HeadLight, s.KeyLight, Light(s, p, d, gradient)) : c);
                alpha += (1 - alpha) * a;
            }

            before = hidden ? float.NaN : value;
            t += s.Step;
        }

        return Pack(color, alpha, s.Background);
    }

    // At every sample the volumes that have the place, the topmost first, as if one lay before the other.
    private static uint TraceLayers(PagedVolume volume, RaycastSettings s, Vector3 o, Vector3 d, float t, float end)
    {
        var layers = RayLayer.All(volume, s);
        var color = Vector3.Zero;
        var alpha = 0f;
        while (t <= end && alpha < RaycastSettings.Opaque)
        {
            var leap = float.MaxValue;
            foreach (var layer in layers)
            {
                leap = Math.Min(leap, Leap(layer, o + t * d, d, s.Step));
            }

            if (leap > 0)
            {
                t += leap;
                continue;
            }

            var sample = Shown(layers, s, o + t * d, d, out var left, out _);
            color += (1 - alpha) * sample;
            alpha += (1 - alpha) * (1 - left);
            t += s.Step;
        }

        return Pack(color, alpha, s.Background);
    }

    // What the volumes show at a place, how much of what lies behind is still seen, and the value that shows most.
    private static Vector3 Shown(RayLayer[] layers, RaycastSettings s, Vector3 at, Vector3 direction, out float left, out float value)
    {
        var (color, most) = (Vector3.Zero, 0f);
        (left, value) = (1, 0);
        for (var i = layers.Length - 1; i >= 0; i--)
        {
            var layer = layers[i];
            var (p, _) = layer.Ray(at, direction);
            if (!Contains(layer.Box, p))
            {
                continue;
            }

            var gradient = Vector3.Zero;
            var v = layer.Nearest ? layer.Volume.At((int)(p.Z + 0.5f), (int)(p.Y + 0.5f), (int)(p.X + 0.5f)) : Sample(layer.Volume, p, out gradient);
            var a = layer.Transfer.Alpha(v);
            if (a > 0)
            {
                var c = Unpack(layer.Transfer.Color(v));
                gradient = s.Smooth && layer.Shaded && !layer.Nearest ? Smooth(layer.Volume, p) : gradient;
                color += left * a * (layer.Shaded && !layer.Nearest ? Shade(c, gradient, layer.GradientScale, layer.GradientFloor, layer.HeadLight, layer.KeyLight, Light(s, at, direction, Vector3.Zero)) : c);
                (most, value) = left * a > most ? (left * a, v) : (most, value);
                left *= 1 - a;
            }

            if (layer.Replaces)
            {
                break;
            }
        }

        return color;
    }

    private static bool Contains((Vector3 Low, Vector3 High) box, Vector3 p) =>
        p.X >= box.Low.X && p.Y >= box.Low.Y && p.Z >= box.Low.Z && p.X <= box.High.X && p.Y <= box.High.Y && p.Z <= box.High.Z;

    // How far a ray may go on as far as one volume is concerned, by whole steps; 0 where it must be sampled.
    private static float Leap(RayLayer layer, Vector3 at, Vector3 direction, float step)
    {
        var (p, d) = layer.Ray(at, direction);
        var (low, high) = layer.Box;
        if (Contains((low, high), p))
        {
            return Leap(layer.Volume, layer.Empty, p, d, step, out var leap) ? leap : 0;
        }

        var (start, end) = (0f, float.MaxValue);
        return ClipBox(low, high, p, d, ref start, ref end) && start <= end ? step * MathF.Max(1, MathF.Ceiling(start / step)) : float.MaxValue;
    }

    private static uint TraceProjection(PagedVolume volume, RaycastSettings s, Vector3 o, Vector3 d, float t, float end)
    {
        var (least, most, sum, count) = (float.MaxValue, float.MinValue, 0f, 0);
        for (; t <= end; t += s.Step)
        {
            var value = Sample(volume, o + t * d, out _);
            (least, most, sum, count) = (MathF.Min(least, value), MathF.Max(most, value), sum + value, count + 1);
        }

        return count == 0
            ? Pack(Vector3.Zero, 0, s.Background)
            : Pack(Unpack(s.Transfer.Color(s.Mode switch { RayMode.Minimum => least, RayMode.Mean => sum / count, _ => most })), 1, s.Background);
    }

    private static uint TraceIso(PagedVolume volume, RaycastSettings s, Vector3 o, Vector3 d, float t, float end)
    {
        var hit = Crossing(volume, s, o, d, t, end);
        if (float.IsNaN(hit))
        {
            return Pack(Vector3.Zero, 0, s.Background);
        }

        Sample(volume, o + hit * d, out var gradient);
        gradient = s.Smooth ? Smooth(volume, o + hit * d) : gradient;
        var light = Light(s, o + hit * d, d, gradient);
        return Pack(Shade(Unpack(s.Transfer.Color(s.IsoValue)), gradient, s.GradientScale, s.GradientFloor, s.HeadLight, s.KeyLight, light), 1, s.Background);
    }

    // Where a ray first crosses the iso value, NaN where it never does. Between two samples on either side the crossing is
    // found by the false position method: the field along a ray is a cubic within a cell, so a straight line alone would leave
    // terraces.
    private static float Crossing(PagedVolume volume, RaycastSettings s, Vector3 o, Vector3 d, float t, float end)
    {
        var before = float.NaN;
        while (t <= end)
        {
            var p = o + t * d;
            var hidden = Leap(volume, s.Empty, p, d, s.Step, out var leap);
            if (hidden && float.IsNaN(before))
            {
                t += leap;
                continue;
            }

            var value = Sample(volume, p, out _) - s.IsoValue;
            if (float.IsNaN(before))
            {
                // The sample before a leap's end was in empty space, on the side of the surface that this cell's neighbour is on.
                before = t - s.Step >= 0 ? Sample(volume, o + (t - s.Step) * d, out _) - s.IsoValue : value;
            }

            if (before < 0 != value < 0)
            {
                var (near, far) = (t - s.Step, t);
                for (var i = 0; i < Refinements; i++)
                {
                    var middle = near + (far - near) * (before / (before - value));
                    var at = Sample(volume, o + middle * d, out _) - s.IsoValue;
                    if (at < 0 == before < 0)
                    {
                        (near, before) = (middle, at);
                    }
                    else
                    {
                        (far, value) = (middle, at);
                    }
                }

                return near + (far - near) * (before / (before - value));
            }

            // The surface may lie behind the last sample of a cell: the first one in empty space is taken too.
            before = hidden ? float.NaN : value;
            t += s.Step;
        }

        return float.NaN;
    }

    internal const int Refinements = 2;

    private const float Inside = 2e-3f;

    /// <summary>Corners of the box in which a volume can be sampled: the outermost voxels' centres, or half a voxel around a single layer.</summary>
    internal static (Vector3 Low, Vector3 High) Box(PagedVolume volume)
    {
        var (x, y, z) = (Axis(volume.X, volume.From.X, volume.To.X), Axis(volume.Y, volume.From.Y, volume.To.Y), Axis(volume.Z, volume.From.Z, volume.To.Z));
        return (new(x.Low, y.Low, z.Low), new(x.High, y.High, z.High));

        // Just inside, so that rounding leaves every sample in the cell, and with the gradient, of the side that is in the box.
        static (float Low, float High) Axis(int size, int from, int to) =>
            size == 1 ? (-0.5f, 0.5f) : (from == 0 ? 0 : from + Inside, (to == size ? size - 1 : to) - Inside);
    }

    /// <summary>The same within the clipping box.</summary>
    internal static (Vector3 Low, Vector3 High) Box(PagedVolume volume, RaycastSettings s)
    {
        var (low, high) = Box(volume);
        return (Vector3.Max(low, s.BoxLow), Vector3.Min(high, s.BoxHigh));
    }

    internal static bool Clip(PagedVolume volume, RaycastSettings s, Vector3 o, Vector3 d, out float start, out float end)
    {
        (start, end) = (0, float.MaxValue);
        if (s.IsLayered)
        {
            // From where the first volume begins to where the last one ends, within the clipping box.
            (start, end) = (float.MaxValue, float.MinValue);
            foreach (var layer in RayLayer.All(volume, s))
            {
                var (from, to) = (0f, float.MaxValue);
                var (lo, ld) = layer.Ray(o, d);
                if (ClipBox(layer.Box.Low, layer.Box.High, lo, ld, ref from, ref to) && from <= to)
                {
                    (start, end) = (MathF.Min(start, from), MathF.Max(end, to));
                }
            }

            if (!ClipBox(s.BoxLow, s.BoxHigh, o, d, ref start, ref end))
            {
                return false;
            }
        }
        else
        {
            var (low, high) = Box(volume, s);
            if (!ClipBox(low, high, o, d, ref start, ref end))
            {
                return false;
            }
        }

        return s.Clip.Cut(o, d, ref start, ref end) && start <= end;
    }

    // False where a ray misses the box.
    private static bool ClipBox(Vector3 low, Vector3 high, Vector3 o, Vector3 d, ref float start, ref float end)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            if (MathF.Abs(d[axis]) < 1e-12f)
            {
                if (o[axis] < low[axis] || o[axis] > high[axis])
                {
                    return false;
                }

                continue;
            }

            var a = (low[axis] - o[axis]) / d[axis];
            var b = (high[axis] - o[axis]) / d[axis];
            start = MathF.Max(start, MathF.Min(a, b));
            end = MathF.Min(end, MathF.Max(a, b));
        }

        return true;
    }

    private static bool Leap(PagedVolume volume, EmptySpace empty, Vector3 p, Vector3 d, float step, out float leap)
    {
        var grid = volume.Grid;
        int x = Math.Clamp((int)p.X, 0, volume.X - 1), y = Math.Clamp((int)p.Y, 0, volume.Y - 1), z = Math.Clamp((int)p.Z, 0, volume.Z - 1);
        var map = empty.OfBrick[((z >> grid.ShiftZ) * grid.CountY + (y >> grid.ShiftY)) * grid.CountX + (x >> grid.ShiftX)];
        leap = 0;
        if (map < 0)
        {
            leap = Exit(p, d, x, y, z, grid.ShiftX, grid.ShiftY, grid.ShiftZ, -map, step);
            return true;
        }

        const int S = CellRanges.CellShift;
        int cx = (x & ((1 << grid.ShiftX) - 1)) >> S, cy = (y & ((1 << grid.ShiftY) - 1)) >> S, cz = (z & ((1 << grid.ShiftZ) - 1)) >> S;
        int distance = empty.Maps[map + ((cz << 6) | (cy << 3) | cx)];
        leap = distance == 0 ? 0 : Exit(p, d, x, y, z, S, S, S, distance, step);
        return distance != 0;
    }

    private static float Exit(Vector3 p, Vector3 d, int x, int y, int z, int shiftX, int shiftY, int shiftZ, int distance, float step)
    {
        var exit = MathF.Min(Axis(x, shiftX, p.X, d.X), MathF.Min(Axis(y, shiftY, p.Y, d.Y), Axis(z, shiftZ, p.Z, d.Z)));
        return step * MathF.Max(1, MathF.Ceiling(exit / step));

        float Axis(int voxel, int shift, float p, float d)
        {
            var at = voxel >> shift;
            var wall = (d > 0 ? at + distance : at - distance + 1) << shift;
            return MathF.Abs(d) < 1e-12f ? float.MaxValue : (wall - p) / d;
        }
    }

    /// <summary>The trilinear value at a point in index coordinates, and the gradient of the same trilinear function.</summary>
    internal static float Sample(PagedVolume volume, Vector3 p, out Vector3 gradient)
    {
        int x = Math.Clamp((int)p.X, 0, volume.X - 1), y = Math.Clamp((int)p.Y, 0, volume.Y - 1), z = Math.Clamp((int)p.Z, 0, volume.Z - 1);
        float fx = p.X - x, fy = p.Y - y, fz = p.Z - z;
        float c000 = volume.At(z, y, x), c001 = volume.At(z, y, x + 1), c010 = volume.At(z, y + 1, x), c011 = volume.At(z, y + 1, x + 1);
        float c100 = volume.At(z + 1, y, x), c101 = volume.At(z + 1, y, x + 1), c110 = volume.At(z + 1, y + 1, x), c111 = volume.At(z + 1, y + 1, x + 1);
        float dx00 = c001 - c000, dx01 = c011 - c010, dx10 = c101 - c100, dx11 = c111 - c110;
        float c00 = c000 + dx00 * fx, c01 = c010 + dx01 * fx, c10 = c100 + dx10 * fx, c11 = c110 + dx11 * fx;
        float dy0 = c01 - c00, dy1 = c11 - c10, c0 = c00 + dy0 * fy, c1 = c10 + dy1 * fy;
        float dx0 = dx00 + (dx01 - dx00) * fy, dx1 = dx10 + (dx11 - dx10) * fy;
        gradient = new Vector3(dx0 + (dx1 - dx0) * fz, dy0 + (dy1 - dy0) * fz, c1 - c0);
        return c0 + (c1 - c0) * fz;
    }

    // The gradient by central differences, one voxel to either side as far as the volume reaches.
    private static Vector3 Smooth(PagedVolume volume, Vector3 p)
    {
        var (low, high) = Box(volume);
        return new Vector3(Along(Vector3.UnitX), Along(Vector3.UnitY), Along(Vector3.UnitZ));

        float Along(Vector3 axis)
        {
            var (before, after) = (Vector3.Max(p - axis, low), Vector3.Min(p + axis, high));
            return (Sample(volume, after, out _) - Sample(volume, before, out _)) / MathF.Max(Vector3.Dot(after - before, axis), LeastBase);
        }
    }

    /// <summary>Over less than this no difference is taken.</summary>
    internal const float LeastBase = 1e-2f;

    private static Vector3 Shade(Vector3 color, Vector3 gradient, Vector3 scale, float floor, Vector3 headLight, Vector3 keyLight, (float Ambient, float Shadow)? light = null)
    {
        var g = gradient * scale;
        var inverse = 1 / MathF.Sqrt(g.LengthSquared() + floor);
        var head = MathF.Abs(Vector3.Dot(g, headLight)) * inverse;
        var key = MathF.Abs(Vector3.Dot(g, keyLight)) * inverse;
        var shine = head * head;
        shine *= shine;
        shine *= shine;
        shine *= shine;
        var (ambient, shadow) = light ?? (1, 1);
        return color * (ambient * (RaycastSettings.Ambient + (1 - RaycastSettings.ShadowedHead * (1 - shadow)) * RaycastSettings.HeadDiffuse * head) + shadow * RaycastSettings.KeyDiffuse * key)
            + new Vector3(ambient * RaycastSettings.Specular * shine * 255);
    }

    // What light reaches a sample, looked up a little towards the eye and out of the surface on the eye's side, as far as there is one.
    private static (float Ambient, float Shadow)? Light(RaycastSettings s, Vector3 p, Vector3 d, Vector3 gradient)
    {
        if (s.Light is not { } field)
        {
            return null;
        }

        var step = d * field.Scale;
        var outwards = gradient * ((Vector3.Dot(gradient, d) > 0 ? -LightField.Towards : LightField.Towards) / MathF.Sqrt(gradient.LengthSquared() + s.GradientFloor));
        return field.At(p * field.Scale + field.Offset - LightField.Towards / step.Length() * step + outwards);
    }

    internal static Vector3 Unpack(int color) => new(color & 0xFF, (color >> 8) & 0xFF, (color >> 16) & 0xFF);

    internal static uint Pack(Vector3 color, float alpha, int background)
    {
        var c = Vector3.Min(color + (1 - alpha) * Unpack(background), new Vector3(255));
        return 0xFF000000u | (uint)(c.X + 0.5f) | ((uint)(c.Y + 0.5f) << 8) | ((uint)(c.Z + 0.5f) << 16);
    }

    internal static uint Noise(int u, int v)
    {
        var h = (uint)u * 0x9E3779B1u ^ (uint)v * 0x85EBCA77u;
        h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
        return h ^ (h >> 13);
    }
}
