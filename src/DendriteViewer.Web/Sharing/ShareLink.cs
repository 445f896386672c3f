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

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>When it was made, Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>When it ends, Unix milliseconds, or null for never.</summary>
    public long? ExpiresAt { get; set; }

    /// <summary>When it was revoked, Unix milliseconds, or null.</summary>
    public long? RevokedAt { get; set; }

    /// <summary>Whether the link lets anybody in now.</summary>
    public bool IsValid(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > now.ToUnixTimeMilliseconds());
}
