using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Imaging.Importing;

/// <summary>The log and the files of a cell as blobs: which contents the log names, and whether both are as they were written.</summary>
internal static partial class CellContents
{
    /// <summary>
    /// The blobs that any entry names, by their checksums: an entry is JSON, in which a file's checksum is its field
    /// sha256, whatever the version that wrote it.
    /// </summary>
    /// <param name="blobs">The store.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<IReadOnlySet<string>> NamedAsync(IBlobStore blobs, Dataset dataset, CancellationToken ct)
    {
        var (named, files) = (new HashSet<string>(StringComparer.Ordinal), BlobNames.CellFiles(dataset.Id, dataset.Identity));
        await foreach (var entry in blobs.ListAsync(BlobNames.CellLog(dataset.Id, dataset.Identity), ct))
        {
            var text = Encoding.UTF8.GetString(await blobs.TryReadAsync(entry.Name, ct) ?? []);
            named.UnionWith(Checksum().Matches(text).Select(m => files + m.Groups[1].Value));
        }

        return named;
    }

    /// <summary>A sentence for each entry or content that is damaged or missing.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="ct">Stops it.</param>
    public static async IAsyncEnumerable<string> ProblemsAsync(
        IBlobStore blobs, Dataset dataset, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var entry in blobs.ListAsync(BlobNames.CellLog(dataset.Id, dataset.Identity), ct))
        {
            if (entry.Name.EndsWith(".json", StringComparison.Ordinal) && !SealedJson.IsIntact(await blobs.TryReadAsync(entry.Name, ct)))
            {
                yield return $"{entry.Name} is damaged; restore it from a backup.";
            }
        }

        foreach (var name in (await NamedAsync(blobs, dataset, ct)).Order(StringComparer.Ordinal))
        {
            var content = await blobs.TryReadAsync(name, ct);
            if (content is null || !name.EndsWith(Convert.ToHexStringLower(SHA256.HashData(content)), StringComparison.Ordinal))
            {
                yield return $"{name} is {(content is null ? "missing" : "damaged")}; restore it from a backup.";
            }
        }
    }

    // Not the seal of the entry itself, which is its first field.
    [GeneratedRegex("(?<!^{)\"sha256\":\"([0-9a-f]{64})\"")]
    private static partial Regex Checksum();
}
