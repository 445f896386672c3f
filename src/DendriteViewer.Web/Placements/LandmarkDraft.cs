using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Placements;

/// <summary>A pair that is being placed: one or both of its points. Points are z, y, x in µm.</summary>
/// <param name="Id">Its number among the pairs of its draft, never used again.</param>
/// <param name="MovingUm">In the volume's own µm, from the outer corner of its first voxel; null until it is placed.</param>
/// <param name="DatasetUm">In the dataset's frame: of drafts of an earlier version, which did not keep which scan was clicked.</param>
public sealed record DraftPair(int Id, double[]? MovingUm, double[]? DatasetUm)
{
    /// <summary>What people call it.</summary>
    public string Name => $"L{Id}";

    /// <summary>
    /// In the frame of the scan that was clicked, as that was handed over, so that it stays with the scan where an analysis later finds
    /// that the scan drifted; null until it is placed.
    /// </summary>
    public double[]? ScanUm { get; init; }

    /// <summary>Modality of that scan.</summary>
    public string? ScanModality { get; init; }

    /// <summary>Its hours.</summary>
    public double? ScanHours { get; init; }

    /// <summary>The scan that was clicked; null where none was, or an earlier version did not keep it.</summary>
    [JsonIgnore]
    public VolumeKey? Scan => ScanModality is { } modality && ScanHours is { } hours ? new VolumeKey(modality, hours) : null;

    /// <summary>Whether both points are placed.</summary>
    [JsonIgnore]
    public bool IsWhole => MovingUm is not null && (ScanUm ?? DatasetUm) is not null;

    /// <summary>The point of the scan in the dataset's frame, as that is now; null where it is not placed.</summary>
    public WorldPoint? FixedIn(Dataset dataset) => (ScanUm, Scan) is ({ } um, { } key)
        ? dataset.Volumes.FirstOrDefault(v => v.Key == key) is { } scan
            ? VolumePlacer.DriftOf(scan).ToWorld(new VoxelPoint(um[0], um[1], um[2])) : null
        : DatasetUm is { } at ? new WorldPoint(at[0], at[1], at[2]) : null;

    /// <summary>The pair in a dataset's frame, where it is whole.</summary>
    public PointPair? ToPair(Dataset dataset) => MovingUm is { } m && FixedIn(dataset) is { } at
        ? new PointPair(Name, new WorldPoint(m[0], m[1], m[2]), at) : null;

    /// <summary>The pair with one of its points elsewhere.</summary>
    /// <param name="isMoving">Which of them.</param>
    /// <param name="at">In the volume's own µm, or in the frame of the scan as that was handed over.</param>
    /// <param name="clicked">The volume or scan.</param>
    public DraftPair With(bool isMoving, WorldPoint at, VolumeKey clicked) => isMoving
        ? this with { MovingUm = [at.Z, at.Y, at.X] }
        : this with { ScanUm = [at.Z, at.Y, at.X], ScanModality = clicked.Modality, ScanHours = clicked.Hours, DatasetUm = null };
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

    /// <summary>Pairs whose points are both placed, in a dataset's frame as that is now.</summary>
    public IReadOnlyList<PointPair> WholeIn(Dataset dataset) => [.. Pairs.Select(p => p.ToPair(dataset)).OfType<PointPair>()];

    /// <summary>The pair that lacks a point; null where none does.</summary>
    public DraftPair? Open => Pairs.FirstOrDefault(p => !p.IsWhole);

    /// <summary>A point is placed: it completes the pair that lacks it, moves that pair's point, or begins a pair.</summary>
    /// <param name="isMoving">Whether it is the volume's.</param>
    /// <param name="at">In the volume's own µm, or in the frame of the scan as that was handed over.</param>
    /// <param name="clicked">The volume or scan.</param>
    /// <exception cref="OutOfRangeException">There are too many pairs.</exception>
    public LandmarkDraft Place(bool isMoving, WorldPoint at, VolumeKey clicked)
    {
        if (Open is { } open)
        {
            return Set(open.With(isMoving, at, clicked));
        }

        new NumberRange("The number of landmarks", 0, MostPairs).Check(Pairs.Count + 1);
        return this with { Pairs = [.. Pairs, new DraftPair(Next, null, null).With(isMoving, at, clicked)], Next = Next + 1 };
    }

    /// <summary>A pair's point is moved, as <see cref="Place"/> places it.</summary>
    public LandmarkDraft Move(int id, bool isMoving, WorldPoint at, VolumeKey clicked) =>
        Pairs.FirstOrDefault(p => p.Id == id) is { } pair ? Set(pair.With(isMoving, at, clicked)) : this;

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
                { Format: 1, Pairs.Count: <= MostPairs } draft && draft.Pairs.All(p =>
                    IsPoint(p.MovingUm) && IsPoint(p.DatasetUm) && IsPoint(p.ScanUm) && IsScan(p)))
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

    private static bool IsScan(DraftPair p) => p.ScanUm is null
        || (VolumeKey.IsModality(p.ScanModality) && p.ScanHours is { } hours && Ranges.Hours.Contains(hours));

    private LandmarkDraft Set(DraftPair pair) => this with { Pairs = [.. Pairs.Select(p => p.Id == pair.Id ? pair : p)] };
}
