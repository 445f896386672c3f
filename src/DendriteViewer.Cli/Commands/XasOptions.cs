using System.CommandLine;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Cli.Commands;

/// <summary>The options of <c>dendrite xas</c>, and what was asked for by them.</summary>
internal sealed class XasOptions
{
    private static readonly NumberRange s_degree = new("--degree", 0, NormalizationSettings.MostDegree);

    private readonly Argument<string> _path = new("PATH")
    {
        Description = "The spectrum; PATH#NAME for one of an Athena project (its label) or of a SPEC file (its scan).",
    };

    private readonly Option<string?> _pre = new("--pre") { Description = "Pre-edge range, FROM:TO in eV relative to E0." };
    private readonly Option<string?> _post = new("--post") { Description = "Post-edge range, FROM:TO in eV relative to E0." };
    private readonly Option<int?> _degree = new("--degree")
    {
        Description = "Degree of the post-edge curve, 0 to 5. Left out: 2 for a range of 300 eV or more, 1 for 30 or more, else 0.",
    };

    private readonly Option<string?> _ends = new("--ends")
    {
        Description = "Points of the pre-edge and post-edge ranges: larch (up to the one before the last), or nearest (those nearest "
            + "to both ends included, as the R package LCF takes them). Left out: nearest with --references, else larch.",
    };

    private readonly Option<string?> _e0 = new("--e0")
    {
        Description = "E0 in eV of the sample, then of the references in their order; one value serves all. "
            + "Left out: the largest derivative.",
    };

    private readonly Option<string[]> _references = new("--references") { Description = "Fit the sample as a mixture of these: A,B,C." };
    private readonly Option<string?> _fit = new("--fit")
    {
        Description = "Fitted range, LO:HI in eV relative to the sample's E0; the nearest points belong to it. "
            + "Left out: -20:30, as far as all spectra cover it.",
    };

    private readonly Option<double> _shift = new("--shift")
    {
        Description = "Also fit one shift of all references' energies, of this many eV at most.",
    };

    private readonly Option<bool> _combinations = new("--combinations") { Description = "Fit all combinations of the references too." };
    private readonly Option<string?> _before = new("--before") { Description = "Print the difference to this earlier spectrum." };
    private readonly Option<string[]> _pca = new("--pca")
    {
        Description = "Principal components of the sample and these spectra: A,B,C. The references are their targets.",
    };

    private readonly Option<int?> _components = new("--components")
    {
        Description = "How many components make a target. Left out: as many as the indicator suggests.",
    };

    private readonly Option<string?> _column = new("--column")
    {
        Description = "Column of µ: a name, a number from 1, or what µ is of the columns, such as 'ln(i0/it)'. "
            + "Files of two columns need none.",
    };

    private readonly Option<string?> _mode = new("--mode")
    {
        Description = "How µ was measured: transmission, fluorescence or yield. Left out: as the file says.",
    };

    private readonly Option<bool> _dilute = new("--dilute") { Description = "The absorber is dilute: do not caution of self-absorption." };
    private readonly Option<bool> _curves = new("--curves") { Description = "With --json: print the curves too." };
    private readonly Option<bool> _json = Shared.Json();

    public Command AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            _pre, _post, _degree, _ends, _e0, _references, _fit, _shift, _combinations, _before, _pca, _components, _column, _mode,
            _dilute, _curves, _json,
        })
        {
            command.Add(option);
        }

        command.Add(_path);
        return command;
    }

    public XasRequest Of(ParseResult parse)
    {
        var references = Paths(parse.GetValue(_references));
        return new XasRequest
        {
            Path = parse.GetValue(_path)!,
            Settings = new()
            {
                Pre = Range(parse.GetValue(_pre), "--pre", NormalizationSettings.RelativeEv),
                Post = Range(parse.GetValue(_post), "--post", NormalizationSettings.RelativeEv),
                Degree = parse.GetValue(_degree) is { } d ? Checked(() => (int)s_degree.Check(d)) : null,
                Ends = Ends(parse.GetValue(_ends)) ?? (references.Length > 0 ? RangeEnds.Nearest : RangeEnds.Larch),
            },
            E0 = Edges(parse.GetValue(_e0), references.Length),
            References = references,
            Mixture = new()
            {
                Fit = Range(parse.GetValue(_fit), "--fit", NormalizationSettings.RelativeEv),
                MostShiftEv = Checked(() => MixtureSettings.ShiftEv.Of("--shift").Check(parse.GetValue(_shift))),
            },
            Combinations = parse.GetValue(_combinations), Before = parse.GetValue(_before), Series = Paths(parse.GetValue(_pca)),
            Components = parse.GetValue(_components), Column = parse.GetValue(_column), Mode = Mode(parse.GetValue(_mode)),
            IsDilute = parse.GetValue(_dilute), Curves = parse.GetValue(_curves), Json = parse.GetValue(_json),
        };
    }

    // A file may have a comma in its name.
    private static string[] Paths(string[]? given) =>
        [.. (given ?? []).SelectMany(g => File.Exists(g) ? [g]
            : g.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static EnergyRange? Range(string? text, string option, NumberRange bounds)
    {
        if (text is null)
        {
            return null;
        }

        var (from, to) = Shared.ParseRange(text, option);
        return Checked(() => new EnergyRange(bounds.Of(option).Check(from), bounds.Of(option).Check(to)));
    }

    private static double[] Edges(string? text, int references)
    {
        if (text is null)
        {
            return [];
        }

        var edges = text.Split(',').Select(t => Checked(() => NormalizationSettings.EdgeEv.Of("--e0").Parse(t))).ToArray();
        return edges.Length == 1 || edges.Length == references + 1 ? edges : throw new UsageException(
            $"--e0 has {edges.Length} values; give one for all, or {references + 1}: the sample's, then the references' in their order.");
    }

    private static RangeEnds? Ends(string? text) => text?.ToUpperInvariant() switch
    {
        null => null,
        "LARCH" => RangeEnds.Larch,
        "NEAREST" => RangeEnds.Nearest,
        _ => throw new UsageException($"--ends is larch or nearest, not '{text}'."),
    };

    private static AbsorptionMode? Mode(string? text) => text?.ToUpperInvariant() switch
    {
        null => null,
        "TRANSMISSION" => AbsorptionMode.Transmission,
        "FLUORESCENCE" => AbsorptionMode.Fluorescence,
        "YIELD" => AbsorptionMode.ElectronYield,
        _ => throw new UsageException($"--mode is transmission, fluorescence or yield, not '{text}'."),
    };

    private static T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (OutOfRangeException e)
        {
            throw new UsageException(e.Message);
        }
    }
}

/// <summary>What somebody asks of <c>dendrite xas</c>.</summary>
internal sealed record XasRequest
{
    public required string Path { get; init; }
    public required NormalizationSettings Settings { get; init; }
    public required double[] E0 { get; init; }
    public required string[] References { get; init; }
    public required MixtureSettings Mixture { get; init; }
    public required bool Combinations { get; init; }
    public required string? Before { get; init; }
    public required string[] Series { get; init; }
    public required int? Components { get; init; }
    public required string? Column { get; init; }
    public required AbsorptionMode? Mode { get; init; }
    public required bool IsDilute { get; init; }
    public required bool Curves { get; init; }
    public required bool Json { get; init; }
}
