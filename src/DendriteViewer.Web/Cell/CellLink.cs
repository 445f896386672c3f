using System.Globalization;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.WebUtilities;

namespace DendriteViewer.Web.Cell;

/// <summary>What is open of a cell, in a link: <c>cell=SECTION</c>, with <c>:FILE</c> and <c>:NUMBER</c> of a sweep or spectrum.</summary>
public static class CellLink
{
    /// <summary>The field's name.</summary>
    public const string Field = "cell";

    private const int MostItem = 1_000_000;

    /// <summary>The field's text.</summary>
    public static string Format(CellOpen open)
    {
        var section = open.Section.ToString().ToLowerInvariant();
        return open.File is not { } file ? section
            : open.Item is not { } item ? $"{section}:{file:N}" : string.Create(CultureInfo.InvariantCulture, $"{section}:{file:N}:{item}");
    }

    /// <summary>What a text says, or null where it says nothing that can be open.</summary>
    public static CellOpen? Parse(string text)
    {
        var parts = text.Split(':');
        var section = Enum.GetValues<CellSection>().Cast<CellSection?>().FirstOrDefault(
            s => s.ToString()!.Equals(parts[0], StringComparison.OrdinalIgnoreCase));
        return section is not { } open || parts.Length > 3 ? null
            : parts.Length == 1 ? new CellOpen(open)
            : !Guid.TryParseExact(parts[1], "N", out var file) ? null
            : parts.Length == 2 ? new CellOpen(open, file)
            : int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var item) && item <= MostItem
                ? new CellOpen(open, file, item) : null;
    }

    /// <summary>Opens in a session what a link says of the cell.</summary>
    /// <returns>A remark where it cannot be read; null where it was opened, or the link says nothing of the cell.</returns>
    public static LinkRemark? Show(ViewSession session, string? query)
    {
        if (!QueryHelpers.ParseQuery(query ?? "").TryGetValue(Field, out var text))
        {
            return null;
        }

        if (Parse(text.ToString()) is { } open)
        {
            session.Cell.Ask(open);
            return null;
        }

        var shown = text.ToString() is { Length: > 40 } large ? large[..40] + "…" : text.ToString();
        return new LinkRemark(Field, $"What is open of the cell (cell) is “{shown}”, which cannot be read.");
    }
}
