using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Absorption;

/// <summary>
/// Spectra as tables: comma separated, with all digits. Lines that begin with # state the one setting for data and references, the files by
/// their SHA-256, and what to beware of.
/// </summary>
public static class AbsorptionFiles
{
    /// <summary>The tables there are.</summary>
    public static IReadOnlyList<string> Names { get; } = ["normalized", "weights"];

    /// <summary>The address of a table of a spectrum.</summary>
    /// <param name="dataset">Id of the dataset.</param>
    /// <param name="sample">Name of the spectrum.</param>
    /// <param name="table">One of <see cref="Names"/>.</param>
    public static string Address(DatasetId dataset, string sample, string table) =>
        $"/api/datasets/{dataset}/absorption/{table}.csv?spectrum={Uri.EscapeDataString(sample)}";

    /// <summary>A table; null where there is none, since there are no references or the fit failed.</summary>
    /// <param name="sample">The spectrum.</param>
    /// <param name="all">All spectra of the cell.</param>
    /// <param name="recipe">The recipe of its edge.</param>
    /// <param name="answers">What it led to.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static string? Csv(
        CellSpectrum sample, IReadOnlyList<CellSpectrum> all, AbsorptionRecipe recipe, AbsorptionAnswers answers, string name) =>
        answers.Study is not { } study ? null : name switch
        {
            "normalized" => Head(sample, all, recipe, answers, study) + Normalized(study),
            "weights" when answers is { Fit: { } fit, Spread: { } spread } =>
                Head(sample, all, recipe, answers, study) + Weights(sample, all, recipe, study, fit, spread),
            _ => null,
        };

    private static string Head(
        CellSpectrum sample, IReadOnlyList<CellSpectrum> all, AbsorptionRecipe recipe, AbsorptionAnswers answers, AbsorptionStudy study)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append("# ").Append(FormattableString.Invariant(line)).Append('\n');
        var (s, settings) = (study.Sample, study.Settings);
        Line($"DendriteViewer, {sample.Edge}-edge of {OneLine(s.Spectrum.Name)}");
        Line($"one setting for data and references, energies relative to each spectrum's own E0");
        Line($"normalization: Larch 2026.3 pre_edge; pre-edge {settings.Pre!.Value.From:R}:{settings.Pre.Value.To:R} eV");
        Line($"post-edge {settings.Post!.Value.From:R}:{settings.Post.Value.To:R} eV, degree {settings.Degree}, ends {settings.Ends}");
        if (answers.Fit is { } fit)
        {
            Line($"fit: {fit.Fit.From:R}:{fit.Fit.To:R} eV relative to E0 of the sample, {fit.Points} points, weights >= 0 with sum 1");
            Line($"R factor {fit.RFactor:R}, reduced chi-square {fit.ReducedChiSquare:R}, shift of the references {fit.ShiftEv:R} eV");
        }

        if (answers.Spread is { } spread)
        {
            Line($"spread: {spread.Settings} normalizations, ends moved by {spread.PreStepEv:R} and {spread.PostStepEv:R} eV");
        }

        // The same file may hold several spectra.
        foreach (var used in study.All.DistinctBy(u => u.Spectrum))
        {
            var item = all.FirstOrDefault(i => ReferenceEquals(i.Spectrum, used.Spectrum));
            var given = used.IsE0Given && item is not null && recipe.E0Of(item.Name) is not null ? "given" : "derivative";
            Line($"file {OneLine(used.Spectrum.Name)}: sha256 {item?.File.Sha256}");
            Line($"  E0 {used.E0:R} eV ({given}), edge step {used.EdgeStep:R}");
            if (item is { IsReference: true } reference)
            {
                Line($"  licence {OneLine(reference.File.Licence) ?? "not said"}, source {OneLine(reference.File.Source) ?? "not said"}");
            }
        }

        Line($"measured by {AbsorptionText.WithDepth(sample.Spectrum.Mode)}, {AbsorptionText.When(sample)}");
        foreach (var sentence in sample.Cautions.Concat(answers.Remarks).Concat(answers.StudyProblem is { } p ? [p] : []))
        {
            Line($"{OneLine(sentence)}");
        }

        return text.ToString();
    }

    private static string Normalized(AbsorptionStudy study)
    {
        var text = new StringBuilder("spectrum,energy_ev,energy_minus_e0_ev,mu,pre_edge,post_edge,normalized,flattened\n");
        foreach (var s in study.All.DistinctBy(u => u.Spectrum))
        {
            for (var i = 0; i < s.Spectrum.Count; i++)
            {
                var e = s.Spectrum.Energies[i];
                text.Append(Quoted(s.Spectrum.Name)).Append(',').Append(Row(
                    e, e - s.E0, s.Spectrum.Absorption[i], s.PreEdge[i], s.PostEdge[i], s.Normalized[i], s.Flattened[i])).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Weights(
        CellSpectrum sample, IReadOnlyList<CellSpectrum> all, AbsorptionRecipe recipe, AbsorptionStudy study, MixtureFit fit,
        MixtureSpread spread)
    {
        var references = CellSpectrum.ReferencesOf(sample, all, recipe);
        var text = new StringBuilder("reference,weight,sigma_covariance,spread_normalization,larger,least,most,r_factor,e0_ev,sha256\n");
        for (var i = 0; i < fit.Weights.Count; i++)
        {
            var (w, s) = (fit.Weights[i], spread.Weights[i]);
            text.Append(Quoted(w.Name)).Append(',').Append(Row(w.Weight, w.Sigma, s.Deviation)).Append(',')
                .Append(AbsorptionText.Larger(w, s.Deviation)).Append(',')
                .Append(Row(s.Least, s.Most, fit.RFactor, study.References[i].E0)).Append(',').Append(references[i].File.Sha256)
                .Append('\n');
        }

        return text.ToString();
    }

    private static string Row(params double?[] values) => string.Join(',', values.Select(v =>
        v is { } x && double.IsFinite(x) ? x.ToString("R", CultureInfo.InvariantCulture) : ""));

    private static string? OneLine(string? text) => text?.ReplaceLineEndings(" ");

    // A name that begins as a formula does is text in spreadsheets too.
    private static string Quoted(string name)
    {
        var text = name.Length > 0 && name[0] is '=' or '+' or '-' or '@' ? "'" + name : name;
        return text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
