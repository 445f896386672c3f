using System.Security.Claims;
using Bunit;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Web.Absorption;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Plots;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Absorption;

/// <summary>The section of spectra over a real store, log and the phantom's spectra.</summary>
public sealed class AbsorptionSectionTests : MudContext
{
    private readonly TestHost _host = new();
    private CellDesk _cells = null!;
    private AbsorptionDesk _desk = null!;
    private ViewSession _session = null!;

    public override async Task InitializeAsync()
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(30);
        await base.InitializeAsync();
        await _host.InitializeAsync();
        _cells = new CellDesk(_host.Store, _host.Lanes, _host.Turns, _host.Budgets, _host.Time);
        _desk = new AbsorptionDesk(
            _cells, _host.Turns, _host.Budgets, new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        _session = await _host.SessionAsync();
        Services.AddSingleton(_desk);
        JSInterop.SetupModule(_ => true).Mode = JSRuntimeMode.Loose;
    }

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        _desk.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Section_WithoutSpectra_SaysWhatToDoAndToWhom()
    {
        Assert.Contains("Add spectra", (await RenderAsync(DatasetRole.Annotate)).Find(".empty button").TextContent);
        var viewer = await RenderAsync(DatasetRole.View);
        Assert.Empty(viewer.FindAll(".empty button"));
        Assert.Contains("Who may annotate this dataset can add them.", viewer.Markup);
    }

