using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Web.Viewing;

/// <summary>What else is shown in 3D, as the browser has it.</summary>
public sealed record OverlayDto(string Modality, double? Hours, double[][] Transfer, bool Replaces);

/// <summary>A view as the browser has it. Points are z, y, x in µm.</summary>
public sealed record ViewDto
{
    /// <summary>Hours of the timestep.</summary>
    public double Hours { get; init; }

    /// <summary>Modality.</summary>
    public string Modality { get; init; } = "";

    /// <summary>Crosshair.</summary>
    public double[] Focus { get; init; } = [0, 0, 0];

    /// <summary>Middle of the slice panes.</summary>
    public double[] Center { get; init; } = [0, 0, 0];

    /// <summary>Slice zoom; 0 fits.</summary>
    public double UmPerPixel { get; init; }

    /// <summary>Turn about z, y, x in degrees.</summary>
    public double[] Rotation { get; init; } = [0, 0, 0];

    /// <summary>Slab thickness, µm.</summary>
    public double SlabUm { get; init; }

    /// <summary>mean, minimum or maximum.</summary>
    public SlabMode SlabMode { get; init; }

    /// <summary>linear, nearest or cubic.</summary>
    public SliceInterpolation Interpolation { get; init; }

    /// <summary>Values of the first and last colour.</summary>
    public double[] Window { get; init; } = [0, 1];

    /// <summary>Colour map.</summary>
    public string ColorMap { get; init; } = "grey";

    /// <summary>Azimuth, elevation, distance, target z, y, x.</summary>
    public double[] Camera { get; init; } = [0, 0, 0, 0, 0, 0];

    /// <summary>composite, maximum or isosurface.</summary>
    public VolumeMode Mode { get; init; }

    /// <summary>Iso value.</summary>
    public double Iso { get; init; }

    /// <summary>Electrolyte darker than this is tinted in slices; null for none.</summary>
    public double? Threshold { get; init; }

    /// <summary>Gradient shading.</summary>
    public bool Shaded { get; init; }

    /// <summary>Shadows at rest.</summary>
    public bool Shadows { get; init; } = true;

    /// <summary>Points: value, 0xRRGGBB, opacity.</summary>
    public double[][] Transfer { get; init; } = [];

    /// <summary>Low z, y, x, high z, y, x; or null.</summary>
    public double[]? Clip { get; init; }

    /// <summary>From, to; or null.</summary>
    public double[]? DepthClip { get; init; }

    /// <summary>Slice that the 3D picture is cut along: z, y or x keeps what lies behind it, -z, -y or -x what lies before; or null.</summary>
    public string? Cut { get; init; }

    /// <summary>What else is shown in 3D, or null.</summary>
    public OverlayDto? Overlay { get; init; }

    /// <summary>From, to.</summary>
    public double[] Band { get; init; } = [100, 120];

    /// <summary>Whether the band is drawn.</summary>
    public bool BandVisible { get; init; } = true;

    /// <summary>z, y, x, volume or null.</summary>
    public Pane? Maximized { get; init; }

    /// <summary>Selected site.</summary>
    public string Selected { get; init; } = "";

    /// <summary>How views travel.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>The view as the browser has it.</summary>
    public static ViewDto Of(ViewState v) => new()
    {
        Hours = v.Hours, Modality = v.Modality, Focus = [v.Focus.Z, v.Focus.Y, v.Focus.X], Center = [v.Center.Z, v.Center.Y, v.Center.X], UmPerPixel = v.UmPerPixel,
        Rotation = [v.Rotation.AboutZ, v.Rotation.AboutY, v.Rotation.AboutX], SlabUm = v.SlabUm, SlabMode = v.SlabMode, Interpolation = v.Interpolation, Window = [v.WindowLow, v.WindowHigh], ColorMap = v.ColorMap,
        Camera = [v.Camera.AzimuthDeg, v.Camera.ElevationDeg, v.Camera.DistanceUm, v.Camera.Target.Z, v.Camera.Target.Y, v.Camera.Target.X],
        Mode = v.Mode, Iso = v.IsoValue, Shaded = v.Shaded, Threshold = v.Threshold, Shadows = v.Shadows, Transfer = PointsOf(v.Transfer),
        Clip = v.Clip is { } c ? [c.Low.Z, c.Low.Y, c.Low.X, c.High.Z, c.High.Y, c.High.X] : null, DepthClip = v.DepthClip is { } d ? [d.FromUm, d.ToUm] : null,
        Cut = v.Cut is { } cut ? $"{(cut.KeepsFar ? "" : "-")}{char.ToLowerInvariant(cut.Along.ToString()[0])}" : null,
        Overlay = v.Overlay is { } o ? new OverlayDto(o.Modality, o.Hours, PointsOf(o.Transfer), o.Replaces) : null,
        Band = [v.Band.FromUm, v.Band.ToUm], BandVisible = v.BandVisible, Maximized = v.Maximized, Selected = v.Selected,
    };

