using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Measuring;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Measurements;

/// <summary>Measurements as CSV (RFC 4180, units in the header): one table of all, and the values of one.</summary>
public static class MeasurementFiles
{
    private static readonly string[] s_columns =
    [
        "id", "label", "kind", "hours_h", "modality", "points_zyx_um", "plane_right_zyx", "plane_down_zyx", "depths_um", "thickness_um",
        "width_um", "length_um", "length_error_um", "angle_deg", "angle_error_deg", "area_um2", "area_of_voxels_um2", "area_error_um2",
        "volume_um3", "volume_of_voxels_um3", "volume_error_um3", "voxels", "voxels_without_data", "outside_percent", "mean",
        "standard_deviation", "minimum", "p1", "p5", "p25", "median", "p75", "p95", "p99", "maximum", "percentile_bin_width",
        "data_is_current", "author", "changed_utc", "color", "note", "labels", "slab_um",
    ];

    /// <summary>One line for each measurement; cells that a kind does not have are empty.</summary>
    /// <param name="all">The measurements.</param>
    /// <param name="dataset">The dataset as it is now, or null where it was deleted.</param>
    /// <param name="schema">Its labels and fields; each field has a column.</param>
    public static string ToCsv(IEnumerable<Measurement> all, Dataset? dataset, AnnotationSchema? schema = null)
    {
        schema ??= AnnotationSchema.Empty;
        var text = new StringBuilder().AppendJoin(',', s_columns.Concat(MarkColumns.Of(schema))).Append("\r\n");
        foreach (var m in all)
        {
            text.AppendJoin(',', Cells(m, dataset, schema).Select(CsvCells.Quoted)).Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>The values of one: a profile's along its line, or a region's histogram; null of a kind without.</summary>
    public static string? SeriesToCsv(Measurement m) => m.Result switch
    {
        { Profile: { } p } => ToCsv(p, m.PointsUm),
        { Region.Values.Histogram: { } h } => ToCsv(h),
        _ => null,
    };

    private static IEnumerable<string> Cells(Measurement m, Dataset? dataset, AnnotationSchema schema)
    {
        var (result, region) = (m.Result, m.Result?.Region);
        var (area, volume) = (region is { IsFlat: true } ? region : null, region is { IsFlat: false } ? region : null);
        return
        [
            CsvCells.Guarded(m.Id), CsvCells.Guarded(m.Label), m.Kind.ToString().ToLowerInvariant(), N(m.Hours),
            CsvCells.Guarded(m.Modality),
            string.Join("; ", m.PointsUm.Select(Triple)), m.Right is null ? "" : Triple(m.Right), m.Down is null ? "" : Triple(m.Down),
            dataset is { HasInterface: false } ? "" : string.Join(' ', result?.DepthsUm.Select(d => N(d)) ?? []), N(region?.ThicknessUm),
            m.Kind == MeasurementKind.Profile ? N(m.WidthUm) : "",
            N(result?.LengthUm?.Value), N(result?.LengthUm?.Error), N(result?.AngleDeg?.Value), N(result?.AngleDeg?.Error),
            N(area?.GeometricSize), N(area?.SampledSize), N(area?.SizeError),
            N(volume?.GeometricSize), N(volume?.SampledSize), N(volume?.SizeError), N(region?.Voxels),
            N(region?.NoData ?? result?.Profile?.NoData),
            N(100 * (region?.OutsideShare ?? result?.Profile?.OutsideShare)), .. Values(result),
            dataset?.Find(m.Modality, m.Hours) is { } scan && result is not null
                ? Measurer.TagOf(dataset, scan) == result.Data ? "yes" : "no" : "",
            CsvCells.Guarded(m.Author),
            DateTimeOffset.FromUnixTimeMilliseconds(m.ChangedAt).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            m.Color, CsvCells.Guarded(m.Note), MarkColumns.Cell(schema, m.Labels), N(m.ThicknessUm), .. MarkColumns.Cells(schema, m.Fields),
        ];
    }

    // From the mean to the width of the percentiles' bins. Of a profile there are mean and extremes of the values along the line.
    private static IEnumerable<string> Values(MeasuredResult? result) => result switch
    {
        { Region.Values: { } v } =>
            [N(v.Mean), N(v.Deviation), N(v.Least), .. v.Percentiles.Select(p => N(p)), N(v.Most), N(v.PercentileBinWidth)],
        { Profile: { } p } => [N(p.Mean), "", N(p.Values.Min()), "", "", "", "", "", "", "", N(p.Values.Max()), ""],
        _ => Enumerable.Repeat("", 12),
    };

    private static string ToCsv(LineProfile p, double[][] points)
    {
        var text = new StringBuilder("distance_um,z_um,y_um,x_um,value,standard_deviation_across\r\n");
        for (var i = 0; i < p.Values.Count; i++)
        {
            var share = (double)i / (p.Values.Count - 1);
            var at = points[0].Zip(points[1], (a, b) => N(Math.Round(a + share * (b - a), 6)));
            text.AppendJoin(',', [N(Math.Round(i * p.StepUm, 6)), .. at, N(p.Values[i]), N(p.Deviations?[i])]).Append("\r\n");
        }

        return text.ToString();
    }

    private static string ToCsv(RegionHistogram h)
    {
        var text = new StringBuilder("from_value,to_below_value,voxels\r\n");
        var last = h.From + h.Counts.Count * h.BinWidth;
        text.Append(CultureInfo.InvariantCulture, $",{N(h.From)},{h.Below}\r\n");
        for (var i = 0; i < h.Counts.Count; i++)
        {
            text.AppendJoin(',', N(h.From + i * h.BinWidth), N(h.From + (i + 1) * h.BinWidth), N(h.Counts[i])).Append("\r\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{N(last)},,{h.Above}\r\n").ToString();
    }

    private static string Triple(double[] p) => string.Join(' ', p.Select(c => N(c)));

    private static string N(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
