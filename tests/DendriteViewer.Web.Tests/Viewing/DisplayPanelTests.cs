using Bunit;
using DendriteViewer.Imaging.Analysis;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Viewing;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Viewing;

public sealed class DisplayPanelTests(TestHost host) : BunitContext, IClassFixture<TestHost>
{
    [Fact]
    public async Task Panel_AChoice_SetsTheViewAndAnothersChangeIsShown()
    {
        var session = await host.SessionAsync();
        Services.AddSingleton(RenderDevices.Cpu);
        Services.AddSingleton(host.Catalog);
        var panel = Render<DisplayPanel>(p => p.Add(c => c.Session, session));
        await panel.Find("select").ChangeAsync(new() { Value = "viridis" });
        Assert.Equal("viridis", session.Current.View.ColorMap);
        session.Update(v => v with { Band = new(90, 130), Mode = VolumeMode.Isosurface }, null);
        panel.WaitForAssertion(() => Assert.Equal("130", panel.Find("[aria-label='Band to, µm']").GetAttribute("value")));
        Assert.NotNull(panel.Find("[aria-label='Iso value']"));
    }

    [Fact]
    public async Task Panel_ThePristineScanOverALaterOne_IsShownWithItsOwnColours()
    {
        var session = await host.SessionAsync();
        session.Update(v => v with { Hours = 1.5 }, null);
        Services.AddSingleton(RenderDevices.Cpu);
        Services.AddSingleton(host.Catalog);
        var panel = Render<DisplayPanel>(p => p.Add(c => c.Session, session));
        await panel.Find("[aria-label='Show with']").ChangeAsync(new() { Value = "projection@0" });
        panel.WaitForAssertion(() => Assert.Equal(("projection", 0, false), (session.Current.View.Overlay?.Modality, session.Current.View.Overlay?.Hours, session.Current.View.Overlay?.Replaces)));
        var voids = session.Current.View.Overlay!.Transfer;
        panel.WaitForElement("[aria-label='Presets of what is shown with it'] .dark").Click();
        panel.WaitForAssertion(() => Assert.NotEqual(voids, session.Current.View.Overlay!.Transfer));
        await panel.Find("[aria-label='Cut along a slice']").ChangeAsync(new() { Value = "-Y" });
        Assert.Equal(new SliceCut(Pane.Y, false), session.Current.View.Cut);
        await panel.Find("[aria-label='Show with']").ChangeAsync(new() { Value = "" });
        Assert.Null(session.Current.View.Overlay);
    }

    // A preset by value cannot show lithium: pristine voids are as dark. The mask of an analysis can.
    [Fact]
    public async Task Panel_LithiumWithoutAnAnalysis_IsUnavailableWithASentence()
    {
        var session = await host.SessionAsync();
        Services.AddSingleton(RenderDevices.Cpu);
        Services.AddSingleton(host.Catalog);
        var panel = Render<DisplayPanel>(p => p.Add(c => c.Session, session));
        Assert.True(panel.Find(".chip.lithium").HasAttribute("disabled"));
        Assert.Contains("lithium shows the mask of the analysis, which this dataset has not had yet.", panel.Markup);
        Assert.NotNull(panel.Find(".chip.dark[data-preset=dark]"));
    }

    [Fact]
    public async Task Panel_LithiumOfAnAnalysis_ShowsItsMask()
    {
        var (result, labels) = await (await ExperimentAnalysis.StartAsync(host.Store, host.Dataset, new AnalysisRecipe(), null, default))
            .RunAsync(default);
        await new AnalysisStore(host.Store).SaveAsync(result, labels, null, default);
        var analysed = (await host.Store.TryOpenAsync(host.Dataset.Id, default))!;
        var session = (await host.Sessions.HoldAsync(Guid.NewGuid().ToString("N"), "me", analysed, "", default))!;
        session.Update(v => v with { Hours = 3 }, null);
        Services.AddSingleton(RenderDevices.Cpu);
        Services.AddSingleton(host.Catalog);
        var panel = Render<DisplayPanel>(p => p.Add(c => c.Session, session));
        await panel.Find(".chip.lithium").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Equal(AnalysisStore.Lithium, session.Current.View.Overlay?.Modality));
        Assert.True(session.Current.View.Overlay!.Transfer.At(1).Opacity > 0.5);
        Assert.True(session.Current.View.Overlay.Transfer.At(40_000).Opacity > 0.5);
        Assert.Equal(0, session.Current.View.Overlay.Transfer.At(0).Opacity);
    }

    [Fact]
    public async Task Session_ATimestepThatWasNotScanned_BecomesTheNearest()
    {
        var session = await host.SessionAsync();
        Assert.Equal(1.5, session.Update(v => v with { Hours = 1.2 }, null).View.Hours);
        Assert.Equal(session.Current, session.Update(v => v, null));
    }

    [Fact]
    public async Task Session_OfAnotherPerson_IsNotJoined()
    {
        var id = Guid.NewGuid().ToString("N");
        Assert.NotNull(await host.Sessions.HoldAsync(id, "ada", host.Dataset, "", default));
        Assert.Null(await host.Sessions.HoldAsync(id, "ben", host.Dataset, "", default));
    }
}
