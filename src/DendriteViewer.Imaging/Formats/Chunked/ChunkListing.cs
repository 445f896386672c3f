namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// Which chunks (or shards) of an array are there, as a listing of its store says. A chunk that is listed must be read; one that is not is
/// absent without being asked for.
/// </summary>
internal sealed class ChunkListing
{
    private const int MostExamples = 3;
    private readonly HashSet<long> _there = [];
    private readonly ChunkGrid _grid;

    private ChunkListing(ChunkGrid grid) => _grid = grid;

    /// <summary>Names below the array that are those of no chunk, a few of them in order: what lies there instead.</summary>
    public IReadOnlyList<string> Others { get; private set; } = [];

    /// <summary>Chunks that lie beyond the array's shape.</summary>
    public long Beyond { get; private set; }

    /// <summary>Name of one of those.</summary>
    public string? FirstBeyond { get; private set; }

    /// <summary>Chunks that are there.</summary>
    public long Count => _there.Count;

    /// <summary>Lists the chunks of an array; null where its store cannot be listed.</summary>
    public static ChunkListing? Of(ChunkedArray array)
    {
        if (array.Store.List(array.Key) is not { } keys)
        {
            return null;
        }

        var listing = new ChunkListing(array.Grid);
        var others = new SortedSet<string>(StringComparer.Ordinal);
        var at = new long[array.Shape.Length];
        var skip = array.Key.Length == 0 ? 0 : array.Key.Length + 1;
        foreach (var key in keys)
        {
            if (!array.Naming.TryParse(key.AsSpan(skip).TrimEnd('/'), at))
            {
                Keep(others, key[skip..]);
            }
            else if (array.Grid.NumberOf(at) is { } number)
            {
                listing._there.Add(number);
            }
            else
            {
                listing.Beyond++;
                listing.FirstBeyond ??= key[skip..];
            }
        }

        listing.Others = [.. others];
        return listing;
    }

    /// <summary>Whether a chunk is there.</summary>
    public bool Has(IReadOnlyList<long> at) => _grid.NumberOf(at) is { } number && _there.Contains(number);

    /// <summary>The places along an axis at which any chunk is there.</summary>
    public IReadOnlySet<long> PlacesAlong(int axis) => _there.Select(number => _grid.PlaceOf(number, axis)).ToHashSet();

    private static void Keep(SortedSet<string> others, string name)
    {
        var last = name[(name.LastIndexOf('/') + 1)..];
        if (last.Length == 0 || last.StartsWith('.') || last.EndsWith(".json", StringComparison.Ordinal))
        {
            return;
        }

        others.Add(name);
        if (others.Count > MostExamples)
        {
            others.Remove(others.Max!);
        }
    }
}

/// <summary>The grid of an array's chunks.</summary>
/// <param name="Counts">Chunks along each axis, the slowest first.</param>
internal sealed record ChunkGrid(long[] Counts)
{
    /// <summary>All chunks.</summary>
    public long Count => Counts.Aggregate(1L, (a, b) => a * b);

    /// <summary>Number of a chunk in C order; null where it lies beyond the grid.</summary>
    public long? NumberOf(IReadOnlyList<long> at)
    {
        var number = 0L;
        for (var i = 0; i < Counts.Length; i++)
        {
            if (at[i] < 0 || at[i] >= Counts[i])
            {
                return null;
            }

            number = number * Counts[i] + at[i];
        }

        return number;
    }

    /// <summary>Place of a chunk along one axis.</summary>
    public long PlaceOf(long number, int axis)
    {
        for (var i = Counts.Length - 1; i > axis; i--)
        {
            number /= Counts[i];
        }

        return number % Counts[axis];
    }
}
