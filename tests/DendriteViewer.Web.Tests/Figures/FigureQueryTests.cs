using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Figures;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace DendriteViewer.Web.Tests.Figures;

public sealed class FigureQueryTests
{
    [Fact]
    public void Query_OfNothing_IsAllPanesAsPngWithTheUsualParts()
    {
        var (settings, format) = Parse("");
        Assert.Equal(("png", FigureQuery.Usual, 4), (format, settings.Parts, settings.Panes.Count));
        Assert.False(settings.IsDark);
    }

    [Fact]
    public void Query_OfPaper_GivesItsSizeInUnits()
    {
        var settings = Parse("pane=3d&mm=127&dpi=192&size=400x300&with=scale,band&theme=dark&note=n").Settings;
        Assert.Equal([Pane.Volume], settings.Panes);
        Assert.Equal((480.0, 2.0, (400, 300)), (settings.Size.WidthUnits!.Value, settings.Size.Scale, settings.Size.Screen));
        Assert.Equal((FigureParts.Scale | FigureParts.Band, true, "n"), (settings.Parts, settings.IsDark, settings.Note));
    }

    [Theory]
    [InlineData("format=gif", "format")]
    [InlineData("pane=w", "pane")]
    [InlineData("with=scale,Glitter", "with")]
    [InlineData("with=3", "with")]
    [InlineData("mm=10", "mm")]
    [InlineData("mm=85&dpi=1200", "dpi")]
    [InlineData("mm=85&scale=2", "scale")]
    [InlineData("dpi=300", "dpi")]
    [InlineData("scale=9", "scale")]
    [InlineData("size=9000x100", "size")]
    [InlineData("size=100", "size")]
    [InlineData("text=NaN", "text")]
    [InlineData("theme=pink", "theme")]
    public void Query_OutOfRange_IsRefusedByName(string query, string named) =>
        Assert.Contains(named, Assert.Throws<OutOfRangeException>(() => Parse(query)).Message, StringComparison.Ordinal);

    [Fact]
    public void Note_ThatIsTooLong_IsRefused() => Assert.Throws<OutOfRangeException>(() => Parse("note=" + new string('n', 301)));

    [Fact]
    public void PartNames_AreReadBack()
    {
        for (var parts = 0; parts < 512; parts++)
        {
            Assert.Equal((FigureParts)parts, FigureQuery.PartsOf(FigureQuery.NamesOf((FigureParts)parts)));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"format":"exe"}""")]
    [InlineData("""{"pane":null}""")]
    [InlineData("""{"mm":1e9}""")]
    public void Choices_ThatABrowserKeptWrongly_AreTheUsual(string? kept) => Assert.Equal(new FigureChoices(), FigureChoices.Parse(kept));

    [Fact]
    public void Choices_AreRememberedWithoutTheNoteOfOneFigure()
    {
        var choices = new FigureChoices { Pane = "y", Format = "pdf", OnPaper = true, Mm = 120, IsDark = true, Parts = FigureParts.Scale,
            Note = "Fig. 3" };
        Assert.Equal(choices with { Note = "" }, FigureChoices.Parse(choices.ToJson()));
    }

    [Fact]
    public void Address_OfAnyChoices_IsReadBackByTheServer()
    {
        var sizes = new PaneSizes([1300, 700], [[640, 340], [650, 345], [9, 9000], [640, 340]]);
        var choices = new FigureChoices { Pane = "x", Format = "svg", OnPaper = true, Mm = 170, Dpi = 600, Note = "50 % & more" };
        var (settings, format) = Parse(choices.ToAddress("cell", "v=1", sizes, isPreview: false).Split('?')[1]);
        Assert.Equal(("svg", "50 % & more", (16, 4096)), (format, settings.Note, settings.Size.Screen));

        // The preview has the same layout in fewer pixels.
        var preview = Parse(choices.ToAddress("cell", "v=1", sizes, isPreview: true).Split('?')[1]).Settings;
        Assert.Equal((settings.Size with { Scale = 1 }), preview.Size);
    }

    private static FigureQuery Parse(string query) => FigureQuery.Parse(new QueryCollection(QueryHelpers.ParseQuery(query)));
}
