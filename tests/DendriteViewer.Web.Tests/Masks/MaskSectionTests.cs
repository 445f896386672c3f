using System.Security.Claims;
using Bunit;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Analysis;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Masks;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Masks;

/// <summary>The section of a mask over a real analysis, log and store.</summary>
public sealed class MaskSectionTests : MudContext
{
    private readonly TestHost _host = new();
    private MaskDesk _masks = null!;
    private ViewSession _session = null!;
    private int _runs;
    private bool _isReady;

    public override async Task InitializeAsync()
    {
        // Masks are read in the background, which takes more than bUnit's second on a busy machine.
        DefaultWaitTimeout = TimeSpan.FromSeconds(30);
        await base.InitializeAsync();
        await _host.InitializeAsync();
        _masks = new MaskDesk(_host.Masks, _host.Lanes, _host.Budgets, _host.Time, _host.Audit);
        var (result, labels) = await (await ExperimentAnalysis.StartAsync(
            _host.Store, _host.Dataset, new AnalysisRecipe { LeastLithiumVoxels = 4 }, null, default)).RunAsync(default);
        await new AnalysisStore(_host.Store).SaveAsync(result, labels, null, default);
        _session = await _host.SessionAsync();
        _host.Sessions.Refresh((await _host.Store.TryOpenAsync(_host.Dataset.Id, default))!);
        _session.Update(v => v with { Hours = 3 }, null);
    }

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        await _host.DisposeAsync();
    }

    private Task PaintAsync(string name, bool erase = false) => _masks.PaintAsync(
        _session.Dataset, 3, new BrushMark(erase, BrushShape.Ball, 9, [new WorldPoint(150, 90, 90)], default), new Person(name, name),
        default);

    [Fact]
    public async Task Section_OfAMaskThatNobodyCorrected_OffersCorrectionToWhoMayAnnotate()
    {
        var section = await RenderAsync(DatasetRole.Annotate);
        Assert.Contains("rest on the <b>automatic</b> mask", section.Markup);
        await ClickAsync(section, "Correct mask");
        section.WaitForAssertion(() => Assert.Contains("removed by 0 strokes", section.Markup));
        Assert.Equal("lithium-mask", _session.Current.View.Overlay!.Modality);
        Assert.NotNull(_session.Current.View.LabelsIn(_session.Dataset)!.Mask);
        await ClickAsync(section, "Done");
        Assert.Null(_session.Current.View.Overlay);
    }

    [Fact]
    public async Task Section_OfWhoMayOnlyLook_ShowsCorrectionsWithoutNamesAndTools()
    {
        await PaintAsync("Ada");
        await _masks.SaveAsync(_session.Dataset, 3, "mine", new Person("ada", "Ada"), default);
        var section = await RenderAsync(role: null);
        section.WaitForAssertion(() => Assert.Contains("not open to you", section.Markup));
        var viewer = await RenderAsync(DatasetRole.View);
        await ClickAsync(viewer, "Show corrections");
        viewer.WaitForAssertion(() => Assert.Contains("v1", viewer.Markup));
        Assert.Empty(viewer.FindComponents<MaskTools>());
        Assert.DoesNotContain("Restore", viewer.Markup);
        Assert.DoesNotContain("Use for numbers", viewer.Markup);
    }

    [Fact]
    public async Task Section_WhileSomebodyPaints_ShowsVolumesVersionsAndWhatNumbersRestOn()
    {
        var section = await RenderAsync(DatasetRole.Own);
        await ClickAsync(section, "Correct mask");
        await PaintAsync("Ada");
        await PaintAsync("Bo");
        section.WaitForAssertion(() => Assert.Contains("removed by 2 strokes", section.Markup));
        var added = (await _host.Masks.Find(_session.Dataset, 3)!.SummaryAsync(default)).AddedVoxels * 27;
        Assert.InRange(added, 2500, 4000);
        var asRead = System.Net.WebUtility.HtmlDecode(section.Markup).Replace("\n", " ");
        Assert.Contains($"{added:#,0} µm³ added", asRead.Replace('\u00a0', ' ').Replace('\u202f', ','));

        // A version is chosen for the numbers, which then are older than it.
        await ClickAsync(section, "Save version");
        section.WaitForAssertion(() => Assert.Contains("Ada, Bo", section.Markup));
        Assert.DoesNotContain("Not in a version yet", section.Markup);
        await ClickAsync(section, "Use for numbers");
        section.WaitForAssertion(() => Assert.Contains("At 3 h, v1 of the mask was chosen since", section.Markup));
        await ClickAsync(section, "Update the numbers");
        Assert.Equal(1, _runs);

        // Back to the automatic mask, as a version of its own; then to the first again.
        await section.InvokeAsync(() => section.FindAll("button[aria-label='Restore Automatic']")[0].Click());
        section.WaitForAssertion(() => Assert.Contains("removed by 0 strokes", section.Markup));
        Assert.Contains("restores the automatic mask", section.Markup);
        await section.InvokeAsync(() => section.FindAll("button[aria-label='Restore v1']")[0].Click());
        section.WaitForAssertion(() => Assert.Contains("removed by 2 strokes", section.Markup));
    }

    [Fact]
    public async Task Section_WhoseTimestepChanged_ShowsNothingOfTheOneBeforeWhileItReads()
    {
        await PaintAsync("Ada");
        var section = await RenderAsync(DatasetRole.Own);
        await ClickAsync(section, "Correct mask");
        section.WaitForAssertion(() => Assert.Contains("removed by 1 stroke", section.Markup));

        // All threads that could read the mask of the other timestep are busy.
        using var free = new ManualResetEventSlim();
        for (var i = 0; i < _host.Lanes.Threads; i++)
        {
            _ = _host.Lanes[Web.Compute.Urgency.Resting].RunAsync(free.Wait);
        }

        _session.Update(v => v with { Hours = 1.5 }, null);
        await section.InvokeAsync(() => section.Render(p => p.Add(c => c.MayRun, true)));
        Assert.DoesNotContain("removed by", section.Markup);
        Assert.DoesNotContain("Save version", section.Markup);
        Assert.Single(section.FindComponents<MaskTools>());
        free.Set();
        section.WaitForAssertion(() => Assert.Contains("removed by 0 strokes", section.Markup));
        await PaintAsync("Bo");
        section.WaitForAssertion(() => Assert.Contains("removed by 0 strokes", section.Markup));
    }

    [Fact]
    public async Task Corrections_ThatCannotBeRead_AreARemarkOfALinkAndOfTheNumbers()
    {
        await PaintAsync("Ada");
        var (id, by) = (_host.Dataset.Id, new DatasetStore(_host.Store.Blobs));
        await foreach (var blob in by.Blobs.ListAsync($"datasets/{id}/corrections/", default))
        {
            await by.Blobs.WriteAsync(blob.Name, "{}"u8.ToArray(), default);
        }

        // As a server that has just started.
        var masks = new MaskCorrections(by, new BrickCache(by, 1 << 24), new ScanAnalysis());
        var dataset = (await by.TryOpenAsync(id, default))!;
        var result = (await _host.Analyses.ResultAsync(dataset, dataset.Modalities[0], default))!;
        var desk = new MaskDesk(masks, _host.Lanes, _host.Budgets, _host.Time, _host.Audit);
        var said = Assert.Single(await desk.StaleAsync(dataset, result, default));
        Assert.Contains("at 3 h", said);
        Assert.Contains("damaged", said);
        var sessions = new ViewSessions(_host.Catalog, masks, _host.Lanes, _host.Time, _host.Store);
        _session.Update(v => v with { Overlay = MaskLooks.Layer(LabelModality.Lithium, compares: false) }, null);
        await _host.Masks.Find(_session.Dataset, 3)!.SummaryAsync(default);
        var opened = (await sessions.HoldAsync(Guid.NewGuid().ToString("N"), "me", dataset, "?" + _session.Link, default))!;
        Assert.Contains("damaged", Assert.Single(opened.Remarks).Text);
    }

    // A curator whose page was gone when it was done: the correction held for everybody, and the audit log said nothing.
    [Fact]
    public async Task Correction_WhoseCallerIsGoneWhenItIsDone_IsInTheAuditLog()
    {
        await PaintAsync("Ada");
        using var gone = new CancellationTokenSource();
        void End(DatasetIdentity dataset, CorrectedMask mask) => gone.Cancel();
        _host.Masks.Changed += End;
        try
        {
            await _masks.RestoreAsync(_session.Dataset, 3, 0, new Person("ada", "Ada"), gone.Token);
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            _host.Masks.Changed -= End;
        }

        Assert.True(gone.IsCancellationRequested);
        Assert.Single((await _masks.SummaryAsync(_session.Dataset, 3, default)).State.Versions);
        var told = (await _host.Audit.ListAsync(new AuditFilter(Kind: AuditKind.Correction), 0, 10)).Entries;
        Assert.Contains(told, e => e.Detail == "restored v0 of the mask at 3 h" && e.PersonName == "Ada");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _masks.SaveAsync(_session.Dataset, 3, null, new Person("ada", "Ada"), gone.Token));
        told = (await _host.Audit.ListAsync(new AuditFilter(Kind: AuditKind.Correction), 0, 10)).Entries;
        Assert.Equal([AuditLog.FailedOf("kept a version of the mask at 3 h"), "kept a version of the mask at 3 h"],
            told.Take(2).Select(e => e.Detail));
    }

    [Fact]
    public async Task Link_ToAMaskThatWasCorrectedSince_SaysSo()
    {
        await PaintAsync("Ada");
        _session.Update(v => v with { Overlay = MaskLooks.Layer(LabelModality.Lithium, compares: false) }, null);
        await _host.Masks.Find(_session.Dataset, 3)!.SummaryAsync(default);
        var link = _session.Link;
        Assert.Contains("&mask=1", link);
        Assert.Empty((await OpenAsync(link)).Remarks);
        await PaintAsync("Ada", erase: true);
        Assert.Contains("had 1 entries then and has 2 now", Assert.Single((await OpenAsync(link)).Remarks).Text);

        // A bookmark is such a link.
        var user = new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, (await _host.AddUserAsync(administrator: true)).ToString())], "test"));
        var desk = _host.BookmarkDesk;
        var saved = await desk.Store.SaveAsync(user, _host.Dataset.Identity, new BookmarkText("Mask"), link);
        Assert.Contains("had 1 entries then and has 2 now",
            Assert.Single((await desk.OpenAsync(user, _session, saved.Id, this))!).Text);

        // However the mask's name is escaped, a picture's tag changes with it.
        var escaped = "?" + link.Replace("lithium-mask", "lithium%2Dmask", StringComparison.Ordinal);
        Assert.NotEqual("", await _host.Sessions.MaskTagAsync(_session.Dataset, escaped, default));

        async Task<ViewSession> OpenAsync(string query) => (await _host.Sessions.HoldAsync(
            Guid.NewGuid().ToString("N"), "me", (await _host.Store.TryOpenAsync(_host.Dataset.Id, default))!, "?" + query, default))!;
    }

    [Fact]
    public async Task Version_WhoseSavingIsRefused_KeepsItsNoteWithASentence()
    {
        await PaintAsync("Ada");
        var section = await RenderAsync(DatasetRole.Annotate);
        await ClickAsync(section, "Correct mask");
        section.WaitForAssertion(() => Assert.Contains("Save version", section.Markup));
        var versions = section.FindComponent<MaskVersions>();
        await versions.Find("input").InputAsync(new() { Value = "at the rim" });
        await using (var db = await _host.Database.CreateDbContextAsync())
        {
            db.Members.RemoveRange(db.Members);
            await db.SaveChangesAsync();
        }

        await ClickAsync(section, "Save version");
        section.WaitForAssertion(() => Assert.Contains("is not open to you any more", section.Markup));
        Assert.Equal("at the rim", versions.Find("input").GetAttribute("value"));
    }

    // What the section shows is read in the background.
    private static async Task ClickAsync(IRenderedComponent<MaskSection> section, string text)
    {
        AngleSharp.Dom.IElement Button() => section.FindAll("button").First(b => b.TextContent.Trim() == text);
        section.WaitForAssertion(() => Button());
        await section.InvokeAsync(() => Button().Click());
    }

    private async Task<IRenderedComponent<MaskSection>> RenderAsync(DatasetRole? role)
    {
        if (!_isReady)
        {
            _isReady = true;
            Services.AddSingleton(_masks);
            Services.AddSingleton(_host.Access);
            Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
            JSInterop.SetupModule(_ => true).Mode = JSRuntimeMode.Loose;
        }

        var desk = new AnalysisDesk(_session, _host.Analyses);
        await desk.LoadAsync();
        var id = await _host.AddUserAsync(administrator: role == DatasetRole.Own);
        if (role is { } member && member != DatasetRole.Own)
        {
            await _host.AddMemberAsync(id, member);
        }

        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id.ToString())], "test"));
        _ = Popovers;
        return Render<MaskSection>(p => p.AddCascadingValue(Task.FromResult(new AuthenticationState(user))).Add(c => c.Desk, desk)
            .Add(c => c.MayCorrect, role >= DatasetRole.Annotate).Add(c => c.MayRun, role >= DatasetRole.Curate)
            .Add(c => c.Run, () => _runs++));
    }
}
