using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// How the spectra of one edge are treated: one setting for data and references, as it is kept with a cell and stated in every export.
/// Spectra are named by the id of their file, a colon and their place in it, from 0. What is null is chosen.
/// </summary>
public sealed record AbsorptionRecipe
{
    private const int MostNames = 400, MostNameLength = 60;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 4,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Pre-edge range in eV relative to each spectrum's E0.</summary>
    public EnergyRange? Pre { get; init; }

    /// <summary>Post-edge range in eV relative to each spectrum's E0.</summary>
    public EnergyRange? Post { get; init; }

    /// <summary>Degree of the post-edge curve.</summary>
    public int? Degree { get; init; }

    /// <summary>Which points belong to the ranges; null is Larch's rule without references, the nearest points with them.</summary>
    public RangeEnds? Ends { get; init; }

    /// <summary>One E0 in eV for all spectra; null for each its own.</summary>
    public double? CommonE0 { get; init; }

    /// <summary>E0 in eV of spectra by their names, where somebody gave it.</summary>
    public IReadOnlyDictionary<string, double> E0 { get; init; } = new Dictionary<string, double>();

    /// <summary>Fitted range in eV relative to the sample's E0.</summary>
    public EnergyRange? Fit { get; init; }

    /// <summary>How far one shift of all references is fitted, in eV; 0 fits none.</summary>
    public double ShiftEv { get; init; }

    /// <summary>Names of the references that are fitted; null for all of the edge.</summary>
    public IReadOnlyList<string>? References { get; init; }

    /// <summary>The name of the spectrum that is compared with; null for the earliest of the edge.</summary>
    public string? Before { get; init; }

    /// <summary>How many components targets are judged by; null for as many as the indicator suggests.</summary>
    public int? Components { get; init; }

    /// <summary>The settings of the normalisation.</summary>
    /// <param name="hasReferences">Whether references are normalised too.</param>
    public NormalizationSettings ToNormalization(bool hasReferences) => new()
    {
        Pre = Pre, Post = Post, Degree = Degree, Ends = Ends ?? (hasReferences ? RangeEnds.Nearest : RangeEnds.Larch),
    };

    /// <summary>The settings of the fit.</summary>
    public MixtureSettings ToMixture() => new() { Fit = Fit, MostShiftEv = ShiftEv };

    /// <summary>The E0 that was given for a spectrum; null where it is found.</summary>
    public double? E0Of(string name) => CommonE0 ?? (E0.TryGetValue(name, out var e0) ? e0 : null);

    /// <summary>Reads a recipe.</summary>
    /// <param name="json">As <see cref="ToJson"/> writes it; null for the one in which everything is chosen.</param>
    /// <exception cref="OutOfRangeException">It has a field that is not known, or a value that cannot be.</exception>
    public static AbsorptionRecipe Parse(string? json)
    {
        if (json is null)
        {
            return new();
        }

        try
        {
            return (JsonSerializer.Deserialize<AbsorptionRecipe>(json, s_json) ?? new()).Checked();
        }
        catch (JsonException e)
        {
            throw new OutOfRangeException($"The settings of the spectra cannot be understood at {e.Path ?? "$"}; set them anew.");
        }
    }

    /// <summary>The recipe as it is kept.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>The recipe, if every number is in its range.</summary>
    /// <exception cref="OutOfRangeException">One is not.</exception>
    public AbsorptionRecipe Checked()
    {
        _ = ToNormalization(false).Checked();
        foreach (var range in new[] { Fit }.OfType<EnergyRange>())
        {
            NormalizationSettings.RelativeEv.Check(range.From);
            NormalizationSettings.RelativeEv.Check(range.To);
        }

        foreach (var e0 in (E0?.Values ?? []).Concat(CommonE0 is { } common ? [common] : []))
        {
            NormalizationSettings.EdgeEv.Check(e0);
        }

        MixtureSettings.ShiftEv.Check(ShiftEv);
        new NumberRange("The number of components", 1, PrincipalComponents.MostSpectra).Check(Components ?? 1);
        var names = (References ?? []).Concat(E0?.Keys ?? []).Append(Before ?? "").ToArray();
        return E0 is not null && names.Length <= MostNames && names.All(n => n is { Length: <= MostNameLength })
            && References is null or { Count: <= MixtureSettings.MostReferences } && (Ends is not { } ends || Enum.IsDefined(ends))
                ? this
                : throw new OutOfRangeException($"A mixture is of {MixtureSettings.MostReferences} references at most; choose fewer.");
    }
}
