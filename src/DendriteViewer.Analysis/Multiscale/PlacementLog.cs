using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>The versions of where a volume lies, as far as they can be read.</summary>
/// <param name="Entries">Oldest first; a damaged or missing one is left out, and the others keep their numbers.</param>
/// <param name="Warnings">A sentence for each that was left out.</param>
public sealed record PlacementHistory(IReadOnlyList<PlacementEntry> Entries, IReadOnlyList<string> Warnings)
{
    /// <summary>Number of the newest version, 0 where there is none; a damaged one counts.</summary>
    public int Newest { get; init; }

    /// <summary>
    /// Versions that never held: their entry was written, and what wrote it ended before the manifest named it. Of entries that an earlier
    /// version wrote this is known only where a later one says what it replaced.
    /// </summary>
    /// <param name="current">The version that holds; 0 for as handed over.</param>
    public IReadOnlySet<int> NeverHeld(int current)
    {
        var (placed, never) = (Entries.Where(e => e.Matrix is not null).Select(e => e.Sequence).ToHashSet(), new HashSet<int>());

        // Of 0 the manifest does not say which entry went back to it. One that cannot be read may have.
        int NewestBack(int before) => Enumerable.Range(0, before).LastOrDefault(n => !placed.Contains(n));
        var held = current > 0 ? current : NewestBack(Newest + 1);
        foreach (var entry in Entries.Reverse())
        {
            if (entry.Sequence > held)
            {
                never.Add(entry.Sequence);
            }

            if (entry.Replaced is { } replaced)
            {
                held = Math.Min(held, replaced > 0 ? replaced : NewestBack(entry.Sequence));
            }
        }

        return never;
    }

    /// <summary>The version that held before the one that holds, 0 for as handed over; null where nothing holds.</summary>
    /// <param name="current">The version that holds; 0 for as handed over.</param>
    public int? Before(int current)
    {
        var (entries, never) = (Entries.ToDictionary(e => e.Sequence), NeverHeld(current));
        return current == 0 ? null
            : entries.GetValueOrDefault(current)?.Replaced is { } replaced && (replaced == 0 || entries.ContainsKey(replaced)) ? replaced
            : Entries.LastOrDefault(e => e.Sequence < current && !never.Contains(e.Sequence))?.Sequence ?? 0;
    }
}

/// <summary>
/// The log of one volume's placements in the store, a blob an entry. An entry is created only if no other has its place; a damaged one
/// keeps its number, so that the others stay what links and people know them by.
/// </summary>
internal sealed class PlacementLog(IBlobStore blobs, Dataset dataset, VolumeKey key)
{
    private const int MostNamed = 5;

    /// <summary>All entries that can be read.</summary>
    public async Task<PlacementHistory> ReadAsync(CancellationToken ct)
    {
        var numbers = await NumbersAsync(ct);
        var (entries, warnings) = (new List<PlacementEntry>(), new List<string>());
        foreach (var number in numbers)
        {
            try
            {
                entries.AddRange(await TryReadAsync(number, ct) is { } entry ? [entry] : []);
            }
            catch (VolumeFormatException e)
            {
                warnings.Add($"{e.Message} It is left out.");
            }
        }

        var newest = numbers.DefaultIfEmpty(0).Max();
        var missing = Enumerable.Range(1, newest).Except(numbers).ToArray();
        if (missing.Length > 0)
        {
            var named = string.Join(", ", missing.Take(MostNamed).Select(m => m.ToString(CultureInfo.InvariantCulture)));
            warnings.Add($"Of the placements of {key}, {(missing.Length == 1 ? "version" : "versions")} {named}"
                + $"{(missing.Length > MostNamed ? " and more" : "")} of {newest} {(missing.Length == 1 ? "is" : "are")} missing; "
                + "restore from a backup to have them again.");
        }

        return new PlacementHistory(entries, warnings) { Newest = newest };
    }

    /// <summary>An entry, or null where there is none of that number.</summary>
    /// <exception cref="VolumeFormatException">It is damaged.</exception>
    public async Task<PlacementEntry?> TryReadAsync(int version, CancellationToken ct) =>
        await blobs.TryReadAsync(NameOf(version), ct) is { } bytes ? PlacementEntry.Parse(bytes, NameOf(version), version) : null;

    /// <summary>Adds an entry after all that there are, damaged ones too.</summary>
    /// <returns>The entry with its number.</returns>
    /// <exception cref="VolumeFormatException">The log is full.</exception>
    public async Task<PlacementEntry> AppendAsync(PlacementEntry entry, CancellationToken ct)
    {
        for (var number = (await NumbersAsync(ct)).DefaultIfEmpty(0).Max() + 1; number <= PlacementEntry.MostEntries; number++)
        {
            var numbered = entry with { Sequence = number };
            if (await blobs.TryReplaceAsync(NameOf(number), numbered.ToBytes(), null, ct))
            {
                return numbered;
            }
        }

        throw new VolumeFormatException($"{key} was placed {PlacementEntry.MostEntries} times; no more versions are kept.");
    }

    /// <summary>The blob of a version.</summary>
    public string NameOf(int version) => BlobNames.PlacementEntry(dataset.Id, dataset.Identity, key, version);

    private async Task<IReadOnlyList<int>> NumbersAsync(CancellationToken ct)
    {
        var (log, numbers) = (BlobNames.PlacementLog(dataset.Id, dataset.Identity, key), new List<int>());
        await foreach (var blob in blobs.ListAsync(log, ct))
        {
            numbers.AddRange(BlobNames.VersionOfPlacement(log, blob.Name) is { } n and <= PlacementEntry.MostEntries ? [n] : []);
        }

        numbers.Sort();
        return numbers;
    }
}
