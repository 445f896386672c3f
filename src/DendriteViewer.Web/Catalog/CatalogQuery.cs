using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Web.Catalog;

/// <summary>By what the cards are sorted.</summary>
public enum CatalogOrder
{
    /// <summary>What this browser opened last comes first.</summary>
    Opened,

    /// <summary>What was imported last comes first.</summary>
    Imported,

    /// <summary>By name.</summary>
    Name,

    /// <summary>The largest first.</summary>
    Size,
}

/// <summary>What of the catalog is shown, and in which order. Kept in the browser, so that a reload shows the same.</summary>
/// <param name="Text">Words that must all occur in the name, the id or what people wrote; empty for all.</param>
/// <param name="Modality">A modality that must be there, or empty for any.</param>
/// <param name="Tags">Tags that must all be there.</param>
/// <param name="Order">The order.</param>
public sealed record CatalogQuery(
    string Text = "", string Modality = "", IReadOnlyList<string>? Tags = null,
    [property: JsonConverter(typeof(JsonStringEnumConverter<CatalogOrder>))] CatalogOrder Order = CatalogOrder.Opened)
{
    /// <summary>The entries that are shown, in order.</summary>
    public IReadOnlyList<CatalogEntry> Apply(IEnumerable<CatalogEntry> entries)
    {
        var words = Text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var found = entries.Where(e => words.All(w => Holds(e, w))
            && (Modality.Length == 0 || e.Dataset?.Modalities.Contains(Modality) == true)
            && (Tags ?? []).All(t => e.Tags.Contains(t, StringComparer.OrdinalIgnoreCase)));
        var sorted = Order switch
        {
            CatalogOrder.Opened => found.OrderByDescending(e => e.Opened ?? DateTimeOffset.MinValue),
            CatalogOrder.Imported => found.OrderByDescending(e => e.Imported ?? DateTimeOffset.MinValue),
            CatalogOrder.Size => found.OrderByDescending(e => e.StoredBytes),
            _ => found.OrderBy(_ => 0),
        };
        return [.. sorted.ThenBy(e => e.Name, StringComparer.CurrentCultureIgnoreCase)];
    }

    private static bool Holds(CatalogEntry entry, string word) =>
        entry.Dataset is not { } d ? entry.Id.Value.Contains(word, StringComparison.OrdinalIgnoreCase)
        : DatasetDescription.Of(d.Manifest).Texts().Append(d.Id.Value).Concat(d.Modalities)
            .Any(t => t.Contains(word, StringComparison.OrdinalIgnoreCase));
}
