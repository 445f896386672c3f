using System.Text;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Imaging.Importing;

/// <summary>Which contents of files the log of a cell names.</summary>
internal static partial class CellContents
{
    /// <summary>
    /// The blobs that any entry names, by their checksums: an entry is JSON, in which a checksum is 64 hexadecimal digits between quotation
    /// marks, whatever the version that wrote it.
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

    [GeneratedRegex("\"([0-9a-f]{64})\"")]
    private static partial Regex Checksum();
}
