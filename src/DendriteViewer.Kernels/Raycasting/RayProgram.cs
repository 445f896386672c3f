using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// The specification of ray casting, one ray at a time, compiled for the host and for every device. A ray is clipped to the volumes, the
/// box and
/// the planes; from where it enters it is sampled at every <see cref="RaycastSettings.Step"/>, trilinearly, except where
/// <see cref="EmptySpace"/> lets it leap, by whole steps, so that leaping never moves a sample. It ends when nothing behind could be seen.
/// What a device's compiler takes, and why loops look as they do, is told in decision 0042.
/// </summary>
internal static partial class RayProgram
{
    /// <summary>Steps of false position that refine a surface's crossing.</summary>
    public const int Refinements = 2;

    /// <summary>Over less than this, in voxels, no difference is taken.</summary>
    public const float LeastBase = 1e-2f;

    /// <summary>A gradient of labels, squared, that is less has no direction; where a label does not change it is exactly 0.</summary>
    public const float LeastSquare = 1e-12f;

    // Below this a component of a direction counts as none.
    private const float Parallel = 1e-12f;

    /// <summary>A ray from where it enters: samples lie at T, T + step … End; it meets nothing where End is below T.</summary>
    public struct Ray
    {
        /// <summary>Where distances count from.</summary>
        public Float3 Origin;

        /// <summary>Unit direction.</summary>
        public Float3 Direction;

        /// <summary>Distance from the eye to <see cref="Origin"/>.</summary>
        public float Entry;

        /// <summary>The first and the last distance at which it is sampled.</summary>
        public float T, End;

        /// <summary>The point at a distance.</summary>
        public readonly Float3 At(float t) => Origin + t * Direction;
    }

    /// <summary>A stretch of a ray; none where Start is above End.</summary>
    public struct Span
    {
        /// <summary>From one distance to another.</summary>
        public float Start, End;
    }

    /// <summary>The ray through pixel (u, v).</summary>
    public static Ray Through<TScene>(in TScene scene, in RayArguments a, int u, int v) where TScene : struct, IRayScene
    {
        float fu = (u + 0.5f) * a.Scale - 0.5f, fv = (v + 0.5f) * a.Scale - 0.5f;
        var origin = a.Origin + fu * a.OriginRight + fv * a.OriginDown;
        var direction = a.Direction + fu * a.DirectionRight + fv * a.DirectionDown;
        var length = MathF.Sqrt(Float3.Dot(direction, direction));
        direction = new Float3(direction.X / length, direction.Y / length, direction.Z / length);
        return Enter(scene, a, origin, direction, Noise(u, v));
    }

    /// <summary>A ray clipped to what is kept, its first sample chosen.</summary>
    public static Ray Enter<TScene>(in TScene scene, in RayArguments a, Float3 origin, Float3 direction, uint noise)
        where TScene : struct, IRayScene
    {
        var span = Clip(scene, a, origin, direction);
        var ray = new Ray { Direction = direction, End = float.MinValue };
        if (span.Start <= span.End)
        {
            // From here on the ray starts where it enters: far from the eye, a step would vanish in the float's last digit.
            ray.Entry = span.Start;
            ray.Origin = origin + span.Start * direction;
            ray.End = span.End - span.Start;
            if (a.HasSamplePlane != 0)
            {
                var from = -a.SamplePlane.At(ray.Origin) / a.SamplePlane.Along(direction);
                ray.T = MathF.Ceiling(-from / a.Step) * a.Step + from;
            }

            ray.T += a.Jitter != 0 ? a.Step * ((int)(noise & 0xFFFF) / 65536f) : 0;
        }

        return ray;
    }

    /// <summary>What is kept of a ray.</summary>
    public static Span Clip<TScene>(in TScene scene, in RayArguments a, Float3 o, Float3 d) where TScene : struct, IRayScene
    {
        // From where the first volume begins to where the last one ends.
        var kept = ClipBox(a.Own.BoxLow, a.Own.BoxHigh, o, d, 0, float.MaxValue);
        for (var i = 1; i < a.VolumeCount; i++)
        {
            var l = scene.Arguments(i);
            var own = ClipBox(l.BoxLow, l.BoxHigh, Point(l, o), Displacement(l, d), 0, float.MaxValue);
            if (own.Start <= own.End)
            {
                kept.Start = MathF.Min(kept.Start, own.Start);
                kept.End = MathF.Max(kept.End, own.End);
            }
        }

        kept = ClipBox(a.BoxLow, a.BoxHigh, o, d, kept.Start, kept.End);
        for (var i = 0; i < a.PlaneCount; i++)
        {
            kept = ClipPlane(scene, a, scene.Plane(i), o, d, kept);
        }

        return kept;
    }

    private static Span ClipPlane<TScene>(in TScene scene, in RayArguments a, PlaneArguments plane, Float3 o, Float3 d, Span kept)
        where TScene : struct, IRayScene
    {
        float along = plane.Plane.Along(d), at = plane.Plane.At(o);
        if (MathF.Abs(along) < Parallel)
        {
            kept.Start = at < 0 ? float.MaxValue : kept.Start;
            kept.End = at < 0 ? float.MinValue : kept.End;
            return kept;
        }

        var t = -at / along;
        var refinements = plane.Relief != 0 ? ClipShape.Refinements : 0;
        for (var k = 0; k < refinements; k++)
        {
            t = -(at + plane.Relief * ReliefAt(scene, a, o + t * d)) / along;
        }

        kept.Start = along > 0 ? MathF.Max(kept.Start, t) : kept.Start;
        kept.End = along > 0 ? kept.End : MathF.Min(kept.End, t);
        return kept;
    }

