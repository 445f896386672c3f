using System.Security.Claims;
using System.Text;
using System.Text.RegularExpressions;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Comments;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Mail;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Tests.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;

namespace DendriteViewer.Web.Tests.Mail;

/// <summary>An app with a mail server.</summary>
public sealed class MailedApp : IAsyncLifetime
{
    private readonly SmtpListener _smtp = new();

    public MailedApp() => App = new RunningApp
    {
        Arguments =
        [
            "--Dendrite:Smtp:Host", "127.0.0.1", "--Dendrite:Smtp:Port", $"{_smtp.Port}", "--Dendrite:Smtp:Security", "none",
            "--Dendrite:Smtp:From", "ct@example.org", "--Dendrite:PublicAddress", "http://ct.example.org",
        ],
    };

    public RunningApp App { get; }

    /// <summary>The next mail, after what was said before it.</summary>
    public async Task<string> MailAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _smtp.Mails.Reader.ReadAsync(patience.Token);
    }

    public Task InitializeAsync() => App.InitializeAsync();

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        _smtp.Dispose();
    }
}

/// <summary>Mails, through MailKit to a server that speaks SMTP on a real socket.</summary>
public sealed class MailTests(MailedApp app) : IClassFixture<MailedApp>
{
    [Fact]
    public async Task ForgottenPassword_OfAnAccountAndOfNone_AreAnsweredAlikeAndOneIsMailed()
    {
        await app.App.AddPersonAsync("Mia");
        var answers = new List<string>();
        foreach (var email in new[] { "nobody@example.org", "mia@example.org", "mia@example.org" })
        {
            var answer = await RunningApp.PostFormAsync(app.App.NewBrowser(), "/account/forgot", "forgot", ("Input.Email", email));
            answers.Add(Regex.Replace(await answer.Content.ReadAsStringAsync(), "<[^>]*>", ""));
        }

        Assert.Single(answers.Distinct());
        Assert.Contains("If an account has this e-mail", answers[0]);
        var mail = await app.MailAsync();
        Assert.Contains("RCPT TO:<mia@example.org>", mail);
        const string Server = "http://ct.example.org";
        var path = mail.Split('\n').Select(l => l.Trim()).Single(l => l.StartsWith(Server + "/account/reset", StringComparison.Ordinal))
            [Server.Length..];
        Assert.Contains("Mail me a link", await app.App.NewBrowser().GetStringAsync("/account/forgot"));
        Assert.Contains("For mia@example.org.", await app.App.NewBrowser().GetStringAsync(path));

        // Two were asked for within five minutes: the next mail is the one that somebody else asks for afterwards.
        await app.App.AddPersonAsync("Noa");
        await RunningApp.PostFormAsync(app.App.NewBrowser(), "/account/forgot", "forgot", ("Input.Email", "noa@example.org"));
        Assert.Contains("RCPT TO:<noa@example.org>", await app.MailAsync());
        Assert.DoesNotContain(app.App.Log, l => l.Contains(path[^20..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invitation_ToAnAddress_IsMailedWithWhatWorksOnce_AndOneToNobodyInParticularIsNot()
    {
        var owner = await app.App.AddPersonAsync("Owner", role: DatasetRole.Own);
        var by = new ClaimsPrincipal(
            new ClaimsIdentity([new(ClaimTypes.NameIdentifier, $"{owner}"), new("dendrite:name", "Ada")], "test"));
        var desk = app.App.App.Services.GetRequiredService<InvitationDesk>();
        Assert.Null((await desk.InviteAsync(by, app.App.Stored, null, DatasetRole.View, 7, p => p)).Mailed);
        var made = await desk.InviteAsync(by, app.App.Stored, "guest@example.org", DatasetRole.View, 7, p => p);
        Assert.True(await made.Mailed!.WaitAsync(TimeSpan.FromSeconds(20)));
        var invited = await app.MailAsync();
        Assert.Contains("RCPT TO:<guest@example.org>", invited);
        Assert.Contains(made.Address, invited);
        Assert.Contains("http://ct.example.org/account/invitation/", made.Address);
        Assert.Equal(
            ["invited guest@example.org as viewer", "mailed the invitation of guest@example.org"],
            await app.App.AskDatabaseAsync(db => db.Audit.Where(a => a.Subject == made.Invitation.Id.ToString()).OrderBy(a => a.Id)
                .Select(a => a.Detail).ToListAsync()));

        // What cannot be mailed at all is in the log like what the mail server refused.
        var lost = await desk.InviteAsync(by, app.App.Stored, "a,b@example.org", DatasetRole.View, 7, p => p);
        Assert.False(await lost.Mailed!);
        Assert.Equal("could not mail the invitation of a,b@example.org", await app.App.AskDatabaseAsync(
            db => db.Audit.Where(a => a.Subject == lost.Invitation.Id.ToString()).OrderByDescending(a => a.Id)
                .Select(a => a.Detail).FirstAsync()));
    }

    [Fact]
    public async Task Invitations_MoreThanAnAccountMayMake_AreRefused_AndThoseOfNoOwnerAreNotCounted()
    {
        var desk = app.App.App.Services.GetRequiredService<InvitationDesk>();
        async Task<ClaimsPrincipal> PersonAsync(string name, DatasetRole role) => new(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, $"{await app.App.AddPersonAsync(name, role: role)}"), new("dendrite:name", name)], "test"));
        var (owner, other) = (await PersonAsync("Wil", DatasetRole.Own), await PersonAsync("Zoe", DatasetRole.Curate));
        Task InviteAsync(ClaimsPrincipal by) => desk.InviteAsync(by, app.App.Stored, null, DatasetRole.View, 7, p => p);
        for (var i = 0; i < Budgets.InvitationsAtOnce; i++)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => InviteAsync(other));
            await InviteAsync(owner);
        }

