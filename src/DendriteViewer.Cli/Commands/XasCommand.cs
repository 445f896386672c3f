using System.CommandLine;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Cli.Output;

namespace DendriteViewer.Cli.Commands;

/// <summary>X-ray absorption: E0, edge step, mixtures of references, differences and principal components.</summary>
internal static class XasCommand
{
    public static Command Create()
    {
        var options = new XasOptions();
        var command = options.AddTo(new Command("xas", "Normalise an X-ray absorption spectrum, and fit it as a mixture of references."));
        command.SetAction((parse, _) => ExitCodes.RunAsync(() =>
        {
            var request = options.Of(parse);
            var result = Evaluate(request);
            if (request.Json)
            {
                ExitCodes.PrintJson(XasJson.Of(request, result));
            }
            else
            {
                XasText.Print(request, result);
            }

            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static XasResult Evaluate(XasRequest request)
    {
        var sample = Read(request.Path, request.Column, isSample: true);
        sample = request.Mode is { } mode ? sample.MeasuredBy(mode) : sample;
        var references = request.References.Select(p => Read(p, request.Column)).ToArray();
        var others = request.Series.Select(p => Read(p, request.Column)).ToArray();
        var before = request.Before is null ? null : Read(request.Before, request.Column);

        // The same ranges for all: chosen ones lie within what every spectrum covers.
        (Spectrum Spectrum, double E0, bool IsGiven)[] all =
        [
            WithEdge(sample, request.E0.Length > 0 ? request.E0[0] : null),
            .. references.Select((r, i) => WithEdge(r, request.E0 switch { [] => null, [var one] => one, var several => several[i + 1] })),
            .. others.Append(before).OfType<Spectrum>().Select(s => WithEdge(s, request.E0.Length == 1 ? request.E0[0] : null)),
        ];
        var settings = Normalizer.Choose(request.Settings, [.. all.Select(s => (s.Spectrum, s.E0))]);
        var asked = settings with { Pre = request.Settings.Pre ?? settings.Pre, Post = request.Settings.Post ?? settings.Post };
        var normalized = all.Select(s => Normalizer.Normalize(s.Spectrum, asked, s.E0)).ToArray();
        var (ofSample, ofReferences) = (normalized[0], normalized[1..(1 + references.Length)]);
        var result = new XasResult(ofSample, all[0].IsGiven, ofReferences, settings);
        if (references.Length > 0)
        {
            var fitter = new MixtureFitter(ofSample, ofReferences, request.Mixture);
            var fit = fitter.Best();
            result = result with
            {
                Fit = fit,
                Spread = MixtureSpread.Of(
                    (sample, ofSample.E0), [.. ofReferences.Select(r => (r.Spectrum, r.E0))], settings,
                    request.Mixture with { Fit = fitter.Fit }, fit.ShiftEv),
                Combinations = request.Combinations ? fitter.Combinations() : [],
            };
        }

        if (others.Length > 0)
        {
            var series = normalized.AsSpan(1 + references.Length, others.Length);
            var components = PrincipalComponents.Of([ofSample, .. series], request.Mixture.Fit ?? MixtureSettings.UsualFit);
            var count = request.Components ?? components.Suggested;
            result = result with
            {
                Components = components, ComponentCount = count, Targets = [.. ofReferences.Select(r => components.Transform(r, count))],
            };
        }

        return before is null ? result
            : result with { Difference = SpectrumDifference.Of(normalized[^1], ofSample, request.Mixture.Fit ?? MixtureSettings.UsualFit) };
    }

    private static (Spectrum Spectrum, double E0, bool IsGiven) WithEdge(Spectrum spectrum, double? e0) =>
        (spectrum, e0 ?? Normalizer.FindE0(spectrum), e0 is not null);

    private static Spectrum Read(string path, string? column, bool isSample = false) =>
        SpectrumReader.Read(path, column, isColumnOptional: !isSample);
}

/// <summary>What <c>dendrite xas</c> found.</summary>
internal sealed record XasResult(
    NormalizedSpectrum Sample, bool IsE0Given, IReadOnlyList<NormalizedSpectrum> References, NormalizationSettings Settings)
{
    public MixtureFit? Fit { get; init; }
    public MixtureSpread? Spread { get; init; }
    public IReadOnlyList<MixtureFit> Combinations { get; init; } = [];
    public PrincipalComponents? Components { get; init; }
    public int ComponentCount { get; init; }
    public IReadOnlyList<TargetTransform> Targets { get; init; } = [];
    public SpectrumDifference? Difference { get; init; }

    /// <summary>Everything that was guessed, mended or left out, of all files and steps.</summary>
    public IReadOnlyList<string> Remarks =>
    [
        .. Sample.Spectrum.Remarks, .. Sample.Remarks,
        .. References.SelectMany(r => r.Spectrum.Remarks.Select(m => $"{r.Spectrum.Name}: {m}").Concat(r.Remarks)), .. Fit?.Remarks ?? [],
        .. Spread is { Failed: > 0 } s ? [$"{s.Failed} of {s.Failed + s.Settings} settings of the spread gave no fit and do not count."]
            : Array.Empty<string>(),
    ];
}
