using System.Globalization;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// Chunks that are absent are voxels of the fill value, which nobody measured. This counts those of one volume while it is read, and says
/// where a whole volume would be made of them: that is no scan, but chunks that were lost, or that have other names than the metadata say.
/// </summary>
internal sealed class AbsentChunks(ChunkedVolume volume)
{
    // Chunks that are asked for beyond those that were read, where a store cannot be listed.
    private const int MostProbes = 256;
    private const int MostExamples = 8;
    private readonly Lock _lock = new();
    private readonly HashSet<int> _layers = [];
    private VoxelIndex? _first;
    private long _absent, _there;

    /// <summary>Begins a layer of chunks along z; false where it was counted before.</summary>
    public bool Begin(int layer) => _layers.Add(layer);

    /// <summary>Counts a chunk that was read.</summary>
    public void Note(VoxelIndex chunk, bool isAbsent)
    {
        lock (_lock)
        {
            (_absent, _there) = isAbsent ? (_absent + 1, _there) : (_absent, _there + 1);
            if (isAbsent && (_first is not { } f || (chunk.Z, chunk.Y, chunk.X).CompareTo((f.Z, f.Y, f.X)) < 0))
            {
                _first = chunk;
            }
        }
    }

    /// <summary>Where the first layer has no chunk, but chunks of other names lie there, the rest need not be asked for.</summary>
    /// <exception cref="VolumeFormatException">The chunks are named otherwise.</exception>
    public void CheckFirstLayer()
    {
        if (_layers.Count == 1 && _there == 0 && volume.Array.Listing is null && OtherName(_first!.Value) is { } other)
        {
            throw new VolumeFormatException(NoneFound(other));
        }
    }

    /// <summary>How many of the chunks that were read are absent, where a listing did not say it before.</summary>
    /// <exception cref="VolumeFormatException">None was found, so that all voxels would be the fill value.</exception>
    public IReadOnlyList<string> Findings() =>
        _absent == 0 || volume.Array is { Listing: not null, Sharding: null } ? []
        : _there > 0 || IsAnyOtherThere() ? [Sentence()!]
        : throw new VolumeFormatException(NoneFound(null));

    /// <summary>The same where all chunks of the volume were read; null where none is absent.</summary>
    /// <exception cref="VolumeFormatException">None was found, so that all voxels would be the fill value.</exception>
    public string? SentenceOfAll() => _there == 0 ? throw new VolumeFormatException(NoneFound(null)) : Sentence();

    /// <summary>Why an array of which a listing shows no chunk cannot be read.</summary>
    public static string NoneThere(ChunkedArray array)
    {
        var listing = array.Listing!;
        var key = array.Store.Join(array.Key, array.Naming.Of(new long[array.Shape.Length]));
        var missing = $"{array.Store.NameOf(key)} does not exist, nor any other of the {array.Grid.Count} {Parts(array)} that {array.Name}"
            + " should have";
        if (listing.Others.Count > 0)
        {
            return $"{missing}; there lie {string.Join(", ", listing.Others)} instead, {WhichNaming(array, listing.Others[0])}.";
        }

        return listing.FirstBeyond is { } beyond
            ? $"{missing}; {beyond} lies there, beyond the shape that its metadata say; correct the metadata, or copy the data again."
            : $"{missing}, and nothing else lies there; copy the data again from their source.";
    }

