namespace DendriteViewer.Imaging.Datasets;

/// <summary>A state of a dataset that somebody kept, as the manifest was then; the dataset itself may have changed since.</summary>
/// <param name="Id">Names it.</param>
public abstract record KeptState(Guid Id)
{
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
