namespace DendriteViewer.Web.History;

/// <summary>Which entries of a dataset's journal are asked for; null of each for all.</summary>
/// <param name="PersonKey">Whose.</param>
/// <param name="Kind">Of which kind of annotation.</param>
/// <param name="Id">Of which annotation of <paramref name="Kind"/>.</param>
public sealed record HistoryFilter(string? PersonKey = null, string? Kind = null, string? Id = null)
{
    /// <summary>Whether it leaves anything out.</summary>
    public bool IsAny => this == new HistoryFilter();
}
