using System.Numerics;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// The specification: one ray at a time. A ray is clipped to the volume, the box and the planes; from its start it is
/// sampled at every <see cref="RaycastSettings.Step"/>, trilinearly, except where <see cref="EmptySpace"/> lets it leap,
/// by whole steps, so that leaping never moves a sample. It ends when nothing behind could be seen.
/// </summary>
public static class RaycastScalar
{
    /// <summary>A picked point: distance along the unit ray in voxels.</summary>
    public readonly record struct Hit(bool Found, float Distance, float Value);

    /// <summary>Colour of one ray as 0xAABBGGRR over the background, alpha 255.</summary>
    public static uint Trace(RayVolume volume, RaycastSettings settings, Vector3 origin, Vector3 direction, uint noise)
    {
        if (!Clip(volume, settings, origin, direction, out var t, out var end))
        {
            return Pack(Vector3.Zero, 0, settings.Background);
        }

        // From here on the ray starts where it enters: far from the eye, a step would vanish in the float's last digit.
        origin += t * direction;
        end -= t;
        t = settings.Jitter ? settings.Step * ((noise & 0xFFFF) / 65536f) : 0;
        return settings.Mode switch
        {
            RayMode.Maximum => TraceMaximum(volume, settings, origin, direction, t, end),
            RayMode.Isosurface => TraceIso(volume, settings, origin, direction, t, end),
            _ => TraceComposite(volume, settings, origin, direction, t, end),
        };
    }

    /// <summary>
    /// What is seen along a ray: for an isosurface its crossing, for a maximum the place of the largest value,
    /// otherwise the sample that adds most to the pixel. <see cref="Hit.Found"/> is false where nothing is seen.
    /// </summary>
    public static Hit Pick(RayVolume volume, RaycastSettings settings, Vector3 origin, Vector3 direction)
    {
        if (!Clip(volume, settings, origin, direction, out var t, out var end))
        {
            return default;
        }

        var entry = t;
        origin += t * direction;
        end -= t;
        t = 0;
        var (best, alpha, before) = (0f, 0f, float.NaN);
        var hit = default(Hit);
        for (; t <= end && alpha < RaycastSettings.Opaque; t += settings.Step)
        {
            var value = Sample(volume, origin + t * direction, out _);
            if (settings.Mode == RayMode.Isosurface)
            {
                if (!float.IsNaN(before) && before < settings.IsoValue != value < settings.IsoValue)
                {
                    return new Hit(true, entry + t - settings.Step * (value - settings.IsoValue) / (value - before), settings.IsoValue);
                }

                before = value;
                continue;
            }

            var weight = settings.Mode == RayMode.Maximum ? value : (1 - alpha) * settings.Transfer.Alpha[(int)value >> TransferTable.Shift];
            alpha += settings.Mode == RayMode.Maximum ? 0 : weight;
            if (weight > best)
            {
                best = weight;
                hit = new Hit(true, entry + t, value);
            }
        }

        return settings.Mode == RayMode.Maximum || alpha > 0.02f ? hit : default;
    }

    private static uint TraceComposite(RayVolume volume, RaycastSettings s, Vector3 o, Vector3 d, float t, float end)
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
            var entry = (int)value >> TransferTable.Shift;
            var a = s.Transfer.Alpha[entry];
            if (a > 0)
            {
                var weight = (1 - alpha) * a;
                color += weight * (s.Shaded ? Shade(s, Unpack(s.Transfer.Colors[entry]), gradient) : Unpack(s.Transfer.Colors[entry]));
                alpha += weight;
            }

