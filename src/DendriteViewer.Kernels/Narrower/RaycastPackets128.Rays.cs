// Made from RaycastPackets512.Rays.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Where rays begin and end.
internal static unsafe partial class RaycastPackets128
{
    // Rays from the eye, clipped; returns where the first of them enters.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Begin(RayJob job, Packet* r, int u, int v)
    {
        var (s, g) = (job.Settings, job.Rays);
        var pu = (s_columns + Vector128.Create(u + 0.5f)) * job.Scale - Vector128.Create(0.5f);
        var pv = (s_rows + Vector128.Create(v + 0.5f)) * job.Scale - Vector128.Create(0.5f);
        r->Ox = Vector128.Create(g.Origin.X) + pu * g.OriginRight.X + pv * g.OriginDown.X;
        r->Oy = Vector128.Create(g.Origin.Y) + pu * g.OriginRight.Y + pv * g.OriginDown.Y;
        r->Oz = Vector128.Create(g.Origin.Z) + pu * g.OriginRight.Z + pv * g.OriginDown.Z;
        var dx = Vector128.Create(g.Direction.X) + pu * g.DirectionRight.X + pv * g.DirectionDown.X;
        var dy = Vector128.Create(g.Direction.Y) + pu * g.DirectionRight.Y + pv * g.DirectionDown.Y;
        var dz = Vector128.Create(g.Direction.Z) + pu * g.DirectionRight.Z + pv * g.DirectionDown.Z;
        var inverse = Vector128<float>.One / Vector128.Sqrt(dx * dx + dy * dy + dz * dz);
        (r->Dx, r->Dy, r->Dz) = (dx * inverse, dy * inverse, dz * inverse);
        (r->Ix, r->Iy, r->Iz) = (Inverse(r->Dx), Inverse(r->Dy), Inverse(r->Dz));
        var (low, high) = RayBox.Of(job.Volume, s);
        var start = Vector128<float>.Zero;
        var end = Vector128.Create(float.MaxValue);
        if (s.IsLayered)
        {
            RaycastLayers128.Extent(job, r, ref start, ref end);
            (low, high) = (s.BoxLow, s.BoxHigh);
        }

        Slab(r->Ox, r->Dx, r->Ix, low.X, high.X, ref start, ref end);
        Slab(r->Oy, r->Dy, r->Iy, low.Y, high.Y, ref start, ref end);
        Slab(r->Oz, r->Dz, r->Iz, low.Z, high.Z, ref start, ref end);
        for (var i = 0; i < s.Clip.Planes.Count; i++)
        {
            var (n, relief) = s.Clip.Planes[i];
            var along = r->Dx * n.X + r->Dy * n.Y + r->Dz * n.Z;
            var at = r->Ox * n.X + r->Oy * n.Y + r->Oz * n.Z + Vector128.Create(n.W);
            var level = Vector128.LessThan(Vector128.Abs(along), Vector128.Create(1e-12f));
            var meet = relief == 0 ? -at / along : Meet(r, s.Clip, n, relief, at, along);
            var enters = Vector128.GreaterThan(along, Vector128<float>.Zero);
            start = Vector128.ConditionalSelect(enters & ~level, Vector128.MaxNative(start, meet), start);
            end = Vector128.ConditionalSelect(~enters & ~level, Vector128.MinNative(end, meet), end);
            end = Vector128.ConditionalSelect(level & Vector128.LessThan(at, Vector128<float>.Zero), Vector128.Create(-1f), end);
        }

        if (s.SamplePlane is { } plane)
        {
            // Samples lie at whole steps from the plane; the first is the one behind the entry.
            var from = -(r->Ox * plane.X + r->Oy * plane.Y + r->Oz * plane.Z + Vector128.Create(plane.W)) / (r->Dx * plane.X + r->Dy * plane.Y + r->Dz * plane.Z);
            r->A = Vector128.Ceiling((start - from) / s.Step) * s.Step + from - start;
        }
        else
        {
            r->A = Vector128<float>.Zero;
        }

        (r->T, r->End) = (start, end);
        return Lanes128.Least(Vector128.ConditionalSelect(Vector128.LessThanOrEqual(start, end), start, Vector128.Create(float.PositiveInfinity)));
    }

