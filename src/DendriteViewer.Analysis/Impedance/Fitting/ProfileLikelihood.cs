using DendriteViewer.Analysis.Impedance.Circuits;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>The interval of a parameter that its profile gives.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Low">The lower end of 95 %; null where the data set none.</param>
/// <param name="High">The upper end of 95 %; null where the data set none.</param>
public sealed record ProfileInterval(string Name, double? Low, double? High);

/// <summary>
/// Intervals from the profile of χ²: the parameter is held at a value, the others are fitted anew, and the interval ends where χ² exceeds
/// its minimum by χ²_min/(N − p)·3.84. Unlike ±σ it sees that χ² is no parabola.
/// </summary>
public static class ProfileLikelihood
{
    private const double Quantile95 = 3.841459;

    /// <summary>The interval of a free parameter.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="points">Its points.</param>
    /// <param name="settings">What was asked of it.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ArgumentException">The parameter is not the circuit's, or its value was given.</exception>
    public static ProfileInterval Of(
        FitResult fit, SweepPoints points, FitSettings settings, string name, CancellationToken ct = default)
    {
        if (fit.Circuit.IndexOf(name) < 0 || fit[name].IsFixed || fit[name].TiedTo is not null)
        {
            throw new ArgumentException($"{name} has no profile: it is no free parameter of {fit.Circuit.Text}.");
        }

        var free = fit.Parameters.Count(p => !p.IsFixed && p.TiedTo is null);
        var limit = fit.PseudoChiSquare * (1 + Quantile95 / Math.Max(1, 2 * points.Count - free));
        return new ProfileInterval(name, End(-1), End(1));

        // Steps that double until χ² is beyond the limit, then halves.
        double? End(int side)
        {
            var isExponent = fit[name].Unit.Length == 0;
            var best = fit[name].Value;
            var values = fit.Values;
            double At(double distance) => isExponent ? Math.Clamp(best + side * distance, 0, 1) : best * Math.Exp(side * distance);
            var (inside, outside) = (0d, 0d);
            for (var step = isExponent ? 1e-4 : 1e-3; outside == 0; step *= 2)
            {
                if (step > (isExponent ? 1 : 40))
                {
                    return null;
                }

                (inside, outside) = Exceeds(At(step)) ? (inside, step) : (step, 0d);
            }

            for (var i = 0; i < 20 && outside - inside > 1e-4 * outside; i++)
            {
                var middle = (inside + outside) / 2;
                (inside, outside) = Exceeds(At(middle)) ? (inside, middle) : (middle, outside);
            }

            return At((inside + outside) / 2);

            bool Exceeds(double value)
            {
                var held = settings with { Fixed = new Dictionary<string, double>(settings.Fixed) { [name] = value } };
                var refit = CircuitFit.From(fit.Circuit, points, held, values, ct);
                values = refit.PseudoChiSquare <= limit ? refit.Values : values;
                return refit.PseudoChiSquare > limit;
            }
        }
    }
}
