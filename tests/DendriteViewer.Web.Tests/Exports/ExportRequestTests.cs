using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Movies;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Exports;

namespace DendriteViewer.Web.Tests.Exports;

public sealed class ExportRequestTests(ExportRequestTests.Host host) : IClassFixture<ExportRequestTests.Host>
{
    [Theory]
    [InlineData("timesteps", 4)]
    [InlineData("turntable", 1)]
    [InlineData("slices", 1)]
    public void Movie_WithoutPanes_ShowsWhatMoves(string kind, int panes) =>
        Assert.Equal(panes, new MovieRequest { Kind = kind, ToUm = 5 }.ToSettings().Panes.Count);

    [Fact]
    public void Movie_OfSlices_ShowsTheSliceOfItsAxis()
    {
        var request = new MovieRequest { Kind = "slices", Axis = "x", FromUm = 1, ToUm = 2, Format = "gif", Screen = [400, 300] };
        var settings = request.ToSettings();
        Assert.Equal((Pane.X, MovieFormat.Gif, (400, 300)), (settings.Along, settings.Format, settings.Screen));
        Assert.Equal([Pane.X], settings.Panes);
    }

    public static TheoryData<MovieRequest, string> Refused => new()
    {
        { new() { Kind = "dance" }, "kind" }, { new() { Kind = "1" }, "kind" }, { new() { Kind = null! }, "kind" },
            { new() { Format = "avi" }, "format" },
        { new() { Axis = "all" }, "axis" }, { new() { Axis = null! }, "axis" }, { new() { Pane = "w" }, "pane" },
            { new() { With = "glitter" }, "with" },
        { new() { Screen = [1] }, "screen" }, { new() { Screen = [1, 1] }, "screen" }, { new() { Width = 5 }, "width" },
        { new() { Fps = double.NaN }, "fps" }, { new() { Seconds = -1 }, "seconds" }, { new() { Note = new string('n', 301) }, "note" },
        { new() { Kind = "slices", FromUm = double.PositiveInfinity }, "from" },
        { new() { View = null! }, "view" }, { new() { View = new string('v', MovieRequest.MostView + 1) }, "view" },
        { new() { Kind = "turntable" + new string(' ', 300) }, "kind" }, { new() { With = new string(',', 300) }, "with" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Movie_OutOfRange_IsRefusedByName(MovieRequest movie, string named) =>
        Assert.Contains(named, Assert.Throws<OutOfRangeException>(() => movie.ToSettings()).Message, StringComparison.Ordinal);

    [Fact]
    public void Surface_OfOneLabel_IsThatLabelAlone()
    {
        var labels = host.Web.Dataset.Volumes[0] with { IsLabels = true };
        var one = new SurfaceRequest { FromLabel = 3 }.ToSettings(labels);
        var all = new SurfaceRequest().ToSettings(labels);
        Assert.Equal((3, 3, 1, int.MaxValue), (one.FromLabel, one.ToLabel, all.FromLabel, all.ToLabel));
    }

    [Fact]
    public void Surface_OutOfRange_IsRefused()
    {
        var scan = host.Web.Dataset.Volumes[0];
        Assert.Throws<OutOfRangeException>(() => new SurfaceRequest { Format = "obj", Value = scan.Least }.ToSettings(scan));
        Assert.Throws<OutOfRangeException>(() => new SurfaceRequest { Value = scan.Most + 1 }.ToSettings(scan));
        Assert.Throws<OutOfRangeException>(() => new SurfaceRequest { Value = scan.Least, Level = 50 }.ToSettings(scan));
        Assert.Throws<OutOfRangeException>(() =>
            new SurfaceRequest { FromLabel = 5, ToLabel = 4 }.ToSettings(scan with { IsLabels = true }));
    }

    public sealed class Host : IAsyncLifetime
    {
        public TestHost Web { get; } = new();

        public Task InitializeAsync() => Web.InitializeAsync();

        public Task DisposeAsync() => Web.DisposeAsync();
    }
}
