using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Annotations;

/// <summary>Somebody who edits annotations, and the page they do it in. A person without a page (a program) cannot undo.</summary>
/// <param name="Person">Who edits.</param>
/// <param name="History">The page's edits to take back; null where there is no page.</param>
public sealed record Editor(Person Person, EditHistory? History)
{
    /// <summary>A person without a page.</summary>
    public static implicit operator Editor(Person person) => new(person, null);
}

/// <summary>What a page can take back and make again.</summary>
/// <param name="Made">Edits made in the page since it was opened. It only grows; undo and redo do not count.</param>
/// <param name="Undo">Edits that can be taken back.</param>
/// <param name="Redo">Edits that can be made again.</param>
/// <param name="UndoName">What the next undo takes back, as “delete N3”; empty where there is nothing.</param>
/// <param name="RedoName">What the next redo makes again; empty where there is nothing.</param>
public sealed record EditCounts(long Made, int Undo, int Redo, string UndoName, string RedoName)
{
    /// <summary>Grows with every change: of two counts the one with more is the later, whichever arrived first.</summary>
    public long Version { get; init; }
}

/// <summary>What an undo or a redo did.</summary>
/// <param name="Name">The edit, as “import 12 sites”.</param>
/// <param name="Changed">How many annotations went back.</param>
/// <param name="Kept">Names of those that were left as they are, since somebody changed them after the edit.</param>
public sealed record EditStepResult(string Name, int Changed, IReadOnlyList<string> Kept)
{
    /// <summary>Why nothing could be done any more, a sentence; null where that is not so.</summary>
    public string? Reason { get; init; }

    /// <summary>One sentence where not everything went back, else null.</summary>
    public string? Warning => Reason is not null ? $"{Name} was not taken back or made again: {Reason}" : Kept.Count switch
    {
        0 => null,
        1 => $"{Kept[0]} was left as it is, since somebody else changed it meanwhile.",
        <= 5 => $"{string.Join(", ", Kept)} were left as they are, since somebody else changed them meanwhile.",
        _ => $"{Kept.Count} were left as they are, since somebody else changed them meanwhile.",
    };
}

/// <summary>One edit that can be taken back: of one annotation, or of many that were edited together.</summary>
/// <param name="Name">What it did, as “delete N3”.</param>
/// <param name="Count">How many annotations it changed.</param>
public abstract record EditStep(string Name, int Count)
{
    /// <summary>The entry of the dataset's journal that it is; 0 of what is kept elsewhere.</summary>
    public virtual long Number => 0;

    /// <summary>The entries of the dataset's journal that it is, in their order; none of what is kept elsewhere.</summary>
    public virtual IReadOnlyList<long> Numbers => Number > 0 ? [Number] : [];

    /// <summary>Takes it back, as a new edit, for each annotation that still is as the step left it.</summary>
    /// <param name="by">Who takes it back.</param>
    /// <param name="ct">Gives up before the write.</param>
    /// <returns>What was done, and the step that makes it again; null where nothing could be taken back.</returns>
    public abstract Task<(EditStepResult Result, EditStep? Reverse)> TakeBackAsync(Person by, CancellationToken ct);
}

/// <summary>
/// The edits of annotations that one page made, whatever their kind, to take back and to make again in order. An edit of many (an import)
/// is one step. Each page has its own history, so undo never takes back an edit of another page or person.
/// </summary>
/// <param name="page">What the dataset's journal calls the page, by which its edits are found again; empty where they are not.</param>
public sealed class EditHistory(string page = "") : IDisposable
{
    private const int MostSteps = 200, MostChanges = 40_000;

    // Held while a step is taken, so that a key held down takes each step once.
    private readonly SemaphoreSlim _stepping = new(1, 1);

    // Guards what follows.
    private readonly Lock _lock = new();
    private readonly LinkedList<EditStep> _undo = new();
    private readonly LinkedList<EditStep> _redo = new();
    private long _made, _version;

    // How many edits of the page are being made, and what ends with the last of them; null where none is.
    private int _making;
    private TaskCompletionSource? _settled;

    /// <summary>What the dataset's journal calls the page.</summary>
    public string Page => page;

