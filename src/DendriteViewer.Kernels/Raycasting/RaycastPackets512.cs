using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// A packet of neighbouring rays in the lanes of a vector. The build makes the 256- and 128-bit versions from this very file
/// (see the project file), so it says nothing that only one width can do: that is in <see cref="Lanes512"/> and its sisters.
/// A tile advances front to back in chunks: a <see cref="BlockWindow"/> is made ready around a chunk, then every packet is taken to
/// the chunk's end, every lane at its own pace. Same samples as <see cref="RayProgram"/>; fused multiply-adds change the last bits.
/// </summary>
internal static unsafe class RaycastPackets512
{
    // Voxels that a tile advances at a time: long enough to pay for the window, short enough that it stays in the cache.
    private const float Chunk = 16;

    private static readonly Vector512<float> s_columns = Lane(k => k % Lanes512.Columns);
    private static readonly Vector512<float> s_rows = Lane(k => k / Lanes512.Columns);

    public static bool IsSupported => Lanes512.IsSupported;

    /// <summary>Rays, how far they are, where they end, and what they gathered.</summary>
    internal struct Packet
    {
        public Vector512<float> Ox, Oy, Oz, Dx, Dy, Dz, Ix, Iy, Iz, T, End, A, B, C, D, E;
    }

    // In place of a voxel type: there are several volumes.
    private struct Several
    {
    }

    private struct Flat
    {
    }

    private struct Shaded
    {
    }

    private struct Lit
    {
    }

    private struct InTable
    {
    }

    private struct InRegisters
    {
    }

