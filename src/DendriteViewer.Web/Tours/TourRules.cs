using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Web.Tours;

/// <summary>What a tour may be. Nothing is cut: what is too long is refused with a sentence.</summary>
public static class TourRules
{
    /// <summary>Characters that a title has at most.</summary>
    public const int MostTitle = 100;

    /// <summary>Characters that a text has at most.</summary>
    public const int MostText = 2000;

    /// <summary>Steps that a tour has at most.</summary>
    public const int MostSteps = 40;

    /// <summary>Tours that a dataset has at most.</summary>
    public const int MostOfOne = 50;

    /// <summary>Characters of a view's text at most, as of a bookmark's.</summary>
    public const int MostView = Bookmarks.BookmarkRules.MostView;

    /// <summary>How long a step is shown at first.</summary>
    public const double UsualSeconds = 6;

    /// <summary>How long a step is shown.</summary>
    public static readonly NumberRange Seconds = new("The time of a step", 1, 600, "s");

    /// <summary>The tour as it is kept.</summary>
    /// <exception cref="TourException">It cannot be; the sentence says why.</exception>
    public static TourContent Check(TourContent content)
    {
        CheckTitle("The tour's title", content.Title, mayBeEmpty: false);
        CheckText(content.Text);
        if (content.Steps.Count > MostSteps)
        {
            throw new TourException($"A tour has at most {MostSteps} steps.");
        }

        foreach (var step in content.Steps)
        {
            CheckTitle("A step's title", step.Title, mayBeEmpty: true);
            CheckText(step.Text);
            Seconds.Check(step.Seconds);
            if (step.View.Length is 0 or > MostView)
            {
                throw new TourException(
                    $"This view has too many colours and labels for a tour: its text has {step.View.Length} characters, and an address "
                    + $"carries at most {MostView}. Use a simpler transfer function.");
            }
        }

        return content with
        {
            Title = content.Title.Trim(), Text = content.Text.Trim(),
            Steps = [.. content.Steps.Select(s => s with { Title = s.Title.Trim(), Text = s.Text.Trim() })],
        };
    }

    private static void CheckTitle(string what, string title, bool mayBeEmpty)
    {
        if (title.Trim().Length > MostTitle || title.Any(char.IsControl) || (!mayBeEmpty && title.Trim().Length == 0))
        {
            throw new TourException($"{what} is one line of {(mayBeEmpty ? "at most" : "1 to")} {MostTitle} characters.");
        }
    }

    private static void CheckText(string text)
    {
        if (text.Trim().Length > MostText)
        {
            throw new TourException($"A text of a tour has at most {MostText} characters; this has {text.Trim().Length}.");
        }
    }
}

/// <summary>A tour that cannot be kept, changed or found.</summary>
/// <param name="message">The sentence that says why.</param>
/// <param name="inner">What it came from.</param>
public sealed class TourException(string message, Exception? inner = null) : ArgumentException(message, inner);
