using System.Text.Json;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Presence;

/// <summary>
/// What a page says of where its person is. Who it is and which view it shows, the server knows itself; nothing of that is taken from a
/// page.
/// </summary>
public sealed record Whereabouts
{
    /// <summary>Characters of its JSON at most.</summary>
    public const int MostChars = 2000;

    /// <summary>Characters of a page's public id.</summary>
    public const int IdChars = 16;

    /// <summary>The pane under the pointer: 0 z, 1 y, 2 x, 3 volume; null for none.</summary>
    public int? Pane { get; init; }

    /// <summary>The point under the pointer: z, y, x in µm; null for none.</summary>
    public double[]? Cursor { get; init; }

    /// <summary>Width and height of the panes z, y, x, volume in CSS pixels, 0 for hidden ones.</summary>
    public double[] Sizes { get; init; } = [];

    /// <summary>Whether the person does not want to be seen: others hear that somebody is here, and no more.</summary>
    public bool IsUnseen { get; init; }

    /// <summary>The public id of the page that this one follows; empty for none.</summary>
    public string Follows { get; init; } = "";

    /// <summary>Whether some page follows this one, so that its whole view is told.</summary>
    public bool IsFollowed { get; init; }

    /// <summary>Whether nobody else is heard any more: the page is silent then until it says this again.</summary>
    public bool IsAlone { get; init; }

    /// <summary>How many other pages this one hears. The more there are, the less often each says where it is.</summary>
    public double Others { get; init; }

    /// <summary>Whether the others are asked where they are.</summary>
    public bool Asks { get; init; }

    /// <summary>
    /// The session of the page that the tab showed before it was loaded anew, which only that page knew; empty for none. Counts where the
    /// others are asked.
    /// </summary>
    public string Was { get; init; } = "";

    /// <summary>Reads what a page said.</summary>
    /// <exception cref="ArgumentException">It cannot be read, or a number is out of its range; the sentence says which.</exception>
    public static Whereabouts Read(string? json)
    {
        if (json is null or { Length: > MostChars })
        {
            throw new ArgumentException($"Where a page is, is JSON of at most {MostChars} characters.");
        }

        try
        {
            return (JsonSerializer.Deserialize<Whereabouts>(json, ViewDto.Json)
                ?? throw new ArgumentException("Where a page is, is a JSON object.")).Checked();
        }
        catch (JsonException e)
        {
            throw new ArgumentException("Where a page is, is a JSON object of the fields that docs/hub.md lists.", e);
        }
    }

    private Whereabouts Checked()
    {
        if (Pane is { } pane)
        {
            new NumberRange("pane", 0, 3).Check(pane);
        }

        if (Cursor is not null)
        {
            Ranges.Um.Of("cursor").Check(Cursor, 3);
        }

        if (Sizes is not { Length: 0 })
        {
            Ranges.PaneSide.Of("sizes").Check(Sizes, 8);
        }

        new NumberRange("others", 0, 100_000).Check(Others);
        CheckId(Follows);
        if (Was is not { Length: 0 } && !ViewSession.IsId(Was))
        {
            throw new ArgumentException(
                $"A page's session of before has {ViewSession.LeastIdChars} to {ViewSession.MostIdChars} characters, or is empty.");
        }

        return this;
    }

    /// <summary>Refuses what is no public id of a page, nor empty.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static void CheckId(string? id)
    {
        if (id is not ("" or { Length: IdChars }) || !id.All(char.IsAsciiHexDigitLower))
        {
            throw new ArgumentException($"A page's public id has {IdChars} hexadecimal digits, or is empty for none.");
        }
    }
}
