using System.Security.Claims;
using Bunit;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Comments;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Mail;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Comments;

public sealed class CommentsPanelTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    private static readonly Person s_ben = new("ben", "Ben");
    private readonly CommentLog _log = new(host.Database, host.Time);
    private readonly SiteLog _sites = host.Sites;
    private ViewSession _session = null!;

    [Fact]
    public async Task AComment_OnTheView_IsWritten_AnsweredByAnother_AndItsViewRestored()
    {
        var panel = await RenderAsync();
        _session.Update(v => v with { Hours = 3 }, null);
        await WriteAsync(panel, ".comment-new", "Is this lithium?");
        panel.WaitForAssertion(() => Assert.Contains(panel.FindAll(".thread"), t => t.TextContent.Contains("Is this lithium?")));
        Assert.Equal("", panel.Find(".comment-new textarea").GetAttribute("value") ?? "");

        var first = (await _log.ListAsync(host.Dataset.Identity)).Single(c => c.Text == "Is this lithium?");
        Assert.Equal(3, first.Hours);
        await _log.AddAsync(
            host.Dataset.Identity, new Comment { Id = "", Thread = first.Id, Text = "I think so.", View = first.View }, s_ben, default);
        panel.WaitForAssertion(() => Assert.Contains("1 new", ThreadOf(panel, first.Id).TextContent));

        _session.Update(v => v with { Hours = 0 }, null);
        await ThreadOf(panel, first.Id).QuerySelector(".thread-head")!.ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Contains("I think so.", ThreadOf(panel, first.Id).TextContent));
        Assert.Equal(3, _session.Current.View.Hours);
        panel.WaitForAssertion(() => Assert.DoesNotContain("1 new", ThreadOf(panel, first.Id).TextContent));
    }

    [Fact]
    public async Task AComment_WhileASiteIsSelected_IsAboutTheSite_AndSaysSo()
    {
        var site = await _sites.AddAsync(host.Dataset, new WorldPoint(50, 60, 70), 1.5, "projection", s_ben, default);
        var panel = await RenderAsync();
        _session.Update(v => v with { Selected = site.Id }, null);
        panel.WaitForAssertion(() => Assert.Contains($"New comment on {site.Label}", panel.Markup));
        await WriteAsync(panel, ".comment-new", "A void before");

        panel.WaitForAssertion(() => Assert.Contains(panel.FindAll(".thread"),
            t => t.TextContent.Contains(site.Label) && t.TextContent.Contains("A void before")));
    }

    [Fact]
    public async Task AMention_OfTheReader_IsMarked_AndNoMarkupOfATextIs()
    {
        var panel = await RenderAsync();
        await _log.AddAsync(host.Dataset.Identity, new Comment
        {
            Id = "", Thread = "", Text = "@Me <b>look</b>", View = "t=0", Mentions = [new Mention(_me, "Me")],
        }, s_ben, default);

        panel.WaitForAssertion(() => Assert.Equal("@Me", panel.Find(".comment-mention.me").TextContent));
        Assert.Contains("names you", panel.Markup);
        Assert.Empty(panel.FindAll(".comment-text b"));
    }

    [Fact]
    public async Task AThread_ThatIsResolved_LeavesTheOpenOnes_AndIsFoundAmongTheResolved()
    {
        var panel = await RenderAsync();
        var first = await _log.AddAsync(
            host.Dataset.Identity, new Comment { Id = "", Thread = "", Text = "Settled", View = "t=0" }, s_ben, default);
        panel.WaitForAssertion(() => Assert.NotNull(ThreadOf(panel, first.Id)));
        await ThreadOf(panel, first.Id).QuerySelector(".thread-head")!.ClickAsync(new());
        await panel.WaitForElement($"[data-thread='{first.Id}'] .thread-foot button").ClickAsync(new());

        panel.WaitForAssertion(() => Assert.Empty(panel.FindAll($"[data-thread='{first.Id}']")));
        await panel.FindAll(".comments-head .mud-toggle-item").Single(i => i.TextContent.Trim() == "Resolved").ClickAsync(new());
        panel.WaitForAssertion(() => Assert.Contains("resolved by Me", ThreadOf(panel, first.Id).TextContent));
    }

    [Fact]
    public async Task ATextThatIsTooLong_StaysInItsField_WithASentence()
    {
        var panel = await RenderAsync();
        await WriteAsync(panel, ".comment-new", new string('x', 4001));

        panel.WaitForAssertion(() => Assert.Contains("at most 4000 characters; this has 4001", panel.Markup));
        Assert.Equal(4001, panel.Find(".comment-new textarea").GetAttribute("value")!.Length);
    }

    [Fact]
    public async Task ADraft_ThatTheBrowserKept_StandsInTheField()
    {
        JSInterop.Setup<DraftField.Draft?>("dendriteDrafts.read", i => ((string)i.Arguments[0]!).EndsWith("/comment/new"))
            .SetResult(new DraftField.Draft("begun before", ""));
        var panel = await RenderAsync();

        panel.WaitForAssertion(() => Assert.Equal("begun before", panel.Find(".comment-new textarea").GetAttribute("value")));
    }

    // The answer of the first time was lost, and the browser has the draft still.
    [Fact]
    public async Task ADraft_ThatWasSentBefore_IsNotWrittenTwice_AndAnotherTextNeedsAnotherKey()
    {
        JSInterop.Setup<string?>("dendriteDrafts.once", _ => true).SetResult("aaaaaaaaaaaaaaaa");
        var panel = await RenderAsync();
        await WriteAsync(panel, ".comment-new", "Sent once");
        await WriteAsync(panel, ".comment-new", "Sent once");
        panel.WaitForAssertion(() => Assert.Equal("", panel.Find(".comment-new textarea").GetAttribute("value") ?? ""));
        Assert.Single(await _log.ListAsync(host.Dataset.Identity), c => c.Text == "Sent once");
        Assert.Empty(JSInterop.Invocations["dendriteDrafts.renew"]);

        await WriteAsync(panel, ".comment-new", "Another text");
        panel.WaitForAssertion(() => Assert.Contains("This was sent before", panel.Markup));
        Assert.Equal("Another text", panel.Find(".comment-new textarea").GetAttribute("value"));
        Assert.Single(JSInterop.Invocations["dendriteDrafts.renew"]);
        Assert.DoesNotContain(await _log.ListAsync(host.Dataset.Identity), c => c.Text == "Another text");
    }

    [Fact]
    public async Task SomebodyWhoMayOnlyLook_ReadsAsAMember_AndNothingAsAStranger()
    {
        await _log.AddAsync(
            host.Dataset.Identity, new Comment { Id = "", Thread = "", Text = "For members", View = "t=0" }, s_ben, default);
        var id = await host.AddUserAsync();
        await host.AddMemberAsync(id, DatasetRole.View);
        var member = await RenderAsync(id);
        Assert.Contains("For members", member.Markup);
        Assert.Empty(member.FindAll(".comment-composer"));

        var stranger = await RenderAsync(await host.AddUserAsync());
        Assert.DoesNotContain("For members", stranger.Markup);
        Assert.Contains("for those who work here", stranger.Markup);
    }

    [Fact]
    public async Task APage_OfAnEarlierState_SaysThatCommentsAreLater_AndTakesNone()
    {
        await _log.AddAsync(
            host.Dataset.Identity, new Comment { Id = "", Thread = "", Text = "Written since", View = "t=0" }, s_ben, default);
        var panel = await RenderAsync(dataset: host.Dataset with { Kept = new Then() });

        Assert.Contains("Written since", panel.Markup);
        Assert.Contains("not as of the state that this page shows", panel.Markup);
        Assert.Empty(panel.FindAll(".comment-composer"));
        var refused = await Services.GetRequiredService<CommentDesk>().BeginAsync(_session, _user, "Too late", null);
        Assert.Contains("earlier state", refused, StringComparison.Ordinal);
    }

    private sealed record Then() : KeptState(Guid.NewGuid())
    {
        public override long Revision => 0;

        public override Task<byte[]?> ReadAnalysisAsync(string modality, CancellationToken ct) => Task.FromResult<byte[]?>(null);
    }

    private string _me = "";
    private ClaimsPrincipal _user = new();

    private static AngleSharp.Dom.IElement ThreadOf(IRenderedComponent<CommentsPanel> panel, string id) =>
        panel.Find($"[data-thread='{id}']");

    private static async Task WriteAsync(IRenderedComponent<CommentsPanel> panel, string where, string text)
    {
        await panel.Find($"{where} textarea").InputAsync(new() { Value = text });
        await panel.Find($"{where} form").SubmitAsync();
    }

    private async Task<IRenderedComponent<CommentsPanel>> RenderAsync(Guid? person = null, Dataset? dataset = null)
    {
        _me = (person ?? await host.AddUserAsync(administrator: true)).ToString();
        _user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, _me), new("dendrite:name", "Me")], "test"));
        if (Services.All(s => s.ServiceType != typeof(CommentDesk)))
        {
            Services.AddSingleton(_sites);
            Services.AddSingleton<TimeProvider>(host.Time);
            Services.AddSingleton(new CommentDesk(
                _log, new CommentReadings(host.Database), _sites, host.Database, host.Access, host.Sessions,
                new MentionMails(new MailQueue(new DendriteOptions(), host.Time, NullLogger<MailQueue>.Instance), host.Database,
                    host.Access, _log, host.Time),
                new Budgets(new DendriteOptions()),
                new Failures(new SecretRedactor(), NullLogger<Failures>.Instance)));
        }

        _ = Popovers;
        _session = (await host.Sessions.HoldAsync(Guid.NewGuid().ToString("N"), _me, dataset ?? host.Dataset, "", default))!;
        var state = Task.FromResult(new AuthenticationState(_user));
        var panel = Render<CommentsPanel>(p => p.AddCascadingValue(state).Add(c => c.Session, _session));
        panel.WaitForState(() => panel.FindAll(".mud-skeleton").Count == 0);
        return panel;
    }
}
