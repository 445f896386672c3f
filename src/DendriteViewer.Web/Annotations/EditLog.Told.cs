using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Annotations;

/// <summary>What entries did, told for a history of the dataset.</summary>
public abstract partial class EditLog<T, TRow> : IToldKind
{
    /// <summary>Whether the history tells values: of what is deleted for good in people's eyes, as a comment's text, it does not.</summary>
    protected virtual bool TellsValues => true;

    /// <summary>The query of a view that shows an annotation where it is; empty where there is none.</summary>
    protected virtual string ViewOf(T item) => "";

    /// <summary>Refuses to restore a state that cannot be any more; the default lets everything be.</summary>
    /// <exception cref="ArgumentException">Something stands against it; the sentence says what.</exception>
    protected virtual void CheckRestored(T then, T? now, AnnotationSchema schema)
    {
    }

    async Task<IReadOnlyDictionary<long, IReadOnlyList<ToldObject>>> IToldKind.ToldAsync(
        DatasetIdentity dataset, IReadOnlyCollection<long> numbers, CancellationToken ct)
    {
        var (board, schema) = (await BoardAsync(dataset, ct), await SchemaAsync(dataset, ct));
        await using var db = await Database.CreateDbContextAsync(ct);
        var asked = RowsOf(db, dataset).Where(r => numbers.Contains(r.Number));
        var after = await asked.OrderBy(r => r.Sequence).ToListAsync(ct);
        var column = IdColumn;
        var before = (await (
            from row in asked
            join earlier in RowsOf(db, dataset) on new { Id = EF.Property<string>(row, column), Version = row.Version - 1 }
                equals new { Id = EF.Property<string>(earlier, column), earlier.Version }
            select earlier).ToListAsync(ct)).DistinctBy(r => (IdOf(r), r.Version)).ToDictionary(r => (IdOf(r), r.Version), StateOf);
        return after.GroupBy(r => r.Number).ToDictionary(g => g.Key, g => (IReadOnlyList<ToldObject>)[.. g.Select(r =>
            Told(before.GetValueOrDefault((IdOf(r), r.Version - 1)), StateOf(r), board.GetValueOrDefault(IdOf(r)), schema))]);
    }

    IQueryable<long> IToldKind.NumbersOf(DendriteDb db, DatasetIdentity dataset, string id) =>
        RowsOf(db, dataset).Where(r => EF.Property<string>(r, IdColumn) == id).Select(r => r.Number);

    async Task<string?> IToldKind.NameAsync(DatasetIdentity dataset, string id, CancellationToken ct) =>
        (await BoardAsync(dataset, ct)).GetValueOrDefault(id) is { } item ? NameOf(item) : null;

    private ToldObject Told(T? before, T after, T? now, AnnotationSchema schema)
    {
        var change = after.Deleted ? ObjectChange.Deleted : before is null ? ObjectChange.Made
            : before.Deleted ? ObjectChange.Revived : ObjectChange.Changed;
        var (was, made) = (before is null || change != ObjectChange.Changed ? null : ToFlat(before), ToFlat(after));
        var groups = was is null ? [] : Fields.Changed(was, made);
        return new ToldObject(Kind, after.Id, NameOf(after), after.Version, change)
        {
            Changes = was is null || !TellsValues ? [] : [.. groups.Select(g => FieldRules.Describe(g, was, made, schema))],
            Groups = [.. groups.Select(g => g.Name)],
            View = ViewOf(after.Deleted && before is { Deleted: false } ? before : after),
            IsNow = now is not null && IsSame(now, after), IsGone = now is null or { Deleted: true },
        };
    }
}
