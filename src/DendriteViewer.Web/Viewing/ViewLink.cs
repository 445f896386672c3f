using System.Globalization;
using System.Text;
using System.Text.Json;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Rendering;
using Microsoft.AspNetCore.WebUtilities;

namespace DendriteViewer.Web.Viewing;

/// <summary>
/// A whole view in the address bar, readable, version 1. Numbers are written so that they read back exactly; what is as in
/// the dataset's first view is left out.
/// <code>v=1&amp;t=1.5&amp;m=projection&amp;at=152.5,80,91.5&amp;c=…&amp;zoom=0.5&amp;w=4000,42000&amp;cm=viridis&amp;cam=30,20,600,128,128,128&amp;tf=6000:e0a030:0.5;…</code>
/// </summary>
public static class ViewLink
{
    /// <summary>The version that is written.</summary>
    public const int Version = 1;

    /// <summary>Writes a view.</summary>
    /// <param name="view">The view.</param>
    /// <param name="start">The first view of its volume; equal fields are left out.</param>
    public static string Format(ViewState view, ViewState start)
    {
        ViewDto a = ViewDto.Of(view), b = ViewDto.Of(start);
        var q = new StringBuilder($"v={Version}&t={N(a.Hours)}&m={a.Modality}");
        Numbers("at", a.Focus, b.Focus);
        Numbers("c", a.Center, b.Center);
        Add("zoom", N(a.UmPerPixel), N(b.UmPerPixel));
        Numbers("turn", a.Rotation, b.Rotation);
        Add("slab", N(a.SlabUm), N(b.SlabUm));
        Add("slabmode", Name(a.SlabMode), Name(b.SlabMode));
        Add("between", Name(a.Interpolation), Name(b.Interpolation));
        Numbers("w", a.Window, b.Window);
        Add("cm", a.ColorMap, b.ColorMap);
        Numbers("cam", a.Camera, b.Camera);
        Add("mode", Name(a.Mode), Name(b.Mode));
        Add("iso", N(a.Iso), N(b.Iso));
        Add("shade", a.Shaded ? "1" : "0", b.Shaded ? "1" : "0");
        Add("shadow", a.Shadows ? "1" : "0", b.Shadows ? "1" : "0");
        Add("dark", a.Threshold is { } dark ? N(dark) : "", b.Threshold is { } darkThen ? N(darkThen) : "");
        Add("tf", Transfer(a.Transfer), Transfer(b.Transfer));
        Add("cut", a.Cut ?? "", b.Cut ?? "");
        Add("over", Over(a.Overlay), Over(b.Overlay));
        Add("compare", Compared(a.Compare), Compared(b.Compare));
        Numbers("clip", a.Clip ?? [], b.Clip ?? []);
        Numbers("depth", a.DepthClip ?? [], b.DepthClip ?? []);
        Numbers("band", a.Band, b.Band);
        Add("bandon", a.BandVisible ? "1" : "0", b.BandVisible ? "1" : "0");
        Add("full", a.Maximized is { } p ? Name(p) : "", b.Maximized is { } r ? Name(r) : "");
        Add("site", a.Selected, b.Selected);
        return q.ToString();

        void Numbers(string name, double[] mine, double[] theirs) => Add(name, List(mine), List(theirs));

        void Add(string name, string mine, string theirs)
        {
            if (mine != theirs)
            {
                q.Append('&').Append(name).Append('=').Append(mine);
            }
        }
    }

    /// <summary>Reads a view over the first view of its volume; what is missing stays, what cannot be read is left out.</summary>
    public static ViewState Parse(string? query, ViewState start)
    {
        try
        {
            return Parse(query, start, isStrict: false);
        }
        catch (OutOfRangeException)
        {
            return start;
        }
    }

    /// <summary>Reads a view that a program asks for over the first view of its volume; what is missing stays.</summary>
    /// <exception cref="OutOfRangeException">What is there cannot be read, or is out of its range; the message names it.</exception>
    public static ViewState ParseStrictly(string? query, ViewState start) => Parse(query, start, isStrict: true);

