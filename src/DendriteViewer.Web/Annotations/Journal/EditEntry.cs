namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>Why an entry was written.</summary>
public enum EditWhat
{
    /// <summary>Somebody marked, changed or deleted something.</summary>
    Edit,

    /// <summary>A file was brought in, or findings of the analysis were proposed.</summary>
    Import,

    /// <summary>Somebody took an entry of their own back.</summary>
    Undo,

    /// <summary>Somebody made again what they had taken back.</summary>
    Redo,

    /// <summary>Somebody restored an earlier version.</summary>
    Restore,
}

/// <summary>
/// One entry of a dataset's journal: an edit of one or more annotations of one kind that was written whole or not at all. The states that
/// it left are the rows (<see cref="EditRow"/>) of its number in the table of its kind. Entries are only ever added.
/// </summary>
public sealed class EditEntry
{
    /// <summary>The dataset's identity.</summary>
    public required string DatasetIdentity { get; set; }

    /// <summary>The entry's place in the dataset's journal: 1, 2, 3 and so on, over all kinds, without gaps.</summary>
    public long Number { get; set; }

    /// <summary>
    /// What the client called the edit, so that the same edit sent twice is written once; unique within the dataset. Null where
    /// no client could send it twice.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>The kind of annotation: site, measurement, comment; schema of the labels and fields.</summary>
    public required string Kind { get; set; }

    /// <summary>Why it was written.</summary>
    public EditWhat What { get; set; }

    /// <summary>The entry that was taken back, made again or restored; null of an edit.</summary>
    public long? Of { get; set; }

    /// <summary>
    /// The first entry of the step that it is part of, where edits of several kinds were written as one, as an import of sites and
    /// annotations; of what takes such an entry back, the same. Null of an entry that is a step of its own.
    /// </summary>
    public long? Step { get; set; }

    /// <summary>What it did, for people, as “delete N3”.</summary>
    public required string Name { get; set; }

    /// <summary>How many annotations it changed.</summary>
    public int Count { get; set; }

    /// <summary>The page that it was made in, hashed, by which undo finds it again; empty where there was none.</summary>
    public string Page { get; set; } = "";

    /// <summary>Who edited: account or link.</summary>
    public required string ByKey { get; set; }

    /// <summary>Who edited, for people.</summary>
    public required string ByName { get; set; }

    /// <summary>When, Unix milliseconds.</summary>
    public long At { get; set; }
}
