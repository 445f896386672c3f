using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Storage;

/// <summary>Where things lie in the store; the one place that makes and reads blob names.</summary>
public static class BlobNames
{
    /// <summary>Prefix of all datasets.</summary>
    public const string Datasets = "datasets/";

    /// <summary>Prefix of what processes lease.</summary>
    public const string Leases = "leases/";

    /// <summary>Prefix of uploads on their way in, where several servers take them.</summary>
    public const string Uploads = "uploads/";

    /// <summary>Prefix of an upload.</summary>
    public static string UploadOf(string id) => $"{Uploads}{id}/";

    /// <summary>What an upload is of; its existence is the upload's.</summary>
    public static string Upload(string id) => UploadOf(id) + "upload.json";

    /// <summary>Which job shows how far an upload is.</summary>
    public static string UploadJob(string id) => UploadOf(id) + "job";

    /// <summary>Prefix of an upload's pieces.</summary>
    public static string UploadPieces(string id) => UploadOf(id) + "pieces/";

    /// <summary>A piece of a file of an upload.</summary>
    public static string UploadPiece(string id, int file, int piece) =>
        string.Create(CultureInfo.InvariantCulture, $"{UploadPieces(id)}{file}/{piece}");

    /// <summary>Prefix of files that were exported and can be fetched for some days.</summary>
    public const string Exports = "exports/";

    private const string MarkOfExport = "whole";

    /// <summary>Prefix of the exports of a dataset, by its identity.</summary>
    public static string ExportsOf(string owner) => $"{Exports}{owner}/";

    /// <summary>Prefix of the parts of an export, by the random id that they have in common.</summary>
    public static string ExportParts(string owner, string name, string id) => $"{ExportsOf(owner)}{name}/{id}/";

    /// <summary>A part of an export, from 0.</summary>
    public static string ExportPart(string owner, string name, string id, int part) =>
        string.Create(CultureInfo.InvariantCulture, $"{ExportParts(owner, name, id)}{part:00000000}");

    /// <summary>The blob that says which parts are an export of a name.</summary>
    public static string ExportMark(string owner, string name) => $"{ExportsOf(owner)}{name}/{MarkOfExport}";

    /// <summary>What a blob of an export is: its owner, its name, and whose part it is, null of the mark. Else null.</summary>
    public static (string Owner, string Name, string? Id)? ParseExport(string blob) => blob.Split('/') switch
    {
        [var top, var owner, var name, MarkOfExport] when top + "/" == Exports => (owner, name, null),
        [var top, var owner, var name, var id, _] when top + "/" == Exports => (owner, name, id),
        _ => null,
    };

    /// <summary>What is leased by who writes a dataset.</summary>
    public static string Lease(DatasetId id) => $"{Leases}{id}";

    /// <summary>Prefix of a dataset.</summary>
    public static string Dataset(DatasetId id) => $"{Datasets}{id}/";

    /// <summary>The dataset's manifest; its existence publishes the dataset.</summary>
    public static string Manifest(DatasetId id) => Dataset(id) + "dataset.json";

    /// <summary>Prefix of a volume's OME-Zarr group, below the dataset's prefix.</summary>
    public static string VolumePath(VolumeKey key) => $"volumes/{key.Modality}/{key.TimestepName}.ome.zarr";

    /// <summary>Prefix of a volume's OME-Zarr group.</summary>
    public static string Volume(DatasetId id, VolumeKey key) => Dataset(id) + VolumePath(key) + "/";

    /// <summary>Prefix of labels that a recipe made, below the dataset's prefix: another recipe, another place.</summary>
    public static string LabelsPath(VolumeKey key, string recipe) => $"labels/{key.Modality}/{recipe}/{key.TimestepName}.ome.zarr";

    /// <summary>Prefix of what analyses found, below the dataset's prefix.</summary>
    public const string AnalysisFolder = "analysis/";

    /// <summary>Everything that an analysis of a modality found, below the dataset's prefix, as earlier versions kept it.</summary>
    public static string AnalysisPath(string modality) => $"{AnalysisFolder}{modality}.json";

    /// <summary>
    /// Everything that an analysis of a modality found, below the dataset's prefix: by its checksum, so that the manifest names it together
    /// with the labels that belong to it.
    /// </summary>
    public static string AnalysisPath(string modality, string sha256) =>
        $"{AnalysisFolder}{modality}.{sha256[..Math.Min(16, sha256.Length)]}.json";

    /// <summary>The blob of what was last found in a modality, by a dataset's manifest; it need not be there.</summary>
    public static string Analysis(DatasetId id, DatasetManifest manifest, string modality) =>
        Dataset(id) + (manifest.Analyses?.GetValueOrDefault(modality) is { } sha ? AnalysisPath(modality, sha) : AnalysisPath(modality));

