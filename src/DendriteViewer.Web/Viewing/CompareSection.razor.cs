using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Viewing;

/// <summary>Chooses what the scan shown is compared with, another timestep or another scan of the same place, and how.</summary>
public sealed partial class CompareSection
{
    // A choice is the hours of a timestep, or this and the modality of a finer scan.
    private const string Inside = "inside ";

    private (Comparison? Compare, NestedLook? Nested, string Modality, double Hours, string Revision) _drawn;

    /// <summary>The session whose view is set.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    [Inject]
    private ViewSessions Sessions { get; set; } = null!;

    private ViewState View => Session.Current.View;

    private CompareMode? Mode => View.Compare?.Mode;

    private IReadOnlyList<double> Hours => Session.Dataset.HoursOf(View.Modality);

    private IReadOnlyList<VolumeInfo> Fields => NestedFields.In(Session.Dataset, Session.Volume(View));

    private IEnumerable<string> Choices =>
        (Hours.Count > 1 ? Hours.Select(N) : []).Concat(Mode == CompareMode.Difference ? [] : Fields.Select(f => Inside + f.Key.Modality));

    /// <inheritdoc/>
    public void Dispose() => Session.Changed -= OnChanged;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Session.Changed += OnChanged;
        _drawn = Shown(View);
    }

    private (Comparison?, NestedLook?, string, double, string) Shown(ViewState v) =>
        (v.Compare, v.Nested, v.Modality, v.Hours, Session.Dataset.Revision);

    private void OnChanged(ViewRevision revision, object? by)
    {
        if (Shown(revision.View) != _drawn)
        {
            _drawn = Shown(revision.View);
            _ = InvokeAsync(StateHasChanged);
        }
    }

    private ViewAsk Ask() => Session.Asks.Part(nameof(CompareSection));

    // Inside a nano scan its other modality is what people compare with; elsewhere the pristine scan, or where that is shown, the last.
    private async Task ChooseAsync(CompareMode? mode)
    {
        Ask();
        if (mode is not { } chosen)
        {
            Session.Update(v => v with { Compare = null }, this);
        }
        else if (View.Compare is { } now)
        {
            Session.Update(v => ScanComparison.Over(v, now with { Mode = chosen }), this);
        }
        else if (chosen != CompareMode.Difference && View.Nested is not null && OtherField() is { } field)
        {
            await CompareInsideAsync(chosen, field);
        }
        else if (Hours.Count > 1)
        {
            Session.Update(v => v with { Compare = new Comparison(chosen, v.Hours == Hours[0] ? Hours[^1] : Hours[0]) }, this);
        }
        else
        {
            await CompareInsideAsync(chosen, OtherField() ?? Fields[0]);
        }
    }

    private VolumeInfo? OtherField() => Fields.FirstOrDefault(f => f.Key.Modality != View.Nested?.Modality);

    private async Task TakeAsync(string? key)
    {
        if (View.Compare is not { } compare || key is null)
        {
            return;
        }

        Ask();
        if (!key.StartsWith(Inside, StringComparison.Ordinal))
        {
            var hours = double.Parse(key, CultureInfo.InvariantCulture);
            Session.Update(v => v with { Compare = new Comparison(compare.Mode, hours) }, this);
        }
        else if (Fields.FirstOrDefault(f => f.Key.Modality == key[Inside.Length..]) is { } field)
        {
            await CompareInsideAsync(compare.Mode, field);
        }
    }

    private async Task CompareInsideAsync(CompareMode mode, VolumeInfo field)
    {
        var ask = Ask();
        var look = await Sessions.LookOfAsync(field, atEveryZoom: true, default);
        if (ask.IsLast)
        {
            Session.Update(v => ScanComparison.Inside(v, mode, look), this);
        }
    }

    private string Explanation(Comparison compare)
    {
        var (shown, other) = compare.Inside is { } inside ? (View.Nested?.Modality ?? View.Modality, inside.Modality)
            : (Words(View.Hours), Words(compare.Hours));
        return compare.Mode switch
        {
            _ when shown == other => "Both are the same scan; choose another.",
            CompareMode.Side when compare.Inside is not null =>
                $"{shown} and {other} in one slice at one zoom, with one crosshair; beside them 3D shows where.",
            CompareMode.Side => "One pane of each timestep, both at the same place; a double click in a pane chooses it.",
            CompareMode.Swipe => $"Left of the border {shown}, right of it {other}.",
            CompareMode.Blink => $"{shown} and {other} in turns.",
            CompareMode.Checker => $"{shown} and {other} in the squares of a checkerboard, the left upper one of {shown}.",
            CompareMode.Loupe => $"{shown}, and {other} in a circle around the pointer; in slices.",
            _ => $"In slices, values at {shown} less those at {other}: cyan is darker now, amber brighter; "
                + $"full colour at ±{Short((View.WindowHigh - View.WindowLow) / 2)}, half of the window's width.",
        };
    }

    private static string KeyOf(Comparison compare) => compare.Inside is { } inside ? Inside + inside.Modality : N(compare.Hours);

    private static string NameOf(string? key) => key is null ? "" : key.StartsWith(Inside, StringComparison.Ordinal)
        ? $"{key[Inside.Length..]} inside its outline" : $"the scan at {Words(double.Parse(key, CultureInfo.InvariantCulture))}";

    private static string Words(double hours) => hours.ToString("0.####", CultureInfo.InvariantCulture) + " h";

    private static string N(double hours) => hours.ToString("R", CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
