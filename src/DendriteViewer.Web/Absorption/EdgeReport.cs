using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Web.Absorption;

/// <summary>What a report says of the spectra of one edge.</summary>
/// <param name="Name">The edge.</param>
/// <param name="Samples">The spectra in the order of time, with what their recipe leads to.</param>
/// <param name="Files">The files of spectra and references.</param>
/// <param name="Problem">Why there are no results: settings that are kept and cannot be read are not replaced by others.</param>
internal sealed record EdgeReport(
    string Name, IReadOnlyList<(CellSpectrum Sample, AbsorptionAnswers Answers)> Samples, IReadOnlyList<CellFile> Files,
    string? Problem = null)
{
    /// <summary>The edges of a cell.</summary>
    /// <param name="cell">What belongs to the cell.</param>
    /// <param name="all">Its spectra.</param>
    /// <param name="ct">Gives up between two spectra.</param>
    public static IReadOnlyList<EdgeReport> Of(CellState cell, IReadOnlyList<CellSpectrum> all, CancellationToken ct) =>
    [
        .. all.GroupBy(s => s.Edge).Select(edge =>
        {
            IReadOnlyList<CellFile> files = [.. edge.Select(s => s.File).DistinctBy(f => f.Id)];
            AbsorptionRecipe recipe;
            try
            {
                recipe = AbsorptionDesk.RecipeOf(cell, edge.Key);
            }
            catch (OutOfRangeException e)
            {
                return new EdgeReport(edge.Key, [], files, e.Message);
            }

            var samples = edge.Where(s => !s.IsReference).OrderBy(s => s.Order)
                .Select(s => (s, AbsorptionAnswers.Of(CellSpectrum.RequestOf(s, all, recipe), recipe.Components, ct)));
            return new EdgeReport(edge.Key, [.. samples], files);
        }),
    ];
}
