using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// A polynomial of energy by least squares. It is kept in (E − centre)/scale, which lies within ±1 in the fitted range: powers of
/// energies in eV would lose their digits.
/// </summary>
internal sealed class Polynomial
{
    private readonly double _centre, _scale;
    private readonly double[] _coefficients;

    private Polynomial(double centre, double scale, double[] coefficients) =>
        (_centre, _scale, _coefficients) = (centre, scale, coefficients);

    public static Polynomial Fit(ReadOnlySpan<double> energies, ReadOnlySpan<double> values, int degree)
    {
        var centre = (energies[0] + energies[^1]) / 2;
        var scale = Math.Max((energies[^1] - energies[0]) / 2, double.Epsilon * 1e10);
        var powers = Matrix<double>.Build.Dense(energies.Length, degree + 1);
        for (var row = 0; row < energies.Length; row++)
        {
            var (x, power) = ((energies[row] - centre) / scale, 1.0);
            for (var column = 0; column <= degree; column++, power *= x)
            {
                powers[row, column] = power;
            }
        }

        var right = Vector<double>.Build.Dense(values.ToArray());
        return new(centre, scale, [.. degree == 0 ? Vector<double>.Build.Dense(1, right.Average()) : powers.QR().Solve(right)]);
    }

    public double At(double energy)
    {
        var (x, value) = ((energy - _centre) / _scale, 0.0);
        for (var i = _coefficients.Length - 1; i >= 0; i--)
        {
            value = value * x + _coefficients[i];
        }

        return value;
    }
}