    [Fact]
    public async Task Dialog_WhoseSectionIsGone_IsToldThatReadingWasGivenUp()
    {
        var board = new AbsorptionBoard(_desk, _session, null!);
        board.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => board.PreviewAsync("a.dat", "1 2\n"u8.ToArray(), new()));
    }

    [Fact]
    public async Task Section_OfTheLatestSpectrum_ShowsTheTrueWeightsWithBothUncertainties()
    {
        await AddAllAsync();
        var section = await RenderAsync(DatasetRole.View);
        section.WaitForAssertion(() => Assert.Equal(2, section.FindAll("[data-weight]").Count));
        Assert.Contains("Raw µ of S_after.xdi", section.Markup);
        Assert.Contains("the larger", section.Find(".mixture-weights").TextContent);
        Assert.Contains("81 settings", section.Markup);

        // A viewer moves no range and adds nothing; numbers are there to be read.
        Assert.All(section.FindComponents<Plot>(), p => Assert.False(p.Instance.OnSpan.HasDelegate));
        Assert.DoesNotContain("References</", section.FindAll("button").Select(b => b.TextContent));
        Assert.All(section.FindAll("input"), i => Assert.True(i.HasAttribute("disabled")));
    }

    [Fact]
    public async Task Range_ThatIsMoved_IsKeptForTheEdgeAndTakenBack()
    {
        await AddAllAsync();
        var section = await RenderAsync(DatasetRole.Annotate);
        section.WaitForAssertion(() => Assert.Equal(2, section.FindAll("[data-weight]").Count));
        var raw = section.FindComponents<Plot>().First(p => p.Instance.Spec.FileName == "absorption-raw");
        var e0 = raw.Instance.Spec.Events[0].X;
        await raw.InvokeAsync(() => raw.Instance.MoveSpanAsync("post", e0 + 18, e0 + 48));

        var state = await _cells.StateAsync(_session.Dataset, default);
        var recipe = AbsorptionDesk.RecipeOf(state, "S K");
        Assert.Equal((new EnergyRange(18, 48), (EnergyRange?)null), (recipe.Post!.Value, recipe.Pre));
        Assert.Null(AbsorptionDesk.RecipeOf(state, "P K").Post);
        section.Render(p => p.Add(c => c.State, state));
        section.WaitForAssertion(() => Assert.Contains("18 to 48 eV", section.Find("[data-absorption-facts]").TextContent));

        await _session.Edits.UndoAsync(new Person("ada", "Ada"), default);
        Assert.Null(AbsorptionDesk.RecipeOf(await _cells.StateAsync(_session.Dataset, default), "S K").Post);
    }

    [Fact]
    public async Task Range_OnTheWrongSideOfE0_IsSaidAndLeavesWhatCanBeShown()
    {
        await AddAllAsync();
        await _cells.ChangeAsync(_session.Dataset, new SetSettings(
            AbsorptionDesk.KeyOf("S K"), new AbsorptionRecipe { Pre = new(-20, 5) }.ToJson()), new Person("ada", "Ada"), default);
        var section = await RenderAsync(DatasetRole.Annotate);
        section.WaitForAssertion(() => Assert.Contains("does not end below E0", section.Markup));
        Assert.Empty(section.FindAll("[data-weight]"));
        Assert.Contains("Choose the ranges again", section.Markup);
    }

    [Fact]
    public async Task Changes_MadeBeforeTheFirstIsSaved_AreBothKept()
    {
        await AddAllAsync();
        var section = await RenderAsync(DatasetRole.Annotate);
        section.WaitForAssertion(() => Assert.Equal(2, section.FindAll("[data-weight]").Count));
        var raw = section.FindComponents<Plot>().First(p => p.Instance.Spec.FileName == "absorption-raw");
        var e0 = raw.Instance.Spec.Events[0].X;
        await raw.InvokeAsync(() => Task.WhenAll(
            raw.Instance.MoveSpanAsync("pre", e0 - 30, e0 - 10), raw.Instance.MoveSpanAsync("post", e0 + 18, e0 + 48)));
        var recipe = AbsorptionDesk.RecipeOf(await _cells.StateAsync(_session.Dataset, default), "S K");
        Assert.Equal((new EnergyRange(-30, -10), new EnergyRange(18, 48)), (recipe.Pre!.Value, recipe.Post!.Value));
    }

    [Fact]
    public async Task Change_ThatIsRefused_ShowsWhatIsKept()
    {
        await AddAllAsync();
        var section = await RenderAsync(DatasetRole.View);
        section.WaitForAssertion(() => Assert.Equal(2, section.FindAll("[data-weight]").Count));

        // The right ended after the page was opened.
        section.Render(p => p.Add(c => c.MayEdit, true));
        var fields = section.FindComponents<RangeFields>().First(f => f.Instance.Label == "Post-edge");
        await section.InvokeAsync(() => fields.Instance.ValueChanged.InvokeAsync(new EnergyRange(18, 48)));
        section.WaitForAssertion(() => Assert.Null(
            section.FindComponents<RangeFields>().First(f => f.Instance.Label == "Post-edge").Instance.Value));
        Assert.Empty((await _cells.StateAsync(_session.Dataset, default)).Settings);
    }

    [Fact]
    public async Task Settings_ThatCannotBeRead_BlockTheEdgeUntilTheyAreReset()
    {
        await AddAllAsync();
        var key = AbsorptionDesk.KeyOf("S K");
        await _cells.ChangeAsync(_session.Dataset, new SetSettings(key, """{"later":1}"""), new Person("ada", "Ada"), default);
        var section = await RenderAsync(DatasetRole.Annotate);
        section.WaitForAssertion(() => Assert.Contains("its kept settings cannot be read", section.Markup));
        await section.InvokeAsync(() => section.FindAll("tr")
            .First(r => r.TextContent.Contains("S_before.xdi", StringComparison.Ordinal)).Click());
        section.WaitForAssertion(() => Assert.Contains("its kept settings cannot be read", section.Markup));
        Assert.Empty(section.FindComponents<Plot>());

        var report = Render<ReportSpectra>(p => p.Add(c => c.Dataset, _session.Dataset));
        report.WaitForAssertion(() => Assert.Contains("its kept settings cannot be read", report.Markup));
        Assert.Equal(4, report.FindAll("[data-weight]").Count);

        await section.FindAll("button").First(b => b.TextContent == "Reset the settings").ClickAsync(new());
        var state = await _cells.StateAsync(_session.Dataset, default);
        Assert.False(state.Settings.ContainsKey(key));
        section.Render(p => p.Add(c => c.State, state));
        section.WaitForAssertion(() => Assert.NotEmpty(section.FindComponents<Plot>()));
    }

    [Fact]
    public async Task Files_ThatWereReadForSomebody_AreNotReadAgainForAnother()
    {
        await AddAsync("S_after.xdi", CellFileKind.Spectrum, null);
        var cell = await _cells.StateAsync(_session.Dataset, default);
        var first = (await _desk.ReadAsync("ada", _session.Dataset, cell, CellSpectra.None, default)).Items;
        var second = (await _desk.ReadAsync("ada", _session.Dataset, cell, CellSpectra.None, default)).Items;
        Assert.Same(first[0].Spectrum, second[0].Spectrum);
        var read = cell with { Files = [cell.Files[0] with { Options = """{"spectrum":{"mode":"fluorescence"}}""" }] };
        var third = (await _desk.ReadAsync("ada", _session.Dataset, read, CellSpectra.None, default)).Items;
        Assert.Equal(AbsorptionMode.Fluorescence, third[0].Spectrum.Mode);
    }

    [Fact]
    public async Task Rankings_PastTheBudget_AreRefused()
    {
        await AddAllAsync();
        var cell = await _cells.StateAsync(_session.Dataset, default);
        var all = (await _desk.ReadAsync("ada", _session.Dataset, cell, CellSpectra.None, default)).Items;
        var study = AbsorptionAnswers.Of(CellSpectrum.RequestOf(all.First(s => s.File.Name == "S_after.xdi"), all, new())).Study!;
        var client = new ClientKeys("account:1", false, "circuits of account:1");
        Assert.Equal(3, (await _desk.RankAsync("ada", study, client, default)).Count);
        var refused = await Assert.ThrowsAsync<BudgetSpentException>(async () =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                await _desk.RankAsync("ada", study, client, default);
            }
        });
        Assert.Contains("rankings of combinations", refused.Message);
    }

    [Fact]
    public async Task Spectrum_OfFluorescence_IsCautionedUnlessItIsDilute()
    {
        await AddAsync("S_after.xdi", CellFileKind.Spectrum, """{"spectrum":{"mode":"fluorescence"}}""");
        var section = await RenderAsync(DatasetRole.View);
        section.WaitForAssertion(() => Assert.Contains("self-absorption damps the white line", section.Markup));
        Assert.Contains("fluorescence, micrometres deep", section.Markup);

        var file = (await _cells.StateAsync(_session.Dataset, default)).Files[0];
        await _cells.ChangeAsync(_session.Dataset, DescribeFile.Of(file) with
        {
            Options = """{"spectrum":{"mode":"fluorescence","dilute":true}}""",
        }, new Person("ada", "Ada"), default);
        var state = await _cells.StateAsync(_session.Dataset, default);
        section.Render(p => p.Add(c => c.State, state));
        section.WaitForAssertion(() => Assert.DoesNotContain("damps the white line", section.Markup));
    }

    [Fact]
    public async Task Click_OnASpectrum_ShowsItAndItsNearestScan()
    {
        await AddAllAsync();
        var section = await RenderAsync(DatasetRole.View);
        section.WaitForAssertion(() => Assert.Equal(2, section.FindAll("[data-weight]").Count));
        _session.Update(v => v with { Hours = 3 }, null);
        await section.InvokeAsync(() => section.FindAll("tr")
            .First(r => r.TextContent.Contains("S_before.xdi", StringComparison.Ordinal)).Click());
        section.WaitForAssertion(() => Assert.Contains("Raw µ of S_before.xdi", section.Markup));
        Assert.Equal(0, _session.Current.View.Hours);
        Assert.Equal(CellSection.Spectra, _session.Cell.Open.Section);
    }

    [Fact]
    public async Task Tables_StateTheSettingTheFilesAndTheirChecksums()
    {
        await AddAllAsync();
        var cell = await _cells.StateAsync(_session.Dataset, default);
        var all = (await _desk.ReadAsync("ada", _session.Dataset, cell, CellSpectra.None, default)).Items;
        var sample = all.First(s => s.File.Name == "S_after.xdi");
        var answers = AbsorptionAnswers.Of(CellSpectrum.RequestOf(sample, all, new()));
        var weights = AbsorptionFiles.Csv(sample, all, new(), answers, "weights")!;
        Assert.All(all.Where(s => s.Edge == "S K"), s => Assert.Contains($"sha256 {s.File.Sha256}", weights));
        Assert.Contains("licence CC0, source computed", weights);
        var rows = weights.Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipWhile(l => l.StartsWith('#')).ToArray();
        Assert.StartsWith("reference,weight,sigma_covariance,spread_normalization,larger,", rows[0], StringComparison.Ordinal);
        Assert.Equal(2, rows.Length - 1);
        Assert.All(rows, r => Assert.Equal(rows[0].Split(',').Length, r.Split(',').Length));

        var normalized = AbsorptionFiles.Csv(sample, all, new(), answers, "normalized")!;
        var lines = normalized.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !l.StartsWith('#')).Skip(1).ToArray();
        Assert.Equal(answers.Study!.All.DistinctBy(s => s.Spectrum).Sum(s => s.Spectrum.Count), lines.Length);
        Assert.Null(AbsorptionFiles.Csv(all.First(s => s.IsReference), all, new(), answers with { Fit = null }, "weights"));
    }

    [Fact]
    public async Task Report_OfTwoEdges_HasWeightsSettingsAndFilesOfBoth()
    {
        await AddAllAsync();
        var report = Render<ReportSpectra>(p =>
            p.AddCascadingValue<HttpContext>(new DefaultHttpContext()).Add(c => c.Dataset, _session.Dataset));
        report.WaitForAssertion(() => Assert.Equal(2, report.FindAll("section").Count));
        Assert.Equal(8, report.FindAll("[data-weight]").Count);
        Assert.Contains("X-ray absorption, P K-edge", report.Markup);
        Assert.Contains("One setting for data and references", report.Markup);
        var files = (await _cells.StateAsync(_session.Dataset, default)).Files;
        Assert.All(files, f => Assert.Contains(f.Sha256, report.Markup));
        Assert.Empty(report.FindAll("button"));
    }

    [Theory]
    [InlineData(true, null, "x", null, "licence")]
    [InlineData(true, "CC0", " ", null, "where the reference comes from")]
    [InlineData(false, null, null, SpectrumMoment.During, "hour")]
    public void Form_ThatLacksSomething_SaysWhat(bool isReference, string? licence, string? source, SpectrumMoment? moment, string said) =>
        Assert.Contains(
            said, new SpectrumForm { Licence = licence, Source = source, Said = new() { Moment = moment } }.Problem(isReference));

    [Fact]
    public void Form_OfAFile_KeepsWhatItDoesNotShow()
    {
        var file = new CellFile(Guid.NewGuid(), CellFileKind.Spectrum, "a.dat", "", 1, "", default)
        {
            Clock = new(3), Options = """{"column":"mu","spectrum":{"edge":"S K","moment":"after"}}""",
        };
        var form = SpectrumForm.Of(file);
        Assert.Equal(("mu", "S K", SpectrumMoment.After), (form.Column, form.Said.Edge, form.Said.Moment));
        Assert.Equal(DescribeFile.Of(file), form.ToEdit(file.Id, file));
        Assert.Null(new SpectrumForm().ToEdit(Guid.Empty).Options);
        Assert.Equal((SpectrumMoment.Before, SpectrumMoment.After, null),
            (SpectrumForm.MomentIn("S_before.xdi"), SpectrumForm.MomentIn("cycled_2.dat"), SpectrumForm.MomentIn("a.dat")));
    }

    [Theory]
    [InlineData(null, 2.5)]
    [InlineData("""{"spectrum":{"moment":"during"}}""", 2.5)]
    [InlineData("""{"spectrum":{"moment":"after"}}""", 2.5)]
    public void Form_OfAFileWithAnHour_KeepsTheHourUntilAnotherMomentIsSaid(string? options, double hours)
    {
        var file = new CellFile(Guid.NewGuid(), CellFileKind.Spectrum, "a.dat", "", 1, "", default)
        {
            StartHours = hours, Options = options,
        };
        var form = SpectrumForm.Of(file);
        Assert.Equal(hours, form.ToEdit(file.Id, file).StartHours);
        Assert.Null((form with { Said = form.Said with { Moment = null } }).ToEdit(file.Id, file).StartHours);
        Assert.Null((form with { Said = form.Said with { Moment = SpectrumMoment.Before } }).ToEdit(file.Id, file).StartHours);
    }

    private async Task AddAllAsync()
    {
        foreach (var edge in new[] { "S", "P" })
        {
            await AddAsync($"{edge}_before.xdi", CellFileKind.Spectrum, """{"spectrum":{"moment":"before"}}""");
            await AddAsync($"{edge}_after.xdi", CellFileKind.Spectrum, """{"spectrum":{"moment":"after"}}""");
            foreach (var reference in Directory.EnumerateFiles(Path.Combine(_host.Folder, "phantom", "xas"), $"{edge}_reference_*"))
            {
                await AddAsync(Path.GetFileName(reference), CellFileKind.Reference, null);
            }
        }
    }

    private async Task AddAsync(string name, CellFileKind kind, string? options)
    {
        await using var content = File.OpenRead(Path.Combine(_host.Folder, "phantom", "xas", name));
        var (licence, source) = kind == CellFileKind.Reference ? ("CC0", "computed") : ((string?)null, (string?)null);
        await _cells.AddAsync(_session.Dataset, kind, name, content, new Person("ada", "Ada"), default,
            new(Guid.Empty, licence, source, null, null, options));
    }

    private async Task<IRenderedComponent<AbsorptionSection>> RenderAsync(DatasetRole role)
    {
        var id = await _host.AddUserAsync();
        await _host.AddMemberAsync(id, role);
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id.ToString())], "test"));
        var actions = new CellActions(
            _session, _cells, _host.Access, new Failures(new SecretRedactor(), NullLogger<Failures>.Instance),
            Task.FromResult(new AuthenticationState(user)));
        _ = Popovers;
        var state = await _cells.StateAsync(_session.Dataset, default);
        return Render<AbsorptionSection>(p => p.AddCascadingValue(actions).Add(c => c.Session, _session).Add(c => c.State, state)
            .Add(c => c.MayEdit, role >= DatasetRole.Annotate));
    }
}
