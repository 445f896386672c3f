namespace DendriteViewer.Web.Comments;

/// <summary>A thread as somebody sees it.</summary>
/// <param name="First">What it begins with, and what it is about.</param>
/// <param name="Replies">What was answered, oldest first.</param>
/// <param name="Unread">How many of its comments others wrote and the reader has not seen.</param>
/// <param name="MentionsReader">Whether one of those that are unread names the reader.</param>
public sealed record CommentThread(Comment First, IReadOnlyList<Comment> Replies, int Unread, bool MentionsReader)
{
    /// <summary>All comments, oldest first.</summary>
    public IEnumerable<Comment> All => Replies.Prepend(First);

    /// <summary>When the last comment was written.</summary>
    public long LastAt => All.Max(c => c.At);

    /// <summary>Puts comments together to threads, that with the newest comment first. Replies of a thread whose first comment was
    /// deleted are left out with it.</summary>
    /// <param name="comments">Comments that are not deleted.</param>
    /// <param name="reader">Key of who reads.</param>
    /// <param name="readTo">How far they have read each thread.</param>
    public static IReadOnlyList<CommentThread> Of(
        IEnumerable<Comment> comments, string reader, IReadOnlyDictionary<string, long> readTo) =>
        [.. comments.GroupBy(c => c.Thread).Where(t => t.Any(c => c.IsFirst)).Select(t =>
        {
            var unread = t.Where(c => c.AuthorKey != reader && c.At > readTo.GetValueOrDefault(t.Key)).ToArray();
            return new CommentThread(
                t.First(c => c.IsFirst), [.. t.Where(c => !c.IsFirst).OrderBy(c => c.At).ThenBy(c => c.Id, StringComparer.Ordinal)],
                unread.Length, unread.Any(c => c.Mentions.Any(m => m.Key == reader)));
        }).OrderByDescending(t => t.LastAt).ThenBy(t => t.First.Id, StringComparer.Ordinal)];
}
