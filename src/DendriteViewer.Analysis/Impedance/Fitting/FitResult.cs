using DendriteViewer.Analysis.Impedance.Circuits;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>A parameter after a fit.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Its unit; empty for exponents.</param>
/// <param name="Value">Its value.</param>
/// <param name="Sigma">One standard deviation; null where the value was given, lies at a limit, or is not determined by the data.</param>
/// <param name="AtLimit">Whether it lies at an end of its range.</param>
/// <param name="IsFixed">Whether its value was given.</param>
/// <param name="TiedTo">The parameter that it equals by request.</param>
public sealed record FittedParameter(string Name, string Unit, double Value, double? Sigma, bool AtLimit, bool IsFixed, string? TiedTo)
{
    /// <summary>The range that it may have: the one that was asked for, or the usual one for the sweep.</summary>
    public ParameterRange Range { get; init; }
}

/// <summary>Two parameters that the data hardly tell apart.</summary>
/// <param name="First">One name.</param>
/// <param name="Second">The other.</param>
/// <param name="Value">Their correlation, −1 to 1.</param>
public sealed record ParameterCorrelation(string First, string Second, double Value);

/// <summary>A minimum of χ².</summary>
/// <param name="ChiSquare">χ² there.</param>
/// <param name="Values">The parameters there, in the circuit's order.</param>
public sealed record FitMinimum(double ChiSquare, double[] Values);

/// <summary>What a fit came to.</summary>
public sealed record FitResult
{
    /// <summary>The circuit.</summary>
    public required Circuit Circuit { get; init; }

    /// <summary>The weight of the residuals.</summary>
    public required FitWeight Weight { get; init; }

    /// <summary>Its parameters in the circuit's order.</summary>
    public required IReadOnlyList<FittedParameter> Parameters { get; init; }

    /// <summary>Pseudo-χ²: Σ of squared weighted residuals.</summary>
    public required double PseudoChiSquare { get; init; }

    /// <summary>AICc over twice the number of points.</summary>
    public required double Aicc { get; init; }

    /// <summary>The largest |ΔZ| in percent of |Z|.</summary>
    public required double WorstPercent { get; init; }

    /// <summary>How many points were fitted.</summary>
    public required int Points { get; init; }

    /// <summary>Pairs whose correlation lies beyond ±0.95.</summary>
    public required IReadOnlyList<ParameterCorrelation> Correlations { get; init; }

    /// <summary>Fitted real parts in Ω, in the order of the points.</summary>
    public required double[] Re { get; init; }

    /// <summary>Fitted imaginary parts in Ω.</summary>
    public required double[] Im { get; init; }

    /// <summary>Other minima that starts ended in: their χ², rising.</summary>
    public IReadOnlyList<double> OtherMinima { get; init; } = [];

    /// <summary>Values of all parameters at the minima that were found, the lowest first.</summary>
    internal IReadOnlyList<double[]> Minima { get; init; } = [];

    /// <summary>
    /// The χ² of the minimum, and its values, where a fit from a complete start was ended by scipy's limits before it came there; else
    /// null.
    /// </summary>
    public FitMinimum? Minimum { get; init; }

    /// <summary>The values in the circuit's order.</summary>
    public double[] Values => [.. Parameters.Select(p => p.Value)];

    /// <summary>A parameter by its name.</summary>
    public FittedParameter this[string name] => Parameters[Circuit.IndexOf(name)];
}
