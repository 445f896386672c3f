using System.Globalization;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Web.Viewing.Display;

/// <summary>Window, colours, thickness and interpolation of the slices.</summary>
public sealed partial class SlicesSection
{
    // As many voxels as the slider makes a slab of; the field takes more.
    private const int SliderVoxels = 80, RampStops = 9;

    private ColorMap Map => Chosen.IsInverted ? Chosen.Inverted : Chosen;

    private double StepUm => NiceBelow(Session.Volume(View).VoxelSize.Least);

    private double ThickestUm => StepUm * SliderVoxels;

    /// <inheritdoc/>
    protected override object Shown(ViewState v) =>
        (v.WindowLow, v.WindowHigh, v.ColorMap, v.SlabUm, v.SlabMode, v.Interpolation, v.Modality);

    // As it is drawn, turned around or not.
    private ColorMap Chosen => ColorMap.Find(View.ColorMap);

    private void ChooseMap(string? name)
    {
        var map = ColorMap.Find(name);
        Set(s => s with { ColorMap = ColorMap.Find(s.ColorMap).IsInverted ? map.Inverted.Name : map.Name });
    }

    private void Invert(bool isInverted) => Set(s => s with
    {
        ColorMap = ColorMap.Find(s.ColorMap) is var map && map.IsInverted == isInverted ? map.Name : map.Inverted.Name,
    });

    private static string NameOf(SliceInterpolation between) => between switch
    {
        SliceInterpolation.Nearest => "voxels as they are",
        SliceInterpolation.Cubic => "cubic, at rest",
        _ => "linear",
    };

    // Five digits are more than a grey level is worth, and fit the field.
    private static string FormatOf(double value) => Math.Abs(value) switch
    {
        0 or (>= 1e4 and < 1e9) => "0",
        >= 1e-4 and < 1e4 => "0." + new string('#', Math.Clamp(4 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 9)),
        _ => "0.####E+0",
    };

    // 1, 2 or 5 times a power of ten.
    private static double NiceBelow(double um)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(um)));
        var nice = power * (um / power >= 5 ? 5 : um / power >= 2 ? 2 : 1);
        return double.Parse(nice.ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private string Ramp(ColorMap map)
    {
        var colors = (Chosen.IsInverted ? map.Inverted : map).Colors;
        return string.Join(", ", Enumerable.Range(0, RampStops).Select(i => colors[i * 255 / (RampStops - 1)])
            .Select(c => $"#{c.R:x2}{c.G:x2}{c.B:x2}"));
    }
}
