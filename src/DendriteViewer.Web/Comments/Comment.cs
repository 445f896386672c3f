using DendriteViewer.Web.Annotations;

namespace DendriteViewer.Web.Comments;

/// <summary>Somebody whom a comment names.</summary>
/// <param name="Key">Key of their account.</param>
/// <param name="Name">Their name as it stands in the text behind @.</param>
public sealed record Mention(string Key, string Name);

/// <summary>
/// One comment. The first of a thread says what the thread is about, a site at all its times or a view; each keeps the view that its author
/// had, so that others can see what they saw.
/// </summary>
public sealed record Comment : IEdited<Comment>
{
    /// <summary>Stable id.</summary>
    public required string Id { get; init; }

    /// <summary>Counts the edits of this comment from 1.</summary>
    public int Version { get; init; }

    /// <summary>The id of the thread's first comment; its own where it is that.</summary>
    public required string Thread { get; init; }

    /// <summary>What is said: 1 to 4000 characters.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whom the text names.</summary>
    public IReadOnlyList<Mention> Mentions { get; init; } = [];

    /// <summary>The site that the thread is about; empty where it is about a view, and in replies.</summary>
    public string Site { get; init; } = "";

    /// <summary>The view that its author had, as the address has it behind '?'.</summary>
    public string View { get; init; } = "";

    /// <summary>Where its author looked, z, y, x in µm: the crosshair, or the site.</summary>
    public double[] AtUm { get; init; } = [];

    /// <summary>Hours of the scan that its author saw.</summary>
    public double Hours { get; init; }

    /// <summary>Whether the thread is resolved; only the first comment's counts.</summary>
    public bool IsResolved { get; init; }

    /// <summary>Who resolved it, or opened it again; empty where nobody did.</summary>
    public string ResolvedBy { get; init; } = "";

    /// <summary>Who wrote it.</summary>
    public string Author { get; init; } = "";

    /// <summary>Key of who wrote it: an account, or a guest of a link.</summary>
    public string AuthorKey { get; init; } = "";

    /// <summary>When it was written, Unix milliseconds.</summary>
    public long At { get; init; }

    /// <summary>When its text was changed after that, Unix milliseconds; null where it was not.</summary>
    public long? RewrittenAt { get; init; }

    /// <summary>When anything of it was last changed, Unix milliseconds.</summary>
    public long ChangedAt { get; init; }

    /// <summary>Whether it was deleted; the log keeps it.</summary>
    public bool Deleted { get; init; }

    /// <summary>Whether it is the first of its thread.</summary>
    internal bool IsFirst => Thread == Id;

    /// <inheritdoc/>
    public Comment AtVersion(int version, long? changedAt = null) => this with { Version = version, ChangedAt = changedAt ?? ChangedAt };

    /// <inheritdoc/>
    public Comment AsDeleted() => this with { Deleted = true };
}

/// <summary>One edit of one comment.</summary>
public sealed class CommentEdit : EditRow
{
    /// <summary>The comment.</summary>
    public required string CommentId { get; set; }
}

/// <summary>How far somebody has read a thread, and when they were mailed of it.</summary>
public sealed class CommentReading
{
    /// <summary>The dataset's identity.</summary>
    public required string DatasetIdentity { get; set; }

    /// <summary>Key of who read.</summary>
    public required string Reader { get; set; }

    /// <summary>The thread.</summary>
    public required string Thread { get; set; }

    /// <summary>When the last comment was written that they have read, Unix milliseconds.</summary>
    public long ReadTo { get; set; }

    /// <summary>When they were last mailed that a comment of it names them, Unix milliseconds; 0 for never.</summary>
    public long MailedAt { get; set; }
}
