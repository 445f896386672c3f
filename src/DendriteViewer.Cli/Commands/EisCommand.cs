using System.CommandLine;
using DendriteViewer.Analysis;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.KramersKronig;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Cli.Commands;

/// <summary>Impedance spectra: fits of circuits, the Kramers–Kronig test, distributions of relaxation times.</summary>
internal static class EisCommand
{
    private static readonly NumberRange s_area = new("--area-cm2", 1e-6, 1e6, "cm²");
    private static readonly NumberRange s_limit = new("--c", 0, 1);
    private static readonly NumberRange s_elements = new("--kk-elements", 1, 1000);
    private static readonly NumberRange s_lambda = new("--lambda", 1e-12, 1e6);

    private static readonly Argument<string> s_path = new("PATH") { Description = "A file of impedance spectra." };
    private static readonly Option<int?> s_sweep = new("--sweep") { Description = "One sweep, from 0; all where not given." };
    private static readonly Option<string?> s_circuit = new("--circuit")
    {
        Description = "R0-p(R1,CPE1) or R(RQ), of R, C, L, CPE, W, Wo and Ws; one to four arcs by AICc where not given.",
    };

    private static readonly Option<string> s_weight = new("--weight")
    {
        Description = "What residuals are divided by: modulus (|Z|), proportional (each part by itself) or unit (nothing).",
        DefaultValueFactory = _ => "modulus",
    };

    private static readonly Option<string?> s_fix = new("--fix") { Description = "Parameters that keep a value: R0=0.02,CPE1_1=0.9." };
    private static readonly Option<string?> s_start = new("--start")
    {
        Description = "Where the fit begins: R0=0.02,… or all values in the circuit's order. "
            + "Given all, the fit stays in that start's minimum.",
    };

    private static readonly Option<bool> s_tight = new("--tight")
    {
        Description = "With a complete --start: go on to the minimum where scipy's limits would end the fit before it.",
    };

    private static readonly Option<string?> s_bound = new("--bound") { Description = "Ranges of parameters: CPE1_1=0.7:1,R1=10:100." };
    private static readonly Option<string?> s_tie = new("--tie") { Description = "Parameters that equal others: CPE2_1=CPE1_1." };
    private static readonly Option<string?> s_profile = new("--profile")
    {
        Description = "Intervals of 95 % from the profile of χ²: R1,CPE1_1.",
    };

    private static readonly Option<double?> s_areaOption = new("--area-cm2")
    {
        Description = "Electrode area, for Ω cm²; files in Ω cm² need it.",
    };

    private static readonly Option<string?> s_mask = new("--mask")
    {
        Description = "Leaves points out: a condition on re, im, f or |z|, such as \"im>0\" or \"f<0.1 or f>1e5\".",
    };

    private static readonly Option<string> s_sign = new("--im-sign")
    {
        Description = "The sign of Im: auto (by the lower half of the frequencies), as-read or turned.",
        DefaultValueFactory = _ => "auto",
    };

    private static readonly Option<bool> s_kk = new("--kk") { Description = "The linear Kramers–Kronig test." };
    private static readonly Option<double?> s_c = new("--c")
    {
        Description = "Of --kk: as many elements as make µ fall to this; the best number by AICc where not given.",
    };

    private static readonly Option<string> s_kkFit = new("--kk-fit")
    {
        Description = "Of --kk: complex, real or imaginary.",
        DefaultValueFactory = _ => "complex",
    };

    private static readonly Option<bool> s_kkCapacitance = new("--kk-capacitance")
    {
        Description = "Of --kk: a capacitance in series too.",
    };

    private static readonly Option<int?> s_kkElements = new("--kk-elements") { Description = "Of --kk: exactly so many elements." };
    private static readonly Option<bool> s_drt = new("--drt") { Description = "The distribution of relaxation times." };
    private static readonly Option<double?> s_lambdaOption = new("--lambda")
    {
        Description = "Of --drt: the strength of the smoothing; by the noise where not given.",
    };

    private static readonly Option<bool> s_json = Shared.Json();

