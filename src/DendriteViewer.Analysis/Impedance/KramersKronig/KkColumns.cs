namespace DendriteViewer.Analysis.Impedance.KramersKronig;

/// <summary>
/// The linear model of the test. Unknowns in this order: R₀, one resistance an element, 1/C where there is a capacitance, L.
/// </summary>
internal sealed class KkColumns(SweepPoints points, double[] tau, bool capacitance)
{
    /// <summary>How many unknowns there are.</summary>
    public int Unknowns => tau.Length + 2 + (capacitance ? 1 : 0);

    /// <summary>The unknowns, fitted to the parts that are asked for; weighted with 1/|Z|.</summary>
    /// <param name="fit">Which parts.</param>
    /// <param name="resistances">The elements' resistances in Ω, without R₀.</param>
    public double[] Solve(KkFit fit, out double[] resistances)
    {
        int[] all = [.. Enumerable.Range(0, Unknowns)];
        var x = Solve(fit, all);

        // No cell has a negative capacitance; one would only follow what the cell did not do. Where one unknown alone is bounded, the
        // least squares with the bound are those without that unknown.
        var inverse = Unknowns - 2;
        if (capacitance && x[inverse] < 0)
        {
            x = Solve(fit, [.. all.Where(i => i != inverse)]);
        }

        resistances = x[1..(tau.Length + 1)];
        return x;
    }

    private double[] Solve(KkFit fit, int[] unknowns)
    {
        var x = new double[Unknowns];
        switch (fit)
        {
            case KkFit.Complex:
                Put(x, unknowns, [.. points.Re, .. points.Im], c => [.. Real(c), .. Imaginary(c)], twice: true);
                break;
            case KkFit.Real:
                Put(x, unknowns.Where(i => i <= tau.Length), points.Re, Real, twice: false);
                var left = Evaluate(x).Im;
                Put(x, unknowns.Where(i => i > tau.Length), [.. points.Im.Zip(left, (a, b) => a - b)], Imaginary, twice: false);
                break;
            default:
                Put(x, unknowns.Where(i => i > 0), points.Im, Imaginary, twice: false);
                var (sum, weights) = (0d, 0d);
                var real = Evaluate(x).Re;
                for (var i = 0; i < points.Count; i++)
                {
                    var weight = 1 / (points.Modulus[i] * points.Modulus[i]);
                    sum += weight * (points.Re[i] - real[i]);
                    weights += weight;
                }

                x[0] = sum / weights;
                break;
        }

        return x;
    }

    /// <summary>The model's impedance in Ω.</summary>
    public (double[] Re, double[] Im) Evaluate(double[] x)
    {
        var (re, im) = (new double[points.Count], new double[points.Count]);
        for (var c = 0; c < x.Length; c++)
        {
            if (x[c] != 0)
            {
                var (a, b) = (Real(c), Imaginary(c));
                for (var i = 0; i < re.Length; i++)
                {
                    re[i] += x[c] * a[i];
                    im[i] += x[c] * b[i];
                }
            }
        }

        return (re, im);
    }

    private void Put(double[] x, IEnumerable<int> unknowns, double[] data, Func<int, double[]> column, bool twice)
    {
        int[] which = [.. unknowns];
        double[] modulus = twice ? [.. points.Modulus, .. points.Modulus] : points.Modulus;
        double[] Weighted(double[] values) => [.. values.Zip(modulus, (v, m) => v / m)];
        var solved = LeastSquares.Solve([.. which.Select(c => Weighted(column(c)))], Weighted(data));
        for (var i = 0; i < which.Length; i++)
        {
            x[which[i]] = solved[i];
        }
    }

    private double[] Real(int unknown) => [.. points.Omega.Select(w => unknown == 0 ? 1
        : unknown <= tau.Length ? 1 / (1 + w * tau[unknown - 1] * w * tau[unknown - 1]) : 0)];

    private double[] Imaginary(int unknown) => [.. points.Omega.Select(w => unknown == 0 ? 0
        : unknown <= tau.Length ? -w * tau[unknown - 1] / (1 + w * tau[unknown - 1] * w * tau[unknown - 1])
        : unknown == Unknowns - 1 ? w : -1 / w)];
}
