using System.Net.Sockets;
using System.Threading.Channels;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace DendriteViewer.Web.Mail;

/// <summary>
/// Sends mail in the background, so that the answer to a request does not tell by its time whether a mail was sent. What waits when the
/// server ends is lost; whoever waits for it asks again.
/// </summary>
public sealed partial class MailQueue(DendriteOptions options, TimeProvider time, ILogger<MailQueue> log) : BackgroundService
{
    private const int MostWaiting = 200, MostTries = 3;

    // Where as many wait, only mail that somebody asked for is taken.
    private const int MostUnasked = MostWaiting / 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);
    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(MostWaiting);

    /// <summary>Whether there is a mail server.</summary>
    public bool IsOn => options.Smtp is not null;

    /// <summary>Sends a mail by and by.</summary>
    /// <param name="make">Makes it, in the background; null for none after all.</param>
    /// <param name="after">Told whether the mail server took it; not called where none was made.</param>
    /// <param name="isAsked">Whether somebody asked for it and waits for it; places are kept for such mail.</param>
    /// <returns>False where too many wait already.</returns>
    public bool Add(Func<CancellationToken, Task<MimeMessage?>> make, Func<bool, CancellationToken, Task> after, bool isAsked = true)
    {
        var isTaken = (isAsked || _waiting.Reader.Count < MostUnasked) && _waiting.Writer.TryWrite(new Waiting(make, after));
        if (!isTaken)
        {
            LogFull(log);
        }

        return isTaken;
    }

    /// <summary>A mail of plain text.</summary>
    public MimeMessage NewMail(string name, string address, string subject, string text)
    {
        var mail = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = text } };
        mail.From.Add(MailboxAddress.Parse(options.Smtp!.From));
        mail.To.Add(new MailboxAddress(name, address));
        return mail;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var waiting in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                if (await waiting.Make(stoppingToken) is { } mail)
                {
                    var isSent = false;
                    try
                    {
                        await SendAsync(mail, stoppingToken);
                        isSent = true;
                    }
                    finally
                    {
                        await waiting.After(isSent, CancellationToken.None);
                    }
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFailed(log, e);
            }
        }
    }

    private async Task SendAsync(MimeMessage mail, CancellationToken ct)
    {
        var smtp = options.Smtp!;
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var client = new SmtpClient { Timeout = (int)s_patience.TotalMilliseconds };
                await client.ConnectAsync(smtp.Host, smtp.Port, smtp.Security switch
                {
                    "tls" => SecureSocketOptions.SslOnConnect, "none" => SecureSocketOptions.None, _ => SecureSocketOptions.StartTls,
                }, ct);
                if (smtp.User is { Length: > 0 })
                {
                    await client.AuthenticateAsync(smtp.User, smtp.Password ?? "", ct);
                }

                await client.SendAsync(mail, ct);
                await client.DisconnectAsync(quit: true, ct);
                return;
            }
            catch (Exception e) when (tries < MostTries && IsPassing(e))
            {
                await Task.Delay(s_pause, time, ct);
            }
        }
    }

    // An answer of 400 to 499 says that the same may be taken later.
    private static bool IsPassing(Exception e) => e is IOException or SocketException or SmtpProtocolException
        || (e is SmtpCommandException { StatusCode: var code } && (int)code is >= 400 and < 500);

    [LoggerMessage(LogLevel.Error, "A mail was not sent; check Dendrite:Smtp")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Too many mails wait to be sent; one was given up")]
    private static partial void LogFull(ILogger logger);

    private sealed record Waiting(Func<CancellationToken, Task<MimeMessage?>> Make, Func<bool, CancellationToken, Task> After);
}
