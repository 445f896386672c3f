using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Imaging.Bounds;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Impedance;

/// <summary>
/// Whoever says something of a parameter means the parameter of the circuit that is shown, so that circuit is kept from then on. Values are
/// typed in the unit that is shown and kept in Ω.
/// </summary>
public sealed partial class ParameterFields
{
    private string? _refusal;

    /// <summary>The desk, with a fit.</summary>
    [Parameter, EditorRequired]
    public ImpedanceDesk Desk { get; set; } = null!;

    /// <summary>The parameter.</summary>
    [Parameter, EditorRequired]
    public FittedParameter Parameter { get; set; } = null!;

    /// <summary>Whether the visitor may change it.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>Keeps settings.</summary>
    [Parameter, EditorRequired]
    public Func<ImpedanceSettings, Task> Save { get; set; } = null!;

    private FittedParameter P => Parameter;

    private ImpedanceSettings Settings => Desk.State.Settings;

    private FitResult Fit => Desk.State.Evaluation!.Fit!;

    private bool IsTied => Settings.Tied.ContainsKey(P.Name);

    private double Factor => ImpedanceText.Factor(P, Settings);

    private string Unit => ImpedanceText.Unit(P, Settings);

    private ParameterRange Usual => Desk.State.Evaluation!.Free![P.Name].Range;

    private ParameterRange Now => Settings.Bounds.TryGetValue(P.Name, out var range) ? range : Usual;

    private double? Least => Now.Least == Usual.Least ? null : Shown(Now.Least);

    private double? Most => Now.Most == Usual.Most ? null : Shown(Now.Most);

    private double? Start => Settings.Start.TryGetValue(P.Name, out var start) ? Shown(start) : null;

    private NumberRange Limits => P.Unit.Length == 0 ? new(P.Name, 0, 1) : new(P.Name, 1e-30, 1e30, Unit);

    private IReadOnlyList<string> Others => [.. Fit.Circuit.Parameters
        .Where(o => o.Name != P.Name && o.Unit == P.Unit && !Settings.Tied.ContainsKey(o.Name)
            && o.Role == Fit.Circuit.Parameters[Fit.Circuit.IndexOf(P.Name)].Role).Select(o => o.Name)];

    private ImpedanceSettings OfThisCircuit => Settings with { Circuit = Fit.Circuit.Text };

    private double Shown(double value) => value * Factor;

    private Task FixAsync(bool isFixed) => isFixed ? FixAtAsync(Shown(P.Value))
        : Keep(s => s with { Fixed = Without(s.Fixed) });

    private Task FixAtAsync(double value) => Keep(s => s with
    {
        Fixed = new Dictionary<string, double>(s.Fixed) { [P.Name] = value / Factor },
        Tied = Without(s.Tied), Bounds = Without(s.Bounds), Start = Without(s.Start),
    });

    private Task TieAsync(string? leader) => Keep(s => s with
    {
        Fixed = Without(s.Fixed), Bounds = Without(s.Bounds), Start = Without(s.Start),
        Tied = string.IsNullOrEmpty(leader) ? Without(s.Tied) : new Dictionary<string, string>(s.Tied) { [P.Name] = leader },
    });

    private Task StartAsync(double? start) => Keep(s => s with
    {
        Start = start is { } value ? new Dictionary<string, double>(s.Start) { [P.Name] = value / Factor } : Without(s.Start),
    });

    // An end that is left empty is that of the usual range. Where both are, there is no bound.
    private Task BoundAsync(double? value, bool isLeast)
    {
        var range = isLeast ? Now with { Least = value / Factor ?? Usual.Least } : Now with { Most = value / Factor ?? Usual.Most };
        if (!(range.Least < range.Most))
        {
            _refusal = $"The lower bound of {P.Name} is not below its upper bound; give the lesser one first.";
            return Task.CompletedTask;
        }

        return Keep(s => s with
        {
            Bounds = range == Usual ? Without(s.Bounds) : new Dictionary<string, ParameterRange>(s.Bounds) { [P.Name] = range },
        });
    }

    private Task Keep(Func<ImpedanceSettings, ImpedanceSettings> change)
    {
        _refusal = null;
        return Save(change(OfThisCircuit));
    }

    private Dictionary<string, T> Without<T>(IReadOnlyDictionary<string, T> named) =>
        named.Where(n => n.Key != P.Name).ToDictionary(n => n.Key, n => n.Value);

    private string End(double? value) => value is { } v ? $"{ImpedanceText.G(v * Factor)} {Unit}" : "no end that the points set";
}
