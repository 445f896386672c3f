namespace DendriteViewer.Analysis.Absorption;

/// <summary>A spectrum and, where somebody gave it, its E0 in eV; null finds it.</summary>
public sealed record SpectrumAtEdge(Spectrum Spectrum, double? E0 = null);

/// <summary>What is to be found out of a spectrum.</summary>
public sealed record AbsorptionRequest
{
    /// <summary>The spectrum that it is about.</summary>
    public required SpectrumAtEdge Sample { get; init; }

    /// <summary>What it may be a mixture of.</summary>
    public IReadOnlyList<SpectrumAtEdge> References { get; init; } = [];

    /// <summary>The spectrum that it is compared with, taken earlier; null for none.</summary>
    public SpectrumAtEdge? Before { get; init; }

    /// <summary>Spectra whose principal components are asked for, together with the sample.</summary>
    public IReadOnlyList<SpectrumAtEdge> Series { get; init; } = [];

    /// <summary>How all of them are normalised; what is null is chosen so that it fits all.</summary>
    public NormalizationSettings Settings { get; init; } = NormalizationSettings.Chosen;

    /// <summary>What is fitted, and compared.</summary>
    public MixtureSettings Mixture { get; init; } = new();
}

/// <summary>
/// A sample, its references and what it is compared with, normalised by one setting; and what follows from them. The command and the pages
/// come to the same numbers through it. Each question fails for itself: a fit that cannot be done leaves the normalised spectra.
/// </summary>
public sealed class AbsorptionStudy
{
    private readonly AbsorptionRequest _request;

    private AbsorptionStudy(AbsorptionRequest request, NormalizationSettings settings, NormalizedSpectrum[] all)
    {
        (_request, Settings, Sample) = (request, settings, all[0]);
        var (references, series) = (request.References.Count, request.Series.Count);
        References = all[1..(1 + references)];
        Series = all[(1 + references)..(1 + references + series)];
        Before = request.Before is null ? null : all[^1];
    }

    /// <summary>The sample.</summary>
    public NormalizedSpectrum Sample { get; }

    /// <summary>The references, in their order.</summary>
    public IReadOnlyList<NormalizedSpectrum> References { get; }

    /// <summary>The other spectra of the series, in their order.</summary>
    public IReadOnlyList<NormalizedSpectrum> Series { get; }

    /// <summary>What the sample is compared with, or null.</summary>
    public NormalizedSpectrum? Before { get; }

    /// <summary>The one setting for all, with what was chosen; no range and no degree is null.</summary>
    public NormalizationSettings Settings { get; }

    /// <summary>What is fitted, as it was asked for.</summary>
    public MixtureSettings Mixture => _request.Mixture;

    /// <summary>Every spectrum, the sample first.</summary>
    public IEnumerable<NormalizedSpectrum> All => [Sample, .. References, .. Series, .. Before is null ? [] : new[] { Before }];

    /// <summary>Normalises all spectra of a request alike.</summary>
    /// <exception cref="MeasurementException">One of them cannot be; the sentence names it.</exception>
    public static AbsorptionStudy Of(AbsorptionRequest request)
    {
        // Ranges that are chosen lie within what every spectrum covers.
        SpectrumAtEdge[] asked =
            [request.Sample, .. request.References, .. request.Series, .. request.Before is null ? [] : new[] { request.Before }];
        var all = asked.Select(s => (s.Spectrum, E0: s.E0 ?? Normalizer.FindE0(s.Spectrum))).ToArray();
        var settings = Normalizer.Choose(request.Settings, all);
        var used = settings with { Pre = request.Settings.Pre ?? settings.Pre, Post = request.Settings.Post ?? settings.Post };
        return new(request, settings, [.. all.Select(s => Normalizer.Normalize(s.Spectrum, used, s.E0))]);
    }

    /// <summary>Fits of the sample as a mixture of the references.</summary>
    /// <exception cref="MeasurementException">There are none, they do not cover the range, or the range holds too few points.</exception>
    public MixtureFitter Fitter() => new(Sample, References, _request.Mixture);

    /// <summary>How far weights move with the normalisation.</summary>
    /// <param name="fitter">The fits.</param>
    /// <param name="fit">The one with all references.</param>
    public MixtureSpread Spread(MixtureFitter fitter, MixtureFit fit) => MixtureSpread.Of(
        (Sample.Spectrum, Sample.E0), [.. References.Select(r => (r.Spectrum, r.E0))], Settings,
        _request.Mixture with { Fit = fitter.Fit }, fit.ShiftEv);

    /// <summary>What changed since the earlier spectrum; null where there is none.</summary>
    /// <exception cref="MeasurementException">They share too few energies.</exception>
    public SpectrumDifference? Difference() =>
        Before is null ? null : SpectrumDifference.Of(Before, Sample, _request.Mixture.Fit ?? MixtureSettings.UsualFit);

    /// <summary>Principal components of the sample and the series.</summary>
    /// <exception cref="MeasurementException">There are too few spectra, or they do not cover the range.</exception>
    public PrincipalComponents Components() =>
        PrincipalComponents.Of([Sample, .. Series], _request.Mixture.Fit ?? MixtureSettings.UsualFit);
}
