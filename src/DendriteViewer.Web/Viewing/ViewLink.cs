using System.Globalization;
using System.Text;
using System.Text.Json;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Rendering;
using Microsoft.AspNetCore.WebUtilities;

namespace DendriteViewer.Web.Viewing;

/// <summary>
/// A whole view in the address bar, readable, version 1. Numbers are written so that they read back exactly. What is kept or handed on has
/// every field; what a page asks for at once may leave out what is as in the dataset's first view.
/// <code>v=1&amp;t=1.5&amp;m=projection&amp;at=152.5,80,91.5&amp;c=…&amp;zoom=0.5&amp;w=4000,42000&amp;cm=viridis&amp;cam=30,20,600,128,128,128&amp;tf=6000:e0a030:0.5;…</code>
/// </summary>
public static class ViewLink
{
    /// <summary>The version that is written.</summary>
    public const int Version = 1;

    /// <summary>
    /// Field of a link that shows a mask under correction: how many entries the mask's log had. The link shows the mask as it is when it is
    /// opened, and says so where that is another.
    /// </summary>
    public const string Mask = "mask";

    /// <summary>Field of an address that opens a tour: its id.</summary>
    public const string Tour = "tour";

    /// <summary>Field of the address of a frame in another site that says its theme, dark or light.</summary>
    public const string Theme = "theme";

    /// <summary>
    /// Characters of the text that is written into an address bar at most: servers and proxies refuse a request of more than 8 KiB.
    /// </summary>
    public const int MostInAddress = 7000;

    // Field of an address that names the fields that it has no room for.
    private const string Without = "without";

    private const int MostQuoted = 40;

    // What may be too long for an address, in the order in which it is left out.
    private static readonly string[] s_long = ["tf", "over"];
    private static readonly string s_versionText = Version.ToString(CultureInfo.InvariantCulture);

    // What an address of a viewer may have besides the fields: the version, which dataset of that id is meant, and of which mask.
    private static readonly HashSet<string> s_known =
        new(ViewLinkFields.All.Select(f => f.Name).Concat(["v", "identity", Mask, Cell.CellLink.Field,
            Placements.PlacementLink.Field, Tour, Theme, Without,
            Sharing.FrozenLinks.Field, Sharing.PastStates.Field]),
            StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Writes every field of a view. A dataset's first view changes when an earlier scan is imported or the first one deleted; what is kept
    /// or handed on must not change with it.
    /// </summary>
    public static string Whole(ViewState view) => Format(view, view, isWhole: true);

    /// <summary>
    /// A link as an address bar can have it. Where it is too long, as with a transfer function of hundreds of points, that is left out, and
    /// the text says so, so that whoever opens it hears of it.
    /// </summary>
    /// <param name="link">A whole link.</param>
    /// <returns>The text, and what people call that which it has no room for; empty where it has all.</returns>
    public static (string Query, string Lacks) ForAddress(string link)
    {
        var (parts, left) = (link.Split('&').ToList(), new List<string>());
        foreach (var name in s_long)
        {
            if (parts.Sum(p => p.Length + 1) <= MostInAddress)
            {
                break;
            }

            if (parts.RemoveAll(p => p.StartsWith(name + "=", StringComparison.Ordinal) && p.Length > name.Length + 1) > 0)
            {
                left.Add(name);
            }
        }

        return left.Count == 0
            ? (link, "")
            : ($"{string.Join('&', parts)}&{Without}={string.Join(',', left)}", string.Join(" and ", left.Select(MeaningOf)));
    }

    /// <summary>Writes a view for a picture that is asked for at once.</summary>
    /// <param name="view">The view.</param>
    /// <param name="start">The first view of its volume; equal fields are left out.</param>
    public static string Format(ViewState view, ViewState start) => Format(view, start, isWhole: false);

    private static string Format(ViewState view, ViewState start, bool isWhole)
    {
        ViewDto a = ViewDto.Of(view), b = ViewDto.Of(start);
        var q = new StringBuilder($"v={Version}&t={N(a.Hours)}&m={a.Modality}");
        Numbers("at", a.Focus, b.Focus);
        Numbers("c", a.Center, b.Center);
        Add("zoom", N(a.UmPerPixel), N(b.UmPerPixel));
        Numbers("turn", a.Rotation, b.Rotation);
        Numbers("roll", a.Roll, b.Roll);
        Add("follow", a.FollowsInterface ? "1" : "0", b.FollowsInterface ? "1" : "0");
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
        Add("inside", Inside(a.Nested), Inside(b.Nested));
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
            if (isWhole || mine != theirs)
            {
                q.Append('&').Append(name).Append('=').Append(mine);
            }
        }
    }

    /// <summary>Reads a view over the first view of its volume; what is missing stays, what cannot be read is left out.</summary>
    public static ViewState Parse(string? query, ViewState start) => Read(query, start).View;

