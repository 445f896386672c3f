using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Absorption;

/// <summary>One component of a series of spectra.</summary>
/// <param name="Eigenvalue">Of the matrix of inner products: the squares that the component accounts for.</param>
/// <param name="Fraction">Its share of all squares, 0 to 1.</param>
/// <param name="Cumulative">The share of this and those before it.</param>
/// <param name="Indicator">Malinowski's IND of a description by this many components; null for the last, which has none.</param>
public sealed record ComponentShare(double Eigenvalue, double Fraction, double Cumulative, double? Indicator);

/// <summary>Whether a reference can be made of the components.</summary>
/// <param name="Name">The reference.</param>
/// <param name="RFactor">Σ(t − t̂)²/Σt² of what the components make of it.</param>
/// <param name="Spoil">
/// Malinowski's SPOIL, how much using the reference would spoil the description: below 1.5 excellent, to 3 good, to 4.5 fair, to 6
/// acceptable, above 6 not.
/// </param>
public sealed record TargetTransform(string Name, double RFactor, double Spoil);

/// <summary>
/// Principal components of flattened spectra, to learn how many species a series holds before it is fitted. No mean is taken out, so that
/// the number of components is that of species. The number is suggested where Malinowski's indicator IND = RE/(c − n)² is least
/// (E. R. Malinowski, Anal. Chem. 49, 612, 1977), targets are judged by SPOIL (Anal. Chim. Acta 103, 339, 1978).
/// </summary>
public sealed class PrincipalComponents
{
    /// <summary>The most spectra of a series.</summary>
    public const int MostSpectra = 200;

    private readonly Matrix<double> _left;
    private readonly double[] _energies, _singular;

    private PrincipalComponents(double[] energies, Matrix<double> left, double[] singular, IReadOnlyList<ComponentShare> shares) =>
        (_energies, _left, _singular, Shares) = (energies, left, singular, shares);

    /// <summary>The components, the largest first.</summary>
    public IReadOnlyList<ComponentShare> Shares { get; }

    /// <summary>How many components IND suggests.</summary>
    public int Suggested =>
        1 + Enumerable.Range(0, Shares.Count).Where(i => Shares[i].Indicator is not null).MinBy(i => Shares[i].Indicator);

    /// <summary>Energies of the components in eV.</summary>
    public IReadOnlyList<double> EnergiesEv => _energies;

    /// <summary>One component, of length one.</summary>
    public IReadOnlyList<double> Component(int index) => _left.Column(index).ToArray();

    /// <summary>Components of a series.</summary>
    /// <param name="spectra">Three or more; they are interpolated onto the first one's energies.</param>
    /// <param name="range">In eV relative to the first one's E0.</param>
    /// <exception cref="MeasurementException">There are too few, or they do not cover the range.</exception>
    public static PrincipalComponents Of(IReadOnlyList<NormalizedSpectrum> spectra, EnergyRange range)
    {
        if (spectra.Count is < 3 or > MostSpectra)
        {
            throw new MeasurementException($"Principal components need 3 to {MostSpectra} spectra; there are {spectra.Count}.");
        }

        var (all, e0) = (spectra[0].Spectrum.EnergyEv, spectra[0].E0);
        var energies = all[Lines.Nearest(all, e0 + range.Ordered.From)..(Lines.Nearest(all, e0 + range.Ordered.To) + 1)];
        if (energies.Length < spectra.Count + 1)
        {
            throw new MeasurementException($"The range holds {energies.Length} points, fewer than there are spectra; widen it.");
        }

        var matrix = Matrix<double>.Build.DenseOfColumnArrays(spectra.Select(s => On(s, energies)));
        var svd = matrix.Svd();
        var singular = svd.S.ToArray();
        return new(energies, svd.U.SubMatrix(0, energies.Length, 0, singular.Length), singular, ShareOf(singular, energies.Length));
    }

    /// <summary>What some of the components make of a reference.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="components">How many components, fewer than there are spectra.</param>
    /// <exception cref="MeasurementException">It does not cover the range, or there are no residual components to judge by.</exception>
    public TargetTransform Transform(NormalizedSpectrum reference, int components)
    {
        if (components < 1 || components >= _singular.Length)
        {
            throw new MeasurementException($"A target is judged by 1 to {_singular.Length - 1} components, not by {components}.");
        }

        var target = Vector<double>.Build.Dense(On(reference, _energies));
        var basis = _left.SubMatrix(0, _energies.Length, 0, components);
        var scores = basis.TransposeThisAndMultiply(target);
        var missing = (target - basis * scores).DotProduct(target - basis * scores);
        var (rows, real) = (_energies.Length, RealError(_singular, _energies.Length, components));
        var length = Math.Sqrt(scores.Select((s, i) => Math.Pow(s / _singular[i], 2)).Sum());
        var (apparent, ofTarget) = (Math.Sqrt(missing / (rows - components)), real * length);
        var spoil = Math.Sqrt(Math.Max(0, apparent * apparent - ofTarget * ofTarget)) / ofTarget;
        return new(reference.Spectrum.Name, missing / target.DotProduct(target), spoil);
    }

    private static ComponentShare[] ShareOf(double[] singular, int rows)
    {
        var squares = Array.ConvertAll(singular, s => s * s);
        var (sum, so) = (squares.Sum(), 0.0);
        return [.. squares.Select((square, i) =>
        {
            so += square;
            var left = singular.Length - (i + 1);
            double? indicator = left == 0 ? null : RealError(singular, rows, i + 1) / (left * left);
            return new ComponentShare(square, square / sum, so / sum, indicator);
        })];
    }

    // RE, the error of the data that the components left out account for.
    private static double RealError(double[] singular, int rows, int components) =>
        Math.Sqrt(singular.Skip(components).Sum(s => s * s) / (rows * (singular.Length - components)));

    private static double[] On(NormalizedSpectrum spectrum, double[] energies)
    {
        var own = spectrum.Spectrum.EnergyEv;
        return own[0] <= energies[0] && own[^1] >= energies[^1]
            ? Lines.At(own, spectrum.FlatValues, energies)
            : throw new MeasurementException(
                FormattableString.Invariant($"{spectrum.Spectrum.Name} goes from {own[0]:0.##} to {own[^1]:0.##} eV, not over all of ")
                + FormattableString.Invariant($"{energies[0]:0.##} to {energies[^1]:0.##} eV; narrow the range or leave it out."));
    }
}
