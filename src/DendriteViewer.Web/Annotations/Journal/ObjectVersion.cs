namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>What one edit did to one field.</summary>
/// <param name="Field">What people call it.</param>
/// <param name="Before">The value before, shortened, a list as its length; empty where there was none.</param>
/// <param name="After">The value after, so too; uncut, a list in lines, where a whole state is described.</param>
public sealed record FieldChange(string Field, string Before, string After);

/// <summary>What restoring a version of an annotation would change.</summary>
/// <param name="Kind">The kind of annotation.</param>
/// <param name="Id">The annotation.</param>
/// <param name="Name">What it is called now.</param>
/// <param name="Version">The version that it would be again.</param>
/// <param name="Number">The entry of the dataset's journal that made that version.</param>
/// <param name="Seen">Its version now, so that what somebody changes meanwhile is not overwritten unseen.</param>
/// <param name="IsGone">Whether it is deleted now, and would be there again.</param>
/// <param name="IsSame">Whether it is as that version left it already.</param>
/// <param name="Changes">Which fields would change, from now to then; none of one that is deleted.</param>
public sealed record RestorePlan(
    string Kind, string Id, string Name, int Version, long Number, int Seen, bool IsGone, bool IsSame, IReadOnlyList<FieldChange> Changes);

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
