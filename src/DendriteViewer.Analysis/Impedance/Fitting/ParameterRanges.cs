using DendriteViewer.Analysis.Impedance.Circuits;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>
/// The ranges of parameters where nobody set others: several decades beyond what a sweep can see, so that a parameter at its limit
/// is one that the data do not determine. A resistance lies between 1e-6 of the least and 1e6 of the largest |Z|; a time between 1e-4 of
/// the shortest and 1e6 of the longest 1/ω; the others follow from these.
/// </summary>
internal static class ParameterRanges
{
    private const double Below = 1e-6, Above = 1e6, TimeBelow = 1e-4;

    /// <summary>The range of a parameter for a sweep.</summary>
    /// <param name="role">What it is.</param>
    /// <param name="span">What the sweep covers.</param>
    public static ParameterRange Of(ParameterRole role, in SweepSpan span)
    {
        var (r0, r1) = (span.LeastOhm * Below, span.MostOhm * Above);
        var (t0, t1) = (TimeBelow / span.MostOmega, Above / span.LeastOmega);
        return role switch
        {
            ParameterRole.Resistance => new(r0, r1),
            ParameterRole.Capacitance => new(t0 / (span.MostOhm * Above), t1 / (span.LeastOhm * Below)),
            ParameterRole.Inductance => new(span.LeastOhm * Below / span.MostOmega, span.MostOhm * Above / span.LeastOmega),
            ParameterRole.Admittance => new(Math.Min(1, t0) / (span.MostOhm * Above), Math.Max(1, t1) / (span.LeastOhm * Below)),
            ParameterRole.Exponent => new(0, 1),
            ParameterRole.WarburgCoefficient => new(r0 * Math.Sqrt(span.LeastOmega), r1 * Math.Sqrt(span.MostOmega)),
            _ => new(t0, t1),
        };
    }
}

/// <summary>The smallest and largest ω and |Z| of a sweep.</summary>
/// <param name="LeastOmega">The least ω in 1/s.</param>
/// <param name="MostOmega">The largest ω in 1/s.</param>
/// <param name="LeastOhm">The least |Z| in Ω.</param>
/// <param name="MostOhm">The largest |Z| in Ω.</param>
internal readonly record struct SweepSpan(double LeastOmega, double MostOmega, double LeastOhm, double MostOhm);
