using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Mail;

/// <summary>A mail to choose a new password, through MailKit to a server that speaks SMTP on a real socket.</summary>
public sealed class ResetMailTests : IAsyncLifetime
{
    private readonly SmtpListener _smtp = new();
    private readonly RunningApp _app;

    public ResetMailTests() => _app = new RunningApp
    {
        Arguments =
        [
            "--Dendrite:Smtp:Host", "127.0.0.1", "--Dendrite:Smtp:Port", $"{_smtp.Port}", "--Dendrite:Smtp:Security", "none",
            "--Dendrite:Smtp:From", "ct@example.org", "--Dendrite:PublicAddress", "http://ct.example.org",
        ],
    };

    public Task InitializeAsync() => _app.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _smtp.Dispose();
    }

    [Fact]
    public async Task ForgottenPassword_OfAnAccountAndOfNone_AreAnsweredAlikeAndOneIsMailed()
    {
        await _app.AddPersonAsync("Mia");
        var answers = new List<string>();
        foreach (var email in new[] { "nobody@example.org", "mia@example.org", "mia@example.org" })
        {
            var answer = await RunningApp.PostFormAsync(_app.NewBrowser(), "/account/forgot", "forgot", ("Input.Email", email));
            answers.Add(Regex.Replace(await answer.Content.ReadAsStringAsync(), "<[^>]*>", ""));
        }

        Assert.Single(answers.Distinct());
        Assert.Contains("If an account has this e-mail", answers[0]);
        var mail = await _smtp.Mails.Reader.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        Assert.Contains("RCPT TO:<mia@example.org>", mail);
        const string Server = "http://ct.example.org";
        var path = mail.Split('\n').Select(l => l.Trim()).Single(l => l.StartsWith(Server + "/account/reset", StringComparison.Ordinal))
            [Server.Length..];
        Assert.Contains("Mail me a link", await _app.NewBrowser().GetStringAsync("/account/forgot"));
        Assert.Contains("For mia@example.org.", await _app.NewBrowser().GetStringAsync(path));

        // Two were asked for within five minutes: the next mail is the one that somebody else asks for afterwards.
        await _app.AddPersonAsync("Noa");
        await RunningApp.PostFormAsync(_app.NewBrowser(), "/account/forgot", "forgot", ("Input.Email", "noa@example.org"));
        Assert.Contains("RCPT TO:<noa@example.org>", await _smtp.Mails.Reader.ReadAsync(
            new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token));
        Assert.DoesNotContain(_app.Log, l => l.Contains(path[^20..], StringComparison.Ordinal));

        // An invitation to an address is mailed with the address that works once; one to nobody in particular is not.
        var owner = await _app.AddPersonAsync("Owner", role: DatasetRole.Own);
        var by = new ClaimsPrincipal(
            new ClaimsIdentity([new(ClaimTypes.NameIdentifier, $"{owner}"), new("dendrite:name", "Ada")], "test"));
        var desk = _app.App.Services.GetRequiredService<InvitationDesk>();
        Assert.Null((await desk.InviteAsync(by, _app.Stored, null, DatasetRole.View, 7, p => p)).Mailed);
        var made = await desk.InviteAsync(by, _app.Stored, "guest@example.org", DatasetRole.View, 7, p => p);
        Assert.True(await made.Mailed!.WaitAsync(TimeSpan.FromSeconds(20)));
        var invited = await _smtp.Mails.Reader.ReadAsync();
        Assert.Contains("RCPT TO:<guest@example.org>", invited);
        Assert.Contains(made.Address, invited);
        Assert.Contains(Server + "/account/invitation/", made.Address);
        Assert.Equal(
            ["invited guest@example.org as viewer", "mailed the invitation of guest@example.org"],
            await _app.AskDatabaseAsync(db => db.Audit.Where(a => a.Subject == made.Invitation.Id.ToString()).OrderBy(a => a.Id)
                .Select(a => a.Detail).ToListAsync()));
    }

    private sealed class SmtpListener : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public SmtpListener()
        {
            _listener.Start();
            _ = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public Channel<string> Mails { get; } = Channel.CreateUnbounded<string>();

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await TalkAsync(client.GetStream());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
            }
        }

        private async Task TalkAsync(NetworkStream line)
        {
            using var reader = new StreamReader(line);
            await using var writer = new StreamWriter(line) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 test");
            var said = new List<string>();
            while (await reader.ReadLineAsync() is { } command)
            {
                said.Add(command);
                if (command == "DATA")
                {
                    await writer.WriteLineAsync("354 go on");
                    while (await reader.ReadLineAsync() is { } text && text != ".")
                    {
                        said.Add(text);
                    }

                    Mails.Writer.TryWrite(string.Join('\n', said));
                }

                await writer.WriteLineAsync(command == "QUIT" ? "221 bye" : "250 ok");
                if (command == "QUIT")
                {
                    return;
                }
            }
        }
    }
}
