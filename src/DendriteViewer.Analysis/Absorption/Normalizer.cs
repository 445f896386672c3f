namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// Normalises spectra as Larch's <c>pre_edge</c> does (version 2026.3; <see href="https://xraypy.github.io/xraylarch/xafs_preedge.html"/>):
/// a line is fitted to µ below the edge, a polynomial to µ minus that line above it; their difference at E0 is the edge step, by which
/// µ minus the line is divided. Above E0 the polynomial's shape is taken out, so that the curve is flat about one.
/// Which points belong to a range is Larch's rule unless the settings say otherwise (<see cref="RangeEnds"/>).
/// Unlike Larch, both curves are read at E0 itself where somebody gives an E0 that lies between two points.
/// </summary>
public static class Normalizer
{
    /// <summary>The settings with ranges chosen where none was given, so that they fit all of several spectra.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="spectra">The spectra with their E0 in eV. The ranges lie within what all of them cover.</param>
    public static NormalizationSettings Choose(NormalizationSettings settings, params IReadOnlyList<(Spectrum Spectrum, double E0)> spectra)
    {
        // The first point is often bad, so the second decides.
        var start = spectra.Max(s => s.Spectrum.EnergyEv[1] - s.E0);
        var first = spectra.Max(s => s.Spectrum.EnergyEv[0] - s.E0);
        var end = spectra.Min(s => s.Spectrum.EnergyEv[^1] - s.E0);
        var round = spectra.Min(s => Lines.Nearest(s.Spectrum.EnergyEv, s.E0)) > 20 ? 5 : 2;
        var pre1 = Math.Max(round * Math.Round(start / round, MidpointRounding.ToEven), first);
        var post2 = Math.Min(5 * Math.Round(end / 5, MidpointRounding.ToEven), end);
        var post1 = Math.Min(25, 5 * Math.Round(post2 / 15, MidpointRounding.ToEven));
        var post = (settings.Post ?? new EnergyRange(post1, post2)).Ordered;
        return settings with
        {
            Pre = (settings.Pre ?? new EnergyRange(pre1, pre1 / 2)).Ordered,
            Post = post,
            Degree = settings.Degree ?? DegreeOf(new(Math.Min(post.From, Math.Min(post.To, end) - 2), Math.Min(post.To, end))),
        };
    }

    /// <summary>E0 in eV: the energy of the largest smoothed derivative, one of the spectrum's.</summary>
    public static double FindE0(Spectrum spectrum) => EdgeFinder.Find(spectrum.EnergyEv, spectrum.Mu);

    /// <summary>Normalises one spectrum.</summary>
    /// <param name="spectrum">The spectrum.</param>
    /// <param name="settings">Ranges relative to E0; what is null is chosen.</param>
    /// <param name="e0">E0 in eV, or null to find it.</param>
    /// <exception cref="MeasurementException">E0 is not in the spectrum, a range holds no points, or µ falls at the edge.</exception>
    public static NormalizedSpectrum Normalize(Spectrum spectrum, NormalizationSettings? settings = null, double? e0 = null)
    {
        var (energies, mu) = (spectrum.EnergyEv, spectrum.Mu);
        if (e0 is { } given && !(given > energies[1] && given < energies[^2]))
        {
            throw new MeasurementException(FormattableString.Invariant(
                $"E0 {given:0.###} eV is not inside {spectrum.Name}, which goes from {energies[0]:0.##} to {energies[^1]:0.##} eV."));
        }

        var edge = e0 ?? FindE0(spectrum);
        var wanted = (settings ?? NormalizationSettings.Chosen).Checked();
        var remarks = new List<string>();
        var chosen = Choose(wanted, [(spectrum, edge)]);
        var pre = Clamp(spectrum, edge, chosen.Pre!.Value, wanted.Pre is not null, "pre-edge", remarks);
        var post = Clamp(spectrum, edge, chosen.Post!.Value, wanted.Post is not null, "post-edge", remarks);
        RequireSides(pre, wanted.Pre is not null, post, wanted.Post is not null);
        post = post with { From = Math.Min(post.From, post.To - 2) };

        var (preCurve, preDegree) = PreCurve(spectrum, edge, pre, wanted.Ends, remarks);
        var line = Array.ConvertAll(energies, preCurve.At);
        var above = mu.Zip(line, (m, l) => m - l).ToArray();
        var (postCurve, degree) = PostCurve(spectrum, edge, post, chosen, above, remarks);
        var step = postCurve.At(edge);
        if (!(step > 0))
        {
            throw new MeasurementException(
                FormattableString.Invariant($"µ of {spectrum.Name} does not rise at {edge:0.##} eV (edge step {step:0.###E+0}); ")
                + "is the column µ, does it reach beyond the edge, and are the ranges right?");
        }

        var flattenFrom = Lines.Nearest(energies, edge);
        var normalized = Array.ConvertAll(above, a => a / step);
        var flat = normalized.Select((n, i) => i < flattenFrom ? n : n - postCurve.At(energies[i]) / step + 1).ToArray();
        return new(spectrum, flat)
        {
            E0 = edge, IsE0Given = e0 is not null, EdgeStep = step, Pre = pre, Post = post, PreDegree = preDegree, Degree = degree,
            PreEdge = line, PostEdge = [.. line.Select((l, i) => l + postCurve.At(energies[i]))], Normalized = normalized,
            Remarks = remarks,
        };
    }

