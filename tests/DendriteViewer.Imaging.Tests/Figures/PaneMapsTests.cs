using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Imaging.Tests.Figures;

/// <summary>What is drawn over pictures lies where the renderers draw what it marks.</summary>
public sealed class PaneMapsTests(FigureFixture fixture) : IClassFixture<FigureFixture>
{
    [Fact]
    public void SliceMap_OfAnyPlane_InvertsTheSlicersPixels() => Prop.ForAll(Gen.Choose(-1000, 1000).ArrayOf(8).ToArbitrary(), n =>
    {
        var view = fixture.View with
        {
            Rotation = new SliceRotation(n[0] / 10.0, n[1] / 10.0, n[2] / 10.0), Focus = new WorldPoint(n[3], n[4], n[5]),
                Center = new WorldPoint(n[5], n[6], n[3]),
        };
        var pane = (Pane)(Math.Abs(n[7]) % 3);
        var plane = SlicePlane.Of(view, pane);
        var map = new SliceMap(new SliceSheet(plane, null), new FigureBox(0, 0, 200, 160), 0.7);

        // The centre of pixel (u, v) is half a pixel to the right of and below its corner.
        foreach (var (u, v) in new[] { (0, 0), (199, 0), (57, 131) })
        {
            var world = plane.At(u, v, 200, 160, 0.7);
            var (at, off) = map.ToFigure(world);
            Assert.InRange(at.X - (u + 0.5), -1e-6, 1e-6);
            Assert.InRange(at.Y - (v + 0.5), -1e-6, 1e-6);
            Assert.InRange(off, -1e-6, 1e-6);
            Assert.InRange((map.ToWorld(at) - world).Length, 0, 1e-6);
        }
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(30, 20, 0)]
    [InlineData(-120, 70, 0)]
    [InlineData(200, -35, 260)]
    public async Task CameraMap_OfABrightBlock_IsWhereThe3DPictureShowsIt(double azimuth, double elevation, double distance)
    {
        const int Width = 240, Height = 180;
        var view = fixture.View with { Camera = new OrbitCamera(azimuth, elevation, distance, new WorldPoint(40, 45, 70)) };
        using var figure = await fixture.Figures.RenderAsync(fixture.Scene(view), FigureFixture.Bare(Pane.Volume, Width, Height), default);
        using var pixels = FigureFile.Pixels(figure);
        var map = CameraMap.Of(fixture.Volume, view.Camera, new FigureBox(0, 0, Width, Height));
        Assert.InRange(Distance(MiddleOfBright(pixels), map.ToFigure(FigureFixture.Bright)!.Value.At), 0, 1.2);
    }

    [Theory]
    [InlineData(Pane.Z)]
    [InlineData(Pane.Y)]
    [InlineData(Pane.X)]
    public async Task SliceMap_OfABrightBlock_IsWhereTheSliceShowsIt(Pane pane)
    {
        const int Width = 200, Height = 150;
        var scene = fixture.Scene(fixture.View);
        var settings = FigureFixture.Bare(pane, Width, Height);
        using var figure = await fixture.Figures.RenderAsync(scene, settings, default);
        using var pixels = FigureFile.Pixels(figure);
        var plan = figure.Plan.Panes[0];
        var map = new SliceMap(new SliceSheet(SlicePlane.Of(scene.View, pane), null), plan.Box, plan.UmPerUnit);
        Assert.InRange(Distance(MiddleOfBright(pixels), map.ToFigure(FigureFixture.Bright).At), 0, 0.6);
    }

    [Theory]
    [InlineData(Pane.Y)]
    [InlineData(Pane.X)]
    public void DepthLine_OfASlice_LiesAtItsDepth(Pane pane)
    {
        var scene = fixture.Scene(fixture.View with { Rotation = new SliceRotation(0, pane == Pane.Y ? 11 : 0, pane == Pane.X ? 11 : 0) });
        var settings = FigureFixture.Bare(pane, 200, 160);
        var plan = FigurePlan.Of(scene, settings).Panes[0];
        var map = new SliceMap(new SliceSheet(SlicePlane.Of(scene.View, pane), null), plan.Box, plan.UmPerUnit);
        Assert.All(new SliceOverlay(scene, settings, plan, new SvgCanvas()).DepthLine(33), p =>
            Assert.InRange(scene.Dataset.Depth.DepthOf(map.ToWorld(p)).Um, 33 - 1e-6, 33 + 1e-6));
    }

    // The lines of the crosshair: of turned slices, and of the one that follows a sloping interface, in and from both of them.
    [Theory]
    [InlineData(Pane.Z, false)]
    [InlineData(Pane.X, false)]
    [InlineData(Pane.Z, true)]
    [InlineData(Pane.Y, true)]
    public void CutLine_OfAnotherSlice_LiesInBoth(Pane pane, bool follows)
    {
        var heights = Enumerable.Range(0, 100).Select(i => 20f + i / 10 + 0.3f * (i % 10)).ToArray();
        var depth = new DepthFrame(Axis.Z, 1, 20, new InterfaceSurface(Axis.Z, (-20, -20), 20, (10, 10), heights, 0));
        var view = fixture.View with
        {
            Rotation = new SliceRotation(25, 0, 0), Roll = new SliceRoll(-25, 0, 0), FollowsInterface = follows,
        };
        var dataset = fixture.Dataset with { Depth = depth, Manifest = fixture.Dataset.Manifest with { Depth = new DepthManifest() } };
        var scene = fixture.Scene(view) with { Dataset = dataset };
        var settings = FigureFixture.Bare(pane, 200, 160);
        var plan = FigurePlan.Of(scene, settings).Panes[0];
        var map = new SliceMap(SliceSheet.Of(view, pane, dataset), plan.Box, plan.UmPerUnit);
        foreach (var other in new[] { Pane.Z, Pane.Y, Pane.X }.Where(o => o != pane))
        {
            var sheet = SliceSheet.Of(view, other, dataset);
            Assert.All(new SliceOverlay(scene, settings, plan, new SvgCanvas()).CutLine(other), at =>
            {
                var p = map.ToWorld(at);
                var off = sheet.Curve is { } curve ? curve.Depth.DepthOf(p).Um - curve.DepthUm
                    : (p - sheet.Plane.Middle).Dot(sheet.Plane.Normal);
                Assert.InRange(off, -0.05, 0.05);
                Assert.InRange(map.ToFigure(p).OffUm, -1e-6, 1e-6);
            });
        }

        var isSaid = Caption.PlaceOf(scene, pane).Contains("along the interface, depth", StringComparison.Ordinal);
        Assert.Equal(follows && pane == Pane.Z, isSaid);
        Assert.Equal(isSaid, Caption.Of(scene, [pane]).Contains("stripes where no interface", StringComparison.Ordinal));
    }

    private static double Distance(FigurePoint a, FigurePoint b) => Math.Sqrt((a.X - b.X) * (a.X - b.X) + (a.Y - b.Y) * (a.Y - b.Y));

    // Centroid of what is at least half as bright as the brightest pixel, in units of pixels.
    private static FigurePoint MiddleOfBright(RenderedImage image)
    {
        var green = Enumerable.Range(0, image.Width * image.Height).Select(i => (int)image.Pixels.Span[4 * i + 1]).ToArray();
        var most = green.Max();
        Assert.True(most > 60, "the picture shows no bright block");
        var bright = green.Select((g, i) => (g, i)).Where(p => p.g > most / 2)
            .Select(p => (X: p.i % image.Width + 0.5, Y: p.i / image.Width + 0.5)).ToArray();
        return new FigurePoint(bright.Average(p => p.X), bright.Average(p => p.Y));
    }
}
