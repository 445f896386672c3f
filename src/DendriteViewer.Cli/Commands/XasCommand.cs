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

        var study = AbsorptionStudy.Of(new()
        {
            Sample = new(sample, request.E0.Length > 0 ? request.E0[0] : null),
            References = [.. references.Select((r, i) =>
                new SpectrumAtEdge(r, request.E0 switch { [] => null, [var one] => one, var several => several[i + 1] }))],
            Series = [.. others.Select(s => new SpectrumAtEdge(s, ForAll(request)))],
            Before = before is null ? null : new(before, ForAll(request)), Settings = request.Settings, Mixture = request.Mixture,
        });
        var result = new XasResult(study, request.E0.Length > 0);
        if (references.Length > 0)
        {
            var fitter = study.Fitter();
            var fit = fitter.Best();
            result = result with
            {
                Fit = fit, Spread = study.Spread(fitter, fit), Combinations = request.Combinations ? fitter.Combinations() : [],
            };
        }

        if (others.Length > 0)
        {
            var components = study.Components();
            var count = request.Components ?? components.Suggested;
            result = result with
            {
                Components = components, ComponentCount = count,
                Targets = [.. study.References.Select(r => components.Transform(r, count))],
            };
        }

        return result with { Difference = study.Difference() };
    }

    private static double? ForAll(XasRequest request) => request.E0.Length == 1 ? request.E0[0] : null;

    private static Spectrum Read(string path, string? column, bool isSample = false) =>
        SpectrumReader.Read(path, column, isColumnOptional: !isSample);
}

/// <summary>What <c>dendrite xas</c> found.</summary>
internal sealed record XasResult(AbsorptionStudy Study, bool IsE0Given)
{
    public NormalizedSpectrum Sample => Study.Sample;
    public IReadOnlyList<NormalizedSpectrum> References => Study.References;
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
