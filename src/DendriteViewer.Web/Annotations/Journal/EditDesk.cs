using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>
/// Where clients edit annotations by operations, and hear what others did: the same for every kind. Whoever calls has been authorized.
/// </summary>
public sealed class EditDesk
{
    /// <summary>Rows that are told entry by entry at most; who is further behind gets the whole state.</summary>
    public const int MostRows = 2000;

    private readonly EditJournal _journal;
    private readonly Dictionary<string, IEditedKind> _kinds;
    private readonly Dictionary<string, IRecalledKind> _recalled;

    /// <param name="journal">The server's journal.</param>
    /// <param name="kinds">The kinds of annotations.</param>
    /// <param name="others">Kinds that are not edited here, and can be taken back.</param>
    public EditDesk(EditJournal journal, IEnumerable<IEditedKind> kinds, IEnumerable<IRecalledKind>? others = null)
    {
        _journal = journal;
        _kinds = kinds.ToDictionary(k => k.Kind);
        _recalled = _kinds.Values.Concat(others ?? []).ToDictionary(k => k.Kind);
    }

    /// <summary>Does operations in their order. Those that are refused do not hinder the others.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="ops">The operations.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="ct">Gives up before the writes.</param>
    /// <returns>An answer to each, after it is committed.</returns>
    public async Task<IReadOnlyList<EditAnswer>> ApplyAsync(Dataset dataset, IReadOnlyList<EditOp> ops, Editor by, CancellationToken ct)
    {
        // Read first, since the operations are begun in their order.
        var schemas = new Dictionary<string, AnnotationSchema>();
        foreach (var kind in ops.Select(o => o.Kind).Distinct().Where(_kinds.ContainsKey))
        {
            schemas[kind] = await _kinds[kind].SchemaAsync(dataset.Identity, ct);
        }

        var answers = new List<Task<EditAnswer>>(ops.Count);
        void Begin(EditOp op) => answers.Add(ApplyAsync(dataset, schemas.GetValueOrDefault(op.Kind, AnnotationSchema.Empty), op, by, ct));
        for (var i = 0; i < ops.Count;)
        {
            if (ReadsFirst(ops[i]))
            {
                // What was asked for before it is in the log then, and it is before what follows is begun.
                await Task.WhenAll(answers);
                Begin(ops[i++]);
                await answers[^1];
                continue;
            }

            using (await _journal.GatherAsync(dataset.Identity, ct))
            {
                for (; i < ops.Count && !ReadsFirst(ops[i]); i++)
                {
                    Begin(ops[i]);
                }
            }
        }

        return await Task.WhenAll(answers);
    }

    // Whether an operation reads the log before it is written.
    private static bool ReadsFirst(EditOp op) =>
        op is { Do: EditAction.Undo or EditAction.Restore } or { Do: EditAction.Change, Was: null };

    /// <summary>The versions of one annotation, oldest first.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public Task<IReadOnlyList<ObjectVersion>> VersionsAsync(DatasetIdentity dataset, string kind, string id, CancellationToken ct) =>
        _kinds.TryGetValue(kind, out var of)
            ? of.VersionsAsync(dataset, id, ct) : throw new ArgumentException($"There is no kind of annotation '{kind}'.");

    /// <summary>What restoring a version of an annotation would change.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    /// <exception cref="EditConflictException">There is no such version, or it was a deletion.</exception>
    public Task<RestorePlan> PlanAsync(DatasetIdentity dataset, string kind, string id, int version, CancellationToken ct) =>
        _kinds.TryGetValue(kind, out var of)
            ? of.PlanAsync(dataset, id, version, ct) : throw new ArgumentException($"There is no kind of annotation '{kind}'.");

    /// <summary>Whether annotations of a kind are restored, and edits of it taken back, by operations.</summary>
    public bool IsEdited(string kind) => _kinds.ContainsKey(kind);

    /// <summary>
    /// Gives a page the edits that its earlier sessions made: the page was loaded again, or its server forgot it. They are taken back as if
    /// they had been made in it.
    /// </summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="byKey">Whose they are; others' edits are not found.</param>
    /// <param name="history">The page's history.</param>
    /// <param name="earlier">Its earlier sessions.</param>
    /// <param name="ct">Stops it.</param>
    public async Task RecallAsync(
        DatasetIdentity dataset, string byKey, EditHistory history, IEnumerable<string> earlier, CancellationToken ct)
    {
        string[] pages = [.. earlier.Select(EditHistory.PageOf), history.Page];
        var (undo, redo) = await _journal.RecallAsync(dataset, byKey, pages, ct);
        history.Recall(Steps(undo), Steps(redo));

        // What was written as one is taken back as one.
        IEnumerable<EditStep> Steps(IEnumerable<EditEntry> entries) => entries.Where(e => _recalled.ContainsKey(e.Kind))
            .GroupBy(e => e.Step ?? -e.Number).Select(g => StepOf(dataset, [.. g]));
    }

    private JournalStep StepOf(DatasetIdentity dataset, IReadOnlyList<EditEntry> entries) =>
        SeveralSteps.Of([.. entries.Select(e => _recalled[e.Kind].StepOf(dataset, e))], entries.Sum(e => e.Count));

