using AngleSharp.Dom;
using Bunit;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace DendriteViewer.Web.Tests.Viewing;

public sealed class DisplayPanelTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    private readonly ComputeLanes _lanes = new(1);

    [Fact]
    public async Task Panel_ATypedWindow_SetsTheViewAndAnothersChangeIsShown()
    {
        var (panel, session) = await RenderAsync();
        await panel.Field("Window to").ChangeAsync("1.2e4");
        Assert.Equal(12000, session.Current.View.WindowHigh);
        session.Update(v => v with { Band = new(90, 130), WindowHigh = 1.2e-5, Mode = VolumeMode.Isosurface }, null);
        panel.WaitForAssertion(() => Assert.Equal("130", panel.Field("Band to").GetAttribute("value")));
        Assert.Equal("1.2E-5", panel.Field("Window to").GetAttribute("value"));
        Assert.NotNull(panel.Field("Iso value"));

        // What a field shows is taken back.
        await panel.Field("Window from").ChangeAsync("1.2E-05");
        Assert.Equal(1.2e-5, session.Current.View.WindowLow);
    }

    [Fact]
    public async Task Panel_WhatIsNoNumber_StaysInTheFieldWithASentenceAndTheViewStays()
    {
        var (panel, session) = await RenderAsync();
        var before = session.Current;
        await panel.Field("Window to").ChangeAsync("bright");
        Assert.Same(before, session.Current);
        Assert.Equal("bright", panel.Field("Window to").GetAttribute("value"));
        Assert.Contains("is not a number", panel.Markup);
    }

    [Fact]
    public async Task Colours_TurnedAround_StayTurnedAroundInAnotherMap()
    {
        var (panel, session) = await RenderAsync();
        await panel.Find("[aria-label='Invert']").ClickAsync(new());
        Assert.Equal("grey-inverted", session.Current.View.ColorMap);
        var colours = panel.FindComponents<MudSelect<string>>().Single(s => s.Instance.Label == "Colours");
        await panel.InvokeAsync(() => colours.Instance.ValueChanged.InvokeAsync("viridis"));
        Assert.Equal("viridis-inverted", session.Current.View.ColorMap);
        await panel.Find("[aria-label='Invert']").ClickAsync(new());
        Assert.Equal("viridis", session.Current.View.ColorMap);
    }

    [Fact]
    public async Task Window_OfTheScanOrASlice_IsTakenFromItsValues()
    {
        var (panel, session) = await RenderAsync();
        await panel.Find("[aria-label='Automatic window']").ClickAsync(new());
        await Item("The scan, 1–99 %").ClickAsync(new());
        var scan = (await host.Catalog.HistogramAsync(session.Volume(session.Current.View), default)).WindowOf(0.01);
        panel.WaitForAssertion(() => Assert.Equal(scan, (session.Current.View.WindowLow, session.Current.View.WindowHigh)));
        await panel.Find("[aria-label='Automatic window']").ClickAsync(new());
        await Item("This z slice").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.NotEqual(scan, (session.Current.View.WindowLow, session.Current.View.WindowHigh)));
        Assert.True(session.Current.View.WindowLow < session.Current.View.WindowHigh);
    }

    [Fact]
    public async Task Presets_OfACell_AreNamedAndTheOneThatIsShownIsMarked()
    {
        var (panel, session) = await RenderAsync();
        Assert.Equal(["electrolyte", "voids", "dark", "all", "lithium"], panel.FindAll("[data-preset]").Select(p => p.TextContent.Trim()));
        Assert.Contains("mud-toggle-item-selected", panel.Find("[data-preset=all]").ClassList);
        await panel.Find("[data-preset=dark]").ClickAsync(new());
        Assert.Equal(TransferPresets.AnyDark, session.Current.View.Transfer.Points[0].Color);
        panel.WaitForAssertion(() => Assert.Contains("mud-toggle-item-selected", panel.Find("[data-preset=dark]").ClassList));
        session.Update(v => v with { Transfer = TransferFunction.Of([new(0, 0, 0), new(1, 0, 1)]) }, null);
        panel.WaitForAssertion(() => Assert.Empty(panel.FindAll("[data-preset].mud-toggle-item-selected")));
    }

    // A preset by value cannot show lithium: pristine voids are as dark. The mask of an analysis can.
    [Fact]
    public async Task Lithium_WithoutAnAnalysis_IsUnavailableWithASentence()
    {
        var (panel, session) = await RenderAsync();
        var before = session.Current;
        Assert.Contains("lithium shows the mask of the analysis, which this dataset has not had yet.", panel.Markup);
        await panel.Find("[data-preset=lithium]").ClickAsync(new());
        Assert.Same(before, session.Current);
    }

    [Fact]
    public async Task Lithium_OfAnAnalysis_ShowsItsMaskAndIsALayer()
    {
        var (result, labels) = await (await ExperimentAnalysis.StartAsync(host.Store, host.Dataset, new AnalysisRecipe(), null, default))
            .RunAsync(default);
        await new AnalysisStore(host.Store).SaveAsync(result, labels, null, default);
        var analysed = (await host.Store.TryOpenAsync(host.Dataset.Id, default))!;
        var session = (await host.Sessions.HoldAsync(Guid.NewGuid().ToString("N"), "me", analysed, "", default))!;
        session.Update(v => v with { Hours = 3 }, null);
        var panel = RenderPanel(session);
        panel.WaitForElement("[data-preset=lithium]");
        await panel.Find("[data-preset=lithium]").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Equal(LabelModality.Lithium, session.Current.View.Overlay?.Modality));
        Assert.True(session.Current.View.Overlay!.Transfer.At(1).Opacity > 0.5);
        Assert.True(session.Current.View.Overlay.Transfer.At(40_000).Opacity > 0.5);
        Assert.Equal(0, session.Current.View.Overlay.Transfer.At(0).Opacity);
        panel.WaitForAssertion(() => Assert.Equal("true", panel.Find("[aria-label='Show new dark volume']").GetAttribute("aria-pressed")));
        await panel.Find("[aria-label='Show new dark volume']").ClickAsync(new());
        Assert.Null(session.Current.View.Overlay);
        await panel.Find("[aria-label='Show pristine voids']").ClickAsync(new());
        Assert.Equal((LabelModality.Voids, 0), (session.Current.View.Overlay!.Modality, session.Current.View.Overlay.Hours));
    }

    [Fact]
    public async Task Layers_ThePristineScanOverALaterOne_IsShownWithItsOwnColours()
    {
        var (panel, session) = await RenderAsync(v => v with { Hours = 1.5 });
        await panel.Find("[aria-label='Show the pristine scan']").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Equal("projection", session.Current.View.Overlay?.Modality));
        Assert.Equal((0, false), (session.Current.View.Overlay!.Hours, session.Current.View.Overlay.Replaces));
        var voids = session.Current.View.Overlay.Transfer;
        panel.WaitForElement("[aria-label='Presets of the pristine scan'] .is-dark");
        await panel.Find("[aria-label='Presets of the pristine scan'] .is-dark").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.NotEqual(voids, session.Current.View.Overlay!.Transfer));
        await panel.Find("[aria-label='Show the pristine scan']").ClickAsync(new());
        Assert.Null(session.Current.View.Overlay);
    }

    [Fact]
    public async Task Point_InTheTransferFunction_IsAddedMovedPaintedAndRemovedByFields()
    {
        var (panel, session) = await RenderAsync();
        var before = session.Current.View.Transfer.Points;
        await panel.Find("[data-transfer-selected]").ChangeAsync(new() { Value = "1" });
        Assert.Contains($"Point 2 of {before.Length}", panel.Markup);
        await panel.Find("[aria-label='Add a point']").ClickAsync(new());
        Assert.Equal(before.Length + 1, session.Current.View.Transfer.Points.Length);
        Assert.Equal((before[1].Value + before[2].Value) / 2, session.Current.View.Transfer.Points[2].Value);
        await panel.Field("Opacity of the point").ChangeAsync("25");
        Assert.Equal(0.25, session.Current.View.Transfer.Points[2].Opacity);
        await panel.Field("Value of the point").ChangeAsync("999999");
        Assert.Equal(999999, session.Current.View.Transfer.Points[^1].Value);
        Assert.Contains($"Point {before.Length + 1} of {before.Length + 1}", panel.Markup);
        var colour = panel.FindComponent<MudColorPicker>();
        await panel.InvokeAsync(() => colour.Instance.TextChanged.InvokeAsync("#12ab34ff"));
        Assert.Equal(0x12AB34, session.Current.View.Transfer.Points[^1].Color);
        await panel.Find("[aria-label='Remove the point']").ClickAsync(new());
        Assert.Equal(before.AsEnumerable(), session.Current.View.Transfer.Points);
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

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        _lanes.Dispose();
    }

    private async Task<(IRenderedComponent<DisplayPanel> Panel, ViewSession Session)> RenderAsync(Func<ViewState, ViewState>? change = null)
    {
        var session = await host.SessionAsync();
        session.Update(change ?? (v => v), null);
        var panel = RenderPanel(session);
        panel.WaitForElement("[data-preset=all]");
        return (panel, session);
    }

    private IRenderedComponent<DisplayPanel> RenderPanel(ViewSession session)
    {
        Services.AddSingleton(RenderDevices.Cpu);
        Services.AddSingleton(host.Catalog);
        Services.AddSingleton(host.Sessions);
        var slices = new SliceRenderer(host.Store, new BrickCache(host.Store, 1 << 26), RenderDevices.Cpu);
        Services.AddSingleton(new WindowFinder(host.Catalog, slices, _lanes));
        _ = Popovers;
        return Render<DisplayPanel>(p => p.Add(c => c.Session, session));
    }

    private IElement Item(string text)
    {
        Popovers.WaitForAssertion(() => Assert.Contains(Popovers.FindAll(".mud-menu-item"), i => i.TextContent.Trim() == text));
        return Popovers.FindAll(".mud-menu-item").First(i => i.TextContent.Trim() == text);
    }
}

/// <summary>Finds fields as people do.</summary>
internal static class Fields
{
    public static IElement Field(this IRenderedComponent<DisplayPanel> panel, string label) =>
        panel.FindAll("input").FirstOrDefault(i => i.GetAttribute("aria-label")?.StartsWith(label, StringComparison.Ordinal) == true)
        ?? panel.Find($"#{panel.FindAll("label").First(l => l.TextContent.Trim() == label).GetAttribute("for")}");
}
