namespace DendriteViewer.Analysis.Impedance;

/// <summary>Akaike's information criterion for small samples.</summary>
public static class InformationCriterion
{
    /// <summary>AICc = N ln(χ²/N) + 2p + 2p(p + 1)/(N − p − 1); infinite where N ≤ p + 1.</summary>
    /// <param name="chiSquare">Σ of squared weighted residuals.</param>
    /// <param name="residuals">N; for impedance twice the number of points.</param>
    /// <param name="parameters">p, the number of free parameters.</param>
    public static double Aicc(double chiSquare, int residuals, int parameters)
    {
        var (n, p) = ((double)residuals, (double)parameters);

        // Below the rounding of doubles there is nothing to be told apart.
        var perResidual = Math.Max(chiSquare / n, 1e-28);
        return n - p - 1 > 0 ? n * Math.Log(perResidual) + 2 * p + 2 * p * (p + 1) / (n - p - 1) : double.PositiveInfinity;
    }
}
