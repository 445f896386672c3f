using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Hosting;

namespace DendriteViewer.Web.History;

/// <summary>What a page got of what it asked for.</summary>
/// <param name="Value">What was asked for; null where it is not open to the visitor, or is not there.</param>
/// <param name="IsClosed">Whether the history is not open to the visitor.</param>
/// <param name="Failure">Why it could not be read or done, a sentence; null where it could.</param>
public sealed record Told<T>(T? Value, bool IsClosed = false, string? Failure = null)
    where T : class;

/// <summary>
/// The history of a dataset as pages show it, for members who annotate: reads the journal by pages, restores and takes back. The right is
/// asked for each time.
/// </summary>
/// <param name="reader">Reads the journal.</param>
/// <param name="desk">Does what is asked for, as new edits.</param>
/// <param name="journal">Told of what is new.</param>
/// <param name="access">Who may.</param>
/// <param name="failures">Says what went wrong.</param>
public sealed class DatasetHistory(
    HistoryReader reader, EditDesk desk, EditJournal journal, DatasetAccess access, Failures failures)
{
    /// <summary>What is said to whom the history is not open.</summary>
    public const string Closed = "What was before, and who changed it, is open to members of the dataset who annotate.";

    /// <summary>The kinds of annotations that are told.</summary>
    public IReadOnlyCollection<string> Kinds => reader.Kinds;

    /// <summary>Whether annotations of a kind are restored here.</summary>
    public bool IsEdited(string kind) => desk.IsEdited(kind);

    /// <summary>Entries before one, newest first.</summary>
    public Task<Told<HistoryPart>> ReadAsync(
        Dataset dataset, ClaimsPrincipal user, HistoryFilter filter, long before, int most, CancellationToken ct = default) =>
        AskAsync(dataset, user, () => reader.ReadAsync(dataset.Identity, filter, before, most, ct));

    /// <summary>Entries after one, oldest first.</summary>
    public Task<Told<HistoryPart>> SinceAsync(
        Dataset dataset, ClaimsPrincipal user, HistoryFilter filter, long after, int most, CancellationToken ct = default) =>
        AskAsync(dataset, user, () => reader.SinceAsync(dataset.Identity, filter, after, most, ct));

    /// <summary>An entry; no value where there is none.</summary>
    public Task<Told<HistoryItem>> FindAsync(Dataset dataset, ClaimsPrincipal user, long number, CancellationToken ct = default) =>
        AskAsync(dataset, user, async () => (await reader.FindAsync(dataset.Identity, number, ct))!);

    /// <summary>Who edited.</summary>
    public Task<Told<IReadOnlyList<Person>>> PeopleAsync(Dataset dataset, ClaimsPrincipal user, CancellationToken ct = default) =>
        AskAsync(dataset, user, () => reader.PeopleAsync(dataset.Identity, ct));

    /// <summary>What the annotation of a filter is called; no value where there was never one.</summary>
    public Task<Told<string>> NameAsync(
        Dataset dataset, ClaimsPrincipal user, HistoryFilter filter, CancellationToken ct = default) =>
        AskAsync(dataset, user, async () => (await reader.NameAsync(dataset.Identity, filter, ct))!);

    /// <summary>What restoring an annotation as a version left it would change.</summary>
    public Task<Told<RestorePlan>> PlanAsync(
        Dataset dataset, ClaimsPrincipal user, string kind, string id, int version, CancellationToken ct = default) =>
        AskAsync(dataset, user, () => desk.PlanAsync(dataset.Identity, kind, id, version, ct));

    /// <summary>Makes an annotation what a plan says, as a new edit, where it is as it was when the plan was made.</summary>
    /// <returns>The edit's answer; its number is that of the new entry.</returns>
    public Task<Told<EditAnswer>> RestoreAsync(
        Dataset dataset, ClaimsPrincipal user, RestorePlan plan, EditHistory? page, CancellationToken ct = default) =>
        DoAsync(dataset, user, page, new EditOp
        {
            Key = Guid.NewGuid().ToString("N"), Kind = plan.Kind, Do = EditAction.Restore, Id = plan.Id, Of = plan.Version,
            Base = plan.Seen,
        }, ct);

    /// <summary>Takes an own entry back as a new edit, or makes again what an own undo took back.</summary>
    /// <returns>The edit's answer; its number is that of the new entry.</returns>
    public Task<Told<EditAnswer>> TakeBackAsync(Dataset dataset, ClaimsPrincipal user, long number, CancellationToken ct = default) =>
        DoAsync(dataset, user, null, new EditOp { Key = Guid.NewGuid().ToString("N"), Do = EditAction.Undo, Of = number }, ct);

    /// <summary>Calls back whenever the dataset's journal has more, whichever server wrote it; the callback must be quick.</summary>
    /// <returns>Ends it.</returns>
    public IDisposable Watch(DatasetIdentity dataset, Action changed)
    {
        void OnAppended(DatasetIdentity of, IReadOnlyList<JournalEntry> entries) => Tell(of);
        void OnCaughtUp(DatasetIdentity of, long number) => Tell(of);
        void Tell(DatasetIdentity of)
        {
            if (of == dataset)
            {
                changed();
            }
        }

        journal.Appended += OnAppended;
        journal.CaughtUp += OnCaughtUp;
        return new End(() =>
        {
            journal.Appended -= OnAppended;
            journal.CaughtUp -= OnCaughtUp;
        });
    }

    private Task<Told<EditAnswer>> DoAsync(
        Dataset dataset, ClaimsPrincipal user, EditHistory? page, EditOp op, CancellationToken ct) =>
        AskAsync(dataset, user, async () => (await desk.ApplyAsync(dataset, [op], new Editor(user.PersonOf(), page), ct))[0]);

    private async Task<Told<T>> AskAsync<T>(Dataset dataset, ClaimsPrincipal user, Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await access.GrantAsync(user, dataset.Identity) is { SeesLog: true }
                ? new Told<T>(await ask()) : new Told<T>(null, IsClosed: true);
        }
        catch (Exception e)
        {
            return new Told<T>(null, Failure: failures.Tell(e));
        }
    }

    private sealed class End(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
