namespace DendriteViewer.Web.Bookmarks;

/// <summary>What a bookmark may be. Nothing is cut: what is too long is refused with a sentence.</summary>
public static class BookmarkRules
{
    /// <summary>Characters that a name has at most.</summary>
    public const int MostName = 100;

    /// <summary>Characters that a note has at most.</summary>
    public const int MostNote = 1000;

    /// <summary>
    /// Characters of a view's text at most: with the rest of an address they fit into the 8 KiB of a request's first line that servers and
    /// proxies take.
    /// </summary>
    public const int MostView = 7000;

    /// <summary>Bookmarks that a person has of one dataset at most.</summary>
    public const int MostOfOne = 200;

    /// <summary>Shared bookmarks of others that a dataset's list shows at most, newest first.</summary>
    public const int MostShared = 500;

    /// <summary>Bookmarks that the list shows at first, and as many more each time that somebody asks for more.</summary>
    public const int MostShown = 50;

    /// <summary>What is wrong with a name, or null.</summary>
    public static string? ProblemOfName(string? name) => name?.Trim() switch
    {
        null or "" => "Give the bookmark a name.",
        { Length: > MostName } n => $"A bookmark's name has at most {MostName} characters; this has {n.Length}.",
        var n when n.Any(char.IsControl) => "A bookmark's name is one line.",
        _ => null,
    };

    /// <summary>What is wrong with a note, or null.</summary>
    public static string? ProblemOfNote(string? note) =>
        note?.Trim() is { Length: > MostNote } n ? $"A bookmark's note has at most {MostNote} characters; this has {n.Length}." : null;

    /// <summary>The text as it is kept.</summary>
    /// <exception cref="BookmarkException">It cannot be; the sentence says why.</exception>
    public static BookmarkText Check(BookmarkText text) =>
        (ProblemOfName(text.Name) ?? ProblemOfNote(text.Note)) is { } problem
            ? throw new BookmarkException(problem)
            : text with { Name = text.Name.Trim(), Note = text.Note.Trim() };
}

/// <summary>A bookmark that cannot be kept, changed or found.</summary>
/// <param name="message">The sentence that says why.</param>
/// <param name="inner">What it came from.</param>
public sealed class BookmarkException(string message, Exception? inner = null) : ArgumentException(message, inner);
