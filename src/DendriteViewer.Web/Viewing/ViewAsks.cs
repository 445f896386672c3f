namespace DendriteViewer.Web.Viewing;

/// <summary>
/// The order in which a page was asked for views. Something has to be read before some of them can be shown; what was asked for last is
/// shown, however long the reading of what was asked for before takes.
/// </summary>
public sealed class ViewAsks
{
    private readonly Lock _lock = new();

    // By part of a view the number of the ask for it that came last; all three are written under the lock.
    private readonly Dictionary<string, long> _parts = [];
    private long _count, _whole;

    /// <summary>Another view or another place is asked for; it takes the place of all that was asked for before.</summary>
    public ViewAsk Whole()
    {
        lock (_lock)
        {
            return new ViewAsk(this, null, _whole = ++_count);
        }
    }

    /// <summary>Another part of the view is asked for, as a layer over the scan; it takes the place of that part alone.</summary>
    /// <param name="part">Which part, by any name.</param>
    public ViewAsk Part(string part)
    {
        lock (_lock)
        {
            return new ViewAsk(this, part, _parts[part] = ++_count);
        }
    }

    internal bool IsLast(string? part, long number)
    {
        lock (_lock)
        {
            return _whole <= number && (part is null || _parts[part] == number);
        }
    }
}

/// <summary>One view, or part of one, that was asked for.</summary>
/// <param name="asks">The page's asks.</param>
/// <param name="part">The part; null for the whole view.</param>
/// <param name="number">Its place in their order.</param>
public sealed class ViewAsk(ViewAsks asks, string? part, long number)
{
    /// <summary>Whether nothing was asked for since that takes its place; what was read for it is shown only then.</summary>
    public bool IsLast => asks.IsLast(part, number);
}
