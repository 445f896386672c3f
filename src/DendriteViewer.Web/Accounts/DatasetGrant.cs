using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Web.Accounts;

/// <summary>Somebody who does something that is kept.</summary>
/// <param name="Key">Stable key of the account or link.</param>
/// <param name="Name">What others see.</param>
public record Person(string Key, string Name);

/// <summary>
/// Somebody who proved a short while ago who they are. What hands out something that outlives a session takes one; only
/// <see cref="SignIn.Confirmations.RequireAsync"/> makes it, so that nobody hands it out by a browser that was left open.
/// </summary>
public sealed record ConfirmedPerson : Person
{
    internal ConfirmedPerson(Person person)
        : base(person)
    {
    }
}

/// <summary>What somebody may do with a dataset, and how they came to it.</summary>
/// <param name="Role">What they may do.</param>
/// <param name="IsMember">Whether by an account that is a member or administrator; else by a link alone, which may be in anybody's
/// hands.</param>
/// <param name="Account">Their account, whose session holds; null of a link's guest without one.</param>
public sealed record DatasetGrant(DatasetRole Role, bool IsMember, Guid? Account = null)
{
    /// <summary>Whether the names of those who work here are shown: to members, and to guests who work with them.</summary>
    public bool SeesNames => IsMember || Role >= DatasetRole.Annotate;

    /// <summary>
    /// Whether what was overwritten and deleted, and who did it, is shown: to members who annotate, never to who holds a link alone.
    /// </summary>
    public bool SeesLog => IsMember && Role >= DatasetRole.Annotate;

    /// <summary>Whether they may look for no other reason than that the dataset is open to everybody.</summary>
    public bool IsPublic { get; init; }

    /// <summary>
    /// Where frozen links alone let them look, the one that they opened last: they see the state that it keeps, unless they ask for that of
    /// <see cref="OtherFrozen"/>. Null where they may see the dataset as it is now.
    /// </summary>
    public Guid? Frozen { get; init; }

    /// <summary>Where frozen links alone let them look, those that they opened before.</summary>
    public IReadOnlyList<Guid> OtherFrozen { get; init; } = [];

    /// <summary>
    /// Whether they may see a dataset in this state: by frozen links alone, one that such a link keeps; annotations as they were, where
    /// the log is open to them.
    /// </summary>
    public bool Shows(Dataset dataset) => dataset.Kept is { KeepsVolumes: false } ? SeesLog
        : Frozen is null || (dataset.Kept is { } kept && (kept.Id == Frozen || OtherFrozen.Contains(kept.Id)));
}