    private static float ReliefAt<TScene>(in TScene scene, in RayArguments a, Float3 p) where TScene : struct, IRayScene
    {
        var u = MathF.Max(0, MathF.Min(a.ReliefU.At(p), a.ReliefCountU - 1));
        var v = MathF.Max(0, MathF.Min(a.ReliefV.At(p), a.ReliefCountV - 1));
        int i = Math.Min((int)u, a.ReliefCountU - 2), j = Math.Min((int)v, a.ReliefCountV - 2), n = i * a.ReliefCountV + j;
        float fu = u - i, fv = v - j;
        var near = Mix(scene.Relief(n), scene.Relief(n + 1), fv);
        var far = Mix(scene.Relief(n + a.ReliefCountV), scene.Relief(n + a.ReliefCountV + 1), fv);
        return Mix(near, far, fu);
    }

    private static Span ClipBox(Float3 low, Float3 high, Float3 o, Float3 d, float start, float end)
    {
        var kept = new Span { Start = start, End = end };
        kept = ClipAxis(low.X, high.X, o.X, d.X, kept);
        kept = ClipAxis(low.Y, high.Y, o.Y, d.Y, kept);
        return ClipAxis(low.Z, high.Z, o.Z, d.Z, kept);
    }

    private static Span ClipAxis(float low, float high, float o, float d, Span kept)
    {
        if (MathF.Abs(d) < Parallel)
        {
            var isOutside = o < low || o > high;
            kept.Start = isOutside ? float.MaxValue : kept.Start;
            kept.End = isOutside ? float.MinValue : kept.End;
            return kept;
        }

        float a = (low - o) / d, b = (high - o) / d;
        kept.Start = MathF.Max(kept.Start, MathF.Min(a, b));
        kept.End = MathF.Min(kept.End, MathF.Max(a, b));
        return kept;
    }

    /// <summary>
    /// How far a ray may go on without a sample, by whole steps; 0 where it must be sampled. <paramref name="inverse"/> is one over each
    /// component of the direction.
    /// </summary>
    private static float Leap<TVolume>(in TVolume volume, in LevelShape grid, Stride stride, Float3 p, Float3 d, Float3 inverse)
        where TVolume : struct, IRayMemory
    {
        int x = VoxelProgram.Clamp((int)p.X, grid.X - 1), y = VoxelProgram.Clamp((int)p.Y, grid.Y - 1),
            z = VoxelProgram.Clamp((int)p.Z, grid.Z - 1);
        var map = volume.OfBrick(VoxelProgram.Entry(grid, z, y, x) - grid.Pages);
        int shiftZ = grid.ShiftZ, shiftY = grid.ShiftY, shiftX = grid.ShiftX, distance = -map;
        if (map >= 0)
        {
            const int S = CellRanges.CellShift;
            int cx = (x & ((1 << shiftX) - 1)) >> S, cy = (y & ((1 << shiftY) - 1)) >> S, cz = (z & ((1 << shiftZ) - 1)) >> S;
            distance = volume.Distance(map + (cz << 6 | cy << 3 | cx));
            shiftZ = shiftY = shiftX = S;
        }

        if (distance == 0)
        {
            return 0;
        }

        var exit = MathF.Min(
            Exit(x, shiftX, distance, p.X, d.X, inverse.X),
            MathF.Min(Exit(y, shiftY, distance, p.Y, d.Y, inverse.Y), Exit(z, shiftZ, distance, p.Z, d.Z, inverse.Z)));
        return stride.Length * MathF.Max(1, MathF.Ceiling(exit * stride.PerVoxel));
    }

    private static float Exit(int voxel, int shift, int distance, float p, float d, float inverse)
    {
        var at = voxel >> shift;
        var wall = (d > 0 ? at + distance : at - distance + 1) << shift;
        return MathF.Abs(d) < Parallel ? float.MaxValue : (wall - p) * inverse;
    }

    /// <summary>The distance between samples, and samples for a voxel's length: a device divides slowly.</summary>
    private struct Stride
    {
        /// <summary>The distance, and one over it.</summary>
        public float Length, PerVoxel;
    }

    private static Stride StrideOf(in RayArguments a) => new() { Length = a.Step, PerVoxel = 1 / a.Step };

    private static Float3 Inverse(Float3 d) => new(1 / d.X, 1 / d.Y, 1 / d.Z);

    // A point and a displacement of the picture in a volume.
    private static Float3 Point(in VolumeArguments l, Float3 p) => new(l.FromX.At(p), l.FromY.At(p), l.FromZ.At(p));

    private static Float3 Displacement(in VolumeArguments l, Float3 d) => new(l.FromX.Along(d), l.FromY.Along(d), l.FromZ.Along(d));

    private static float Mix(float a, float b, float t) => a + (b - a) * t;

    /// <summary>Pseudo-random bits for a pixel.</summary>
    public static uint Noise(int u, int v)
    {
        var h = (uint)u * 0x9E3779B1u ^ (uint)v * 0x85EBCA77u;
        h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
        return h ^ (h >> 13);
    }
}
