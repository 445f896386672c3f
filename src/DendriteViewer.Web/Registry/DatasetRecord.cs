namespace DendriteViewer.Web.Registry;

/// <summary>
/// A dataset that was seen in the store. Its record stays when it is deleted; members, links and sites of its identity are then archived.
/// </summary>
public sealed class DatasetRecord
{
    /// <summary>Which dataset it is; never used again.</summary>
    public required string Identity { get; set; }

    /// <summary>The id under which it is, or was, found.</summary>
    public required string DatasetId { get; set; }

    /// <summary>What people call it.</summary>
    public required string Name { get; set; }

    /// <summary>When it was first seen here, Unix milliseconds.</summary>
    public long SeenAt { get; set; }

    /// <summary>When somebody opened its viewer last, Unix milliseconds, to within minutes; null where nobody has yet.</summary>
    public long? OpenedAt { get; set; }

    /// <summary>When it was deleted, or was first missed, Unix milliseconds; null while it exists.</summary>
    public long? DeletedAt { get; set; }

    /// <summary>Who deleted it through this server; null while it exists, and where it was deleted otherwise.</summary>
    public string? DeletedBy { get; set; }
}
