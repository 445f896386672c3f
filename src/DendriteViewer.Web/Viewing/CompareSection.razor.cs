using System.Globalization;
using DendriteViewer.Imaging.Rendering;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Viewing;

/// <summary>Chooses which timestep is compared with the one shown, and how.</summary>
public sealed partial class CompareSection
{
    private (Comparison? Compare, string Modality, double Hours) _drawn;

    /// <summary>The session whose view is set.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    private ViewState View => Session.Current.View;

    private CompareMode? Mode => View.Compare?.Mode;

    private IReadOnlyList<double> Hours => Session.Dataset.HoursOf(View.Modality);

    /// <inheritdoc/>
    public void Dispose() => Session.Changed -= OnChanged;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Session.Changed += OnChanged;
        _drawn = Shown(View);
    }

    private static (Comparison?, string, double) Shown(ViewState v) => (v.Compare, v.Modality, v.Hours);

    private void OnChanged(ViewRevision revision, object? by)
    {
        if (Shown(revision.View) != _drawn)
        {
            _drawn = Shown(revision.View);
            _ = InvokeAsync(StateHasChanged);
        }
    }

    // The pristine scan is what people compare with; where it is the one shown, the last.
    private void Choose(CompareMode? mode) => Set(mode is not { } chosen ? null
        : View.Compare is { } now ? now with { Mode = chosen }
        : new Comparison(chosen, View.Hours == Hours[0] ? Hours[^1] : Hours[0]));

    private void Set(Comparison? comparison) => Session.Update(v => v with { Compare = comparison }, this);

    private string Explanation(Comparison compare) => compare.Mode switch
    {
        _ when compare.Hours == View.Hours => "Both are the same scan; choose another, here or in the timeline.",
        CompareMode.Side => "One pane of each timestep, both at the same place; a double click in a pane chooses it.",
        CompareMode.Swipe => $"Left of the border {Words(View.Hours)}, right of it {Words(compare.Hours)}.",
        CompareMode.Blink => $"{Words(View.Hours)} and {Words(compare.Hours)} in turns.",
        _ => $"In slices, values at {Words(View.Hours)} less those at {Words(compare.Hours)}: cyan is darker now, amber brighter; "
            + $"full colour at ±{Short((View.WindowHigh - View.WindowLow) / 2)}, half of the window's width.",
    };

    private static string Words(double hours) => hours.ToString("0.####", CultureInfo.InvariantCulture) + " h";

    private static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
