using System.Security.Claims;
using Bunit;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.History;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.History;

/// <summary>The page of a dataset's history: what came while it is read, filters, restoring and taking back.</summary>
public sealed class HistoryPageTests : MudContext
{
    private static readonly Person Ben = new("ben", "Ben");
    private readonly TestHost _host = new();
    private SiteLog _sites = null!;
    private ClaimsPrincipal _user = new();

    public override async Task InitializeAsync()
    {
        await _host.InitializeAsync();

        // The first page that is drawn takes its time on a busy machine.
        DefaultWaitTimeout = TimeSpan.FromSeconds(60);
        _sites = new SiteLog(_host.Database, _host.Time, _host.Journal, _host.Schemas);
        var failures = new Failures(new SecretRedactor(), NullLogger<Failures>.Instance);
        Services.AddSingleton(_host.Catalog).AddSingleton(failures).AddSingleton<TimeProvider>(_host.Time)
            .AddSingleton(new DatasetHistory(
                new HistoryReader(_host.Database, [_sites, _host.Schemas]), new EditDesk(_host.Journal, [_sites]), _host.Journal,
                _host.Access, failures));
        ComponentFactories.AddStub<DendriteViewer.Web.Components.Shell.AppBar>();
        JSInterop.Setup<string?>("dendriteShell.timeZone").SetResult("UTC");
        _user = await SignedInAsync(administrator: true);
    }

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task NewEdits_WhileOneReads_AreCountedAndShownWhenAskedFor()
    {
        var site = await AddAsync(Ben);
        var page = Open();
        page.WaitForAssertion(() => Assert.Equal(["1"], Lines(page)));
        Assert.Contains("marked N1", Text(page.Find(".history-what p")));
        await _sites.ChangeAsync(_host.Dataset, site with { Status = SiteStatus.Confirmed }, Ben, default);
        page.WaitForAssertion(() => Assert.Contains("1 new edit", page.Find(".history-new").TextContent));
        Assert.Equal(["1"], Lines(page));
        await page.Find(".history-new button").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal(["2", "1"], Lines(page)));
        Assert.Contains("confirmed N1", Text(page.Find(".history-what p")));
        Assert.Contains("status: proposed → confirmed", page.Find("small").TextContent);
        Assert.StartsWith(
            $"/d/{_host.Dataset.Id}?revision=2&", page.Find("[aria-label='Show as it was after edit 2']").GetAttribute("href"));

        // Others' edits are not taken back here.
        Assert.Empty(page.FindAll("[aria-label='Undo edit 2']"));
    }

    [Fact]
    public async Task Restore_OfAnEarlierEdit_AsksWithWhatChangesAndIsTakenBackAgain()
    {
        var site = await AddAsync(Ben);
        await _sites.ChangeAsync(_host.Dataset, site with { Status = SiteStatus.Confirmed }, Ben, default);
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var page = Open();
        page.WaitForAssertion(() => Assert.Equal(["2", "1"], Lines(page)));
        Assert.Empty(page.FindAll("[aria-label='Restore N1 as edit 2 left it']"));
        await page.Find("[aria-label='Restore N1 as edit 1 left it']").ClickAsync(new());
        dialogs.WaitForAssertion(() => Assert.Contains("confirmed → proposed", Text(dialogs.Find(".restore-changes dd"))));
        await dialogs.FindAll("button").Single(b => b.TextContent.Trim() == "Restore").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal(["3", "2", "1"], Lines(page)));
        Assert.Equal(SiteStatus.Proposed, (await _sites.ListAsync(_host.Dataset.Identity)).Single().Status);
        Assert.Contains("N1 is as edit 1 left it.", page.Find(".history-told").TextContent);
        await page.FindAll(".history-told button").Single(b => b.TextContent.Trim() == "Undo").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal(["4", "3", "2", "1"], Lines(page)));
        Assert.Equal(SiteStatus.Confirmed, (await _sites.ListAsync(_host.Dataset.Identity)).Single().Status);
        Assert.Contains("undone", page.Find("[data-edit='3']").TextContent);
        Assert.StartsWith("restored N1 as edit 1 left it", Text(page.Find("[data-edit='3'] p")));
        Assert.Equal("undid “restore N1” (edit 3) N1", Text(page.Find("[data-edit='4'] p")));
        Assert.Empty(page.FindAll("[aria-label='Undo edit 3']"));

        // Made again and taken back once more, it is undone still.
        await page.Find("[aria-label='Redo edit 4']").ClickAsync(new());
        page.WaitForAssertion(() => Assert.DoesNotContain("undone", page.Find("[data-edit='3']").TextContent));
        await page.Find("[aria-label='Undo edit 5']").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal("6", Lines(page)[0]));
        page.WaitForAssertion(() => Assert.Contains("undone", page.Find("[data-edit='3']").TextContent));
        Assert.Empty(page.FindAll("[aria-label='Undo edit 3']"));
    }

    [Fact]
    public async Task Filters_InTheAddress_LeaveTheOthersOutAndSaySoWhereNothingIsLeft()
    {
        await AddAsync(Ben);
        await AddAsync(new Person("ada", "Ada"));
        var page = Open(HistoryPage.AddressOf(_host.Dataset.Id, by: DraftField.PersonOf("ada")));
        page.WaitForAssertion(() => Assert.Equal(["2"], Lines(page)));
        page = Open(HistoryPage.AddressOf(_host.Dataset.Id, kind: "schema"));
        page.WaitForAssertion(() => Assert.Contains("No edit is of this", page.Markup));
        page = Open(HistoryPage.AddressOf(_host.Dataset.Id, by: "nobody"));
        page.WaitForAssertion(() => Assert.Contains("No edit is of this", page.Markup));
    }

    [Fact]
    public async Task History_OfWhoIsNoMember_IsNotOpen()
    {
        await AddAsync(Ben);
        _user = await SignedInAsync(administrator: false);
        var page = Open();
        page.WaitForAssertion(() => Assert.Contains("open to members of the dataset who annotate", page.Markup));
        Assert.DoesNotContain("Ben", page.Markup);
    }

    [Fact]
    public void History_OfADatasetThatNobodyEdited_SaysWhatToDo()
    {
        var page = Open();
        page.WaitForAssertion(() => Assert.Contains("Nothing was edited yet", page.Markup));
    }

    private IRenderedComponent<HistoryPage> Open(string? address = null)
    {
        _ = Popovers;
        Services.GetRequiredService<NavigationManager>().NavigateTo(address ?? HistoryPage.AddressOf(_host.Dataset.Id));
        return Render<HistoryPage>(p => p.AddCascadingValue(Task.FromResult(new AuthenticationState(_user)))
            .Add(c => c.Id, _host.Dataset.Id.Value));
    }

    private static string[] Lines(IRenderedComponent<HistoryPage> page) =>
        [.. page.FindAll("[data-edit]").Select(e => e.GetAttribute("data-edit")!)];

    private static string Text(AngleSharp.Dom.IElement element) =>
        string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private async Task<ClaimsPrincipal> SignedInAsync(bool administrator) => new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, (await _host.AddUserAsync(administrator)).ToString()), new("dendrite:name", "Me")], "test"));

    private Task<Site> AddAsync(Editor by) =>
        _sites.AddAsync(_host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", by, default);
}
