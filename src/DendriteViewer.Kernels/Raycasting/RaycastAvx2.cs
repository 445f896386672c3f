using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// Eight rays at a time, a block of 4×2 pixels: lane k is pixel (k &amp; 3, k &gt;&gt; 2). A lane that has ended is masked and
/// waits for the others. One 32-bit gather brings two voxels, x and x + 1, so a trilinear sample takes four.
/// Every lane keeps its own position, and leaps by its own distance; the packet is a loop over "next sample of each lane".
/// Same samples as <see cref="RaycastScalar"/>; fused multiply-adds change the last bits (tolerance: 2 of 255).
/// </summary>
internal static unsafe class RaycastAvx2
{
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    private struct Packet
    {
        public Vector256<float> Ox, Oy, Oz, Dx, Dy, Dz, T, End;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Trace(RayVolume volume, RaycastSettings s, in RayGeometry rays, float scale, int u0, int v0, Span<uint> colors)
    {
        Span<float> o = stackalloc float[24], d = stackalloc float[24], t = stackalloc float[8], e = stackalloc float[8];
        for (var k = 0; k < 8; k++)
        {
            int u = u0 + (k & 3), v = v0 + (k >> 2);
            var (ro, rd) = rays.Ray((u + 0.5f) * scale - 0.5f, (v + 0.5f) * scale - 0.5f);
            (d[k], d[8 + k], d[16 + k]) = (rd.X, rd.Y, rd.Z);
            if (RaycastScalar.Clip(volume, s, ro, rd, out var start, out var end))
            {
                ro += start * rd;
                end -= start;
                t[k] = (s.Jitter ? s.Step * ((RaycastScalar.Noise(u, v) & 0xFFFF) / 65536f) : 0);
                e[k] = end;
            }
            else
            {
                (t[k], e[k]) = (1, 0);
            }

            (o[k], o[8 + k], o[16 + k]) = (ro.X, ro.Y, ro.Z);
        }

        var packet = new Packet
        {
            Ox = Vector256.Create<float>(o), Oy = Vector256.Create<float>(o[8..]), Oz = Vector256.Create<float>(o[16..]),
            Dx = Vector256.Create<float>(d), Dy = Vector256.Create<float>(d[8..]), Dz = Vector256.Create<float>(d[16..]),
            T = Vector256.Create<float>(t), End = Vector256.Create<float>(e),
        };
        fixed (ushort* voxels = volume.Voxels)
        fixed (byte* empty = s.Empty.Distance)
        fixed (float* alphas = s.Transfer.Alpha)
        fixed (int* table = s.Transfer.Colors)
        {
            switch (s.Mode)
            {
                case RayMode.Maximum:
                    Maximum(volume, s, packet, voxels, table, colors);
                    break;
                case RayMode.Isosurface:
                    Isosurface(volume, s, packet, voxels, empty, table, colors);
                    break;
                default:
                    Composite(volume, s, packet, voxels, empty, alphas, table, colors);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Composite(RayVolume volume, RaycastSettings s, in Packet r, ushort* voxels, byte* empty, float* alphas, int* table, Span<uint> colors)
    {
        var t = r.T;
        var step = Vector256.Create(s.Step);
        Vector256<float> red = default, green = default, blue = default, alpha = default;
        var opaque = Vector256.Create(RaycastSettings.Opaque);
        var active = Vector256.LessThanOrEqual(t, r.End);
        while (Avx.MoveMask(active) != 0)
        {
            Place(volume, r, t, out var px, out var py, out var pz, out var ix, out var iy, out var iz);
            var leap = Leap(volume, r, empty, px, py, pz, ix, iy, iz, step, active, out var here);
            if (Avx.MoveMask(here) != 0)
            {
                var value = Sample(volume, voxels, px, py, pz, ix, iy, iz, out var gx, out var gy, out var gz);
                var entry = Vector256.ConvertToInt32(value) >>> TransferTable.Shift;
                var a = Avx2.GatherMaskVector256(Vector256<float>.Zero, alphas, entry, here, 4);
                if (Avx.MoveMask(Vector256.GreaterThan(a, Vector256<float>.Zero)) != 0)
                {
                    var packed = Avx2.GatherVector256(table, entry, 4);
                    Unpack(packed, out var cr, out var cg, out var cb);
                    var weight = (Vector256<float>.One - alpha) * a;
                    if (s.Shaded)
                    {
                        Shade(s, gx, gy, gz, out var diffuse, out var shine);
                        cr = Fma.MultiplyAdd(cr, diffuse, shine);
                        cg = Fma.MultiplyAdd(cg, diffuse, shine);
                        cb = Fma.MultiplyAdd(cb, diffuse, shine);
                    }

                    red = Fma.MultiplyAdd(weight, cr, red);
                    green = Fma.MultiplyAdd(weight, cg, green);
                    blue = Fma.MultiplyAdd(weight, cb, blue);
                    alpha += weight;
                }
            }

            t += leap;
            active = Vector256.LessThanOrEqual(t, r.End) & Vector256.LessThan(alpha, opaque);
        }

        Store(red, green, blue, alpha, s.Background, colors);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Maximum(RayVolume volume, RaycastSettings s, in Packet r, ushort* voxels, int* table, Span<uint> colors)
    {
        var t = r.T;
        var step = Vector256.Create(s.Step);
        var most = Vector256.Create(-1f);
        var active = Vector256.LessThanOrEqual(t, r.End);
        fixed (ushort* cellMost = volume.CellMostArray)
        {
            while (Avx.MoveMask(active) != 0)
            {
                Place(volume, r, t, out var px, out var py, out var pz, out var ix, out var iy, out var iz);

                // A cell whose largest value is no larger than what the ray has seen cannot change it.
                int x0 = 0;
                Vector256<int> cx = ix >> RayVolume.CellShift, cy = iy >> RayVolume.CellShift, cz = iz >> RayVolume.CellShift;
                var cell = (cz * volume.CellsY + cy) * volume.CellsX + cx;
                var byLane = most;
                for (; x0 < 8; x0++)
                {
                    byLane = byLane.WithElement(x0, cellMost[cell[x0]]);
                }

                var here = active & Vector256.GreaterThan(byLane, most);
                if (Avx.MoveMask(here) != 0)
                {
                    var value = Sample(volume, voxels, px, py, pz, ix, iy, iz, out _, out _, out _);
                    most = Vector256.ConditionalSelect(here, Vector256.Max(most, value), most);
                }

                var out1 = Exit(r, px, py, pz, cx, cy, cz, Vector256<int>.One);
                var leap = step * Vector256.Max(Vector256<float>.One, Vector256.Ceiling(out1 / step));
                t += Vector256.ConditionalSelect(here, step, leap);
                active = Vector256.LessThanOrEqual(t, r.End);
            }
        }

        var seen = Vector256.GreaterThanOrEqual(most, Vector256<float>.Zero);
        var entry = Vector256.ConvertToInt32(Vector256.Max(most, Vector256<float>.Zero)) >>> TransferTable.Shift;
        Unpack(Avx2.GatherVector256(table, entry, 4), out var red, out var green, out var blue);
        var one = Vector256<float>.One & seen;
        Store(red * one, green * one, blue * one, one, s.Background, colors);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Isosurface(RayVolume volume, RaycastSettings s, in Packet r, ushort* voxels, byte* empty, int* table, Span<uint> colors)
    {
        var t = r.T;
        var step = Vector256.Create(s.Step);
        var iso = Vector256.Create(s.IsoValue);
        var nan = Vector256.Create(float.NaN);
        var before = nan;
        var hitAt = nan;
        var active = Vector256.LessThanOrEqual(t, r.End);
        while (Avx.MoveMask(active) != 0)
        {
            Place(volume, r, t, out var px, out var py, out var pz, out var ix, out var iy, out var iz);
            var leap = Leap(volume, r, empty, px, py, pz, ix, iy, iz, step, active, out var here);
            if (Avx.MoveMask(here) != 0)
            {
                var value = Sample(volume, voxels, px, py, pz, ix, iy, iz, out _, out _, out _);
                var fresh = here & ~Vector256.Equals(before, before);
                if (Avx.MoveMask(fresh) != 0)
                {
                    var back = t - step;
                    Place(volume, r, back, out var qx, out var qy, out var qz, out var jx, out var jy, out var jz);
                    var earlier = Sample(volume, voxels, qx, qy, qz, jx, jy, jz, out _, out _, out _);
                    earlier = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(back, Vector256<float>.Zero), earlier, value);
                    before = Vector256.ConditionalSelect(fresh, earlier, before);
                }

                var crossed = here & (Vector256.LessThan(before, iso) ^ Vector256.LessThan(value, iso));
                var at = t - step * (value - iso) / (value - before);
                hitAt = Vector256.ConditionalSelect(crossed, at, hitAt);
                before = Vector256.ConditionalSelect(here, value, before);
            }

            before = Vector256.ConditionalSelect(here, before, nan);
            t += leap;
            active = Vector256.LessThanOrEqual(t, r.End) & ~Vector256.Equals(hitAt, hitAt);
        }

        var hit = Vector256.Equals(hitAt, hitAt);
        var place = Vector256.ConditionalSelect(hit, hitAt, r.T);
        Place(volume, r, place, out var hx, out var hy, out var hz, out var kx, out var ky, out var kz);
        Sample(volume, voxels, hx, hy, hz, kx, ky, kz, out var gx, out var gy, out var gz);
        Shade(s, gx, gy, gz, out var diffuse, out var shine);
        var color = RaycastScalar.Unpack(table[(int)Math.Clamp(s.IsoValue, 0, 65535) >> TransferTable.Shift]);
        var one = Vector256<float>.One & hit;
        Store(
            Fma.MultiplyAdd(Vector256.Create(color.X), diffuse, shine) * one,
            Fma.MultiplyAdd(Vector256.Create(color.Y), diffuse, shine) * one,
            Fma.MultiplyAdd(Vector256.Create(color.Z), diffuse, shine) * one, one, s.Background, colors);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Place(
        RayVolume volume, in Packet r, Vector256<float> t, out Vector256<float> px, out Vector256<float> py, out Vector256<float> pz,
        out Vector256<int> ix, out Vector256<int> iy, out Vector256<int> iz)
    {
        px = Fma.MultiplyAdd(t, r.Dx, r.Ox);
        py = Fma.MultiplyAdd(t, r.Dy, r.Oy);
        pz = Fma.MultiplyAdd(t, r.Dz, r.Oz);
        ix = Vector256.Min(Vector256.Max(Avx.ConvertToVector256Int32WithTruncation(px), Vector256<int>.Zero), Vector256.Create(volume.SizeX - 2));
        iy = Vector256.Min(Vector256.Max(Avx.ConvertToVector256Int32WithTruncation(py), Vector256<int>.Zero), Vector256.Create(volume.SizeY - 2));
        iz = Vector256.Min(Vector256.Max(Avx.ConvertToVector256Int32WithTruncation(pz), Vector256<int>.Zero), Vector256.Create(volume.SizeZ - 2));
    }

    /// <summary>How far each lane goes on: one step where it must be sampled (<paramref name="here"/>), else out of the empty cube.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Leap(
        RayVolume volume, in Packet r, byte* empty, Vector256<float> px, Vector256<float> py, Vector256<float> pz,
        Vector256<int> ix, Vector256<int> iy, Vector256<int> iz, Vector256<float> step, Vector256<float> active, out Vector256<float> here)
    {
        Vector256<int> cx = ix >> RayVolume.CellShift, cy = iy >> RayVolume.CellShift, cz = iz >> RayVolume.CellShift;
        var cell = (cz * volume.CellsY + cy) * volume.CellsX + cx;

        // A gather reads four bytes; the last cells would read past the map, so the read ends at the byte wanted instead.
        var near = Avx2.GatherVector256((int*)(empty - 3), Vector256.Max(cell, Vector256.Create(3)), 1) >>> 24;
        near = Vector256.ConditionalSelect(Vector256.LessThan(cell, Vector256.Create(3)), Vector256<int>.Zero, near);
        here = active & Vector256.Equals(near, Vector256<int>.Zero).AsSingle();
        if (Avx.MoveMask(here) == Avx.MoveMask(active))
        {
            return step;
        }

        var exit = Exit(r, px, py, pz, cx, cy, cz, near);
        var leap = step * Vector256.Max(Vector256<float>.One, Vector256.Ceiling(exit / step));
        return Vector256.ConditionalSelect(Vector256.Equals(near, Vector256<int>.Zero).AsSingle(), step, leap);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Exit(
        in Packet r, Vector256<float> px, Vector256<float> py, Vector256<float> pz,
        Vector256<int> cx, Vector256<int> cy, Vector256<int> cz, Vector256<int> distance) =>
        Vector256.Min(Wall(cx, px, r.Dx, distance), Vector256.Min(Wall(cy, py, r.Dy, distance), Wall(cz, pz, r.Dz, distance)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Wall(Vector256<int> cell, Vector256<float> p, Vector256<float> d, Vector256<int> distance)
    {
        var ahead = Vector256.GreaterThan(d, Vector256<float>.Zero).AsInt32();
        var wall = Vector256.ConditionalSelect(ahead, cell + distance, cell - distance + Vector256<int>.One) << RayVolume.CellShift;
        var exit = (Vector256.ConvertToSingle(wall) - p) / d;
        return Vector256.ConditionalSelect(Vector256.LessThan(Vector256.Abs(d), Vector256.Create(1e-12f)), Vector256.Create(float.MaxValue), exit);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Sample(
        RayVolume volume, ushort* voxels, Vector256<float> px, Vector256<float> py, Vector256<float> pz,
        Vector256<int> ix, Vector256<int> iy, Vector256<int> iz, out Vector256<float> gx, out Vector256<float> gy, out Vector256<float> gz)
    {
        var fx = px - Vector256.ConvertToSingle(ix);
        var fy = py - Vector256.ConvertToSingle(iy);
        var fz = pz - Vector256.ConvertToSingle(iz);
        int dy = volume.SizeX, dz = volume.SizeX * volume.SizeY;
        var at = (iz * volume.SizeY + iy) * volume.SizeX + ix;
        Pair(voxels, at, fx, out var c00, out var dx00);
        Pair(voxels + dy, at, fx, out var c01, out var dx01);
        Pair(voxels + dz, at, fx, out var c10, out var dx10);
        Pair(voxels + dz + dy, at, fx, out var c11, out var dx11);
        Vector256<float> dy0 = c01 - c00, dy1 = c11 - c10;
        var c0 = Fma.MultiplyAdd(dy0, fy, c00);
        var c1 = Fma.MultiplyAdd(dy1, fy, c10);
        var dx0 = Fma.MultiplyAdd(dx01 - dx00, fy, dx00);
        var dx1 = Fma.MultiplyAdd(dx11 - dx10, fy, dx10);
        gx = Fma.MultiplyAdd(dx1 - dx0, fz, dx0);
        gy = Fma.MultiplyAdd(dy1 - dy0, fz, dy0);
        gz = c1 - c0;
        return Vector256.Min(Vector256.Max(Fma.MultiplyAdd(gz, fz, c0), Vector256<float>.Zero), Vector256.Create(65535f));
    }

    /// <summary>Voxels x and x + 1 in one load: low and high half of 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(ushort* voxels, Vector256<int> at, Vector256<float> fx, out Vector256<float> value, out Vector256<float> difference)
    {
        var both = Avx2.GatherVector256((int*)voxels, at, 2);
        var left = Vector256.ConvertToSingle(both & Vector256.Create(0xFFFF));
        var right = Vector256.ConvertToSingle(both >>> 16);
        difference = right - left;
        value = Fma.MultiplyAdd(difference, fx, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Shade(
        RaycastSettings s, Vector256<float> gx, Vector256<float> gy, Vector256<float> gz, out Vector256<float> diffuse, out Vector256<float> shine)
    {
        gx *= s.GradientScale.X;
        gy *= s.GradientScale.Y;
        gz *= s.GradientScale.Z;
        var length = Fma.MultiplyAdd(gx, gx, Fma.MultiplyAdd(gy, gy, Fma.MultiplyAdd(gz, gz, Vector256.Create(1e-6f))));
        var inverse = Vector256<float>.One / Vector256.Sqrt(length);
        var head = Vector256.Abs(gx * s.HeadLight.X + gy * s.HeadLight.Y + gz * s.HeadLight.Z) * inverse;
        var key = Vector256.Abs(gx * s.KeyLight.X + gy * s.KeyLight.Y + gz * s.KeyLight.Z) * inverse;
        diffuse = Vector256.Create(RaycastSettings.Ambient) + head * RaycastSettings.HeadDiffuse + key * RaycastSettings.KeyDiffuse;
        shine = head * head;
        shine *= shine;
        shine *= shine;
        shine *= shine * (RaycastSettings.Specular * 255);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Unpack(Vector256<int> packed, out Vector256<float> r, out Vector256<float> g, out Vector256<float> b)
    {
        var mask = Vector256.Create(0xFF);
        r = Vector256.ConvertToSingle(packed & mask);
        g = Vector256.ConvertToSingle((packed >>> 8) & mask);
        b = Vector256.ConvertToSingle((packed >>> 16) & mask);
    }

    private static void Store(Vector256<float> r, Vector256<float> g, Vector256<float> b, Vector256<float> alpha, int background, Span<uint> colors)
    {
        var back = RaycastScalar.Unpack(background);
        var through = Vector256<float>.One - alpha;
        var packed = Channel(r, back.X) | (Channel(g, back.Y) << 8) | (Channel(b, back.Z) << 16) | Vector256.Create(unchecked((int)0xFF000000));
        packed.AsUInt32().CopyTo(colors);

        Vector256<int> Channel(Vector256<float> c, float behind) => Avx.ConvertToVector256Int32WithTruncation(
            Vector256.Min(Fma.MultiplyAdd(through, Vector256.Create(behind), c), Vector256.Create(255f)) + Vector256.Create(0.5f));
    }
}