    /// <summary>What was written after an entry, as JSON: entries with their states, or the whole state where they are too many.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="after">The last number that the client knows; -1 where it knows nothing.</param>
    /// <param name="seesLog">Whether it may see earlier states; who may not gets the whole state as it is.</param>
    /// <param name="seesNames">Whether it may see who edited.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<JsonObject> SinceAsync(DatasetIdentity dataset, long after, bool seesLog, bool seesNames, CancellationToken ct)
    {
        var entries = seesLog && after >= 0 ? await _journal.SinceAsync(dataset, after, MostRows + 1, ct) : [];
        if (!seesLog || after < 0 || entries.Count > MostRows || entries.Sum(e => e.Count) > MostRows)
        {
            return await WholeAsync(dataset, seesNames, ct);
        }

        if (entries.Count == 0)
        {
            return new JsonObject { ["number"] = after, ["entries"] = new JsonArray() };
        }

        var last = entries[^1].Number;
        var rows = new Dictionary<string, IReadOnlyDictionary<long, IReadOnlyList<EditRow>>>();
        foreach (var kind in entries.Select(e => e.Kind).Distinct().Where(_kinds.ContainsKey))
        {
            rows[kind] = await _kinds[kind].RowsAsync(dataset, after, last, ct);
        }

        return new JsonObject
        {
            ["number"] = last,
            ["entries"] = new JsonArray([.. entries.Select(e =>
                JsonOf(e, rows.GetValueOrDefault(e.Kind)?.GetValueOrDefault(e.Number) ?? [], seesNames))]),
        };
    }

    /// <summary>An entry and its states as clients hear of it; without states where there are too many for a message.</summary>
    public JsonObject JsonOf(EditEntry entry, IReadOnlyList<EditRow> rows, bool seesNames, int most = MostRows) => new()
    {
        ["number"] = entry.Number, ["kind"] = entry.Kind, ["what"] = entry.What.ToString().ToLowerInvariant(), ["of"] = entry.Of,
        ["key"] = entry.Key, ["name"] = entry.Name, ["by"] = seesNames ? entry.ByName : "", ["at"] = entry.At,
        ["states"] = rows.Count > most || !_kinds.TryGetValue(entry.Kind, out var kind) ? null
            : new JsonArray([.. rows.Select(r => kind.StateFor(r, seesNames))]),
    };

    // Each kind is read at one number; the oldest of them is what the client knows then, and what it hears again does no harm.
    private async Task<JsonObject> WholeAsync(DatasetIdentity dataset, bool seesNames, CancellationToken ct)
    {
        var (whole, number) = (new JsonObject(), long.MaxValue);
        foreach (var kind in _kinds.Values)
        {
            var (states, at) = await kind.WholeAsync(dataset, seesNames, ct);
            whole[kind.Kind] = states;
            number = Math.Min(number, at);
        }

        return new JsonObject { ["number"] = number, ["whole"] = whole };
    }

    private async Task<EditAnswer> ApplyAsync(Dataset dataset, AnnotationSchema schema, EditOp op, Editor by, CancellationToken ct)
    {
        if (op.Refusal is { } why)
        {
            return Refused(op, why);
        }

        if (op.Do == EditAction.Undo)
        {
            return await TakeBackAsync(dataset.Identity, op, by, ct);
        }

        return _kinds.TryGetValue(op.Kind, out var kind)
            ? await kind.ApplyAsync(dataset, schema, op, by, ct)
            : Refused(op, $"There is no kind of annotation '{SiteRules.Short(op.Kind)}'; there are {string.Join(", ", _kinds.Keys)}.");
    }

    // What was written as one is taken back as one, whichever of its entries is named.
    private async Task<EditAnswer> TakeBackAsync(DatasetIdentity dataset, EditOp op, Editor by, CancellationToken ct)
    {
        var step = op.Of > 0 ? await _journal.StepAsync(dataset, op.Of.Value, ct) : [];
        if (step.FirstOrDefault(e => e.Number == op.Of) is not { } entry || !_kinds.ContainsKey(entry.Kind))
        {
            return Refused(op, "There is no such entry to take back.");
        }

        if (entry.ByKey != by.Person.Key)
        {
            return Refused(op, $"“{entry.Name}” was done by somebody else; only they take it back.");
        }

        var taken = await StepOf(dataset, [.. step.Where(e => _kinds.ContainsKey(e.Kind))]).TakeBackAsync(by, op.Key, ct);
        var outcome = taken.Entry is null ? taken.Result.Kept.Count > 0 ? EditOutcome.Refused : EditOutcome.Unchanged
            : taken.Version > op.Base + 1 ? EditOutcome.Merged : EditOutcome.Accepted;
        return new EditAnswer(op.Key, outcome) { Number = taken.Entry?.Number, Version = taken.Version, Why = taken.Result.Warning };
    }

    private static EditAnswer Refused(EditOp op, string why) => new(op.Key, EditOutcome.Refused) { Why = why };
}
