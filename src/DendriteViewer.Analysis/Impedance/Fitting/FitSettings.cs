namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>What the residuals of a fit are divided by.</summary>
public enum FitWeight
{
    /// <summary>Both parts by |Z|.</summary>
    Modulus,

    /// <summary>The real part by |Re|, the imaginary part by |Im|.</summary>
    Proportional,

    /// <summary>By nothing.</summary>
    Unit,
}

/// <summary>The range that a parameter may have.</summary>
/// <param name="Least">The least value.</param>
/// <param name="Most">The largest value.</param>
public readonly record struct ParameterRange(double Least, double Most);

/// <summary>What a person asks of a fit. Everything may be left out.</summary>
public sealed record FitSettings
{
    /// <summary>The weight; the modulus where nothing is said.</summary>
    public FitWeight Weight { get; init; } = FitWeight.Modulus;

    /// <summary>
    /// Where the fit begins, by names of parameters. Where all free parameters are given, the fit goes from there as scipy and
    /// impedance.py do (<see cref="TrustRegionReflective"/>) and seeks no other minimum; parameters that are not given begin where the
    /// fit's own starts do.
    /// </summary>
    public IReadOnlyDictionary<string, double> Start { get; init; } = new Dictionary<string, double>();

    /// <summary>Parameters that keep a value.</summary>
    public IReadOnlyDictionary<string, double> Fixed { get; init; } = new Dictionary<string, double>();

    /// <summary>Parameters that equal another one: tied name → leading name.</summary>
    public IReadOnlyDictionary<string, string> Tied { get; init; } = new Dictionary<string, string>();

    /// <summary>Ranges that replace those of <see cref="ParameterRanges"/>.</summary>
    public IReadOnlyDictionary<string, ParameterRange> Bounds { get; init; } = new Dictionary<string, ParameterRange>();

    /// <summary>Whether a fit from a complete start goes on to the minimum where scipy's limits would end it before.</summary>
    public bool Tight { get; init; }

    /// <summary>How many starts by Latin hypercube are tried where no start is given.</summary>
    public int Starts { get; init; } = 40;

    /// <summary>Whether arcs of one kind are put in order of rising τ: only where no name was used to say something.</summary>
    public bool ArcsAreOrdered => Start.Count == 0 && Fixed.Count == 0 && Tied.Count == 0 && Bounds.Count == 0;
}
