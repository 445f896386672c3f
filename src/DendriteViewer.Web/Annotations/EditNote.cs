using DendriteViewer.Web.Annotations.Journal;

namespace DendriteViewer.Web.Annotations;

/// <summary>What an edit is in the journal.</summary>
/// <param name="Verb">
/// What the step is called in undo, as “delete”, before the annotation's name; null where it is not to be taken back.
/// </param>
public sealed record EditNote(string? Verb)
{
    /// <summary>Why it is written.</summary>
    public EditWhat What { get; init; }

    /// <summary>The entry that is taken back or restored.</summary>
    public long? Of { get; init; }

    /// <summary>What the client called it, so that it is written once; null where it cannot come twice.</summary>
    public string? Key { get; init; }

    /// <summary>The version that the editor began from; null for the last one.</summary>
    public int? Base { get; init; }

    /// <summary>The page it is made in; null for the editor's.</summary>
    public string? Page { get; init; }

    /// <summary>The step of several entries that the entry taken back is part of; null where there is none.</summary>
    public long? Step { get; init; }

    /// <summary>The whole name; null to make it from the verb.</summary>
    public string? Name { get; init; }
}

/// <summary>What an edit did.</summary>
/// <param name="Items">The annotations as they are after it.</param>
/// <param name="Entry">Its entry; null where there was nothing to change.</param>
/// <param name="IsRepeat">Whether it had been written before, and this is what it did then.</param>
public sealed record Edited<T>(IReadOnlyList<T> Items, EditEntry? Entry, bool IsRepeat);

/// <summary>An edit that is ready to be written, alone or with edits of other kinds.</summary>
/// <param name="Edit">The edit.</param>
/// <param name="FinishAsync">Waits until it is written, remembers it for undo, and says what it did.</param>
internal sealed record Writing<TDone>(PendingEdit Edit, Func<Task<TDone>> FinishAsync);
