using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Cell;

namespace DendriteViewer.Web.Absorption;

/// <summary>What the section of spectra shows. Immutable; <see cref="AbsorptionBoard"/> replaces it whole.</summary>
public sealed record AbsorptionState
{
    /// <summary>What belongs to the cell, as it was read last; null before.</summary>
    public CellState? Cell { get; init; }

    /// <summary>The spectra and references of all edges.</summary>
    public CellSpectra Spectra { get; init; } = CellSpectra.None;

    /// <summary>Why the spectra could not be read.</summary>
    public string? Failure { get; init; }

    /// <summary>The edge that is shown; empty while there are no spectra.</summary>
    public string Edge { get; init; } = "";

    /// <summary>The spectrum that is shown.</summary>
    public CellSpectrum? Sample { get; init; }

    /// <summary>The recipe of the edge.</summary>
    public AbsorptionRecipe Recipe { get; init; } = new();

    /// <summary>What the recipe leads to for the sample; null while it is computed for the first time.</summary>
    public AbsorptionAnswers? Answers { get; init; }

    /// <summary>Whether something is being computed.</summary>
    public bool IsWorking { get; init; }

    /// <summary>
    /// Why the settings that are kept for the edge cannot be read; null where they can. Until somebody resets them nothing is computed of
    /// the edge, and nothing is changed.
    /// </summary>
    public string? Damage { get; init; }

    /// <summary>Why the last change was not saved.</summary>
    public string? Refusal { get; init; }

    /// <summary>All combinations, ranked; null where nobody asked since the recipe changed.</summary>
    public IReadOnlyList<MixtureFit>? Ranked { get; init; }

    /// <summary>Whether combinations are being ranked.</summary>
    public bool IsRanking { get; init; }

    /// <summary>Why combinations could not be ranked.</summary>
    public string? RankingProblem { get; init; }

    /// <summary>Edges there are, by the order of their spectra.</summary>
    public IReadOnlyList<string> Edges => [.. Spectra.Items.OrderBy(s => s.IsReference).Select(s => s.Edge).Distinct()];

    /// <summary>Spectra of the edge that are no references, in the order of time.</summary>
    public IReadOnlyList<CellSpectrum> Samples =>
        [.. Spectra.Items.Where(s => !s.IsReference && s.Edge == Edge).OrderBy(s => s.Order)];

    /// <summary>References of the edge.</summary>
    public IReadOnlyList<CellSpectrum> References => [.. Spectra.Items.Where(s => s.IsReference && s.Edge == Edge)];

    /// <summary>References that the sample is fitted with.</summary>
    public IReadOnlyList<CellSpectrum> Fitted => Sample is null ? [] : CellSpectrum.ReferencesOf(Sample, Spectra.Items, Recipe);
}
