using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Where rays begin and end.
internal static unsafe partial class RaycastPackets512
{
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
