using System.Text.Json;
using Bunit;
using DendriteViewer.Web.Plots;
using DendriteViewer.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Tests.Plots;

/// <summary>The component without a browser: what it hands to the script, and what it does with the script's answers.</summary>
public sealed class PlotTests : MudContext
{
    private static readonly PlotSpec s_profile = new()
    {
        Title = "Line profile", FileName = "profile", X = new("distance", "µm"), Y = new("value"),
        Series = [PlotSeries.Line("", PlotColor.Of(0), [(0, 1), (1, double.NaN), (2, 3)])],
    };

    private readonly BunitJSModuleInterop _script;

    public PlotTests()
    {
        _script = JSInterop.SetupModule(m =>
            m.Arguments[0] is string address && address.EndsWith("plots/plot.js", StringComparison.Ordinal));
        _script.Mode = JSRuntimeMode.Loose;
    }

    [Fact]
    public void Plot_WhenItOpens_HandsItsDescriptionToTheScript()
    {
        Render(s_profile);
        using var sent = JsonDocument.Parse((string)_script.VerifyInvoke("show").Arguments[1]!);
        Assert.Equal("distance, µm", sent.RootElement.GetProperty("x").GetProperty("label").GetString());
        var series = sent.RootElement.GetProperty("series")[0];
        Assert.Equal("line", series.GetProperty("kind").GetString());

        // A gap is null, since JSON has no NaN.
        Assert.Equal("[1,null,3]", series.GetProperty("y").GetRawText());
        Assert.False(series.TryGetProperty("low", out _));
    }

    [Fact]
    public void Plot_WithAnEqualDescription_IsNotDrawnAgain()
    {
        var plot = Render(s_profile);
        plot.Render(p => p.Add(c => c.Spec, s_profile with { Title = "Line profile" }));
        _script.VerifyInvoke("show", 1);
        plot.Render(p => p.Add(c => c.Spec, s_profile with { Title = "Another" }));
        _script.VerifyInvoke("show", 2);
    }

    [Fact]
    public void Plot_WithoutPoints_SaysWhatToDoAndLoadsNoLibrary()
    {
        var plot = Render(s_profile with { Series = [] });
        Assert.Contains("Draw a line in a slice.", plot.Markup);
        Assert.Empty(plot.FindAll("button"));
        _script.VerifyNotInvoke("show");
    }

    [Fact]
    public async Task Points_ThatAreChosen_AreTold_AndNumbersThatFitNoneAreNot()
    {
        var told = new List<PlotHit>();
        var plot = Render(s_profile, p => p.Add(c => c.OnPoint, told.Add));
        await plot.InvokeAsync(() => plot.Instance.ChooseAsync(0, 2));
        foreach (var (series, index) in new[] { (0, 3), (1, 0), (-1, 0), (0, -1), (int.MaxValue, int.MinValue) })
        {
            await plot.InvokeAsync(() => plot.Instance.ChooseAsync(series, index));
        }

        Assert.Equal((2, 3), (Assert.Single(told).Point.X, told[0].Point.Y));
    }

    [Fact]
    public void LogarithmicAxes_SayHowManyValuesTheyLeaveOut()
    {
        var plot = Render(s_profile with
        {
            Y = new("voxels", Scale: PlotScale.Logarithmic),
            Series = [PlotSeries.Histogram("", PlotColor.Soft, [0, 1, 2, 3], [10, 0, 5])],
        });
        Assert.Contains("1 point is not shown", plot.Markup);
    }

    [Fact]
    public async Task Table_WhenAsked_ShowsTheNumbersInPlaceOfThePlot()
    {
        var plot = Render(s_profile);
        await plot.InvokeAsync(() => plot.Find("button[aria-label='Show the numbers as a table']").Click());
        Assert.Equal(["distance, µm", "value"], plot.FindAll("th").Select(h => h.TextContent));
        Assert.Equal(3, plot.FindAll("tbody tr").Count);
        Assert.True(plot.Find(".plot-area").HasAttribute("hidden"));
    }

    [Fact]
    public async Task Plot_WhoseScriptFails_SaysSoAndTriesAgain()
    {
        var failing = _script.SetupVoid("show", _ => true).SetException(new JSException("Failed to fetch"));
        var plot = Render(s_profile);
        plot.WaitForAssertion(() => Assert.Contains("The plot could not be drawn: Failed to fetch.", plot.Markup));
        Assert.Single(failing.Invocations);
        _script.SetupVoid("show", _ => true).SetVoidResult();
        await plot.InvokeAsync(() => plot.Find(".mud-alert button").Click());
        Assert.DoesNotContain("could not be drawn", plot.Markup);
    }

    [Fact]
    public void Plot_OnAPageWithoutACircuit_CarriesItsDescriptionAndNoButtons()
    {
        var plot = Render<Plot>(p => p.AddCascadingValue<HttpContext>(new DefaultHttpContext()).Add(c => c.Spec, s_profile));
        Assert.Contains("\"title\":\"Line profile\"", plot.Find("figure").GetAttribute("data-plot"));
        Assert.Empty(plot.FindAll("button"));
    }

    [Fact]
    public async Task Stretches_WhoseEndsAreMoved_AreTold_AndWhatNoPointerSendsIsNot()
    {
        var told = new List<PlotSpanMove>();
        var spec = s_profile with { Spans = [new(0, 1, "fit", PlotColor.Soft) { Id = "fit", Step = 0.5 }] };
        var plot = Render(spec, p => p.Add(c => c.OnSpan, told.Add));
        var first = _script.VerifyInvoke("show");
        Assert.True((bool)first.Arguments[5]!);
        using var sent = JsonDocument.Parse((string)first.Arguments[1]!);
        Assert.Equal(
            """{"from":0,"to":1,"text":"fit","color":"var(--plot-soft)","id":"fit","step":0.5}""",
            sent.RootElement.GetProperty("spans")[0].GetRawText());

        await plot.InvokeAsync(() => plot.Instance.MoveSpanAsync("fit", 0.5, 2));
        (string Id, double From, double To)[] wrong =
            [("other", 0.5, 2), ("fit", 2, 1), ("fit", double.NaN, 1), ("fit", 0, double.PositiveInfinity)];
        foreach (var (id, from, to) in wrong)
        {
            await plot.InvokeAsync(() => plot.Instance.MoveSpanAsync(id, from, to));
        }

        Assert.Equal([new PlotSpanMove("fit", 0.5, 2)], told);
    }

    [Fact]
    public async Task Plot_WhoseMovedStretchIsNotTaken_IsDrawnAsItWas()
    {
        var plot = Render(
            s_profile with { Spans = [new(0, 1, "fit", PlotColor.Soft) { Id = "fit" }] }, p => p.Add(c => c.OnSpan, _ => { }));
        var drawn = _script.VerifyInvoke("show", 1)[0].Arguments[1];
        await plot.InvokeAsync(() => plot.Instance.MoveSpanAsync("fit", 0.5, 2));
        Assert.Equal(drawn, _script.VerifyInvoke("show", 2)[1].Arguments[1]);
    }

    private IRenderedComponent<Plot> Render(PlotSpec spec, Action<ComponentParameterCollectionBuilder<Plot>>? more = null) =>
        Render<Plot>(p =>
        {
            p.Add(c => c.Spec, spec).Add(c => c.EmptyText, "Draw a line in a slice.");
            more?.Invoke(p);
        });
}
