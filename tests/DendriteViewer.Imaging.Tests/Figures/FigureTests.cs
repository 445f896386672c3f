using System.Text;
using System.Xml.Linq;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Slicing;
using SkiaSharp;

namespace DendriteViewer.Imaging.Tests.Figures;

public sealed class FigureTests(FigureFixture fixture) : IClassFixture<FigureFixture>
{
    private const FigureParts Everything =
        FigureParts.Scale | FigureParts.Colour | FigureParts.Legend | FigureParts.Axes | FigureParts.Sites
        | FigureParts.Band | FigureParts.Caption | FigureParts.Crosshair | FigureParts.Time;

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private static readonly FigureMark s_mark = new(FigureFixture.Bright, 6, 1.5, "site <A> & B", 0x35C9E8, "confirmed");

    [Fact]
    public async Task Svg_OfAllPanes_HoldsItsTextAsTextAndItsPicturesExactly()
    {
        var settings = new FigureSettings(
            FigureSettings.All, FigureSize.OfPaper((900, 700), 85, 150, 7), Everything, IsDark: false, "by hand");
        using var figure = await fixture.Figures.RenderAsync(fixture.Scene(fixture.View with { BandVisible = true }, s_mark), settings,
            default);
        using var file = new MemoryStream();
        FigureFile.Write(figure, "svg", file);
        var root = XDocument.Parse(Encoding.UTF8.GetString(file.ToArray())).Root!;
        Assert.StartsWith("85mm", root.Attribute("width")!.Value, StringComparison.Ordinal);
        var texts = root.Descendants(s_svg + "text").Select(t => t.Value).ToArray();
        Assert.Contains("site <A> & B", texts);
        Assert.Contains("by hand", texts);
        Assert.Contains("grey value", texts);
        Assert.Contains("confirmed", texts);
        Assert.Contains("1.5 h", texts);
        var shown = string.Join(" ", texts);
        Assert.Contains("z 52 µm", shown, StringComparison.Ordinal);
        Assert.Contains("window 0 to 200", shown, StringComparison.Ordinal);
        Assert.Contains("voxel 2 µm", shown, StringComparison.Ordinal);
        Assert.Contains(texts, t => t.EndsWith("at the centre", StringComparison.Ordinal));

        // Four pictures, each at the resolution that was asked for.
        var pictures = root.Descendants(s_svg + "image").ToArray();
        Assert.Equal(4, pictures.Length);
        Assert.All(pictures.Zip(figure.Plan.Panes), p =>
        {
            var href = p.First.Attribute(XNamespace.Get("http://www.w3.org/1999/xlink") + "href")!.Value;
            using var png = SKBitmap.Decode(Convert.FromBase64String(href[(href.IndexOf(',') + 1)..]));
            Assert.Equal((p.Second.Width, p.Second.Height), (png.Width, png.Height));
            Assert.Equal(p.Second.Width / (150 / 96.0), p.Second.Box.Width, 6);
        });
    }

    // In a view of an hour at which a site has another place, it is there, with the dots of its labels, and with the way between both.
    [Theory]
    [InlineData(Pane.Z)]
    [InlineData(Pane.Volume)]
    public async Task Site_WithLabelsAndATrack_IsDrawnWhereItIsThenWithItsLabelsAndItsWay(Pane pane)
    {
        var elsewhere = FigureFixture.Bright with { X = FigureFixture.Bright.X - 40 };
        FigureMark[] marks =
        [
            s_mark,
            s_mark with
            {
                At = elsewhere, Hours = 0, Label = "moved", Track = [new FigurePlace(1.5, FigureFixture.Bright)],
                Labels = [new FigureLabel(0x77AADD, "crack"), new FigureLabel(0xEEDD88, "dense")],
            },
        ];
        var settings = FigureFixture.Bare(pane, 400, 300) with { Parts = FigureParts.Sites | FigureParts.Legend };
        using var figure = await fixture.Figures.RenderAsync(fixture.Scene(fixture.View, marks), settings, default);
        using var file = new MemoryStream();
        FigureFile.Write(figure, "svg", file);
        var drawn = XDocument.Parse(Encoding.UTF8.GetString(file.ToArray())).Descendants().ToArray();
        var circles = drawn.Where(e => e.Name.LocalName == "circle").ToArray();
        XElement[] Of(string color) =>
            [.. circles.Where(c => string.Equals((string?)c.Attribute("stroke"), color, StringComparison.OrdinalIgnoreCase))];
        var sites = Of("#35C9E8");
        Assert.Equal(2, sites.Length);
        Assert.Equal(sites[0].Attribute("cx")!.Value, sites[1].Attribute("cx")!.Value);
        Assert.Single(Of("#77AADD"));
        Assert.Single(Of("#EEDD88"));

        // The place that it left is a white dot.
        Assert.Single(Of("#FFFFFF"), c => c.Attribute("cx")!.Value != sites[0].Attribute("cx")!.Value);
        var texts = drawn.Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray();
        Assert.Contains("crack", texts);
        Assert.Contains("dense", texts);
        Assert.NotEqual(marks[1].ToString(), (marks[1] with { Labels = [] }).ToString());
        Assert.NotEqual(marks[1].ToString(), (marks[1] with { Track = [] }).ToString());
    }

