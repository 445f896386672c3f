using System.Text.Json;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Placements;

/// <summary>A pair that is being placed: one or both of its points. Points are z, y, x in µm.</summary>
/// <param name="Id">Its number among the pairs of its draft, never used again.</param>
/// <param name="MovingUm">In the volume's own µm, from the outer corner of its first voxel; null until it is placed.</param>
/// <param name="DatasetUm">In the dataset's frame; null until it is placed.</param>
public sealed record DraftPair(int Id, double[]? MovingUm, double[]? DatasetUm)
{
    /// <summary>What people call it.</summary>
    public string Name => $"L{Id}";

    /// <summary>Whether both points are placed.</summary>
    public bool IsWhole => MovingUm is not null && DatasetUm is not null;

    /// <summary>The pair, where it is whole.</summary>
    public PointPair? ToPair() => MovingUm is { } m && DatasetUm is { } d
        ? new PointPair(Name, new WorldPoint(m[0], m[1], m[2]), new WorldPoint(d[0], d[1], d[2])) : null;

    /// <summary>The pair with one of its points elsewhere.</summary>
    public DraftPair With(bool isMoving, WorldPoint at) => isMoving
        ? this with { MovingUm = [at.Z, at.Y, at.X] } : this with { DatasetUm = [at.Z, at.Y, at.X] };
}

/// <summary>Landmarks that somebody is placing in a volume, and has not kept as a placement. Replaced whole at each change.</summary>
public sealed record LandmarkDraft
{
    /// <summary>Pairs of one draft at most.</summary>
    public const int MostPairs = 200;

    private const int MostBytes = 256 << 10;
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>No pairs.</summary>
    public static LandmarkDraft Empty { get; } = new();

    /// <summary>Version of the format.</summary>
    public int Format { get; init; } = 1;

    /// <summary>The pairs in the order in which they were placed.</summary>
    public IReadOnlyList<DraftPair> Pairs { get; init; } = [];

    /// <summary>The number of the next pair.</summary>
    public int Next { get; init; } = 1;

    /// <summary>Pairs whose points are both placed.</summary>
    public IReadOnlyList<PointPair> Whole => [.. Pairs.Select(p => p.ToPair()).OfType<PointPair>()];

    /// <summary>The pair that lacks a point; null where none does.</summary>
    public DraftPair? Open => Pairs.FirstOrDefault(p => !p.IsWhole);

    /// <summary>A point is placed: it completes the pair that lacks it, moves that pair's point, or begins a pair.</summary>
    /// <exception cref="OutOfRangeException">There are too many pairs.</exception>
    public LandmarkDraft Place(bool isMoving, WorldPoint at)
    {
        if (Open is { } open)
        {
            return Set(open.With(isMoving, at));
        }

        new NumberRange("The number of landmarks", 0, MostPairs).Check(Pairs.Count + 1);
        return this with { Pairs = [.. Pairs, new DraftPair(Next, null, null).With(isMoving, at)], Next = Next + 1 };
    }

    /// <summary>A pair's point is moved.</summary>
    public LandmarkDraft Move(int id, bool isMoving, WorldPoint at) =>
        Pairs.FirstOrDefault(p => p.Id == id) is { } pair ? Set(pair.With(isMoving, at)) : this;

    /// <summary>A pair is taken away.</summary>
    public LandmarkDraft Remove(int id) => this with { Pairs = [.. Pairs.Where(p => p.Id != id)] };

    /// <summary>The draft's bytes in the store; equal drafts have equal bytes.</summary>
    public byte[] ToBytes() => SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(this, s_json));

    /// <summary>Reads a draft.</summary>
    /// <exception cref="VolumeFormatException">It is damaged.</exception>
    public static LandmarkDraft Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (bytes.Length <= MostBytes && JsonSerializer.Deserialize<LandmarkDraft>(SealedJson.Unseal(bytes), s_json) is
                { Format: 1, Pairs.Count: <= MostPairs } draft && draft.Pairs.All(p => IsPoint(p.MovingUm) && IsPoint(p.DatasetUm)))
            {
                return draft;
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or NotSupportedException)
        {
            throw new VolumeFormatException(Damaged, e);
        }

        throw new VolumeFormatException(Damaged);
    }

    private const string Damaged = "The landmarks that you placed and did not keep cannot be read; discard them and place them again.";

    private static bool IsPoint(double[]? um) => um is null || (um.Length == 3 && um.All(Ranges.Um.Contains));

    private LandmarkDraft Set(DraftPair pair) => this with { Pairs = [.. Pairs.Select(p => p.Id == pair.Id ? pair : p)] };
}
