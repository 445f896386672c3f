using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Importing;

/// <summary>What was removed.</summary>
/// <param name="Prefixes">Of volumes that nothing published names, and names of such series and results.</param>
/// <param name="Bytes">What they took.</param>
public sealed record Swept(IReadOnlyList<string> Prefixes, long Bytes);

/// <summary>
/// Removes what dead imports and analyses left: volumes, series and results below a dataset's prefix that no manifest names, corrections of
/// masks, placements of volumes and files of the cell of a dataset that had the id before, and contents of files that no entry of the
/// cell's log names. Nothing is removed of a dataset that somebody writes at the moment.
/// </summary>
public sealed class Janitor(DatasetStore store, TimeProvider time)
{
    /// <summary>Looks through the whole store.</summary>
    /// <param name="untouched">For how long nothing of a volume was written, so that an import that will go on keeps what it has.</param>
    /// <param name="remove">Whether to remove, or only to say what would be.</param>
    /// <param name="ct">Stops it between volumes.</param>
    public async Task<Swept> SweepAsync(TimeSpan untouched, bool remove, CancellationToken ct)
    {
        var (prefixes, bytes) = (new List<string>(), 0L);
        var folders = new List<string>();
        await foreach (var folder in store.Blobs.ListFoldersAsync(BlobNames.Datasets, ct))
        {
            folders.Add(folder);
        }

        foreach (var folder in folders)
        {
            if (!DatasetId.TryParse(folder, out var id) || await store.Blobs.TryLeaseAsync(BlobNames.Lease(id), ct) is not { } lease)
            {
                continue;
            }

            await using (lease)
            {
                foreach (var (prefix, size) in await StrayAsync(id, time.GetUtcNow() - untouched, ct))
                {
                    prefixes.Add(prefix);
                    bytes += size;
                    if (remove)
                    {
                        store.Forget(prefix);
                        await (prefix.EndsWith('/') ? store.Blobs.DeleteAllAsync(prefix, ct) : store.Blobs.DeleteAsync(prefix, ct));
                    }
                }
            }
        }

        return new Swept(prefixes, bytes);
    }

    // Volumes end in .ome.zarr/, wherever below the dataset they lie.
    private async Task<List<(string Prefix, long Bytes)>> StrayAsync(DatasetId id, DateTimeOffset before, CancellationToken ct)
    {
        Dataset? dataset;
        try
        {
            dataset = await store.TryOpenAsync(id, ct);
        }
        catch (VolumeFormatException)
        {
            // A manifest that cannot be read may name all of it.
            return [];
        }

        var named = dataset?.Everything.Select(v => v.Prefix)
            .Concat(dataset.Manifest.Series.Select(s => BlobNames.Series(id, s))).ToHashSet() ?? [];
        var contents = dataset is null ? null : await CellContents.NamedAsync(store.Blobs, dataset, ct);
        var stray = new Dictionary<string, long>(StringComparer.Ordinal);
        var young = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in store.Blobs.ListAsync(BlobNames.Dataset(id), ct))
        {
            if (PrefixOf(blob.Name) is { } prefix && !named.Contains(prefix))
            {
                stray[prefix] = stray.GetValueOrDefault(prefix) + blob.Size;
                if (blob.Written > before)
                {
                    young.Add(prefix);
                }
            }
        }

        // Corrections and placements are somebody's handiwork: they go only where another dataset has taken the place.
        string? PrefixOf(string name)
        {
            const string End = ".ome.zarr/";
            var corrections = BlobNames.Dataset(id) + BlobNames.Corrections;
            if (name.StartsWith(corrections, StringComparison.Ordinal))
            {
                return OfAnother(name, corrections, dataset is null ? null : BlobNames.CorrectionsOf(id, dataset.Identity));
            }

            var placements = BlobNames.Dataset(id) + BlobNames.Placements;
            if (name.StartsWith(placements, StringComparison.Ordinal))
            {
                return OfAnother(name, placements, dataset is null ? null : BlobNames.PlacementsOf(id, dataset.Identity));
            }

            // So do files of the cell; of this dataset's, what no entry ever named was left by a server that was killed.
            var cell = BlobNames.Dataset(id) + BlobNames.Cell;
            if (name.StartsWith(cell, StringComparison.Ordinal))
            {
                return contents is not null && name.StartsWith(BlobNames.CellFiles(id, dataset!.Identity), StringComparison.Ordinal)
                    ? contents.Contains(name) ? null : name
                    : OfAnother(name, cell, dataset is null ? null : BlobNames.CellOf(id, dataset.Identity));
            }

            if (name.StartsWith(BlobNames.Dataset(id) + BlobNames.SeriesFolder, StringComparison.Ordinal))
            {
                return name;
            }

            // What an analysis found that was stopped before it was published, or that another took the place of.
            var results = BlobNames.Dataset(id) + BlobNames.AnalysisFolder;
            if (name.StartsWith(results, StringComparison.Ordinal) && name.IndexOf('/', results.Length) < 0
                && name.IndexOf('.', results.Length) is > 0 and var dot && dataset is not null)
            {
                return name == BlobNames.Analysis(id, dataset.Manifest, name[results.Length..dot]) ? null : name;
            }

            var end = name.IndexOf(End, StringComparison.Ordinal);
            return end >= 0 ? name[..(end + End.Length)] : null;
        }

        static string? OfAnother(string name, string folder, string? own)
        {
            var slash = name.IndexOf('/', folder.Length);
            return own is not null && slash > 0 && !name.StartsWith(own, StringComparison.Ordinal) ? name[..(slash + 1)] : null;
        }

        return stray.Where(s => !young.Contains(s.Key)).Select(s => (s.Key, s.Value)).ToList();
    }
}
