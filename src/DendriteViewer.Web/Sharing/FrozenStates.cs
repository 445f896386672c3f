using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Placements;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Sharing;

/// <summary>
/// Keeps the state of a dataset for a frozen link, and shows it again: the manifest with the scans, their places, labels and interface; the
/// results of analyses; how far the logs of masks went; and the number in the dataset's journal that sites, measurements, labels and fields
/// are read by. Voxels are not copied: scans are never changed, and what was imported anew or analysed again since is named as lost rather
/// than shown in its place. What a link keeps stays when the link ends by itself, since it may be cited, and goes when it is revoked.
/// </summary>
public sealed class FrozenStates(IDbContextFactory<DendriteDb> database, DatasetStore store, TimeProvider time)
{
    private const string ManifestPart = "manifest", MomentPart = "moment", MasksPart = "masks", AnalysisPart = "analysis/";

    private const int MostTries = 5;

    /// <summary>
    /// So long after a dataset was deleted what frozen links keep of it stays, since a store that was away comes back with its datasets.
    /// </summary>
    public const int DaysAfterDeletion = 90;

    /// <summary>What is said to who copies a link whose state was removed.</summary>
    public const string NothingLeft = "Nothing is left of the state that this link kept.";

    // A manifest is some 10 kB; there are few frozen links that people look at at the same time.
    private const int MostInMemory = 64;

    private readonly PlacementStore _placements = new(store, time);

    // By link and by the manifest's state now, since what is lost depends on it.
    private readonly ConcurrentDictionary<(Guid Link, string Revision), Dataset> _opened = new();

    /// <summary>
    /// Adds what a frozen link keeps of a dataset as it is published now, with volumes where the link's view shows them; the caller saves
    /// it together with the link.
    /// </summary>
    /// <returns>When it was kept, and which edits count.</returns>
    /// <exception cref="VolumeFormatException">The dataset is gone.</exception>
    /// <exception cref="ArgumentException">
    /// It changes all the time, a result of its analyses is missing, or nothing is left of the frozen state that is copied.
    /// </exception>
    public async Task<FrozenMoment> KeepAsync(DendriteDb db, Guid link, Dataset dataset, string query, CancellationToken ct)
    {
        if (dataset.Kept is FrozenState kept)
        {
            // A copy of a frozen link keeps what that one keeps.
            var parts = await db.LinkSnapshots.AsNoTracking().Where(s => s.LinkId == kept.Id).ToListAsync(ct);
            if (parts.Count == 0)
            {
                // A page that was open before the link was revoked still shows its state.
                throw new ArgumentException(NothingLeft);
            }

            db.LinkSnapshots.AddRange(parts.Select(p => new LinkSnapshot { LinkId = link, Part = p.Part, Content = p.Content }));
            return kept.Moment;
        }

        // Manifest, results and edits are read one after another. Where one of them changed between, they are no one state: once more.
        var before = await ReadNowAsync(db, dataset, ct);
        for (var i = 0; i < MostTries; i++)
        {
            var results = new Dictionary<string, byte[]>();
            var missing = "";
            foreach (var modality in before.Dataset.Modalities)
            {
                // The manifest names the numbers that belong to its labels.
                var name = BlobNames.Analysis(dataset.Id, before.Dataset.Manifest, modality);
                if (await store.Blobs.TryReadAsync(name, ct) is { } result)
                {
                    results[AnalysisPart + modality] = result;
                }
                else if (before.Dataset.Manifest.Analyses?.ContainsKey(modality) == true)
                {
                    missing = modality;
                }
            }

            var now = await ReadNowAsync(db, dataset, ct);
            if (now.IsSameAs(before))
            {
                // Annotations as they were stay those; what nobody kept of then is of now, and the moment says both.
                var moment = dataset.Kept is PastState past
                    ? now.Moment with { Revision = past.Number, EditedAt = past.Entry?.At ?? 0 } : now.Moment;
                if (missing.Length > 0)
                {
                    throw new ArgumentException(
                        $"What the analysis of {missing} found is missing in the store, so that it cannot be frozen; run the analysis "
                            + "again.");
                }

                var shown = await PlacementLink.OverAsync(_placements, now.Dataset, query, ct);
                results[MomentPart] = JsonSerializer.SerializeToUtf8Bytes(
                    new KeptMoment(moment.At, moment.Revision) { EditedAt = moment.EditedAt });
                results[MasksPart] = JsonSerializer.SerializeToUtf8Bytes(now.Masks.Select(m => new KeptMask(m.Key, m.Value)));
                results[ManifestPart] = JsonSerializer.SerializeToUtf8Bytes(
                    new Kept(shown.Revision, shown.Manifest), DatasetManifest.Json);
                db.LinkSnapshots.AddRange(
                    results.Select(r => new LinkSnapshot { LinkId = link, Part = r.Key, Content = Compressed(r.Value) }));
                return moment;
            }

            before = now;
        }

        throw new ArgumentException("The dataset changes at the moment, so that there is no one state to freeze; try it again.");
    }

