namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>
/// The quadratic model around a point, in scaled steps s: ½|J d s + r|² + ½ sᵀC s. <see cref="TrustRegionReflective"/> says what d and C
/// are.
/// </summary>
internal sealed class ReflectiveModel
{
    private const int MostRootSteps = 10;

    private readonly double[] _jacobian, _least, _most, _x, _d, _gradient, _curvature;
    private readonly int _n, _rows;
    private readonly double _theta;
    private readonly double[] _projected;
    private readonly SingularValues _svd;

    public ReflectiveModel(
        double[] jacobian, double[] residuals, double[] least, double[] most, double[] x, double[] gradient,
        (double V, int Slope)[] scaling, double theta)
    {
        (_jacobian, _least, _most, _x, _theta) = (jacobian, least, most, x, theta);
        (_n, _rows) = (x.Length, residuals.Length);
        var (n, rows) = (_n, _rows);
        _d = [.. scaling.Select(s => Math.Sqrt(s.V))];
        _gradient = [.. _d.Zip(gradient, (a, b) => a * b)];
        _curvature = [.. scaling.Zip(gradient, (s, g) => g * s.Slope)];
        _svd = new SingularValues([.. Enumerable.Range(0, n).Select(c => Enumerable.Range(0, rows + n).Select(r =>
            r < rows ? jacobian[r * n + c] * _d[c] : r - rows == c ? Math.Sqrt(_curvature[c]) : 0).ToArray())]);
        _projected = _svd.Project([.. residuals, .. new double[n]]);
    }

    /// <summary>The step, the scaled step, and by how much the model says that ½χ² falls.</summary>
    /// <param name="radius">Δ, the longest scaled step.</param>
    /// <param name="multiplier">Moré's α; the search for it begins at that of the step before.</param>
    public (double[] Step, double[] Scaled, double Predicted) Step(double radius, ref double multiplier)
    {
        var inner = InTrustRegion(radius, ref multiplier);
        if (IsInside(Unscaled(inner)))
        {
            return (Unscaled(inner), inner, -Value(inner));
        }

        // Cut off where the first bound is met, and a little before.
        var (stride, hits) = ToBound(_x, Unscaled(inner));
        var reflected = inner.Select((v, i) => hits[i] ? -v : v).ToArray();
        var atBound = inner.Select(v => v * stride).ToArray();
        var candidates = new List<double[]> { atBound.Select(v => v * _theta).ToArray() };
        var onBound = _x.Zip(Unscaled(atBound), (a, b) => a + b).ToArray();
        var toEdge = ToEdge(atBound, reflected, radius);
        var toBound = ToBound(onBound, Unscaled(reflected)).Stride;
        var most = Math.Min(toBound, toEdge);
        if (most > 0)
        {
            var (low, high) = ((1 - _theta) * stride / most, most == toBound ? _theta * toBound : toEdge);
            if (low <= high)
            {
                var t = BestAlong(reflected, atBound, low, high);
                candidates.Add([.. reflected.Zip(atBound, (r, p) => r * t + p)]);
            }
        }

        var descent = _gradient.Select(g => -g).ToArray();
        var (edge, bound) = (radius / TrustRegionReflective.Norm(descent), ToBound(_x, Unscaled(descent)).Stride);
        var along = BestAlong(descent, null, 0, bound < edge ? _theta * bound : edge);
        candidates.Add([.. descent.Select(v => v * along)]);
        var best = candidates.MinBy(Value)!;
        return (Unscaled(best), best, -Value(best));
    }

