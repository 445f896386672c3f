using System.Globalization;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Nucleation;

namespace DendriteViewer.Web.Annotations;

/// <summary>A site of the analysis as people take it over.</summary>
internal static class Proposal
{
    private const double LeastRadiusUm = 2;

    /// <summary>The site, named as the analysis names it; with the recipe's hash behind where another site has that name.</summary>
    /// <param name="found">What the analysis found.</param>
    /// <param name="result">All that it found.</param>
    /// <param name="labels">Labels that sites have.</param>
    public static Site Of(NucleationSite found, AnalysisResult result, IReadOnlySet<string> labels)
    {
        var beside = found.NearestVoidUm is { } um
            ? $", {N(um, "0.0")} µm from a void of {N(found.NearestVoidDiameterUm ?? 0, "0.0")} µm."
            : ".";
        return new Site
        {
            Id = "", ZUm = found.CenterUm[0], YUm = found.CenterUm[1], XUm = found.CenterUm[2], Hours = found.BornHours,
            Modality = result.Recipe.Modality, Found = $"{result.RecipeHash}/{found.Id}",
            RadiusUm = Math.Max(LeastRadiusUm, found.RadiusUm), Author = Agreement.Analysis,
            Label = labels.Contains(found.Id) ? $"{found.Id} ({result.RecipeHash[..Math.Min(6, result.RecipeHash.Length)]})" : found.Id,
            Note = $"Found by the analysis {result.RecipeHash}: {N(found.Volumes[0].Um3, "0")} µm³ at birth{beside}",
        };
    }

    private static string N(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
