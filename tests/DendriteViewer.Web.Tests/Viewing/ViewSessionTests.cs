using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Tests.Viewing;

public sealed class ViewSessionTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Begin_AtTimesThatWereNotScanned_ShowsTheNearestScans_AndNamesEach()
    {
        var session = await host.SessionAsync();
        var start = session.Start;
        session.Begin(new ViewReading(start with { Hours = 1.6, Compare = new Comparison(CompareMode.Side, 2.9) }, []));
        Assert.Equal((1.5, 3), (session.Current.View.Hours, session.Current.View.Compare!.Hours));
        Assert.Equal(["t", "compare"], session.Remarks.Select(r => r.Name));

        // A modality that is not there loses neither the time nor what it was about.
        session.Begin(new ViewReading(start with { Hours = 1.5, Modality = "nano-phase" }, []));
        Assert.Equal(1.5, session.Current.View.Hours);
        Assert.Equal(["m"], session.Remarks.Select(r => r.Name));
    }

    [Fact]
    public async Task Begin_WithAFinerScanThatIsNotThere_ShowsNone_AndSaysSo()
    {
        var session = await host.SessionAsync();
        var look = new NestedLook("nano-xyz", 0, 1);
        session.Begin(new ViewReading(session.Start with { Nested = look, Compare = new Comparison(CompareMode.Swipe, 0, look) }, []));
        Assert.Null(session.Current.View.Nested);
        Assert.Null(session.Current.View.Compare);
        Assert.Equal(["inside", "compare"], session.Remarks.Select(r => r.Name));
    }

    [Fact]
    public async Task Update_ToCompareWithATimeThatWasNotScanned_ComparesWithTheNearest()
    {
        var session = await host.SessionAsync();
        session.Update(v => v with { Hours = 0, Compare = new Comparison(CompareMode.Difference, 1.4) }, null);
        Assert.Equal(1.5, session.Current.View.Compare!.Hours);
    }
}
