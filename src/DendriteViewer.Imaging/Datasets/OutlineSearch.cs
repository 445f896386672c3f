using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>
/// Searches a dataset's first scan for the cell's outline and writes into its manifest how that ended, whatever way the interface is
/// given. What lies outside the cell would count as electrolyte and void, so that a dataset without an outline says why it has none.
/// </summary>
public static class OutlineSearch
{
    /// <summary>The outline was found.</summary>
    public const string Found = "found";

    /// <summary>The cell fills the field of view.</summary>
    public const string Filled = "filled";

    /// <summary>There should be an outline, but none could be followed.</summary>
    public const string NotFound = "not-found";

    /// <summary>The scan could not be searched.</summary>
    public const string NotSearched = "not-searched";

    /// <summary>Whether nobody has given the outline nor searched for it.</summary>
    public static bool IsDue(DatasetManifest manifest) => manifest.Cell is not { OutlineUm: not null } and not { OutlineSearch: not null };

    /// <summary>A manifest with the result of a search in the earliest scan of its first modality.</summary>
    /// <param name="analysis">What searches.</param>
    /// <param name="store">Where the scan is.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<DatasetManifest> RunAsync(IScanAnalysis analysis, DatasetStore store, Dataset dataset, CancellationToken ct)
    {
        var modality = dataset.Manifest.Volumes.First(v => v.Labels != true).Modality;
        var first = dataset.Volumes.First(v => v.Key.Modality == modality);
        var found = await analysis.FindOutlineAsync(store, first, dataset.Depth, ct);
        return With(dataset.Manifest, found?.State, found?.Outline?.Corners);
    }

    /// <summary>A manifest with the result of a search.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="state">How the search ended; null where the scan could not be searched.</param>
    /// <param name="corners">Corners of the outline, µm, where it was found.</param>
    public static DatasetManifest With(DatasetManifest manifest, OutlineState? state, IReadOnlyList<(double U, double V)>? corners) =>
        manifest with
    {
        Cell = (manifest.Cell ?? new CellManifest()) with
        {
            OutlineUm = corners?.Select(c => new[] { Math.Round(c.U, 3), Math.Round(c.V, 3) }).ToArray(),
            OutlineSearch = state switch
            {
                OutlineState.Found => Found,
                OutlineState.Filled => Filled,
                OutlineState.NotFound => NotFound,
                _ => NotSearched,
            },
        },
    };

    /// <summary>What a reader of any number must know where the outline is missing; else null.</summary>
    public static string? WarningOf(CellManifest? cell)
    {
        const string Remedy = "give cell.outlineUm in dataset.json, or put points on the outline in slices of the viewer (I)";
        return cell switch
        {
            { OutlineUm: not null } => null,
            { OutlineSearch: NotFound } =>
                "No outline of the cell was found, although the cell does not seem to fill the field of view: "
                + $"what lies around it counts as electrolyte and void; {Remedy}.",
            { OutlineSearch: NotSearched } =>
                "The outline of the cell was not searched for, since the scan is turned against the dataset's axes or has no coarse level: "
                + $"where the cell does not fill the field of view, what lies around it counts as electrolyte and void; {Remedy}.",
            _ => null,
        };
    }
}
