namespace DendriteViewer.Web.Accounts.Sessions;

/// <summary>
/// One sign-in of an account in one browser. Its cookie carries the id; a row that is ended, or is not there, lets nobody in.
/// </summary>
public sealed class AccountSession
{
    /// <summary>Key, which the cookie carries.</summary>
    public Guid Id { get; set; }

    /// <summary>The account.</summary>
    public Guid UserId { get; set; }

    /// <summary>When it began, Unix milliseconds.</summary>
    public long BegunAt { get; set; }

    /// <summary>When it was last used, to within some minutes, Unix milliseconds.</summary>
    public long LastSeenAt { get; set; }

    /// <summary>The network address that it began from.</summary>
    public required string Address { get; set; }

    /// <summary>The network that the address is of, as attempts to sign in are counted by: of IPv6 the /64.</summary>
    public required string Network { get; set; }

    /// <summary>The browser in plain words, as “Firefox on Linux”.</summary>
    public required string Browser { get; set; }

    /// <summary>How the person proved who they are, as “password and code”.</summary>
    public required string Way { get; set; }

    /// <summary>Whether another server vouches for the person, so that no second factor is asked for here.</summary>
    public bool IsExternal { get; set; }

    /// <summary>
    /// When the person last proved who they are, by signing in or again since, Unix milliseconds; 0 where a provider did not say when they
    /// signed in there.
    /// </summary>
    public long ConfirmedAt { get; set; }

    /// <summary>When it was ended, Unix milliseconds; null while it holds.</summary>
    public long? EndedAt { get; set; }

    /// <summary>Why it was ended; null while it holds.</summary>
    public SessionEnd? End { get; set; }
}
