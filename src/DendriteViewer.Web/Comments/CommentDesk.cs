using System.Security.Claims;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Viewing;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Comments;

/// <summary>The comments of a dataset as somebody may see them.</summary>
/// <param name="Threads">The threads, that with the newest comment first.</param>
/// <param name="People">Who can be named: members, those who shared the dataset by a link, and those who have commented.</param>
/// <param name="Reader">Key of who reads.</param>
/// <param name="MayWrite">Whether they may comment.</param>
/// <param name="MayDeleteOthers">Whether they may delete what others wrote.</param>
/// <param name="IsClosed">Whether comments are not open to them: to guests who may only look.</param>
/// <param name="IsLater">Whether the page shows an earlier state of the dataset, of which comments are no part.</param>
/// <param name="Failure">Why they could not be read; null where they could.</param>
public sealed record CommentsView(
    IReadOnlyList<CommentThread> Threads, IReadOnlyList<Mention> People, string Reader, bool MayWrite, bool MayDeleteOthers,
    bool IsClosed = false, bool IsLater = false, string? Failure = null)
{
    /// <summary>Threads with something unread in them.</summary>
    public int Unread => Threads.Count(t => t.Unread > 0);
}

/// <summary>
/// Where pages read and write comments: asks for the right each time, and tells a refusal in one sentence. Comments have names, so they are
/// open to those who see names: members, and guests who annotate.
/// </summary>
public sealed class CommentDesk(
    CommentLog log, CommentReadings readings, SiteLog sites, IDbContextFactory<DendriteDb> database, DatasetAccess access,
    ViewSessions sessions, MentionMails mails, Budgets budgets, Failures failures)
{
    /// <summary>Calls back whenever comments of the session's dataset have changed, or its owner has read.</summary>
    /// <returns>Ends it.</returns>
    public IDisposable Watch(ViewSession session, Action changed)
    {
        void On(DatasetIdentity id)
        {
            if (id == session.Dataset.Identity)
            {
                changed();
            }
        }

        void OnRead(DatasetIdentity id, string reader)
        {
            if (reader == session.Owner)
            {
                On(id);
            }
        }

        log.Changed += On;
        readings.Changed += OnRead;
        return new Ending(() =>
        {
            log.Changed -= On;
            readings.Changed -= OnRead;
        });
    }

    /// <summary>Reads what the visitor may see.</summary>
    public async Task<CommentsView> ReadAsync(ViewSession session, ClaimsPrincipal user, CancellationToken ct = default)
    {
        var reader = user.KeyOf();
        try
        {
            var dataset = session.Dataset.Identity;
            if (await access.GrantAsync(user, dataset, ct) is not { SeesNames: true } grant)
            {
                return new CommentsView([], [], reader, false, false, IsClosed: true);
            }

            var comments = await log.ListAsync(dataset, ct);
            var threads = CommentThread.Of(comments, reader, await readings.OfAsync(dataset, reader, ct));
            var isLater = session.Dataset.Kept is not null;
            return new CommentsView(threads, await PeopleAsync(dataset, comments, ct), reader,
                !isLater && grant.Role >= DatasetRole.Annotate, grant.Role >= DatasetRole.Curate, IsLater: isLater);
        }
        catch (Exception e)
        {
            return new CommentsView([], [], reader, false, false, Failure: failures.Tell(e));
        }
    }

    /// <summary>Begins a thread about a site or about the view as it is.</summary>
    /// <param name="session">The page.</param>
    /// <param name="user">Who writes.</param>
    /// <param name="text">What they say.</param>
    /// <param name="site">The site, or null for the view.</param>
    /// <param name="draft">The draft's key, by which it is written once however often it is sent; null for none.</param>
    /// <param name="warn">Called where it was done, and somebody whom it names is not mailed.</param>
    /// <returns>Why it was refused; null where it was done.</returns>
    public Task<string?> BeginAsync(
        ViewSession session, ClaimsPrincipal user, string text, Site? site, string? draft = null, Action<string>? warn = null) =>
        WriteAsync(session, user, text, thread: "", site, draft, warn);

    /// <summary>Answers in a thread; the view is kept with the answer.</summary>
    /// <returns>Why it was refused; null where it was done.</returns>
    public Task<string?> AnswerAsync(
        ViewSession session, ClaimsPrincipal user, string text, string thread, string? draft = null, Action<string>? warn = null) =>
        WriteAsync(session, user, text, thread, site: null, draft, warn);

    /// <summary>Gives a comment another text; who is named in it now and was not before is mailed.</summary>
    /// <returns>Why it was refused; null where it was done.</returns>
    public Task<string?> RewriteAsync(
        ViewSession session, ClaimsPrincipal user, string id, string text, Action<string>? warn = null) =>
        TryAsync(session, user, async (_, by) =>
        {
            var comments = await log.ListAsync(session.Dataset.Identity);
            var known = comments.FirstOrDefault(c => c.Id == id)?.Mentions ?? [];
            var now = await log.RewriteAsync(session.Dataset.Identity, id, text,
                MentionText.Find(text, await PeopleAsync(session.Dataset.Identity, comments, default)), by, default);
            await TellAsync(session, now, now.Mentions.ExceptBy(known.Select(m => m.Key), m => m.Key), warn);
        });

    /// <summary>Resolves a thread, or opens it again.</summary>
    /// <returns>Why it was refused; null where it was done.</returns>
    public Task<string?> ResolveAsync(ViewSession session, ClaimsPrincipal user, string thread, bool isResolved) =>
        TryAsync(session, user, (_, by) => log.ResolveAsync(session.Dataset.Identity, thread, isResolved, by, default));

    /// <summary>Deletes a comment, or with its first comment a thread.</summary>
    /// <returns>Why it was refused; null where it was done.</returns>
    public Task<string?> DeleteAsync(ViewSession session, ClaimsPrincipal user, string id) => TryAsync(session, user, (grant, by) =>
        log.DeleteAsync(session.Dataset.Identity, id, grant.Role >= DatasetRole.Curate, by, default));

    /// <summary>Takes back the page's last edit.</summary>
    /// <returns>What the person is told; null where all went back.</returns>
    public async Task<string?> UndoAsync(ViewSession session, ClaimsPrincipal user)
    {
        string? told = null;
        return await TryAsync(session, user, async (_, by) => told = (await session.Edits.UndoAsync(by.Person, default))?.Warning) ?? told;
    }

    /// <summary>Notes that somebody has read threads.</summary>
    public async Task NoteReadAsync(ViewSession session, ClaimsPrincipal user, IReadOnlyList<CommentThread> threads)
    {
        if (await access.GrantAsync(user, session.Dataset.Identity) is { SeesNames: true })
        {
            await readings.NoteAsync(session.Dataset.Identity, user.KeyOf(), threads, default);
        }
    }

    /// <summary>Shows the view that a comment's author had, as one change of the page's view.</summary>
    /// <returns>
    /// What of it could not be restored, a sentence each; null where another view was asked for meanwhile, which is shown.
    /// </returns>
    public Task<IReadOnlyList<LinkRemark>?> ShowAsync(ViewSession session, Comment comment, object by) =>
        sessions.ShowAsync(session, session.Asks.Whole(), comment.View, by, default);

    private Task<string?> WriteAsync(
        ViewSession session, ClaimsPrincipal user, string text, string thread, Site? site, string? draft, Action<string>? warn) =>
        TryAsync(session, user, async (_, by) =>
        {
            var written = await log.AddAsync(session.Dataset.Identity, new Comment
            {
                Id = "", Thread = thread, Text = text, Site = site?.Id ?? "", View = session.LinkOfNow, Hours = session.Current.View.Hours,
                AtUm = site is null ? Coordinates(session.Current.View.Focus) : [site.ZUm, site.YUm, site.XUm],
                Mentions = MentionText.Find(text, await PeopleAsync(session.Dataset.Identity)),
            }, draft, by, default);
            await TellAsync(session, written, written.Mentions, warn);
        });

    // The comment is kept by now: whoever reads that it failed writes it again.
    private async Task TellAsync(ViewSession session, Comment written, IEnumerable<Mention> named, Action<string>? warn)
    {
        Mention[] people = [.. named];
        if (!mails.IsOn || people.Length == 0)
        {
            return;
        }

        try
        {
            await MailAsync(session, written, people, warn);
        }
        catch (Exception e)
        {
            warn?.Invoke($"The comment is kept and marked as new for whom it names; no mail could be made: {failures.Tell(e)}");
        }
    }

    private async Task MailAsync(ViewSession session, Comment written, Mention[] named, Action<string>? warn)
    {
        var first = (await log.ListAsync(session.Dataset.Identity)).FirstOrDefault(c => c.Id == written.Thread);
        var site = first is not { Site.Length: > 0 } ? null
            : (await sites.ListAsync(session.Dataset.Identity)).FirstOrDefault(s => s.Id == first.Site)?.Label;
        var missed = mails.Tell(session.Dataset, written, site, named);
        if (missed.Count > 0)
        {
            warn?.Invoke($"The comment is kept. Too many mails wait, so that none goes to {string.Join(", ", missed.Select(m => m.Name))}; "
                + "the comment is marked as new for them.");
        }
    }

    private async Task<string?> TryAsync(ViewSession session, ClaimsPrincipal user, Func<DatasetGrant, Editor, Task> write)
    {
        try
        {
            if (session.Dataset.Kept is not null)
            {
                return "This page shows an earlier state of the dataset; comment in the present one.";
            }

            if (await access.GrantAsync(user, session.Dataset.Identity) is not { Role: >= DatasetRole.Annotate } grant)
            {
                return "Commenting is not open to you any more.";
            }

            budgets.Edit(ClientKeys.OfPage(user), 1);
            await write(grant, new Editor(user.PersonOf(), session.Edits));
            return null;
        }
        catch (Exception e)
        {
            return failures.Tell(e);
        }
    }

    private static double[] Coordinates(WorldPoint at) => [Math.Round(at.Z, 3), Math.Round(at.Y, 3), Math.Round(at.X, 3)];

    private async Task<IReadOnlyList<Mention>> PeopleAsync(DatasetIdentity dataset) =>
        await PeopleAsync(dataset, await log.ListAsync(dataset), default);

    // Members by themselves or by a group, who has shared the dataset by a link, and whoever has commented.
    private async Task<IReadOnlyList<Mention>> PeopleAsync(DatasetIdentity dataset, IReadOnlyList<Comment> comments, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var ids = db.Members.Where(m => m.DatasetIdentity == dataset.Value).Select(m => m.UserId)
            .Union(from g in db.DatasetGroups
                   join p in db.GroupMembers on g.GroupId equals p.GroupId
                   where g.DatasetIdentity == dataset.Value
                   select p.UserId);
        var makers = await db.Links.Where(l => l.DatasetIdentity == dataset.Value).Select(l => l.CreatedBy).Distinct().ToListAsync(ct);
        var sharers = makers.Select(m => Guid.TryParse(m, out var id) ? id : Guid.Empty).ToArray();
        var members = await db.Users.AsNoTracking().Where(u => ids.Contains(u.Id) || sharers.Contains(u.Id))
            .Select(u => new { u.Id, u.DisplayName }).ToListAsync(ct);
        return [.. members.Select(m => new Mention(m.Id.ToString(), m.DisplayName))
            .Concat(comments.Select(c => new Mention(c.AuthorKey, c.Author))).Where(m => m.Name.Length > 0)
            .DistinctBy(m => m.Key).OrderBy(m => m.Name, StringComparer.CurrentCultureIgnoreCase)];
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
