using DendriteViewer.Web.Data;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Mail;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts.Resets;

/// <summary>
/// Mails a link to choose a new password to who asks for it. Whether there is an account is looked up in the background, so that the answer
/// is the same for every e-mail, and takes as long.
/// </summary>
public sealed class ResetMails(
    MailQueue mails, PasswordResets resets, IDbContextFactory<DendriteDb> database, PublicAddress? address = null)
{
    /// <summary>How many links somebody can have before none is mailed, those of administrators among them.</summary>
    public const int MostLinks = 3;

    // Nobody fills somebody else's mailbox.
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(5);

    /// <summary>Whether mail can be sent.</summary>
    public bool IsOn => mails.IsOn && address is not null;

    /// <summary>
    /// Mails a link, if an account has the e-mail, may sign in, got none in the last five minutes, and fewer than <see cref="MostLinks"/>
    /// within a day. Links that it has stay good, so that nobody takes them away by asking.
    /// </summary>
    /// <returns>False where too many mails wait already, whosever they are.</returns>
    public bool Ask(string? email)
    {
        var normalized = email?.Trim().ToUpperInvariant() ?? "";
        (AppUser Account, string Token)? made = null;
        return mails.Add(async ct =>
        {
            await using var db = await database.CreateDbContextAsync(ct);
            var account = await db.Users.AsNoTracking().FirstOrDefaultAsync(
                u => u.NormalizedEmail == normalized && u.DisabledAt == null, ct);
            if (account?.Email is not { } to || await resets.CountAsync(account.Id, s_pause, ct) > 0
                || await resets.CountAsync(account.Id, PasswordResets.Length, ct) >= MostLinks)
            {
                return null;
            }

            var token = await resets.MakeAsync(account.Id, null, ct);
            made = (account, token);
            var link = address!.Of(PasswordResets.PathOf(token));
            return mails.NewMail(account.DisplayName, to, "Choose a new password for DendriteViewer",
                $"Somebody, probably you, asked at {address.Authority} for a new password. Choose it here within a day:\n\n{link}\n\n"
                + "If it was not you, do nothing: your password stays as it is.\n");
        }, (isSent, ct) => made is { } m
            ? resets.MailedAsync(m.Account, m.Token, isSent, ct) : Task.CompletedTask);
    }
}
