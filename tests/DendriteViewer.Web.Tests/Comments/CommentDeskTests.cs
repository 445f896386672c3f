using System.Security.Claims;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Comments;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Comments;

public sealed class CommentDeskTests(TestHost host) : IClassFixture<TestHost>
{
    // The person was told that it failed, sent it again, and it was there twice.
    [Fact]
    public async Task Comment_WhoseMailsCannotBeMade_IsKept_AndSaidToBe()
    {
        var (log, away) = (new CommentLog(host.Database, host.Time), new Away(host.Database));
        var mails = new MailQueue(new DendriteOptions { Smtp = new SmtpOptions() }, host.Time, NullLogger<MailQueue>.Instance);
        Assert.True(PublicAddress.TryParse("https://ct.example.org", out var address));
        var desk = new CommentDesk(
            log, new CommentReadings(host.Database), new SiteLog(away, host.Time), host.Database, host.Access, host.Sessions,
            new MentionMails(mails, host.Database, host.Access, log, host.Time, address), new Budgets(new DendriteOptions()),
            new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        await host.AddMakerAsync();
        var me = (await host.AddUserAsync(administrator: true)).ToString();
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, me), new("dendrite:name", "Me")], "test"));
        var site = await host.Sites.AddAsync(host.Dataset, new WorldPoint(50, 60, 70), 1.5, "projection", new Person("b", "B"), default);
        var said = new List<string>();

        Assert.Null(await desk.BeginAsync(await host.SessionAsync(), user, "@Ada look here", site, warn: said.Add));
        Assert.True(away.IsAsked);
        Assert.StartsWith("The comment is kept and marked as new for whom it names; no mail could be made: ", Assert.Single(said));
        var kept = Assert.Single(await log.ListAsync(host.Dataset.Identity));
        Assert.Single(kept.Mentions);

        said.Clear();
        Assert.Null(await desk.RewriteAsync(await host.SessionAsync(), user, kept.Id, "look here", said.Add));
        Assert.Null(await desk.RewriteAsync(await host.SessionAsync(), user, kept.Id, "@Ada look there", said.Add));
        Assert.StartsWith("The comment is kept and marked as new for whom it names; no mail could be made: ", Assert.Single(said));
        Assert.Equal("@Ada look there", Assert.Single(await log.ListAsync(host.Dataset.Identity)).Text);
    }

    // A database that does not answer whoever asks for sites.
    private sealed class Away(IDbContextFactory<DendriteDb> database) : IDbContextFactory<DendriteDb>
    {
        public bool IsAsked { get; private set; }

        public DendriteDb CreateDbContext()
        {
            IsAsked = true;
            var db = database.CreateDbContext();
            db.Dispose();
            return db;
        }
    }
}
