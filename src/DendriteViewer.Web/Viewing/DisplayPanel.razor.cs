using System.Globalization;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Viewing;

/// <summary>How slices and the 3D picture look. Sets the session's view and follows it.</summary>
public sealed partial class DisplayPanel
{
    private object? _drawn;

    /// <summary>The session whose view is set.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    [Inject]
    private RenderDevices Devices { get; set; } = null!;

    private ViewState View => Session.Current.View;

    /// <inheritdoc/>
    public void Dispose() => Session.Changed -= OnChanged;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Session.Changed += OnChanged;
        _drawn = Shown(View);
    }

    // Only what the panel shows makes it draw again; an orbit does not.
    private void OnChanged(ViewRevision revision, object? by)
    {
        var shown = Shown(revision.View);
        if (!shown.Equals(_drawn))
        {
            _drawn = shown;
            _ = InvokeAsync(StateHasChanged);
        }
    }

    private static object Shown(ViewState v) =>
        (v.ColorMap, v.WindowLow, v.WindowHigh, v.SlabUm, v.SlabMode, v.Mode, v.IsoValue, (v.Shaded, v.DepthClip, v.Clip, v.Band, v.BandVisible));

    private void Set(Func<ViewState, ViewState> change) => Session.Update(change, this);

    private void SetNumber(ChangeEventArgs e, Func<ViewState, double, ViewState> change)
    {
        if (double.TryParse(e.Value?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v))
        {
            Set(s => change(s, v));
        }
    }

    private void ToggleDepthClip(ChangeEventArgs e) => Set(s => s with { DepthClip = e.Value is true ? new Band(5, Math.Max(s.Band.ToUm + 30, 150)) : null });

    private void ToggleClip(ChangeEventArgs e)
    {
        var (low, high) = Session.Volume(View).Bounds;
        Set(s => s with { Clip = e.Value is true ? new ClipBox(low, high) : null });
    }

    private IEnumerable<(string Name, double Low, double High, double Least, double Most, Func<ViewState, double, double, ViewState> Set)> Sides(ClipBox b)
    {
        var (low, high) = Session.Volume(View).Bounds;
        ClipBox Now(ViewState s) => s.Clip ?? b;
        yield return ("z", b.Low.Z, b.High.Z, low.Z, high.Z, (s, l, h) => s with { Clip = new ClipBox(Now(s).Low with { Z = l }, Now(s).High with { Z = h }) });
        yield return ("y", b.Low.Y, b.High.Y, low.Y, high.Y, (s, l, h) => s with { Clip = new ClipBox(Now(s).Low with { Y = l }, Now(s).High with { Y = h }) });
        yield return ("x", b.Low.X, b.High.X, low.X, high.X, (s, l, h) => s with { Clip = new ClipBox(Now(s).Low with { X = l }, Now(s).High with { X = h }) });
    }

    // Five digits: more than a grey level is worth, and what fits the field.
    private static double Short(double v) => double.Parse(v.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string N(double v) => v.ToString("R", CultureInfo.InvariantCulture);
}
