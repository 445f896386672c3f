// Made from RaycastPackets512.Rays.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// Where rays begin and end.
internal static unsafe partial class RaycastPackets256
{
    // Rays from the eye, clipped; returns where the first of them enters.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Begin(RayJob job, Packet* r, int u, int v)
    {
        var (s, g) = (job.Settings, job.Rays);
        var pu = (s_columns + Vector256.Create(u + 0.5f)) * job.Scale - Vector256.Create(0.5f);
        var pv = (s_rows + Vector256.Create(v + 0.5f)) * job.Scale - Vector256.Create(0.5f);
        r->Ox = Vector256.Create(g.Origin.X) + pu * g.OriginRight.X + pv * g.OriginDown.X;
        r->Oy = Vector256.Create(g.Origin.Y) + pu * g.OriginRight.Y + pv * g.OriginDown.Y;
        r->Oz = Vector256.Create(g.Origin.Z) + pu * g.OriginRight.Z + pv * g.OriginDown.Z;
        var dx = Vector256.Create(g.Direction.X) + pu * g.DirectionRight.X + pv * g.DirectionDown.X;
        var dy = Vector256.Create(g.Direction.Y) + pu * g.DirectionRight.Y + pv * g.DirectionDown.Y;
        var dz = Vector256.Create(g.Direction.Z) + pu * g.DirectionRight.Z + pv * g.DirectionDown.Z;
        var inverse = Vector256<float>.One / Vector256.Sqrt(dx * dx + dy * dy + dz * dz);
        (r->Dx, r->Dy, r->Dz) = (dx * inverse, dy * inverse, dz * inverse);
        (r->Ix, r->Iy, r->Iz) = (Inverse(r->Dx), Inverse(r->Dy), Inverse(r->Dz));
        var (low, high) = RayBox.Of(job.Volume, s);
        var start = Vector256<float>.Zero;
        var end = Vector256.Create(float.MaxValue);
        if (s.IsLayered)
        {
            RaycastLayers256.Extent(job, r, ref start, ref end);
            (low, high) = (s.BoxLow, s.BoxHigh);
        }

        Slab(r->Ox, r->Dx, r->Ix, low.X, high.X, ref start, ref end);
        Slab(r->Oy, r->Dy, r->Iy, low.Y, high.Y, ref start, ref end);
        Slab(r->Oz, r->Dz, r->Iz, low.Z, high.Z, ref start, ref end);
        for (var i = 0; i < s.Clip.Planes.Count; i++)
        {
            var (n, relief) = s.Clip.Planes[i];
            var along = r->Dx * n.X + r->Dy * n.Y + r->Dz * n.Z;
            var at = r->Ox * n.X + r->Oy * n.Y + r->Oz * n.Z + Vector256.Create(n.W);
            var level = Vector256.LessThan(Vector256.Abs(along), Vector256.Create(1e-12f));
            var meet = relief == 0 ? -at / along : Meet(r, s.Clip, n, relief, at, along);
            var enters = Vector256.GreaterThan(along, Vector256<float>.Zero);
            start = Vector256.ConditionalSelect(enters & ~level, Vector256.MaxNative(start, meet), start);
            end = Vector256.ConditionalSelect(~enters & ~level, Vector256.MinNative(end, meet), end);
            end = Vector256.ConditionalSelect(level & Vector256.LessThan(at, Vector256<float>.Zero), Vector256.Create(-1f), end);
        }

        if (s.SamplePlane is { } plane)
        {
            // Samples lie at whole steps from the plane; the first is the one behind the entry.
            var from = -(r->Ox * plane.X + r->Oy * plane.Y + r->Oz * plane.Z + Vector256.Create(plane.W)) / (r->Dx * plane.X + r->Dy * plane.Y + r->Dz * plane.Z);
            r->A = Vector256.Ceiling((start - from) / s.Step) * s.Step + from - start;
        }
        else
        {
            r->A = Vector256<float>.Zero;
        }

        (r->T, r->End) = (start, end);
        return Lanes256.Least(Vector256.ConditionalSelect(Vector256.LessThanOrEqual(start, end), start, Vector256.Create(float.PositiveInfinity)));
    }

