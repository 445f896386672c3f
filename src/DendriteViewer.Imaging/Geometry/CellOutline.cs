namespace DendriteViewer.Imaging.Geometry;

/// <summary>The cell's outline across the depth axis, a polygon in the plane of the two other axes, µm. What lies outside counts for nothing.</summary>
public sealed class CellOutline
{
    private readonly (double U, double V)[] _corners;

    /// <param name="corners">At least three corners, in order, finite.</param>
    /// <exception cref="ArgumentException">Not a polygon.</exception>
    public CellOutline(IEnumerable<(double U, double V)> corners)
    {
        _corners = corners.ToArray();
        if (_corners.Length < 3 || _corners.Any(c => !double.IsFinite(c.U) || !double.IsFinite(c.V)))
        {
            throw new ArgumentException("An outline has at least three finite corners.", nameof(corners));
        }
    }

    /// <summary>The corners in order.</summary>
    public IReadOnlyList<(double U, double V)> Corners => _corners;

    /// <summary>Area in µm².</summary>
    public double AreaUm2
    {
        get
        {
            var twice = 0.0;
            for (int i = 0, j = _corners.Length - 1; i < _corners.Length; j = i++)
            {
                twice += _corners[j].U * _corners[i].V - _corners[i].U * _corners[j].V;
            }

            return Math.Abs(twice) / 2;
        }
    }

    /// <summary>Length of the polygon, µm.</summary>
    public double LengthUm => _corners.Select((c, i) => (From: _corners[(i + _corners.Length - 1) % _corners.Length], To: c))
        .Sum(e => Math.Sqrt((e.To.U - e.From.U) * (e.To.U - e.From.U) + (e.To.V - e.From.V) * (e.To.V - e.From.V)));

    /// <summary>Centre of the area.</summary>
    public (double U, double V) Middle
    {
        get
        {
            double twice = 0, u = 0, v = 0;
            var (ou, ov) = _corners[0];
            for (int i = 0, j = _corners.Length - 1; i < _corners.Length; j = i++)
            {
                double au = _corners[j].U - ou, av = _corners[j].V - ov, bu = _corners[i].U - ou, bv = _corners[i].V - ov, cross = au * bv - bu * av;
                twice += cross;
                u += cross * (au + bu);
                v += cross * (av + bv);
            }

            return twice == 0 ? (ou, ov) : (ou + u / (3 * twice), ov + v / (3 * twice));
        }
    }

    /// <summary>Where the line at a u lies inside: the crossings of v, ascending, in pairs of in and out.</summary>
    public IReadOnlyList<double> Crossings(double u)
    {
        var found = new List<double>();
        for (int i = 0, j = _corners.Length - 1; i < _corners.Length; j = i++)
        {
            var (a, b) = (_corners[j], _corners[i]);
            if (a.U <= u != b.U <= u)
            {
                found.Add(a.V + (u - a.U) / (b.U - a.U) * (b.V - a.V));
            }
        }

        found.Sort();
        return found;
    }

    /// <summary>Whether a place lies inside.</summary>
    public bool Contains(double u, double v)
    {
        var c = Crossings(u);
        for (var i = 0; i + 1 < c.Count; i += 2)
        {
            if (v >= c[i] && v < c[i + 1])
            {
                return true;
            }
        }

        return false;
    }
}
