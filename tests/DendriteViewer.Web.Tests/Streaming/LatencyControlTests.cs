using DendriteViewer.Web.Streaming;

namespace DendriteViewer.Web.Tests.Streaming;

public sealed class LatencyControlTests
{
    // What the issue of many viewers asks for; beyond, a picture lags behind the hand.
    private const double Goal = 300;
    private readonly ManualTime _time = new();

    // A machine as fast as the test machine, and one of which other programs have more than half; a picture of 4096² takes 40 s.
    [Theory]
    [InlineData(100, 1, 0)]
    [InlineData(100, 2.5, 0)]
    [InlineData(16, 1, 0)]
    [InlineData(100, 1, 40_000)]
    [InlineData(100, 2.5, 40_000)]
    [InlineData(16, 1, 40_000)]
    public async Task FiftyViewers_WithAndWithoutLargePictures_SeeChangesInTime(double interval, double slowness, double large)
    {
        using var server = new LoadModel(50, interval) { Slowness = slowness, LargeCost = large };
        await server.RunAsync(15);
        server.Forget();
        await server.RunAsync(30);
        var scales = string.Join(' ', server.Scales.CountBy(s => s).OrderBy(s => s.Key));
        Assert.True(server.P95() < Goal, $"95 % within {server.P95():0} ms; scales {scales}.");

        // A twentieth of two cores, in ms of 30 s, less what the last pause takes.
        var least = 30_000 * 2 / 20 * 0.9;
        Assert.True(large == 0 || server.LargeWork > least, $"Large pictures had {server.LargeWork:0} ms.");
    }

    [Fact]
    public async Task LargePicture_BesideFiftyViewers_IsDrawn()
    {
        using var server = new LoadModel(50, 100) { Slowness = 1, LargeCost = 40_000 };
        for (var waited = 0; server.LargeDrawn == 0 && waited < 200; waited += 10)
        {
            await server.RunAsync(10);
        }

        Assert.Equal(1, server.LargeDrawn);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40_000)]
    public async Task ThreeViewers_KeepAllPixels(double large)
    {
        using var server = new LoadModel(3, 50) { Slowness = 1, LargeCost = large };
        await server.RunAsync(5);
        server.Forget();
        await server.RunAsync(15);
        Assert.All(server.Scales, s => Assert.Equal(1, s));
        Assert.True(server.P95() < Goal / 3, $"95 % within {server.P95():0} ms.");
    }

    // Pictures that grow and shrink in turns are worse than small ones.
    [Fact]
    public async Task FiftyViewers_UnderALoadThatStays_KeepTheirScale()
    {
        using var server = new LoadModel(50, 100) { Slowness = 2.5, LargeCost = 0 };
        await server.RunAsync(30);
        server.Forget();
        await server.RunAsync(30);
        Assert.InRange(server.ScaleChanges, 0, server.Scales.Count / 20);
    }

    [Fact]
    public async Task FiftyViewers_AfterTheLoadWasLarger_GetTheirPixelsBack()
    {
        using var server = new LoadModel(50, 100) { Slowness = 1 };
        await server.RunAsync(20);
        server.Forget();
        await server.RunAsync(5);
        var before = server.Scales.Average();
        server.Slowness = 4;
        await server.RunAsync(20);
        server.Slowness = 1;
        await server.RunAsync(60);
        server.Forget();
        await server.RunAsync(5);
        Assert.InRange(server.Scales.Average(), 1, before + 0.6);
    }

    [Fact]
    public void Shown_FewPictures_ChangeNothing()
    {
        var control = new LatencyControl(_time);
        for (var i = 0; i < 15; i++)
        {
            _time.Now += 1000;
            Assert.False(control.Shown((long)(1000 * (_time.Now - 900)), isCoarsest: false));
        }

        Assert.Equal(1, control.Part);
    }

    // Where nothing can become coarser, more would only take longer to come back.
    [Theory]
    [InlineData(false, 0.5)]
    [InlineData(true, 1)]
    public void Shown_LatePictures_MakeOthersCoarserWhereTheyCanBe(bool isCoarsest, double part)
    {
        var control = new LatencyControl(_time);
        _time.Now = 1000;
        for (var i = 0; i < 20; i++)
        {
            control.Shown(0, isCoarsest);
        }

        Assert.Equal(part, control.Part);
    }
}
