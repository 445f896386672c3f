using DendriteViewer.Analysis.Impedance.KramersKronig;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Impedance.Relaxation;

/// <summary>A peak of a distribution of relaxation times.</summary>
/// <param name="TauS">Its τ in s, of the maximum.</param>
/// <param name="AreaOhm">Its area in Ω: the resistance of the process.</param>
/// <param name="AtEdge">Whether its maximum lies beyond the measured frequencies, where the data do not hold it.</param>
public sealed record DrtPeak(double TauS, double AreaOhm, bool AtEdge);

/// <summary>A distribution of relaxation times.</summary>
/// <param name="Lambda">The strength of the smoothing.</param>
/// <param name="TauS">Log-spaced times in s.</param>
/// <param name="GammaOhm">γ(ln τ) in Ω at each of them: ∫γ d ln τ is the resistance.</param>
/// <param name="Peaks">By rising τ.</param>
/// <param name="SeriesOhm">The resistance that does not relax, in Ω.</param>
/// <param name="InductanceH">The series inductance in H.</param>
/// <param name="CapacitanceF">The series capacitance in F; null where there is none.</param>
/// <param name="ResidualPercent">The root of the mean square of the residuals, in percent of |Z|.</param>
public sealed record DrtResult(
    double Lambda, double[] TauS, double[] GammaOhm, IReadOnlyList<DrtPeak> Peaks, double SeriesOhm, double InductanceH,
    double? CapacitanceF, double ResidualPercent);

/// <summary>
/// Distribution of relaxation times, Z = R∞ + jωL + 1/(jωC) + ∫ γ(ln τ)/(1 + jωτ) d ln τ with γ ≥ 0, by Tikhonov's method: the weighted
/// squares of both parts' residuals (1/|Z|) plus λ∫(γ′)² are least. ln τ has <see cref="ADecade"/> points a decade and a decade beyond the
/// measured ω at both ends, where γ is 0. λ is the largest whose residuals are no larger than the noise, which the Kramers–Kronig
/// fit tells (Morozov's principle): smoother would miss what the data say, less smooth would show noise as peaks.
/// </summary>
public sealed class Drt
{
    /// <summary>Points a decade.</summary>
    public const int ADecade = 12;

    /// <summary>The range of λ.</summary>
    public const double LeastLambda = 1e-8, MostLambda = 1e3;

    private const double Beyond = 10, OverNoise = 1.05, LeastNoise = 5e-4, LeastShare = 0.005, SideShare = 0.1, SideDecades = 1.3;

    private readonly SweepPoints _points;
    private readonly double[] _tau, _normal, _right, _penalty, _scale;
    private readonly double[][] _columns;
    private readonly double[] _data;
    private readonly NonNegative _solver;
    private readonly bool[] _above;

    /// <summary>Makes the equations of a sweep ready.</summary>
    public Drt(SweepPoints points)
    {
        _points = points;
        var (least, most) = (1 / points.Omega.Max() / Beyond, 1 / points.Omega.Min() * Beyond);
        var count = (int)Math.Ceiling(Math.Log10(most / least) * ADecade) + 1;
        _tau = [.. Enumerable.Range(0, count).Select(k => least * Math.Pow(most / least, k / (count - 1d)))];
        var n = count + 3;
        _scale = new double[n];
        _columns = [.. Enumerable.Range(0, n).Select(Column)];
        _data = [.. points.Re.Zip(points.Modulus, (v, m) => v / m), .. points.Im.Zip(points.Modulus, (v, m) => v / m)];
        (_normal, _right, _penalty) = (new double[n * n], new double[n], new double[n * n]);
        for (var i = 0; i < n; i++)
        {
            _right[i] = Dot(_columns[i], _data);
            for (var k = 0; k <= i; k++)
            {
                _normal[i * n + k] = _normal[k * n + i] = Dot(_columns[i], _columns[k]);
            }
        }

        AddPenalty(count, n);
        _solver = new NonNegative(n);
        _above = new bool[n];
        Array.Fill(_above, true);
    }

    /// <summary>The distribution with the λ that the noise allows.</summary>
    /// <param name="noise">The root of the mean square of the residuals, as a part of |Z|.</param>
    /// <param name="ct">Gives up between two strengths of smoothing.</param>
    public DrtResult Solve(double noise, CancellationToken ct = default)
    {
        var (low, high) = (Math.Log(LeastLambda), Math.Log(MostLambda));
        var target = Math.Max(Math.Max(noise, LeastNoise), Residual(Unknowns(LeastLambda))) * OverNoise;
        for (var i = 0; i < 10; i++)
        {
            ct.ThrowIfCancellationRequested();
            ComputeLane.GiveWay();
            var middle = (low + high) / 2;
            (low, high) = Residual(Unknowns(Math.Exp(middle))) <= target ? (middle, high) : (low, middle);
        }

        return At(Math.Exp(low));
    }

    /// <summary>The distribution with the λ that the noise of a verdict allows.</summary>
    public static DrtResult Of(SweepPoints points) => new Drt(points).Solve(KkVerdict.Of(points).NoisePercent / 100);

    /// <summary>The distribution with a given λ.</summary>
    public DrtResult At(double lambda)
    {
        var x = Unknowns(lambda);
        var step = Math.Log(_tau[1] / _tau[0]);
        var gamma = _tau.Select((_, k) => x[k] / _scale[k] / step).ToArray();
        var n = _tau.Length;
        var elastance = x[n + 2] / _scale[n + 2];
        return new DrtResult(lambda, _tau, gamma, PeaksOf(gamma, step), x[n] / _scale[n], x[n + 1] / _scale[n + 1],
            elastance > 0 ? 1 / elastance : null, 100 * Residual(x));
    }

