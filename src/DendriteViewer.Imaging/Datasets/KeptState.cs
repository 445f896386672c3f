namespace DendriteViewer.Imaging.Datasets;

/// <summary>
/// An earlier state of a dataset, which is looked at and not changed: one that somebody kept, as the manifest was then, or its annotations
/// as an entry of its journal left them. The dataset itself may have changed since.
/// </summary>
/// <param name="Id">Names it.</param>
public abstract record KeptState(Guid Id)
{
    /// <summary>
    /// The last entry of the dataset's journal that counts: it says which sites, measurements, labels and fields there were.
    /// </summary>
    public abstract long Revision { get; }

    /// <summary>
    /// Whether scans, their places, masks and analyses are those of then; else they are as they are now, and annotations alone are earlier.
    /// </summary>
    public virtual bool KeepsVolumes => true;

    /// <summary>
    /// How many entries the log of each mask had then, by hours, which are the corrections that it shows; null where that was not kept,
    /// and no masks are shown.
    /// </summary>
    public virtual IReadOnlyDictionary<double, int>? MaskEntries => null;

    /// <summary>The blob of an analysis's result as it was then, sealed; null where there was none.</summary>
    /// <param name="modality">The modality that was analysed.</param>
    /// <param name="ct">Stops it.</param>
    public abstract Task<byte[]?> ReadAnalysisAsync(string modality, CancellationToken ct);
}
