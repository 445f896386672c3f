using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>A decision as it is kept, with what it was made from.</summary>
/// <param name="DatasetIdentity">Which dataset it is of.</param>
/// <param name="Recipe">How new dark volume was found.</param>
/// <param name="Interface">Fingerprint of the interface that it was made with.</param>
/// <param name="Placements">Versions of the nano scans' placements that it was made with, by modality; 0 of one that has none.</param>
/// <param name="Decision">What was decided.</param>
public sealed record KeptDecision(
    string DatasetIdentity, AnalysisRecipe Recipe, string Interface, IReadOnlyDictionary<string, int> Placements, Decision Decision)
{
    /// <summary>What has changed since, a sentence; null where the decision is of the dataset as it is.</summary>
    public string? StaleBecause(Dataset dataset)
    {
        var moved = Placements.Where(p => VersionOf(dataset, p.Key, Decision.Hours) != p.Value).Select(p => p.Key).ToArray();
        return moved.Length > 0 ? $"{string.Join(" and ", moved)} was registered again since: decide again."
            : Interface != dataset.Depth.Fingerprint ? "The interface was corrected since: decide again." : null;
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
        var kept = new KeptDecision(dataset.Identity.Value, recipe, dataset.Depth.Fingerprint, placements, decision);
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
                ? JsonSerializer.Deserialize<KeptDecision>(SealedJson.Unseal(bytes), s_json) : null;

            // A deletion that was cut off may have left what belonged to another dataset of this id.
            return kept?.DatasetIdentity == dataset.Identity.Value ? kept : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new VolumeFormatException($"{name} is damaged; decide again.", e);
        }
    }

    private static string NameOf(Dataset dataset, string modality, double hours) =>
        BlobNames.Dataset(dataset.Id) + BlobNames.DecisionPath(new VolumeKey(modality, hours));
}
