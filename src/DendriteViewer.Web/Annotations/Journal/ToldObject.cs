using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Data;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>What an entry did to an annotation as a whole.</summary>
public enum ObjectChange
{
    /// <summary>It was made.</summary>
    Made,

    /// <summary>Some of its fields were changed.</summary>
    Changed,

    /// <summary>It was deleted.</summary>
    Deleted,

    /// <summary>It had been deleted, and was there again.</summary>
    Revived,
}

/// <summary>What an entry did to one annotation, for a history of the dataset.</summary>
/// <param name="Kind">The kind of annotation.</param>
/// <param name="Id">The annotation.</param>
/// <param name="Name">What it was called after the entry.</param>
/// <param name="Version">The version that the entry made of it.</param>
/// <param name="Change">What became of it.</param>
public sealed record ToldObject(string Kind, string Id, string Name, int Version, ObjectChange Change)
{
    /// <summary>What was changed of it; none of one that was made or deleted, or whose values are not told.</summary>
    public IReadOnlyList<FieldChange> Changes { get; init; } = [];

    /// <summary>The names of the groups of fields that <see cref="Changes"/> are of, in order; also where values are not told.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The query of a view that shows it where it was; empty where there is none.</summary>
    public string View { get; init; } = "";

    /// <summary>Whether it is now as the entry left it.</summary>
    public bool IsNow { get; init; }

    /// <summary>Whether it is deleted now.</summary>
    public bool IsGone { get; init; }
}

/// <summary>A kind of annotation whose entries a history tells.</summary>
public interface IToldKind
{
    /// <summary>Its name in entries.</summary>
    string Kind { get; }

    /// <summary>What entries of the kind did to annotations, by the entry's number.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="numbers">The entries; each of a few annotations.</param>
    /// <param name="ct">Stops it.</param>
    Task<IReadOnlyDictionary<long, IReadOnlyList<ToldObject>>> ToldAsync(
        DatasetIdentity dataset, IReadOnlyCollection<long> numbers, CancellationToken ct);

    /// <summary>The entries that changed an annotation, to be asked for with others.</summary>
    IQueryable<long> NumbersOf(DendriteDb db, DatasetIdentity dataset, string id);

    /// <summary>What an annotation is called now, or was when it was deleted; null where there was never one.</summary>
    Task<string?> NameAsync(DatasetIdentity dataset, string id, CancellationToken ct);
}
