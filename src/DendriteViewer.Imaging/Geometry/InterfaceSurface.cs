namespace DendriteViewer.Imaging.Geometry;

/// <summary>
/// The lithium/electrolyte interface as a height field: for each place across the depth axis the coordinate on it, bilinear
/// between the nodes of a square grid, constant beyond its edge. Across Z lie (y, x), across Y (z, x), across X (z, y).
/// </summary>
public sealed class InterfaceSurface
{
    private readonly float[] _heights;
    private readonly bool[]? _isFilled;

    /// <param name="axis">The plating direction.</param>
    /// <param name="originUm">The first node, µm.</param>
    /// <param name="stepUm">From node to node, µm, above 0.</param>
    /// <param name="shape">Nodes along the two other axes, at least 2 each.</param>
    /// <param name="heightsUm">Coordinates on the axis, the second other axis fastest, finite.</param>
    /// <param name="residualUm">Root mean square distance between what was seen and the surface, µm; 0 where it was given.</param>
    /// <param name="filled">Numbers of the nodes near which nothing was seen, whose heights were filled in; null where that was not
    /// recorded.</param>
    /// <exception cref="ArgumentException">The numbers are not a height field, or a filled node is none of its nodes.</exception>
    public InterfaceSurface(
        Axis axis, (double U, double V) originUm, double stepUm, (int U, int V) shape, float[] heightsUm, double residualUm,
        int[]? filled = null)
    {
        if (shape.U < 2 || shape.V < 2 || heightsUm.Length != (long)shape.U * shape.V || !(stepUm > 0) || !double.IsFinite(stepUm)
            || !double.IsFinite(originUm.U) || !double.IsFinite(originUm.V) || heightsUm.Any(h => !float.IsFinite(h)) || !double.IsFinite(residualUm))
        {
            throw new ArgumentException("A surface is a grid of at least 2 × 2 finite heights with a step above 0.", nameof(heightsUm));
        }

        if (filled is not null && Array.Exists(filled, f => f < 0 || f >= heightsUm.Length))
        {
            throw new ArgumentException("The nodes that were filled in are among the surface's nodes.", nameof(filled));
        }

        (Axis, OriginUm, StepUm, Shape, _heights, ResidualUm) = (axis, originUm, stepUm, shape, heightsUm, residualUm);
        Filled = filled;
        if (filled is { Length: > 0 })
        {
            _isFilled = new bool[heightsUm.Length];
            Array.ForEach(filled, f => _isFilled[f] = true);
        }

        Plane = FitPlane();
    }

    /// <summary>The plating direction.</summary>
    public Axis Axis { get; }

    /// <summary>The first node, µm.</summary>
    public (double U, double V) OriginUm { get; }

    /// <summary>From node to node, µm.</summary>
    public double StepUm { get; }

    /// <summary>Nodes along the two other axes.</summary>
    public (int U, int V) Shape { get; }

    /// <summary>Coordinates on the axis at the nodes, µm.</summary>
    public ReadOnlySpan<float> HeightsUm => _heights;

    /// <summary>Root mean square distance between what was seen and the surface, µm.</summary>
    public double ResidualUm { get; }

    /// <summary>
    /// Numbers of the nodes near which no interface was seen, so that their heights were filled in from further away; null where that was
    /// not recorded.
    /// </summary>
    public int[]? Filled { get; }

    /// <summary>Coordinates on the axis at the nodes, µm; NaN at those that were filled in.</summary>
    public float[] SeenHeightsUm() => [.. _heights.Select((h, i) => _isFilled?[i] == true ? float.NaN : h)];

    /// <summary>
    /// Whether the interface was seen near a place across the axis: it lies within half a step of the grid, and no node around it was
    /// filled in.
    /// </summary>
    public bool IsSeenAt(double u, double v)
    {
        double a = (u - OriginUm.U) / StepUm, b = (v - OriginUm.V) / StepUm;
        if (!(a >= -0.5 && a <= Shape.U - 0.5 && b >= -0.5 && b <= Shape.V - 0.5))
        {
            return false;
        }

        int i = Math.Clamp((int)Math.Floor(a), 0, Shape.U - 2), j = Math.Clamp((int)Math.Floor(b), 0, Shape.V - 2);
        var at = i * Shape.V + j;
        return _isFilled is null || !(_isFilled[at] || _isFilled[at + 1] || _isFilled[at + Shape.V] || _isFilled[at + Shape.V + 1]);
    }