    /// <summary>What nano scans said of new dark volume of a modality at a time, below the dataset's prefix.</summary>
    public static string DecisionPath(VolumeKey key) => $"analysis/decisions/{key.Modality}/{key.TimestepName}.json";

    /// <summary>The classes that people drew for decisions of a modality at a time, below the dataset's prefix.</summary>
    public static string DrawnClassesPath(VolumeKey key) => $"analysis/decisions/{key.Modality}/{key.TimestepName}.classes.json";

    /// <summary>Prefix of the logs of masks' corrections, below the dataset's prefix.</summary>
    public const string Corrections = "corrections/";

    /// <summary>
    /// Prefix of the logs of a dataset's masks: by its identity, so that what a deletion left behind is never another dataset's.
    /// </summary>
    public static string CorrectionsOf(DatasetId id, DatasetIdentity identity) => $"{Dataset(id)}{Corrections}{identity.Value}/";

    /// <summary>Prefix of what belongs to a cell beside its scans, below the dataset's prefix.</summary>
    public const string Cell = "cell/";

    /// <summary>Prefix of what belongs to the cell of a dataset: by its identity, as corrections of masks are.</summary>
    public static string CellOf(DatasetId id, DatasetIdentity identity) => $"{Dataset(id)}{Cell}{identity.Value}/";

    /// <summary>Prefix of the log of what was added to a cell and changed, an entry a blob.</summary>
    public static string CellLog(DatasetId id, DatasetIdentity identity) => CellOf(id, identity) + "log/";

    /// <summary>Prefix of the files that were added to a cell, each by the SHA-256 of its content.</summary>
    public static string CellFiles(DatasetId id, DatasetIdentity identity) => CellOf(id, identity) + "files/";

    /// <summary>Prefix of the logs of volumes' placements, below the dataset's prefix.</summary>
    public const string Placements = "placements/";

    /// <summary>Prefix of the logs of a dataset's placements: by its identity, as <see cref="CorrectionsOf"/>.</summary>
    public static string PlacementsOf(DatasetId id, DatasetIdentity identity) => $"{Dataset(id)}{Placements}{identity.Value}/";

    /// <summary>Prefix of the log of a volume's placements, an entry a blob.</summary>
    public static string PlacementLog(DatasetId id, DatasetIdentity identity, VolumeKey key) =>
        $"{PlacementsOf(id, identity)}{key.Modality}/{key.TimestepName}/";

    /// <summary>Landmarks that somebody is placing in a volume: of a person by a hash of their key, which is not told.</summary>
    /// <param name="id">The dataset.</param>
    /// <param name="identity">Its identity.</param>
    /// <param name="key">The volume.</param>
    /// <param name="owner">The person's key.</param>
    public static string LandmarkDraft(DatasetId id, DatasetIdentity identity, VolumeKey key, string owner) =>
        $"{PlacementsOf(id, identity)}drafts/{key.Modality}/{key.TimestepName}/"
        + $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)))[..32]}.json";

    /// <summary>An entry of the log of a volume's placements.</summary>
    /// <param name="id">The dataset.</param>
    /// <param name="identity">Its identity.</param>
    /// <param name="key">The volume.</param>
    /// <param name="version">The entry's number, from 1.</param>
    public static string PlacementEntry(DatasetId id, DatasetIdentity identity, VolumeKey key, int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{PlacementLog(id, identity, key)}{version:00000000}.json");

    /// <summary>The number of an entry of the log of placements, or null of a blob that is none.</summary>
    /// <param name="log">The log's prefix.</param>
    /// <param name="name">The blob.</param>
    public static int? VersionOfPlacement(string log, string name) =>
        name.Length == log.Length + 13 && name.StartsWith(log, StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(log.Length, 8), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? version : null;

    /// <summary>Prefix of measured curves, below the dataset's prefix.</summary>
    public const string SeriesFolder = "series/";

    /// <summary>A measured curve, below the dataset's prefix.</summary>
    public static string SeriesPath(string kind) => $"{SeriesFolder}{kind}.csv";

    /// <summary>A measured curve that took the place of another, below the dataset's prefix: other bytes, another name.</summary>
    public static string SeriesPath(string kind, string sha256) => $"{SeriesFolder}{kind}.{sha256[..Math.Min(16, sha256.Length)]}.csv";

    /// <summary>The blob of a published series.</summary>
    public static string Series(DatasetId id, SeriesManifest series) => Dataset(id)
        + (series.Sha256 is { } sha && series.Path == SeriesPath(series.Kind, sha) ? series.Path : SeriesPath(series.Kind));

    /// <summary>A shard of a level: <c>LEVEL/c/Z/Y/X</c> below the volume's prefix.</summary>
    public static string Shard(string volume, int level, int z, int y, int x) => $"{volume}{level}/c/{z}/{y}/{x}";

    /// <summary>Metadata of a group or a level.</summary>
    public static string ZarrJson(string prefix) => prefix + "zarr.json";
}
