using DendriteViewer.Web.Annotations.Journal;

namespace DendriteViewer.Web.Annotations;

/// <summary>What one edit left of one annotation, as the database keeps it. Rows are only ever added.</summary>
public abstract class EditRow
{
    /// <summary>Order in which rows of the kind were written.</summary>
    public long Sequence { get; set; }

    /// <summary>The dataset's identity.</summary>
    public required string DatasetIdentity { get; set; }

    /// <summary>The entry of the dataset's journal that it belongs to (<see cref="EditEntry.Number"/>).</summary>
    public long Number { get; set; }

    /// <summary>The annotation's version that this edit made; two edits cannot make the same.</summary>
    public int Version { get; set; }

    /// <summary>The version that the editor began from; an earlier one than the last where fields were merged.</summary>
    public int BaseVersion { get; set; }

    /// <summary>The whole annotation after the edit, JSON.</summary>
    public required string State { get; set; }

    /// <summary>Who edited: account or link.</summary>
    public required string ByKey { get; set; }

    /// <summary>Who edited, for people.</summary>
    public required string ByName { get; set; }

    /// <summary>When, Unix milliseconds.</summary>
    public long At { get; set; }
}
