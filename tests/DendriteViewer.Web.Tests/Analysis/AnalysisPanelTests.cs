using System.Security.Claims;
using Bunit;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Analysis;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Masks;
using DendriteViewer.Web.Plots;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Analysis;

/// <summary>The panel over a real queue, a real analysis and a real store. Its facts run in one order: a dataset is analysed once.</summary>
public sealed class AnalysisPanelTests : MudContext
{
    private readonly TestHost _host = new();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await _host.InitializeAsync();
    }

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Panel_OfSomebodyWhoMayOnlyLook_OffersNoRun()
    {
        var panel = await RenderAsync(mayRun: false);
        Assert.Contains("Not analysed yet", panel.Markup);
        Assert.Empty(panel.FindAll("button"));
    }

    // The page was opened with the right to run, which was taken away since.
    [Fact]
    public async Task Panel_OfSomebodyWhoseRightEnded_RunsNothing()
    {
        var panel = await RenderAsync(administrator: false);
        await panel.InvokeAsync(() => Button(panel, "Run the analysis").Click());
        panel.WaitForAssertion(() => Assert.Contains("not open to you any more", panel.Markup));
        Assert.Empty(_host.Jobs.Jobs);
    }

    [Fact]
    public async Task Panel_RunFromTheEmptyState_ShowsTheResultAndWhatIsClickedIsSeen()
    {
        var panel = await RenderAsync();
        var session = panel.Instance.Session;
        await panel.InvokeAsync(() => Button(panel, "Run the analysis").Click());
        panel.WaitForAssertion(() => Assert.Contains("Nucleation sites", panel.Markup), TimeSpan.FromSeconds(60));
        var result = (await _host.Analyses.ResultAsync(session.Dataset, "projection", default))!;
        Assert.NotEmpty(result.Sites);
        Assert.NotEmpty(session.Dataset.Labels);

        // A row goes to its time, a site lights its own label, lithium is coloured by birth, and once more puts the picture back.
        var before = session.Current.View.Transfer;
        await panel.InvokeAsync(() => Row(panel, "New dark volume against Faraday", 2).Click());
        Assert.Equal(3, session.Current.View.Hours);
        await panel.InvokeAsync(() => Row(panel, "Nucleation sites", 0).Click());
        var lit = session.Current.View.Overlay!;
        Assert.Equal(LabelModality.Lithium, lit.Modality);
        Assert.True(lit.Transfer.At(1).Opacity > 0.5);
        Assert.Equal(0, lit.Transfer.At(2).Opacity);
        await panel.InvokeAsync(() => Button(panel, "time of birth").Click());
        Assert.All(Enumerable.Range(1, result.Sites.Count), n => Assert.True(session.Current.View.Overlay!.Transfer.At(n).Opacity > 0.5));
        await panel.InvokeAsync(() => Button(panel, "time of birth").Click());
        Assert.Null(session.Current.View.Overlay);
        Assert.Equal(before, session.Current.View.Transfer);

        // By piece each site has its own colour, by depth the nearest another than the deepest.
        await panel.InvokeAsync(() => Button(panel, "piece").Click());
        var pieces = session.Current.View.Overlay!.Transfer.LabelRanges()!;
        Assert.Equal(result.Sites.Count, pieces.Count);
        Assert.Equal(Math.Min(10, pieces.Count), pieces.Select(p => p.Color).Distinct().Count());
        await panel.InvokeAsync(() => Button(panel, "depth").Click());
        var depths = session.Current.View.Overlay!.Transfer.LabelRanges()!;
        var order = result.Sites.Select((s, i) => (s.DepthUm, Number: i + 1)).OrderBy(s => s.DepthUm).ToArray();
        Assert.NotEqual(depths[order[0].Number - 1].Color, depths[order[^1].Number - 1].Color);
        await panel.InvokeAsync(() => Button(panel, "depth").Click());
    }

    [Fact]
    public async Task Panel_ThresholdTried_MovesProfileAndPicturesAndKeepsNothing()
    {
        var panel = await RenderAsync();
        var session = panel.Instance.Session;
        await panel.InvokeAsync(() => Button(panel, "Run the analysis").Click());
        panel.WaitForAssertion(() => Assert.Contains("Nucleation sites", panel.Markup), TimeSpan.FromSeconds(60));
        var kept = (await _host.Analyses.ResultAsync(session.Dataset, "projection", default))!.Threshold;
        string Facts() => panel.Find("section[aria-label='Voids by depth'] .facts").TextContent;
        var facts = Facts();
        var tried = (kept * 0.45).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await panel.Find("input[type=range]").InputAsync(new() { Value = tried });
        Assert.Equal(kept * 0.45, session.Current.View.Threshold!.Value, 6);
        panel.WaitForAssertion(() => Assert.NotEqual(facts, Facts()), TimeSpan.FromSeconds(20));
        await panel.InvokeAsync(() => Button(panel, "Back to").Click());
        Assert.Null(session.Current.View.Threshold);
        Assert.Equal(facts, Facts());
        Assert.Equal(kept, (await _host.Analyses.ResultAsync(session.Dataset, "projection", default))!.Threshold);
    }

    [Fact]
    public async Task Tables_OfAResult_HaveAHeaderAndARowEach()
    {
        var (result, _) = await (await ExperimentAnalysis.StartAsync(_host.Store, _host.Dataset, new AnalysisRecipe(), null, default)).RunAsync(default);
        foreach (var name in AnalysisFiles.Names)
        {
            var lines = AnalysisFiles.Csv(result, name, 20, default)!.TrimEnd('\n').Split('\n');
            Assert.All(lines, l => Assert.Equal(lines[0].Count(c => c == ','), l.Count(c => c == ',')));
        }

        Assert.Equal(1 + result.Voids.Voids.Count, AnalysisFiles.Csv(result, "voids", 20, default)!.TrimEnd('\n').Split('\n').Length);
        Assert.Null(AnalysisFiles.Csv(result, "nonsense", 20, default));
        Assert.Throws<OutOfRangeException>(() => AnalysisFiles.Csv(result, "void-profile", 1e-9, default));
        Assert.Throws<OutOfRangeException>(() => AnalysisFiles.Csv(result, "void-profile", double.NaN, default));

        // What a reader must know goes with the table; what absorption measured is not called lithium in it.
        var lithium = AnalysisFiles.Csv(result, "lithium", 20, default)!.Split('\n');
        Assert.EndsWith(",measured_is,mask,warnings", lithium[0], StringComparison.Ordinal);
        Assert.Contains(
            ",new dark volume,automatic,Absorption alone cannot tell lithium from a crack or a new void", lithium[1] + lithium[3],
            StringComparison.Ordinal);
        var warned = AnalysisFiles.Csv(result with { Warnings = ["No outline, \"none\"."], Sites = [] }, "sites", 20, default)!;
        Assert.EndsWith(",No outline; 'none'.\n", warned, StringComparison.Ordinal);
    }

    // Absorption sees something darker, not what it is: the panel says so, and shows lithium's upper bound beside it.
    [Fact]
    public async Task Panel_OfAbsorptionAlone_SpeaksOfNewDarkVolume()
    {
        var panel = await RenderAsync();
        await panel.InvokeAsync(() => Button(panel, "Run the analysis").Click());
        panel.WaitForAssertion(() => Assert.Contains("Nucleation sites", panel.Markup), TimeSpan.FromSeconds(60));
        Assert.Contains("New dark volume against Faraday", panel.Markup);
        Assert.Contains("New dark volume is lithium, crack or new void: absorption cannot tell.", panel.Markup);
        Assert.Contains("crack or void, µm³", panel.Markup);
        Assert.DoesNotContain("Lithium against Faraday", panel.Markup);
        Assert.Contains("The cell’s outline encloses", panel.Markup);
    }

    // A plot's bar that is clicked lights the voids of its depths; once more puts the picture back.
    [Fact]
    public async Task Panel_BarThatIsClicked_LightsItsVoids()
    {
        var panel = await RenderAsync();
        var session = panel.Instance.Session;
        await panel.InvokeAsync(() => Button(panel, "Run the analysis").Click());
        panel.WaitForAssertion(() => Assert.Contains("Nucleation sites", panel.Markup), TimeSpan.FromSeconds(60));
        var voids = (await _host.Analyses.ResultAsync(session.Dataset, "projection", default))!.Voids;
        var deepest = voids.Profile(20).Index().Last(b => b.Item.Count > 0);
        var plot = panel.FindComponents<Plot>()[0];
        Assert.Equal("Void volume by depth", plot.Instance.Spec.Title);
        await panel.InvokeAsync(() => plot.Instance.ChooseAsync(0, deepest.Index));
        Assert.Equal(LabelModality.Voids, session.Current.View.Overlay!.Modality);
        Assert.Contains("µm lit", panel.Markup);
        Assert.Equal(AnalysisPlots.IdOf(deepest.Item), plot.Instance.Spec.SelectedId);
        await panel.InvokeAsync(() => plot.Instance.ChooseAsync(0, deepest.Index));
        Assert.Null(session.Current.View.Overlay);
        Assert.Null(plot.Instance.Spec.SelectedId);
    }

    // A result that cannot be read is not the same as none.
    [Fact]
    public async Task Panel_WhoseResultCannotBeRead_SaysWhyAndTriesAgain()
    {
        var panel = await RenderAsync();
        var session = panel.Instance.Session;
        await panel.InvokeAsync(() => Button(panel, "Run the analysis").Click());
        panel.WaitForAssertion(() => Assert.Contains("Nucleation sites", panel.Markup), TimeSpan.FromSeconds(60));
        var file = Directory.EnumerateFiles(_host.Folder, "projection.*.json", SearchOption.AllDirectories)
            .Single(f => f.Contains("analysis"));
        var text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, text[..^200]);
        await ((DendriteViewer.Web.Registry.IDatasetFollower)_host.Analyses).ChangedAsync(session.Dataset, default);
        panel.WaitForAssertion(() => Assert.Contains("The last analysis could not be read", panel.Markup), TimeSpan.FromSeconds(20));
        await File.WriteAllTextAsync(file, text);
        await panel.InvokeAsync(() => Button(panel, "Try again").Click());
        panel.WaitForAssertion(() => Assert.Contains("Nucleation sites", panel.Markup), TimeSpan.FromSeconds(20));
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<AnalysisPanel> panel, string text) =>
        panel.FindAll("button").First(b => b.TextContent.Trim().StartsWith(text, StringComparison.Ordinal));

    private static AngleSharp.Dom.IElement Row(IRenderedComponent<AnalysisPanel> panel, string section, int index) =>
        panel.FindAll($"section[aria-label='{section}'] tbody tr")[index];

    private async Task<IRenderedComponent<AnalysisPanel>> RenderAsync(bool mayRun = true, bool administrator = true)
    {
        Services.AddSingleton(_host.Analyses);
        Services.AddSingleton(_host.Jobs);
        Services.AddSingleton(_host.Access);
        Services.AddSingleton(new MaskDesk(_host.Masks, _host.Lanes, _host.Budgets, _host.Time, _host.Audit));
        Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        var session = await _host.SessionAsync();
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, (await _host.AddUserAsync(administrator)).ToString())], "test"));
        _ = Popovers;
        return Render<AnalysisPanel>(p => p.AddCascadingValue(Task.FromResult(new AuthenticationState(user))).Add(c => c.Session, session).Add(c => c.MayRun, mayRun).Add(c => c.By, new DendriteViewer.Web.Accounts.Person("me", "Me")));
    }
}
