using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>A corner of a transfer function.</summary>
/// <param name="Value">Voxel value.</param>
/// <param name="Color">0xRRGGBB.</param>
/// <param name="Opacity">Opacity of one voxel's length, 0–1.</param>
public readonly record struct TransferPoint(double Value, int Color, double Opacity);

/// <summary>Labels that look alike; what is none of any range is not seen.</summary>
/// <param name="From">The first label, above 0.</param>
/// <param name="To">The last label.</param>
/// <param name="Color">0xRRGGBB.</param>
/// <param name="Opacity">Opacity of one voxel's length, 0–1.</param>
public readonly record struct LabelRange(int From, int To, int Color, double Opacity);

/// <summary>Colour and opacity by voxel value, linear between points and constant beyond the outermost.</summary>
public sealed record TransferFunction
{
    /// <summary>At most this many points.</summary>
    public const int MostPoints = 512;

    /// <summary>At most this many ranges of labels.</summary>
    public const int MostRanges = MostPoints / 4;

    // Half way to the next label: only whole numbers are ever looked up.
    private const double Edge = 0.499, Outside = 0.5;

    private readonly Lazy<bool> _isOfLabels;

    private TransferFunction(ImmutableArray<TransferPoint> points) =>
        (Points, _isOfLabels) = (points, new Lazy<bool>(() => LabelRanges() is not null));

    /// <summary>Whether the function was made of ranges of labels.</summary>
    public bool IsOfLabels => _isOfLabels.Value;

    /// <summary>The points by ascending value.</summary>
    public ImmutableArray<TransferPoint> Points { get; }

    /// <summary>A function through points, which are sorted and clamped.</summary>
    /// <exception cref="ArgumentException">None, too many, or a number that is not finite.</exception>
    public static TransferFunction Of(IEnumerable<TransferPoint> points)
    {
        var sorted = points
            .Select(p => p with { Color = p.Color & 0xFFFFFF, Opacity = Math.Clamp(p.Opacity, 0, 1) })
            .OrderBy(p => p.Value).ToImmutableArray();
        return sorted.Length is > 0 and <= MostPoints && sorted.All(p => double.IsFinite(p.Value) && double.IsFinite(p.Opacity))
            ? new TransferFunction(sorted)
            : throw new ArgumentException($"A transfer function has 1 to {MostPoints} points of finite numbers.");
    }

    /// <summary>A function over label numbers. With no range, nothing is seen.</summary>
    /// <exception cref="ArgumentException">Too many ranges.</exception>
    public static TransferFunction OfLabels(IEnumerable<LabelRange> ranges) => Of(
        ranges.OrderBy(r => r.From).SelectMany(r => new TransferPoint[]
        {
            new(r.From - Outside, r.Color, 0), new(r.From - Edge, r.Color, r.Opacity), new(r.To + Edge, r.Color, r.Opacity), new(r.To + Outside, r.Color, 0),
        }).DefaultIfEmpty(new TransferPoint(0, 0, 0)));

    /// <summary>The ranges of labels that the function was made of, or null where it was not.</summary>
    public IReadOnlyList<LabelRange>? LabelRanges()
    {
        if (Points.Length % 4 != 0)
        {
            return null;
        }

        var ranges = new List<LabelRange>();
        for (var i = 0; i < Points.Length; i += 4)
        {
            var (inside, after) = (Points[i + 1], Points[i + 2]);
            var range = new LabelRange((int)Math.Round(inside.Value), (int)Math.Round(after.Value), inside.Color, inside.Opacity);
            ranges.Add(range);
        }

        return OfLabels(ranges).Equals(this) ? ranges : null;
    }

    /// <summary>Reads <c>{"points": [{"value": 12000, "color": "#e0a030", "opacity": 0.6}, …]}</c>.</summary>
    public static TransferFunction ParseJson(ReadOnlySpan<byte> utf8, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8.ToArray());
            return Of(document.RootElement.GetProperty("points").EnumerateArray().Select(p => new TransferPoint(
                p.GetProperty("value").GetDouble(),
                int.Parse(p.GetProperty("color").GetString()!.TrimStart('#'), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                p.GetProperty("opacity").GetDouble())));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new VolumeFormatException($"{file} is no transfer function; write {{\"points\": [{{\"value\": 12000, \"color\": \"#e0a030\", \"opacity\": 0.6}}, …]}}.", e);
        }
    }

    /// <summary>Colour (0xRRGGBB channels 0–255) and opacity at a value.</summary>
    public (double R, double G, double B, double Opacity) At(double value)
    {
        var p = Points;
        if (value <= p[0].Value)
        {
            return Of(p[0]);
        }

        for (var i = 1; i < p.Length; i++)
        {
            if (value < p[i].Value)
            {
                var t = (value - p[i - 1].Value) / (p[i].Value - p[i - 1].Value);
                var (a, b) = (Of(p[i - 1]), Of(p[i]));
                return (a.R + t * (b.R - a.R), a.G + t * (b.G - a.G), a.B + t * (b.B - a.B), a.O + t * (b.O - a.O));
            }
        }

        return Of(p[^1]);

        static (double R, double G, double B, double O) Of(TransferPoint p) => ((p.Color >> 16) & 255, (p.Color >> 8) & 255, p.Color & 255, p.Opacity);
    }

    /// <summary>
    /// The table that the ray caster reads, for samples <paramref name="step"/> voxels apart. It spans the function's points as far
    /// as the volume has values there, since beyond them the function is constant.
    /// </summary>
    public TransferTable ToTable(double least, double most, float step)
    {
        var low = Math.Clamp(Points[0].Value, least, Math.Max(least, most));
        var high = Math.Clamp(Points[^1].Value, least, Math.Max(least, most));
        if (!(high > low))
        {
            // A step: its two sides on either side of the table's middle.
            var reach = Math.Max(1e-6 * Math.Max(Math.Abs(low), most - least), 1e-30);
            (low, high) = (low - reach, high + reach);
        }

        // Values beyond the table read its first and last entries: these lie outside the outermost points, so that what is constant there
        // is what those points say, and not what a steep edge beside them has become half an entry further in.
        var entry = (high - low) / (TransferTable.Size - 2);
        (low, high) = (low - entry, high + entry);

        var alpha = new float[TransferTable.Size];
        var colors = new int[TransferTable.Size];
        for (var i = 0; i < TransferTable.Size; i++)
        {
            var (r, g, b, o) = At(low + (i + 0.5) * (high - low) / TransferTable.Size);
            alpha[i] = (float)o;
            colors[i] = (int)(r + 0.5) | ((int)(g + 0.5) << 8) | ((int)(b + 0.5) << 16);
        }

        return new TransferTable((float)low, (float)high, alpha, colors, step);
    }

    /// <inheritdoc/>
    public bool Equals(TransferFunction? other) => other is not null && Points.AsSpan().SequenceEqual(other.Points.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // All points, since what is dragged is one of those in the middle.
        var hash = default(HashCode);
        foreach (var point in Points)
        {
            hash.Add(point);
        }

        return hash.ToHashCode();
    }
}
