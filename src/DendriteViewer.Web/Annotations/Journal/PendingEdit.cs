using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>A kind of annotation whose edits are in the journal.</summary>
internal interface IJournalKind
{
    /// <summary>Its name in entries.</summary>
    string Kind { get; }

    /// <summary>A board with the rows of later entries.</summary>
    /// <param name="db">The database.</param>
    /// <param name="dataset">Of what.</param>
    /// <param name="board">The annotations as entry <paramref name="after"/> left them; null for none.</param>
    /// <param name="after">The last entry that is in it.</param>
    /// <param name="upTo">The last entry to take in.</param>
    /// <param name="ct">Stops it.</param>
    Task<object> FoldAsync(DendriteDb db, DatasetIdentity dataset, object? board, long after, long upTo, CancellationToken ct);

    /// <summary>Tells those who watch the kind that it changed.</summary>
    void RaiseChanged(DatasetIdentity dataset);
}

/// <summary>An edit as it would be written.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Rows">The states that it leaves.</param>
/// <param name="Board">The kind's annotations after it.</param>
/// <param name="Objects">The annotations that it changes, by what people call them, and what it does to each.</param>
internal sealed record PreparedEdit(
    EditEntry Entry, IReadOnlyList<EditRow> Rows, object Board, IReadOnlyList<(string Name, ObjectChange Change)> Objects);

/// <summary>What became of an edit.</summary>
/// <param name="Entry">The entry that it made; null where there was nothing to change.</param>
/// <param name="IsRepeat">Whether the same edit had been written before, so that nothing was written now.</param>
internal sealed record AppendedEdit(EditEntry? Entry, bool IsRepeat);

/// <summary>An entry and the states that it left.</summary>
public sealed record JournalEntry(EditEntry Entry, IReadOnlyList<EditRow> Rows);

/// <summary>An edit that waits to be written.</summary>
/// <param name="kind">Of which kind.</param>
/// <param name="by">Who edits.</param>
/// <param name="key">What the client called it, or null.</param>
/// <param name="prepare">
/// Makes the edit from the kind's board, the entry's number and the time; null where there is nothing to change; throws to refuse. It is
/// called again where another server was first.
/// </param>
/// <param name="gone">Gives up before it is written.</param>
internal sealed class PendingEdit(
    IJournalKind kind, Person by, string? key, Func<object, long, long, PreparedEdit?> prepare, CancellationToken gone)
{
    private readonly TaskCompletionSource<AppendedEdit> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PendingEdit[]? _parts;

    /// <summary>The edits that are written as one, all or none: it itself, and those of other kinds that belong to it.</summary>
    public IReadOnlyList<PendingEdit> Parts => _parts ??= [this];

    /// <summary>Makes the entry of the audit log where something of it is written; null for the one that every edit has.</summary>
    public Func<AuditEntry>? Beside { get; private set; }

    public IJournalKind Kind => kind;

    public Person By => by;

    public string? Key => key;

    /// <summary>The network address that it came from, or null; for the audit log.</summary>
    public string? Address { get; init; }

    public Task<AppendedEdit> Done => _done.Task;

    public bool IsOver => _done.Task.IsCompleted || (gone.IsCancellationRequested && Cancel());

    /// <summary>Makes one of several edits.</summary>
    /// <param name="parts">The edits, in their order; of one kind only one.</param>
    /// <param name="beside">Their entry of the audit log, whose address is the edit's; null for one that counts what they do.</param>
    public static PendingEdit Together(IReadOnlyList<PendingEdit> parts, Func<AuditEntry>? beside)
    {
        (parts[0]._parts, parts[0].Beside) = ([.. parts], beside);
        return parts[0];
    }

    public PreparedEdit? Prepare(object board, long number, long now) => prepare(board, number, now);

    public void Complete(AppendedEdit result) => _done.TrySetResult(result);

    /// <summary>It had been written before: the part that made an entry then is answered with it.</summary>
    public void CompleteAsRepeat(EditEntry first)
    {
        foreach (var part in Parts)
        {
            part.Complete(new AppendedEdit(Parts.Count == 1 || part.Kind.Kind == first.Kind ? first : null, IsRepeat: true));
        }
    }

    public void Fail(Exception why)
    {
        foreach (var part in Parts)
        {
            part._done.TrySetException(why);
        }
    }

    private bool Cancel()
    {
        foreach (var part in Parts)
        {
            part._done.TrySetCanceled(gone);
        }

        return true;
    }
}
