using System.Numerics;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>The space that a tile's rays go through in a volume, in slabs between two distances.</summary>
internal ref struct RayFrustum
{
    private readonly Corners _origins;
    private readonly Corners _directions;
    private Planes _planes;

    [System.Runtime.CompilerServices.InlineArray(5)]
    private struct Corners
    {
        private Vector3 _first;
    }

    [System.Runtime.CompilerServices.InlineArray(6)]
    private struct Planes
    {
        private Vector4 _first;
    }

    /// <param name="job">Whose rays.</param>
    /// <param name="to">From the picture's index coordinates to the volume's.</param>
    /// <param name="first">Distance from the eye from which distances are counted.</param>
    /// <param name="u0">Leftmost pixel.</param>
    /// <param name="v0">Topmost pixel.</param>
    /// <param name="u1">One right of the rightmost pixel.</param>
    /// <param name="v1">One below the lowest pixel.</param>
    public RayFrustum(RayJob job, in Matrix4x4 to, float first, int u0, int v0, int u1, int v1)
    {
        // Corners in turn around the tile, then the middle.
        ReadOnlySpan<(float U, float V)> at =
            [(u0, v0), (u1 - 1, v0), (u1 - 1, v1 - 1), (u0, v1 - 1), ((u0 + u1 - 1) / 2f, (v0 + v1 - 1) / 2f)];
        for (var i = 0; i < 5; i++)
        {
            var (o, d) = job.Ray(at[i].U, at[i].V);
            (_origins[i], _directions[i]) = (Vector3.Transform(o + first * d, to), Vector3.TransformNormal(d, to));
        }

        for (var i = 0; i < 4; i++)
        {
            // Through two neighbouring corner rays, the middle ray inside; none where the tile is one pixel wide.
            var (here, next, far) = (_origins[i], _origins[(i + 1) % 4] + 1000 * _directions[(i + 1) % 4], _origins[i] + 1000 * _directions[i]);
            var n = Vector3.Cross(_directions[i], next - far);
            var length = n.Length();
            n = length > 1e-6f ? n / length : Vector3.Zero;
            var w = -Vector3.Dot(n, here);
            var side = Vector3.Dot(n, _origins[4] + 1000 * _directions[4]) + w < 0 ? -1 : 1;
            _planes[i] = side * new Vector4(n, w);
        }
    }

    /// <summary>What lies between two distances along the rays.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public ConvexPart Part(float from, float to)
    {
        Vector3 low = new(float.MaxValue), high = new(float.MinValue);
        for (var i = 0; i < 4; i++)
        {
            Vector3 a = _origins[i] + from * _directions[i], b = _origins[i] + to * _directions[i];
            low = Vector3.Min(low, Vector3.Min(a, b));
            high = Vector3.Max(high, Vector3.Max(a, b));
        }

        // Rays spread, so the outer ones lie a little before or behind a plane across the middle one.
        var d = _directions[4];
        float near = Vector3.Dot(d, _origins[4] + from * d), far = Vector3.Dot(d, _origins[4] + to * d);
        for (var i = 0; i < 4; i++)
        {
            near = Math.Min(near, Vector3.Dot(d, _origins[i] + from * _directions[i]));
            far = Math.Max(far, Vector3.Dot(d, _origins[i] + to * _directions[i]));
        }

        _planes[4] = new Vector4(d, -near);
        _planes[5] = new Vector4(-d, far);
        return new ConvexPart(low - Vector3.One, high + Vector3.One, _planes);
    }
}