    public static Command Create()
    {
        var command = new Command("eis", "Fit and test impedance spectra.")
        {
            s_path, s_sweep, s_circuit, s_weight, s_fix, s_start, s_tight, s_bound, s_tie, s_profile, s_areaOption, s_mask,
            s_sign,
            s_kk, s_c, s_kkFit, s_kkCapacitance, s_kkElements, s_drt, s_lambdaOption, s_json,
        };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(() => Task.FromResult(RunOrSayWhatIsWrong(parse, ct))));
        return command;
    }

    // Circuits, names of parameters and masks come from the command line only, so that what is wrong with them is wrong use.
    private static int RunOrSayWhatIsWrong(ParseResult parse, CancellationToken ct)
    {
        try
        {
            return Run(parse, ct);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static int Run(ParseResult parse, CancellationToken ct)
    {
        CheckTogether(parse);
        var mask = parse.GetValue(s_mask) is { } condition ? PointMask.Parse(condition) : null;
        var sign = parse.GetValue(s_sign) switch
        {
            "auto" => ImaginarySign.Automatic,
            "as-read" => ImaginarySign.AsRead,
            "turned" => ImaginarySign.Turned,
            var other => throw new UsageException($"--im-sign is auto, as-read or turned, not '{other}'."),
        };
        var area = parse.GetValue(s_areaOption) is { } a ? s_area.Check(a) : (double?)null;
        var circuit = parse.GetValue(s_circuit) is { } text ? Circuit.Parse(text) : null;
        var settings = new FitSettings
        {
            Weight = ChoiceOf<FitWeight>("--weight", parse.GetValue(s_weight)!),
            Fixed = EisLists.Values(parse.GetValue(s_fix), "--fix"),
            Start = EisLists.Start(parse.GetValue(s_start), circuit),
            Bounds = EisLists.Ranges(parse.GetValue(s_bound)),
            Tight = parse.GetValue(s_tight),
            Tied = EisLists.Names(parse.GetValue(s_tie)),
        };
        var kk = new KkSettings
        {
            Limit = parse.GetValue(s_c) is { } c ? s_limit.Check(c) : null,
            Elements = parse.GetValue(s_kkElements) is { } m ? (int)s_elements.Check(m) : null,
            Fit = ChoiceOf<KkFit>("--kk-fit", parse.GetValue(s_kkFit)!),
            Capacitance = parse.GetValue(s_kkCapacitance),
        };
        var lambda = parse.GetValue(s_lambdaOption) is { } l ? s_lambda.Check(l) : (double?)null;

        var file = ImpedanceReader.Read(parse.GetValue(s_path)!, sign, area);
        var sweeps = Chosen(file, parse.GetValue(s_sweep));
        var printed = parse.GetValue(s_kk) ? EisTests.KramersKronig(sweeps, mask, kk)
            : parse.GetValue(s_drt) ? EisTests.Relaxation(sweeps, mask, lambda)
            : EisFits.Run(sweeps, circuit, settings, mask, area, EisLists.Items(parse.GetValue(s_profile)), ct);
        if (parse.GetValue(s_json))
        {
            ExitCodes.PrintJson(new
            {
                format = file.Format, remarks = file.Remarks,
                refused = file.Refused.Select(r => new { index = r.Index, reason = r.Reason }),
                sweeps = printed.Sweeps, growth = printed.Growth,
            });
        }
        else
        {
            var count = file.Sweeps.Count == 1 ? "one sweep" : $"{file.Sweeps.Count} sweeps";
            Console.Out.WriteLine($"{Path.GetFileName(file.Path)}: {file.Format}, {count}");
            foreach (var remark in file.Remarks.Concat(file.Refused.Select(r => r.Reason)))
            {
                Console.Out.WriteLine("  " + remark);
            }

            Console.Out.Write(printed.Text);
        }

        return ExitCodes.Done;
    }

    private static IReadOnlyList<ImpedanceSweep> Chosen(ImpedanceFile file, int? index)
    {
        if (index is not { } i)
        {
            return file.Sweeps;
        }

        var count = file.Sweeps.Count + file.Refused.Count;
        return file.Sweeps.FirstOrDefault(s => s.Index == i) is { } sweep ? [sweep]
            : throw new MeasurementException(file.Refused.FirstOrDefault(r => r.Index == i)?.Reason is { } reason
                ? $"{Path.GetFileName(file.Path)}: {reason}"
                : $"{Path.GetFileName(file.Path)} has no sweep {i}; "
                    + $"it has {(count == 1 ? "one, --sweep 0" : $"{count}, from 0 to {count - 1}")}.");
    }

    private static T ChoiceOf<T>(string option, string text) where T : struct, Enum =>
        Enum.GetNames<T>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<T>(name)
            : throw new UsageException(
                $"{option} is {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}, not '{text}'.");

    // An option that would do nothing is refused: silence would look as if it had been heeded.
    private static void CheckTogether(ParseResult parse)
    {
        var (kk, drt) = (parse.GetValue(s_kk), parse.GetValue(s_drt));
        bool Given(Option option) => parse.GetResult(option) is { Implicit: false };
        if (kk && drt)
        {
            throw new UsageException("--kk and --drt are two things to ask; give one of them.");
        }

        Option[] ofFits = [s_circuit, s_weight, s_fix, s_start, s_tight, s_bound, s_tie, s_profile, s_areaOption];
        Option[] ofKk = [s_c, s_kkFit, s_kkCapacitance, s_kkElements];
        if ((kk || drt) && ofFits.FirstOrDefault(Given) is { } fit)
        {
            throw new UsageException($"{fit.Name} is of fits; leave it out with {(kk ? "--kk" : "--drt")}.");
        }

        if (!kk && ofKk.FirstOrDefault(Given) is { } test)
        {
            throw new UsageException($"{test.Name} is of the Kramers–Kronig test; give --kk with it.");
        }

        if (!drt && Given(s_lambdaOption))
        {
            throw new UsageException("--lambda is of the distribution of relaxation times; give --drt with it.");
        }

        if (Given(s_c) && Given(s_kkElements))
        {
            throw new UsageException("--c and --kk-elements both choose the number of elements; give one of them.");
        }
    }
}
