using System.Security.Claims;
using System.Text;
using Bunit;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Impedance;
using DendriteViewer.Web.Plots;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Impedance;

/// <summary>The tab of the cell at its impedance section, over a real store.</summary>
public sealed class ImpedanceSectionTests : MudContext
{
    private readonly TestHost _host = new();
    private CellDesk _cell = null!;
    private ViewSession _session = null!;

    public override async Task InitializeAsync()
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(60);
        await base.InitializeAsync();
        await _host.InitializeAsync();
        _cell = new CellDesk(_host.Store, _host.Lanes, _host.Turns, _host.Budgets, _host.Time);
        _session = await _host.SessionAsync();
        _session.Cell.Show(new CellOpen(CellSection.Impedance));
        JSInterop.SetupModule(m => m.Arguments[0] is string a && a.EndsWith("plots/plot.js", StringComparison.Ordinal)).Mode =
            JSRuntimeMode.Loose;
        Services.AddSingleton(_cell).AddSingleton(_host.Access).AddSingleton(_host.Budgets).AddSingleton<TimeProvider>(_host.Time)
            .AddSingleton(new ImpedanceFits(_host.Turns, _host.Lanes))
            .AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
    }

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Section_WithoutFiles_SaysWhatToAddAndOffersItToWhoMay()
    {
        var panel = await RenderAsync(DatasetRole.Annotate);
        panel.WaitForAssertion(() => Assert.Contains("No impedance yet", panel.Markup));
        Assert.Contains("Add a file", panel.Markup);
        var viewer = await RenderAsync(DatasetRole.View);
        viewer.WaitForAssertion(() => Assert.Contains("Who may annotate this dataset", viewer.Markup));
        Assert.DoesNotContain("Add a file", viewer.Markup);
    }

    [Fact]
    public async Task Sweep_IsShownWithVerdictBeforeFit_AndABoundIsKeptAndTakenBack()
    {
        await AddAsync("two.csv", Sweeps.Csv(1));
        var panel = await RenderAsync(DatasetRole.Annotate);
        panel.WaitForAssertion(() => Assert.Contains("R0-p(R1,CPE1)-p(R2,CPE2)", panel.Markup));
        Assert.Contains("Consistent: the residuals stay", panel.Find("[data-verdict='consistent']").TextContent);
        Assert.True(panel.Markup.IndexOf("Kramers–Kronig test", StringComparison.Ordinal)
            < panel.Markup.IndexOf("value ± σ", StringComparison.Ordinal));
        Assert.Contains("surface layer (R_int)", panel.Markup);
        Assert.Contains(panel.FindComponents<Plot>(), p => p.Instance.Spec.HasEqualAxes);

        // A bound of R2 that binds: at once at its limit, kept in the cell, and taken back by undo.
        await panel.InvokeAsync(() => panel.FindComponents<FitTable>().Single().Find("[data-parameter='R2']").ParentElement!.Click());
        var to = panel.FindComponents<DendriteViewer.Web.Components.NumberField<double?>>().Single(f => f.Instance.Label == "To");
        await panel.InvokeAsync(() => to.Instance.ValueChanged.InvokeAsync(150));
        panel.WaitForAssertion(() => Assert.Contains("at its limit", panel.Find(".fit-table").TextContent));
        Assert.Contains("\"most\":150", (await _cell.StateAsync(_session.Dataset, default)).Settings[ImpedanceDesk.SweepsKey]);
        await _session.Edits.UndoAsync(new Person("ada", "Ada"), default);
        panel.WaitForAssertion(() => Assert.DoesNotContain("at its limit", panel.Find(".fit-table").TextContent));
    }

    [Fact]
    public async Task Circuit_ThatIsNone_IsRefusedAtItsPlaceAndTheFitStays()
    {
        await AddAsync("two.csv", Sweeps.Csv(1));
        var panel = await RenderAsync(DatasetRole.Annotate);
        panel.WaitForAssertion(() => Assert.Contains("R0-p(R1,CPE1)-p(R2,CPE2)", panel.Markup));
        await panel.InvokeAsync(() => panel.Find(".circuit-text input").Change("R0-p(R1,X1)"));
        panel.WaitForAssertion(() => Assert.Contains("position 9", panel.Markup));
        Assert.EndsWith("        ↑", panel.Find(".circuit-error").TextContent.TrimEnd(), StringComparison.Ordinal);
        Assert.NotEmpty(panel.FindAll("[data-parameter='R2']"));
        await panel.InvokeAsync(() => panel.Find(".circuit-text input").Change("R(RC)"));
        panel.WaitForAssertion(() => Assert.NotEmpty(panel.FindAll("[data-parameter='C1']")));
        Assert.Empty(panel.FindAll(".circuit-error"));
    }

    [Fact]
    public async Task SweepThatDrifts_IsFittedWithAWarning_AndAViewerSeesItWithoutFields()
    {
        var file = await AddAsync("series.csv", Sweeps.Csv(4, drift: 0.8));
        _session.Cell.Show(new CellOpen(CellSection.Impedance, file.Id, 2));
        var panel = await RenderAsync(DatasetRole.View);
        panel.WaitForAssertion(() => Assert.NotEmpty(panel.FindAll("[data-verdict='inconsistent']")));
        panel.WaitForAssertion(() => Assert.Contains("carry its drift", panel.Markup));
        Assert.True(panel.Find(".circuit-text input").HasAttribute("readonly"));
        await panel.InvokeAsync(() => panel.Find("[data-parameter='R0']").ParentElement!.Click());
        Assert.All(panel.FindComponents<DendriteViewer.Web.Components.NumberField<double?>>(), f => Assert.True(f.Instance.Disabled));
    }

    [Fact]
    public async Task Smoothing_ThatTheSliderRestsAt_IsKept()
    {
        await AddAsync("two.csv", Sweeps.Csv(1));
        var panel = await RenderAsync(DatasetRole.Annotate);
        panel.WaitForAssertion(() => Assert.Contains("R0-p(R1,CPE1)-p(R2,CPE2)", panel.Markup));
        var kinds = panel.FindComponents<MudBlazor.MudToggleGroup<string>>().Single(g => g.Instance.UserAttributes.ContainsValue("Plot"));
        await panel.InvokeAsync(() => kinds.Instance.ValueChanged.InvokeAsync("drt"));
        var slider = panel.FindComponent<MudBlazor.MudSlider<double>>().Instance;
        await panel.InvokeAsync(() => Task.WhenAll(slider.ValueChanged.InvokeAsync(-2), slider.ValueChanged.InvokeAsync(-1)));
        Assert.Contains("\"lambda\":0.1", (await _cell.StateAsync(_session.Dataset, default)).Settings[ImpedanceDesk.SweepsKey]);
    }

    // Who slid and went on within the slider's rest lost what they had set.
    [Fact]
    public async Task Smoothing_ThatIsLeftBeforeTheSliderRests_IsKept()
    {
        await AddAsync("two.csv", Sweeps.Csv(1));
        var panel = await RenderAsync(DatasetRole.Annotate);
        panel.WaitForAssertion(() => Assert.Contains("R0-p(R1,CPE1)-p(R2,CPE2)", panel.Markup));
        var kinds = panel.FindComponents<MudBlazor.MudToggleGroup<string>>().Single(g => g.Instance.UserAttributes.ContainsValue("Plot"));
        await panel.InvokeAsync(() => kinds.Instance.ValueChanged.InvokeAsync("drt"));
        var slider = panel.FindComponent<MudBlazor.MudSlider<double>>().Instance;
        var sliding = panel.InvokeAsync(() => slider.ValueChanged.InvokeAsync(-1));
        await panel.InvokeAsync(() => panel.FindComponent<RelaxationFields>().Find(".line").TriggerEventAsync(
            "onfocusout", new Microsoft.AspNetCore.Components.Web.FocusEventArgs()));
        Assert.Contains("\"lambda\":0.1", (await _cell.StateAsync(_session.Dataset, default)).Settings[ImpedanceDesk.SweepsKey]);
        await sliding;
    }

    [Fact]
    public async Task Mask_ThatLeavesTooFewPoints_CanBeChanged()
    {
        await AddAsync("two.csv", Sweeps.Csv(1));
        await _cell.ChangeAsync(_session.Dataset, new SetSettings(ImpedanceDesk.SweepsKey, new ImpedanceSettings { Mask = "f>0" }.ToJson()),
            new Editor(new Person("ada", "Ada"), _session.Edits), default);
        var panel = await RenderAsync(DatasetRole.Annotate);
        panel.WaitForAssertion(() => Assert.Contains("too few points", panel.Markup));
        Assert.Contains("The mask leaves 0 points", panel.Markup);
        await panel.InvokeAsync(() => panel.FindAll("input").Single(i => i.GetAttribute("placeholder") == "im>0 or f<0.1").Change(""));
        panel.WaitForAssertion(() => Assert.Contains("45 of 45 points are used", panel.Markup));
    }

    [Fact]
    public async Task PointOfAPlot_Clicked_IsLeftOutAndTakenInAgain()
    {
        await AddAsync("two.csv", Sweeps.Csv(1));
        var panel = await RenderAsync(DatasetRole.Annotate);
        panel.WaitForAssertion(() => Assert.Contains("45 of 45 points are used", panel.Markup));
        await ClickPointAsync("3");
        panel.WaitForAssertion(() => Assert.Contains("44 of 45 points are used. 1 by hand", panel.Markup));
        await ClickPointAsync("3");
        panel.WaitForAssertion(() => Assert.Contains("45 of 45 points are used", panel.Markup));

        Task ClickPointAsync(string id) => panel.InvokeAsync(() =>
        {
            var plot = panel.FindComponents<Plot>().First(p => p.Instance.Spec.HasEqualAxes).Instance;
            var series = plot.Spec.Series.First(s => s.Points.Any(p => p.Id == id));
            return plot.OnPoint.InvokeAsync(new PlotHit(series, series.Points.ToList().FindIndex(p => p.Id == id)));
        });
    }

    private async Task<CellFile> AddAsync(string name, string text) => await _cell.AddAsync(_session.Dataset, CellFileKind.Impedance, name,
        new MemoryStream(Encoding.UTF8.GetBytes(text)), new Editor(new Person("ada", "Ada"), _session.Edits), default);

    private async Task<IRenderedComponent<CellPanel>> RenderAsync(DatasetRole role)
    {
        var account = await _host.AddUserAsync(administrator: false);
        await _host.AddMemberAsync(account, role);
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, account.ToString())], "test"));
        _ = Popovers;
        return Render<CellPanel>(p => p.Add(c => c.Session, _session).Add(c => c.MayEdit, role >= DatasetRole.Annotate)
            .Add(c => c.By, new Person("ada", "Ada")).AddCascadingValue(Task.FromResult(new AuthenticationState(user))));
    }
}