    /// <summary>
    /// Removes what revoked links keep, and what links of datasets that were deleted <see cref="DaysAfterDeletion"/> days ago keep, which
    /// nobody can open. That of a link whose time is over or whose maker is gone stays: members open it by its address, and may revoke it.
    /// </summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        var before = time.GetUtcNow().AddDays(-DaysAfterDeletion).ToUnixTimeMilliseconds();
        await using var db = await database.CreateDbContextAsync(ct);
        var over = db.Links.Where(l => l.RevokedAt != null
            || db.Datasets.Any(d => d.Identity == l.DatasetIdentity && d.DeletedAt != null && d.DeletedAt < before));
        await db.LinkSnapshots.Where(s => over.Any(l => l.Id == s.LinkId)).ExecuteDeleteAsync(ct);
    }

    private async Task<Dataset> NowAsync(Dataset dataset, CancellationToken ct) =>
        await store.TryOpenAsync(dataset.Id, ct) is { } found && found.Identity == dataset.Identity
            ? found : throw new VolumeFormatException($"{dataset.Id} was deleted.");

    private async Task<Present> ReadNowAsync(DendriteDb db, Dataset dataset, CancellationToken ct)
    {
        var (now, identity) = (await NowAsync(dataset, ct), dataset.Identity.Value);
        return new Present(now,
            new FrozenMoment(
                time.GetUtcNow().ToUnixTimeMilliseconds(),
                await db.EditEntries.Where(e => e.DatasetIdentity == identity).MaxAsync(e => (long?)e.Number, ct) ?? 0),
            await MaskCorrections.EntriesAsync(store, now, ct));
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
        var masks = await ReadAsync(link, MasksPart, ct);
        var lost = new List<string>();
        var there = kept.Manifest.Volumes.Where(v => IsThere(v, now, lost)).ToArray();
        if (!there.Any(v => v.Labels != true))
        {
            return null;
        }

        if (masks is null && there.Any(v => v is { Labels: true, Modality: LabelModality.Lithium }))
        {
            lost.Add("Corrections of masks were not kept with this link, and are not shown.");
        }

        var opened = Dataset.Of(now.Id, kept.Manifest with { Volumes = there }) with
        {
            Revision = kept.Revision + (lost.Count > 0 ? "-" + now.Revision : ""),
            Kept = new FrozenState(link, await MomentOfAsync(now.Identity, moment, ct), lost, this)
            {
                Masks = masks is null ? null
                    : JsonSerializer.Deserialize<KeptMask[]>(masks)!.ToDictionary(m => m.Hours, m => m.Entries),
            },
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

    // Links that were frozen before edits of all kinds had one number name the last row of each of two kinds, and counted the rows.
    private async Task<FrozenMoment> MomentOfAsync(DatasetIdentity dataset, byte[] json, CancellationToken ct)
    {
        var kept = JsonSerializer.Deserialize<KeptMoment>(json)!;
        if (kept is { SiteEdits: null, MeasurementEdits: null })
        {
            return new FrozenMoment(kept.At, kept.Revision) { EditedAt = kept.EditedAt };
        }

        await using var db = await database.CreateDbContextAsync(ct);
        var numbers = db.SiteEdits.Where(e => e.DatasetIdentity == dataset.Value && e.Sequence <= kept.SiteEdits).Select(e => e.Number)
            .Concat(db.MeasurementEdits.Where(e => e.DatasetIdentity == dataset.Value && e.Sequence <= kept.MeasurementEdits)
                .Select(e => e.Number))
            .Concat(db.SchemaEdits.Where(e => e.DatasetIdentity == dataset.Value && e.At <= kept.At).Select(e => e.Number));
        return new FrozenMoment(kept.At, await numbers.MaxAsync(n => (long?)n, ct) ?? 0);
    }

    private sealed record Kept(string Revision, DatasetManifest Manifest);

    private sealed record KeptMoment(long At, long Revision, long? SiteEdits = null, long? MeasurementEdits = null)
    {
        public long? EditedAt { get; init; }
    }

    private sealed record KeptMask(double Hours, int Entries);

    // A dataset at one moment, as far as it changes.
    private sealed record Present(Dataset Dataset, FrozenMoment Moment, IReadOnlyDictionary<double, int> Masks)
    {
        public bool IsSameAs(Present other) => Dataset.Revision == other.Dataset.Revision && Moment.Revision == other.Moment.Revision
            && Masks.Count == other.Masks.Count && Masks.All(m => other.Masks.TryGetValue(m.Key, out var n) && n == m.Value);
    }
}
