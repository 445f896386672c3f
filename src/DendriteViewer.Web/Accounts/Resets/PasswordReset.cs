namespace DendriteViewer.Web.Accounts.Resets;

/// <summary>A link by which a person chooses a new password, once. Here is only the hash of its token.</summary>
public sealed class PasswordReset
{
    /// <summary>SHA-256 of the token, hexadecimal.</summary>
    public required string TokenHash { get; set; }

    /// <summary>Whose password it is.</summary>
    public Guid UserId { get; set; }

    /// <summary>
    /// Whether it was mailed to the account's address, so that whoever uses it has that address; one that an administrator hands over
    /// proves nothing of the kind.
    /// </summary>
    public bool IsMailed { get; set; }

    /// <summary>When it was made, Unix milliseconds.</summary>
    public long MadeAt { get; set; }

    /// <summary>When it ends, Unix milliseconds.</summary>
    public long ExpiresAt { get; set; }
}
