using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Sharing;

/// <summary>A short link to a view of one dataset. Its token is known to who made it; here is only the hash.</summary>
public sealed class ShareLink
{
    /// <summary>Key.</summary>
    public Guid Id { get; set; }

    /// <summary>SHA-256 of the token, hexadecimal.</summary>
    public required string TokenHash { get; set; }

    /// <summary>The identity of the dataset that the link opens, and no other.</summary>
    public required string DatasetIdentity { get; set; }

    /// <summary>The id under which that dataset is found while it exists.</summary>
    public required string DatasetId { get; set; }

    /// <summary>View or Annotate.</summary>
    public DatasetRole Role { get; set; }

    /// <summary>What the maker calls it.</summary>
    public required string Name { get; set; }

    /// <summary>The view, as the address bar has it after '?'.</summary>
    public required string Query { get; set; }

    /// <summary>The key of the account that made it; it is open for as long as that account may share the dataset.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>When it was made, Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>When it ends, Unix milliseconds, or null for never.</summary>
    public long? ExpiresAt { get; set; }

    /// <summary>When it was revoked, Unix milliseconds, or null.</summary>
    public long? RevokedAt { get; set; }
}

/// <summary>Why a link lets nobody in.</summary>
public enum LinkEnd
{
    /// <summary>Somebody revoked it.</summary>
    Revoked,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>The account that made it was removed.</summary>
    MakerRemoved,

    /// <summary>The account that made it is disabled; it is open again if that is enabled.</summary>
    MakerDisabled,

    /// <summary>Who made it may not share the dataset any more.</summary>
    MakerMayNotShare,
}

/// <summary>A link as the share dialog lists it.</summary>
/// <param name="Link">The link.</param>
/// <param name="End">Why it lets nobody in, or null while it is open.</param>
public sealed record ListedLink(ShareLink Link, LinkEnd? End);
