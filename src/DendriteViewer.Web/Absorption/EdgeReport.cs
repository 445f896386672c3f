using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Cell;

namespace DendriteViewer.Web.Absorption;

/// <summary>What a report says of the spectra of one edge.</summary>
/// <param name="Name">The edge.</param>
/// <param name="Samples">The spectra in the order of time, with what their recipe leads to.</param>
/// <param name="Files">The files of spectra and references.</param>
internal sealed record EdgeReport(
    string Name, IReadOnlyList<(CellSpectrum Sample, AbsorptionAnswers Answers)> Samples, IReadOnlyList<CellFile> Files)
{
    /// <summary>The edges of a cell.</summary>
    public static IReadOnlyList<EdgeReport> Of(CellState cell, IReadOnlyList<CellSpectrum> all) =>
    [
        .. all.GroupBy(s => s.Edge).Select(edge =>
        {
            var recipe = AbsorptionDesk.RecipeOf(cell, edge.Key);
            var samples = edge.Where(s => !s.IsReference).OrderBy(s => s.Order)
                .Select(s => (s, AbsorptionAnswers.Of(CellSpectrum.RequestOf(s, all, recipe), recipe.Components)));
            return new EdgeReport(edge.Key, [.. samples], [.. edge.Select(s => s.File).DistinctBy(f => f.Id)]);
        }),
    ];
}
