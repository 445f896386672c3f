using System.Security.Claims;
using Bunit;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>The panel of sites: what it offers, what it saves, and that it never loses or replaces what somebody types.</summary>
public sealed class SitesPanelTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    private static readonly Person Ben = new("ben", "Ben");
    private readonly SiteLog _log = host.Sites;
    private ViewSession _session = null!;

    [Fact]
    public async Task Panel_WithoutSites_SaysWhatToDoNext()
    {
        foreach (var site in await _log.ListAsync(host.Dataset.Identity))
        {
            await _log.DeleteAsync(host.Dataset.Identity, site.Id, Ben, default);
        }

        var panel = await RenderAsync();
        Assert.Contains("No sites yet", panel.Markup);
        Assert.Contains("Mark a site", panel.Markup);
    }

    [Fact]
    public async Task Panel_AnotherPersonsSite_AppearsByItselfAndIsEdited()
    {
        var panel = await RenderAsync();
        var site = await SelectNewAsync(panel);
        panel.WaitForAssertion(() => Assert.Contains("by Ben", panel.Markup));
        await panel.Find(".site textarea").ChangeAsync("by the void");
        panel.WaitForAssertion(() => Assert.Equal("by the void", NoteOf(site)));
        await panel.Find(".danger").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.DoesNotContain(_log.ListAsync(host.Dataset.Identity).Result, s => s.Id == site.Id));
        Assert.Equal($"delete {site.Label}", _session.Edits.Counts.UndoName);
    }

    [Fact]
    public async Task Panel_OfSomebodyWhoMayOnlyLook_OffersNoEdits()
    {
        var panel = await RenderAsync(mayEdit: false);
        var site = await SelectNewAsync(panel);
        panel.WaitForAssertion(() => Assert.True(panel.Find(".site textarea").HasAttribute("readonly")));
        Assert.Empty(panel.FindAll(".danger, [data-draft]"));
        Assert.DoesNotContain("Import", panel.Markup);
    }

    [Fact]
    public async Task Note_ThatIsBeingTyped_IsNotReplacedByAnothersSave()
    {
        var panel = await RenderAsync();
        var site = await SelectNewAsync(panel);
        panel.WaitForElement(".site textarea");
        var field = panel.FindAll(".draft-field > div:first-child")[^1];
        await field.TriggerEventAsync("onfocusin", new FocusEventArgs());
        await _log.ChangeAsync(host.Dataset, site with { Note = "Ben's" }, Ben, default);
        panel.WaitForAssertion(() => Assert.Contains("Meanwhile somebody saved “Ben's”", panel.Find(".sites .error").TextContent));
        Assert.Equal("", panel.Find(".site textarea").GetAttribute("value") ?? "");

        // Left with another text, both are shown and nothing is saved; keeping both keeps both.
        await panel.Find(".site textarea").ChangeAsync("Ada's");
        panel.WaitForAssertion(() => Assert.Contains("Nothing is lost: choose one", panel.Markup));
        Assert.Equal("Ben's", NoteOf(site));
        await Button(panel, "Keep both").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Equal("Ben's\nAda's", NoteOf(site)));
        panel.WaitForAssertion(() => Assert.Empty(panel.FindAll(".draft-conflict")));
    }

    [Fact]
    public async Task Status_SetByAnother_DoesNotStopANote()
    {
        var panel = await RenderAsync();
        var site = await SelectNewAsync(panel);
        panel.WaitForElement(".site textarea");
        await _log.ChangeAsync(host.Dataset, site with { Status = SiteStatus.Confirmed }, Ben, default);
        await panel.Find(".site textarea").ChangeAsync("seen");
        panel.WaitForAssertion(() => Assert.Equal("seen", NoteOf(site)));
        Assert.Equal(SiteStatus.Confirmed, (await _log.ListAsync(host.Dataset.Identity)).Single(s => s.Id == site.Id).Status);
    }

    [Fact]
    public async Task Radius_ThatCannotBe_StaysWithASentence()
    {
        var panel = await RenderAsync();
        await SelectNewAsync(panel);
        panel.WaitForElement(".site textarea");
        var radius = () => panel.FindAll(".site-fields input").First(i => i.GetAttribute("data-draft")?.EndsWith("/radius") == true);
        await radius().ChangeAsync("-1");
        panel.WaitForAssertion(() => Assert.Contains("Give 0.01 to 100000 µm.", panel.Markup));
        Assert.Equal("-1", radius().GetAttribute("value"));
        await radius().ChangeAsync("1.2e1");
        panel.WaitForAssertion(() => Assert.Equal("12", radius().GetAttribute("value")));
    }

    [Fact]
    public async Task Note_ThatIsTooLong_StaysWholeAndSaysByHowMuch()
    {
        var panel = await RenderAsync();
        var site = await SelectNewAsync(panel);
        panel.WaitForElement(".site textarea");
        var text = new string('x', SiteRules.MostNote + 7);
        await panel.Find(".site textarea").ChangeAsync(text);
        panel.WaitForAssertion(() => Assert.Contains("shorten it by 7", panel.Markup));
        Assert.Equal(text, panel.Find(".site textarea").GetAttribute("value"));
        Assert.Equal("", NoteOf(site));
    }

    [Fact]
    public async Task Draft_ThatTheBrowserKept_StandsInTheFieldAndIsSavedOrGivenUp()
    {
        var site = await _log.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", Ben, default);
        JSInterop.Setup<DraftField.Draft?>("dendriteDrafts.read", i => ((string)i.Arguments[0]!).EndsWith($"{site.Id}/note"))
            .SetResult(new DraftField.Draft("typed before", ""));
        var panel = await RenderAsync();
        _session.Update(v => v with { Selected = site.Id }, null);
        panel.WaitForAssertion(() => Assert.Equal("typed before", panel.Find(".site textarea").GetAttribute("value")));
        await Button(panel, "Save").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Equal("typed before", NoteOf(site)));
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<SitesPanel> panel, string text) =>
        panel.FindAll("button").Single(b => b.TextContent.Trim() == text);

    private string NoteOf(Site site) => _log.ListAsync(host.Dataset.Identity).Result.Single(s => s.Id == site.Id).Note;

    private async Task<Site> SelectNewAsync(IRenderedComponent<SitesPanel> panel)
    {
        var site = await _log.AddAsync(host.Dataset, new WorldPoint(50, 60, 70), 1.5, "projection", Ben, default);
        _session.Update(v => v with { Selected = site.Id }, null);
        panel.WaitForAssertion(() => Assert.Contains(site.Label, panel.Find(".site h2").TextContent));
        return site;
    }

    private async Task<IRenderedComponent<SitesPanel>> RenderAsync(bool mayEdit = true)
    {
        var id = (await host.AddUserAsync(administrator: true)).ToString();
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id), new("dendrite:name", "Me")], "test"));
        Services.AddSingleton(new SiteDesk(
            _log, host.Schemas, host.Analyses, host.Access, host.Budgets,
            new Failures(new SecretRedactor(), NullLogger<Failures>.Instance)));
        Services.AddSingleton(host.History);
        Services.AddSingleton(host.Sessions);
        _ = Popovers;
        _session = await host.SessionAsync();
        var state = Task.FromResult(new AuthenticationState(user));
        var panel = Render<SitesPanel>(p => p.AddCascadingValue(state).Add(c => c.Session, _session).Add(c => c.MayEdit, mayEdit)
            .Add(c => c.By, user.PersonOf()));
        panel.WaitForState(() => panel.FindAll(".mud-skeleton").Count == 0);
        return panel;
    }
}
