using System.Globalization;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Web.Viewing;

/// <summary>How each field of a view is read from a link. Each is read by itself, so that a damaged one costs no other.</summary>
internal static class ViewLinkFields
{
    /// <summary>A field.</summary>
    /// <param name="Name">Its name in a link.</param>
    /// <param name="Means">What people call it.</param>
    /// <param name="Read">The view with the field as the text says, or null where the text says nothing that the field can be.</param>
    internal sealed record Field(string Name, string Means, Func<ViewDto, string, ViewDto?> Read);

    /// <summary>All fields.</summary>
    public static IReadOnlyList<Field> All { get; } =
    [
        One("t", "timestep", (d, v) => d with { Hours = v }),
        new("m", "modality", (d, s) => s.Length > 0 ? d with { Modality = s } : null),
        Many("at", "crosshair", 3, (d, v) => d with { Focus = v }),
        Many("c", "middle of the slices", 3, (d, v) => d with { Center = v }),
        One("zoom", "zoom of the slices", (d, v) => d with { UmPerPixel = v }),
        Many("turn", "turn of the slices", 3, (d, v) => d with { Rotation = v }),
        Many("roll", "turn of the slices' pictures", 3, (d, v) => d with { Roll = v }),
        Flag("follow", "whether a slice follows the interface", (d, v) => d with { FollowsInterface = v }),
        One("slab", "thickness of the slab", (d, v) => d with { SlabUm = v }),
        Choice<Kernels.Slicing.SlabMode>("slabmode", "combination in the slab", (d, v) => d with { SlabMode = v }),
        Choice<Kernels.Slicing.SliceInterpolation>("between", "interpolation", (d, v) => d with { Interpolation = v }),
        Many("w", "window", 2, (d, v) => d with { Window = v }),
        new("cm", "colours", (d, s) => ColorMap.TryFind(s) is not null ? d with { ColorMap = s } : null),
        Many("cam", "camera", 6, (d, v) => d with { Camera = v }),
        Choice<VolumeMode>("mode", "way of drawing in 3D", (d, v) => d with { Mode = v }),
        One("iso", "value of the isosurface", (d, v) => d with { Iso = v }),
        Flag("shade", "shading", (d, v) => d with { Shaded = v }),
        Flag("shadow", "shadows", (d, v) => d with { Shadows = v }),
        new("dark", "threshold of what is dark", (d, s) =>
            s.Length == 0 ? d with { Threshold = null } : Numbers(s, 1) is [var v] ? d with { Threshold = v } : null),
        new("tf", "transfer function", (d, s) => Points(s) is { } points ? d with { Transfer = points } : null),
        new("cut", "cut along a slice", (d, s) => d with { Cut = s.Length > 0 ? s : null }),
        new("over", "what is shown with it", (d, s) =>
            s.Length == 0 ? d with { Overlay = null } : Overlay(s) is { } overlay ? d with { Overlay = overlay } : null),
        new("inside", "finer scan inside", (d, s) =>
            s.Length == 0 ? d with { Nested = null } : Inside(s.Split(',')) is { } nested ? d with { Nested = nested } : null),
        new("compare", "comparison", (d, s) =>
            s.Length == 0 ? d with { Compare = null } : Compared(s) is { } compared ? d with { Compare = compared } : null),
        new("clip", "box", (d, s) => s.Length == 0 ? d with { Clip = null } : Numbers(s, 6) is { } v ? d with { Clip = v } : null),
        new("depth", "depths shown in 3D", (d, s) =>
            s.Length == 0 ? d with { DepthClip = null } : Numbers(s, 2) is { } v ? d with { DepthClip = v } : null),
        Many("band", "band", 2, (d, v) => d with { Band = v }),
        Flag("bandon", "whether the band is drawn", (d, v) => d with { BandVisible = v }),
        new("full", "pane that fills the view", (d, s) =>
            s.Length == 0 ? d with { Maximized = null } : Named<Pane>(s) is { } pane ? d with { Maximized = pane } : null),
        new("site", "site", (d, s) => d with { Selected = s }),
    ];

    private static Field One(string name, string means, Func<ViewDto, double, ViewDto> set) =>
        new(name, means, (d, s) => Numbers(s, 1) is [var v] ? set(d, v) : null);

    private static Field Many(string name, string means, int count, Func<ViewDto, double[], ViewDto> set) =>
        new(name, means, (d, s) => Numbers(s, count) is { } v ? set(d, v) : null);

    private static Field Flag(string name, string means, Func<ViewDto, bool, ViewDto> set) =>
        new(name, means, (d, s) => s is "0" or "1" ? set(d, s == "1") : null);

    private static Field Choice<T>(string name, string means, Func<ViewDto, T, ViewDto> set) where T : struct, Enum =>
        new(name, means, (d, s) => Named<T>(s) is { } v ? set(d, v) : null);

    private static T? Named<T>(string text) where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : null;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static double[]? Numbers(string text, int count)
    {
        var numbers = text.Split(',').Select(Number).ToArray();
        return numbers.Length == count && numbers.All(n => n is not null) ? Array.ConvertAll(numbers, n => n!.Value) : null;
    }

    // MODALITY,HOURS or -,1 where it replaces,POINTS
    private static OverlayDto? Overlay(string text) =>
        text.Split(',', 4) is [var modality, var at, var replaces, var shown] && (at == "-" || Number(at) is not null)
            && Points(shown) is { } points
            ? new OverlayDto(modality, at == "-" ? null : Number(at), points, replaces == "1")
            : null;

    // MODE,HOURS and where finer scans are compared the other one.
    private static CompareDto? Compared(string text) =>
        text.Split(',') is [var mode, var at, .. var rest] && Named<CompareMode>(mode) is { } how && Number(at) is { } hours
            && (rest.Length == 0 || Inside(rest) is not null)
            ? new CompareDto(how, hours, Inside(rest))
            : null;

    // MODALITY,LOW,HIGH,1 where it is shown at every zoom
    private static NestedDto? Inside(string[] parts) =>
        parts is [{ Length: > 0 } modality, var low, var high, "0" or "1"] && Number(low) is { } from && Number(high) is { } to
            ? new NestedDto(modality, [from, to], parts[3] == "1")
            : null;

    // VALUE:COLOR:OPACITY or of labels FROM~TO:COLOR:OPACITY, each after a semicolon.
    private static double[][]? Points(string text)
    {
        var points = new List<double[]>();
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split(':') is not [var at, var rgb, var solid] || Number(solid) is not { } opacity
                || !int.TryParse(rgb, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var color))
            {
                return null;
            }

            if (at.Split('~') is [var from, var to] && Label(from) is { } first && Label(to) is { } last && double.IsFinite(opacity))
            {
                var range = TransferFunction.OfLabels([new LabelRange(first, last, color, opacity)]);
                points.AddRange(range.Points.Select(p => new[] { p.Value, p.Color, p.Opacity }));
            }
            else if (Number(at) is { } value)
            {
                points.Add([value, color, opacity]);
            }
            else
            {
                return null;
            }
        }

        return points.Count > 0 ? [.. points] : null;
    }

    private static int? Label(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
