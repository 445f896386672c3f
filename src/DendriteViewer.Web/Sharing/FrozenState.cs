using System.Globalization;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Web.Sharing;

/// <summary>Which moment a frozen link keeps.</summary>
/// <param name="At">When it was kept, Unix milliseconds.</param>
/// <param name="Revision">
/// The last entry of the dataset's journal that counts: it says which sites, measurements, labels and fields there were.
/// </param>
public sealed record FrozenMoment(long At, long Revision)
{
    /// <summary>
    /// When the last entry that counts was made, Unix milliseconds, where the link was made of annotations as they were; null where all is
    /// of one moment.
    /// </summary>
    public long? EditedAt { get; init; }

    /// <summary>
    /// As people cite it: revision 812, 2026-11-26 14:03 UTC. Where annotations are older than the rest, with both moments.
    /// </summary>
    public string Text => EditedAt is { } edited
        ? Revision == 0 ? $"annotations before all edits, with scans and analyses of {Minute(At)}"
        : $"annotations of revision {Revision}, {Minute(edited)}, with scans and analyses of {Minute(At)}"
        : $"revision {Revision}, {Minute(At)}";

    private static string Minute(long at) => string.Create(CultureInfo.InvariantCulture,
        $"{DateTimeOffset.FromUnixTimeMilliseconds(at):yyyy-MM-dd HH:mm} UTC");
}

/// <summary>The state of a dataset that a frozen link keeps.</summary>
/// <param name="Id">The link.</param>
/// <param name="Moment">When it was kept, and which edits count.</param>
/// <param name="Lost">What of it is not there any more, a sentence each.</param>
/// <param name="States">Where the rest of it is read.</param>
public sealed record FrozenState(Guid Id, FrozenMoment Moment, IReadOnlyList<string> Lost, FrozenStates States) : KeptState(Id)
{
    /// <summary>What is said to who would change a frozen state.</summary>
    public const string Refused = "This page shows a frozen state, which cannot be changed; open the dataset itself to work on it.";

    /// <summary>What is said of an address whose <c>placed=</c> names other placements than those of then.</summary>
    public const string OtherPlacements =
        "The address asks for volumes at other places (placed) than this frozen state has them; they are shown where they lay then.";

    /// <summary>How long the address works by which a state is cited.</summary>
    /// <param name="expiresAt">When its link ends by itself, Unix milliseconds; null for never.</param>
    public static string EndText(long? expiresAt) => expiresAt is not { } at ? "Its link has no end, unless somebody revokes it."
        : string.Create(CultureInfo.InvariantCulture,
            $"Its link ends on {DateTimeOffset.FromUnixTimeMilliseconds(at):d MMM yyyy}; after that only members open this state.");

    /// <summary>How far the log of each mask went, by hours; null of a state whose masks were not kept.</summary>
    public IReadOnlyDictionary<double, int>? Masks { get; init; }

    /// <inheritdoc/>
    public override long Revision => Moment.Revision;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<double, int>? MaskEntries => Masks;

    /// <inheritdoc/>
    public override Task<byte[]?> ReadAnalysisAsync(string modality, CancellationToken ct) => States.AnalysisAsync(Id, modality, ct);

    /// <summary>The line by which the state is cited: which dataset, which revision, when, and where it is seen.</summary>
    /// <param name="dataset">The dataset in this state.</param>
    /// <param name="address">The whole address that opens it.</param>
    public string Citation(Dataset dataset, string address) => $"{dataset.Name} (dataset {dataset.Id}), {Moment.Text}. {address}";
}
