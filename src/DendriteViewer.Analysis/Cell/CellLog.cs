using System.Globalization;
using System.Security.Cryptography;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Cell;

/// <summary>
/// The log of a cell's files and changes in the store, and the files' content. An entry is a blob that is created only if no other has its
/// place, so that the store orders what several servers add, nothing is overwritten, and a process that is killed loses at most the entry
/// it was writing. A file's content is stored before the entry that names it.
/// </summary>
/// <param name="blobs">The store.</param>
/// <param name="dataset">The dataset.</param>
public sealed class CellLog(IBlobStore blobs, Dataset dataset)
{
    private const int ReadsAtOnce = 16, PieceBytes = 4 << 20;
    private readonly string _prefix = BlobNames.CellLog(dataset.Id, dataset.Identity);
    private readonly string _files = BlobNames.CellFiles(dataset.Id, dataset.Identity);

    /// <summary>All entries after a place, in their order.</summary>
    /// <param name="after">The place; 0 for all.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">One is damaged or missing.</exception>
    /// <param name="upTo">The last place to read; entries behind it are left out.</param>
    public async Task<IReadOnlyList<CellEntry>> ReadAsync(int after, CancellationToken ct, int upTo = CellEntry.MostEntries)
    {
        // Most often nothing was added, and then one look is enough.
        if (after > 0 && await TryReadAsync(after + 1, ct) is null)
        {
            return [];
        }

        var last = after;
        await foreach (var blob in blobs.ListAsync(_prefix, ct))
        {
            var name = blob.Name[_prefix.Length..];
            last = int.TryParse(name.AsSpan(0, Math.Max(0, name.Length - 5)), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                && at <= CellEntry.MostEntries && blob.Name == NameOf(at) ? Math.Max(last, at) : last;
        }

        var entries = new CellEntry[Math.Max(0, Math.Min(last, upTo) - after)];
        await Parallel.ForAsync(0, entries.Length, ComputeLane.Options(ct, ReadsAtOnce), async (i, stop) =>
            entries[i] = await TryReadAsync(after + i + 1, stop) ?? throw new VolumeFormatException(
                $"{NameOf(after + i + 1)} is missing; restore it from a backup, so that no file or change is lost."));
        return entries;
    }

    /// <summary>The state of a version, or of the newest.</summary>
    /// <param name="version">Which; null for the newest.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">The log is damaged.</exception>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public async Task<CellState> StateAsync(int? version, CancellationToken ct)
    {
        var entries = await ReadAsync(0, ct, Math.Clamp(version ?? CellEntry.MostEntries, 0, CellEntry.MostEntries));
        return version is { } v && v != entries.Count
            ? throw new ArgumentException($"There is no version {v}; the newest is {entries.Count}.")
            : entries.Aggregate(CellState.Empty, (state, entry) => state.With(entry));
    }

    /// <summary>Adds an entry at its place.</summary>
    /// <returns>False where another was faster.</returns>
    public async Task<bool> TryAppendAsync(CellEntry entry, CancellationToken ct) =>
        await blobs.TryReplaceAsync(NameOf(entry.Sequence), entry.Checked().ToBytes(), null, ct);

    /// <summary>Stores a file's content, from where it is until an entry names it no file of the cell.</summary>
    /// <returns>Its SHA-256.</returns>
    public async Task<string> StoreAsync(ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        // Written anew where it is there already: what is damaged is mended, and what is old and of no entry is not cleaned away now.
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        await blobs.WriteAsync(_files + sha256, content, ct);
        return sha256;
    }

    /// <summary>Whether the store has a content.</summary>
    public async Task<bool> HasAsync(string sha256, CancellationToken ct) => await blobs.StatAsync(_files + sha256, ct) is not null;

    /// <summary>A file's content as it was given.</summary>
    /// <exception cref="VolumeFormatException">It is missing or damaged.</exception>
    public async Task<byte[]> ReadAsync(CellFile file, CancellationToken ct)
    {
        var bytes = await blobs.TryReadAsync(_files + file.Sha256, ct)
            ?? throw Missing(file);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == file.Sha256 ? bytes
            : throw Damaged(file);
    }

    /// <summary>
    /// Copies a file's content as it was given, a piece at a time. The last piece is held back until all of it has been checked, so that
    /// nobody takes a damaged file for a whole one.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="target">Where to.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">It is missing or damaged; of a small one nothing was written then.</exception>
    public async Task CopyToAsync(CellFile file, Stream target, CancellationToken ct)
    {
        var name = _files + file.Sha256;
        if (await blobs.StatAsync(name, ct) is not { } stat)
        {
            throw Missing(file);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[(int)Math.Min(PieceBytes, Math.Max(1, file.Bytes))];
        for (var at = 0L; at < file.Bytes && stat.Size == file.Bytes; at += buffer.Length)
        {
            var piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, file.Bytes - at));
            await blobs.ReadAsync(name, at, piece, ct);
            hash.AppendData(piece.Span);
            if (at + piece.Length < file.Bytes || Convert.ToHexStringLower(hash.GetHashAndReset()) == file.Sha256)
            {
                await target.WriteAsync(piece, ct);
                if (at + piece.Length == file.Bytes)
                {
                    return;
                }
            }
        }

        throw Damaged(file);
    }

    private static VolumeFormatException Missing(CellFile file) =>
        new($"The content of {file.Name} is missing in the store; restore it from a backup.");

    private static VolumeFormatException Damaged(CellFile file) =>
        new($"The content of {file.Name} is damaged in the store; restore it from a backup.");

    private async Task<CellEntry?> TryReadAsync(int sequence, CancellationToken ct) =>
        await blobs.TryReadAsync(NameOf(sequence), ct) is { } bytes
            ? CellEntry.Parse(bytes, NameOf(sequence), sequence, dataset.Identity.Value) : null;

    private string NameOf(int sequence) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{sequence:00000000}.json");
}
