using System.Numerics;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>A plane in index coordinates (x, y, z), or a surface near one: kept is n·p + w + <paramref name="Relief"/>·e(p) ≥ 0.</summary>
/// <param name="Plane">(n.x, n.y, n.z, w).</param>
/// <param name="Relief">How much of <see cref="ClipRelief"/>'s e is added; 0 for a plane.</param>
public readonly record struct ClipPlane(Vector4 Plane, float Relief = 0)
{
    /// <summary>A plane.</summary>
    public static implicit operator ClipPlane(Vector4 plane) => new(plane);
}

/// <summary>How far a surface lies from a plane: bilinear between the nodes of a grid across it, constant beyond its edge.</summary>
public sealed class ClipRelief
{
    private readonly float[] _heights;

    /// <param name="alongU">(x, y, z, w) that gives the place among the nodes along u for a point in index coordinates.</param>
    /// <param name="alongV">The same along v.</param>
    /// <param name="countU">Nodes along u, at least 2.</param>
    /// <param name="countV">Nodes along v, at least 2.</param>
    /// <param name="heights">e at the nodes, v fastest, in the units of the planes' n·p + w.</param>
    public ClipRelief(Vector4 alongU, Vector4 alongV, int countU, int countV, float[] heights)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countU, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(countV, 2);
        ArgumentOutOfRangeException.ThrowIfNotEqual(heights.Length, countU * countV);
        (AlongU, AlongV, CountU, CountV, _heights) = (alongU, alongV, countU, countV, heights);
        Most = heights.Max(MathF.Abs);
    }

    /// <summary>Place among the nodes along u of a point (x, y, z, 1).</summary>
    public Vector4 AlongU { get; }

    /// <summary>Place among the nodes along v.</summary>
    public Vector4 AlongV { get; }

    /// <summary>Nodes along u.</summary>
    public int CountU { get; }

    /// <summary>Nodes along v.</summary>
    public int CountV { get; }

    /// <summary>e at the nodes, v fastest.</summary>
    public ReadOnlySpan<float> Heights => _heights;

    /// <summary>The largest |e|.</summary>
    public float Most { get; }

    /// <summary>e at a point.</summary>
    public float At(Vector3 p)
    {
        var at = new Vector4(p, 1);
        float u = Math.Clamp(Vector4.Dot(AlongU, at), 0, CountU - 1), v = Math.Clamp(Vector4.Dot(AlongV, at), 0, CountV - 1);
        int i = Math.Min((int)u, CountU - 2), j = Math.Min((int)v, CountV - 2), n = i * CountV + j;
        float fu = u - i, fv = v - j;
        var near = _heights[n] + fv * (_heights[n + 1] - _heights[n]);
        var far = _heights[n + CountV] + fv * (_heights[n + CountV + 1] - _heights[n + CountV]);
        return near + fu * (far - near);
    }
}

/// <summary>What is kept of a picture: what lies on the inner side of every plane.</summary>
/// <param name="Planes">The planes.</param>
/// <param name="Relief">The surface that some of them follow, or null.</param>
public sealed record ClipShape(IReadOnlyList<ClipPlane> Planes, ClipRelief? Relief = null)
{
    /// <summary>
    /// Steps to where a ray meets a surface, from where it meets the plane: each takes the surface's height where the last one arrived, so
    /// that what is left shrinks by the surface's steepness over the ray's.
    /// </summary>
    internal const int Refinements = 6;

    /// <summary>Everything.</summary>
    public static ClipShape None { get; } = new([]);

    /// <summary>Planes that keep all that is kept, and a little more where a surface is followed: (n.x, n.y, n.z, w).</summary>
    public IEnumerable<Vector4> Loose => Planes.Select(p => p.Plane with { W = p.Plane.W + MathF.Abs(p.Relief) * (Relief?.Most ?? 0) });

    /// <summary>Whether a point in index coordinates is kept.</summary>
    public bool IsKept(Vector3 p)
    {
        for (var i = 0; i < Planes.Count; i++)
        {
            var plane = Planes[i];
            if (Vector4.Dot(plane.Plane, new Vector4(p, 1)) + (plane.Relief == 0 ? 0 : plane.Relief * Relief!.At(p)) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Cuts a ray; false where nothing of it is kept.</summary>
    internal bool Cut(Vector3 o, Vector3 d, ref float start, ref float end)
    {
        for (var i = 0; i < Planes.Count; i++)
        {
            var (plane, relief) = Planes[i];
            var normal = new Vector3(plane.X, plane.Y, plane.Z);
            var along = Vector3.Dot(normal, d);
            var at = Vector3.Dot(normal, o) + plane.W;
            if (MathF.Abs(along) < 1e-12f)
            {
                if (at < 0)
                {
                    return false;
                }

                continue;
            }

            var meet = relief == 0 ? -at / along : Meet(o, d, at, along, relief);
            if (along > 0)
            {
                start = MathF.Max(start, meet);
            }
            else
            {
                end = MathF.Min(end, meet);
            }
        }

        return true;
    }

    /// <summary>Where a ray meets the surface near a plane.</summary>
    internal float Meet(Vector3 o, Vector3 d, float at, float along, float relief)
    {
        var t = -at / along;
        for (var k = 0; k < Refinements; k++)
        {
            t = -(at + relief * Relief!.At(o + t * d)) / along;
        }

        return t;
    }
}
