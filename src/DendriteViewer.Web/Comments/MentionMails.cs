using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Mail;
using Microsoft.EntityFrameworkCore;
using MimeKit;

namespace DendriteViewer.Web.Comments;

/// <summary>
/// Mails people that a comment names them, where a mail server is configured and they want it: one mail a thread and hour and
/// <see cref="MostAnHour"/> an hour at most, to who may see the comment when it is sent, and whose address was confirmed. Mail that waits
/// when the server ends is lost; the unread mark on the page is not.
/// </summary>
public sealed class MentionMails(
    MailQueue mails, IDbContextFactory<DendriteDb> database, DatasetAccess access, CommentLog log, TimeProvider time,
    PublicAddress? address = null)
{
    /// <summary>Where somebody says whether they want such mail.</summary>
    public const string SettingPath = "/account#mentions";

    /// <summary>How long a thread sends somebody no further mail.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    /// <summary>How many such mails somebody gets within an hour, of all threads of all datasets.</summary>
    public const int MostAnHour = 10;

    private const int MostChars = 500;

    /// <summary>Whether mail can be sent.</summary>
    public bool IsOn => mails.IsOn && address is not null;

    /// <summary>Mails those whom a comment names, but for its author.</summary>
    /// <param name="dataset">Where it was written.</param>
    /// <param name="comment">The comment.</param>
    /// <param name="about">What its thread is about, as “N1”; null for a view.</param>
    /// <param name="named">Whom of its mentions to tell.</param>
    /// <returns>Who gets no mail since too many wait to be sent.</returns>
    public IReadOnlyList<Mention> Tell(Dataset dataset, Comment comment, string? about, IEnumerable<Mention> named)
    {
        var missed = new List<Mention>();
        if (!IsOn)
        {
            return missed;
        }

        // Guests of links have no account, and nowhere that mail could be sent to.
        foreach (var mention in named.Where(m => m.Key != comment.AuthorKey))
        {
            if (!Guid.TryParse(mention.Key, out var account))
            {
                continue;
            }

            long? taken = null;
            if (!mails.Add(
                async ct =>
                {
                    var made = await MakeAsync(dataset, comment.Id, about, account, ct);
                    taken = made?.At;
                    return made?.Mail;
                },
                (isSent, ct) => isSent || taken is not { } at
                    ? Task.CompletedTask : GiveBackAsync(dataset, comment.Thread, account, at, ct),
                isAsked: false))
            {
                missed.Add(mention);
            }
        }

        return missed;
    }

    // The mail, and when it took its turn. Of the comment as it is now: one that was deleted or that names them no more is not mailed.
    private async Task<(MimeMessage Mail, long At)?> MakeAsync(
        Dataset dataset, string id, string? about, Guid account, CancellationToken ct)
    {
        var comment = (await log.ListAsync(dataset.Identity, ct)).FirstOrDefault(c => c.Id == id);
        if (comment is null || comment.Mentions.All(m => m.Key != account.ToString()))
        {
            return null;
        }

        await using var db = await database.CreateDbContextAsync(ct);
        var person = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == account, ct);
        if (person is not { WantsNoMentionMails: false, EmailConfirmed: true, Email: { } to }
            || await access.RoleOfAccountAsync(account, dataset.Identity, ct) is null)
        {
            return null;
        }

        var text = comment.Text.Length <= MostChars ? comment.Text : comment.Text[..MostChars] + "…";
        var link = address!.Of($"/d/{dataset.Id}?{comment.View}");
        var mail = mails.NewMail(
            person.DisplayName, to, $"{comment.Author} named you in a comment on {dataset.Name}",
            $"{comment.Author} wrote about {about ?? "a view"} of {dataset.Name}:\n\n{text}\n\nSee what they saw, and answer:\n\n{link}\n\n"
            + $"You get one such mail a thread and hour at most, and {MostAnHour} an hour in all. To get none, switch "
            + $"“Mail me when a comment names me” off at {address.Of(SettingPath)}\n");

        // Last, so that no turn is taken for a mail that cannot be made.
        return await TryTakeAsync(db, dataset, comment.Thread, account, ct) is { } at ? (mail, at) : null;
    }

    // The turn of a mail that was not sent: the next mention is mailed.
    private async Task GiveBackAsync(Dataset dataset, string thread, Guid account, long at, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        await Mine(db, dataset, thread, account).Where(r => r.MailedAt == at)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.MailedAt, 0L), ct);
    }

    private static IQueryable<CommentReading> Mine(DendriteDb db, Dataset dataset, string thread, Guid account)
    {
        var (identity, reader) = (dataset.Identity.Value, account.ToString());
        return db.CommentReadings.Where(r => r.DatasetIdentity == identity && r.Reader == reader && r.Thread == thread);
    }

    // One server alone takes the turn of a thread and hour. Two servers at the same moment may exceed what somebody gets in all by one.
    private async Task<long?> TryTakeAsync(DendriteDb db, Dataset dataset, string thread, Guid account, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var (at, before) = (now.ToUnixTimeMilliseconds(), (now - Pause).ToUnixTimeMilliseconds());
        var (identity, reader) = (dataset.Identity.Value, account.ToString());
        if (await db.CommentReadings.CountAsync(r => r.Reader == reader && r.MailedAt > before, ct) >= MostAnHour)
        {
            return null;
        }

        var mine = Mine(db, dataset, thread, account);
        var due = mine.Where(r => r.MailedAt <= before);
        if (await due.ExecuteUpdateAsync(s => s.SetProperty(r => r.MailedAt, at), ct) > 0)
        {
            return at;
        }

        if (await mine.AnyAsync(ct))
        {
            return null;
        }

        db.CommentReadings.Add(new CommentReading { DatasetIdentity = identity, Reader = reader, Thread = thread, MailedAt = at });
        try
        {
            await db.SaveChangesAsync(ct);
            return at;
        }
        catch (DbUpdateException)
        {
            // Another server mails it, or the person's page noted at this moment how far they have read: then it is mailed all the same.
            return await due.ExecuteUpdateAsync(s => s.SetProperty(r => r.MailedAt, at), ct) > 0 ? at : null;
        }
    }
}
