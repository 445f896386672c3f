using System.Globalization;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Components;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Exports;

/// <summary>Asks for a surface, and for how many triangles it would have.</summary>
public sealed partial class SurfaceExport
{
    private const int StlBytes = 50;
    private static readonly NumberRange s_labels = new("A label", 1, 65535);

    private string _format = "stl";
    private int _level;
    private double? _value;
    private bool _dark = true, _isCounting;
    private int? _from, _to;
    private IReadOnlyList<long>? _estimate;
    private VolumeKey? _shown;

    /// <summary>The dataset.</summary>
    [Parameter, EditorRequired]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>The scan or labels.</summary>
    [Parameter, EditorRequired]
    public VolumeInfo Volume { get; set; } = null!;

    /// <summary>The value to begin with: that of the view's isosurface.</summary>
    [Parameter]
    public double FirstValue { get; set; }

    /// <summary>Asks for work.</summary>
    [Parameter, EditorRequired]
    public ExportGate Gate { get; set; } = null!;

    [Inject]
    private SurfaceHandler Surfaces { get; set; } = null!;

    private int Level => Math.Min(_level, Volume.Levels - 1);

    private NumberRange Values => new("The value", Volume.Least, Volume.Most);

    // Five digits to begin with: more are noise.
    private double Value => _value ?? Math.Clamp(Shortened(FirstValue), Volume.Least, Volume.Most);

    private SurfaceRequest Request => new()
    {
        Modality = Volume.Key.Modality, Hours = Volume.Key.Hours, Format = _format, Level = Level,
        Value = Volume.IsLabels ? null : Value, Dark = _dark, FromLabel = _from, ToLabel = _to,
    };

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (_shown != Volume.Key)
        {
            // Another volume has other values and another surface.
            (_shown, _value, _estimate) = (Volume.Key, null, null);
        }
    }

    private void Changed() => _estimate = null;

    private string LevelText(int level)
    {
        var name = VolumeExport.LevelName(Volume, level);
        if (_estimate is null || level >= _estimate.Count)
        {
            return name;
        }

        var count = Rounded(_estimate[level]);
        return string.Create(
            CultureInfo.InvariantCulture, $"{name}: about {NumberText.Grouped(count, 0)} triangles, {count * StlBytes / 1e6:0.#} MB");
    }

    private static double Shortened(double value) =>
        double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    // Two digits: it is an estimate.
    private static long Rounded(long count)
    {
        var step = (long)Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(Math.Max(1, count))) - 1));
        return count / step * step;
    }

    private Task StartAsync() => Gate.RunAsync(DatasetRole.Annotate, by => Surfaces.StartAsync(Dataset, Request, by));

    private async Task EstimateAsync()
    {
        _isCounting = true;
        try
        {
            await Gate.RunAsync(DatasetRole.Annotate, async _ => _estimate = await Surfaces.EstimateAsync(Dataset, Request, default));
        }
        finally
        {
            _isCounting = false;
        }
    }
}