    /// <summary>The mean plane: height at the middle of the grid, and its rise along the two other axes, µm/µm.</summary>
    public (double MiddleUm, double SlopeU, double SlopeV) Plane { get; }

    /// <summary>Cosine of the mean plane's tilt against the axis: heights times this are distances.</summary>
    public double Cosine => 1 / Math.Sqrt(1 + Plane.SlopeU * Plane.SlopeU + Plane.SlopeV * Plane.SlopeV);

    /// <summary>How far the surface lies from its mean plane at most, across it, µm.</summary>
    public double BulgeUm
    {
        get
        {
            var most = 0.0;
            for (var i = 0; i < _heights.Length; i++)
            {
                double u = (i / Shape.V - (Shape.U - 1) / 2.0) * StepUm, v = (i % Shape.V - (Shape.V - 1) / 2.0) * StepUm;
                most = Math.Max(most, Math.Abs(_heights[i] - Plane.MiddleUm - Plane.SlopeU * u - Plane.SlopeV * v));
            }

            return most * Cosine;
        }
    }

    /// <summary>Tilt of the mean plane in degrees.</summary>
    public double TiltDeg => Math.Acos(Math.Min(1, Cosine)) * 180 / Math.PI;

    /// <summary>A plane through a point.</summary>
    /// <param name="axis">The plating direction.</param>
    /// <param name="through">A point of it.</param>
    /// <param name="normal">Its normal, not across the axis.</param>
    /// <exception cref="ArgumentException">The plane lies along the axis.</exception>
    public static InterfaceSurface OfPlane(Axis axis, WorldPoint through, WorldVector normal)
    {
        const double Reach = 1e5;
        var (n, nu, nv) = Split(axis, normal.Z, normal.Y, normal.X);
        var (h, u, v) = Split(axis, through.Z, through.Y, through.X);
        if (!(Math.Abs(n) > 1e-3 * normal.Length))
        {
            throw new ArgumentException("The plane of an interface lies across the depth axis.", nameof(normal));
        }

        float At(double du, double dv) => (float)(h - (nu * du + nv * dv) / n);
        return new InterfaceSurface(axis, (u - Reach, v - Reach), 2 * Reach, (2, 2), [At(-Reach, -Reach), At(-Reach, Reach), At(Reach, -Reach), At(Reach, Reach)], 0);
    }

    /// <summary>Coordinate on the axis at a place across it.</summary>
    public double HeightAt(double u, double v)
    {
        double a = Math.Clamp((u - OriginUm.U) / StepUm, 0, Shape.U - 1), b = Math.Clamp((v - OriginUm.V) / StepUm, 0, Shape.V - 1);
        int i = Math.Min((int)a, Shape.U - 2), j = Math.Min((int)b, Shape.V - 2);
        double fa = a - i, fb = b - j;
        var at = i * Shape.V + j;
        return (_heights[at] * (1 - fb) + _heights[at + 1] * fb) * (1 - fa) + (_heights[at + Shape.V] * (1 - fb) + _heights[at + Shape.V + 1] * fb) * fa;
    }

    /// <summary>The point of a coordinate on the axis and the two across it.</summary>
    public static WorldPoint Join(Axis axis, double along, double u, double v) => axis switch
    {
        Axis.Y => new WorldPoint(u, along, v),
        Axis.X => new WorldPoint(u, v, along),
        _ => new WorldPoint(along, u, v),
    };

    /// <summary>Coordinate along an axis and the two others, of three in z, y, x order.</summary>
    public static (double Along, double U, double V) Split(Axis axis, double z, double y, double x) => axis switch
    {
        Axis.Y => (y, z, x),
        Axis.X => (x, z, y),
        _ => (z, y, x),
    };

    // Least squares over the nodes; on a full grid the directions part.
    private (double, double, double) FitPlane()
    {
        double mean = 0, su = 0, sv = 0, uu = 0, vv = 0;
        for (var i = 0; i < Shape.U; i++)
        {
            for (var j = 0; j < Shape.V; j++)
            {
                double u = (i - (Shape.U - 1) / 2.0) * StepUm, v = (j - (Shape.V - 1) / 2.0) * StepUm, h = _heights[i * Shape.V + j];
                mean += h;
                su += u * h;
                sv += v * h;
                uu += u * u;
                vv += v * v;
            }
        }

        return (mean / _heights.Length, su / uu, sv / vv);
    }
}
