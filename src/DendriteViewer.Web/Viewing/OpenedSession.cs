namespace DendriteViewer.Web.Viewing;

/// <summary>
/// The session that began with the page by which a browser opened a dataset. Only the first viewer of the page's circuit gets it: who
/// goes to another page and comes back begins a view anew.
/// </summary>
/// <param name="session">Its name, or null where the page opened no dataset.</param>
public sealed class OpenedSession(string? session)
{
    private string? _session = session;

    /// <summary>The session's name the first time, else null.</summary>
    public string? Take() => Interlocked.Exchange(ref _session, null);
}