    // A line in the slice is drawn with its text, one beside it is not; of a box and a ball the slice shows what it cuts.
    [Fact]
    public async Task Annotations_OfTheScan_AreDrawnInSlicesWhereTheyLieInThem()
    {
        var (z, y, x) = (FigureFixture.Bright.Z, FigureFixture.Bright.Y, FigureFixture.Bright.X);
        WorldPoint P(double dz, double dy, double dx) => new(z + dz, y + dy, x + dx);
        FigureShape Line(string text, double dz, double hours = 1.5) =>
            new([new FigureLine([P(dz, 0, 0), P(dz, 0, 20)], false)], text, 0x123456)
            {
                Modality = fixture.Volume.Key.Modality, Hours = hours, Labels = [new FigureLabel(0x77AADD, "crack " + text)],
            };
        WorldPoint[] Corners(double dz) => [P(dz, -10, -10), P(dz, -10, 10), P(dz, 10, 10), P(dz, 10, -10)];
        var box = Line("box", 0) with
        {
            IsSolid = true, Lines = [new(Corners(-6), true), new(Corners(10), true),
                .. Corners(-6).Zip(Corners(10)).Select(c => new FigureLine([c.First, c.Second], false))],
        };
        var ball = Line("ball", 0) with { Ball = (P(3, 0, 0), 5) };
        var scene = fixture.Scene(fixture.View) with
        {
            Shapes = [Line("in", 0), Line("beside", 9), Line("later", 0, hours: 3), ball,
                ball with { Text = "passed", Ball = (P(6, 0, 0), 5) }, box,
                box with { Text = "below", Lines = [new(Corners(4), true), new(Corners(8), true)] }],
        };
        var settings = FigureFixture.Bare(Pane.Z, 400, 300) with { Parts = FigureParts.Sites | FigureParts.Legend };
        using var figure = await fixture.Figures.RenderAsync(scene, settings, default);
        using var file = new MemoryStream();
        FigureFile.Write(figure, "svg", file);
        var drawn = XDocument.Parse(Encoding.UTF8.GetString(file.ToArray())).Descendants().ToArray();
        var texts = drawn.Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray();
        Assert.All(["in", "box", "ball", "crack in"], t => Assert.Contains(t, texts));
        Assert.Empty(texts.Intersect(["beside", "later", "below", "passed", "crack later"]));
        Assert.Contains(drawn, e => e.Name.LocalName == "circle" && (string?)e.Attribute("stroke") == "#123456");
        Assert.NotEqual(scene.MarksText, (scene with { Shapes = [Line("in", 0)] }).MarksText);

        // In 3D what lies beside a slice is there too.
        scene = scene with { Shapes = [scene.Shapes[1], scene.Shapes[2]] };
        using var volume = await fixture.Figures.RenderAsync(scene, settings with { Panes = [Pane.Volume] }, default);
        using var other = new MemoryStream();
        FigureFile.Write(volume, "svg", other);
        var svg = Encoding.UTF8.GetString(other.ToArray());
        Assert.Contains(">beside<", svg, StringComparison.Ordinal);
        Assert.DoesNotContain(">later<", svg, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Png_OfPaper_SaysItsResolutionAndIsAsWideAsAskedFor()
    {
        var settings = new FigureSettings([Pane.Z], FigureSize.OfPaper((640, 480), 60, 300, 8), Everything, IsDark: false);
        using var figure = await fixture.Figures.RenderAsync(fixture.Scene(fixture.View), settings, default);
        using var file = new MemoryStream();
        FigureFile.Write(figure, "png", file);
        var bytes = file.ToArray();
        using var png = SKBitmap.Decode(bytes);
        Assert.InRange(png.Width - 60 / 25.4 * 300, -1.0, 1.0);
        var at = bytes.AsSpan().IndexOf("pHYs"u8);
        var perMetre = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 4));
        Assert.InRange(perMetre, 11810, 11812);
    }

