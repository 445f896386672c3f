using System.Globalization;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// Chunks that are absent are voxels of the fill value, which nobody measured. This counts those of one volume while it is read, and says
/// where a whole volume would be made of them: that is no scan, but chunks that were lost, or that are named otherwise than the metadata say.
/// </summary>
internal sealed class AbsentChunks(ChunkedVolume volume)
{
    // Chunks that are asked for beyond those that were read, where a store cannot be listed.
    private const int MostProbes = 256;
    private const int MostExamples = 8;
    private readonly Lock _lock = new();
    private readonly HashSet<VoxelIndex> _absent = [];
    private readonly HashSet<VoxelIndex> _there = [];
    private bool _isChecked;

    /// <summary>Counts a chunk that was read; one that is read again counts once.</summary>
    public void Note(VoxelIndex chunk, bool isAbsent)
    {
        lock (_lock)
        {
            (isAbsent ? _absent : _there).Add(chunk);
        }
    }

    /// <summary>After the first layer: where none of its chunks was found, but chunks of other names are, there is no need to ask for the rest.</summary>
    /// <exception cref="VolumeFormatException">The chunks are named otherwise.</exception>
    public void CheckFirstLayer()
    {
        if (_isChecked)
        {
            return;
        }

        _isChecked = true;
        if (_there.Count == 0 && volume.Array.Listing is null && OtherName(_absent.First()) is { } other)
        {
            throw new VolumeFormatException(NoneFound(other));
        }
    }

    /// <summary>How many of the chunks that were read are absent, where a listing did not say it before.</summary>
    /// <exception cref="VolumeFormatException">None was found, so that all voxels would be the fill value.</exception>
    public IReadOnlyList<string> Findings()
    {
        var array = volume.Array;
        if (_absent.Count == 0 || (array.Listing is not null && array.Sharding is null))
        {
            return [];
        }

        return _there.Count > 0 || IsAnyOtherThere() ? [Sentence()!] : throw new VolumeFormatException(NoneFound(null));
    }

    /// <summary>The same where all chunks of the volume were read; null where none is absent.</summary>
    /// <exception cref="VolumeFormatException">None was found, so that all voxels would be the fill value.</exception>
    public string? SentenceOfAll() => _there.Count == 0 ? throw new VolumeFormatException(NoneFound(null)) : Sentence();

    private string? Sentence() => _absent.Count == 0 ? null
        : $"{Share(_absent.Count, _absent.Count + _there.Count, "chunks", "that were read")} absent; their voxels are the fill value,"
            + $" {volume.Array.FillName}.";

    /// <summary>Why an array of which a listing shows no chunk cannot be read.</summary>
    public static string NoneThere(ChunkedArray array)
    {
        var (listing, grid) = (array.Listing!, array.Grid);
        var key = array.Store.Join(array.Key, array.Naming.Of(new long[array.Shape.Length]));
        var missing = $"{array.Store.NameOf(key)} does not exist, nor any other of the {grid.Count} {Parts(array)} that {array.Name} should have";
        if (listing.Others.Count == 0)
        {
            return listing.FirstBeyond is { } beyond
                ? $"{missing}; {beyond} lies there, beyond the shape that its metadata say; correct the metadata, or copy the data again."
                : $"{missing}, and nothing else lies there; copy the data again from their source.";
        }

        return $"{missing}; there lie {string.Join(", ", listing.Others)} instead, {WhichNaming(array, listing.Others[0])}.";
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
            yield return $"{Share(count - listing.Count, count, Parts(array), "")} absent; their voxels are the fill value, {array.FillName}.";
        }

        if (time >= 0 && written.Count < array.Grid.Counts[time])
        {
            var frames = Range(array.Shape[time]).Where(t => !written.Contains(t / array.Shard[time])).Take(MostExamples + 1).ToArray();
            yield return $"No chunk is there of frame {string.Join(", ", frames.Take(MostExamples))}{(frames.Length > MostExamples ? ", …" : "")}"
                + " (the first is 0), so it cannot be imported.";
        }

        if (listing.Beyond > 0)
        {
            yield return $"{listing.Beyond} {Parts(array)} ({listing.FirstBeyond}{(listing.Beyond > 1 ? ", …" : "")}) lie beyond the shape that the"
                + " metadata say and were not read.";
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

    private static string Share(long absent, long of, string parts, string which) => string.Create(
        CultureInfo.InvariantCulture,
        $"{absent} of {of} {parts}{(which.Length > 0 ? " " + which : "")} ({100.0 * absent / of:0.##} %) {(absent == 1 ? "is" : "are")}");

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
            return $"None of the {_absent.Count} chunks of {array.Name} that were looked for is there, so nothing was ever written to them;"
                + " copy the data again from their source.";
        }

        var first = array.NameOf(volume.At(_absent.Min(Comparer<VoxelIndex>.Create((a, b) => (a.Z, a.Y, a.X).CompareTo((b.Z, b.Y, b.X))))));
        return $"{first} does not exist, nor any other of the {_absent.Count} chunks of {array.Name} that were asked for"
            + (other is null ? "; copy the data again from their source, or correct the address." : $"; there lies {other} instead, {WhichNaming(array, other)}.");
    }

    // Another name for a chunk under which something lies.
    private string? OtherName(VoxelIndex chunk)
    {
        var array = volume.Array;
        var at = array.BlobAt(volume.At(chunk));
        return ChunkNaming.All.Where(n => n != array.Naming && !array.Naming.FastestFirst).Select(n => n.Of(at))
            .FirstOrDefault(name => array.Store.Read(array.Store.Join(array.Key, name)) is not null);
    }

    // Where only some slices were read, and nothing can be listed, others are asked for, spread over the volume.
    private bool IsAnyOtherThere()
    {
        var n = volume.ChunkCount;
        var step = Math.Max(1, (n.Count + MostProbes - 1) / MostProbes);
        for (var i = 0L; i < n.Count; i += step)
        {
            var chunk = new VoxelIndex((int)(i / n.SliceCount), (int)(i / n.X % n.Y), (int)(i % n.X));
            if (_absent.Contains(chunk))
            {
                continue;
            }

            if (KeyStore.Wait(() => volume.Array.ReadPackedAsync(volume.At(chunk), CancellationToken.None)) is not null)
            {
                return true;
            }

            _absent.Add(chunk);
        }

        return false;
    }
}
