using DendriteViewer.Analysis.Cell;

namespace DendriteViewer.Analysis.Absorption;

/// <summary>One spectrum of a file of a cell, with what people say of it.</summary>
/// <param name="File">Its file.</param>
/// <param name="Index">Its place in the file, from 0.</param>
/// <param name="Spectrum">As it was measured, named by its file and, where that has several, its label.</param>
/// <param name="Said">What people say of the file.</param>
/// <param name="FoundE0">E0 in eV as it is found.</param>
public sealed record CellSpectrum(CellFile File, int Index, Spectrum Spectrum, SpectrumDescription Said, double FoundE0)
{
    /// <summary>The edge of what no element's edge lies near.</summary>
    public const string UnknownEdge = "unknown edge";

    /// <summary>By what recipes name it.</summary>
    public string Name => NameOf(File.Id, Index);

    /// <summary>Whether it is of a known compound.</summary>
    public bool IsReference => File.Kind == CellFileKind.Reference;

    /// <summary>Element and shell: as somebody said, else by the nearest K-edge.</summary>
    public string Edge => Said.Edge ?? (AbsorptionEdges.ElementAt(FoundE0) is { } element ? element + " K" : UnknownEdge);

    /// <summary>The sentences to beware of.</summary>
    public IReadOnlyList<string> Cautions => AbsorptionCautions.Of(Spectrum.Mode, Said.Dilute == true);

    /// <summary>Where it stands among spectra in time: before all scans, at its hour, after all; last where nobody said.</summary>
    public double Order => Said.Moment switch
    {
        SpectrumMoment.Before => double.MinValue,
        SpectrumMoment.After => double.MaxValue,
        SpectrumMoment.During => File.StartHours ?? double.PositiveInfinity,
        _ => File.StartHours ?? double.PositiveInfinity,
    };

    /// <summary>By what recipes name a spectrum.</summary>
    public static string NameOf(Guid file, int index) => FormattableString.Invariant($"{file:N}:{index}");

    /// <summary>The spectra of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="bytes">Its content.</param>
    /// <exception cref="MeasurementException">It cannot be read.</exception>
    public static IReadOnlyList<CellSpectrum> Of(CellFile file, byte[] bytes)
    {
        var said = CellFileOptions.Parse(file.Options).Spectrum ?? new();
        return [.. CellFileReader.Spectra(file, bytes)
            .Select(s => said.Mode is { } mode ? s.MeasuredBy(mode) : s)
            .Select((s, i) => new CellSpectrum(file, i, s, said, Normalizer.FindE0(s)))];
    }

    /// <summary>What is asked of a spectrum by the recipe of its edge.</summary>
    /// <param name="sample">The spectrum.</param>
    /// <param name="all">All spectra and references of the cell; those of other edges do not count.</param>
    /// <param name="recipe">The recipe.</param>
    public static AbsorptionRequest RequestOf(CellSpectrum sample, IReadOnlyList<CellSpectrum> all, AbsorptionRecipe recipe)
    {
        SpectrumAtEdge At(CellSpectrum s) => new(s.Spectrum, recipe.E0Of(s.Name));
        var edge = all.Where(s => s.Edge == sample.Edge && s.Name != sample.Name).ToArray();
        var references = ReferencesOf(sample, all, recipe);
        var others = edge.Where(s => !s.IsReference).ToArray();
        var before = sample.IsReference ? null : others.FirstOrDefault(s => s.Name == recipe.Before)
            ?? others.Where(s => s.Order < sample.Order).MinBy(s => s.Order);
        return new()
        {
            Sample = At(sample), References = [.. references.Select(At)], Before = before is null ? null : At(before),
            Series = [.. others.Take(PrincipalComponents.MostSpectra - 1).Select(At)],
            Settings = recipe.ToNormalization(references.Count > 0), Mixture = recipe.ToMixture(),
        };
    }

    /// <summary>The references that a spectrum is fitted with; none of a reference.</summary>
    public static IReadOnlyList<CellSpectrum> ReferencesOf(CellSpectrum sample, IReadOnlyList<CellSpectrum> all, AbsorptionRecipe recipe) =>
        sample.IsReference ? [] : [.. all
            .Where(s => s.IsReference && s.Edge == sample.Edge && (recipe.References?.Contains(s.Name) ?? true))
            .Take(MixtureSettings.MostReferences)];
}
