using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>A decision as it is kept, with what it was made from.</summary>
/// <param name="DatasetIdentity">Which dataset it is of.</param>
/// <param name="Recipe">How new dark volume was found.</param>
/// <param name="Placements">Versions of the nano scans' placements that it was made with, by modality; 0 of one that has none.</param>
/// <param name="Decision">What was decided.</param>
public sealed record KeptDecision(
    string DatasetIdentity, AnalysisRecipe Recipe, IReadOnlyDictionary<string, int> Placements, Decision Decision)
{
    /// <summary>The interface, the outline and the scans that it rests on; null in what earlier versions kept.</summary>
    public IReadOnlyList<AnalysisInput>? Inputs { get; init; }

    /// <summary>Names what was kept: the first 12 hexadecimal digits of the blob's SHA-256; empty before it is read.</summary>
    [JsonIgnore]
    public string Version { get; init; } = "";

    /// <summary>What has changed since, where whoever read it looked for that; null where nothing has.</summary>
    [JsonIgnore]
    public string? Stale { get; init; }

    /// <summary>What of the dataset or of the recipe has changed since, a sentence; null where nothing of these has.</summary>
    /// <param name="dataset">The dataset as it is now.</param>
    /// <param name="recipe">How the last analysis found new dark volume; null where there is none, and nothing is compared.</param>
    public string? StaleBecause(Dataset dataset, AnalysisRecipe? recipe)
    {
        var moved = Placements.Where(p => VersionOf(dataset, p.Key, Decision.Hours) != p.Value).Select(p => p.Key).ToArray();
        if (moved.Length > 0)
        {
            return $"{string.Join(" and ", moved)} was registered again or put back since: decide again.";
        }

        if (Inputs is null)
        {
            return "An earlier version of this program decided and did not keep what the decision rests on: decide again.";
        }

        var now = DecisionInputs.Of(dataset, Recipe.Modality, Decision.Hours, Decision.AutomaticMask is not null);
        var changed = Inputs.Except(now).Concat(now.Except(Inputs)).Select(i => i.Volume).Distinct().ToArray();
        return changed.Contains(DecisionInputs.Interface) ? "The interface was corrected since: decide again."
            : changed.Length > 0 ? $"Other data since ({string.Join(", ", changed)}): decide again."
            : recipe is not null && recipe.Hash != Recipe.Hash
                ? "The last analysis finds new dark volume by another threshold or recipe: decide again, so that both speak of the same "
                    + "pieces." : null;
    }

    internal static int VersionOf(Dataset dataset, string modality, double hours) =>
        NestedFields.PlacementOf(dataset, new VolumeKey(modality, hours))?.Version ?? 0;
}

