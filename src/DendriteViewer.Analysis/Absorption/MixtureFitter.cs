namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// Linear combination fitting: the flattened sample as a mixture of flattened references. References are interpolated by straight lines
/// onto the sample's energies; weights are not negative and sum to one (<see cref="SimplexLeastSquares"/>). Uncertainties come from
/// the covariance of a fit whose weights are free but for their sum, with Σr²/(N − p) for the variance of a point.
/// </summary>
public sealed class MixtureFitter
{
    private const int ShiftSteps = 40, MostShifted = 8;
    private const double ShiftPrecisionEv = 1e-6, AtLimit = 1e-9;

    private readonly NormalizedSpectrum _sample;
    private readonly IReadOnlyList<NormalizedSpectrum> _references;
    private readonly double _mostShift;
    private readonly double[] _energies, _data;
    private readonly List<string> _remarks = [];

    /// <summary>Prepares fits of a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="references">What it may be mixed of.</param>
    /// <param name="settings">The range, and whether a shift is fitted.</param>
    /// <exception cref="MeasurementException">A reference does not reach over the range, or the range holds too few points.</exception>
    public MixtureFitter(NormalizedSpectrum sample, IReadOnlyList<NormalizedSpectrum> references, MixtureSettings settings)
    {
        if (references.Count is 0 or > MixtureSettings.MostReferences)
        {
            throw new MeasurementException($"A mixture is of 1 to {MixtureSettings.MostReferences} references, not of {references.Count}.");
        }

        (_sample, _references, _mostShift) = (sample, references, MixtureSettings.ShiftEv.Check(settings.MostShiftEv));
        var (all, range) = (sample.Spectrum.EnergyEv, settings.Fit?.Ordered ?? Usual());
        var (from, to) = (Lines.Nearest(all, sample.E0 + range.From), Lines.Nearest(all, sample.E0 + range.To));
        if (to - from < references.Count + 2)
        {
            throw new MeasurementException($"The fitted range holds {to - from + 1} points of {sample.Spectrum.Name}; widen it.");
        }

        (_energies, _data) = (all[from..(to + 1)], sample.FlatValues[from..(to + 1)]);
        Fit = new(_energies[0] - sample.E0, _energies[^1] - sample.E0);
        if (Fit.From > range.From + 1 || Fit.To < range.To - 1)
        {
            _remarks.Add(FormattableString.Invariant(
                $"The sample covers {Fit.From:0.##} to {Fit.To:0.##} eV of the range that was to be fitted."));
        }

        foreach (var reference in references)
        {
            CheckCovered(reference);
        }

        for (var i = 0; i < references.Count; i++)
        {
            CheckDistinct(i);
        }
    }

    /// <summary>The fitted range in eV relative to the sample's E0, as its points lie.</summary>
    public EnergyRange Fit { get; }

    // The usual range, as far as sample and references cover it, with the shift that is allowed.
    private EnergyRange Usual()
    {
        var (usual, references) = (MixtureSettings.UsualFit, _references.Select(r => r.Spectrum.EnergyEv).ToArray());
        var first = Math.Max(_sample.Spectrum.EnergyEv[0], references.Max(e => e[0]) + _mostShift) - _sample.E0;
        var last = Math.Min(_sample.Spectrum.EnergyEv[^1], references.Min(e => e[^1]) - _mostShift) - _sample.E0;
        EnergyRange covered = new(Math.Max(usual.From, Above(first)), Math.Min(usual.To, Below(last)));
        if (covered != usual)
        {
            _remarks.Add(FormattableString.Invariant(
                $"The fitted range was narrowed to {covered.From:0.##} to {covered.To:0.##} eV, which all spectra cover."));
        }

        return covered.From < covered.To ? covered : usual;
    }

    // The sample's points within what is covered: the one nearest to its end might lie outside.
    private double Above(double relative) =>
        _sample.Spectrum.EnergyEv.Select(e => e - _sample.E0).Where(e => e >= relative).DefaultIfEmpty(relative).First();

    private double Below(double relative) =>
        _sample.Spectrum.EnergyEv.Select(e => e - _sample.E0).Where(e => e <= relative).DefaultIfEmpty(relative).Last();

    /// <summary>The best mixture of all references.</summary>
    public MixtureFit Best() => Best([.. Enumerable.Range(0, _references.Count)]);

