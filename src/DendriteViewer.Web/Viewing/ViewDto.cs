using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Web.Viewing;

/// <summary>What else is shown in 3D, as the browser has it.</summary>
public sealed record OverlayDto(string Modality, double? Hours, double[][] Transfer, bool Replaces);

/// <summary>What the timestep shown is compared with, as the browser has it: how, the other's hours, and its finer scan or null.</summary>
public sealed record CompareDto(CompareMode Mode, double Hours, NestedDto? Inside = null);

/// <summary>The finer scan that slices show inside its outline, as the browser has it.</summary>
public sealed record NestedDto(string Modality, double[] Window, bool AtEveryZoom)
{
    internal static NestedDto? Of(NestedLook? look) =>
        look is null ? null : new NestedDto(look.Modality, [look.WindowLow, look.WindowHigh], look.AtEveryZoom);

    internal NestedLook Checked(string field)
    {
        if (Modality is not { Length: > 0 and <= ViewDto.MostChars })
        {
            throw new OutOfRangeException($"{field} has a modality of at most {ViewDto.MostChars} characters.");
        }

        Ranges.Value.Of($"{field}'s window").Check(Window, 2);
        return new NestedLook(Modality, Window[0], Window[1], AtEveryZoom);
    }
}

/// <summary>
/// The volume that landmarks are placed in, as the browser has it: which it is, and the place, zoom and window of its panes. Points are
/// z, y, x in µm of the dataset's frame.
/// </summary>
public sealed record LandmarksDto(
    string Modality, double Hours, double[] Focus, double[] Center, double UmPerPixel, double[] Window);

/// <summary>A view as the browser has it. Points are z, y, x in µm.</summary>
public sealed record ViewDto
{
    internal const int MostChars = 40;

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

    /// <summary>Turn of the pictures of the z, y and x slice in their own planes, degrees.</summary>
    public double[] Roll { get; init; } = [0, 0, 0];

    /// <summary>Whether the slice across the depth axis shows what lies as deep as the crosshair.</summary>
    public bool FollowsInterface { get; init; }

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

    /// <summary>The finer scan that slices show inside its outline, or null.</summary>
    public NestedDto? Nested { get; init; }

    /// <summary>What the timestep shown is compared with, or null.</summary>
    public CompareDto? Compare { get; init; }

