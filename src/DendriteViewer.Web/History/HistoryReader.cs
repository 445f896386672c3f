using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.History;

/// <summary>An entry of a dataset's journal, with what it did.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Objects">What it did to each annotation; none where it changed more than <see cref="HistoryReader.MostObjects"/>.</param>
public sealed record HistoryItem(EditEntry Entry, IReadOnlyList<ToldObject> Objects);

/// <summary>Entries of a dataset's journal, newest first.</summary>
/// <param name="Items">The entries.</param>
/// <param name="HasMore">Whether there are older ones.</param>
public sealed record HistoryPart(IReadOnlyList<HistoryItem> Items, bool HasMore);

/// <summary>Reads the journals of datasets for people, by pages. Whoever calls has been authorized.</summary>
/// <param name="database">Where journals are kept.</param>
/// <param name="kinds">The kinds of annotations that are told.</param>
public sealed class HistoryReader(IDbContextFactory<DendriteDb> database, IEnumerable<IToldKind> kinds)
{
    /// <summary>Entries of a page at most.</summary>
    public const int MostItems = 100;

    /// <summary>Annotations of an entry that are told one by one at most.</summary>
    public const int MostObjects = 8;

    /// <summary>People of a dataset that are offered at most, those who edited last.</summary>
    public const int MostPeople = 100;

    private const int MostIdChars = 64;

    private readonly Dictionary<string, IToldKind> _kinds = kinds.ToDictionary(k => k.Kind);

    /// <summary>The kinds of annotations that are told.</summary>
    public IReadOnlyCollection<string> Kinds => _kinds.Keys;

    /// <summary>Entries before one, newest first.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="filter">Which.</param>
    /// <param name="before">Only entries with smaller numbers; <see cref="long.MaxValue"/> for the newest.</param>
    /// <param name="most">How many at most, 1 to <see cref="MostItems"/>.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">There is no such kind of annotation, or it is of no kind.</exception>
    public async Task<HistoryPart> ReadAsync(DatasetIdentity dataset, HistoryFilter filter, long before, int most, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MostItems);
        await using var db = await database.CreateDbContextAsync(ct);
        var entries = await Of(db, dataset, filter).Where(e => e.Number < before)
            .OrderByDescending(e => e.Number).Take(most + 1).ToListAsync(ct);
        var shown = entries.Take(most).ToArray();
        return new HistoryPart(await ToldAsync(dataset, shown, ct), entries.Count > most);
    }

    /// <summary>Entries after one, oldest first: what came since a page was read.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="filter">Which.</param>
    /// <param name="after">Only entries with larger numbers.</param>
    /// <param name="most">How many at most, 1 to <see cref="MostItems"/>.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">There is no such kind of annotation, or it is of no kind.</exception>
    public async Task<HistoryPart> SinceAsync(DatasetIdentity dataset, HistoryFilter filter, long after, int most, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MostItems);
        await using var db = await database.CreateDbContextAsync(ct);
        var entries = await Of(db, dataset, filter).Where(e => e.Number > after)
            .OrderBy(e => e.Number).Take(most + 1).ToListAsync(ct);
        return new HistoryPart(await ToldAsync(dataset, [.. entries.Take(most)], ct), entries.Count > most);
    }

    /// <summary>An entry, with what it did; null where there is none.</summary>
    public async Task<HistoryItem?> FindAsync(DatasetIdentity dataset, long number, CancellationToken ct) =>
        number < 1 || number == long.MaxValue ? null
            : (await ReadAsync(dataset, new HistoryFilter(), number + 1, 1, ct)).Items.FirstOrDefault(i => i.Entry.Number == number);

    /// <summary>Who edited a dataset, by the name that they had last, those who edited last first.</summary>
    public async Task<IReadOnlyList<Person>> PeopleAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var all = db.EditEntries.AsNoTracking().Where(e => e.DatasetIdentity == dataset.Value);
        var last = await all.GroupBy(e => e.ByKey).Select(g => g.Max(e => e.Number)).OrderByDescending(n => n).Take(MostPeople)
            .ToListAsync(ct);
        return [.. (await all.Where(e => last.Contains(e.Number)).OrderByDescending(e => e.Number).ToListAsync(ct))
            .Select(e => new Person(e.ByKey, e.ByName))];
    }

    /// <summary>What the annotation of a filter is called; null where the filter names none that there ever was.</summary>
    public async Task<string?> NameAsync(DatasetIdentity dataset, HistoryFilter filter, CancellationToken ct) =>
        filter is { Kind: { } kind, Id: { Length: > 0 and <= MostIdChars } id } && _kinds.TryGetValue(kind, out var of)
            ? await of.NameAsync(dataset, id, ct) : null;

    private IQueryable<EditEntry> Of(DendriteDb db, DatasetIdentity dataset, HistoryFilter filter)
    {
        var entries = db.EditEntries.AsNoTracking().Where(e => e.DatasetIdentity == dataset.Value);
        if (filter.PersonKey is { } person)
        {
            entries = entries.Where(e => e.ByKey == person);
        }

        if (filter.Kind is { } kind)
        {
            entries = _kinds.ContainsKey(kind) ? entries.Where(e => e.Kind == kind)
                : throw new ArgumentException($"There is no kind of annotation '{Annotations.SiteRules.Short(kind)}'.");
        }

        if (filter.Id is { } id)
        {
            var of = filter.Kind is null ? throw new ArgumentException("An annotation is named with its kind.") : _kinds[filter.Kind];
            var numbers = id.Length is > 0 and <= MostIdChars ? of.NumbersOf(db, dataset, id)
                : throw new ArgumentException($"An annotation's id has 1 to {MostIdChars} characters.");
            entries = entries.Where(e => numbers.Contains(e.Number));
        }

        return entries;
    }

    private async Task<IReadOnlyList<HistoryItem>> ToldAsync(
        DatasetIdentity dataset, IReadOnlyList<EditEntry> entries, CancellationToken ct)
    {
        var told = new Dictionary<long, IReadOnlyList<ToldObject>>();
        foreach (var group in entries.Where(e => e.Count <= MostObjects).GroupBy(e => e.Kind))
        {
            if (_kinds.TryGetValue(group.Key, out var kind))
            {
                foreach (var (number, objects) in await kind.ToldAsync(dataset, [.. group.Select(e => e.Number)], ct))
                {
                    told[number] = objects;
                }
            }
        }

        return [.. entries.Select(e => new HistoryItem(e, told.GetValueOrDefault(e.Number) ?? []))];
    }
}
