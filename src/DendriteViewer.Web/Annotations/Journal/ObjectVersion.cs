namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>What one edit did to one field.</summary>
/// <param name="Field">What people call it.</param>
/// <param name="Before">The value before, shortened, a list as its length; empty where there was none.</param>
/// <param name="After">The value after, so too; uncut, a list in lines, where a whole state is described.</param>
public sealed record FieldChange(string Field, string Before, string After);

/// <summary>One version of one annotation.</summary>
/// <param name="Version">Counts the edits of the annotation from 1.</param>
/// <param name="Number">The entry of the dataset's journal that made it.</param>
/// <param name="ByName">Who made it.</param>
/// <param name="At">When, Unix milliseconds.</param>
/// <param name="What">Why.</param>
/// <param name="Of">The entry that was taken back or restored; null of an edit.</param>
/// <param name="IsDeleted">Whether it is a deletion.</param>
/// <param name="Changes">What it changed; empty for the first.</param>
public sealed record ObjectVersion(
    int Version, long Number, string ByName, long At, EditWhat What, long? Of, bool IsDeleted, IReadOnlyList<FieldChange> Changes)
{
    /// <summary>What people edit of it, as the version left it; <see cref="FieldChange.Before"/> is empty.</summary>
    public IReadOnlyList<FieldChange> Whole { get; init; } = [];
}
