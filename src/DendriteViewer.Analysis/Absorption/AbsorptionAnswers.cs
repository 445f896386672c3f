namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// Everything that is asked of a spectrum at once, each answer with the sentence that stands in its place where it cannot be given.
/// What can be answered is: a reference that does not reach over the range leaves the sample's own curve.
/// </summary>
public sealed record AbsorptionAnswers
{
    /// <summary>The normalised spectra; null where not even the sample can be normalised.</summary>
    public AbsorptionStudy? Study { get; init; }

    /// <summary>Why spectra were left out of the study, or why there is none; null where nothing was.</summary>
    public string? StudyProblem { get; init; }

    /// <summary>The mixture; null where there are no references, or <see cref="FitProblem"/> says why.</summary>
    public MixtureFit? Fit { get; init; }

    /// <summary>How far the mixture's weights move with the normalisation; null without a mixture.</summary>
    public MixtureSpread? Spread { get; init; }

    /// <summary>Why there is no mixture.</summary>
    public string? FitProblem { get; init; }

    /// <summary>What changed since the earlier spectrum; null where there is none, or <see cref="DifferenceProblem"/> says why.</summary>
    public SpectrumDifference? Difference { get; init; }

    /// <summary>Why there is no difference.</summary>
    public string? DifferenceProblem { get; init; }

    /// <summary>The components of the series; null where there are none.</summary>
    public PrincipalComponents? Components { get; init; }

    /// <summary>How many of them targets were judged by.</summary>
    public int ComponentCount { get; init; }

    /// <summary>The references as targets.</summary>
    public IReadOnlyList<TargetTransform> Targets { get; init; } = [];

    /// <summary>Why there are no components, or no targets.</summary>
    public string? ComponentsProblem { get; init; }

    /// <summary>What was guessed, mended or left out of all spectra and steps, for people.</summary>
    public IReadOnlyList<string> Remarks =>
    [
        .. (Study?.All ?? []).DistinctBy(s => s.Spectrum)
            .SelectMany(s => s.Spectrum.Remarks.Select(r => $"{s.Spectrum.Name}: {r}").Concat(s.Remarks)),
        .. Fit?.Remarks ?? [],
        .. Spread is { Failed: > 0 } s ? [$"{s.Failed} of {s.Failed + s.Settings} settings of the spread gave no fit and do not count."]
            : Array.Empty<string>(),
    ];

    /// <summary>Answers a request.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="components">How many components targets are judged by; null for as many as are suggested.</param>
    /// <param name="ct">Gives up between two steps.</param>
    public static AbsorptionAnswers Of(AbsorptionRequest request, int? components = null, CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        var answers = StudyOf(request);
        ct.ThrowIfCancellationRequested();
        if (answers.Study is not { } study)
        {
            return answers;
        }

        if (study.References.Count > 0)
        {
            answers = Fitted(answers, study);
            ct.ThrowIfCancellationRequested();
        }

        try
        {
            answers = answers with { Difference = study.Difference() };
        }
        catch (MeasurementException e)
        {
            answers = answers with { DifferenceProblem = e.Message };
        }

        return study.Series.Count > 0 ? Analysed(answers, study, components) : answers;
    }

    // What cannot be normalised together with the sample is left out: the series first, which matters least.
    private static AbsorptionAnswers StudyOf(AbsorptionRequest request)
    {
        string? problem = null;
        foreach (var asked in new[]
        {
            request, request with { Series = [] }, request with { Series = [], Before = null },
            request with { Series = [], Before = null, References = [] },
        })
        {
            try
            {
                return new() { Study = AbsorptionStudy.Of(asked), StudyProblem = problem };
            }
            catch (MeasurementException e)
            {
                problem ??= e.Message;
            }
        }

        return new() { StudyProblem = problem };
    }

    private static AbsorptionAnswers Fitted(AbsorptionAnswers answers, AbsorptionStudy study)
    {
        try
        {
            var fitter = study.Fitter();
            var fit = fitter.Best();
            return answers with { Fit = fit, Spread = study.Spread(fitter, fit) };
        }
        catch (MeasurementException e)
        {
            return answers with { FitProblem = e.Message };
        }
    }

    private static AbsorptionAnswers Analysed(AbsorptionAnswers answers, AbsorptionStudy study, int? components)
    {
        try
        {
            var found = study.Components();
            answers = answers with { Components = found, ComponentCount = components ?? found.Suggested };
            return answers with { Targets = [.. study.References.Select(r => found.Transform(r, answers.ComponentCount))] };
        }
        catch (MeasurementException e)
        {
            return answers with { ComponentsProblem = e.Message };
        }
    }
}
