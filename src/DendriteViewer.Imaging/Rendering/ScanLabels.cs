using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// The values of a scan that is a segmentation: a few whole numbers, each of which names a phase. Between them lies nothing, so that such a
/// scan is shown in colours, by its nearest voxel, and not as grey levels.
/// </summary>
/// <param name="Values">The values, ascending.</param>
public sealed record ScanLabels(IReadOnlyList<int> Values)
{
    /// <summary>A scan of more values than these is one of grey levels.</summary>
    public const int Most = 12;

    // Surfaces of phases stand out in their shade; what lies some voxels behind them still shows.
    private const double Opacity = 0.6;

    // Bricks that are looked at; a scan of grey levels shows more than Most values in the first that is not all air.
    private const int MostBricks = 27;

    // Apart in lightness and hue, for colour-blind readers too; without the amber of voids, the cyan of lithium and the red of failure.
    private static readonly int[] s_colors =
    [
        0x6AA9FF, 0xFFE680, 0xD1548F, 0x7FCE95, 0xC8C8C8, 0x3F5FB0, 0xF2C0DD, 0x8A6A3F, 0xB9E36B, 0x5A7A7A, 0x9A7BD0, 0xF5F5F5,
    ];

    /// <summary>What each colour means; the value 0 is what is around and between the phases, and has none.</summary>
    public IReadOnlyList<(int Color, string Meaning)> Legend =>
        [.. Shown.Select((v, i) => (s_colors[i], FormattableString.Invariant($"label {v}")))];

    private IEnumerable<int> Shown => Values.Where(v => v != 0);

    /// <summary>What is laid over the scan, in its place: its own voxels in the colours of <see cref="Legend"/>.</summary>
    /// <param name="modality">The scan's modality.</param>
    public Overlay OverlayOf(string modality)
    {
        // A coarse level has means of labels: each goes to the label that it is next to.
        var ranges = Shown.Select((v, i) =>
        {
            var at = Values.ToList().IndexOf(v);
            var from = at == 0 ? v : Middle(Values[at - 1], v) + 1;
            return new LabelRange(from, at == Values.Count - 1 ? v : Middle(v, Values[at + 1]), s_colors[i], Opacity);
        });
        return new Overlay(modality, null, TransferFunction.OfLabels(ranges), Replaces: true);

        static int Middle(int a, int b) => (a + b) / 2;
    }

    /// <summary>
    /// The labels of a stored scan, or null where it is one of grey levels: where evenly taken bricks of the finest level hold at most
    /// <see cref="Most"/> values, all of them whole and none negative, and the scan's least and largest value are among them.
    /// </summary>
    /// <param name="reader">Reads it.</param>
    /// <param name="volume">The scan.</param>
    /// <param name="ct">Stops it.</param>
    internal static async Task<ScanLabels?> OfAsync(VolumeReader reader, VolumeInfo volume, CancellationToken ct)
    {
        if (volume.Least < 0 || volume.Most > ushort.MaxValue || volume.Least != Math.Floor(volume.Least))
        {
            return null;
        }

        var level = reader.Levels[0];
        var values = new SortedSet<float>();
        var count = level.BrickCount.Count;
        var taken = (int)Math.Min(count, MostBricks);
        for (var i = 0; i < taken; i++)
        {
            // The middle of each of so many equal parts.
            if (!await AddAsync(reader, level, (long)((i + 0.5) * count / taken), values, ct))
            {
                return null;
            }
        }

        return Of(values, volume.Least, volume.Most);
    }

    /// <summary>The labels that some values are, or null where they are none.</summary>
    internal static ScanLabels? Of(IReadOnlyCollection<float> values, double least, double most) =>
        values.Count is >= 2 and <= Most && values.All(v => v == MathF.Floor(v)) && values.Contains((float)least)
            && values.Contains((float)most)
            ? new ScanLabels([.. values.Order().Select(v => (int)v)])
            : null;

    // False where there are too many values.
    private static async Task<bool> AddAsync(
        VolumeReader reader, PyramidLevel level, long index, SortedSet<float> values, CancellationToken ct)
    {
        var (n, s, b) = (level.BrickCount, level.Shape, level.Brick);
        int bz = (int)(index / n.SliceCount), by = (int)(index / n.X % n.Y), bx = (int)(index % n.X);
        var brick = await reader.ReadBrickAsync(new BrickIndex(level.Number, bz, by, bx), ct);
        var size = reader.Type.Size();
        var row = new float[Math.Min(b.X, s.X - bx * b.X)];
        var last = float.NaN;
        for (var z = 0; z < Math.Min(b.Z, s.Z - bz * b.Z); z++)
        {
            for (var y = 0; y < Math.Min(b.Y, s.Y - by * b.Y); y++)
            {
                DenseLevels.ToFloat(brick.AsSpan((z * b.Y + y) * b.X * size, row.Length * size), reader.Type, row);
                foreach (var value in row)
                {
                    if (value != last && values.Add(last = value) && values.Count > Most)
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }
}
