using System.Globalization;
using System.Reflection;
using System.Text;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.Processes;

namespace DendriteViewer.Web.Impedance;

/// <summary>
/// A fitted series as a table: comma separated, a row a sweep, numbers as programs read them. Lines that begin with # stand above it and
/// hold the recipe: from which files it was made, and how.
/// </summary>
public static class ImpedanceTables
{
    /// <summary>The program's version, as it stands in recipes.</summary>
    public static string Version { get; } = typeof(ImpedanceTables).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The table.</summary>
    /// <param name="state">A state with a fitted series.</param>
    public static string Csv(ImpedanceState state)
    {
        var (series, settings) = (state.Series!, state.Settings);
        var text = new StringBuilder();
        foreach (var line in Recipe(state))
        {
            text.Append("# ").AppendLine(line);
        }

        var parameters = series.Fitted[0].Fit.Parameters;
        var arcs = ArcProcess.Of(series.Fitted[0].Fit);
        text.Append("file,sweep,hours,points,consistent,kk_worst_percent,chi_square,aicc,worst_percent");
        text.AppendJoin("", parameters.Select(p => $",{Head(p.Name, p.Unit)},{Head(p.Name + "_sigma", p.Unit)},{p.Name}_state"));
        text.AppendJoin("", arcs.Select(a => $",C_{a.Name}_F,tau_{a.Name}_s,process_{a.Name}"
            + (settings.AreaCm2 is null ? "" : $",{a.Name}_ohm_cm2,{a.Name}_half_ohm_cm2")));
        text.AppendLine(",jumps");
        for (var i = 0; i < series.Fitted.Count; i++)
        {
            var (one, place) = (series.Fitted[i], series.Sweeps[i]);
            text.AppendJoin(',', Quoted(NameOf(state, place)), place.Sweep, N(one.Sweep.Hours), one.Fit.Points,
                one.Verdict.IsConsistent ? "yes" : "no", N(one.Verdict.WorstPercent), N(one.Fit.PseudoChiSquare), N(one.Fit.Aicc),
                N(one.Fit.WorstPercent));
            text.AppendJoin("", one.Fit.Parameters.Select(p => $",{N(p.Value)},{N(p.Sigma)},{ImpedanceText.Note(p) ?? "free"}"));
            text.AppendJoin("", ArcProcess.Of(one.Fit).Select(a => $",{N(a.CapacitanceF)},{N(a.TauS)},{a.Words}"
                + (settings.AreaCm2 is { } area ? $",{N(a.ResistanceOhm * area)},{N(a.ResistanceOhm * area / 2)}" : "")));
            text.Append(',').AppendJoin(' ', one.Jumps).AppendLine();
        }

        return text.ToString();
    }

    /// <summary>How a series was made: files with checksums, circuit, weight, mask, what is fixed, tied and bounded, version.</summary>
    /// <param name="state">A state with a fitted series.</param>
    public static IEnumerable<string> Recipe(ImpedanceState state)
    {
        var (series, s) = (state.Series!, state.Settings);
        foreach (var file in state.Files!.Where(f => series.Sweeps.Any(p => p.File == f.File.Id)))
        {
            yield return $"file {OneLine(file.File.Name)}, SHA-256 {file.File.Sha256}, read as {file.Content!.Format}";
        }

        yield return $"circuit {series.Fitted[0].Fit.Circuit.Text}, "
            + (s.Circuit is null ? "chosen by the sum of AICc over consistent sweeps" : "as given");
        var turned = TurnedIn(state).ToList();
        yield return $"weight {ImpedanceText.Weight(s.Weight)}; left out: {OneLine(s.Mask ?? "nothing by condition")}"
            + (turned.Count == 0 ? "" : $"; turned by hand: {string.Join(", ", turned)}");
        foreach (var (what, said) in new[]
        {
            ("fixed", s.Fixed.Select(p => $"{p.Key}={N(p.Value)}")), ("started", s.Start.Select(p => $"{p.Key}={N(p.Value)}")),
            ("tied", s.Tied.Select(p => $"{p.Key}={p.Value}")),
            ("bounds", s.Bounds.Select(p => $"{p.Key}={N(p.Value.Least)}:{N(p.Value.Most)}")),
        })
        {
            if (said.Any())
            {
                yield return $"{what}: {string.Join(", ", said)}";
            }
        }

        if (s.AreaCm2 is { } area)
        {
            yield return $"area {N(area)} cm2";
        }

        yield return "sigma is one standard deviation, covariance = inverse(J^T J) chi2/(N - p)";
        yield return $"DendriteViewer {Version}";
    }

    // Of a series of several files each has its own turned points.
    private static IEnumerable<string> TurnedIn(ImpedanceState state)
    {
        var files = state.Series!.Sweeps.Select(p => p.File).Distinct().ToList();
        IReadOnlyList<TurnedPoint> Of(Guid file) =>
            file == state.Shown?.Place.File ? state.Settings.Turned : state.Turned.GetValueOrDefault(file) ?? [];
        return files.SelectMany(file => Of(file)
            .Select(t => (files.Count == 1 ? "" : $"{OneLine(state.Files!.First(f => f.File.Id == file).File.Name)} ")
                + $"sweep {t.Sweep} point {t.Point}" + t.IsOut switch { true => " out", false => " in", null => "" }));
    }

    private static string NameOf(ImpedanceState state, SweepPlace place) =>
        state.Files!.First(f => f.File.Id == place.File).File.Name;

    // Cells that a spreadsheet would take for a formula begin with a quotation mark.
    private static string Quoted(string text)
    {
        var safe = text.Length > 0 && "=+-@\t".Contains(text[0]) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string OneLine(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);

    // Letters that every program reads: the file has no mark that says how it is encoded, which would stand before its first #.
    private static string Head(string name, string unit) => unit.Length == 0 ? name
        : $"{name} ({unit.Replace("Ω⁻¹", "S", StringComparison.Ordinal).Replace("Ω", "ohm", StringComparison.Ordinal)
            .Replace("sⁿ", "s^n", StringComparison.Ordinal).Replace("s^−½", "s^-0.5", StringComparison.Ordinal)
            .Replace("s^-½", "s^-0.5", StringComparison.Ordinal)})";

    private static string N(double? value) =>
        value is { } v && double.IsFinite(v) ? v.ToString("R", CultureInfo.InvariantCulture) : "";
}
