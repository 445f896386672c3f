namespace DendriteViewer.Web.Comments;

/// <summary>What a comment may be. Nothing is cut: what cannot be is refused with a sentence.</summary>
public static class CommentRules
{
    /// <summary>Characters that a comment has at most.</summary>
    public const int MostText = 4000;

    /// <summary>Characters of a view's text at most, as of a bookmark's.</summary>
    public const int MostView = Bookmarks.BookmarkRules.MostView;

    /// <summary>People whom one comment names at most.</summary>
    public const int MostMentions = 50;

    /// <summary>Comments of a thread at most, deleted ones included.</summary>
    public const int MostOfThread = 500;

    /// <summary>Comments of a dataset at most, deleted ones included.</summary>
    public const int MostOfDataset = 20_000;

    /// <summary>Refuses a draft that is sent again with another text than it was written with.</summary>
    public const string SentBefore = "This was sent before, with the text that it had then; see the comment in its thread. Send it again "
        + "to write this as another comment, or discard it here and change the comment there.";

    /// <summary>Refuses a draft that is sent again after its comment was deleted.</summary>
    public const string SentAndDeleted =
        "This was sent before, and the comment has been deleted since. Send it again to write it as another one, or discard it.";

    /// <summary>What is wrong with a text, or null.</summary>
    public static string? ProblemOf(string? text) => text?.Trim() switch
    {
        null or "" => "Write something first.",
        { Length: > MostText } t => $"A comment has at most {MostText} characters; this has {t.Length}.",
        var t when t.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) =>
            "There is a character in it that cannot be shown; take it out.",
        _ => null,
    };

    /// <summary>The text as it is kept.</summary>
    /// <exception cref="ArgumentException">It cannot be; the sentence says why.</exception>
    public static string Check(string? text) => ProblemOf(text) is { } problem
        ? throw new ArgumentException(problem)
        : text!.Trim().ReplaceLineEndings("\n");
}
