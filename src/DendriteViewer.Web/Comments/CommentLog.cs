using System.Collections.Immutable;
using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Comments;

/// <summary>
/// The comments of every dataset. Whoever calls has been authorized to annotate; what belongs to one person is asked here.
/// </summary>
/// <param name="database">Where the log is kept.</param>
/// <param name="time">The clock.</param>
/// <param name="journal">The server's journal; null for one of its own.</param>
public sealed class CommentLog(IDbContextFactory<DendriteDb> database, TimeProvider time, EditJournal? journal = null)
    : EditLog<Comment, CommentEdit>(database, journal, time, "comment")
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);
    private readonly TimeProvider _time = time;

    /// <summary>How comments are written.</summary>
    public static JsonSerializerOptions Json => s_json;

    /// <inheritdoc/>
    protected override JsonSerializerOptions Options => s_json;

    /// <inheritdoc/>
    protected override string IdColumn => nameof(CommentEdit.CommentId);

    // Who deletes or rewrites a comment does not expect to find its text in a history.
    /// <inheritdoc/>
    protected override bool TellsValues => false;

    /// <inheritdoc/>
    protected override string ViewOf(Comment item) => item.View;

    /// <inheritdoc/>
    protected override FieldRules Fields { get; } = new(
        ["id", "version", "thread", "site", "view", "atUm", "hours", "author", "authorKey", "at", "changedAt", "deleted"],
        new FieldGroup("text", "text") { Derived = ["mentions", "rewrittenAt"] },
        new FieldGroup("resolved", "isResolved") { Derived = ["resolvedBy"] });

    /// <summary>The comments that are not deleted, oldest first.</summary>
    public async Task<IReadOnlyList<Comment>> ListAsync(DatasetIdentity dataset, CancellationToken ct = default) =>
        [.. (await CurrentAsync(dataset, ct)).OrderBy(c => c.At).ThenBy(c => c.Id, StringComparer.Ordinal)];

    /// <summary>Begins a thread, or answers in one.</summary>
    /// <param name="dataset">In what.</param>
    /// <param name="wanted">Text, mentions, site, view and hours; a thread's id where it is an answer. The server sets the rest.</param>
    /// <param name="by">Who writes.</param>
    /// <param name="ct">Gives up before the write.</param>
    /// <exception cref="ArgumentException">It cannot be kept; the sentence says why.</exception>
    /// <exception cref="EditConflictException">The thread is not there any more.</exception>
    public Task<Comment> AddAsync(DatasetIdentity dataset, Comment wanted, Editor by, CancellationToken ct) =>
        AddAsync(dataset, wanted, draft: null, by, ct);

    /// <summary>
    /// As above, of a draft: however often it is sent, it is one comment. Who sends it again, since the answer was lost, gets the comment
    /// that there is.
    /// </summary>
    /// <param name="dataset">In what.</param>
    /// <param name="wanted">Text, mentions, site, view and hours; a thread's id where it is an answer. The server sets the rest.</param>
    /// <param name="draft">The draft's key, 8 to 40 letters and digits; null where it cannot come twice.</param>
    /// <param name="by">Who writes.</param>
    /// <param name="ct">Gives up before the write.</param>
    /// <exception cref="ArgumentException">
    /// It cannot be kept; the sentence says why. <see cref="CommentRules.SentBefore"/> and <see cref="CommentRules.SentAndDeleted"/> where
    /// the draft was written before and is another now.
    /// </exception>
    /// <exception cref="EditConflictException">The thread is not there any more.</exception>
    public async Task<Comment> AddAsync(DatasetIdentity dataset, Comment wanted, string? draft, Editor by, CancellationToken ct)
    {
        if (draft is not null && (draft.Length is < 8 or > 40 || !draft.All(char.IsAsciiLetterOrDigit)))
        {
            throw new ArgumentException("The key of a draft is 8 to 40 letters and digits.");
        }


        var text = CommentRules.Check(wanted.Text);
        if (wanted.View.Length > CommentRules.MostView)
        {
            throw new ArgumentException("This view has too many points to be kept with a comment; choose a simpler transfer function.");
        }

        var id = NewId();
        var written = await WriteAsync(dataset, by, board =>
        {
            if (board.Count >= CommentRules.MostOfDataset)
            {
                throw new ArgumentException($"A dataset holds at most {CommentRules.MostOfDataset} comments, deleted ones included.");
            }

            if (wanted.Thread.Length > 0)
            {
                Existing(board, wanted.Thread);
                if (board.Values.Count(c => c.Thread == wanted.Thread) >= CommentRules.MostOfThread)
                {
                    throw new ArgumentException($"A thread holds at most {CommentRules.MostOfThread} comments; begin another.");
                }
            }

            return [wanted with
            {
                Id = id, Thread = wanted.Thread.Length > 0 ? wanted.Thread : id, Text = text,
                Site = wanted.Thread.Length > 0 ? "" : wanted.Site,
                Author = by.Person.Name, AuthorKey = by.Person.Key, At = _time.GetUtcNow().ToUnixTimeMilliseconds(),
                Deleted = false, IsResolved = false, ResolvedBy = "", RewrittenAt = null,
            }];
        }, new EditNote("write") { Key = draft is null ? null : $"comment-{draft}" }, ct);
        if (!written.IsRepeat)
        {
            return written.Items[0];
        }

        var now = (await BoardAsync(dataset, ct))[written.Items[0].Id];
        return now.Deleted ? throw new ArgumentException(CommentRules.SentAndDeleted)
            : written.Items[0].Text == text ? now : throw new ArgumentException(CommentRules.SentBefore);
    }

    /// <summary>Gives a comment of one's own another text.</summary>
    /// <exception cref="ArgumentException">The text cannot be, or the comment is somebody else's.</exception>
    /// <exception cref="EditConflictException">It is not there any more.</exception>
    public async Task<Comment> RewriteAsync(
        DatasetIdentity dataset, string id, string text, IReadOnlyList<Mention> mentions, Editor by, CancellationToken ct)
    {
        text = CommentRules.Check(text);
        return (await EditAsync(dataset, by, board => Existing(board, id) is var now && now.AuthorKey == by.Person.Key
            ? [now with { Text = text, Mentions = mentions, RewrittenAt = _time.GetUtcNow().ToUnixTimeMilliseconds() }]
            : throw new ArgumentException("Only who wrote a comment may change its text."), "rewrite", ct))[0];
    }

    /// <summary>Resolves a thread, or opens it again. Where it is so already nothing is written.</summary>
    /// <exception cref="EditConflictException">It is not there any more.</exception>
    public Task ResolveAsync(DatasetIdentity dataset, string thread, bool isResolved, Editor by, CancellationToken ct) =>
        EditAsync(dataset, by, board => Existing(board, thread) is var now && now.IsResolved != isResolved
            ? [now with { IsResolved = isResolved, ResolvedBy = by.Person.Name }] : [], isResolved ? "resolve" : "open again", ct);

    /// <summary>Deletes a comment; the first of a thread takes the thread along. The log keeps them, and undo brings them back.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="id">Which.</param>
    /// <param name="mayDeleteOthers">Whether they may delete what others wrote.</param>
    /// <param name="by">Who deletes.</param>
    /// <param name="ct">Gives up before the write.</param>
    /// <exception cref="ArgumentException">It is somebody else's, or others have answered.</exception>
    /// <exception cref="EditConflictException">It is not there any more.</exception>
    public Task DeleteAsync(DatasetIdentity dataset, string id, bool mayDeleteOthers, Editor by, CancellationToken ct) =>
        EditAsync(dataset, by, board =>
        {
            var now = Existing(board, id);
            var along = now.IsFirst ? board.Values.Where(c => c.Thread == id && !c.Deleted).ToArray() : [now];
            return mayDeleteOthers || Array.TrueForAll(along, c => c.AuthorKey == by.Person.Key)
                ? [.. along.Select(c => c.AsDeleted())]
                : throw new ArgumentException(now.AuthorKey == by.Person.Key
                    ? "Others have answered, so this thread can be resolved, and deleted by a curator alone."
                    : "Only who wrote a comment, or a curator, may delete it.");
        }, "delete", ct);

    /// <inheritdoc/>
    protected override Comment Added(
        Dataset dataset, ImmutableDictionary<string, Comment> board, EditOp op, Editor by, AnnotationSchema schema) =>
        throw NotByOperation();

    /// <inheritdoc/>
    protected override Comment Judged(Dataset dataset, Comment after, Comment before, EditOp op, AnnotationSchema schema) =>
        throw NotByOperation();

    // Who may change what depends on who wrote it, which operations do not know.
    private static ArgumentException NotByOperation() => new("Comments are not written by operations.");

    /// <inheritdoc/>
    protected override Comment Nameless(Comment item) => item with { Author = "", AuthorKey = "", ResolvedBy = "", Mentions = [] };

    /// <inheritdoc/>
    protected override CommentEdit RowOf(DatasetIdentity dataset, Comment after, string state, Person by, long at) => new()
    {
        DatasetIdentity = dataset.Value, CommentId = after.Id, Version = after.Version, State = state, ByKey = by.Key, ByName = by.Name,
        At = at,
    };

    /// <inheritdoc/>
    protected override string IdOf(CommentEdit row) => row.CommentId;

    /// <inheritdoc/>
    protected override string NameOf(Comment item) => item.IsFirst ? "a comment" : "an answer";
}
