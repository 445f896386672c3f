using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// The log of one mask's corrections in the store. An entry is a blob that is created only if no other has its place, so that the store
/// orders what several servers add, nothing is overwritten, and a process that is killed loses at most the entry it was writing.
/// </summary>
/// <param name="blobs">The store.</param>
/// <param name="dataset">The dataset.</param>
/// <param name="mask">The mask's modality and hours.</param>
public sealed class MaskLog(IBlobStore blobs, Dataset dataset, VolumeKey mask)
{
    private const int ReadsAtOnce = 16;
    private const string SnapshotEnding = ".snapshot";
    private readonly string _prefix = $"{BlobNames.CorrectionsOf(dataset.Id, dataset.Identity)}{mask.Modality}/{mask.TimestepName}/";

    /// <summary>The masks of a dataset that have a log.</summary>
    public static async Task<IReadOnlyList<string>> TimestepsAsync(
        IBlobStore blobs, Dataset dataset, string modality, CancellationToken ct)
    {
        var found = new List<string>();
        await foreach (var name in blobs.ListFoldersAsync(
            $"{BlobNames.CorrectionsOf(dataset.Id, dataset.Identity)}{modality}/", ct))
        {
            found.Add(name);
        }

        return found;
    }

    /// <summary>The place of the last entry; 0 of an empty log.</summary>
    public async Task<int> LastAsync(CancellationToken ct)
    {
        var last = 0;
        await foreach (var blob in blobs.ListAsync(_prefix, ct))
        {
            var name = blob.Name[_prefix.Length..];
            last = int.TryParse(name.AsSpan(0, Math.Max(0, name.Length - 5)), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                && at <= MaskEntry.MostEntries && blob.Name == NameOf(at) ? Math.Max(last, at) : last;
        }

        return last;
    }

    /// <summary>Entries in their order.</summary>
    /// <param name="ct">Stops it.</param>
    /// <param name="until">The last one that is read; null for all.</param>
    /// <exception cref="VolumeFormatException">One is damaged or missing.</exception>
    public async Task<IReadOnlyList<MaskEntry>> ReadAsync(CancellationToken ct, int? until = null)
    {
        var last = until ?? await LastAsync(ct);
        var entries = new MaskEntry[last];
        await Parallel.ForAsync(0, last, ComputeLane.Options(ct, ReadsAtOnce), async (i, stop) =>
            entries[i] = await TryReadAsync(i + 1, stop) ?? throw new VolumeFormatException(
                $"{NameOf(i + 1)} is missing; restore it from a backup, so that no correction is lost."));
        return entries;
    }

    /// <summary>The newest snapshot of the mask, or null where there is none that can be read.</summary>
    internal async Task<MaskSnapshot?> TryReadSnapshotAsync(CancellationToken ct)
    {
        var newest = (await SnapshotsAsync(ct)).Max(StringComparer.Ordinal);
        return newest is not null && await blobs.TryReadAsync(newest, ct) is { } bytes ? MaskSnapshot.TryParse(bytes) : null;
    }

    /// <summary>Keeps a snapshot in place of those before it; one that is too large is not kept.</summary>
    internal async Task KeepAsync(MaskSnapshot snapshot, CancellationToken ct)
    {
        if (snapshot.ToBytes() is not { } bytes)
        {
            return;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{_prefix}{snapshot.Head.Sequence:00000000}{SnapshotEnding}");
        await blobs.WriteAsync(name, bytes, ct);
        foreach (var old in (await SnapshotsAsync(ct)).Where(s => string.CompareOrdinal(s, name) < 0))
        {
            await blobs.DeleteAsync(old, ct);
        }
    }

    private async Task<List<string>> SnapshotsAsync(CancellationToken ct)
    {
        var found = new List<string>();
        await foreach (var blob in blobs.ListAsync(_prefix, ct))
        {
            if (blob.Name.EndsWith(SnapshotEnding, StringComparison.Ordinal))
            {
                found.Add(blob.Name);
            }
        }

        return found;
    }

    /// <summary>The entry at a place, or null where there is none yet.</summary>
    /// <exception cref="VolumeFormatException">It is damaged.</exception>
    public async Task<MaskEntry?> TryReadAsync(int sequence, CancellationToken ct) =>
        await blobs.TryReadAsync(NameOf(sequence), ct) is { } bytes ? MaskEntry.Parse(bytes, NameOf(sequence), sequence) : null;

    /// <summary>Adds an entry at its place.</summary>
    /// <returns>False where another was faster.</returns>
    public async Task<bool> TryAppendAsync(MaskEntry entry, CancellationToken ct) =>
        await blobs.TryReplaceAsync(
            NameOf(entry.Sequence), (entry with { Dataset = dataset.Identity.Value }).Checked().ToBytes(), null, ct);

    private string NameOf(int sequence) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{sequence:00000000}.json");
}
