using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations.Journal;

namespace DendriteViewer.Web.Sharing;

/// <summary>
/// The annotations of a dataset as an entry of its journal left them: sites with their chains, measurements, labels and fields. All else is
/// as it is now, since nobody kept it.
/// </summary>
/// <param name="Id">Names it: of one dataset and entry always the same.</param>
/// <param name="Number">The entry; 0 for the state before all edits.</param>
/// <param name="Entry">The entry, by whom and when; null of number 0.</param>
public sealed record PastState(Guid Id, long Number, EditEntry? Entry) : KeptState(Id)
{
    /// <summary>What is said to who would change an earlier state.</summary>
    public const string Refused =
        "This page shows the annotations as they were, which cannot be changed; go back to now to work on the dataset.";

    /// <inheritdoc/>
    public override long Revision => Number;

    /// <inheritdoc/>
    public override bool KeepsVolumes => false;

    /// <summary>What is said to who would change a state that is not the present one.</summary>
    public static string RefusalOf(KeptState kept) => kept is PastState ? Refused : FrozenState.Refused;

    /// <summary>The state after an entry of a dataset's journal.</summary>
    public static PastState Of(DatasetIdentity dataset, long number, EditEntry? entry) =>
        new(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"past {dataset.Value} {number}")).AsSpan(0, 16)), number, entry);

    /// <inheritdoc/>
    public override Task<byte[]?> ReadAnalysisAsync(string modality, CancellationToken ct) =>
        throw new NotSupportedException("Results of analyses are those of now, and are read as of a dataset that nobody kept.");
}
