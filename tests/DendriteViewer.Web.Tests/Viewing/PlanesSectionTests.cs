using AngleSharp.Dom;
using Bunit;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using DendriteViewer.Web.Viewing.Display;
using MudBlazor;

namespace DendriteViewer.Web.Tests.Viewing;

/// <summary>The section of planes in the Display panel.</summary>
public sealed class PlanesSectionTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    [Fact]
    public async Task Angles_Typed_TurnTheSliceAndAnothersTurnIsShown()
    {
        var (panel, session) = await RenderAsync();
        await Field(panel, "Turned to y, degrees").ChangeAsync("1.25e1");
        await Field(panel, "Turned to x, degrees").ChangeAsync("-30");
        var angles = SliceAngles.Of(session.Current.View.Rotation, Pane.Z);
        Assert.Equal(12.5, angles.Down, 6);
        Assert.Equal(-30, angles.Right, 6);

        session.Update(v => v with { Rotation = new SliceAngles(40, 0, 0).RotationOf(Pane.Z) }, null);
        panel.WaitForAssertion(() => Assert.Equal("40", Field(panel, "Turned to y, degrees").GetAttribute("value")));
        await panel.FindAll("button").First(b => b.TextContent.Trim() == "Straighten").ClickAsync(new());
        Assert.True(session.Current.View.Rotation.IsNone);
        Assert.True(session.Current.View.Roll.IsNone);
    }

    [Fact]
    public async Task Angles_OutOfTheirRange_StayInTheFieldWithASentence()
    {
        var (panel, session) = await RenderAsync();
        await Field(panel, "Turned to x, degrees").ChangeAsync("91");
        Assert.Contains("-90 to 90", panel.Markup);
        await Field(panel, "Turned to y, degrees").ChangeAsync("181");
        Assert.Contains("-180 to 180", panel.Markup);
        Assert.True(session.Current.View.Rotation.IsNone);
    }

    [Fact]
    public async Task Angles_OfAnotherSlice_AreCalledByItsAxes()
    {
        var (panel, session) = await RenderAsync();
        var slice = panel.FindComponent<MudSelect<Pane>>();
        await panel.InvokeAsync(() => slice.Instance.ValueChanged.InvokeAsync(Pane.X));
        panel.Render();
        await Field(panel, "Turned to z, degrees").ChangeAsync("20");
        Assert.Equal(20, SliceAngles.Of(session.Current.View.Rotation, Pane.X).Down, 6);
        Assert.NotNull(Field(panel, "Turned to y, degrees"));
    }

    [Fact]
    public async Task Following_TheInterface_HasNoAnglesAndSaysWhatItShows()
    {
        var (panel, session) = await RenderAsync();
        await panel.Find("input[type=checkbox]").ChangeAsync(true);
        Assert.True(session.Current.View.FollowsInterface);
        panel.WaitForAssertion(() => Assert.Contains("negative in the metal", panel.Markup));
        Assert.True(Field(panel, "Turned to y, degrees").HasAttribute("disabled"));

        // The phantom's interface was found by this version, which records where it was filled in.
        Assert.DoesNotContain("import the dataset again", panel.Markup);
    }

    [Fact]
    public async Task Following_OfADatasetWithoutInterface_CannotBeChosenAndIsRefusedElsewhere()
    {
        var plain = host.Dataset with { Manifest = host.Dataset.Manifest with { Depth = null } };
        var session = new ViewSession("plain", "me", plain, (await host.SessionAsync()).Start);
        _ = Popovers;
        var panel = Render<PlanesSection>(p => p.Add(c => c.Session, session));
        Assert.True(panel.Find("input[type=checkbox]").HasAttribute("disabled"));
        Assert.Contains("has no interface", panel.Markup);
        var refused = Assert.Throws<OutOfRangeException>(() => session.Update(v => v with { FollowsInterface = true }, null));
        Assert.Contains("dataset.json", refused.Message, StringComparison.Ordinal);

        // A link that asks for it shows all else, and says so.
        session.Begin(ViewLink.Read("v=1&follow=1&slab=4", session.Start));
        Assert.False(session.Current.View.FollowsInterface);
        Assert.Equal(4, session.Current.View.SlabUm);
        Assert.Contains(session.Remarks, r => r.Name == "follow" && r.Text == InterfaceSheet.NoInterface);
    }

    private async Task<(IRenderedComponent<PlanesSection> Panel, ViewSession Session)> RenderAsync()
    {
        var session = await host.SessionAsync();
        _ = Popovers;
        return (Render<PlanesSection>(p => p.Add(c => c.Session, session)), session);
    }

    private static IElement Field(IRenderedComponent<PlanesSection> panel, string label) => panel.Find($"input[aria-label='{label}']");
}
