using System.Globalization;
using System.Text.Json;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Web.Figures;

/// <summary>What somebody chose in the figure's dialog; the browser remembers it.</summary>
public sealed record FigureChoices
{
    /// <summary>z, y, x, 3d or all.</summary>
    public string Pane { get; init; } = "all";

    /// <summary>png, svg or pdf.</summary>
    public string Format { get; init; } = "png";

    /// <summary>Whether the size is a width on paper, rather than the screen's.</summary>
    public bool OnPaper { get; init; }

    /// <summary>Pixels a CSS pixel, of the screen's size.</summary>
    public double Scale { get; init; } = 2;

    /// <summary>Width on paper, mm.</summary>
    public double Mm { get; init; } = 85;

    /// <summary>Pixels an inch on paper.</summary>
    public double Dpi { get; init; } = 300;

    /// <summary>Size of the text, pt.</summary>
    public double TextPt { get; init; } = FigureQuery.UsualText;

    /// <summary>Whether what surrounds the pictures is black.</summary>
    public bool IsDark { get; init; }

    /// <summary>What is drawn with the pictures.</summary>
    public FigureParts Parts { get; init; } = FigureQuery.Usual;

    /// <summary>A line of text of one's own; of this figure alone, so not remembered.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Note { get; init; } = "";

    /// <summary>Reads what a browser remembered; what is none, or out of its range, is as nobody chose it.</summary>
    public static FigureChoices Parse(string? json)
    {
        try
        {
            var choices = json is null ? null : JsonSerializer.Deserialize<FigureChoices>(json, JsonSerializerOptions.Web);
            return choices is { Pane: not null, Format: not null } && choices.IsInRange ? choices : new FigureChoices();
        }
        catch (Exception e) when (e is JsonException or OutOfRangeException)
        {
            return new FigureChoices();
        }
    }

    private bool IsInRange => FigureFile.MediaTypes.ContainsKey(Format) && FigureQuery.PanesOf(Pane).Count > 0
        && FigureSize.Times.Contains(Scale) && FigureSize.Millimetres.Contains(Mm) && FigureSize.Dpi.Contains(Dpi)
        && FigureSize.TextPoints.Contains(TextPt);

    /// <summary>What the browser is to remember.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>The figure's address.</summary>
    /// <param name="dataset">Id of the dataset.</param>
    /// <param name="view">The view as a link has it.</param>
    /// <param name="screen">Size of the panes on the screen.</param>
    /// <param name="isPreview">The same figure with as few pixels as the screen needs.</param>
    public string ToAddress(string dataset, string view, PaneSizes screen, bool isPreview)
    {
        var panes = FigureQuery.PanesOf(Pane);
        var (width, height) = panes.Count > 1 ? (screen.All[0], screen.All[1]) : screen.Of(panes[0]);
        var dpi = isPreview ? Math.Min(Dpi, FigureSize.UnitsPerInch) : Dpi;
        var size = OnPaper ? $"mm={N(Mm)}&dpi={N(dpi)}" : $"scale={N(isPreview ? 1 : Scale)}";
        var note = Note.Length > 0 ? "&note=" + Uri.EscapeDataString(Note) : "";
        return $"/api/datasets/{dataset}/figure?{view}&pane={Pane}&format={(isPreview ? "png" : Format)}&size={Side(width)}x{Side(height)}"
            + $"&{size}&text={N(TextPt)}&with={FigureQuery.NamesOf(Parts)}&theme={(IsDark ? "dark" : "light")}{note}";

        static int Side(int pixels) => (int)Math.Clamp(pixels, Ranges.PictureSide.Least, Ranges.PictureSide.Most);
        static string N(double v) => v.ToString("R", CultureInfo.InvariantCulture);
    }
}

/// <summary>Sizes of the panes on the screen, CSS pixels.</summary>
/// <param name="All">Width and height of all together.</param>
/// <param name="Panes">Of each, by its number.</param>
public sealed record PaneSizes(int[] All, int[][] Panes)
{
    /// <summary>Size of a pane.</summary>
    public (int Width, int Height) Of(Pane pane) => (Panes[(int)pane][0], Panes[(int)pane][1]);
}
