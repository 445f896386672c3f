namespace DendriteViewer.Web.Comments;

/// <summary>A piece of a comment's text.</summary>
/// <param name="Text">The piece.</param>
/// <param name="Mention">Whom it names; null of other text.</param>
public sealed record TextPiece(string Text, Mention? Mention);

/// <summary>Finds the names behind @ in a text. Names may have spaces, so the longest name that fits is meant.</summary>
public static class MentionText
{
    /// <summary>Whom a text names, each once, in the order in which they are first named.</summary>
    /// <param name="text">The text.</param>
    /// <param name="people">Who can be named.</param>
    public static IReadOnlyList<Mention> Find(string text, IReadOnlyList<Mention> people) =>
        [.. Split(text, people).Select(p => p.Mention).OfType<Mention>().DistinctBy(m => m.Key).Take(CommentRules.MostMentions)];

    /// <summary>A text in pieces, which put together are the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="people">Whom it may name.</param>
    public static IReadOnlyList<TextPiece> Split(string text, IReadOnlyList<Mention> people)
    {
        var pieces = new List<TextPiece>();
        var (begin, at) = (0, 0);
        while ((at = text.IndexOf('@', at)) >= 0)
        {
            var named = IsWord(text, at - 1) ? null : Longest(text, at + 1, people);
            if (named is null)
            {
                at++;
                continue;
            }

            if (at > begin)
            {
                pieces.Add(new TextPiece(text[begin..at], null));
            }

            var end = at + 1 + named.Name.Length;
            pieces.Add(new TextPiece(text[at..end], named));
            (begin, at) = (end, end);
        }

        if (begin < text.Length)
        {
            pieces.Add(new TextPiece(text[begin..], null));
        }

        return pieces;
    }

    // The longest name that stands at a place and ends there: “@Ann” is not in “@Anna”.
    private static Mention? Longest(string text, int at, IReadOnlyList<Mention> people)
    {
        Mention? longest = null;
        foreach (var person in people)
        {
            if (person.Name.Length > (longest?.Name.Length ?? 0) && !IsWord(text, at + person.Name.Length)
                && string.Compare(text, at, person.Name, 0, person.Name.Length, StringComparison.OrdinalIgnoreCase) == 0)
            {
                longest = person;
            }
        }

        return longest;
    }

    private static bool IsWord(string text, int at) => at >= 0 && at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_');
}