/// <summary>Keeps the last decision of each modality and time with its dataset, as one JSON blob.</summary>
public sealed class DecisionStore(DatasetStore store)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        IncludeFields = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Versions of drawn classes that are kept of one modality and time at most.</summary>
    public const int MostDrawn = 500;

    // The versions as one blob, which is replaced while it is what was read.
    private sealed record DrawnLog(string DatasetIdentity, IReadOnlyList<DrawnClasses> Versions);

    /// <summary>What people drew for decisions of a modality at a time, oldest first.</summary>
    /// <exception cref="VolumeFormatException">The blob is damaged.</exception>
    public async Task<IReadOnlyList<DrawnClasses>> DrawnAsync(Dataset dataset, string modality, double hours, CancellationToken ct) =>
        (await ReadDrawnAsync(dataset, modality, hours, ct)).Log.Versions;

    /// <summary>Keeps what somebody drew as the next version; the same areas again are the version that they are.</summary>
    /// <returns>With its version.</returns>
    /// <exception cref="VolumeFormatException">There are too many versions, or the blob is damaged.</exception>
    public async Task<DrawnClasses> KeepDrawnAsync(
        Dataset dataset, string modality, double hours, DrawnClasses drawn, string by, TimeProvider time, CancellationToken ct)
    {
        drawn.Check();
        while (true)
        {
            var (log, tag) = await ReadDrawnAsync(dataset, modality, hours, ct);
            if (log.Versions.FirstOrDefault(v => v.HasSameAreas(drawn)) is { } known)
            {
                return known;
            }

            if (log.Versions.Count >= MostDrawn)
            {
                throw new VolumeFormatException($"Classes were drawn {MostDrawn} times for this scan; no more versions are kept.");
            }

            var next = drawn with
            {
                Version = 1 + log.Versions.Select(v => v.Version).DefaultIfEmpty(0).Max(), By = by,
                At = time.GetUtcNow().ToUnixTimeMilliseconds(),
            };
            var bytes = SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(log with { Versions = [.. log.Versions, next] }, s_json));
            if (await store.Blobs.TryReplaceAsync(DrawnNameOf(dataset, modality, hours), bytes, tag, ct))
            {
                return next;
            }
        }
    }

    private async Task<(DrawnLog Log, string? Tag)> ReadDrawnAsync(Dataset dataset, string modality, double hours, CancellationToken ct)
    {
        var name = DrawnNameOf(dataset, modality, hours);
        try
        {
            var stored = await store.Blobs.TryReadTaggedAsync(name, ct);
            var log = stored is null ? null : JsonSerializer.Deserialize<DrawnLog>(SealedJson.Unseal(stored.Content), s_json);

            // A deletion that was cut off may have left what belonged to another dataset of this id.
            return (log?.DatasetIdentity == dataset.Identity.Value ? log : new DrawnLog(dataset.Identity.Value, []), stored?.Tag);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new VolumeFormatException($"{name} is damaged; restore it from a backup, or remove it to draw classes anew.", e);
        }
    }

    private static string DrawnNameOf(Dataset dataset, string modality, double hours) =>
        BlobNames.Dataset(dataset.Id) + BlobNames.DrawnClassesPath(new VolumeKey(modality, hours));

    /// <summary>Keeps a decision in place of the one before.</summary>
    /// <param name="dataset">The dataset that it was made of, as it was then.</param>
    /// <param name="recipe">How new dark volume was found.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">The dataset is gone.</exception>
    public async Task SaveAsync(Dataset dataset, AnalysisRecipe recipe, Decision decision, CancellationToken ct)
    {
        await using var lease = await store.LeaseAsync(dataset.Id, ct);
        if ((await store.TryOpenAsync(dataset.Id, ct))?.Identity != dataset.Identity)
        {
            throw new VolumeFormatException($"{dataset.Id} was deleted while its nano scans were looked at.");
        }

        var placements = new[] { FieldDecision.Phase, FieldDecision.Absorption }
            .ToDictionary(m => m, m => KeptDecision.VersionOf(dataset, m, decision.Hours));
        var kept = new KeptDecision(dataset.Identity.Value, recipe, placements, decision)
        {
            Inputs = DecisionInputs.Of(dataset, recipe.Modality, decision.Hours, decision.AutomaticMask is not null),
        };
        await store.Blobs.WriteAsync(
            NameOf(dataset, recipe.Modality, decision.Hours), SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(kept, s_json)), ct);
    }

    /// <summary>The last decision of a modality at a time, or null where none was made.</summary>
    /// <exception cref="VolumeFormatException">The blob is damaged.</exception>
    public async Task<KeptDecision?> TryLoadAsync(Dataset dataset, string modality, double hours, CancellationToken ct)
    {
        var name = NameOf(dataset, modality, hours);
        try
        {
            var kept = await store.Blobs.TryReadAsync(name, ct) is { } bytes
                ? JsonSerializer.Deserialize<KeptDecision>(SealedJson.Unseal(bytes), s_json)! with
                {
                    Version = Convert.ToHexStringLower(SHA256.HashData(bytes))[..12],
                }
                : null;

            // A deletion that was cut off may have left what belonged to another dataset of this id.
            return kept?.DatasetIdentity == dataset.Identity.Value ? kept : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new VolumeFormatException($"{name} is damaged; decide again.", e);
        }
    }

    /// <summary>What has changed since, corrected masks too, a sentence; null where a decision of now would rest on the same.</summary>
    /// <param name="dataset">The dataset as it is now.</param>
    /// <param name="kept">The decision.</param>
    /// <param name="recipe">How the last analysis found new dark volume; null where there is none, and nothing is compared.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">The log of the mask is damaged.</exception>
    public async Task<string?> StaleBecauseAsync(Dataset dataset, KeptDecision kept, AnalysisRecipe? recipe, CancellationToken ct)
    {
        if (kept.StaleBecause(dataset, recipe) is { } changed)
        {
            return changed;
        }

        var (before, hours) = (kept.Decision.Mask?.Version ?? 0, kept.Decision.Hours);
        var now = await ChosenMasks.ChosenNowAsync(store, dataset, hours, kept.Decision.AutomaticMask, ct);
        return before == now ? null : string.Create(
            CultureInfo.InvariantCulture, $"The mask of {hours:0.##} h was corrected since: decide again.");
    }

    private static string NameOf(Dataset dataset, string modality, double hours) =>
        BlobNames.Dataset(dataset.Id) + BlobNames.DecisionPath(new VolumeKey(modality, hours));
}