    /// <summary>The best mixture of some of the references; the others have weight 0.</summary>
    /// <param name="among">Their indices.</param>
    public MixtureFit Best(IReadOnlyList<int> among)
    {
        var shift = _mostShift > 0 ? BestShift(among) : 0;
        var columns = Columns(shift);
        var system = new SimplexLeastSquares(columns, _data);
        var (weights, squares) = system.Solve(among);
        var passive = Enumerable.Range(0, weights.Length).Where(i => weights[i] > AtLimit).ToArray();
        var isShiftFree = _mostShift > 0 && Math.Abs(shift) < _mostShift * (1 - 1e-4);
        var freedom = _data.Length - (passive.Length - 1) - (_mostShift > 0 ? 1 : 0);
        var variance = squares / freedom;
        double[][] more = isShiftFree ? [ShiftDerivative(shift, weights)] : [];
        var variances = SimplexCovariance.Variances(columns, passive, more);
        var sigmas = new double?[weights.Length];
        for (var i = 0; i < passive.Length && passive.Length > 1; i++)
        {
            sigmas[passive[i]] = variances is null ? null : Math.Sqrt(variances[i] * variance);
        }

        List<string> remarks = [.. _remarks];
        if (_mostShift > 0 && !isShiftFree)
        {
            remarks.Add(FormattableString.Invariant($"The shift is at its end, {shift:0.##} eV; allow more, or check the energies."));
        }

        return new MixtureFit
        {
            Weights = [.. weights.Select((w, i) => new MixtureWeight(_references[i].Spectrum.Name, w, sigmas[i]))],
            RFactor = squares / system.TargetSquares, ReducedChiSquare = variance, Points = _data.Length, ShiftEv = shift,
            ShiftSigma = isShiftFree && variances is not null
                ? Math.Sqrt(variances[^1] * variance) : null,
            Fit = Fit, EnergiesEv = _energies, Data = _data, Model = Mixed(columns, weights), Remarks = remarks,
        };
    }

    /// <summary>
    /// Fits of every combination of references, the smallest reduced χ² first. A combination that gives one of its references no weight is
    /// the same fit as the combination without it, and stands there only.
    /// </summary>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="MeasurementException">There are too many to fit a shift of each.</exception>
    public IReadOnlyList<MixtureFit> Combinations(CancellationToken ct = default)
    {
        if (_mostShift > 0 && _references.Count > MostShifted)
        {
            throw new MeasurementException($"All combinations with a shift are of {MostShifted} references at most; fit no shift.");
        }

        var fits = new List<MixtureFit>();
        for (var chosen = 1; chosen < 1 << _references.Count; chosen++)
        {
            ct.ThrowIfCancellationRequested();
            var among = Enumerable.Range(0, _references.Count).Where(i => (chosen >> i & 1) == 1).ToArray();
            var fit = Best(among);
            if (among.All(i => fit.Weights[i].Weight > AtLimit))
            {
                fits.Add(fit);
            }
        }

        return [.. fits.OrderBy(f => f.ReducedChiSquare)];
    }

    // The flattened references on the sample's energies.
    private double[][] Columns(double shift)
    {
        var at = Array.ConvertAll(_energies, e => e - shift);
        return [.. _references.Select(r => Lines.At(r.Spectrum.EnergyEv, r.FlatValues, at))];
    }

    // Straight lines make the sum of squares bend at every point, so a grid finds the valley before a golden section goes into it.
    private double BestShift(IReadOnlyList<int> among)
    {
        double Squares(double shift) => new SimplexLeastSquares(Columns(shift), _data).Solve(among).Squares;
        var step = 2 * _mostShift / ShiftSteps;
        var best = Enumerable.Range(0, ShiftSteps + 1).Select(i => -_mostShift + i * step).MinBy(Squares);
        var (low, high) = (Math.Max(-_mostShift, best - step), Math.Min(_mostShift, best + step));
        var golden = (Math.Sqrt(5) - 1) / 2;
        var (a, b) = (high - golden * (high - low), low + golden * (high - low));
        var (atA, atB) = (Squares(a), Squares(b));
        while (high - low > ShiftPrecisionEv)
        {
            if (atA <= atB)
            {
                (high, b, atB) = (b, a, atA);
                a = high - golden * (high - low);
                atA = Squares(a);
            }
            else
            {
                (low, a, atA) = (a, b, atB);
                b = low + golden * (high - low);
                atB = Squares(b);
            }
        }

        return (low + high) / 2;
    }

    private double[] ShiftDerivative(double shift, double[] weights)
    {
        const double Step = 0.05;
        var (above, below) = (Mixed(Columns(shift + Step), weights), Mixed(Columns(shift - Step), weights));
        return [.. above.Zip(below, (x, y) => (x - y) / (2 * Step))];
    }

    private static double[] Mixed(double[][] columns, double[] weights) =>
        [.. Enumerable.Range(0, columns[0].Length).Select(i => columns.Zip(weights, (c, w) => c[i] * w).Sum())];

    private void CheckCovered(NormalizedSpectrum reference)
    {
        var energies = reference.Spectrum.EnergyEv;
        var (first, last) = (_energies[0] - _mostShift, _energies[^1] + _mostShift);
        if (energies[0] > first || energies[^1] < last)
        {
            throw new MeasurementException(FormattableString.Invariant($"{reference.Spectrum.Name} goes from {energies[0]:0.##} to ")
                + FormattableString.Invariant($"{energies[^1]:0.##} eV, which does not cover the fitted {first:0.##} to {last:0.##} eV; ")
                + "narrow the range or leave the reference out.");
        }
    }

    private void CheckDistinct(int index)
    {
        var here = Lines.At(_references[index].Spectrum.EnergyEv, _references[index].FlatValues, _energies);
        for (var other = 0; other < index; other++)
        {
            var there = Lines.At(_references[other].Spectrum.EnergyEv, _references[other].FlatValues, _energies);
            if (here.Zip(there).All(p => Math.Abs(p.First - p.Second) < 1e-9))
            {
                throw new MeasurementException($"{_references[index].Spectrum.Name} and {_references[other].Spectrum.Name} are the same "
                    + "spectrum; their weights cannot be told apart. Leave one out.");
            }
        }
    }
}
