using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Mail;
using Microsoft.EntityFrameworkCore;
using MimeKit;

namespace DendriteViewer.Web.Comments;

/// <summary>
/// Mails people that a comment names them, where a mail server is configured and they want it: one mail a thread and hour at most, to who
/// may see the comment when it is sent. Mail that waits when the server ends is lost; the unread mark on the page is not.
/// </summary>
public sealed class MentionMails(
    MailQueue mails, IDbContextFactory<DendriteDb> database, DatasetAccess access, TimeProvider time, PublicAddress? address = null)
{
    /// <summary>Where somebody says whether they want such mail.</summary>
    public const string SettingPath = "/account#mentions";

    /// <summary>How long a thread sends somebody no further mail.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private const int MostChars = 500;

    /// <summary>Whether mail can be sent.</summary>
    public bool IsOn => mails.IsOn && address is not null;

    /// <summary>Mails those whom a comment names, but for its author.</summary>
    /// <param name="dataset">Where it was written.</param>
    /// <param name="comment">The comment.</param>
    /// <param name="about">What its thread is about, as “N1”; null for a view.</param>
    /// <param name="named">Whom of its mentions to tell.</param>
    public void Tell(Dataset dataset, Comment comment, string? about, IEnumerable<Mention> named)
    {
        if (!IsOn)
        {
            return;
        }

        // Guests of links have no account, and nowhere that mail could be sent to.
        foreach (var mention in named.Where(m => m.Key != comment.AuthorKey))
        {
            if (Guid.TryParse(mention.Key, out var account))
            {
                mails.Add(ct => MakeAsync(dataset, comment, about, account, ct), (_, _) => Task.CompletedTask);
            }
        }
    }

    private async Task<MimeMessage?> MakeAsync(Dataset dataset, Comment comment, string? about, Guid account, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var person = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == account, ct);
        if (person is not { WantsNoMentionMails: false, Email: { } to }
            || await access.RoleOfAccountAsync(account, dataset.Identity, ct) is null
            || !await TryTakeAsync(db, dataset, comment.Thread, account, ct))
        {
            return null;
        }

        var text = comment.Text.Length <= MostChars ? comment.Text : comment.Text[..MostChars] + "…";
        var link = address!.Of($"/d/{dataset.Id}?{comment.View}");
        return mails.NewMail(
            person.DisplayName, to, $"{comment.Author} named you in a comment on {dataset.Name}",
            $"{comment.Author} wrote about {about ?? "a view"} of {dataset.Name}:\n\n{text}\n\nSee what they saw, and answer:\n\n{link}\n\n"
            + "You get one such mail a thread and hour at most. To get none, switch “Mail me when a comment names me” off at "
            + $"{address.Of(SettingPath)}\n");
    }

    // One server alone takes the turn of a thread and hour.
    private async Task<bool> TryTakeAsync(DendriteDb db, Dataset dataset, string thread, Guid account, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var (at, before) = (now.ToUnixTimeMilliseconds(), (now - Pause).ToUnixTimeMilliseconds());
        var (identity, reader) = (dataset.Identity.Value, account.ToString());
        var mine = db.CommentReadings.Where(r => r.DatasetIdentity == identity && r.Reader == reader && r.Thread == thread);
        if (await mine.Where(r => r.MailedAt <= before).ExecuteUpdateAsync(s => s.SetProperty(r => r.MailedAt, at), ct) > 0)
        {
            return true;
        }

        if (await mine.AnyAsync(ct))
        {
            return false;
        }

        db.CommentReadings.Add(new CommentReading { DatasetIdentity = identity, Reader = reader, Thread = thread, MailedAt = at });
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException)
        {
            // Another server mails it, or the person's page noted at this moment that they have read it.
            return false;
        }
    }
}