    private static ViewState Parse(string? query, ViewState start, bool isStrict)
    {
        var q = QueryHelpers.ParseQuery(query ?? "");
        if (q.TryGetValue("v", out var version) && version != Version.ToString(CultureInfo.InvariantCulture))
        {
            return isStrict ? throw new OutOfRangeException($"v is '{version}'; this server reads views of version {Version}.") : start;
        }

        var d = ViewDto.Of(start);
        d = d with
        {
            Hours = One("t", d.Hours), Modality = Text("m", d.Modality), Focus = Many("at", 3) ?? d.Focus, Center = Many("c", 3) ?? d.Center, UmPerPixel = One("zoom", d.UmPerPixel),
            Rotation = Many("turn", 3) ?? d.Rotation, SlabUm = One("slab", d.SlabUm), SlabMode = Choice("slabmode", d.SlabMode), Interpolation = Choice("between", d.Interpolation), Window = Many("w", 2) ?? d.Window,
            ColorMap = Text("cm", d.ColorMap), Camera = Many("cam", 6) ?? d.Camera, Mode = Choice("mode", d.Mode), Iso = One("iso", d.Iso), Shaded = Flag("shade", d.Shaded), Shadows = Flag("shadow", d.Shadows),
            Threshold = Many("dark", 1)?[0] ?? d.Threshold, Transfer = Points(Text("tf", "")) ?? Unread("tf", Text("tf", ""), d.Transfer),
            Cut = q.ContainsKey("cut") ? (Text("cut", "") is { Length: > 0 } c ? c : null) : d.Cut,
            Overlay = q.ContainsKey("over") ? Overlay() : d.Overlay, Clip = Many("clip", 6) ?? d.Clip, DepthClip = Many("depth", 2) ?? d.DepthClip, Band = Many("band", 2) ?? d.Band,
            Compare = q.ContainsKey("compare") ? Compared() : d.Compare,
            BandVisible = Flag("bandon", d.BandVisible), Selected = Text("site", d.Selected),
            Maximized = q.TryGetValue("full", out var f) && Enum.TryParse<Pane>(f, ignoreCase: true, out var pane) && Enum.IsDefined(pane) ? pane : d.Maximized,
        };
        return d.ToState();

        string Text(string name, string fallback) => q.TryGetValue(name, out var v) ? v.ToString() : fallback;
        double One(string name, double fallback) => Many(name, 1) is { } v ? v[0] : fallback;
        bool Flag(string name, bool fallback) => q.TryGetValue(name, out var v) ? v == "1" : fallback;
        T Choice<T>(string name, T fallback) where T : struct, Enum =>
            q.TryGetValue(name, out var v) && Enum.TryParse<T>(v, ignoreCase: true, out var e) && Enum.IsDefined(e)
            ? e : Unread(name, v, fallback);
        T Unread<T>(string name, string? value, T fallback) => !isStrict || string.IsNullOrEmpty(value)
            ? fallback
            : throw new OutOfRangeException($"{name} is '{value}', which is nothing that a view has there; see docs/hub.md.");

        double[]? Many(string name, int count)
        {
            if (!q.TryGetValue(name, out var v))
            {
                return null;
            }

            var parts = v.ToString().Split(',');
            var numbers = new double[parts.Length];
            for (var i = 0; i < parts.Length; i++)
            {
                if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                {
                    return Unread<double[]?>(name, v, null);
                }
            }

            return numbers.Length == count ? numbers : Unread<double[]?>(name, v, null);
        }

        // MODALITY,HOURS or -,1 where it replaces,POINTS
        OverlayDto? Overlay()
        {
            var parts = Text("over", "").Split(',', 4);
            var hours = 0.0;
            return parts.Length == 4 && (parts[1] == "-" || double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out hours)) && Points(parts[3]) is { } points
                ? new OverlayDto(parts[0], parts[1] == "-" ? null : hours, points, parts[2] == "1")
                : Unread<OverlayDto?>("over", Text("over", ""), null);
        }

        // MODE,HOURS
        CompareDto? Compared()
        {
            var text = Text("compare", "");
            return text.Split(',') is [var mode, var at] && Enum.TryParse<CompareMode>(mode, ignoreCase: true, out var how)
                && Enum.IsDefined(how) && double.TryParse(at, NumberStyles.Float, CultureInfo.InvariantCulture, out var hours)
                ? new CompareDto(how, hours)
                : Unread<CompareDto?>("compare", text, null);
        }

        static double[][]? Points(string text)
        {
            var points = new List<double[]>();
            foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
            {
                var c = part.Split(':');
                if (c.Length == 3 && c[0].Split('~') is [var from, var to] && int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                    && int.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                    && int.TryParse(c[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var rgb)
                    && double.TryParse(c[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var solid) && double.IsFinite(solid))
                {
                    points.AddRange(TransferFunction.OfLabels([new LabelRange(first, last, rgb, solid)]).Points.Select(p => new[] { p.Value, p.Color, p.Opacity }));
                    continue;
                }

                if (c.Length != 3 || !double.TryParse(c[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    || !int.TryParse(c[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var color)
                    || !double.TryParse(c[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var opacity))
                {
                    return null;
                }

                points.Add([value, color, opacity]);
            }

            return points.Count > 0 ? [.. points] : null;
        }
    }

    private static string Compared(CompareDto? c) => c is null ? "" : $"{Name(c.Mode)},{N(c.Hours)}";

    private static string Over(OverlayDto? o) => o is null ? "" : $"{o.Modality},{(o.Hours is { } h ? N(h) : "-")},{(o.Replaces ? 1 : 0)},{Ranges(o.Transfer) ?? Transfer(o.Transfer)}";

    // Of labels FROM~TO:COLOR:OPACITY, since there may be many.
    private static string? Ranges(double[][] points) => TransferFunction.Of(points.Select(p => new TransferPoint(p[0], (int)p[1], p[2]))).LabelRanges() is { } ranges
        ? string.Join(';', ranges.Select(r => $"{r.From}~{r.To}:{r.Color:x6}:{N(r.Opacity)}"))
        : null;

    private static string Transfer(double[][] points) => string.Join(';', points.Select(p => $"{N(p[0])}:{(int)p[1]:x6}:{N(p[2])}"));

    private static string List(double[] v) => string.Join(',', v.Select(N));

    private static string N(double v) => v.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "E");

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