    // Moré's solution within the ball, by the singular values: the Gauss–Newton step where it fits, else the root of |s(α)| = Δ.
    private double[] InTrustRegion(double radius, ref double multiplier)
    {
        var singular = _svd.S;
        var isFull = singular[^1] > Math.Pow(2, -52) * _rows * singular[0];
        if (isFull)
        {
            var newton = Combine([.. _projected.Zip(singular, (p, s) => -p / s)]);
            if (TrustRegionReflective.Norm(newton) <= radius)
            {
                multiplier = 0;
                return newton;
            }
        }

        var weighted = singular.Zip(_projected, (s, p) => s * p).ToArray();
        var (upper, lower) = (TrustRegionReflective.Norm(weighted) / radius, 0d);
        if (isFull)
        {
            var (phi, slope) = Excess(0);
            lower = -phi / slope;
        }

        var alpha = !isFull && multiplier == 0 ? Between() : multiplier;
        for (var i = 0; i < MostRootSteps; i++)
        {
            alpha = alpha < lower || alpha > upper ? Between() : alpha;
            var (phi, slope) = Excess(alpha);
            upper = phi < 0 ? alpha : upper;
            var ratio = phi / slope;
            lower = Math.Max(lower, alpha - ratio);
            alpha -= (phi + radius) * ratio / radius;
            if (Math.Abs(phi) < 0.01 * radius)
            {
                break;
            }
        }

        multiplier = alpha;
        var step = Combine([.. weighted.Zip(singular, (w, v) => -w / (v * v + alpha))]);
        var length = TrustRegionReflective.Norm(step);
        return [.. step.Select(v => v * radius / length)];

        double Between() => Math.Max(0.001 * upper, Math.Sqrt(lower * upper));

        (double Phi, double Slope) Excess(double a)
        {
            var denominators = singular.Select(v => v * v + a).ToArray();
            var norm = TrustRegionReflective.Norm(weighted.Zip(denominators, (w, d) => w / d));
            return (norm - radius, -weighted.Zip(denominators, (w, d) => w * w / (d * d * d)).Sum() / norm);
        }
    }

    private double[] Combine(double[] factors) =>
        [.. Enumerable.Range(0, factors.Length).Select(i => factors.Select((f, k) => f * _svd.V[k][i]).Sum())];

    private double[] Unscaled(double[] s) => [.. s.Zip(_d, (a, b) => a * b)];

    private bool IsInside(double[] step) =>
        Enumerable.Range(0, _x.Length).All(i => _x[i] + step[i] >= _least[i] && _x[i] + step[i] <= _most[i]);

    private (double Stride, bool[] Hits) ToBound(double[] from, double[] step)
    {
        var strides = step.Select((s, i) => s == 0 ? double.PositiveInfinity
            : Math.Max((_least[i] - from[i]) / s, (_most[i] - from[i]) / s)).ToArray();
        var least = strides.Min();
        return (least, [.. strides.Select((v, i) => v == least && step[i] != 0)]);
    }

    // How far along a direction the ball ends.
    private static double ToEdge(double[] from, double[] along, double radius)
    {
        var (a, b, c) = (Dot(along, along), Dot(from, along), Dot(from, from) - radius * radius);
        var q = -(b + Math.CopySign(Math.Sqrt(Math.Max(0, b * b - a * c)), b));
        return a == 0 ? 0 : Math.Max(q / a, q == 0 ? 0 : c / q);
    }

    // ½ sᵀ(JᵀJ + C)s + gᵀs
    private double Value(double[] s) => 0.5 * Curved(s, s) + Dot(_gradient, s);

    private double BestAlong(double[] along, double[]? from, double low, double high)
    {
        var (a, b) = (0.5 * Curved(along, along), Dot(_gradient, along) + (from is null ? 0 : Curved(from, along)));
        double At(double t) => t * (a * t + b);
        var middle = a != 0 ? -0.5 * b / a : low;
        var ends = At(low) <= At(high) ? low : high;
        return middle > low && middle < high && At(middle) < At(ends) ? middle : ends;
    }

    private double Curved(double[] s, double[] t)
    {
        var sum = 0d;
        for (var row = 0; row < _rows; row++)
        {
            var (u, v) = (0d, 0d);
            for (var i = 0; i < s.Length; i++)
            {
                var j = _jacobian[row * s.Length + i] * _d[i];
                (u, v) = (u + j * s[i], v + j * t[i]);
            }

            sum += u * v;
        }

        return sum + Enumerable.Range(0, s.Length).Sum(i => s[i] * _curvature[i] * t[i]);
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
