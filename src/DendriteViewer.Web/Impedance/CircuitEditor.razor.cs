using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Impedance;

/// <summary>
/// What is typed stays in the field with what is wrong about it until it is a circuit; the fit keeps the last one that was.
/// </summary>
public sealed partial class CircuitEditor
{
    private string _text = "";
    private string? _of, _refusal;
    private int? _place;

    /// <summary>The desk.</summary>
    [Parameter, EditorRequired]
    public ImpedanceDesk Desk { get; set; } = null!;

    /// <summary>Whether the visitor may change it.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>Keeps settings.</summary>
    [Parameter, EditorRequired]
    public Func<ImpedanceSettings, Task> Save { get; set; } = null!;

    private ImpedanceSettings Settings => Desk.State.Settings;

    private Circuit? Shown => Desk.State.Evaluation?.Fit?.Circuit;

    private string How => (Settings.Circuit, Desk.State.Series) switch
    {
        ({ }, _) => "As typed or chosen. Names that are used for a bound or a value stay where they are.",
        (null, not null) => "Chosen for the whole series: the least sum of AICc over its consistent sweeps.",
        _ => "Chosen for this sweep: the least AICc among the circuits whose resistances all exceed three deviations.",
    };

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var text = Settings.Circuit ?? Shown?.Text ?? "";
        if (text != _of)
        {
            (_of, _text, _refusal, _place) = (text, text, null, null);
        }
    }

    private async Task SetAsync(string? text)
    {
        _text = text?.Trim() ?? "";
        (_refusal, _place) = (null, null);
        try
        {
            // An empty field leaves the choice to AICc.
            await Save(_text.Length == 0 ? Settings.Automatic() : Settings.With(Circuit.Parse(_text)));
            _of = null;
            OnParametersSet();
        }
        catch (CircuitTextException e)
        {
            (_refusal, _place) = (e.Message, e.Position);
        }
    }

    private Task TakeAsync(Circuit circuit) => MayEdit ? Save(Settings.With(circuit)) : Task.CompletedTask;

    private static string ArcsOf(FitResult fit) =>
        (fit.Circuit.Parts.Count - 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
