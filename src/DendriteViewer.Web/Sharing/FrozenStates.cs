using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Sharing;

/// <summary>
/// Keeps the state of a dataset for a frozen link, and shows it again: the manifest with the scans, their places, labels and interface; the
/// results of analyses; and up to which edit sites and measurements count. Voxels are not copied: scans are never changed, and what was
/// imported anew or analysed again since is named as lost rather than shown in its place.
/// </summary>
public sealed class FrozenStates(IDbContextFactory<DendriteDb> database, DatasetStore store, TimeProvider time)
{
    private const string ManifestPart = "manifest", MomentPart = "moment", AnalysisPart = "analysis/";

    private const int MostTries = 5;

    // A manifest is some 10 kB; there are few frozen links that people look at at the same time.
    private const int MostInMemory = 64;

    // By link and by the manifest's state now, since what is lost depends on it.
    private readonly ConcurrentDictionary<(Guid Link, string Revision), Dataset> _opened = new();

    /// <summary>Adds what a frozen link keeps of a dataset as it is published now; the caller saves it together with the link.</summary>
    /// <exception cref="VolumeFormatException">The dataset is gone.</exception>
    /// <exception cref="ArgumentException">It changes all the time.</exception>
    public async Task KeepAsync(DendriteDb db, Guid link, Dataset dataset, CancellationToken ct)
    {
        if (dataset.Kept is FrozenState kept)
        {
            // A copy of a frozen link keeps what that one keeps.
            var parts = await db.LinkSnapshots.AsNoTracking().Where(s => s.LinkId == kept.Id).ToListAsync(ct);
            db.LinkSnapshots.AddRange(parts.Select(p => new LinkSnapshot { LinkId = link, Part = p.Part, Content = p.Content }));
            return;
        }

        // Manifest, results and edits are read one after another. Where one of them changed between, they are no one state: once more.
        var (now, moment) = (await NowAsync(dataset, ct), await MomentAsync(db, dataset, ct));
        for (var i = 0; i < MostTries; i++)
        {
            var results = new Dictionary<string, byte[]>();
            foreach (var modality in now.Modalities)
            {
                if (await store.Blobs.TryReadAsync(BlobNames.Dataset(now.Id) + BlobNames.AnalysisPath(modality), ct) is { } result)
                {
                    results[AnalysisPart + modality] = result;
                }
            }

            var (before, then) = (now, moment);
            (now, moment) = (await NowAsync(dataset, ct), await MomentAsync(db, dataset, ct));
            if (now.Revision == before.Revision && moment == then with { At = moment.At })
            {
                results[MomentPart] = JsonSerializer.SerializeToUtf8Bytes(moment);
                results[ManifestPart] = JsonSerializer.SerializeToUtf8Bytes(new Kept(now.Revision, now.Manifest), DatasetManifest.Json);
                db.LinkSnapshots.AddRange(
                    results.Select(r => new LinkSnapshot { LinkId = link, Part = r.Key, Content = Compressed(r.Value) }));
                return;
            }
        }

        throw new ArgumentException("The dataset changes at the moment, so that there is no one state to freeze; try it again.");
    }

    private async Task<Dataset> NowAsync(Dataset dataset, CancellationToken ct) =>
        await store.TryOpenAsync(dataset.Id, ct) is { } found && found.Identity == dataset.Identity
            ? found : throw new VolumeFormatException($"{dataset.Id} was deleted.");

    private async Task<FrozenMoment> MomentAsync(DendriteDb db, Dataset dataset, CancellationToken ct)
    {
        var identity = dataset.Identity.Value;
        return new FrozenMoment(
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            await db.SiteEdits.LongCountAsync(e => e.DatasetIdentity == identity, ct)
                + await db.MeasurementEdits.LongCountAsync(e => e.DatasetIdentity == identity, ct),
            await db.SiteEdits.Where(e => e.DatasetIdentity == identity).MaxAsync(e => (long?)e.Sequence, ct) ?? 0,
            await db.MeasurementEdits.Where(e => e.DatasetIdentity == identity).MaxAsync(e => (long?)e.Sequence, ct) ?? 0);
    }

    /// <summary>
    /// The dataset as a frozen link keeps it, or null where it keeps nothing, or none of its scans is there any more.
    /// </summary>
    /// <param name="link">The link.</param>
    /// <param name="now">The dataset as it is published now.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Dataset?> OpenAsync(Guid link, Dataset now, CancellationToken ct)
    {
        if (_opened.TryGetValue((link, now.Revision), out var known))
        {
            return known;
        }

        if (await ReadAsync(link, ManifestPart, ct) is not { } manifest || await ReadAsync(link, MomentPart, ct) is not { } moment)
        {
            return null;
        }

        var kept = JsonSerializer.Deserialize<Kept>(manifest, DatasetManifest.Json)!;
        var lost = new List<string>();
        var there = kept.Manifest.Volumes.Where(v => IsThere(v, now, lost)).ToArray();
        if (!there.Any(v => v.Labels != true))
        {
            return null;
        }

        var opened = Dataset.Of(now.Id, kept.Manifest with { Volumes = there }) with
        {
            Revision = kept.Revision + (lost.Count > 0 ? "-" + now.Revision : ""),
            Kept = new FrozenState(link, JsonSerializer.Deserialize<FrozenMoment>(moment)!, lost, this),
        };
        if (_opened.Count >= MostInMemory)
        {
            _opened.Clear();
        }

        return _opened[(link, now.Revision)] = opened;
    }

    /// <summary>The sealed result of an analysis as a frozen link keeps it, or null.</summary>
    internal Task<byte[]?> AnalysisAsync(Guid link, string modality, CancellationToken ct) => ReadAsync(link, AnalysisPart + modality, ct);

    // Whether a volume of then is the same now. What another import or analysis put into its place is not shown for it.
    private static bool IsThere(VolumeManifest then, Dataset now, List<string> lost)
    {
        if (now.Manifest.Volumes.Any(v => v.Modality == then.Modality && v.Hours == then.Hours && v.Path == then.Path
            && v.MetadataSha256 == then.MetadataSha256))
        {
            return true;
        }

        var isReplaced = now.Manifest.Volumes.Any(v => v.Modality == then.Modality && v.Hours == then.Hours);
        var what = string.Create(CultureInfo.InvariantCulture, $"{then.Modality} at {then.Hours} h");
        lost.Add((then.Labels == true, isReplaced) switch
        {
            (true, true) => $"The segmentation {what} was made anew since; that of then was not kept.",
            (true, false) => $"The segmentation {what} was removed since, and was not kept.",
            (false, true) => $"The scan {what} was imported anew since; that of then was not kept.",
            _ => $"The scan {what} was removed since, and was not kept.",
        });
        return false;
    }

    private async Task<byte[]?> ReadAsync(Guid link, string part, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var content = await db.LinkSnapshots.Where(s => s.LinkId == link && s.Part == part).Select(s => s.Content).FirstOrDefaultAsync(ct);
        return content is null ? null : Expanded(content);
    }

    private static byte[] Compressed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Expanded(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var content = new MemoryStream();
        gzip.CopyTo(content);
        return content.ToArray();
    }

    private sealed record Kept(string Revision, DatasetManifest Manifest);
}
