using Bunit;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Components;

namespace DendriteViewer.Web.Tests.Components;

/// <summary>The field keeps what was typed until it is right, and never changes a number by itself.</summary>
public sealed class NumberFieldTests : MudContext
{
    private static readonly NumberRange s_range = new("The radius", 0.01, 100_000, "µm");
    private double? _given;

    [Fact]
    public async Task Exponent_IsTakenAndShownPlainly()
    {
        var field = Field(5);
        await field.Find("input").ChangeAsync("1.2e4");
        Assert.Equal(12000, _given);
        Assert.Equal("12000", field.Find("input").GetAttribute("value"));
    }

    [Fact]
    public async Task NumberOutOfRange_StaysInTheFieldWithASentenceAndIsNotTaken()
    {
        var field = Field(5);
        await field.Find("input").ChangeAsync("-3");
        Assert.Null(_given);
        Assert.Equal("-3", field.Find("input").GetAttribute("value"));
        Assert.Contains("Give 0.01 to 100000 µm.", field.Markup);
        Assert.Equal("true", field.Find("input").GetAttribute("aria-invalid"));
        await field.Find("input").ChangeAsync("3");
        Assert.Equal(3, _given);
        Assert.DoesNotContain("Give 0.01", field.Markup);
    }

    [Fact]
    public async Task DecimalComma_OfABrowserThatHasOne_IsTaken()
    {
        JSInterop.Setup<bool>("dendriteShell.hasDecimalComma").SetResult(true);
        var field = Field(5);
        await field.Find("input").ChangeAsync("1,5");
        Assert.Equal(1.5, _given);
    }

    [Fact]
    public async Task ValueFromElsewhere_WhileSomebodyTypes_DoesNotReplaceTheText()
    {
        var field = Field(5);
        await field.Find(".number-field").TriggerEventAsync("onfocusin", new Microsoft.AspNetCore.Components.Web.FocusEventArgs());
        field.Render(p => p.Add(f => f.Value, 7));
        Assert.Equal("5", field.Find("input").GetAttribute("value"));
        await field.Find(".number-field").TriggerEventAsync("onfocusout", new Microsoft.AspNetCore.Components.Web.FocusEventArgs());
        Assert.Equal("7", field.Find("input").GetAttribute("value"));
    }

    [Fact]
    public async Task Escape_GivesBackTheValue()
    {
        var field = Field(5);
        await field.Find("input").ChangeAsync("many");
        Assert.Contains("is not a number", field.Markup);
        await field.Find("input").KeyDownAsync("Escape");
        Assert.Equal("5", field.Find("input").GetAttribute("value"));
    }

    [Fact]
    public async Task EmptyText_IsNoneWhereTheNumberIsOptionalAndRefusedElsewhere()
    {
        var field = Field(5);
        await field.Find("input").ChangeAsync("");
        Assert.Contains("Give a number.", field.Markup);
        double? optional = 5;
        var other = Render<NumberField<double?>>(p => p
            .Add(f => f.Value, optional).Add(f => f.ValueChanged, v => optional = v)
            .Add(f => f.Range, s_range).Add(f => f.Label, "Radius"));
        await other.Find("input").ChangeAsync("");
        Assert.Null(optional);
    }

    [Fact]
    public async Task Arrows_AddAStepUpToTheEndOfTheRange()
    {
        var field = Field(99_999.5, step: 1);
        await field.Find("input").KeyDownAsync("ArrowUp");
        Assert.Equal(100_000, _given);
    }

    private IRenderedComponent<NumberField<double>> Field(double value, double step = 0) => Render<NumberField<double>>(p => p
        .Add(f => f.Value, value).Add(f => f.ValueChanged, v => _given = v).Add(f => f.Range, s_range).Add(f => f.Label, "Radius")
        .Add(f => f.Step, step));
}