    // Where rays meet a surface near a plane, one by one: it is once a ray.
    private static Vector128<float> Meet(Packet* r, ClipShape clip, Vector4 plane, float relief, Vector128<float> at, Vector128<float> along)
    {
        var meet = -at / along;
        for (var k = 0; k < Vector128<float>.Count; k++)
        {
            meet = meet.WithElement(k, clip.Meet(new(r->Ox[k], r->Oy[k], r->Oz[k]), new(r->Dx[k], r->Dy[k], r->Dz[k]), at[k], along[k], relief));
        }

        return meet;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Rebase(RayJob job, Packet* r, float first, int u0, int v0, int i, int across)
    {
        var hit = Vector128.LessThanOrEqual(r->T, r->End);
        r->Ox += r->Dx * first;
        r->Oy += r->Dy * first;
        r->Oz += r->Dz * first;
        r->T = Vector128.ConditionalSelect(hit, r->T - Vector128.Create(first), Vector128<float>.One);
        r->End = Vector128.ConditionalSelect(hit, r->End - Vector128.Create(first), Vector128<float>.Zero);
        var entry = r->T;
        r->T += Vector128.ConditionalSelect(hit, r->A, Vector128<float>.Zero);
        if (job.Settings.Jitter)
        {
            Span<float> noise = stackalloc float[Vector128<float>.Count];
            for (var k = 0; k < noise.Length; k++)
            {
                int u = u0 + i % across * Lanes128.Columns + k % Lanes128.Columns, v = v0 + i / across * Lanes128.Rows + k / Lanes128.Columns;
                noise[k] = job.Settings.Step * ((RayProgram.Noise(u, v) & 0xFFFF) / 65536f);
            }

            r->T += Vector128.Create<float>(noise);
        }

        // What a lane gathers: colour, opacity and the value before; an extreme or a sum, and a count; a crossing and its light, where the ray entered, and the value before.
        var nothing = job.Settings.Mode switch
        {
            RayMode.Maximum => float.MinValue,
            RayMode.Minimum => float.MaxValue,
            RayMode.Isosurface => float.NaN,
            _ => 0,
        };
        (r->A, r->B, r->C) = (Vector128.Create(nothing), Vector128<float>.Zero, Vector128<float>.Zero);
        r->D = job.Settings.Mode == RayMode.Isosurface ? entry : Vector128<float>.Zero;
        r->E = Vector128.Create(float.NaN);
        return Lanes128.Least(Vector128.ConditionalSelect(Vector128.LessThanOrEqual(r->T, r->End), r->T, Vector128.Create(float.PositiveInfinity)));
    }

    internal static void Slab(
        Vector128<float> o, Vector128<float> d, Vector128<float> inverse, float low, float high, ref Vector128<float> start, ref Vector128<float> end)
    {
        var parallel = Vector128.LessThan(Vector128.Abs(d), Vector128.Create(1e-12f));
        var a = (Vector128.Create(low) - o) * inverse;
        var b = (Vector128.Create(high) - o) * inverse;
        var outside = parallel & (Vector128.LessThan(o, Vector128.Create(low)) | Vector128.GreaterThan(o, Vector128.Create(high)));
        start = Vector128.ConditionalSelect(parallel, start, Vector128.MaxNative(start, Vector128.MinNative(a, b)));
        end = Vector128.ConditionalSelect(outside, Vector128.Create(-1f), Vector128.ConditionalSelect(parallel, end, Vector128.MinNative(end, Vector128.MaxNative(a, b))));
    }

    internal static Vector128<float> Inverse(Vector128<float> d) => Vector128.ConditionalSelect(
        Vector128.LessThan(Vector128.Abs(d), Vector128.Create(1e-12f)), Vector128.Create(1e30f), Vector128<float>.One / d);

    private static Vector128<float> Lane(Func<int, int> of)
    {
        var v = Vector128<float>.Zero;
        for (var k = 0; k < Vector128<float>.Count; k++)
        {
            v = v.WithElement(k, of(k));
        }

        return v;
    }
}