    // A line below the edge and a curve above it: on the wrong side either gives a step that means nothing.
    private static void RequireSides(EnergyRange pre, bool isPreGiven, EnergyRange post, bool isPostGiven)
    {
        if (isPreGiven && pre.To >= 0)
        {
            throw new MeasurementException(FormattableString.Invariant(
                $"The pre-edge range {pre.From:0.##} to {pre.To:0.##} eV does not end below E0; give it two energies below 0."));
        }

        if (isPostGiven && post.From <= 0)
        {
            throw new MeasurementException(FormattableString.Invariant(
                $"The post-edge range {post.From:0.##} to {post.To:0.##} eV does not begin above E0; give it two energies above 0."));
        }
    }

    // From the first point of a range to the one behind its last.
    private static (int From, int To) PointsOf(double[] energies, double e0, EnergyRange range, RangeEnds ends) => ends == RangeEnds.Larch
        ? (Lines.AtOrBelow(energies, e0 + range.From), Lines.Nearest(energies, e0 + range.To))
        : (Lines.Nearest(energies, e0 + range.From), Lines.Nearest(energies, e0 + range.To) + 1);

    private static int DegreeOf(EnergyRange post) => post.Length switch { < 30 => 0, < 300 => 1, _ => 2 };

    // A range ends where the spectrum does.
    private static EnergyRange Clamp(Spectrum spectrum, double e0, EnergyRange range, bool isGiven, string name, List<string> remarks)
    {
        var (from, to) = (Math.Max(range.From, spectrum.EnergyEv[0] - e0), Math.Min(range.To, spectrum.EnergyEv[^1] - e0));
        if (from > to)
        {
            throw new MeasurementException(
                FormattableString.Invariant($"The {name} range {range.From:0.##} to {range.To:0.##} eV is outside ")
                + FormattableString.Invariant($"{spectrum.Name}, which goes from {spectrum.EnergyEv[0] - e0:0.##} to ")
                + FormattableString.Invariant($"{spectrum.EnergyEv[^1] - e0:0.##} eV about E0 = {e0:0.##} eV."));
        }

        if (isGiven && (from > range.From || to < range.To))
        {
            remarks.Add(FormattableString.Invariant(
                $"{spectrum.Name} does not cover the whole {name} range; {from:0.##} to {to:0.##} eV of it were used."));
        }

        return new(from, to);
    }

    private static (Polynomial Curve, int Degree) PreCurve(
        Spectrum spectrum, double e0, EnergyRange pre, RangeEnds ends, List<string> remarks)
    {
        var (energies, mu) = (spectrum.EnergyEv, spectrum.Mu);
        var (from, to) = PointsOf(energies, e0, pre, ends);
        if (Lines.AtOrBelow(energies, e0 + pre.To) - from >= 3)
        {
            to = to - from < 2 ? Math.Min(energies.Length, from + 2) : to;
            return (Polynomial.Fit(energies.AsSpan()[from..to], mu.AsSpan()[from..to], 1), 1);
        }

        remarks.Add($"The pre-edge range of {spectrum.Name} holds under three steps; a constant was taken for the line.");
        to = Math.Max(to, from + 1);
        return (Polynomial.Fit(energies.AsSpan()[from..to], mu.AsSpan()[from..to], 0), 0);
    }

    private static (Polynomial Curve, int Degree) PostCurve(
        Spectrum spectrum, double e0, EnergyRange post, NormalizationSettings settings, double[] above, List<string> remarks)
    {
        var (energies, degree) = (spectrum.EnergyEv, settings.Degree!.Value);
        var (from, to) = PointsOf(energies, e0, post, settings.Ends);
        from = Math.Min(from, energies.Length - 3);
        var possible = degree;
        if (to - from < 2)
        {
            (from, possible) = (from - 2, 0);
        }
        else if (to - from < 5)
        {
            possible = Math.Min(1, degree);
        }

        if (to <= from || from < 0)
        {
            throw new MeasurementException($"The post-edge range of {spectrum.Name} holds no points; give another range.");
        }

        possible = Math.Min(possible, to - from - 1);
        if (possible < degree)
        {
            remarks.Add($"The post-edge range of {spectrum.Name} holds {to - from} points; its curve has degree {possible}.");
        }

        return (Polynomial.Fit(energies.AsSpan()[from..to], above.AsSpan()[from..to], possible), possible);
    }
}