    /// <summary>The volume that landmarks are placed in, beside the scan, or null.</summary>
    public LandmarksDto? Landmarks { get; init; }

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
        Rotation = [v.Rotation.AboutZ, v.Rotation.AboutY, v.Rotation.AboutX], Roll = [v.Roll.Z, v.Roll.Y, v.Roll.X],
        FollowsInterface = v.FollowsInterface, SlabUm = v.SlabUm, SlabMode = v.SlabMode, Interpolation = v.Interpolation, Window = [v.WindowLow, v.WindowHigh], ColorMap = v.ColorMap,
        Camera = [v.Camera.AzimuthDeg, v.Camera.ElevationDeg, v.Camera.DistanceUm, v.Camera.Target.Z, v.Camera.Target.Y, v.Camera.Target.X],
        Mode = v.Mode, Iso = v.IsoValue, Shaded = v.Shaded, Threshold = v.Threshold, Shadows = v.Shadows, Transfer = PointsOf(v.Transfer),
        Clip = v.Clip is { } c ? [c.Low.Z, c.Low.Y, c.Low.X, c.High.Z, c.High.Y, c.High.X] : null, DepthClip = v.DepthClip is { } d ? [d.FromUm, d.ToUm] : null,
        Cut = v.Cut is { } cut ? $"{(cut.KeepsFar ? "" : "-")}{char.ToLowerInvariant(cut.Along.ToString()[0])}" : null,
        Overlay = v.Overlay is { } o ? new OverlayDto(o.Modality, o.Hours, PointsOf(o.Transfer), o.Replaces) : null,
        Compare = v.Compare is { } compare ? new CompareDto(compare.Mode, compare.Hours, NestedDto.Of(compare.Inside)) : null,
        Nested = NestedDto.Of(v.Nested),
        Landmarks = v.Landmarks is { } m ? new LandmarksDto(
            m.Modality, m.Hours, [m.Focus.Z, m.Focus.Y, m.Focus.X], [m.Center.Z, m.Center.Y, m.Center.X], m.UmPerPixel,
            [m.WindowLow, m.WindowHigh]) : null,
        Band = [v.Band.FromUm, v.Band.ToUm], BandVisible = v.BandVisible, Maximized = v.Maximized, Selected = v.Selected,
    };

    /// <summary>The view, checked.</summary>
    /// <exception cref="OutOfRangeException">A number is missing or out of its range; the message names the field.</exception>
    public ViewState ToState()
    {
        Ranges.Hours.Check(Hours);
        Ranges.Um.Of("focus").Check(Focus, 3);
        Ranges.Um.Of("center").Check(Center, 3);
        Ranges.UmPerPixel.Check(UmPerPixel);
        Ranges.Degrees.Of("rotation").Check(Rotation, 3);
        Ranges.Degrees.Of("roll").Check(Roll, 3);
        Ranges.SlabUm.Check(SlabUm);
        Ranges.Value.Of("window").Check(Window, 2);
        Ranges.Value.Of("iso").Check(Iso);
        if (Camera is not { Length: 6 })
        {
            throw new OutOfRangeException("camera has azimuth, elevation, distance and a target of three numbers.");
        }

        Ranges.Degrees.Of("camera's azimuth").Check(Camera[0]);
        Ranges.Degrees.Of("camera's elevation").Check(Camera[1]);
        Ranges.CameraUm.Check(Camera[2]);
        Ranges.Um.Of("camera's target").Check(Camera[3..], 3);
        Ranges.DepthUm.Of("band").Check(Band, 2);
        if (Threshold is { } threshold)
        {
            Ranges.Value.Of("threshold").Check(threshold);
        }

        if (Clip is not null)
        {
            Ranges.Um.Of("clip").Check(Clip, 6);
        }

        if (DepthClip is not null)
        {
            Ranges.DepthUm.Of("depthClip").Check(DepthClip, 2);
        }

        if (Cut is not (null or "z" or "y" or "x" or "-z" or "-y" or "-x"))
        {
            throw new OutOfRangeException("cut is z, y, x, -z, -y, -x or null.");
        }

        if (!Enum.IsDefined(SlabMode) || !Enum.IsDefined(Interpolation) || !Enum.IsDefined(Mode)
            || Maximized is { } pane && !Enum.IsDefined(pane))
        {
            throw new OutOfRangeException("slabMode, interpolation, mode and maximized are names that docs/hub.md lists.");
        }

        if (Compare is not null)
        {
            Ranges.Hours.Of("compare's hours").Check(Compare.Hours);
            if (!Enum.IsDefined(Compare.Mode))
            {
                throw new OutOfRangeException("compare's mode is side, swipe, blink, difference, checker or loupe.");
            }

            if (Compare is { Mode: CompareMode.Difference, Inside: not null })
            {
                throw new OutOfRangeException("compare's mode difference is of timesteps; finer scans have values of their own.");
            }
        }

        CheckLandmarks();
        CheckTransfer("transfer", Transfer);
        if (Overlay is not null)
        {
            if (Overlay.Modality is not { Length: <= MostChars })
            {
                throw new OutOfRangeException($"overlay has a modality of at most {MostChars} characters.");
            }

            CheckTransfer("overlay's transfer", Overlay.Transfer);
            Ranges.Hours.Of("overlay's hours").Check(Overlay.Hours ?? 0);
        }

        if (new[] { Modality, ColorMap, Selected }.Any(t => t is not { Length: <= MostChars }))
        {
            throw new OutOfRangeException($"modality, colorMap and selected are texts of at most {MostChars} characters.");
        }

        return new ViewState
        {
            Hours = Hours, Modality = Modality, Focus = Point(Focus, 0), Center = Point(Center, 0), UmPerPixel = UmPerPixel,
            Rotation = new SliceRotation(Rotation[0], Rotation[1], Rotation[2]), Roll = new SliceRoll(Roll[0], Roll[1], Roll[2]),
            FollowsInterface = FollowsInterface, SlabUm = SlabUm, SlabMode = SlabMode, Interpolation = Interpolation,
            WindowLow = Window[0], WindowHigh = Window[1], ColorMap = Imaging.Rendering.ColorMap.Find(ColorMap).Name,
            Camera = new OrbitCamera(Camera[0], Math.Clamp(Camera[1], -89, 89), Camera[2], Point(Camera, 3)),
            Mode = Mode, IsoValue = Iso, Shaded = Shaded, Threshold = Threshold, Shadows = Shadows,
            Transfer = FunctionOf(Transfer),
            Cut = Cut is { } cut ? new SliceCut(cut[^1] switch { 'z' => Pane.Z, 'y' => Pane.Y, _ => Pane.X }, cut[0] != '-') : null,
            Overlay = Overlay is { } o ? new Overlay(o.Modality, o.Hours, FunctionOf(o.Transfer), o.Replaces) : null,
            Clip = Clip is { } c ? new ClipBox(Point(c, 0), Point(c, 3)) : null, DepthClip = DepthClip is { } d ? new Band(d[0], d[1]) : null,
            Compare = Compare is { } with ? new Comparison(with.Mode, with.Hours, with.Inside?.Checked("compare's inside")) : null,
            Nested = Nested?.Checked("nested"),
            Landmarks = Landmarks is { } m ? new MovingView(
                m.Modality, m.Hours, Point(m.Focus, 0), Point(m.Center, 0), m.UmPerPixel, m.Window[0], m.Window[1]) : null,
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
        catch (Exception e) when (
            e is JsonException or InvalidOperationException or NullReferenceException or ArgumentException { ParamName: not null })
        {
            throw new ArgumentException("A change of view is a JSON object whose fields are those of the view.", e);
        }
    }

    private void CheckLandmarks()
    {
        if (Landmarks is not { } m)
        {
            return;
        }

        if (m.Modality is not { Length: <= MostChars })
        {
            throw new OutOfRangeException($"landmarks have a modality of at most {MostChars} characters.");
        }

        Ranges.Hours.Of("landmarks' hours").Check(m.Hours);
        Ranges.Um.Of("landmarks' focus").Check(m.Focus, 3);
        Ranges.Um.Of("landmarks' center").Check(m.Center, 3);
        Ranges.UmPerPixel.Of("landmarks' umPerPixel").Check(m.UmPerPixel);
        Ranges.Value.Of("landmarks' window").Check(m.Window, 2);
    }

    private static double[][] PointsOf(TransferFunction f) => f.Points.Select(p => new[] { p.Value, p.Color, p.Opacity }).ToArray();

    private static TransferFunction FunctionOf(double[][] points) =>
        TransferFunction.Of(points.Select(p => new TransferPoint(p[0], (int)Math.Clamp(p[1], 0, 0xFFFFFF), p[2])));

    private static WorldPoint Point(double[] v, int at) => new(v[at], v[at + 1], v[at + 2]);

    private static void CheckTransfer(string name, double[][]? points)
    {
        new NumberRange($"The number of points of {name}", 1, TransferFunction.MostPoints).Check(points?.Length ?? 0);
        foreach (var point in points!)
        {
            if (point is not { Length: 3 })
            {
                throw new OutOfRangeException($"A point of {name} has a value, a colour and an opacity.");
            }

            Ranges.Value.Of($"A value of {name}").Check(point[0]);
            Ranges.Color.Of($"A colour of {name}").Check(point[1]);
            Ranges.Opacity.Of($"An opacity of {name}").Check(point[2]);
        }
    }
}
