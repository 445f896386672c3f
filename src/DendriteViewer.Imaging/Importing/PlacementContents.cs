using System.Runtime.CompilerServices;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Importing;

/// <summary>The logs of volumes' placements as blobs: whether each entry is as it was written, and those in use are there.</summary>
internal static class PlacementContents
{
    /// <summary>A sentence for each entry that is damaged, and for each that the manifest names and is missing.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="ct">Stops it.</param>
    public static async IAsyncEnumerable<string> ProblemsAsync(
        IBlobStore blobs, Dataset dataset, [EnumeratorCancellation] CancellationToken ct)
    {
        var there = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var entry in blobs.ListAsync(BlobNames.PlacementsOf(dataset.Id, dataset.Identity), ct))
        {
            there.Add(entry.Name);
            if (entry.Name.EndsWith(".json", StringComparison.Ordinal)
                && !SealedJson.IsIntact(await blobs.TryReadAsync(entry.Name, ct)))
            {
                yield return $"{entry.Name} is damaged; restore it from a backup, or register the volume again.";
            }
        }

        foreach (var volume in dataset.Manifest.Volumes)
        {
            if (volume.Placement is { } placed && NameOf(volume, placed.Version) is var name && !there.Contains(name))
            {
                yield return $"{name} is missing; restore it from a backup, or register the volume again.";
            }
        }

        string NameOf(VolumeManifest volume, int version) => BlobNames.PlacementEntry(
            dataset.Id, dataset.Identity, new VolumeKey(volume.Modality, volume.Hours), version);
    }
}
