namespace DendriteViewer.Web.Visitors;

/// <summary>A dataset that an owner opened to everybody, signed in or not. It is public while this row is there.</summary>
public sealed class PublicDataset
{
    /// <summary>The dataset's identity.</summary>
    public required string DatasetIdentity { get; set; }

    /// <summary>Since when, Unix milliseconds.</summary>
    public long Since { get; set; }

    /// <summary>The key of who opened it.</summary>
    public required string ByKey { get; set; }

    /// <summary>The name of who opened it.</summary>
    public required string ByName { get; set; }
}