            t += s.Step;
        }

        return Pack(color, alpha, s.Background);
    }

    private static uint TraceMaximum(RayVolume volume, RaycastSettings s, Vector3 o, Vector3 d, float t, float end)
    {
        var most = -1f;
        for (; t <= end; t += s.Step)
        {
            most = MathF.Max(most, Sample(volume, o + t * d, out _));
        }

        return most < 0
            ? Pack(Vector3.Zero, 0, s.Background)
            : Pack(Unpack(s.Transfer.Colors[(int)most >> TransferTable.Shift]), 1, s.Background);
    }

    private static uint TraceIso(RayVolume volume, RaycastSettings s, Vector3 o, Vector3 d, float t, float end)
    {
        var before = float.NaN;
        while (t <= end)
        {
            var p = o + t * d;
            if (Leap(volume, s.Empty, p, d, s.Step, out var leap))
            {
                t += leap;
                before = float.NaN;
                continue;
            }

            var value = Sample(volume, p, out var gradient);
            if (float.IsNaN(before))
            {
                // The sample before a leap's end was in empty space, on the side of the surface that this cell's neighbour is on.
                before = t - s.Step >= 0 ? Sample(volume, o + (t - s.Step) * d, out _) : value;
            }

            if (before < s.IsoValue != value < s.IsoValue)
            {
                var hit = t - s.Step * (value - s.IsoValue) / (value - before);
                Sample(volume, o + hit * d, out gradient);
                return Pack(Shade(s, Unpack(s.Transfer.Colors[(int)Math.Clamp(s.IsoValue, 0, 65535) >> TransferTable.Shift]), gradient), 1, s.Background);
            }

            before = value;
            t += s.Step;
        }

        return Pack(Vector3.Zero, 0, s.Background);
    }

    internal static bool Clip(RayVolume volume, RaycastSettings s, Vector3 o, Vector3 d, out float start, out float end)
    {
        var low = Vector3.Max(Vector3.Zero, s.BoxLow);
        var high = Vector3.Min(new Vector3(volume.SizeX - 1, volume.SizeY - 1, volume.SizeZ - 1), s.BoxHigh);
        (start, end) = (0, float.MaxValue);
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

        foreach (var plane in s.ClipPlanes)
        {
            var normal = new Vector3(plane.X, plane.Y, plane.Z);
            var along = Vector3.Dot(normal, d);
            var at = Vector3.Dot(normal, o) + plane.W;
            if (MathF.Abs(along) < 1e-12f)
            {
                if (at < 0)
                {
                    return false;
                }
            }
            else if (along > 0)
            {
                start = MathF.Max(start, -at / along);
            }
            else
            {
                end = MathF.Min(end, -at / along);
            }
        }

        return start <= end;
    }

    private static bool Leap(RayVolume volume, EmptySpace empty, Vector3 p, Vector3 d, float step, out float leap)
    {
        var ix = Math.Clamp((int)p.X, 0, volume.SizeX - 2) >> RayVolume.CellShift;
        var iy = Math.Clamp((int)p.Y, 0, volume.SizeY - 2) >> RayVolume.CellShift;
        var iz = Math.Clamp((int)p.Z, 0, volume.SizeZ - 2) >> RayVolume.CellShift;
        int distance = empty.Distance[(iz * volume.CellsY + iy) * volume.CellsX + ix];
        leap = 0;
        if (distance == 0)
        {
            return false;
        }

        var exit = MathF.Min(Exit(ix, p.X, d.X, distance), MathF.Min(Exit(iy, p.Y, d.Y, distance), Exit(iz, p.Z, d.Z, distance)));
        leap = step * MathF.Max(1, MathF.Ceiling(exit / step));
        return true;
    }

    private static float Exit(int cell, float p, float d, int distance)
    {
        const int Edge = 1 << RayVolume.CellShift;
        var wall = d > 0 ? (cell + distance) * Edge : (cell - distance + 1) * Edge;
        return MathF.Abs(d) < 1e-12f ? float.MaxValue : (wall - p) / d;
    }

    internal static float Sample(RayVolume volume, Vector3 p, out Vector3 gradient)
    {
        int x = Math.Clamp((int)p.X, 0, volume.SizeX - 2), y = Math.Clamp((int)p.Y, 0, volume.SizeY - 2), z = Math.Clamp((int)p.Z, 0, volume.SizeZ - 2);
        float fx = p.X - x, fy = p.Y - y, fz = p.Z - z;
        var v = volume.Voxels;
        var i = (z * volume.SizeY + y) * volume.SizeX + x;
        int dy = volume.SizeX, dz = volume.SizeX * volume.SizeY;
        float c000 = v[i], c001 = v[i + 1], c010 = v[i + dy], c011 = v[i + dy + 1];
        float c100 = v[i + dz], c101 = v[i + dz + 1], c110 = v[i + dz + dy], c111 = v[i + dz + dy + 1];
        float dx00 = c001 - c000, dx01 = c011 - c010, dx10 = c101 - c100, dx11 = c111 - c110;
        float c00 = c000 + dx00 * fx, c01 = c010 + dx01 * fx, c10 = c100 + dx10 * fx, c11 = c110 + dx11 * fx;
        float dy0 = c01 - c00, dy1 = c11 - c10, c0 = c00 + dy0 * fy, c1 = c10 + dy1 * fy;
        float dx0 = dx00 + (dx01 - dx00) * fy, dx1 = dx10 + (dx11 - dx10) * fy;
        gradient = new Vector3(dx0 + (dx1 - dx0) * fz, dy0 + (dy1 - dy0) * fz, c1 - c0);
        return Math.Clamp(c0 + (c1 - c0) * fz, 0, 65535);
    }

    private static Vector3 Shade(RaycastSettings s, Vector3 color, Vector3 gradient)
    {
        var g = gradient * s.GradientScale;
        var inverse = 1 / MathF.Sqrt(g.LengthSquared() + 1e-6f);
        var head = MathF.Abs(Vector3.Dot(g, s.HeadLight)) * inverse;
        var key = MathF.Abs(Vector3.Dot(g, s.KeyLight)) * inverse;
        var shine = head * head;
        shine *= shine;
        shine *= shine;
        shine *= shine;
        return color * (RaycastSettings.Ambient + RaycastSettings.HeadDiffuse * head + RaycastSettings.KeyDiffuse * key)
            + new Vector3(RaycastSettings.Specular * shine * 255);
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
