using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>One entry of the log of a volume's placements: where somebody put it, or which entry somebody went back to.</summary>
public sealed record PlacementEntry
{
    /// <summary>Entries that a log has at most.</summary>
    public const int MostEntries = 100_000;

    private const int MostBytes = 4 << 20;
    private const string InScan = "scan";
    private static readonly double[] s_still = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Version of the format.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Its place in the log, from 1: the version of the placement.</summary>
    public int Sequence { get; init; }

    /// <summary>The dataset's identity.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Who made it, for people.</summary>
    public string By { get; init; } = "";

    /// <summary>When, Unix milliseconds.</summary>
    public long At { get; init; }

    /// <summary>What it was found from: stage, common, landmarks, import; restore of what goes back to an earlier one.</summary>
    public string How { get; init; } = "";

    /// <summary>
    /// Of what goes back: the version, of this volume or, where it was moved along, of the one that moved it; 0 is as it was handed over.
    /// </summary>
    public int? Of { get; init; }

    /// <summary>
    /// The version that held when the entry was written; 0 for as handed over; absent of entries that an earlier version wrote. An entry
    /// holds only when the manifest names it, so that one that a crash cut off is known by what its successor replaced.
    /// </summary>
    public int? Replaced { get; init; }

    /// <summary>The volume that was placed, and moved this one along; absent where it is this one.</summary>
    public string? With { get; init; }

    /// <summary>All volumes that were moved together, the one that was placed first; absent where it was this one alone.</summary>
    public string[]? Along { get; init; }

    /// <summary>rigid, similarity or affine.</summary>
    public string? Model { get; init; }

    /// <summary>From the volume's own µm to the frame of the scan that it was placed in, as that was handed over: twelve
    /// numbers.</summary>
    public double[]? Matrix { get; init; }

    /// <summary>The scan that it was placed in.</summary>
    public string? Fixed { get; init; }

    /// <summary>Its modality; absent of entries that an earlier version wrote, as the next.</summary>
    public string? FixedModality { get; init; }

    /// <summary>Its hours.</summary>
    public double? FixedHours { get; init; }

    /// <summary>95 % bound of the mean error over the volume, µm.</summary>
    public double? UncertaintyUm { get; init; }

    /// <summary>See <see cref="Placement.ResidualUm"/>.</summary>
    public double? ResidualUm { get; init; }

    /// <summary>See <see cref="Placement.LeaveOneOutUm"/>.</summary>
    public double? LeaveOneOutUm { get; init; }

    /// <summary>See <see cref="Placement.Metric"/>.</summary>
    public double? Metric { get; init; }

    /// <summary>gradient where <see cref="Metric"/> is that of <see cref="PlacementMetric.Gradient"/>; absent else.</summary>
    public string? RefinedBy { get; init; }

    /// <summary>See <see cref="Placement.Covariance"/>.</summary>
    public double[]? Covariance { get; init; }

    /// <summary>See <see cref="Placement.CenterUm"/>.</summary>
    public double[]? CenterUm { get; init; }

    /// <summary>See <see cref="Placement.RhoUm"/>.</summary>
    public double? RhoUm { get; init; }

    /// <summary>Landmarks: moving z, y, x, then z, y, x of the frame that <see cref="LandmarksIn"/> names, µm.</summary>
    public double[][]? LandmarksUm { get; init; }

    /// <summary>
    /// scan where the landmarks are in the frame of the scan <see cref="Fixed"/> as that was handed over, as <see cref="Matrix"/> is;
    /// absent of entries that an earlier version wrote: in the dataset's frame as it was then.
    /// </summary>
    public string? LandmarksIn { get; init; }

    /// <summary>Names of the landmarks.</summary>
    public string[]? LandmarkNames { get; init; }

    /// <summary>See <see cref="Placement.Warnings"/>; absent where there are none.</summary>
    public string[]? Warnings { get; init; }

    /// <summary>When, as a time.</summary>
    [JsonIgnore]
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(At);