    /// <summary>The view, checked.</summary>
    /// <exception cref="ArgumentException">A number is missing, not finite or out of range; the message names the field.</exception>
    public ViewState ToState()
    {
        Numbers(Focus, 3, nameof(Focus));
        Numbers(Center, 3, nameof(Center));
        Numbers(Rotation, 3, nameof(Rotation));
        Numbers(Window, 2, nameof(Window));
        Numbers(Camera, 6, nameof(Camera));
        Numbers(Band, 2, nameof(Band));
        Numbers([Hours, UmPerPixel, SlabUm, Iso], 4, "a number");
        if (UmPerPixel < 0 || SlabUm < 0 || Camera[2] < 0)
        {
            throw new ArgumentException("Zoom, slab and distance must not be negative.");
        }

        if (Clip is not null)
        {
            Numbers(Clip, 6, nameof(Clip));
        }

        if (DepthClip is not null)
        {
            Numbers(DepthClip, 2, nameof(DepthClip));
        }

        if (Cut is not (null or "z" or "y" or "x" or "-z" or "-y" or "-x"))
        {
            throw new ArgumentException("The view's Cut is z, y, x, -z, -y, -x or null.");
        }

        if (Overlay is not null && (Overlay.Modality is not { Length: <= 40 } || Overlay.Transfer?.Any(p => p is not { Length: 3 }) != false || Overlay.Hours is { } h && !double.IsFinite(h)))
        {
            throw new ArgumentException("The view's Overlay has a modality, hours or null, and a transfer function.");
        }

        if (Transfer is null || Transfer.Any(p => p is not { Length: 3 }) || Modality is null || ColorMap is null || Selected is null || Modality.Length > 40 || Selected.Length > 40)
        {
            throw new ArgumentException("The view lacks a field, or one is too long.");
        }

        return new ViewState
        {
            Hours = Hours, Modality = Modality, Focus = Point(Focus, 0), Center = Point(Center, 0), UmPerPixel = UmPerPixel,
            Rotation = new SliceRotation(Rotation[0], Rotation[1], Rotation[2]), SlabUm = SlabUm, SlabMode = SlabMode, Interpolation = Interpolation,
            WindowLow = Window[0], WindowHigh = Window[1], ColorMap = Imaging.Rendering.ColorMap.Find(ColorMap).Name,
            Camera = new OrbitCamera(Camera[0], Math.Clamp(Camera[1], -89, 89), Camera[2], Point(Camera, 3)), Mode = Mode, IsoValue = Iso, Shaded = Shaded, Threshold = Threshold is { } t && double.IsFinite(t) ? t : null, Shadows = Shadows,
            Transfer = FunctionOf(Transfer),
            Cut = Cut is { } cut ? new SliceCut(cut[^1] switch { 'z' => Pane.Z, 'y' => Pane.Y, _ => Pane.X }, cut[0] != '-') : null,
            Overlay = Overlay is { } o ? new Overlay(o.Modality, o.Hours, FunctionOf(o.Transfer), o.Replaces) : null,
            Clip = Clip is { } c ? new ClipBox(Point(c, 0), Point(c, 3)) : null, DepthClip = DepthClip is { } d ? new Band(d[0], d[1]) : null,
            Band = new Band(Math.Min(Band[0], Band[1]), Math.Max(Band[0], Band[1])), BandVisible = BandVisible, Maximized = Maximized, Selected = Selected,
        };
    }

    /// <summary>A view with some fields replaced by those of a JSON object.</summary>
    /// <exception cref="ArgumentException">Not an object, an unknown field, or a field of another kind.</exception>
    public static ViewState Patch(ViewState view, string patch)
    {
        try
        {
            var merged = JsonSerializer.SerializeToNode(Of(view), Json)!.AsObject();
            foreach (var (name, value) in JsonNode.Parse(patch)?.AsObject() ?? throw new ArgumentException("A change of view is a JSON object."))
            {
                if (!merged.ContainsKey(name))
                {
                    throw new ArgumentException($"A view has no field '{name}'.");
                }

                merged[name] = value?.DeepClone();
            }

            return merged.Deserialize<ViewDto>(Json)!.ToState();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new ArgumentException("A change of view is a JSON object whose fields are those of the view.", e);
        }
    }

    private static double[][] PointsOf(TransferFunction f) => f.Points.Select(p => new[] { p.Value, p.Color, p.Opacity }).ToArray();

    private static TransferFunction FunctionOf(double[][] points) =>
        TransferFunction.Of(points.Select(p => new TransferPoint(p[0], (int)Math.Clamp(p[1], 0, 0xFFFFFF), p[2])));

    private static WorldPoint Point(double[] v, int at) => new(v[at], v[at + 1], v[at + 2]);

    private static void Numbers(double[]? values, int count, string field)
    {
        if (values?.Length != count || values.Any(v => !double.IsFinite(v) || Math.Abs(v) > 1e12))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The view's {field} needs {count} finite number(s)."));
        }
    }
}