    /// <summary>What a listing says of an array that is read all the same.</summary>
    /// <param name="array">The array.</param>
    /// <param name="time">Its axis of time, or -1.</param>
    /// <param name="written">Places along time at which any chunk is there.</param>
    public static IEnumerable<string> Remarks(ChunkedArray array, int time, IReadOnlySet<long> written)
    {
        if (array.Listing is not { } listing)
        {
            yield break;
        }

        var count = array.Grid.Count;
        if (listing.Count < count)
        {
            yield return Sentence(array, count - listing.Count, count, Parts(array));
        }

        if (time >= 0 && written.Count < array.Grid.Counts[time])
        {
            var frames = Range(array.Shape[time]).Where(t => !written.Contains(t / array.Shard[time])).Take(MostExamples + 1).ToArray();
            var named = string.Join(", ", frames.Take(MostExamples)) + (frames.Length > MostExamples ? ", …" : "");
            yield return $"No chunk is there of frame {named} (the first is 0), so it cannot be imported.";
        }

        if (listing.Beyond > 0)
        {
            var named = listing.FirstBeyond + (listing.Beyond > 1 ? ", …" : "");
            yield return $"{listing.Beyond} {Parts(array)} ({named}) lie beyond the shape that the metadata say and were not read.";
        }
    }

    private static IEnumerable<long> Range(long count)
    {
        for (var i = 0L; i < count; i++)
        {
            yield return i;
        }
    }

    private static string Parts(ChunkedArray array) => array.Sharding is null ? "chunks" : "shards";

    private string? Sentence() => _absent == 0 ? null : Sentence(volume.Array, _absent, _absent + _there, "chunks that were read");

    private static string Sentence(ChunkedArray array, long absent, long of, string parts) => string.Create(
        CultureInfo.InvariantCulture,
        $"{absent} of {of} {parts} ({100.0 * absent / of:0.##} %) {(absent == 1 ? "is" : "are")} absent; their voxels are the fill value,"
        + $" {array.FillName}.");

    // Which words of the metadata would make the names that lie there.
    private static string WhichNaming(ChunkedArray array, string name)
    {
        var at = new long[array.Shape.Length];
        var other = ChunkNaming.All.Where(n => n != array.Naming).FirstOrDefault(n => n.TryParse(name, at));
        return other is null || array.Naming.FastestFirst ? "which are no names of chunks of it; copy the data again from their source"
            : array.Format.StartsWith("Zarr v2", StringComparison.Ordinal) && other.Prefix.Length == 0
                ? $"as if its metadata had the dimension_separator '{other.Separator}' and not '{array.Naming.Separator}'; correct .zarray"
            : $"as if its metadata named chunks {other.Of(at)} and not {array.Naming.Of(at)}; correct the chunk key encoding";
    }

    private string NoneFound(string? other)
    {
        var array = volume.Array;
        if (array.Listing is { Count: 0 })
        {
            return NoneThere(array);
        }

        if (array.Listing is not null)
        {
            return $"None of the {_absent} chunks of {array.Name} that were looked for is there, so nothing was ever written to them;"
                + " copy the data again from their source.";
        }

        var first = array.NameOf(volume.At(_first!.Value));
        return $"{first} does not exist, nor any other of the {_absent} chunks of {array.Name} that were asked for"
            + (other is null
                ? "; copy the data again from their source, or correct the address."
                : $"; there lies {other} instead, {WhichNaming(array, other)}.");
    }

    // Another name for a chunk under which something lies.
    private string? OtherName(VoxelIndex chunk)
    {
        var array = volume.Array;
        var at = array.BlobAt(volume.At(chunk));
        return ChunkNaming.All.Where(n => n != array.Naming && !array.Naming.FastestFirst).Select(n => n.Of(at))
            .FirstOrDefault(name => array.Store.Read(array.Store.Join(array.Key, name)) is not null);
    }

    // Where only some slices were read, others are asked for, spread over the volume.
    private bool IsAnyOtherThere()
    {
        var n = volume.ChunkCount;
        var step = Math.Max(1, (n.Count + MostProbes - 1) / MostProbes);
        for (var i = 0L; i < n.Count; i += step)
        {
            var chunk = new VoxelIndex((int)(i / n.SliceCount), (int)(i / n.X % n.Y), (int)(i % n.X));
            if (_layers.Contains(chunk.Z))
            {
                continue;
            }

            if (KeyStore.Wait(() => volume.Array.ReadPackedAsync(volume.At(chunk), CancellationToken.None)) is not null)
            {
                return true;
            }

            _absent++;
        }

        return false;
    }
}