    // Where rays meet a surface near a plane, one by one: it is once a ray.
    private static Vector256<float> Meet(Packet* r, ClipShape clip, Vector4 plane, float relief, Vector256<float> at, Vector256<float> along)
    {
        var meet = -at / along;
        for (var k = 0; k < Vector256<float>.Count; k++)
        {
            meet = meet.WithElement(k, clip.Meet(new(r->Ox[k], r->Oy[k], r->Oz[k]), new(r->Dx[k], r->Dy[k], r->Dz[k]), at[k], along[k], relief));
        }

        return meet;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Rebase(RayJob job, Packet* r, float first, int u0, int v0, int i, int across)
    {
        var hit = Vector256.LessThanOrEqual(r->T, r->End);
        r->Ox += r->Dx * first;
        r->Oy += r->Dy * first;
        r->Oz += r->Dz * first;
        r->T = Vector256.ConditionalSelect(hit, r->T - Vector256.Create(first), Vector256<float>.One);
        r->End = Vector256.ConditionalSelect(hit, r->End - Vector256.Create(first), Vector256<float>.Zero);
        var entry = r->T;
        r->T += Vector256.ConditionalSelect(hit, r->A, Vector256<float>.Zero);
        if (job.Settings.Jitter)
        {
            Span<float> noise = stackalloc float[Vector256<float>.Count];
            for (var k = 0; k < noise.Length; k++)
            {
                int u = u0 + i % across * Lanes256.Columns + k % Lanes256.Columns, v = v0 + i / across * Lanes256.Rows + k / Lanes256.Columns;
                noise[k] = job.Settings.Step * ((RayProgram.Noise(u, v) & 0xFFFF) / 65536f);
            }

            r->T += Vector256.Create<float>(noise);
        }

        // What a lane gathers: colour, opacity and the value before; an extreme or a sum, and a count; a crossing and its light, where the ray entered, and the value before.
        var nothing = job.Settings.Mode switch
        {
            RayMode.Maximum => float.MinValue,
            RayMode.Minimum => float.MaxValue,
            RayMode.Isosurface => float.NaN,
            _ => 0,
        };
        (r->A, r->B, r->C) = (Vector256.Create(nothing), Vector256<float>.Zero, Vector256<float>.Zero);
        r->D = job.Settings.Mode == RayMode.Isosurface ? entry : Vector256<float>.Zero;
        r->E = Vector256.Create(float.NaN);
        return Lanes256.Least(Vector256.ConditionalSelect(Vector256.LessThanOrEqual(r->T, r->End), r->T, Vector256.Create(float.PositiveInfinity)));
    }

    internal static void Slab(
        Vector256<float> o, Vector256<float> d, Vector256<float> inverse, float low, float high, ref Vector256<float> start, ref Vector256<float> end)
    {
        var parallel = Vector256.LessThan(Vector256.Abs(d), Vector256.Create(1e-12f));
        var a = (Vector256.Create(low) - o) * inverse;
        var b = (Vector256.Create(high) - o) * inverse;
        var outside = parallel & (Vector256.LessThan(o, Vector256.Create(low)) | Vector256.GreaterThan(o, Vector256.Create(high)));
        start = Vector256.ConditionalSelect(parallel, start, Vector256.MaxNative(start, Vector256.MinNative(a, b)));
        end = Vector256.ConditionalSelect(outside, Vector256.Create(-1f), Vector256.ConditionalSelect(parallel, end, Vector256.MinNative(end, Vector256.MaxNative(a, b))));
    }

    internal static Vector256<float> Inverse(Vector256<float> d) => Vector256.ConditionalSelect(
        Vector256.LessThan(Vector256.Abs(d), Vector256.Create(1e-12f)), Vector256.Create(1e30f), Vector256<float>.One / d);

    private static Vector256<float> Lane(Func<int, int> of)
    {
        var v = Vector256<float>.Zero;
        for (var k = 0; k < Vector256<float>.Count; k++)
        {
            v = v.WithElement(k, of(k));
        }

        return v;
    }
}
