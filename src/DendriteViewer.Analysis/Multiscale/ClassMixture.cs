using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>A voxel's two values: absorption and phase contrast.</summary>
internal readonly record struct JointValue(float Absorption, float Phase);

/// <summary>A class as a normal distribution in the joint histogram.</summary>
/// <param name="Weight">Share of the voxels.</param>
/// <param name="Absorption">Mean absorption value.</param>
/// <param name="Phase">Mean phase value.</param>
/// <param name="Covariance">Of the two: absorption², both, phase².</param>
public sealed record ClassShape(double Weight, double Absorption, double Phase, double[] Covariance);

/// <summary>
/// The joint histogram as a mixture of normal distributions, fitted by expectation and maximisation (A. Dempster et al., J. R. Stat. Soc.
/// B 39,
/// 1, 1977). What electrolyte and voids look like is learned from what is known to be either: voids that the pristine scan had; lithium is
/// what is dark as they are and lies between the two in phase contrast. A constant stands for what fits nowhere.
/// </summary>
internal sealed class ClassMixture : IClassModel
{
    private const int Rounds = 60;
    private const double Odd = 0.01, LeastWay = 0.28, MostWay = 0.85, GuessedWay = 0.5;
    private readonly double _area;

    private ClassMixture(ClassShape[] classes, double area) => (Classes, _area) = (classes, area);

    /// <summary>Electrolyte, void, lithium.</summary>
    public ClassShape[] Classes { get; private set; }

    /// <summary>Fits the mixture.</summary>
    /// <param name="electrolyte">Values of electrolyte.</param>
    /// <param name="voids">Values inside voids that the pristine scan had; may be few.</param>
    /// <param name="dark">Values inside new dark pieces.</param>
    /// <param name="warning">What is poor about it, or null.</param>
    public static ClassMixture? Fit(IReadOnlyList<JointValue> electrolyte, IReadOnlyList<JointValue> voids, IReadOnlyList<JointValue> dark,
        out string? warning)
    {
        warning = null;
        if (electrolyte.Count < 100 || dark.Count < 20)
        {
            warning = "The nano field covers too little electrolyte or new dark volume to tell classes apart.";
            return null;
        }

        var bright = Shape(electrolyte, 1);
        var black = voids.Count >= 60 ? Shape(voids, 0.4) : Darkest(dark);
        if (voids.Count < 60)
        {
            warning = "The nano field covers too few voids of the pristine scan to know how black a void is: the blackest new dark "
                + "voxels stand in.";
        }

        var span = bright.Phase - black.Phase;
        if (!(Math.Abs(span) > 3 * Math.Sqrt(bright.Covariance[2])))
        {
            warning = "In phase contrast voids are hardly darker than the electrolyte: the volumes may lie wrong on one another.";
            return null;
        }

        var area = Math.Max(1e-9, (Range(electrolyte, dark, v => v.Absorption)) * Range(electrolyte, dark, v => v.Phase));
        var grey = new ClassShape(
            0.4, black.Absorption, black.Phase + GuessedWay * span, [black.Covariance[0], 0, Math.Max(black.Covariance[2],
                Math.Pow(0.09 * span, 2))]);
        var mixture = new ClassMixture([bright with { Weight = 0.2 }, black, grey], area);
        mixture.Climb(dark, black, bright, span);
        return mixture;
    }

    /// <inheritdoc/>
    public void Posterior(JointValue v, Span<double> target)
    {
        var sum = 0.0;
        for (var k = 0; k < 3; k++)
        {
            sum += target[k] = Classes[k].Weight * Density(Classes[k], v);
        }

        sum += target[3] = Odd / _area;
        for (var k = 0; k < 4; k++)
        {
            target[k] /= sum;
        }
    }

    // Electrolyte and void keep what is known of them; weights and lithium are fitted.
    private void Climb(IReadOnlyList<JointValue> dark, ClassShape black, ClassShape bright, double span)
    {
        var p = new double[4];
        for (var round = 0; round < Rounds; round++)
        {
            var (sums, w) = (new double[4], new double[6]);
            foreach (var v in dark)
            {
                Posterior(v, p);
                for (var k = 0; k < 4; k++)
                {
                    sums[k] += p[k];
                }

                Add(w, v, p[2]);
            }

            var grey = w[0] > 12 ? Of(w, sums[2] / dark.Count) : Classes[2] with { Weight = sums[2] / dark.Count };
            var way = Math.Clamp((grey.Phase - black.Phase) / span, LeastWay, MostWay);
            var spread = Math.Pow(0.04 * span, 2);
            grey = grey with
            {
                Phase = black.Phase + way * span, Covariance = [grey.Covariance[0] + 1e-9, grey.Covariance[1], Math.Max(grey.Covariance[2],
                    spread)],
            };
            if (!(grey.Covariance[0] * grey.Covariance[2] > 1.05 * grey.Covariance[1] * grey.Covariance[1]))
            {
                grey = grey with { Covariance = [Math.Max(grey.Covariance[0], black.Covariance[0]), 0, grey.Covariance[2]] };
            }

            double Share(int k) => Math.Max(0.02, sums[k] / dark.Count);
            Classes = [bright with { Weight = Share(0) }, black with { Weight = Share(1) }, grey with { Weight = Share(2) }];
        }
    }

    private static void Add(double[] w, JointValue v, double by)
    {
        w[0] += by;
        w[1] += by * v.Absorption;
        w[2] += by * v.Phase;
        w[3] += by * v.Absorption * v.Absorption;
        w[4] += by * v.Absorption * v.Phase;
        w[5] += by * v.Phase * v.Phase;
    }

    private static ClassShape Of(double[] w, double weight)
    {
        double a = w[1] / w[0], p = w[2] / w[0];
        return new ClassShape(weight, a, p, [w[3] / w[0] - a * a, w[4] / w[0] - a * p, w[5] / w[0] - p * p]);
    }

    private static ClassShape Shape(IReadOnlyList<JointValue> values, double weight)
    {
        // About the medians, with spreads of the middle half, so that a rim of something else does not count.
        var (a, sa) = Robust(values.Select(v => (double)v.Absorption));
        var (p, sp) = Robust(values.Select(v => (double)v.Phase));
        return new ClassShape(weight, a, p, [sa * sa, 0, sp * sp]);
    }

    private static (double Median, double Spread) Robust(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var spread = (sorted[(int)(0.75 * (sorted.Length - 1))] - sorted[(int)(0.25 * (sorted.Length - 1))]) / 1.349;
        return (sorted[sorted.Length / 2], Math.Max(spread, 1e-6 * Math.Max(1, Math.Abs(sorted[sorted.Length / 2]))));
    }

    private static ClassShape Darkest(IReadOnlyList<JointValue> dark)
    {
        var least = dark.OrderBy(v => v.Phase).Take(Math.Max(10, dark.Count / 10)).ToArray();
        return Shape(least, 0.4);
    }

    private static double Range(IReadOnlyList<JointValue> a, IReadOnlyList<JointValue> b, Func<JointValue, float> of)
    {
        var (low, high) = RobustRange.Of(a.Concat(b).Select(of).ToArray());
        return high - low;
    }

    private static double Density(ClassShape c, JointValue v)
    {
        double a = v.Absorption - c.Absorption, p = v.Phase - c.Phase;
        var det = c.Covariance[0] * c.Covariance[2] - c.Covariance[1] * c.Covariance[1];
        return Math.Exp(-0.5 * (c.Covariance[2] * a * a - 2 * c.Covariance[1] * a * p
            + c.Covariance[0] * p * p) / det) / (2 * Math.PI * Math.Sqrt(det));
    }
}