    /// <summary>Reads a person's link: all of it that can be read, each field by itself, and a sentence about each that cannot.</summary>
    /// <param name="query">The link's query.</param>
    /// <param name="start">The first view of its volume, whose fields stand in for what is missing or cannot be read.</param>
    public static ViewReading Read(string? query, ViewState start)
    {
        var remarks = new List<LinkRemark>();
        var view = ViewDto.Of(start);
        var q = QueryHelpers.ParseQuery(query ?? "");
        if (q.TryGetValue("v", out var version) && version != s_versionText)
        {
            remarks.Add(new LinkRemark("v", $"The link says version “{Short(version)}”; this server reads version {Version}. "
                + "What it knows of the link is shown, which may not be what was meant."));
        }

        foreach (var field in ViewLinkFields.All)
        {
            if (!q.TryGetValue(field.Name, out var values))
            {
                continue;
            }

            try
            {
                var changed = field.Read(view, values.ToString());
                changed?.ToState();
                view = changed ?? view;
                if (changed is null)
                {
                    remarks.Add(new LinkRemark(field.Name, $"The {field.Means} ({field.Name}) is “{Short(values)}”, which cannot be read."));
                }
            }
            catch (OutOfRangeException e)
            {
                remarks.Add(new LinkRemark(field.Name, $"The {field.Means} ({field.Name}) cannot be that. {e.Message}"));
            }
        }

        remarks.AddRange(LeftOut(q.GetValueOrDefault(Without)).Select(name => new LinkRemark(
            name, $"The {MeaningOf(name)} ({name}) was too long for an address and is not in it; a bookmark or a shared link keeps it.")));
        remarks.AddRange(q.Keys.Where(k => !s_known.Contains(k)).Select(k => new LinkRemark(k, $"“{Short(k)}” is no field of a view.")));
        return new ViewReading(view.ToState(), remarks);
    }

    /// <summary>Reads a view that a program asks for over the first view of its volume; what is missing stays.</summary>
    /// <exception cref="OutOfRangeException">What is there cannot be read, or is out of its range; the message names it.</exception>
    public static ViewState ParseStrictly(string? query, ViewState start)
    {
        var q = QueryHelpers.ParseQuery(query ?? "");
        if (q.TryGetValue("v", out var version) && version != s_versionText)
        {
            throw new OutOfRangeException($"v is '{version}'; this server reads views of version {Version}.");
        }

        if (LeftOut(q.GetValueOrDefault(Without)).FirstOrDefault(name => !q.ContainsKey(name)) is { } left)
        {
            throw new OutOfRangeException($"This link was cut for an address and has no {left}; give {left}, or leave {Without} out.");
        }

        return ViewLinkFields.All.Where(f => q.ContainsKey(f.Name)).Aggregate(ViewDto.Of(start), (view, field) =>
            field.Read(view, q[field.Name].ToString())
                ?? throw new OutOfRangeException(
                    $"{field.Name} is '{q[field.Name]}', which is nothing that a view has there; see docs/hub.md.")).ToState();
    }

    /// <summary>Which dataset of the id an address means, where it says so; else null.</summary>
    public static string? IdentityOf(string? query) =>
        QueryHelpers.ParseQuery(query ?? "").TryGetValue("identity", out var identity) ? identity.ToString() : null;

    private static IEnumerable<string> LeftOut(string? names) => s_long.Where(n => (names ?? "").Split(',').Contains(n));

    private static string MeaningOf(string name) => ViewLinkFields.All.First(f => f.Name == name).Means;

    private static string Short(string? text) => text is { Length: > MostQuoted } ? text[..MostQuoted] + "…" : text ?? "";

    /// <summary>The part of a link that selects an annotation and shows its place in its scan; all else is as at first.</summary>
    /// <param name="id">The annotation.</param>
    /// <param name="modality">Its scan's modality; empty for any.</param>
    /// <param name="hours">Its scan's hours.</param>
    /// <param name="zyxUm">Its place, µm; empty where it has none.</param>
    public static string Of(string id, string modality, double hours, double[] zyxUm) =>
        $"v={Version}&t={N(hours)}{(modality.Length > 0 ? $"&m={Uri.EscapeDataString(modality)}" : "")}"
            + (zyxUm.Length == 3 ? $"&at={List(zyxUm)}&c={List(zyxUm)}" : "") + $"&site={Uri.EscapeDataString(id)}";

    private static string Compared(CompareDto? c) => c is null ? "" : $"{Name(c.Mode)},{N(c.Hours)}"
        + (c.Inside is { } inside ? "," + Inside(inside) : "");

    private static string Inside(NestedDto? n) =>
        n is null ? "" : $"{n.Modality},{N(n.Window[0])},{N(n.Window[1])},{(n.AtEveryZoom ? 1 : 0)}";

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

/// <summary>Something of a link that could not be read, or means nothing here.</summary>
/// <param name="Name">The field's name in the link.</param>
/// <param name="Text">A sentence for who opened it.</param>
public sealed record LinkRemark(string Name, string Text);

/// <summary>A link as it was read.</summary>
/// <param name="View">The view, with the first view's fields where the link has none that can be read.</param>
/// <param name="Remarks">What could not be read, in the order of the fields; empty where all could.</param>
public sealed record ViewReading(ViewState View, IReadOnlyList<LinkRemark> Remarks);
