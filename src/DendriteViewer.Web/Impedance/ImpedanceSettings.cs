using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Imaging.Bounds;
using EquivalentCircuit = DendriteViewer.Analysis.Impedance.Circuits.Circuit;

namespace DendriteViewer.Web.Impedance;

/// <summary>
/// How a series of sweeps is fitted, and how it is shown. It is kept as the setting "impedance/FILEID" of the cell; files of one sweep each
/// share "impedance/sweeps", and what is kept for each of them is its turned points alone.
/// </summary>
public sealed record ImpedanceSettings
{
    /// <summary>Names that start, bounds, fixed and tied values may have at most, together.</summary>
    public const int MostNames = 400;

    /// <summary>Points that may be turned by hand at most, in all sweeps of a file.</summary>
    public const int MostTurned = 2_000;

    /// <summary>What an electrode's area may be.</summary>
    public static readonly NumberRange Area = new("area", 1e-6, 1e6, "cm²");

    /// <summary>What the strength of smoothing may be.</summary>
    public static readonly NumberRange Smoothing = new("λ", 1e-12, 1e6);

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) }, MaxDepth = 8,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The circuit as text; null for one to four arcs, the best by AICc.</summary>
    public string? Circuit { get; init; }

    /// <summary>What residuals are divided by.</summary>
    public FitWeight Weight { get; init; } = FitWeight.Modulus;

    /// <summary>The condition by which points are left out; null for none.</summary>
    public string? Mask { get; init; }

    /// <summary>Points that were left out or taken in by hand, whatever the condition says.</summary>
    public IReadOnlyList<TurnedPoint> Turned { get; init; } = [];

    /// <summary>Where the fit begins, by names of parameters.</summary>
    public IReadOnlyDictionary<string, double> Start { get; init; } = new Dictionary<string, double>();

    /// <summary>Parameters that keep a value.</summary>
    public IReadOnlyDictionary<string, double> Fixed { get; init; } = new Dictionary<string, double>();

    /// <summary>Parameters that equal another one.</summary>
    public IReadOnlyDictionary<string, string> Tied { get; init; } = new Dictionary<string, string>();

    /// <summary>Ranges of parameters.</summary>
    public IReadOnlyDictionary<string, ParameterRange> Bounds { get; init; } = new Dictionary<string, ParameterRange>();

    /// <summary>The electrode's area in cm²; null where nobody said.</summary>
    public double? AreaCm2 { get; init; }

    /// <summary>Whether resistances are shown times the area.</summary>
    public bool PerArea { get; init; }

    /// <summary>The strength of smoothing of the distribution of relaxation times; null for what the noise allows.</summary>
    public double? Lambda { get; init; }

    /// <summary>What impedances are multiplied by to be shown: the area, or 1.</summary>
    [JsonIgnore]
    public double Scale => PerArea && AreaCm2 is { } area ? area : 1;

    /// <summary>The unit in which impedances are shown.</summary>
    [JsonIgnore]
    public string Unit => PerArea && AreaCm2 is not null ? "Ω cm²" : "Ω";

    /// <summary>What is asked of a fit.</summary>
    [JsonIgnore]
    public FitSettings Fit => new() { Weight = Weight, Start = Start, Fixed = Fixed, Tied = Tied, Bounds = Bounds };

    /// <summary>Whether any parameter is started, fixed, tied or bounded.</summary>
    [JsonIgnore]
    public bool HasConstraints => !Fit.ArcsAreOrdered;

    /// <summary>Settings as the cell keeps them.</summary>
    /// <exception cref="ArgumentException">They are none, or say what cannot be; the message is a sentence.</exception>
    public static ImpedanceSettings Parse(string? json)
    {
        if (json is null)
        {
            return new();
        }

        try
        {
            return (JsonSerializer.Deserialize<ImpedanceSettings>(json, s_json) ?? new()).Checked();
        }
        catch (JsonException e)
        {
            throw new ArgumentException("The kept settings of the impedance fit cannot be read; reset them.", e);
        }
    }

    /// <summary>As text for the cell.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>The mask of the file's sweeps; null where nothing is left out.</summary>
    /// <exception cref="ArgumentException">The condition is none.</exception>
    public PointMask? ParsedMask() => PointMask.Of(Mask, Turned);

    /// <summary>The circuit, or null where it is chosen.</summary>
    /// <exception cref="CircuitTextException">The text is no circuit.</exception>
    public EquivalentCircuit? ParsedCircuit() => Circuit is null ? null : EquivalentCircuit.Parse(Circuit);

    /// <summary>The same settings for another circuit: names that it does not have lose what was said of them.</summary>
    public ImpedanceSettings With(EquivalentCircuit circuit)
    {
        bool Has(string name) => circuit.IndexOf(name) >= 0;
        return this with
        {
            Circuit = circuit.Text,
            Start = Only(Start, Has), Fixed = Only(Fixed, Has), Bounds = Only(Bounds, Has),
            Tied = Only(Tied, Has).Where(t => Has(t.Value)).ToDictionary(t => t.Key, t => t.Value),
        };
    }

    /// <summary>The same settings without anything said of parameters, and the circuit left to AICc.</summary>
    public ImpedanceSettings Automatic() => this with
    {
        Circuit = null, Start = new Dictionary<string, double>(), Fixed = new Dictionary<string, double>(),
        Tied = new Dictionary<string, string>(), Bounds = new Dictionary<string, ParameterRange>(),
    };

    /// <summary>The same settings with a point turned: left out where it was used, used where it was left out.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="point">Which of its points, from 0, in the order of the file.</param>
    public ImpedanceSettings Turn(ImpedanceSweep sweep, int point)
    {
        var byHand = this with { Turned = [.. Turned.Where(p => (p.Sweep, p.Point) != (sweep.Index, point))] };
        bool IsOut(ImpedanceSettings settings) => settings.ParsedMask()?.LeavesOut(sweep, point) ?? false;
        var wanted = !IsOut(this);
        return IsOut(byHand) == wanted ? byHand : byHand with { Turned = [.. byHand.Turned, new(sweep.Index, point, wanted)] };
    }

    private ImpedanceSettings Checked()
    {
        if (Start.Count + Fixed.Count + Tied.Count + Bounds.Count > MostNames || Turned.Count > MostTurned)
        {
            throw new ArgumentException($"Settings of an impedance fit name {MostNames} parameters and {MostTurned} points at most.");
        }

        _ = AreaCm2 is { } area ? Area.Check(area) : 0;
        _ = Lambda is { } lambda ? Smoothing.Check(lambda) : 0;
        _ = ParsedMask();
        _ = ParsedCircuit();
        return this;
    }

    private static Dictionary<string, T> Only<T>(IReadOnlyDictionary<string, T> named, Func<string, bool> has) =>
        named.Where(n => has(n.Key)).ToDictionary(n => n.Key, n => n.Value);
}
