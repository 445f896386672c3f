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

    /// <summary>The view, as the address bar has it after '?'. The maker of a following link may move it to another.</summary>
    public required string Query { get; set; }

    /// <summary>Whether it shows what is there now, or what was there when it was made.</summary>
    public LinkKind Kind { get; set; }

    /// <summary>Whether only the first who opens it gets in.</summary>
    public bool IsOneTime { get; set; }

    /// <summary>Of a one-time link: the mark of the guest who opened it; null while nobody did.</summary>
    public string? TakenBy { get; set; }

    /// <summary>Whether other sites may show it in a frame, and which: origins with a space between; null for none.</summary>
    public string? EmbedOrigins { get; set; }

    /// <summary>How often it was opened.</summary>
    public int Openings { get; set; }

    /// <summary>When it was opened last, Unix milliseconds, or null for never.</summary>
    public long? LastUsedAt { get; set; }

    /// <summary>The key of the account that made it; it is open for as long as that account may share the dataset.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>When it was made, Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>When it ends, Unix milliseconds, or null for never.</summary>
    public long? ExpiresAt { get; set; }

    /// <summary>When it was revoked, Unix milliseconds, or null.</summary>
    public long? RevokedAt { get; set; }
}

/// <summary>What a link shows.</summary>
public enum LinkKind
{
    /// <summary>The dataset as it is when the link is opened.</summary>
    Following,

    /// <summary>The dataset as it was when the link was made, so that it can be cited.</summary>
    Frozen,
}

/// <summary>One view to which a following link pointed.</summary>
public sealed class LinkMove
{
    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>The link.</summary>
    public Guid LinkId { get; set; }

    /// <summary>The view that it pointed to until it was moved.</summary>
    public required string Query { get; set; }

    /// <summary>When it was moved away from there, Unix milliseconds.</summary>
    public long At { get; set; }

    /// <summary>Who moved it.</summary>
    public required string ByName { get; set; }
}

/// <summary>A part of what a frozen link keeps: the dataset's manifest, an analysis's result.</summary>
public sealed class LinkSnapshot
{
    /// <summary>The link.</summary>
    public Guid LinkId { get; set; }

    /// <summary>Which part it is.</summary>
    public required string Part { get; set; }

    /// <summary>The part, compressed by gzip.</summary>
    public required byte[] Content { get; set; }
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
public sealed record ListedLink(ShareLink Link, LinkEnd? End)
{
    /// <summary>Whether it pointed to another view before.</summary>
    public bool WasMoved { get; init; }
}
