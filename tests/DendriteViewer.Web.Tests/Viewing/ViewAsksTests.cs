using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Tests.Viewing;

public sealed class ViewAsksTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public void Ask_ForAView_EndsWhatWasAskedForBefore()
    {
        var asks = new ViewAsks();
        var (first, layer) = (asks.Whole(), asks.Part("layer"));
        Assert.True(first.IsLast && layer.IsLast);
        var second = asks.Whole();
        Assert.Equal((false, false, true), (first.IsLast, layer.IsLast, second.IsLast));
    }

    [Fact]
    public void Ask_ForAPart_EndsThatPartAlone()
    {
        var asks = new ViewAsks();
        var (view, layer, other) = (asks.Whole(), asks.Part("layer"), asks.Part("other"));
        var second = asks.Part("layer");
        Assert.Equal((true, false, true, true), (view.IsLast, layer.IsLast, other.IsLast, second.IsLast));
    }

    // Of two quick clicks the one whose reading took longer won.
    [Fact]
    public async Task View_ThatIsReadAfterOneThatWasAskedForLater_IsNotShown()
    {
        var session = await host.SessionAsync();
        var (first, second) = (session.Asks.Whole(), session.Asks.Whole());
        Assert.NotNull(await host.Sessions.ShowAsync(session, second, "v=1&t=1.5&m=projection", null, default));
        Assert.Null(await host.Sessions.ShowAsync(session, first, "v=1&t=3&m=projection", null, default));
        Assert.Equal(1.5, session.Current.View.Hours);

        // So it is where somebody went to a place meanwhile.
        var asked = session.Asks.Whole();
        session.Go(v => v with { Hours = 0 }, null);
        Assert.Null(await host.Sessions.ShowAsync(session, asked, "v=1&t=3&m=projection", null, default));
        Assert.Equal(0, session.Current.View.Hours);
    }
}
