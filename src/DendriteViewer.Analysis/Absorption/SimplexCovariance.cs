using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// How well weights are determined that sum to one: the diagonal of the inverse of JᵀJ, in which all weights but the last are free and the
/// last is one minus the others.
/// </summary>
internal static class SimplexCovariance
{
    /// <summary>The variances over σ².</summary>
    /// <param name="columns">The columns of X.</param>
    /// <param name="passive">Those with weight.</param>
    /// <param name="more">Further directions of the model, such as its derivative by a shift.</param>
    /// <returns>Of the passive weights in their order, then of the further directions; null where they are not determined.</returns>
    public static double[]? Variances(
        IReadOnlyList<double[]> columns, IReadOnlyList<int> passive, params IReadOnlyList<double[]> more)
    {
        // Free are all but the last weight, which is one minus the others.
        var (free, last) = (passive.Count - 1, columns[passive[^1]]);
        var size = free + more.Count;
        if (size == 0)
        {
            return [0];
        }

        var jacobian = Matrix<double>.Build.Dense(
            last.Length, size, (i, j) => j < free ? columns[passive[j]][i] - last[i] : more[j - free][i]);
        var normal = jacobian.TransposeThisAndMultiply(jacobian);
        var inverse = normal.Inverse();
        if (!inverse.Enumerate().All(double.IsFinite))
        {
            return null;
        }

        var lastVariance = Enumerable.Range(0, free).Sum(i => Enumerable.Range(0, free).Sum(j => inverse[i, j]));
        return
        [
            .. Enumerable.Range(0, free).Select(i => inverse[i, i]), lastVariance,
            .. Enumerable.Range(free, more.Count).Select(i => inverse[i, i]),
        ];
    }
}
