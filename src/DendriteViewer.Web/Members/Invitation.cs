using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Members;

/// <summary>
/// An owner's invitation to become a member of one dataset. Its token is known to who made it and to whom it was handed; here is only the
/// hash. It is accepted once.
/// </summary>
public sealed class Invitation
{
    /// <summary>Key.</summary>
    public Guid Id { get; set; }

    /// <summary>SHA-256 of the token, hexadecimal.</summary>
    public required string TokenHash { get; set; }

    /// <summary>The dataset's identity.</summary>
    public required string DatasetIdentity { get; set; }

    /// <summary>The id under which that dataset is found while it exists.</summary>
    public required string DatasetId { get; set; }

    /// <summary>What the dataset was called when the invitation was made.</summary>
    public required string DatasetName { get; set; }

    /// <summary>What who accepts may do.</summary>
    public DatasetRole Role { get; set; }

    /// <summary>
    /// The only address that may accept, or null for whoever holds the link first: who gives an address on its page binds it to that.
    /// </summary>
    public string? Email { get; set; }

    /// <summary>
    /// The account that may accept although nobody confirmed its address: the one that was made by this invitation, or that of the address
    /// which its holder gave where its owner had bound it to none. Null for none.
    /// </summary>
    public Guid? AccountId { get; set; }

    /// <summary>The account that made it; it is open for as long as that account owns the dataset or is an administrator's.</summary>
    public Guid CreatedBy { get; set; }

    /// <summary>The name of who made it.</summary>
    public required string CreatedByName { get; set; }

    /// <summary>When it was made, Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>When it ends, Unix milliseconds.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>When it was revoked, Unix milliseconds, or null.</summary>
    public long? RevokedAt { get; set; }

    /// <summary>When somebody accepted it, Unix milliseconds, or null.</summary>
    public long? UsedAt { get; set; }

    /// <summary>The name of who accepted it, or null.</summary>
    public string? UsedBy { get; set; }
}

/// <summary>Why an invitation cannot be accepted any more.</summary>
public enum InvitationEnd
{
    /// <summary>Somebody accepted it.</summary>
    Used,

    /// <summary>An owner revoked it.</summary>
    Revoked,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Who made it does not own the dataset any more.</summary>
    MakerMayNotInvite,

    /// <summary>The dataset was deleted.</summary>
    DatasetDeleted,
}

/// <summary>An invitation as owners see it in the list.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="End">Why it cannot be accepted any more; null while it can.</param>
public sealed record ListedInvitation(Invitation Invitation, InvitationEnd? End);
