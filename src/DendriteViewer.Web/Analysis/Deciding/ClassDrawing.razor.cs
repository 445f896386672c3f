using System.Globalization;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Bounds;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace DendriteViewer.Web.Analysis.Deciding;

/// <summary>Draws areas of classes in a joint histogram, by clicks or numbers, and hands them over to decide by.</summary>
public sealed partial class ClassDrawing
{
    private readonly List<DrawnClass> _areas = [];
    private readonly List<double[]> _points = [];
    private readonly double?[] _from = new double?[2], _to = new double?[2];
    private DarkClass _class = DarkClass.Lithium;
    private bool _isRectangle = true;
    private int _begun;
    private string? _problem;

    /// <summary>The decision in whose histogram is drawn.</summary>
    [Parameter, EditorRequired]
    public Decision Decision { get; set; } = null!;

    /// <summary>What was drawn before, oldest first.</summary>
    [Parameter]
    public IReadOnlyList<DrawnClasses> Versions { get; set; } = [];

    /// <summary>Called with what is to decide.</summary>
    [Parameter, EditorRequired]
    public EventCallback<DrawnClasses> Decide { get; set; }

    /// <summary>Called to leave it.</summary>
    [Parameter, EditorRequired]
    public EventCallback Cancel { get; set; }

    private JointHistogram H => Decision.Histogram;

    private bool IsEmpty => _points.Count + _areas.Count == 0;

    private bool MayDecide => _points.Count == 0
        && _areas.Any(a => a.Class == DarkClass.Lithium) && _areas.Any(a => a.Class == DarkClass.Void);

    private string Next => (_isRectangle, _points.Count) switch
    {
        (true, 0) => $"Click a corner of a rectangle of {NameOf(_class)}.",
        (true, _) => "Click the opposite corner.",
        (false, 0) => $"Click the corners of a polygon of {NameOf(_class)}.",
        (false, < 3) => "Click further corners.",
        _ => "Click further corners, or close the polygon.",
    };

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (Decision.Drawn is { } drawn)
        {
            _begun = drawn.Version;
            _areas.AddRange(drawn.Classes);
        }
    }

    private static string NameOf(DarkClass name) => name.ToString().ToLowerInvariant();

    private string NameOf(int version) => Versions.FirstOrDefault(v => v.Version == version) is { } drawn
        ? string.Create(CultureInfo.InvariantCulture,
            $"version {version}, {DateTimeOffset.FromUnixTimeMilliseconds(drawn.At).UtcDateTime:yyyy-MM-dd HH:mm} UTC")
        : "an empty histogram";

    private void Begin(int version)
    {
        Clear();
        _begun = version;
        _areas.AddRange(Versions.FirstOrDefault(v => v.Version == version)?.Classes ?? []);
    }

    private void Shape(bool isRectangle)
    {
        _isRectangle = isRectangle;
        _points.Clear();
    }

    private void Click(MouseEventArgs e)
    {
        double right = Math.Clamp(e.OffsetX / JointHistogramPlot.Side, 0, 1), down = Math.Clamp(e.OffsetY / JointHistogramPlot.Side, 0, 1);
        var ((a, b), (p, q)) = (H.AbsorptionRange, H.PhaseRange);
        double[] at = [a + right * (b - a), q - down * (q - p)];
        if (_isRectangle && _points is [var first])
        {
            AddRectangle(first, at);
        }
        else if (_points.Count < DrawnClasses.MostCorners)
        {
            _points.Add(at);
        }
    }

    private void AddNumbers() => AddRectangle([_from[0]!.Value, _from[1]!.Value], [_to[0]!.Value, _to[1]!.Value]);

    private void AddRectangle(double[] a, double[] b) => Add([[a[0], a[1]], [b[0], a[1]], [b[0], b[1]], [a[0], b[1]]]);

    private void Close() => Add([.. _points]);

    private void Add(double[][] corners)
    {
        _points.Clear();
        _problem = _areas.Count < DrawnClasses.MostAreas ? null : $"There are {DrawnClasses.MostAreas} areas; take one back first.";
        if (_problem is null)
        {
            _areas.Add(new DrawnClass(_class, corners));
        }
    }

    private void TakeBack()
    {
        _problem = null;
        var list = _points.Count > 0 ? (System.Collections.IList)_points : _areas;
        list.RemoveAt(list.Count - 1);
    }

    private void Clear()
    {
        _points.Clear();
        _areas.Clear();
        _problem = null;
    }

    private async Task DecideAsync()
    {
        var drawn = new DrawnClasses { Classes = [.. _areas] };
        try
        {
            drawn.Check();
        }
        catch (OutOfRangeException e)
        {
            _problem = e.Message;
            return;
        }

        await Decide.InvokeAsync(drawn);
    }
}
