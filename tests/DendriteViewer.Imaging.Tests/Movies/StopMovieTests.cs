using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Movies;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Tests.Figures;

namespace DendriteViewer.Imaging.Tests.Movies;

/// <summary>Views between two, and movies of several views.</summary>
public sealed class StopMovieTests(FigureFixture fixture) : IClassFixture<FigureFixture>
{
    [Fact]
    public void View_Between_BeginsAtTheFirstPlaceAndEndsAtTheSecondView()
    {
        var a = fixture.View with
        {
            Focus = new WorldPoint(1, 2, 3), UmPerPixel = 0.5, Camera = new OrbitCamera(170, 10, 100, new(0, 0, 0)),
        };
        var b = a with { Focus = new WorldPoint(3, 4, 5), UmPerPixel = 2, Camera = new OrbitCamera(-170, 30, 400, new(2, 2, 2)) };
        var volume = fixture.Scene(a).Volume;
        Assert.Equal(a.Focus, Between(0).Focus);
        Assert.Equal(b, Between(1));
        var middle = Between(0.5);
        Assert.Equal(new WorldPoint(2, 3, 4), middle.Focus);
        Assert.Equal(1, middle.UmPerPixel, 9);
        Assert.Equal(180, middle.Camera.AzimuthDeg, 9);
        Assert.Equal(200, middle.Camera.DistanceUm, 9);

        ViewState Between(double share) => ViewBetween.Of(a, b, volume, (400, 300), 4.0 / 3, share);
    }

    [Fact]
    public void View_BetweenTwoThatFit_FitsAndStaysFinite()
    {
        var a = fixture.View with { UmPerPixel = 0, Camera = new OrbitCamera(0, 0, 0, new(0, 0, 0)) };
        var middle = ViewBetween.Of(a, a, fixture.Scene(a).Volume, (400, 300), 1, 0.5);
        Assert.Equal(0, middle.UmPerPixel);
        Assert.True(double.IsFinite(middle.Camera.DistanceUm) && middle.Camera.DistanceUm > 0);
    }

    [Fact]
    public void Movie_OfViews_ShowsEachAsLongAsItSays_WithMovementsBetween()
    {
        var a = fixture.Scene(fixture.View);
        var b = a with { View = a.View with { Focus = a.View.Focus with { X = a.View.Focus.X + 1 } } };
        var settings = new MovieSettings(
            MovieKind.Views, [Pane.Z], 320, 240, 10, 4.5, MovieFormat.Gif, (320, 240), FigureParts.Scale);
        var plan = MoviePlan.OfViews([(a, 1), (b, 2)], 1.5, settings);
        Assert.Equal(45, plan.Shots.Sum(s => s.Frames));
        Assert.Equal(45, plan.Settings.Frames);
        Assert.Equal((10, 20, 17), (plan.Shots[0].Frames, plan.Shots[^1].Frames, plan.Shots.Count));
        Assert.Equal(b.View, plan.Shots[^1].Scene.View);
        Assert.Throws<OutOfRangeException>(() => MoviePlan.OfViews([], 1, settings));
        Assert.Throws<OutOfRangeException>(() => MoviePlan.OfViews([(a, 600), (b, 600)], 1, settings with { FramesPerSecond = 60 }));
    }
}
