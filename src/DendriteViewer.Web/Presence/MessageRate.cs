namespace DendriteViewer.Web.Presence;

/// <summary>How many messages one connection may send: some at once, then so many a second. Not safe for several threads at once.</summary>
/// <param name="burst">At once.</param>
/// <param name="perSecond">A second, in the long run.</param>
/// <param name="time">The clock.</param>
public sealed class MessageRate(double burst, double perSecond, TimeProvider time)
{
    // What was used of the burst and has not come back, and when that was counted.
    private double _used;
    private long _at = time.GetTimestamp();

    /// <summary>Counts a message; false where there were too many.</summary>
    public bool TryTake()
    {
        var now = time.GetTimestamp();
        _used = Math.Max(0, _used - perSecond * time.GetElapsedTime(_at, now).TotalSeconds);
        _at = now;
        if (_used + 1 > burst)
        {
            return false;
        }

        _used++;
        return true;
    }
}
