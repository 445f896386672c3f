using Bunit;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Web.Analysis.Deciding;
using DendriteViewer.Web.Tests.Components;
using Microsoft.AspNetCore.Components.Web;

namespace DendriteViewer.Web.Tests.Analysis.Deciding;

/// <summary>Classes that somebody draws in the joint histogram, and their versions.</summary>
public sealed class ClassDrawingTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    // The histogram reaches from 0 to 40,000 both ways over 240 pixels, phase upwards.
    [Fact]
    public async Task Areas_OfClicks_AreHandedOverOnceLithiumAndVoidHaveOne()
    {
        DrawnClasses? decided = null;
        _ = Popovers;
        var drawing = Render<ClassDrawing>(p => p.Add(c => c.Decision, DecisionTests.Example)
            .Add(c => c.Decide, (DrawnClasses d) => decided = d).Add(c => c.Cancel, () => { }));
        Task Click(double x, double y) => drawing.Find(".class-canvas").ClickAsync(new MouseEventArgs { OffsetX = x, OffsetY = y });
        AngleSharp.Dom.IElement Button(string text) => drawing.FindAll("button").First(b => b.TextContent.Trim() == text);

        await Click(0, 240);
        Assert.Contains("opposite corner", drawing.Markup);
        await Click(60, 120);
        Assert.Single(drawing.FindAll("polygon.is-lithium"));
        Assert.True(Button("Decide by these classes").HasAttribute("disabled"));
        await Button("void").ClickAsync(new());
        await Button("polygon").ClickAsync(new());
        foreach (var (x, y) in new[] { (0.0, 240.0), (24, 240), (24, 228), (12, 228) })
        {
            await Click(x, y);
        }

        await Button("Take back").ClickAsync(new());
        Assert.True(Button("Decide by these classes").HasAttribute("disabled"));
        await Button("Close the polygon").ClickAsync(new());
        await Button("Decide by these classes").ClickAsync(new());
        Assert.Equal([DarkClass.Lithium, DarkClass.Void], decided!.Classes.Select(c => c.Class));
        Assert.Equal([[0, 0], [10000, 0], [10000, 20000], [0, 20000]], decided.Classes[0].Corners);
        Assert.Equal([[0, 0], [4000, 0], [4000, 2000]], decided.Classes[1].Corners);

        // They become a version once, whoever draws the same again; an area more is the next.
        var store = new DecisionStore(host.Store);
        var first = await store.KeepDrawnAsync(host.Dataset, "projection", 3, decided, "Ada", host.Time, default);
        var again = await store.KeepDrawnAsync(host.Dataset, "projection", 3, decided, "Ben", host.Time, default);
        Assert.Equal((1, "Ada", 1), (first.Version, first.By, again.Version));
        var more = decided with { Classes = [.. decided.Classes, new(DarkClass.Electrolyte, [[3e4, 3e4], [4e4, 3e4], [4e4, 4e4]])] };
        Assert.Equal(2, (await store.KeepDrawnAsync(host.Dataset, "projection", 3, more, "Ben", host.Time, default)).Version);
        Assert.Equal([1, 2], (await store.DrawnAsync(host.Dataset, "projection", 3, default)).Select(v => v.Version));

        // A decision keeps them, and its table says so.
        var decision = DecisionTests.Example with { Drawn = first, Warnings = [first.Words, .. DecisionTests.Example.Warnings] };
        await store.SaveAsync(host.Dataset, new() { Modality = "projection" }, decision, default);
        var kept = (await store.TryLoadAsync(host.Dataset, "projection", 3, default))!.Decision;
        Assert.True(kept.Drawn!.HasSameAreas(first));
        Assert.Contains("drawn by hand in the joint histogram (version 1", DecisionFiles.Csv(kept));
    }
}