    /// <summary>Draws a tile; falls back to smaller ones, and at last to single rays, where its rays spread too far.</summary>
    public static void RenderTile(RayJob job, TileWorker worker, int u0, int v0, int size)
    {
        int u1 = Math.Min(u0 + size, job.Width), v1 = Math.Min(v0 + size, job.Height);
        if (u0 >= u1 || v0 >= v1)
        {
            return;
        }

        var drawn = job.Volume.Type switch
        {
            _ when job.Settings.IsLayered => Draw<Several>(job, worker, u0, v0, u1, v1),
            VoxelType.UInt8 or VoxelType.Int8 => Draw<Samples512.Bits8>(job, worker, u0, v0, u1, v1),
            VoxelType.UInt16 or VoxelType.Int16 => Draw<Samples512.Bits16>(job, worker, u0, v0, u1, v1),
            _ => Draw<Samples512.BitsFloat>(job, worker, u0, v0, u1, v1),
        };
        if (drawn)
        {
            return;
        }

        if (size > Lanes512.Columns)
        {
            var half = size / 2;
            RenderTile(job, worker, u0, v0, half);
            RenderTile(job, worker, u0 + half, v0, half);
            RenderTile(job, worker, u0, v0 + half, half);
            RenderTile(job, worker, u0 + half, v0 + half, half);
            return;
        }

        for (var v = v0; v < v1; v++)
        {
            for (var u = u0; u < u1; u++)
            {
                var (origin, direction) = job.Ray(u, v);
                job.Target.Span[v * job.Width + u] = job.Host.Trace(origin, direction, RayProgram.Noise(u, v));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Draw<TVoxel>(RayJob job, TileWorker worker, int u0, int v0, int u1, int v1) where TVoxel : struct
    {
        var s = job.Settings;
        var packets = (Packet*)worker.Packets;
        var count = 0;
        var first = float.PositiveInfinity;
        for (var v = v0; v < v1; v += Lanes512.Rows)
        {
            for (var u = u0; u < u1; u += Lanes512.Columns)
            {
                first = Math.Min(first, Begin(job, packets + count++, u, v));
            }
        }

        var target = job.Target.Span;
        if (float.IsPositiveInfinity(first))
        {
            for (var v = v0; v < v1; v++)
            {
                target[(v * job.Width + u0)..(v * job.Width + u1)].Fill(0xFF000000u | (uint)s.Background);
            }

            return true;
        }

        // Distances are counted from where the tile's first ray enters: far from the eye, a step would vanish in the last digit.
        Span<float> next = stackalloc float[count];
        for (var i = 0; i < count; i++)
        {
            next[i] = Rebase(job, packets + i, first, u0, v0, i, (u1 - u0 + Lanes512.Columns - 1) / Lanes512.Columns);
        }

        var marched = typeof(TVoxel) == typeof(Several)
            ? RaycastLayers512.March(job, worker, packets, next, first, u0, v0, u1, v1)
            : March<TVoxel>(job, worker, packets, next, first, u0, v0, u1, v1);
        if (!marched)
        {
            return false;
        }

        Span<uint> block = stackalloc uint[Vector512<float>.Count];
        count = 0;
        for (var v = v0; v < v1; v += Lanes512.Rows)
        {
            for (var u = u0; u < u1; u += Lanes512.Columns)
            {
                Colors(job, packets + count++).CopyTo(block);
                var columns = Math.Min(Lanes512.Columns, u1 - u);
                for (var row = 0; row < Lanes512.Rows && v + row < v1; row++)
                {
                    block.Slice(row * Lanes512.Columns, columns).CopyTo(target[((v + row) * job.Width + u)..]);
                }
            }
        }

        return true;
    }

    // Rays from the eye, clipped; returns where the first of them enters.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Begin(RayJob job, Packet* r, int u, int v)
    {
        var (s, g) = (job.Settings, job.Rays);
        var pu = (s_columns + Vector512.Create(u + 0.5f)) * job.Scale - Vector512.Create(0.5f);
        var pv = (s_rows + Vector512.Create(v + 0.5f)) * job.Scale - Vector512.Create(0.5f);
        r->Ox = Vector512.Create(g.Origin.X) + pu * g.OriginRight.X + pv * g.OriginDown.X;
        r->Oy = Vector512.Create(g.Origin.Y) + pu * g.OriginRight.Y + pv * g.OriginDown.Y;
        r->Oz = Vector512.Create(g.Origin.Z) + pu * g.OriginRight.Z + pv * g.OriginDown.Z;
        var dx = Vector512.Create(g.Direction.X) + pu * g.DirectionRight.X + pv * g.DirectionDown.X;
        var dy = Vector512.Create(g.Direction.Y) + pu * g.DirectionRight.Y + pv * g.DirectionDown.Y;
        var dz = Vector512.Create(g.Direction.Z) + pu * g.DirectionRight.Z + pv * g.DirectionDown.Z;
        var inverse = Vector512<float>.One / Vector512.Sqrt(dx * dx + dy * dy + dz * dz);
        (r->Dx, r->Dy, r->Dz) = (dx * inverse, dy * inverse, dz * inverse);
        (r->Ix, r->Iy, r->Iz) = (Inverse(r->Dx), Inverse(r->Dy), Inverse(r->Dz));
        var (low, high) = RayBox.Of(job.Volume, s);
        var start = Vector512<float>.Zero;
        var end = Vector512.Create(float.MaxValue);
        if (s.IsLayered)
        {
            RaycastLayers512.Extent(job, r, ref start, ref end);
            (low, high) = (s.BoxLow, s.BoxHigh);
        }

        Slab(r->Ox, r->Dx, r->Ix, low.X, high.X, ref start, ref end);
        Slab(r->Oy, r->Dy, r->Iy, low.Y, high.Y, ref start, ref end);
        Slab(r->Oz, r->Dz, r->Iz, low.Z, high.Z, ref start, ref end);
        for (var i = 0; i < s.Clip.Planes.Count; i++)
        {
            var (n, relief) = s.Clip.Planes[i];
            var along = r->Dx * n.X + r->Dy * n.Y + r->Dz * n.Z;
            var at = r->Ox * n.X + r->Oy * n.Y + r->Oz * n.Z + Vector512.Create(n.W);
            var level = Vector512.LessThan(Vector512.Abs(along), Vector512.Create(1e-12f));
            var meet = relief == 0 ? -at / along : Meet(r, s.Clip, n, relief, at, along);
            var enters = Vector512.GreaterThan(along, Vector512<float>.Zero);
            start = Vector512.ConditionalSelect(enters & ~level, Vector512.MaxNative(start, meet), start);
            end = Vector512.ConditionalSelect(~enters & ~level, Vector512.MinNative(end, meet), end);
            end = Vector512.ConditionalSelect(level & Vector512.LessThan(at, Vector512<float>.Zero), Vector512.Create(-1f), end);
        }

        if (s.SamplePlane is { } plane)
        {
            // Samples lie at whole steps from the plane; the first is the one behind the entry.
            var from = -(r->Ox * plane.X + r->Oy * plane.Y + r->Oz * plane.Z + Vector512.Create(plane.W)) / (r->Dx * plane.X + r->Dy * plane.Y + r->Dz * plane.Z);
            r->A = Vector512.Ceiling((start - from) / s.Step) * s.Step + from - start;
        }
        else
        {
            r->A = Vector512<float>.Zero;
        }

        (r->T, r->End) = (start, end);
        return Lanes512.Least(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(start, end), start, Vector512.Create(float.PositiveInfinity)));
    }

    // Where rays meet a surface near a plane, one by one: it is once a ray.
    private static Vector512<float> Meet(Packet* r, ClipShape clip, Vector4 plane, float relief, Vector512<float> at, Vector512<float> along)
    {
        var meet = -at / along;
        for (var k = 0; k < Vector512<float>.Count; k++)
        {
            meet = meet.WithElement(k, clip.Meet(new(r->Ox[k], r->Oy[k], r->Oz[k]), new(r->Dx[k], r->Dy[k], r->Dz[k]), at[k], along[k], relief));
        }

        return meet;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Rebase(RayJob job, Packet* r, float first, int u0, int v0, int i, int across)
    {
        var hit = Vector512.LessThanOrEqual(r->T, r->End);
        r->Ox += r->Dx * first;
        r->Oy += r->Dy * first;
        r->Oz += r->Dz * first;
        r->T = Vector512.ConditionalSelect(hit, r->T - Vector512.Create(first), Vector512<float>.One);
        r->End = Vector512.ConditionalSelect(hit, r->End - Vector512.Create(first), Vector512<float>.Zero);
        var entry = r->T;
        r->T += Vector512.ConditionalSelect(hit, r->A, Vector512<float>.Zero);
        if (job.Settings.Jitter)
        {
            Span<float> noise = stackalloc float[Vector512<float>.Count];
            for (var k = 0; k < noise.Length; k++)
            {
                int u = u0 + i % across * Lanes512.Columns + k % Lanes512.Columns, v = v0 + i / across * Lanes512.Rows + k / Lanes512.Columns;
                noise[k] = job.Settings.Step * ((RayProgram.Noise(u, v) & 0xFFFF) / 65536f);
            }

            r->T += Vector512.Create<float>(noise);
        }

        // What a lane gathers: colour, opacity and the value before; an extreme or a sum, and a count; a crossing and its light, where the ray entered, and the value before.
        var nothing = job.Settings.Mode switch
        {
            RayMode.Maximum => float.MinValue,
            RayMode.Minimum => float.MaxValue,
            RayMode.Isosurface => float.NaN,
            _ => 0,
        };
        (r->A, r->B, r->C) = (Vector512.Create(nothing), Vector512<float>.Zero, Vector512<float>.Zero);
        r->D = job.Settings.Mode == RayMode.Isosurface ? entry : Vector512<float>.Zero;
        r->E = Vector512.Create(float.NaN);
        return Lanes512.Least(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(r->T, r->End), r->T, Vector512.Create(float.PositiveInfinity)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool March<TVoxel>(RayJob job, TileWorker worker, Packet* packets, Span<float> next, float first, int u0, int v0, int u1, int v1)
        where TVoxel : struct
    {
        var (s, volume, window) = (job.Settings, job.Volume, worker.Window);
        var frustum = new RayFrustum(job, Matrix4x4.Identity, first, u0, v0, u1, v1);
        var looksBack = s.Mode == RayMode.Isosurface || s is { Mode: RayMode.Composite, Integrated: true };
        var occupancy = s.Mode switch
        {
            RayMode.Composite or RayMode.Isosurface => new OccupancyQuery(s.Empty, (byte)(looksBack ? 1 : 0)),
            _ => new OccupancyQuery(null, 0),
        };
        var curved = Lanes512.Curve.IsSupported && s.Transfer.Pieces is not null;
        var chunk = Math.Max(Chunk, 2 * s.Step);
        while (true)
        {
            var from = float.PositiveInfinity;
            foreach (var n in next)
            {
                from = Math.Min(from, n);
            }

            if (float.IsPositiveInfinity(from))
            {
                return true;
            }

            // An isosurface and an integral look one step back.
            var length = chunk;
            while (!window.Prepare(frustum.Part(from - (looksBack ? s.Step : 0), from + length), occupancy))
            {
                length /= 2;
                if (length < s.Step)
                {
                    return false;
                }
            }

            for (var i = 0; i < next.Length; i++)
            {
                if (next[i] <= from + length)
                {
                    next[i] = s.Mode switch
                    {
                        RayMode.Composite when s.Integrated => (s.Shaded, s.Light) switch
                        {
                            (true, not null) => Integrate<TVoxel, Lit>(job, worker, packets + i, from + length),
                            (true, null) => Integrate<TVoxel, Shaded>(job, worker, packets + i, from + length),
                            _ => Integrate<TVoxel, Flat>(job, worker, packets + i, from + length),
                        },
                        RayMode.Composite => (s.Shaded, curved) switch
                        {
                            (true, true) => Composite<TVoxel, Shaded, InRegisters>(job, worker, packets + i, from + length),
                            (true, false) => Composite<TVoxel, Shaded, InTable>(job, worker, packets + i, from + length),
                            (false, true) => Composite<TVoxel, Flat, InRegisters>(job, worker, packets + i, from + length),
                            _ => Composite<TVoxel, Flat, InTable>(job, worker, packets + i, from + length),
                        },
                        RayMode.Isosurface => Isosurface<TVoxel>(job, worker, packets + i, from + length),
                        _ => Project<TVoxel>(job, worker, packets + i, from + length),
                    };
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Composite<TVoxel, TLight, TTransfer>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var visible = worker.Window.Visible;
        var scratch = worker.Scratch;
        var everywhere = worker.Window.AllVisible;
        var addresses = Lanes512.Addresses.Made;
        var opaque = Vector512.Create(RaycastSettings.Opaque);
        var step = Vector512.Create(s.Step);
        var inverse = Vector512.Create(1 / s.Step);
        var scale = Vector512.Create(s.Transfer.Scale);
        var offset = Vector512.Create((BlockWindow.BiasOf(job.Volume.Type) - s.Transfer.Low) * s.Transfer.Scale);
        var last = Vector512.Create(TransferTable.Size - 1f);
        var end = Vector512.MinNative(r->End, Vector512.Create(until));
        var (t, red, green, blue, alpha) = (r->T, r->A, r->B, r->C, r->D);
        fixed (long* table = s.Transfer.Entries)
        fixed (byte* pieces = s.Transfer.Pieces?.Packed)
        {
            var curve = new Lanes512.Curve(pieces);

            // A lane goes on whether or not it is opaque by now: where the next sample lies must not wait for this one's opacity.
            var inside = Vector512.LessThanOrEqual(t, end);
            var active = inside & Vector512.LessThan(alpha, opaque);
            while (active.ExtractMostSignificantBits() != 0)
            {
                var px = Vector512.MultiplyAddEstimate(t, r->Dx, r->Ox);
                var py = Vector512.MultiplyAddEstimate(t, r->Dy, r->Oy);
                var pz = Vector512.MultiplyAddEstimate(t, r->Dz, r->Oz);
                var ix = Vector512.ConvertToInt32Native(px);
                var iy = Vector512.ConvertToInt32Native(py);
                var iz = Vector512.ConvertToInt32Native(pz);
                if (!everywhere)
                {
                    var hidden = active & ~Lanes512.Bits(visible, CellBit(ix, iy, iz)).AsSingle();
                    if (hidden.ExtractMostSignificantBits() != 0)
                    {
                        t += hidden & Leap(job, r, s.Empty, px, py, pz, ix, iy, iz, hidden, step, inverse);
                        inside = Vector512.LessThanOrEqual(t, end);
                        active = inside & Vector512.LessThan(alpha, opaque);
                        continue;
                    }
                }

                Samples512.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
                var fx = px - Vector512.ConvertToSingle(ix);
                var fy = py - Vector512.ConvertToSingle(iy);
                var fz = pz - Vector512.ConvertToSingle(iz);
                var value = Samples512.Interpolate(c, fx, fy, fz);
                var place = Vector512.MinNative(Vector512.MaxNative(Vector512.MultiplyAddEstimate(value, scale, offset), Vector512<float>.Zero), last);
                Vector512<float> a;
                Vector512<int> found, color = default;
                if (typeof(TTransfer) == typeof(InRegisters))
                {
                    found = curve.Piece(place);
                    a = curve.Alpha(found, place);
                }
                else
                {
                    Lanes512.Load8((byte*)table, Vector512.ConvertToInt32Native(place) << 3, scratch, out found, out color);
                    a = found.AsSingle();
                }

                a &= active;
                if (Vector512.GreaterThan(a, Vector512<float>.Zero).ExtractMostSignificantBits() != 0)
                {
                    var weight = (Vector512<float>.One - alpha) * a;
                    Vector512<float> cr, cg, cb;
                    if (typeof(TTransfer) == typeof(InRegisters))
                    {
                        curve.Color(found, place, out cr, out cg, out cb);
                    }
                    else
                    {
                        Unpack(color, out cr, out cg, out cb);
                    }

                    if (typeof(TLight) == typeof(Shaded))
                    {
                        Samples512.Gradient(c, fx, fy, fz, out var gx, out var gy, out var gz);
                        Shade(s, gx, gy, gz, out var diffuse, out var shine);
                        cr = Vector512.MultiplyAddEstimate(cr, diffuse, shine);
                        cg = Vector512.MultiplyAddEstimate(cg, diffuse, shine);
                        cb = Vector512.MultiplyAddEstimate(cb, diffuse, shine);
                    }

                    red = Vector512.MultiplyAddEstimate(weight, cr, red);
                    green = Vector512.MultiplyAddEstimate(weight, cg, green);
                    blue = Vector512.MultiplyAddEstimate(weight, cb, blue);
                    alpha += weight;
                }

                t += inside & step;
                inside = Vector512.LessThanOrEqual(t, end);
                active = inside & Vector512.LessThan(alpha, opaque);
            }
        }

        (r->T, r->A, r->B, r->C, r->D) = (t, red, green, blue, alpha);
        var alive = Vector512.LessThanOrEqual(t, r->End) & Vector512.LessThan(alpha, opaque);
        return Lanes512.Least(Vector512.ConditionalSelect(alive, t, Vector512.Create(float.PositiveInfinity)));
    }

    // As above, but a step shows what lies between its two samples; a lane keeps the value before, NaN after a leap.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Integrate<TVoxel, TLight>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var visible = worker.Window.Visible;
        var scratch = worker.Scratch;
        var addresses = Lanes512.Addresses.Made;
        var opaque = Vector512.Create(RaycastSettings.Opaque);
        var step = Vector512.Create(s.Step);
        var inverse = Vector512.Create(1 / s.Step);
        var scale = Vector512.Create(s.Transfer.Scale);
        var offset = Vector512.Create((BlockWindow.BiasOf(job.Volume.Type) - s.Transfer.Low) * s.Transfer.Scale);
        var last = Vector512.Create(TransferTable.Size - 1f);
        var end = Vector512.MinNative(r->End, Vector512.Create(until));
        var nan = Vector512.Create(float.NaN);
        var (low, high) = RayBox.Of(job.Volume);
        var (t, red, green, blue, alpha, before) = (r->T, r->A, r->B, r->C, r->D, r->E);
        fixed (int* sums = s.Transfer.Sums)
        {
            var active = Vector512.LessThanOrEqual(t, end) & Vector512.LessThan(alpha, opaque);
            while (active.ExtractMostSignificantBits() != 0)
            {
                var px = Vector512.MultiplyAddEstimate(t, r->Dx, r->Ox);
                var py = Vector512.MultiplyAddEstimate(t, r->Dy, r->Oy);
                var pz = Vector512.MultiplyAddEstimate(t, r->Dz, r->Oz);
                var ix = Vector512.ConvertToInt32Native(px);
                var iy = Vector512.ConvertToInt32Native(py);
                var iz = Vector512.ConvertToInt32Native(pz);
                var hidden = active & ~Lanes512.Bits(visible, CellBit(ix, iy, iz)).AsSingle();
                var leaping = hidden & ~Vector512.Equals(before, before);
                if (leaping.ExtractMostSignificantBits() != 0)
                {
                    t += leaping & Leap(job, r, s.Empty, px, py, pz, ix, iy, iz, leaping, step, inverse);
                    active = Vector512.LessThanOrEqual(t, end) & Vector512.LessThan(alpha, opaque);
                    continue;
                }

                Samples512.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
                var fx = px - Vector512.ConvertToSingle(ix);
                var fy = py - Vector512.ConvertToSingle(iy);
                var fz = pz - Vector512.ConvertToSingle(iz);
                var value = Samples512.Interpolate(c, fx, fy, fz);
                var fresh = active & ~Vector512.Equals(before, before);
                if (fresh.ExtractMostSignificantBits() != 0)
                {
                    // One step back, at most to the volume's end.
                    var bx = Vector512.MinNative(Vector512.MaxNative(px - step * r->Dx, Vector512.Create(low.X)), Vector512.Create(high.X));
                    var by = Vector512.MinNative(Vector512.MaxNative(py - step * r->Dy, Vector512.Create(low.Y)), Vector512.Create(high.Y));
                    var bz = Vector512.MinNative(Vector512.MaxNative(pz - step * r->Dz, Vector512.Create(low.Z)), Vector512.Create(high.Z));
                    Vector512<int> kx = Vector512.ConvertToInt32Native(bx), ky = Vector512.ConvertToInt32Native(by), kz = Vector512.ConvertToInt32Native(bz);
                    Samples512.Corners<TVoxel>(data, addresses.Of(kz, ky, kx), scratch, out var back);
                    var earlier = Samples512.Interpolate(back, bx - Vector512.ConvertToSingle(kx), by - Vector512.ConvertToSingle(ky), bz - Vector512.ConvertToSingle(kz));
                    before = Vector512.ConditionalSelect(fresh, earlier, before);
                }

                // Sums at both ends of what lies between the two values.
                var here = Vector512.ConvertToInt32Native(Vector512.MinNative(Vector512.MaxNative(Vector512.MultiplyAddEstimate(value, scale, offset), Vector512<float>.Zero), last));
                var there = Vector512.ConvertToInt32Native(Vector512.MinNative(Vector512.MaxNative(Vector512.MultiplyAddEstimate(before, scale, offset), Vector512<float>.Zero), last));
                var first = Vector512.Min(here, there);
                var behind = Vector512.Max(here, there) + Vector512<int>.One;
                Lanes512.Load16((byte*)sums, first << 4, scratch, out var a0, out var r0, out var g0, out var b0);
                Lanes512.Load16((byte*)sums, behind << 4, scratch, out var a1, out var r1, out var g1, out var b1);
                var extinction = Vector512.ConvertToSingle(a1 - a0);
                var a = active & (Vector512<float>.One - Vector512.Exp(extinction / Vector512.ConvertToSingle(behind - first) * (-1 / TransferTable.ExtinctionUnit)));
                if (Vector512.GreaterThan(a, Vector512<float>.Zero).ExtractMostSignificantBits() != 0)
                {
                    var open = (Vector512<float>.One - alpha) & active;
                    var part = a / Vector512.MaxNative(extinction, Vector512<float>.One) * (TransferTable.ExtinctionUnit / TransferTable.ColorUnit);
                    Vector512<float> cr = Vector512.ConvertToSingle(r1 - r0) * part, cg = Vector512.ConvertToSingle(g1 - g0) * part, cb = Vector512.ConvertToSingle(b1 - b0) * part;
                    if (typeof(TLight) != typeof(Flat))
                    {
                        Vector512<float> gx, gy, gz;
                        if (s.Smooth)
                        {
                            Smooth<TVoxel>(data, addresses, scratch, px, py, pz, low, high, out gx, out gy, out gz);
                        }
                        else
                        {
                            Samples512.Gradient(c, fx, fy, fz, out gx, out gy, out gz);
                        }

                        Vector512<float> ambient = Vector512<float>.One, shadow = ambient;
                        if (typeof(TLight) == typeof(Lit))
                        {
                            Light(s.Light!, s.GradientFloor, r, px, py, pz, gx, gy, gz, scratch, out ambient, out shadow);
                        }

                        Shade(s, gx, gy, gz, ambient, shadow, out var diffuse, out var shine);
                        shine *= a;
                        cr = Vector512.MultiplyAddEstimate(cr, diffuse, shine);
                        cg = Vector512.MultiplyAddEstimate(cg, diffuse, shine);
                        cb = Vector512.MultiplyAddEstimate(cb, diffuse, shine);
                    }

                    red = Vector512.MultiplyAddEstimate(open, cr, red);
                    green = Vector512.MultiplyAddEstimate(open, cg, green);
                    blue = Vector512.MultiplyAddEstimate(open, cb, blue);
                    alpha = Vector512.MultiplyAddEstimate(open, a, alpha);
                }

                before = Vector512.ConditionalSelect(active, Vector512.ConditionalSelect(hidden, nan, value), before);
                t += active & step;
                active = Vector512.LessThanOrEqual(t, end) & Vector512.LessThan(alpha, opaque);
            }
        }

        (r->T, r->A, r->B, r->C, r->D, r->E) = (t, red, green, blue, alpha, before);
        var alive = Vector512.LessThanOrEqual(t, r->End) & Vector512.LessThan(alpha, opaque);
        return Lanes512.Least(Vector512.ConditionalSelect(alive, t, Vector512.Create(float.PositiveInfinity)));
    }

    // Largest, smallest or mean value: a lane gathers (largest or smallest or sum, samples).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Project<TVoxel>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var scratch = worker.Scratch;
        var addresses = Lanes512.Addresses.Made;
        var step = Vector512.Create(s.Step);
        var bias = Vector512.Create(BlockWindow.BiasOf(job.Volume.Type));
        var end = Vector512.MinNative(r->End, Vector512.Create(until));
        var (t, sum, count) = (r->T, r->A, r->B);
        var active = Vector512.LessThanOrEqual(t, end);
        while (active.ExtractMostSignificantBits() != 0)
        {
            var px = Vector512.MultiplyAddEstimate(t, r->Dx, r->Ox);
            var py = Vector512.MultiplyAddEstimate(t, r->Dy, r->Oy);
            var pz = Vector512.MultiplyAddEstimate(t, r->Dz, r->Oz);
            var ix = Vector512.ConvertToInt32Native(px);
            var iy = Vector512.ConvertToInt32Native(py);
            var iz = Vector512.ConvertToInt32Native(pz);
            Samples512.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
            var value = bias + Samples512.Interpolate(c, px - Vector512.ConvertToSingle(ix), py - Vector512.ConvertToSingle(iy), pz - Vector512.ConvertToSingle(iz));
            var joined = s.Mode switch { RayMode.Maximum => Vector512.MaxNative(sum, value), RayMode.Minimum => Vector512.MinNative(sum, value), _ => sum + value };
            sum = Vector512.ConditionalSelect(active, joined, sum);
            count += active & Vector512<float>.One;
            t += active & step;
            active = Vector512.LessThanOrEqual(t, end);
        }

        (r->T, r->A, r->B) = (t, sum, count);
        return Lanes512.Least(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(t, r->End), t, Vector512.Create(float.PositiveInfinity)));
    }

    // The first crossing of the iso value. It is shaded when it is found, since its voxels are at hand then: a lane gathers
    // (crossing or NaN, diffuse light, highlight), and knows where its ray entered.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Isosurface<TVoxel>(RayJob job, TileWorker worker, Packet* r, float until) where TVoxel : struct
    {
        var s = job.Settings;
        var data = worker.Window.Data;
        var visible = worker.Window.Visible;
        var scratch = worker.Scratch;
        var addresses = Lanes512.Addresses.Made;
        var step = Vector512.Create(s.Step);
        var inverse = Vector512.Create(1 / s.Step);
        var iso = Vector512.Create(s.IsoValue - BlockWindow.BiasOf(job.Volume.Type));
        var end = Vector512.MinNative(r->End, Vector512.Create(until));
        var nan = Vector512.Create(float.NaN);
        var (t, hitAt, before) = (r->T, r->A, r->E);
        var active = Vector512.LessThanOrEqual(t, end) & ~Vector512.Equals(hitAt, hitAt);
        while (active.ExtractMostSignificantBits() != 0)
        {
            var px = Vector512.MultiplyAddEstimate(t, r->Dx, r->Ox);
            var py = Vector512.MultiplyAddEstimate(t, r->Dy, r->Oy);
            var pz = Vector512.MultiplyAddEstimate(t, r->Dz, r->Oz);
            var ix = Vector512.ConvertToInt32Native(px);
            var iy = Vector512.ConvertToInt32Native(py);
            var iz = Vector512.ConvertToInt32Native(pz);
            var hidden = active & ~Lanes512.Bits(visible, CellBit(ix, iy, iz)).AsSingle();
            var leaping = hidden & ~Vector512.Equals(before, before);
            if (leaping.ExtractMostSignificantBits() != 0)
            {
                t += leaping & Leap(job, r, s.Empty, px, py, pz, ix, iy, iz, leaping, step, inverse);
                active = Vector512.LessThanOrEqual(t, end) & ~Vector512.Equals(hitAt, hitAt);
                continue;
            }

            var value = Field<TVoxel>(data, addresses, scratch, r, t) - iso;
            var fresh = active & ~Vector512.Equals(before, before);
            if (fresh.ExtractMostSignificantBits() != 0)
            {
                var back = t - step;
                var earlier = Field<TVoxel>(data, addresses, scratch, r, back) - iso;

                // A ray's very first sample has none before it.
                var entered = Vector512.GreaterThanOrEqual(back, r->D);
                before = Vector512.ConditionalSelect(fresh, Vector512.ConditionalSelect(entered, earlier, value), before);
            }

            var crossed = active & (Vector512.LessThan(before, Vector512<float>.Zero) ^ Vector512.LessThan(value, Vector512<float>.Zero));
            if (crossed.ExtractMostSignificantBits() != 0)
            {
                var (near, far, low, high) = (t - step, t, before, value);
                for (var i = 0; i < RayProgram.Refinements; i++)
                {
                    var middle = near + (far - near) * (low / (low - high));
                    middle = Vector512.ConditionalSelect(crossed, middle, t);
                    var at = Field<TVoxel>(data, addresses, scratch, r, middle) - iso;
                    var same = ~(Vector512.LessThan(at, Vector512<float>.Zero) ^ Vector512.LessThan(low, Vector512<float>.Zero));
                    near = Vector512.ConditionalSelect(same, middle, near);
                    low = Vector512.ConditionalSelect(same, at, low);
                    far = Vector512.ConditionalSelect(same, far, middle);
                    high = Vector512.ConditionalSelect(same, high, at);
                }

                var hit = near + (far - near) * (low / (low - high));
                hitAt = Vector512.ConditionalSelect(crossed, hit, hitAt);
                hit = Vector512.ConditionalSelect(crossed, hit, t);
                var hx = Vector512.MultiplyAddEstimate(hit, r->Dx, r->Ox);
                var hy = Vector512.MultiplyAddEstimate(hit, r->Dy, r->Oy);
                var hz = Vector512.MultiplyAddEstimate(hit, r->Dz, r->Oz);
                Vector512<int> kx = Vector512.ConvertToInt32Native(hx), ky = Vector512.ConvertToInt32Native(hy), kz = Vector512.ConvertToInt32Native(hz);
                Vector512<float> gx, gy, gz;
                if (s.Smooth)
                {
                    var (boxLow, boxHigh) = RayBox.Of(job.Volume);
                    Smooth<TVoxel>(data, addresses, scratch, hx, hy, hz, boxLow, boxHigh, out gx, out gy, out gz);
                }
                else
                {
                    Samples512.Corners<TVoxel>(data, addresses.Of(kz, ky, kx), scratch, out var c);
                    Samples512.Gradient(c, hx - Vector512.ConvertToSingle(kx), hy - Vector512.ConvertToSingle(ky), hz - Vector512.ConvertToSingle(kz), out gx, out gy, out gz);
                }

                Vector512<float> ambient = Vector512<float>.One, shadow = ambient;
                if (s.Light is not null)
                {
                    Light(s.Light, s.GradientFloor, r, hx, hy, hz, gx, gy, gz, scratch, out ambient, out shadow);
                }

                Shade(s, gx, gy, gz, ambient, shadow, out var diffuse, out var shine);
                r->B = Vector512.ConditionalSelect(crossed, diffuse, r->B);
                r->C = Vector512.ConditionalSelect(crossed, shine, r->C);
            }

            before = Vector512.ConditionalSelect(active, Vector512.ConditionalSelect(hidden, nan, value), before);
            t += active & step;
            active = Vector512.LessThanOrEqual(t, end) & ~Vector512.Equals(hitAt, hitAt);
        }

        (r->T, r->A, r->E) = (t, hitAt, before);
        var alive = Vector512.LessThanOrEqual(t, r->End) & ~Vector512.Equals(hitAt, hitAt);
        return Lanes512.Least(Vector512.ConditionalSelect(alive, t, Vector512.Create(float.PositiveInfinity)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<uint> Colors(RayJob job, Packet* r)
    {
        var s = job.Settings;
        Vector512<float> red, green, blue, alpha;
        switch (s.Mode)
        {
            case RayMode.Composite:
                (red, green, blue, alpha) = (r->A, r->B, r->C, r->D);
                break;
            case RayMode.Isosurface:
                alpha = Vector512<float>.One & Vector512.Equals(r->A, r->A);
                var color = PackedColor.Unpack(s.Transfer.Color(s.IsoValue));
                red = alpha * Vector512.MultiplyAddEstimate(Vector512.Create(color.X), r->B, r->C);
                green = alpha * Vector512.MultiplyAddEstimate(Vector512.Create(color.Y), r->B, r->C);
                blue = alpha * Vector512.MultiplyAddEstimate(Vector512.Create(color.Z), r->B, r->C);
                break;
            default:
                alpha = Vector512<float>.One & Vector512.GreaterThan(r->B, Vector512<float>.Zero);
                var value = s.Mode == RayMode.Mean ? r->A / Vector512.MaxNative(r->B, Vector512<float>.One) : r->A;
                var packed = Vector512<int>.Zero;
                for (var k = 0; k < Vector512<int>.Count; k++)
                {
                    packed = packed.WithElement(k, s.Transfer.Color(value[k]));
                }

                Unpack(packed, out red, out green, out blue);
                (red, green, blue) = (red * alpha, green * alpha, blue * alpha);
                break;
        }

        var back = PackedColor.Unpack(s.Background);
        var through = Vector512<float>.One - alpha;
        return (Channel(red, back.X) | (Channel(green, back.Y) << 8) | (Channel(blue, back.Z) << 16) | Vector512.Create(unchecked((int)0xFF000000))).AsUInt32();

        Vector512<int> Channel(Vector512<float> c, float behind) => Vector512.ConvertToInt32Native(
            Vector512.MinNative(Vector512.MultiplyAddEstimate(through, Vector512.Create(behind), c), Vector512.Create(255f)) + Vector512.Create(0.5f));
    }

    // The gradient by central differences, one voxel to either side as far as the volume reaches.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Smooth<TVoxel>(
        byte* data, in Lanes512.Addresses addresses, int* scratch, Vector512<float> px, Vector512<float> py, Vector512<float> pz, Vector3 low, Vector3 high,
        out Vector512<float> gx, out Vector512<float> gy, out Vector512<float> gz) where TVoxel : struct
    {
        var least = Vector512.Create(RayProgram.LeastBase);
        Vector512<float> before = Vector512.MaxNative(px - Vector512<float>.One, Vector512.Create(low.X)), after = Vector512.MinNative(px + Vector512<float>.One, Vector512.Create(high.X));
        gx = (At<TVoxel>(data, addresses, scratch, after, py, pz) - At<TVoxel>(data, addresses, scratch, before, py, pz)) / Vector512.MaxNative(after - before, least);
        before = Vector512.MaxNative(py - Vector512<float>.One, Vector512.Create(low.Y));
        after = Vector512.MinNative(py + Vector512<float>.One, Vector512.Create(high.Y));
        gy = (At<TVoxel>(data, addresses, scratch, px, after, pz) - At<TVoxel>(data, addresses, scratch, px, before, pz)) / Vector512.MaxNative(after - before, least);
        before = Vector512.MaxNative(pz - Vector512<float>.One, Vector512.Create(low.Z));
        after = Vector512.MinNative(pz + Vector512<float>.One, Vector512.Create(high.Z));
        gz = (At<TVoxel>(data, addresses, scratch, px, py, after) - At<TVoxel>(data, addresses, scratch, px, py, before)) / Vector512.MaxNative(after - before, least);
    }

    // The interpolated value (less the bias) at a place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> At<TVoxel>(byte* data, in Lanes512.Addresses addresses, int* scratch, Vector512<float> px, Vector512<float> py, Vector512<float> pz)
        where TVoxel : struct
    {
        var ix = Vector512.ConvertToInt32Native(px);
        var iy = Vector512.ConvertToInt32Native(py);
        var iz = Vector512.ConvertToInt32Native(pz);
        Samples512.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
        return Samples512.Interpolate(c, px - Vector512.ConvertToSingle(ix), py - Vector512.ConvertToSingle(iy), pz - Vector512.ConvertToSingle(iz));
    }

    // The interpolated value (less the bias) at a distance along every ray.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Field<TVoxel>(byte* data, in Lanes512.Addresses addresses, int* scratch, Packet* r, Vector512<float> t) where TVoxel : struct =>
        At<TVoxel>(
            data, addresses, scratch, Vector512.MultiplyAddEstimate(t, r->Dx, r->Ox), Vector512.MultiplyAddEstimate(t, r->Dy, r->Oy), Vector512.MultiplyAddEstimate(t, r->Dz, r->Oz));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> CellBit(Vector512<int> ix, Vector512<int> iy, Vector512<int> iz)
    {
        var seven = Vector512.Create(7 << CellRanges.CellShift);
        return ((iz & seven) << 3) | (iy & seven) | ((ix & seven) >>> 3);
    }

    // How far each hidden lane goes on: out of the cube of empty cells, or of empty bricks, around it, by whole steps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Leap(
        RayJob job, Packet* r, EmptySpace empty, Vector512<float> px, Vector512<float> py, Vector512<float> pz,
        Vector512<int> ix, Vector512<int> iy, Vector512<int> iz, Vector512<float> hidden, Vector512<float> step, Vector512<float> inverse)
    {
        var grid = job.Volume.Grid;
        Vector512<int> bx = ix >> grid.ShiftX, by = iy >> grid.ShiftY, bz = iz >> grid.ShiftZ;
        Vector512<int> cx = ix >> CellRanges.CellShift, cy = iy >> CellRanges.CellShift, cz = iz >> CellRanges.CellShift;

        // Rounding may put a first sample a hair outside.
        var brick = ((bz * grid.CountY + by) * grid.CountX + bx) & hidden.AsInt32();
        brick = Vector512.Min(Vector512.Max(brick, Vector512<int>.Zero), Vector512.Create(grid.CountZ * grid.CountY * grid.CountX - 1));
        Vector512<int> map, distance;
        fixed (int* ofBrick = empty.OfBrick)
        {
            map = Lanes512.Words(ofBrick, brick);
        }

        var whole = Vector512.LessThan(map, Vector512<int>.Zero);
        var cell = ((cz & Vector512.Create((1 << (grid.ShiftZ - CellRanges.CellShift)) - 1)) << 6)
            | ((cy & Vector512.Create((1 << (grid.ShiftY - CellRanges.CellShift)) - 1)) << 3)
            | (cx & Vector512.Create((1 << (grid.ShiftX - CellRanges.CellShift)) - 1));
        fixed (byte* maps = empty.Maps)
        {
            distance = Lanes512.Bytes(maps, ~whole & hidden.AsInt32() & (map + cell));
        }

        distance = Vector512.ConditionalSelect(whole, -map, distance);
        var exit = Vector512.MinNative(
            Wall(cx, bx, grid.ShiftX, whole, px, r->Ix, distance),
            Vector512.MinNative(Wall(cy, by, grid.ShiftY, whole, py, r->Iy, distance), Wall(cz, bz, grid.ShiftZ, whole, pz, r->Iz, distance)));
        return step * Vector512.MaxNative(Vector512<float>.One, Vector512.Ceiling(exit * inverse));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Wall(
        Vector512<int> cell, Vector512<int> brick, int shift, Vector512<int> whole, Vector512<float> p, Vector512<float> inverse, Vector512<int> distance)
    {
        var ahead = Vector512.GreaterThan(inverse, Vector512<float>.Zero).AsInt32();
        var at = Vector512.ConditionalSelect(whole, brick, cell);
        var wall = Vector512.ConditionalSelect(ahead, at + distance, at - distance + Vector512<int>.One);
        wall = Vector512.ConditionalSelect(whole, wall << shift, wall << CellRanges.CellShift);
        return (Vector512.ConvertToSingle(wall) - p) * inverse;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Shade(
        RaycastSettings s, Vector512<float> gx, Vector512<float> gy, Vector512<float> gz, out Vector512<float> diffuse, out Vector512<float> shine) =>
        Shade(s, gx, gy, gz, Vector512<float>.One, Vector512<float>.One, out diffuse, out shine);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Shade(
        RaycastSettings s, Vector512<float> gx, Vector512<float> gy, Vector512<float> gz, Vector512<float> ambient, Vector512<float> shadow,
        out Vector512<float> diffuse, out Vector512<float> shine) =>
        Shade(s.GradientScale, s.GradientFloor, s.HeadLight, s.KeyLight, gx, gy, gz, ambient, shadow, out diffuse, out shine);

    // What light reaches every lane's sample, looked up a little towards the eye and out of the surface on the eye's side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Light(
        LightField field, float floor, Packet* r, Vector512<float> px, Vector512<float> py, Vector512<float> pz, Vector512<float> gx, Vector512<float> gy, Vector512<float> gz,
        int* scratch, out Vector512<float> ambient, out Vector512<float> shadow)
    {
        var (scale, offset) = (field.Scale, field.Offset);
        Vector512<float> dx = r->Dx * scale.X, dy = r->Dy * scale.Y, dz = r->Dz * scale.Z;
        var back = Vector512.Create(LightField.Towards) / Vector512.Sqrt(dx * dx + dy * dy + dz * dz);
        var behind = Vector512.GreaterThan(gx * r->Dx + gy * r->Dy + gz * r->Dz, Vector512<float>.Zero);
        var outwards = Vector512.ConditionalSelect(behind, Vector512.Create(-LightField.Towards), Vector512.Create(LightField.Towards))
            / Vector512.Sqrt(gx * gx + gy * gy + gz * gz + Vector512.Create(floor));
        var x = Within(px * scale.X + Vector512.Create(offset.X) - dx * back + gx * outwards, field.X);
        var y = Within(py * scale.Y + Vector512.Create(offset.Y) - dy * back + gy * outwards, field.Y);
        var z = Within(pz * scale.Z + Vector512.Create(offset.Z) - dz * back + gz * outwards, field.Z);
        Vector512<int> ix = Vector512.ConvertToInt32Native(x), iy = Vector512.ConvertToInt32Native(y), iz = Vector512.ConvertToInt32Native(z);
        fixed (byte* entries = field.Entries)
        {
            var at = (iz * field.Y + iy) * (field.X + 1) + ix;
            Lanes512.Load16(entries, at << 3, scratch, out var here, out var hereShadow, out var next, out var nextShadow);
            Vector512<float> fx = x - Vector512.ConvertToSingle(ix), fy = y - Vector512.ConvertToSingle(iy), fz = z - Vector512.ConvertToSingle(iz);
            ambient = Samples512.Interpolate(Samples512.Unpacked(here, next), fx, fy, fz) * (1 / 255f);
            shadow = Samples512.Interpolate(Samples512.Unpacked(hereShadow, nextShadow), fx, fy, fz) * (1 / 255f);
        }

        static Vector512<float> Within(Vector512<float> v, int count) => Vector512.MinNative(Vector512.MaxNative(v, Vector512<float>.Zero), Vector512.Create(count - 1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Shade(
        Vector3 scale, float floor, Vector3 headLight, Vector3 keyLight, Vector512<float> gx, Vector512<float> gy, Vector512<float> gz, Vector512<float> ambient, Vector512<float> shadow,
        out Vector512<float> diffuse, out Vector512<float> shine)
    {
        gx *= scale.X;
        gy *= scale.Y;
        gz *= scale.Z;
        var length = Vector512.MultiplyAddEstimate(gx, gx, Vector512.MultiplyAddEstimate(gy, gy, Vector512.MultiplyAddEstimate(gz, gz, Vector512.Create(floor))));
        var inverse = Vector512<float>.One / Vector512.Sqrt(length);

        // A lane that is not sampled may read anything, which must not become a NaN that its colour keeps: the smaller of NaN and 1 is 1.
        var head = Vector512.MinNative(Vector512.Abs(gx * headLight.X + gy * headLight.Y + gz * headLight.Z) * inverse, Vector512<float>.One);
        var key = Vector512.MinNative(Vector512.Abs(gx * keyLight.X + gy * keyLight.Y + gz * keyLight.Z) * inverse, Vector512<float>.One);
        var lit = (Vector512.Create(1 - RaycastSettings.ShadowedHead) + shadow * RaycastSettings.ShadowedHead) * RaycastSettings.HeadDiffuse;
        diffuse = ambient * (Vector512.Create(RaycastSettings.Ambient) + head * lit) + shadow * key * RaycastSettings.KeyDiffuse;
        shine = head * head;
        shine *= shine;
        shine *= shine;
        shine *= shine * ambient * (RaycastSettings.Specular * 255);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Unpack(Vector512<int> packed, out Vector512<float> r, out Vector512<float> g, out Vector512<float> b)
    {
        var mask = Vector512.Create(0xFF);
        r = Vector512.ConvertToSingle(packed & mask);
        g = Vector512.ConvertToSingle((packed >>> 8) & mask);
        b = Vector512.ConvertToSingle((packed >>> 16) & mask);
    }

    internal static void Slab(
        Vector512<float> o, Vector512<float> d, Vector512<float> inverse, float low, float high, ref Vector512<float> start, ref Vector512<float> end)
    {
        var parallel = Vector512.LessThan(Vector512.Abs(d), Vector512.Create(1e-12f));
        var a = (Vector512.Create(low) - o) * inverse;
        var b = (Vector512.Create(high) - o) * inverse;
        var outside = parallel & (Vector512.LessThan(o, Vector512.Create(low)) | Vector512.GreaterThan(o, Vector512.Create(high)));
        start = Vector512.ConditionalSelect(parallel, start, Vector512.MaxNative(start, Vector512.MinNative(a, b)));
        end = Vector512.ConditionalSelect(outside, Vector512.Create(-1f), Vector512.ConditionalSelect(parallel, end, Vector512.MinNative(end, Vector512.MaxNative(a, b))));
    }

    internal static Vector512<float> Inverse(Vector512<float> d) => Vector512.ConditionalSelect(
        Vector512.LessThan(Vector512.Abs(d), Vector512.Create(1e-12f)), Vector512.Create(1e30f), Vector512<float>.One / d);

    private static Vector512<float> Lane(Func<int, int> of)
    {
        var v = Vector512<float>.Zero;
        for (var k = 0; k < Vector512<float>.Count; k++)
        {
            v = v.WithElement(k, of(k));
        }

        return v;
    }
}
