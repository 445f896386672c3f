using System.CommandLine;
using System.Globalization;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Cli.Commands;

/// <summary>The options of everything that is analysed, and the recipe that they give.</summary>
internal sealed class RecipeOptions
{
    private readonly Option<double?> _threshold = new("--threshold")
    {
        Description = "What is darker is void, crack or lithium; Otsu's in the electrolyte where not given.",
    };

    private readonly Option<double> _bin = new("--bin-um")
    {
        Description = "Width of a depth bin in µm.", DefaultValueFactory = _ => 20.0,
    };

    private readonly Option<string> _band = new("--band") { Description = "Depths of the band, µm.", DefaultValueFactory = _ => "100:120" };

    private readonly Option<string> _denoise = new("--denoise")
    {
        Description = "none, median or gaussian.", DefaultValueFactory = _ => "none",
    };

    private readonly Option<string> _modality = Shared.Modality();

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _threshold, _bin, _band, _denoise, _modality })
        {
            command.Add(option);
        }
    }

    /// <summary>The recipe.</summary>
    /// <exception cref="UsageException">An option is none.</exception>
    public AnalysisRecipe Read(ParseResult parse)
    {
        var (from, to) = Shared.ParseRange(parse.GetValue(_band)!, "--band");
        return new AnalysisRecipe
        {
            Modality = parse.GetValue(_modality)!,
            Rule = parse.GetValue(_threshold) is null ? ThresholdRule.Otsu : ThresholdRule.Manual,
            Threshold = parse.GetValue(_threshold),
            Denoise = Enum.TryParse<Denoise>(parse.GetValue(_denoise), ignoreCase: true, out var d) ? d
                : throw new UsageException($"--denoise is none, median or gaussian, not '{parse.GetValue(_denoise)}'."),
            BinUm = Ranges.BinUm.Of("--bin-um") is var r && parse.GetValue(_bin) is var b && r.Contains(b) ? b
                : throw new UsageException($"--bin-um is {N(parse.GetValue(_bin), "R")}; give {N(r.Least)} to {N(r.Most)} µm."),
            Band = new Band(from, to),
        };
    }

    private static string N(double value, string format = "0.###") => value.ToString(format, CultureInfo.InvariantCulture);
}
