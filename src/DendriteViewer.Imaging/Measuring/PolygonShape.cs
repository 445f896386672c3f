namespace DendriteViewer.Imaging.Measuring;

/// <summary>A polygon that does not cross itself, as thick as it is said to be.</summary>
public sealed record PolygonShape : RegionShape
{
    /// <summary>Corners of a polygon at most.</summary>
    public const int MostCorners = 500;

    private readonly (double U, double V)[] _corners;

    /// <param name="corners">Its corners in turn, µm in the frame.</param>
    /// <exception cref="ArgumentException">Fewer than three, too many, an area of nothing, or it crosses itself.</exception>
    public PolygonShape(IReadOnlyList<(double U, double V)> corners)
    {
        _corners = [.. corners];
        if (_corners.Length is < 3 or > MostCorners)
        {
            throw new ArgumentException($"A polygon has {_corners.Length} corners; give 3 to {MostCorners}.");
        }

        if (CrossesItself())
        {
            throw new ArgumentException("The polygon crosses itself, so that it has no one area; move a corner.");
        }

        if (!(GeometricSize > 0))
        {
            throw new ArgumentException("The polygon's corners lie on one line; it has no area.");
        }
    }

    /// <summary>The corners in turn, µm in the frame.</summary>
    public IReadOnlyList<(double U, double V)> Corners => _corners;

    /// <inheritdoc/>
    public override (double U, double V, double W) HalfExtent =>
        (_corners.Max(c => Math.Abs(c.U)), _corners.Max(c => Math.Abs(c.V)), (ThicknessUm ?? 0) / 2);

    /// <summary>By the shoelace formula.</summary>
    public override double GeometricSize => Math.Abs(Sides().Sum(s => s.A.U * s.B.V - s.B.U * s.A.V)) / 2;

    /// <inheritdoc/>
    public override double Border => Sides().Sum(s => double.Hypot(s.B.U - s.A.U, s.B.V - s.A.V));

    /// <inheritdoc/>
    public override int MostSpans => _corners.Length / 2 + 1;

    /// <summary>
    /// A row is cut at every side that it crosses; between the first and second crossing, the third and fourth and so on it is inside
    /// (even-odd). A side owns its lower end and not its upper one, measured across the row, so that a row through a corner is cut
    /// once where the border goes on and twice or never where it turns back.
    /// </summary>
    public override int Spans(in RowLine r, Span<Interval> spans)
    {
        var within = Within(r);
        var length = double.Hypot(r.DU, r.DV);
        if (within.IsEmpty)
        {
            return 0;
        }

        if (length < 1e-12)
        {
            return Contains(r.U, r.V) ? One(within, spans) : 0;
        }

        // Signed distance of the corners from the row's line, and where along it they lie.
        double nu = -r.DV / length, nv = r.DU / length;
        Span<double> cuts = stackalloc double[_corners.Length];
        var count = 0;
        for (var i = 0; i < _corners.Length; i++)
        {
            var (a, b) = (_corners[i], _corners[(i + 1) % _corners.Length]);
            var (da, db) = ((a.U - r.U) * nu + (a.V - r.V) * nv, (b.U - r.U) * nu + (b.V - r.V) * nv);
            if (da <= 0 == db <= 0)
            {
                continue;
            }

            var f = da / (da - db);
            var (u, v) = (a.U + f * (b.U - a.U), a.V + f * (b.V - a.V));
            cuts[count++] = ((u - r.U) * r.DU + (v - r.V) * r.DV) / (length * length);
        }

        cuts = cuts[..count];
        cuts.Sort();
        var found = 0;
        for (var i = 0; i + 1 < count; i += 2)
        {
            var span = within.And(new Interval(cuts[i], cuts[i + 1]));
            if (!span.IsEmpty)
            {
                spans[found++] = span;
            }
        }

        return found;
    }

    private bool Contains(double u, double v)
    {
        var inside = false;
        foreach (var (a, b) in Sides())
        {
            inside ^= a.V <= v != b.V <= v && u < a.U + (v - a.V) / (b.V - a.V) * (b.U - a.U);
        }

        return inside;
    }

    private IEnumerable<((double U, double V) A, (double U, double V) B)> Sides() =>
        _corners.Select((c, i) => (c, _corners[(i + 1) % _corners.Length]));

    private bool CrossesItself()
    {
        var n = _corners.Length;
        for (var i = 0; i < n; i++)
        {
            // The next side begins where this one ends.
            for (var j = i + 2; j < n; j++)
            {
                if ((i > 0 || j < n - 1) && Cross(_corners[i], _corners[(i + 1) % n], _corners[j], _corners[(j + 1) % n]))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Cross((double U, double V) a, (double U, double V) b, (double U, double V) c, (double U, double V) d)
    {
        return Side(a, b, c) * Side(a, b, d) < 0 && Side(c, d, a) * Side(c, d, b) < 0;

        static int Side((double U, double V) p, (double U, double V) q, (double U, double V) r) =>
            Math.Sign((q.U - p.U) * (r.V - p.V) - (q.V - p.V) * (r.U - p.U));
    }
}