    private double[] Unknowns(double lambda)
    {
        var h = new double[_normal.Length];
        for (var i = 0; i < h.Length; i++)
        {
            h[i] = _normal[i] + lambda * _penalty[i];
        }

        var n = _right.Length;
        var ridge = 1e-13 * Enumerable.Range(0, n).Max(i => h[i * n + i]);
        for (var tries = 0; tries < 8; tries++, ridge *= 100)
        {
            for (var i = 0; i < n; i++)
            {
                h[i * n + i] += ridge;
            }

            if (_solver.Solve(h, _right, _above) is { } x)
            {
                return [.. x];
            }

            Array.Fill(_above, true);
        }

        throw new InvalidOperationException("The equations of the distribution of relaxation times have no solution.");
    }

    private double Residual(double[] x)
    {
        var sum = 0d;
        for (var row = 0; row < _data.Length; row++)
        {
            var r = -_data[row];
            for (var k = 0; k < x.Length; k++)
            {
                r += x[k] != 0 ? _columns[k][row] * x[k] : 0;
            }

            sum += r * r;
        }

        return Math.Sqrt(sum / _data.Length);
    }

    // R∥C of each τ, then R∞, L and 1/C. Elements of τ are scaled alike (their neighbours are compared), the others each to length 1.
    private double[] Column(int k)
    {
        var n = _tau.Length;
        var values = new double[2 * _points.Count];
        for (var i = 0; i < _points.Count; i++)
        {
            var w = _points.Omega[i];
            var wt = k < n ? w * _tau[k] : 0;
            values[i] = (k < n ? 1 / (1 + wt * wt) : k == n ? 1 : 0) / _points.Modulus[i];
            values[_points.Count + i] = (k < n ? -wt / (1 + wt * wt) : k == n ? 0 : k == n + 1 ? w : -1 / w) / _points.Modulus[i];
        }

        _scale[k] = k < n ? 1 / MeanModulus() : Math.Sqrt(Dot(values, values));
        for (var i = 0; i < values.Length; i++)
        {
            values[i] /= _scale[k];
        }

        return values;
    }

    private double MeanModulus() => Math.Exp(_points.Modulus.Average(Math.Log));

    // λ∫(γ′)² d ln τ over the scaled unknowns, which are γ times the step: differences of neighbours, with zeros beyond the ends.
    private void AddPenalty(int count, int n)
    {
        var factor = Math.Pow(Math.Log(_tau[1] / _tau[0]), -3);
        for (var i = 0; i < count; i++)
        {
            _penalty[i * n + i] = 2 * factor;
            if (i > 0)
            {
                _penalty[i * n + i - 1] = _penalty[(i - 1) * n + i] = -factor;
            }
        }
    }

    private List<DrtPeak> PeaksOf(double[] gamma, double step)
    {
        var peaks = new List<DrtPeak>();
        var total = gamma.Sum();
        var from = 0;
        for (var i = 0; i < gamma.Length; i++)
        {
            // A valley, or the end, closes the peak that lies before it; its own value goes to both sides in halves.
            var isValley = i == gamma.Length - 1 || (i > 0 && gamma[i] <= gamma[i - 1] && gamma[i] < gamma[i + 1]);
            if (!isValley)
            {
                continue;
            }

            var (top, sum) = (from, 0d);
            for (var k = from; k <= i; k++)
            {
                top = gamma[k] > gamma[top] ? k : top;
                sum += (k == from && from > 0) || (k == i && i < gamma.Length - 1) ? gamma[k] / 2 : gamma[k];
            }

            if (sum > LeastShare * total)
            {
                var tau = _tau[top] * Math.Exp(step * Vertex(gamma, top));
                peaks.Add(new DrtPeak(tau, sum * step, tau < 1 / _points.Omega.Max() || tau > 1 / _points.Omega.Min()));
            }

            from = i;
        }

        return Joined(peaks);
    }

    // Smoothing draws the long tails of an arc of a constant phase element as small peaks beside it. One that is far smaller than a peak
    // nearby is counted to that.
    private static List<DrtPeak> Joined(List<DrtPeak> peaks)
    {
        for (var i = 0; i < peaks.Count;)
        {
            var small = peaks[i];
            var owner = peaks.Where(p => p.AreaOhm * SideShare > small.AreaOhm && Math.Abs(Math.Log10(p.TauS / small.TauS)) < SideDecades)
                .MaxBy(p => p.AreaOhm);
            if (owner is null)
            {
                i++;
                continue;
            }

            peaks[peaks.IndexOf(owner)] = owner with { AreaOhm = owner.AreaOhm + small.AreaOhm };
            peaks.RemoveAt(i);
        }

        return peaks;
    }

    // Where the parabola through the maximum and its neighbours is highest, in steps.
    private static double Vertex(double[] y, int top)
    {
        if (top == 0 || top == y.Length - 1)
        {
            return 0;
        }

        var curvature = y[top - 1] - 2 * y[top] + y[top + 1];
        return curvature < 0 ? Math.Clamp((y[top - 1] - y[top + 1]) / 2 / curvature, -0.5, 0.5) : 0;
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0d;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
