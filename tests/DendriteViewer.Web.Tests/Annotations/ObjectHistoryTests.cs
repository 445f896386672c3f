using System.Globalization;
using System.Security.Claims;
using Bunit;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>The versions of one annotation in the panel: what each changed, what it was at each, and going back to one.</summary>
public sealed class ObjectHistoryTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    private static readonly Person Ben = new("ben", "Ben");
    private readonly SiteLog _log = host.Sites;

    [Fact]
    public async Task History_OfASite_TellsEachVersionShowsItWholeAndRestoresIt()
    {
        var site = await _log.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", Ben, default);
        var last = host.Dataset.HoursOf("projection").Last();
        var note = $"at the void, {new string('x', 100)}, end";
        var second = await _log.ChangeAsync(host.Dataset, site with
        {
            Note = note, ZUm = 61.5, Track = new([new SitePosition { Hours = last, ZUm = 60, YUm = 90, XUm = 95 }]),
        }, Ben, default);
        var third = await _log.ChangeAsync(host.Dataset, second with { Note = "", Status = SiteStatus.Rejected }, Ben, default);
        var panel = await OpenAsync(third, isMember: true);
        Assert.Equal(["v3", "v2", "v1"], panel.FindAll("li b").Select(b => b.TextContent));
        Assert.Contains("Ben", panel.Markup);
        Assert.Contains($"note: {note[..60]}… → (empty)", panel.Find("li").TextContent);
        Assert.Contains("track: (empty) → 1 position", panel.FindAll("li")[1].TextContent);
        Assert.Contains("place: z 60 µm, y 90 µm, x 90 µm → z 61.5 µm, y 90 µm, x 90 µm", panel.FindAll("li")[1].TextContent);

        // What it was at a version, whole, without going back to it.
        await panel.Find("[aria-label='Show version 2']").ClickAsync(new());
        var whole = panel.Find(".version-state").TextContent;
        Assert.Contains(note, whole);
        Assert.Contains($"{last.ToString("0.###", CultureInfo.InvariantCulture)} h, z 60 µm, y 90 µm, x 95 µm", whole);
        Assert.Contains("proposed", whole);
        await panel.Find("[aria-label='Show version 2']").ClickAsync(new());
        Assert.Empty(panel.FindAll(".version-state"));

        Assert.Empty(panel.FindAll("[aria-label='Restore version 3']"));
        await panel.Find("[aria-label='Restore version 2']").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Equal("v4", panel.Find("li b").TextContent));
        Assert.Contains("restored", panel.Find("li").TextContent);
        var now = (await _log.ListAsync(host.Dataset.Identity)).Single(s => s.Id == site.Id);
        Assert.Equal((note, SiteStatus.Proposed, 61.5), (now.Note, now.Status, now.ZUm));

        // As it is already: a sentence, and no edit.
        await panel.Find("[aria-label='Restore version 2']").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Contains("It is as version 2 left it already.", panel.Markup));
        Assert.Equal(4, panel.FindAll("li b").Count);
    }

    [Fact]
    public async Task History_OfSomebodyWhoIsNoMember_SaysToWhomItIsOpen()
    {
        var site = await _log.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", Ben, default);
        var panel = await OpenAsync(site, isMember: false);
        Assert.Contains("open to members of the dataset who annotate", panel.Markup);
        Assert.Empty(panel.FindAll("li"));
    }

    [Fact]
    public async Task History_OfWhatHasNone_SaysSo()
    {
        var panel = await OpenAsync(new Site { Id = "never-saved" }, isMember: true);
        Assert.Contains("Nothing is kept of it yet", panel.Markup);
    }

    [Fact]
    public async Task History_ThatCannotBeRead_SaysWhyAndIsReadAgain()
    {
        var site = await _log.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", Ben, default);
        var panel = await OpenAsync(site, isMember: true, kind: "dream");
        Assert.Contains("The history could not be read. There is no kind of annotation 'dream'.", panel.Markup);
        panel.Render(p => p.Add(c => c.Kind, "site"));
        await panel.FindAll("button").Single(b => b.TextContent.Trim() == "Try again").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Equal("v1", panel.Find("li b").TextContent));
    }

    private async Task<IRenderedComponent<ObjectHistory>> OpenAsync(Site site, bool isMember, string kind = "site")
    {
        var id = (await host.AddUserAsync(administrator: isMember)).ToString();
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id), new("dendrite:name", "Me")], "test"));
        Services.AddSingleton(new HistoryDesk(
            new EditDesk(new EditJournal(host.Database, host.Time), [_log]), host.Access, host.Budgets,
            new Failures(new SecretRedactor(), NullLogger<Failures>.Instance)));
        _ = Popovers;
        var session = await host.SessionAsync();
        var panel = Render<ObjectHistory>(p => p.AddCascadingValue(Task.FromResult(new AuthenticationState(user)))
            .Add(c => c.Session, session).Add(c => c.Kind, kind).Add(c => c.Id, site.Id).Add(c => c.Version, site.Version)
            .Add(c => c.MayEdit, true));
        Assert.Empty(panel.FindAll("li, .mud-alert"));
        await panel.Find("button").ClickAsync(new());
        panel.WaitForState(() => panel.FindAll(".mud-skeleton").Count == 0);
        return panel;
    }
}