    [Fact]
    public async Task Png_OfOnePicture_HoldsItsPixelsUnchanged()
    {
        var settings = new FigureSettings(
            [Pane.Y], FigureSize.OfScreen((320, 240), 2, 8), FigureParts.Caption | FigureParts.Colour, IsDark: true);
        using var figure = await fixture.Figures.RenderAsync(fixture.Scene(fixture.View), settings, default);
        using var bare = await fixture.Figures.RenderAsync(
            fixture.Scene(fixture.View), settings with { Parts = FigureParts.None }, default);
        using var with = FigureFile.Pixels(figure);
        using var without = FigureFile.Pixels(bare);
        Assert.Equal((640, 480), (without.Width, without.Height));
        Assert.True(with.Width > 640 && with.Height > 480);
        for (var y = 0; y < 480; y++)
        {
            Assert.True(with.Pixels.Span.Slice(4 * y * with.Width, 4 * 640).SequenceEqual(without.Pixels.Span.Slice(4 * y * 640, 4 * 640)),
                $"row {y}");
        }
    }

    [Fact]
    public async Task Pdf_OfAFigure_HasAPageOfItsSize()
    {
        var settings = new FigureSettings([Pane.Volume], FigureSize.OfPaper((400, 300), 80, 100, 8), Everything, IsDark: false);
        using var figure = await fixture.Figures.RenderAsync(fixture.Scene(fixture.View, s_mark), settings, default);
        using var file = new MemoryStream();
        FigureFile.Write(figure, "pdf", file);
        var text = Encoding.Latin1.GetString(file.ToArray());
        Assert.StartsWith("%PDF", text, StringComparison.Ordinal);
        var box = System.Text.RegularExpressions.Regex.Match(text, @"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]");
        Assert.InRange(double.Parse(box.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 80 / 25.4 * 72 - 1,
            80 / 25.4 * 72 + 1);
        Assert.Contains("/Font", text, StringComparison.Ordinal);
        Assert.Contains("/ToUnicode", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Zoom_OnPaper_ShowsWhatTheScreenShows()
    {
        var scene = fixture.Scene(fixture.View with { UmPerPixel = 0.25 });
        var settings = new FigureSettings([Pane.Z], FigureSize.OfPaper((800, 600), 50, 600, 8), FigureParts.None, IsDark: false);
        var pane = FigurePlan.Of(scene, settings).Panes[0];
        Assert.Equal(800 * 0.25, pane.Box.Width * pane.UmPerUnit, 6);
    }

    [Theory]
    [InlineData(19, 300)]
    [InlineData(80, 601)]
    [InlineData(double.NaN, 300)]
    public void Size_OutOfRange_IsRefused(double mm, double dpi) =>
        Assert.Throws<OutOfRangeException>(() => FigureSize.OfPaper((400, 300), mm, dpi, 8));

    [Fact]
    public void Size_OfTooManyPixels_IsRefusedWithARemedy()
    {
        var settings = new FigureSettings([Pane.Z], FigureSize.OfPaper((400, 400), 500, 600, 8), FigureParts.None, IsDark: false);
        Assert.Contains("fewer mm or dpi",
            Assert.Throws<OutOfRangeException>(() => FigurePlan.Of(fixture.Scene(fixture.View), settings)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Size_OfTooManyPixelsWithWhatStandsAroundThePictures_IsRefused()
    {
        var scene = fixture.Scene(fixture.View);
        var bare = new FigureSettings([Pane.Z], FigureSize.OfScreen((3800, 2160), 2, 8), FigureParts.None, IsDark: false);
        Assert.Equal((7600, 4320), (FigurePlan.Of(scene, bare).WidthPixels, FigurePlan.Of(scene, bare).HeightPixels));
        var surrounded = bare with { Parts = FigureParts.Colour | FigureParts.Caption };
        Assert.Contains("million pixels",
            Assert.Throws<OutOfRangeException>(() => FigurePlan.Of(scene, surrounded)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cost_OfAFigure_IsOfAllItsPixels()
    {
        var scene = fixture.Scene(fixture.View);
        var settings = new FigureSettings(
            FigureSettings.All, FigureSize.OfScreen((400, 300), 1, 36), FigureParts.Colour | FigureParts.Caption, IsDark: false);
        var plan = FigurePlan.Of(scene, settings);
        var (volume, flat) = FigureRenderer.CostOf(scene, settings);
        Assert.Equal(1e-6 * plan.WidthPixels * plan.HeightPixels, volume + flat, 9);
        Assert.Equal(1e-6 * plan.Panes[1].Width * plan.Panes[1].Height, volume, 9);
    }

    [Fact]
    public void Caption_OfATurnedSlice_SaysItsPlaceAlongItsNormal()
    {
        var view = fixture.View with { Rotation = new SliceRotation(0, 30, 0) };
        var at = FigureFixture.Bright.Z * Math.Cos(Math.PI / 6) + FigureFixture.Bright.X * Math.Sin(Math.PI / 6);
        Assert.Equal(FormattableString.Invariant($"z′ {at:F0} µm, turned by 0°, 30°, 0° about z, y, x"),
            Caption.PlaceOf(fixture.Scene(view), Pane.Z));
    }

    [Fact]
    public void Caption_OfAPictureTurnedInItsPlane_SaysByHowMuch_AndACutThereDoesNot()
    {
        var scene = fixture.Scene(fixture.View with { Roll = new SliceRoll(90, 0, 0), Cut = new SliceCut(Pane.Z, false) });
        Assert.EndsWith("µm, picture turned by 90°", Caption.PlaceOf(scene, Pane.Z, withDepth: false), StringComparison.Ordinal);
        Assert.StartsWith("z ", Caption.PlaceOf(scene, Pane.Z), StringComparison.Ordinal);
        Assert.DoesNotContain("turned", Caption.PlaceOf(scene, Pane.Y), StringComparison.Ordinal);
        Assert.Matches("3D cut at z [0-9.]+ µm, smaller z kept", Caption.Of(scene, [Pane.Volume]));
    }

    [Theory]
    [InlineData(1, "slab of 60 µm, mean · ")]
    [InlineData(4, "slab of 60 µm, mean, sampled every ")]
    public async Task Caption_OfAThickSlab_SaysWhereItsSamplesAreSparserThanVoxels(double scale, string says)
    {
        var view = fixture.View with { SlabUm = 60, SlabMode = SlabMode.Mean };
        var settings = new FigureSettings([Pane.Z], FigureSize.OfScreen((1400, 1400), scale, 8), FigureParts.Caption, IsDark: false);
        using var figure = await fixture.Figures.RenderAsync(fixture.Scene(view), settings, default);
        Assert.Contains(says, figure.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Caption_OfA3DPicture_SaysHowItIsMadeAndCut()
    {
        var view = fixture.View with
        {
            Mode = VolumeMode.Mean, Clip = new ClipBox(new(1, 2, 3), new(40, 50, 60)), DepthClip = new Band(5, 30),
            Cut = new SliceCut(Pane.X, KeepsFar: false),
        };
        var caption = Caption.Of(fixture.Scene(view), [Pane.Volume]);
        Assert.Contains("mean along each ray · 3D box z 1–40, y 2–50, x 3–60 µm · 3D depths 5–30 µm · 3D cut at x 88 µm, smaller x kept",
            caption, StringComparison.Ordinal);
        Assert.DoesNotContain("along each ray", Caption.Of(fixture.Scene(view with { Mode = VolumeMode.Composite }), [Pane.Volume]),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VolumeMode.Maximum, 0x80)]
    [InlineData(VolumeMode.Minimum, 0x80)]
    [InlineData(VolumeMode.Mean, 0x80)]
    [InlineData(VolumeMode.Composite, 0x5A)]
    [InlineData(VolumeMode.Isosurface, null)]
    public void ColourBar_OfA3DPicture_HasTheColoursThatItsModeGivesToValues(VolumeMode mode, int? level)
    {
        var bar = ColorBar.Of(fixture.Scene(fixture.View with { Mode = mode }), [Pane.Volume]).SingleOrDefault();
        Assert.Equal(level is null, bar is null);
        if (bar is not null)
        {
            // Half way from clear black to dense white: a projection ignores the opacity.
            Assert.InRange(bar.ColorAt(100) & 255, level!.Value - 2, level.Value + 2);
        }
    }

    // Twenty thousand sites in a thick slab once took the square of their number of steps, and covered each other.
    [Fact]
    public async Task Sites_TooDenseForTheirNames_KeepTheirMarksAndSayHowManyNamesAreLeftOut()
    {
        var marks = Enumerable.Range(0, 3000).Select(i => new FigureMark(
            new WorldPoint(FigureFixture.Bright.Z, 4 + i / 60 * 1.8, 4 + i % 60 * 2), 1, 0, $"S{i}", 0xF0B445, "proposed")).ToArray();
        var settings = FigureFixture.Bare(Pane.Z, 400, 300) with { Parts = FigureParts.Sites };
        using var figure = await fixture.Figures.RenderAsync(fixture.Scene(fixture.View, marks), settings, default);
        using var file = new MemoryStream();
        FigureFile.Write(figure, "svg", file);
        var texts = XDocument.Parse(Encoding.UTF8.GetString(file.ToArray())).Descendants()
            .Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray();
        var named = texts.Count(t => t.StartsWith('S'));
        Assert.InRange(named, 200, 600);
        Assert.Contains($"{3000 - named} names left out", texts);
    }

    [Fact]
    public void Legend_OfLabels_IsThereWhereLabelsAreAndSaysHowManyColoursItLeavesOut()
    {
        var volume = fixture.Volume;
        var labels = volume with { Key = new VolumeKey("phases", volume.Key.Hours), IsLabels = true };
        var earlier = volume with { Key = new VolumeKey(volume.Key.Modality, 0) };
        var dataset = fixture.Dataset with { Volumes = [earlier, volume], Labels = [labels] };
        var transfer = TransferFunction.OfLabels(Enumerable.Range(1, 11).Select(i => new LabelRange(i, i, i, 1)));
        var view = fixture.View with { Mode = VolumeMode.Composite, Overlay = new Overlay("phases", null, transfer, false) };
        var texts = Texts(view, Pane.Z);
        Assert.Equal((9, "phases 8", "3 more …"), (texts.Length, texts[7], texts[8]));
        Assert.Equal(9, Texts(view, Pane.Volume).Length);
        Assert.Empty(Texts(view with { Mode = VolumeMode.Maximum }, Pane.Volume));
        var difference = view with { Compare = new Comparison(CompareMode.Difference, 0) };
        Assert.Empty(Texts(difference, Pane.Z));
        Assert.Equal(9, Texts(difference, Pane.Volume).Length);

        string[] Texts(ViewState shown, Pane pane) => [.. FigureLegend.Of(
            new FigureScene(dataset, volume, shown, []),
            FigureFixture.Bare(pane, 200, 200) with { Parts = FigureParts.Legend }).Select(e => e.Text)];
    }

    [Fact]
    public void Legend_OfAScanThatIsASegmentation_NamesItsLabels()
    {
        var found = new ScanLabels([0, 85, 170]);
        var volume = fixture.Volume;
        var view = fixture.View with { Overlay = found.OverlayOf(volume.Key.Modality), Mode = VolumeMode.Composite };
        var scene = new FigureScene(fixture.Dataset with { Volumes = [volume] }, volume, view, []) { Labels = found.Legend };
        var settings = FigureFixture.Bare(Pane.Z, 200, 200) with { Parts = FigureParts.Legend };
        Assert.Equal(["label 85", "label 170"], FigureLegend.Of(scene, settings).Select(e => e.Text));
    }

    [Theory]
    [InlineData(0, 200, new[] { 0.0, 50, 100, 150, 200 })]
    [InlineData(-3, 7, new[] { -2.0, 0, 2, 4, 6 })]
    [InlineData(0.013, 0.021, new[] { 0.014, 0.016, 0.018, 0.02 })]
    public void Ticks_AreRoundNumbersWithinTheRange(double low, double high, double[] expected) =>
        Assert.Equal(expected, Ticks.Between(low, high, 5).Select(t => Math.Round(t, 6)));

    [Fact]
    public void Font_HasTheLettersThatFiguresUse()
    {
        Assert.Equal("", FigureFont.MissingOf("µm ′…×·–−° ²³ αβ ÄÖÜéå Жя ₀ ≥ \u2009"));
        Assert.Equal("漢", FigureFont.MissingOf("a漢漢"));
    }
}