        var refused = await Assert.ThrowsAsync<BudgetSpentException>(() => InviteAsync(owner));
        Assert.Equal("Too many invitations from this account; ask again in 120 s.", refused.Message);
    }

    [Fact]
    public async Task Mention_InAComment_IsMailedOnceAThreadAndHour_UntilThePersonSwitchesItOff()
    {
        var services = app.App.App.Services;
        var author = await app.App.AddPersonAsync("Quin", role: DatasetRole.Annotate);
        await app.App.AddPersonAsync("Pia", role: DatasetRole.View);
        await app.App.AddPersonAsync("Rob", role: DatasetRole.View);
        var user = new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, author.ToString()), new("dendrite:name", "Quin")], "test"));
        var (desk, log) = (services.GetRequiredService<CommentDesk>(), services.GetRequiredService<CommentLog>());
        var session = (await services.GetRequiredService<ViewSessions>().HoldAsync(
            Guid.NewGuid().ToString("N"), author.ToString(), app.App.Stored, "", default))!;

        Assert.Null(await desk.BeginAsync(session, user, "@Pia, and @Quin: a void?", null));
        var first = await ReadAsync();
        Assert.Equal("pia@example.org", Assert.Single(first.To.Mailboxes).Address);
        Assert.Contains("@Pia, and @Quin: a void?", first.TextBody);
        Assert.Contains($"http://ct.example.org/d/{app.App.Dataset}?", first.TextBody);
        Assert.Contains($"http://ct.example.org{MentionMails.SettingPath}", first.TextBody);

        // The same thread mails no second time within the hour; the next mail is another thread's.
        var thread = (await log.ListAsync(app.App.Identity)).Single(c => c.Text.StartsWith("@Pia, and", StringComparison.Ordinal)).Id;
        Assert.Null(await desk.AnswerAsync(session, user, "@Pia?", thread));
        Assert.Null(await desk.BeginAsync(session, user, "@Pia, a second thread", null));
        Assert.Contains("a second thread", (await ReadAsync()).TextBody);

        // Who switched it off, where the mail says so, gets none; the next mail is somebody else's.
        var pia = await app.App.SignedInAsync("pia@example.org");
        Assert.Contains("Mail me when a comment names me: on", await pia.GetStringAsync("/account"));
        await RunningApp.PostFormAsync(pia, "/account", "account", ("Input.Do", "mentions-off"));
        Assert.Contains("Mail me when a comment names me: off", await pia.GetStringAsync("/account"));
        Assert.Null(await desk.BeginAsync(session, user, "@Pia and @Rob, a third", null));
        Assert.Equal("rob@example.org", Assert.Single((await ReadAsync()).To.Mailboxes).Address);

        // A mail that is not sent leaves the turn to the next; of a comment that was deleted meanwhile none is sent.
        var refused = (await app.App.AddPersonAsync("Refused", role: DatasetRole.View)).ToString();
        var tia = await app.App.AddPersonAsync("Tia", role: DatasetRole.View);
        var gone = await log.AddAsync(
            app.App.Identity, new Comment { Id = "", Thread = "", Text = "@Tia", View = "t=0" }, user.PersonOf(), default);
        await log.DeleteAsync(app.App.Identity, gone.Id, mayDeleteOthers: false, user.PersonOf(), default);
        services.GetRequiredService<MentionMails>().Tell(session.Dataset, gone, null, [new Mention($"{tia}", "Tia")]);
        Assert.Null(await desk.BeginAsync(session, user, "@Refused and @Tia, 0", null));
        Assert.Contains("@Refused and @Tia, 0", (await ReadAsync()).TextBody);

        // Whoever was invited may have given anybody's address; the next mail is somebody else's.
        var uma = await app.App.AddPersonAsync("Uma", role: DatasetRole.View);
        await app.App.AskDatabaseAsync(db => db.Users.Where(u => u.Id == uma)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.EmailConfirmed, false)));
        Assert.Contains("data-unconfirmed", await (await app.App.SignedInAsync("uma@example.org")).GetStringAsync("/account"));
        Assert.Null(await desk.BeginAsync(session, user, "@Uma and @Rob, a fourth", null));
        Assert.Equal("rob@example.org", Assert.Single((await ReadAsync()).To.Mailboxes).Address);

        // However many threads name somebody, within an hour they get no more than a few mails.
        for (var i = 1; i <= MentionMails.MostAnHour; i++)
        {
            Assert.Null(await desk.BeginAsync(session, user, $"@Tia, {i}", null));
        }

        Assert.Null(await desk.BeginAsync(session, user, "@Rob, the last", null));
        for (var i = 1; i < MentionMails.MostAnHour; i++)
        {
            Assert.Contains($"@Tia, {i}", (await ReadAsync()).TextBody);
        }

        Assert.Contains("@Rob, the last", (await ReadAsync()).TextBody);
        Assert.Equal([0L], await app.App.AskDatabaseAsync(
            db => db.CommentReadings.Where(r => r.Reader == refused).Select(r => r.MailedAt).ToListAsync()));
    }

    [Fact]
    public void Queue_FullOfMailThatNobodyAskedFor_TakesWhatSomebodyWaitsFor()
    {
        using var queue = new MailQueue(new DendriteOptions(), TimeProvider.System, NullLogger<MailQueue>.Instance);
        bool Add(bool isAsked) => queue.Add(_ => Task.FromResult<MimeMessage?>(null), (_, _) => Task.CompletedTask, isAsked);
        Assert.True(Add(isAsked: false));
        Assert.InRange(Enumerable.Range(0, 500).Count(_ => Add(isAsked: false)), 1, 498);
        Assert.InRange(Enumerable.Range(0, 500).Count(_ => Add(isAsked: true)), 50, 499);
    }

    private async Task<MimeMessage> ReadAsync()
    {
        var said = await app.MailAsync();
        const string Begin = "\nDATA\n";
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(said[(said.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)..]));
        return await MimeMessage.LoadAsync(text);
    }
}
