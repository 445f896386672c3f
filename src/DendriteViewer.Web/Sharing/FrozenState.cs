using System.Globalization;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Web.Sharing;

/// <summary>What a frozen link tells of the state that it keeps, beside the manifest and the results.</summary>
/// <param name="At">When it was kept, Unix milliseconds.</param>
/// <param name="Revision">How many edits of annotations the dataset had then.</param>
/// <param name="SiteEdits">Sequence of the last edit of a site that counts.</param>
/// <param name="MeasurementEdits">Sequence of the last edit of a measurement that counts.</param>
public sealed record FrozenMoment(long At, long Revision, long SiteEdits, long MeasurementEdits)
{
    /// <summary>As people cite it: 2026-11-26 14:03 UTC, revision 812.</summary>
    public string Text => DateTimeOffset.FromUnixTimeMilliseconds(At).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
        + string.Create(CultureInfo.InvariantCulture, $" UTC, revision {Revision}");
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

    /// <inheritdoc/>
    public override Task<byte[]?> ReadAnalysisAsync(string modality, CancellationToken ct) => States.AnalysisAsync(Id, modality, ct);
}
