using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Analysis.Registration;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Labelling;

namespace DendriteViewer.Analysis.Experiments;

/// <summary>
/// Keeps what an analysis found with its dataset: the numbers as one JSON blob, the sets of voxels as label volumes that any reader of
/// OME-Zarr opens: <c>voids</c>, numbered by depth, and <c>lithium</c> at each time, numbered by nucleation site. Each carries its recipe and
/// what it was made from. The manifest is written last, and names the labels and the numbers that belong together: whoever reads it sees
/// those of one analysis, also where one was stopped while it kept what it had found.
/// </summary>
public sealed class AnalysisStore(DatasetStore store)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>What was last found in a modality, or null where nothing was kept.</summary>
    /// <exception cref="VolumeFormatException">The blob is damaged.</exception>
    public async Task<AnalysisResult?> TryLoadAsync(Dataset dataset, string modality, CancellationToken ct)
    {
        var name = BlobNames.Analysis(dataset.Id, dataset.Manifest, modality);
        try
        {
            var stored = dataset.Kept is { KeepsVolumes: true } kept
                ? await kept.ReadAnalysisAsync(modality, ct) : await TryReadAsync(dataset, modality, ct);
            var result = stored is { } bytes
                ? JsonSerializer.Deserialize<AnalysisResult>(SealedJson.Unseal(bytes), s_json) : null;

            // A deletion that was cut off may have left what belonged to another dataset of this id.
            return result is not null
                && (result.DatasetIdentity ?? DatasetIdentity.Earlier(dataset.Id).Value) == dataset.Identity.Value ? Renamed(result) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new VolumeFormatException($"{name} is damaged; run the analysis again.", e);
        }
    }

    // An analysis that was published since the caller opened the dataset has removed the result before it.
    private async Task<byte[]?> TryReadAsync(Dataset dataset, string modality, CancellationToken ct)
    {
        while (true)
        {
            var name = BlobNames.Analysis(dataset.Id, dataset.Manifest, modality);
            var stored = await store.Blobs.TryReadAsync(name, ct);
            if (stored is not null || dataset.Manifest.Analyses?.ContainsKey(modality) != true)
            {
                return stored;
            }

            if (await store.TryOpenAsync(dataset.Id, ct) is not { } now || now.Identity != dataset.Identity)
            {
                return null;
            }

            dataset = BlobNames.Analysis(now.Id, now.Manifest, modality) != name ? now
                : throw new VolumeFormatException($"{name} is missing; run the analysis again.");
        }
    }

    // Sites of results that earlier versions kept get the names that they have now.
    private static AnalysisResult Renamed(AnalysisResult result) => result with
    {
        Sites = [.. result.Sites.Select(s => s with
        {
            Id = NucleationTracker.Renamed(s.Id),
            Events = [.. s.Events.Select(e => e with { With = [.. e.With.Select(NucleationTracker.Renamed)] })],
        })],
        Lithium = [.. result.Lithium.Select(l => l with
        {
            Pieces = [.. l.Pieces.Select(p => p with { Sites = [.. p.Sites.Select(NucleationTracker.Renamed)] })],
        })],
    };

    /// <summary>Keeps a result and its labels; labels of earlier recipes are deleted.</summary>
    /// <exception cref="VolumeFormatException">The dataset is gone.</exception>
    public async Task SaveAsync(AnalysisResult result, AnalysisLabels labels, IProgress<AnalysisProgress>? progress, CancellationToken ct)
    {
        var id = DatasetId.Parse(result.Dataset);
        await using var lease = await store.LeaseAsync(id, ct);
        var dataset = await store.TryOpenAsync(id, ct);
        if (dataset is null || dataset.Identity.Value != (result.DatasetIdentity ?? dataset.Identity.Value))
        {
            throw Deleted(id);
        }

        var pristine = dataset.Volumes.First(v => v.Key.Modality == result.Recipe.Modality);
        var inputs = result.Inputs.Count > 0 ? result.Inputs : await InputsAsync(store, dataset, result.Recipe, result.OutlineUm, ct);
        result = result with { Inputs = inputs };
        var recipe = RecipeOf(result.Recipe, result.Threshold, inputs);
        var automatic = $"{result.RecipeHash}-{HashOf(recipe)}";

        // Numbers of sites follow from the masks of all times, so that one that was corrected gives all labels another place.
        var (place, corrected) = (automatic, (JsonObject)recipe.DeepClone());
        if (result.Masks is { } masks)
        {
            corrected["corrected"] = JsonSerializer.SerializeToNode(masks, s_json);
            place = $"{automatic}-{HashOf(corrected)}";
        }

        var stored = new List<VolumeManifest>();
        (VolumeKey Key, Components Set, string Place, JsonObject Recipe)[] sets =
        [
            (new VolumeKey(LabelModality.Voids, pristine.Key.Hours), labels.Voids, automatic, recipe),
            .. labels.Lithium.Select(l => (new VolumeKey(LabelModality.Lithium, l.Hours), l.Sites, place, corrected)),
            .. labels.Automatic.Select(l => (new VolumeKey(LabelModality.LithiumAutomatic, l.Hours), l.Pieces, automatic, recipe)),
        ];
        for (var i = 0; i < sets.Length; i++)
        {
            var (key, set, at, made) = sets[i];
            progress?.Report(new AnalysisProgress($"keeping labels, {key}", (double)i / sets.Length));
            var volume = await WriteAsync(id, pristine, key, set, at, (JsonObject)made.DeepClone(), ct);
            stored.Add(key.Modality == LabelModality.Lithium ? volume with { Corrected = result.MaskAt(key.Hours) } : volume);
        }

        var (modality, content) = (result.Recipe.Modality, SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(result, s_json)));
        var sha = Convert.ToHexStringLower(SHA256.HashData(content));
        await store.Blobs.WriteAsync(BlobNames.Dataset(id) + BlobNames.AnalysisPath(modality, sha), content, ct);

        VolumeManifest[] old = [];
        var before = "";
        await store.UpdateAsync(
            id,
            now =>
            {
                now = now ?? throw Deleted(id);
                old = now.Manifest.Volumes.Where(v => v.Labels == true).ToArray();
                before = BlobNames.Analysis(id, now.Manifest, modality);
                var scans = now.Manifest.Volumes.Where(v => v.Labels != true).Select(v => v with { Registration = RegistrationOf(v, now, result) ?? v.Registration });
                var kept = now.Manifest with
                {
                    Volumes = scans.Concat(stored).ToArray(),
                    Analyses = new Dictionary<string, string>(now.Manifest.Analyses ?? new Dictionary<string, string>())
                    {
                        [modality] = sha,
                    },
                };
                return ValueTask.FromResult(!OutlineSearch.IsDue(kept) || result.OutlineSearch is null ? kept : kept with
                {
                    Cell = (kept.Cell ?? new CellManifest()) with { OutlineUm = result.OutlineUm, OutlineSearch = result.OutlineSearch },
                });
            },
            ct,
            dataset.Identity);
        await DeleteAsync(id, old.Where(o => stored.All(s => s.Path != o.Path)), ct);
        if (before != BlobNames.Dataset(id) + BlobNames.AnalysisPath(modality, sha))
        {
            await store.Blobs.DeleteAsync(before, ct);
        }
    }

    /// <summary>Keeps what changed between two times as labels, in place of the last change that was asked for.</summary>
    /// <exception cref="VolumeFormatException">The dataset is gone.</exception>
    public async Task SaveAsync(Dataset analysed, ChangeFindings change, AnalysisRecipe recipe, CancellationToken ct)
    {
        var id = analysed.Id;
        await using var lease = await store.LeaseAsync(id, ct);
        var dataset = await store.TryOpenAsync(id, ct);
        if (dataset?.Identity != analysed.Identity)
        {
            throw Deleted(id);
        }

        var pristine = dataset.Volumes.First(v => v.Key.Modality == recipe.Modality);
        var made = new JsonObject
        {
            ["version"] = AnalysisRecipe.Version, ["recipe"] = JsonSerializer.SerializeToNode(recipe, s_json), ["fromHours"] = change.FromHours, ["toHours"] = change.ToHours,
            ["gainedUm3"] = change.GainedUm3, ["lostUm3"] = change.LostUm3,
            ["mask"] = MaskUse.DescribeChange(change.FromMask, change.ToMask),
            ["masks"] = JsonSerializer.SerializeToNode(new[] { change.FromMask, change.ToMask }, s_json),
        };
        var place = $"{recipe.Hash}-{HashOf(made)}";
        var key = new VolumeKey(LabelModality.Change, change.ToHours);
        var stored = await WriteAsync(id, pristine, key, change.Labels, place, made, ct) with
        {
            Corrected = change.ToMask, CorrectedFrom = change.FromMask,
        };
        VolumeManifest[] old = [];
        await store.UpdateAsync(
            id,
            now =>
            {
                old = now?.Manifest.Volumes.Where(v => v is { Labels: true, Modality: LabelModality.Change }).ToArray()
                    ?? throw Deleted(id);
                return ValueTask.FromResult(now.Manifest with { Volumes = now.Manifest.Volumes.Except(old).Append(stored).ToArray() });
            },
            ct,
            analysed.Identity);
        await DeleteAsync(id, old.Where(o => o.Path != stored.Path), ct);
    }

    /// <summary>
    /// What an analysis rests on: the interface and the cell's outline, which decide what is electrolyte, and the scans with the checksums
    /// of their voxels. Registration follows from these.
    /// </summary>
    internal static async Task<IReadOnlyList<AnalysisInput>> InputsAsync(
        DatasetStore store, Dataset dataset, AnalysisRecipe recipe, double[][]? outlineUm, CancellationToken ct)
    {
        var inputs = new List<AnalysisInput> { new("interface", dataset.Depth.Fingerprint) };
        if (outlineUm is not null)
        {
            var corners = MemoryMarshal.AsBytes<double>([.. outlineUm.SelectMany(c => c)]);
            inputs.Add(new AnalysisInput("outline", Convert.ToHexStringLower(SHA256.HashData(corners))[..12]));
        }

        // Phase contrast that analyses leave out decides nothing; where the other lies decides as much as its voxels.
        foreach (var scan in dataset.Volumes.Where(v => v.Key.Modality == recipe.Modality
            || (v.Key.Modality == PhaseContrast.Modality && StageTrust.ProblemOf(dataset, v.Key) is null)))
        {
            inputs.Add(new AnalysisInput(scan.Key.ToString(), await ChecksumAsync(store, scan, ct)));
            if (scan.Key.Modality == PhaseContrast.Modality && recipe.Modality != PhaseContrast.Modality)
            {
                inputs.Add(PlacementInput(scan));
            }
        }

        return inputs;
    }

    /// <summary>Where phase contrast lies, as an input of an analysis that uses it.</summary>
    internal static AnalysisInput PlacementInput(VolumeInfo scan)
    {
        var rows = SHA256.HashData(MemoryMarshal.AsBytes(scan.ScannedTransform.Rows));
        return new AnalysisInput($"placement of {scan.Key}", Convert.ToHexStringLower(rows)[..12]);
    }

    /// <summary>
    /// Names the automatic masks of a recipe and what it was applied to: another name, other voxels. Bins and band decide no voxel.
    /// </summary>
    internal static string AutomaticName(AnalysisRecipe recipe, double threshold, IReadOnlyList<AnalysisInput> inputs) =>
        $"{recipe.Hash}-{HashOf(RecipeOf(recipe with { BinUm = 0, Band = default }, threshold, inputs))}";

    /// <summary>The name of the automatic masks that stored labels come from.</summary>
    /// <exception cref="VolumeFormatException">The labels do not say what they were made from.</exception>
    internal static async Task<string> AutomaticNameAsync(DatasetStore store, VolumeInfo labels, CancellationToken ct)
    {
        try
        {
            using var json = JsonDocument.Parse(await store.Blobs.TryReadAsync(BlobNames.ZarrJson(labels.Prefix), ct) ?? []);
            var made = json.RootElement.GetProperty("attributes").GetProperty("dendrite").GetProperty("analysis");
            return AutomaticName(
                made.GetProperty("recipe").Deserialize<AnalysisRecipe>(s_json)!, made.GetProperty("threshold").GetDouble(),
                made.GetProperty("inputs").Deserialize<AnalysisInput[]>(s_json)!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new VolumeFormatException($"{labels.Prefix}zarr.json does not say what the labels were made from; run the analysis again.", e);
        }
    }

    private static JsonObject RecipeOf(AnalysisRecipe recipe, double threshold, IReadOnlyList<AnalysisInput> inputs) => new()
    {
        ["version"] = AnalysisRecipe.Version, ["recipe"] = JsonSerializer.SerializeToNode(recipe, s_json), ["threshold"] = threshold,
        ["inputs"] = JsonSerializer.SerializeToNode(inputs, s_json),
    };

    private static string HashOf(JsonObject made) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(made.ToJsonString())))[..8];

    private static VolumeFormatException Deleted(DatasetId id) => new($"{id} was deleted while it was analysed.");

    private async Task DeleteAsync(DatasetId id, IEnumerable<VolumeManifest> labels, CancellationToken ct)
    {
        foreach (var gone in labels)
        {
            var prefix = $"{BlobNames.Dataset(id)}{gone.Path}/";
            store.Forget(prefix);
            await store.Blobs.DeleteAllAsync(prefix, ct);
        }
    }

    /// <summary>How an analysis laid a volume onto the pristine scan; null where it did not.</summary>
    internal static RegistrationManifest? RegistrationOf(VolumeManifest manifest, Dataset dataset, AnalysisResult result)
    {
        // What was taken at the same time, in whatever modality, lies as the scan that was registered; what was placed inside a scan,
        // as that scan does.
        var key = new VolumeKey(manifest.Modality, manifest.Hours);
        var hours = new VolumeKey(manifest.Modality, manifest.Placement?.FixedHours ?? manifest.Hours).Hours;
        if (result.Registrations.FirstOrDefault(r => r.Key.Hours == hours) is not { Correlation: > 0 } r
            || r.Key.Hours == result.Registrations[0].Key.Hours || dataset.Find(key.Modality, key.Hours) is not { } scan)
        {
            return null;
        }

        return StoredRegistrations.Of(r, scan);
    }

    // The name of a recipe and of what it was applied to says all that decides the labels; what lies there already is the same.
    private async Task<VolumeManifest> WriteAsync(
        DatasetId id, VolumeInfo pristine, VolumeKey key, Components set, string place, JsonObject recipe, CancellationToken ct)
    {
        var path = BlobNames.LabelsPath(key, place);
        var prefix = $"{BlobNames.Dataset(id)}{path}/";
        var present = await store.Blobs.NamesAsync(prefix, ct);
        using var writer = new VolumeWriter(store.Blobs, prefix, pristine.Shape, VoxelType.UInt16, isLabels: true);
        await writer.ResumeAsync(present, ct);
        await writer.WriteAsync(
            (z, slice) =>
            {
                Fill(set, z, MemoryMarshal.Cast<byte, ushort>(slice.Span));
                return ValueTask.CompletedTask;
            },
            inAnyOrder: true, null, ct);
        var (_, most) = writer.ValueRange;
        var sha = await writer.FinishAsync(pristine.Transform, key.ToString(), new JsonObject { ["labels"] = true, ["analysis"] = recipe, ["valueRange"] = new JsonArray(0, most) }, ct);
        var size = pristine.Transform.VoxelSize;
        return new VolumeManifest
        {
            Modality = key.Modality, Hours = key.Hours, Path = path, Labels = true, Shape = [pristine.Shape.Z, pristine.Shape.Y, pristine.Shape.X], Dtype = VoxelType.UInt16.ZarrName(),
            VoxelSizeUm = [size.Z, size.Y, size.X], Transform = pristine.Transform.Rows.ToArray(), ValueRange = [0, Math.Max(1, most)], Levels = writer.Levels.Count, MetadataSha256 = sha,
        };
    }

    private static void Fill(Components set, int z, Span<ushort> slice)
    {
        slice.Clear();
        for (var y = 0; y < set.Y; y++)
        {
            foreach (var run in set.Row(z, y))
            {
                // 16 bits hold 65,535 labels; those beyond, the deepest voids, share the last.
                slice.Slice(y * set.X + run.Start, run.End - run.Start).Fill((ushort)Math.Min(run.Label, ushort.MaxValue));
            }
        }
    }

    // Of the shards of the finest level in order of their names: their bricks' checksums are in them. A link has those of all its chunks.
    private static async Task<string> ChecksumAsync(DatasetStore store, VolumeInfo volume, CancellationToken ct)
    {
        if (volume is { LinkedTo: not null, MetadataSha256: { } link })
        {
            return link;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in (await store.Blobs.NamesAsync($"{volume.Prefix}0/", ct)).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name[volume.Prefix.Length..]));
            hash.AppendData(await store.Blobs.TryReadAsync(name, ct) ?? []);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
