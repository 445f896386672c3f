using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>What became of a step that was to be taken back.</summary>
/// <param name="Result">What was done, for people.</param>
/// <param name="Reverse">The step that makes it again; null where nothing could be taken back.</param>
internal sealed record TakenBack(EditStepResult Result, JournalStep? Reverse)
{
    /// <summary>The first entry that it is; null where nothing was written.</summary>
    public EditEntry? Entry { get; init; }

    /// <summary>The version of the first annotation that it changed; null where there is none.</summary>
    public int? Version { get; init; }
}

/// <summary>A step that a dataset's journal has, so that it can be taken back by one write together with others.</summary>
/// <param name="Journal">The server's journal.</param>
/// <param name="Dataset">Whose journal.</param>
/// <param name="Name">What it did, as “delete N3”.</param>
/// <param name="Count">How many annotations it changed.</param>
public abstract record JournalStep(EditJournal Journal, DatasetIdentity Dataset, string Name, int Count) : EditStep(Name, Count)
{
    /// <inheritdoc/>
    public override async Task<(EditStepResult Result, EditStep? Reverse)> TakeBackAsync(Person by, CancellationToken ct)
    {
        var taken = await TakeBackAsync(by, null, ct);
        return (taken.Result, taken.Reverse);
    }

    /// <summary>Takes it back by one write.</summary>
    /// <param name="by">Who takes it back.</param>
    /// <param name="key">What the client calls it, so that it is done once; null where it cannot come twice.</param>
    /// <param name="ct">Gives up before the write.</param>
    internal async Task<TakenBack> TakeBackAsync(Editor by, string? key, CancellationToken ct)
    {
        var writing = await BeginAsync(by, key, ct);
        await Journal.AppendAsync(Dataset, writing.Edit);
        return await writing.FinishAsync();
    }

    /// <summary>The edit that takes it back, for <see cref="TakeBackAsync(Editor, string?, CancellationToken)"/> to write.</summary>
    internal abstract Task<Writing<TakenBack>> BeginAsync(Editor by, string? key, CancellationToken ct);
}
