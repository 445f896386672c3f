using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Rendering;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Viewing.Display;

/// <summary>The transfer function over the scan's histogram, and its selected point in numbers.</summary>
public sealed partial class TransferSection
{
    // More are hard to grip; functions that a program made may have more and are shown as they are.
    private const int MostPoints = 32;
    private static readonly NumberRange s_percent = new("The opacity", 0, 100, "%");

    private int _selected = -1;
    private bool _isLinear;
    private string _json = "";
    private ValueHistogram? _written;

    /// <summary>The scan's histogram.</summary>
    [Parameter, EditorRequired]
    public ValueHistogram Histogram { get; set; } = null!;

    private ImmutableArray<TransferPoint> Points => View.Transfer.Points;

    private TransferPoint? Selected => _selected >= 0 && _selected < Points.Length ? Points[_selected] : null;

    private string Told => Histogram.Outliers == 0
        ? "Voxels by value, without padding"
        : string.Create(CultureInfo.InvariantCulture, $"Without padding, and {Histogram.Outliers} outliers beyond the axis");

    /// <inheritdoc/>
    protected override object Shown(ViewState v) => v.Transfer;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (!ReferenceEquals(_written, Histogram))
        {
            _written = Histogram;
            _json = JsonSerializer.Serialize(new { Histogram.Least, Histogram.Most, Histogram.Bins }, ViewDto.Json);
        }
    }

    private void Select(object? which) =>
        _selected = int.TryParse(which?.ToString(), CultureInfo.InvariantCulture, out var i) && i < Points.Length ? i : -1;

    private void Change(TransferPoint point)
    {
        Set(s => s with { Transfer = TransferFunction.Of(s.Transfer.Points.Select((p, i) => i == _selected ? point : p)) });
        _selected = Points.IndexOf(point);
    }

    private void Paint(string? text)
    {
        if (Selected is { } point && text is { Length: >= 7 }
            && int.TryParse(text.AsSpan(1, 6), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var color))
        {
            Change(point with { Color = color });
        }
    }

    // Half way to the next point, or to the end of the axis.
    private void Add()
    {
        var from = Selected ?? Points[^1];
        var at = Selected is null ? Points.Length - 1 : _selected;
        var to = at + 1 < Points.Length ? Points[at + 1].Value : Math.Max(Histogram.Most, from.Value);
        var value = (from.Value + to) / 2;
        var point = new TransferPoint(value, from.Color, View.Transfer.At(value).Opacity);
        Set(s => s with { Transfer = TransferFunction.Of(s.Transfer.Points.Insert(Math.Min(at + 1, s.Transfer.Points.Length), point)) });
        _selected = Points.IndexOf(point);
    }

    private void Remove()
    {
        var gone = _selected;
        Set(s => s.Transfer.Points.Length < 2 || gone >= s.Transfer.Points.Length
            ? s
            : s with { Transfer = TransferFunction.Of(s.Transfer.Points.RemoveAt(gone)) });
        _selected = Math.Min(gone, Points.Length - 1);
    }
}
