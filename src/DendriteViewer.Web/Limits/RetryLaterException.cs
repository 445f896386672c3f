namespace DendriteViewer.Web.Limits;

/// <summary>What was asked for is refused for now: too much of it was asked for at once.</summary>
/// <param name="message">One sentence for whoever asked.</param>
/// <param name="after">When to ask again.</param>
public abstract class RetryLaterException(string message, TimeSpan after) : Exception(message)
{
    /// <summary>When to ask again.</summary>
    public TimeSpan After => after;
}