    /// <summary>What journals call the page of a session: others cannot tell the session's secret name from it.</summary>
    public static string PageOf(string session) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("page " + session)))[..16];

    /// <summary>Raised when what can be taken back has changed; handlers must be quick.</summary>
    public event Action? Changed;

    /// <summary>What can be taken back and made again now.</summary>
    public EditCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new EditCounts(_made, _undo.Count, _redo.Count, _undo.Last?.Value.Name ?? "", _redo.Last?.Value.Name ?? "")
                {
                    Version = _version,
                };
            }
        }
    }

    /// <summary>
    /// Says that a panel of the page makes an edit, until the result is disposed of. What it changes may be shown before
    /// <see cref="Counts"/> has it.
    /// </summary>
    public IDisposable Making()
    {
        lock (_lock)
        {
            _making++;
            _settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return new EndOfEdit(this);
    }

    /// <summary>Ends when no panel of the page makes an edit any more: at once where none does.</summary>
    public Task SettledAsync()
    {
        lock (_lock)
        {
            return _settled?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>Remembers an edit. What had been taken back before it can no longer be made again.</summary>
    public void Add(EditStep step)
    {
        lock (_lock)
        {
            _made++;
            _version++;
            // Edits of one call are answered in any order; what the journal has later is taken back first.
            var before = _undo.Last;
            while (step.Numbers.Count > 0 && before is not null && before.Value.Numbers.LastOrDefault() > step.Numbers[^1])
            {
                before = before.Previous;
            }

            if (before is null)
            {
                _undo.AddFirst(step);
            }
            else
            {
                _undo.AddAfter(before, step);
            }

            _redo.Clear();
            while (_undo.Count > MostSteps || (_undo.Count > 1 && _undo.Sum(s => s.Count) > MostChanges))
            {
                _undo.RemoveFirst();
            }
        }

        Changed?.Invoke();
    }

    /// <summary>Puts edits of before, which the page does not have, before those that it has.</summary>
    /// <param name="undo">What can be taken back, oldest first.</param>
    /// <param name="redo">What can be made again, oldest first; not where the page made edits since.</param>
    public void Recall(IEnumerable<EditStep> undo, IEnumerable<EditStep> redo)
    {
        lock (_lock)
        {
            var known = _undo.Concat(_redo).SelectMany(s => s.Numbers).ToHashSet();
            var first = _undo.First;
            foreach (var step in undo.Where(s => !s.Numbers.Any(known.Contains)).TakeLast(MostSteps - _undo.Count))
            {
                _made++;
                if (first is null)
                {
                    _undo.AddLast(step);
                }
                else
                {
                    _undo.AddBefore(first, step);
                }
            }

            if (first is null && _redo.Count == 0)
            {
                foreach (var step in redo)
                {
                    _redo.AddLast(step);
                }
            }

            _version++;
        }

        Changed?.Invoke();
    }

    /// <summary>All edits that can be taken back, oldest first, which leave this history; for who makes one step of them.</summary>
    internal IReadOnlyList<EditStep> Take()
    {
        lock (_lock)
        {
            EditStep[] steps = [.. _undo];
            _undo.Clear();
            return steps;
        }
    }

    /// <summary>Takes the page's last edit back, as a new edit. What somebody changed since is left as it is.</summary>
    /// <returns>What was done; null where there is nothing to take back.</returns>
    public Task<EditStepResult?> UndoAsync(Person by, CancellationToken ct) => StepAsync(_undo, _redo, by, ct);

    /// <summary>Makes the edit again that was taken back last.</summary>
    /// <returns>What was done; null where there is nothing to make again.</returns>
    public Task<EditStepResult?> RedoAsync(Person by, CancellationToken ct) => StepAsync(_redo, _undo, by, ct);

    /// <inheritdoc/>
    public void Dispose() => _stepping.Dispose();

    private async Task<EditStepResult?> StepAsync(LinkedList<EditStep> from, LinkedList<EditStep> to, Person by, CancellationToken ct)
    {
        await _stepping.WaitAsync(ct);
        try
        {
            LinkedListNode<EditStep>? step;
            lock (_lock)
            {
                step = from.Last;
            }

            if (step is null)
            {
                return null;
            }

            var (result, reverse) = await step.Value.TakeBackAsync(by, ct);
            lock (_lock)
            {
                // An edit that was made meanwhile may have cleared the list.
                if (step.List == from)
                {
                    from.Remove(step);
                    _version++;
                    if (reverse is not null)
                    {
                        to.AddLast(reverse);
                    }
                }
            }

            Changed?.Invoke();
            return result;
        }
        finally
        {
            _stepping.Release();
        }
    }

    private void EndMaking()
    {
        TaskCompletionSource? settled = null;
        lock (_lock)
        {
            if (--_making == 0)
            {
                (settled, _settled) = (_settled, null);
            }
        }

        settled?.SetResult();
    }

    private sealed class EndOfEdit(EditHistory history) : IDisposable
    {
        private EditHistory? _history = history;

        public void Dispose() => Interlocked.Exchange(ref _history, null)?.EndMaking();
    }
}
