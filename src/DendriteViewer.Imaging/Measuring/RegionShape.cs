namespace DendriteViewer.Imaging.Measuring;

/// <summary>A part of a row of voxels: the parameters from <paramref name="From"/> to <paramref name="To"/>, both included.</summary>
public readonly record struct Interval(double From, double To)
{
    /// <summary>All parameters.</summary>
    public static Interval All => new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>No parameter.</summary>
    public static Interval None => new(double.PositiveInfinity, double.NegativeInfinity);

    /// <summary>Whether there is no parameter in it.</summary>
    public bool IsEmpty => !(From <= To);

    /// <summary>What lies in both.</summary>
    public Interval And(Interval o) => new(Math.Max(From, o.From), Math.Min(To, o.To));

    /// <summary>The parameters t for which <paramref name="low"/> ≤ at + t · step ≤ <paramref name="high"/>.</summary>
    public static Interval Between(double at, double step, double low, double high)
    {
        if (Math.Abs(step) < 1e-12)
        {
            return at >= low && at <= high ? All : None;
        }

        var (a, b) = ((low - at) / step, (high - at) / step);
        return a <= b ? new Interval(a, b) : new Interval(b, a);
    }

    /// <summary>The parameters t for which a·t² + 2·b·t + c ≤ 0, with a ≥ 0.</summary>
    public static Interval Below(double a, double b, double c)
    {
        if (a < 1e-24)
        {
            return c <= 0 ? All : None;
        }

        var d = b * b - a * c;
        if (d < 0)
        {
            return None;
        }

        var root = Math.Sqrt(d);
        return new Interval((-b - root) / a, (-b + root) / a);
    }
}

/// <summary>
/// The centres of a row of voxels in a region's frame: the one of index t lies at (u + t·du, v + t·dv, w + t·dw), µm. A volume's transform
/// is affine, so every row is such a line.
/// </summary>
public readonly record struct RowLine(double U, double V, double W, double DU, double DV, double DW);

/// <summary>
/// What a region is in its own frame. It answers for a whole row of voxels at once, by where the row's line enters and leaves it, so
/// that neither memory nor a test for each voxel is needed.
/// </summary>
public abstract record RegionShape
{
    // A row that just touches a face counts as inside, whatever the rounding of the transform. µm.
    private protected const double Slack = 1e-7;

    /// <summary>Half the extent along u, v, w, µm.</summary>
    public abstract (double U, double V, double W) HalfExtent { get; }

    /// <summary>Area in µm² of a flat shape, volume in µm³ of another; of the shape as it was drawn, not of voxels.</summary>
    public abstract double GeometricSize { get; }

    /// <summary>Length of a flat shape's border in µm, area of another's surface in µm².</summary>
    public abstract double Border { get; }

    /// <summary>Thickness of a flat shape along its normal, µm; null of a solid.</summary>
    public double? ThicknessUm { get; init; }

    /// <summary>How many parts of one row can lie in the shape at most.</summary>
    public virtual int MostSpans => 1;

    /// <summary>The parts of a row that lie in the shape.</summary>
    /// <param name="row">The row.</param>
    /// <param name="spans">Gets them, ascending; at least <see cref="MostSpans"/>.</param>
    /// <returns>How many there are.</returns>
    public abstract int Spans(in RowLine row, Span<Interval> spans);

    // Within the thickness. Of two layers of voxels that are equally near to the plane the farther one is taken, as Probe does, so the
    // near limit is left out and the far one included.
    private protected Interval Within(in RowLine row) => ThicknessUm is not { } t
        ? Interval.All
        : Interval.Between(row.W, row.DW, -t / 2 + 1e-6 * t, t / 2 + 1e-6 * t);

    private protected static int One(Interval span, Span<Interval> spans)
    {
        spans[0] = span;
        return span.IsEmpty ? 0 : 1;
    }
}

/// <summary>A circle's area, as thick as it is said to be.</summary>
/// <param name="RadiusUm">Radius, µm.</param>
public sealed record DiscShape(double RadiusUm) : RegionShape
{
    /// <inheritdoc/>
    public override (double U, double V, double W) HalfExtent => (RadiusUm, RadiusUm, (ThicknessUm ?? 0) / 2);

    /// <inheritdoc/>
    public override double GeometricSize => Math.PI * RadiusUm * RadiusUm;

    /// <inheritdoc/>
    public override double Border => 2 * Math.PI * RadiusUm;

    /// <inheritdoc/>
    public override int Spans(in RowLine r, Span<Interval> spans)
    {
        var limit = RadiusUm + Slack;
        return One(Within(r).And(Interval.Below(
            r.DU * r.DU + r.DV * r.DV, r.U * r.DU + r.V * r.DV, r.U * r.U + r.V * r.V - limit * limit)), spans);
    }
}

/// <summary>A sphere.</summary>
/// <param name="RadiusUm">Radius, µm.</param>
public sealed record BallShape(double RadiusUm) : RegionShape
{
    /// <inheritdoc/>
    public override (double U, double V, double W) HalfExtent => (RadiusUm, RadiusUm, RadiusUm);

    /// <inheritdoc/>
    public override double GeometricSize => 4.0 / 3 * Math.PI * RadiusUm * RadiusUm * RadiusUm;

    /// <inheritdoc/>
    public override double Border => 4 * Math.PI * RadiusUm * RadiusUm;

    /// <inheritdoc/>
    public override int Spans(in RowLine r, Span<Interval> spans)
    {
        var limit = RadiusUm + Slack;
        return One(Interval.Below(
            r.DU * r.DU + r.DV * r.DV + r.DW * r.DW, r.U * r.DU + r.V * r.DV + r.W * r.DW,
            r.U * r.U + r.V * r.V + r.W * r.W - limit * limit), spans);
    }
}

/// <summary>A box, or where it has a thickness instead of a depth, a rectangle.</summary>
/// <param name="HalfU">Half the length along u, µm.</param>
/// <param name="HalfV">Half the length along v, µm.</param>
/// <param name="HalfW">Half the length along w, µm; not used of a rectangle.</param>
public sealed record BoxShape(double HalfU, double HalfV, double HalfW = 0) : RegionShape
{
    /// <inheritdoc/>
    public override (double U, double V, double W) HalfExtent => (HalfU, HalfV, ThicknessUm is { } t ? t / 2 : HalfW);

    /// <inheritdoc/>
    public override double GeometricSize => 4 * HalfU * HalfV * (ThicknessUm is null ? 2 * HalfW : 1);

    /// <inheritdoc/>
    public override double Border => ThicknessUm is null ? 8 * (HalfU * HalfV + HalfU * HalfW + HalfV * HalfW) : 4 * (HalfU + HalfV);

    /// <inheritdoc/>
    public override int Spans(in RowLine r, Span<Interval> spans)
    {
        var across = ThicknessUm is null ? Interval.Between(r.W, r.DW, -HalfW - Slack, HalfW + Slack) : Within(r);
        return One(across.And(Interval.Between(r.U, r.DU, -HalfU - Slack, HalfU + Slack))
            .And(Interval.Between(r.V, r.DV, -HalfV - Slack, HalfV + Slack)), spans);
    }
}