    /// <summary>An entry that keeps a placement.</summary>
    internal static PlacementEntry From(Placement placement)
    {
        // An analysis may find another drift of the scan later: what was clicked must move with the scan then, as the matrix does.
        var toScan = placement.ToScan.After(placement.Matrix.Inverse());
        return From(placement, [.. placement.Landmarks.Select(p => p with { Dataset = Through(toScan, p.Dataset) })]);
    }

    /// <summary>The landmarks in the dataset's frame.</summary>
    /// <param name="drift">What the scan that the volume was placed in moved by, as it is known now.</param>
    /// <returns>None where they are not known in that frame.</returns>
    internal IReadOnlyList<PointPair> LandmarksBy(AffineTransform drift)
    {
        // By which drift an earlier version's landmarks were clicked was not kept.
        if (LandmarksUm is not { } pairs || (LandmarksIn != InScan && !IsStill(drift)))
        {
            return [];
        }

        return [.. pairs.Select((p, i) => new PointPair(
            LandmarkNames?[i] ?? "", new WorldPoint(p[0], p[1], p[2]), Through(drift, new WorldPoint(p[3], p[4], p[5]))))];
    }

    private static PlacementEntry From(Placement placement, IReadOnlyList<PointPair> inScan) => new()
    {
        How = placement.Start.ToString().ToLowerInvariant(), Model = placement.Model.ToString().ToLowerInvariant(),
        Matrix = placement.ToScan.Rows.ToArray(), Fixed = placement.Fixed.ToString(), FixedModality = placement.Fixed.Modality,
        FixedHours = placement.Fixed.Hours, UncertaintyUm = placement.UncertaintyUm,
        ResidualUm = placement.ResidualUm, LeaveOneOutUm = placement.LeaveOneOutUm, Metric = placement.Metric,
        RefinedBy = placement.RefinedBy == PlacementMetric.Mutual ? null : placement.RefinedBy.ToString().ToLowerInvariant(),
        Covariance = placement.Covariance.Length > 0 ? placement.Covariance : null,
        CenterUm = placement.CenterUm.Length > 0 ? placement.CenterUm : null, RhoUm = placement.RhoUm > 0 ? placement.RhoUm : null,
        LandmarksUm = inScan.Count == 0 ? null : [.. inScan.Select(p => new[]
        {
            p.Moving.Z, p.Moving.Y, p.Moving.X, p.Dataset.Z, p.Dataset.Y, p.Dataset.X,
        })],
        LandmarkNames = inScan.Count == 0 ? null : [.. inScan.Select(p => p.Name)], LandmarksIn = inScan.Count == 0 ? null : InScan,
        Warnings = placement.Warnings.Count == 0 ? null : [.. placement.Warnings],
    };

    /// <summary>The entry's bytes in the store.</summary>
    public byte[] ToBytes() => SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(this, s_json));

    /// <summary>Reads an entry.</summary>
    /// <exception cref="VolumeFormatException">It is damaged, or of a format that this version does not read.</exception>
    public static PlacementEntry Parse(ReadOnlySpan<byte> bytes, string name, int sequence)
    {
        try
        {
            var entry = bytes.Length <= MostBytes ? JsonSerializer.Deserialize<PlacementEntry>(SealedJson.Unseal(bytes), s_json) : null;
            if (entry is { Format: 1 } && entry.Sequence == sequence && (entry.Matrix is { } rows ? new AffineTransform(rows) is not null
                : entry.Of is >= 0))
            {
                return entry;
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or NotSupportedException)
        {
            throw new VolumeFormatException(Sentence(name), e);
        }

        throw new VolumeFormatException(Sentence(name));
    }

    private static WorldPoint Through(AffineTransform map, WorldPoint p) => map.ToWorld(new VoxelPoint(p.Z, p.Y, p.X));

    private static bool IsStill(AffineTransform map) => map.Rows.ToArray().Zip(s_still).All(r => Math.Abs(r.First - r.Second) < 1e-9);

    private static string Sentence(string name) =>
        $"{name} is damaged or of another version of this app; restore it from a backup, or register the volume again.";
}
