using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Voids;
using DendriteViewer.Web.Jobs;

namespace DendriteViewer.Web.Analysis;

/// <summary>What of an analysis is lit in the pictures.</summary>
public abstract record LitLabels
{
    /// <summary>The voids of a bin of depth.</summary>
    public sealed record Bin(double FromUm, double ToUm) : LitLabels;

    /// <summary>One void.</summary>
    public sealed record OneVoid(int Id) : LitLabels;

    /// <summary>All new dark volume, by a colour.</summary>
    public sealed record NewDark(LithiumColors Colors) : LitLabels;

    /// <summary>One nucleation site.</summary>
    public sealed record Site(string Id) : LitLabels;

    /// <summary>What a comparison found, at its later time.</summary>
    public sealed record Change(double Hours) : LitLabels;
}

/// <summary>All that the analysis panel shows. It is replaced whole by <see cref="AnalysisDesk"/>, on the circuit's thread.</summary>
public sealed record AnalysisState
{
    /// <summary>Whether the last result was looked for.</summary>
    public bool IsLoaded { get; init; }

    /// <summary>Why the last result could not be read, or null.</summary>
    public string? LoadFailure { get; init; }

    /// <summary>The last result, or null where the dataset was never analysed.</summary>
    public AnalysisResult? Result { get; init; }

    /// <summary>The recipe of the next run.</summary>
    public AnalysisRecipe Recipe { get; init; } = new();

    /// <summary>The newest analysis job of the dataset, ended or not.</summary>
    public Job? Job { get; init; }

    /// <summary>Why what was last asked for did not happen, or null.</summary>
    public string? Refusal { get; init; }

    /// <summary>The threshold that is tried, or null.</summary>
    public double? TriedThreshold { get; init; }

    /// <summary>The voids at the threshold that is tried, as soon as they are counted.</summary>
    public VoidFindings? TriedVoids { get; init; }

    /// <summary>Whether the voids at a tried threshold are being counted.</summary>
    public bool IsCounting { get; init; }

    /// <summary>Width of the bins of depth, µm.</summary>
    public double BinUm { get; init; } = 20;

    /// <summary>Opacity of voids behind what is lit, from 0 to 1.</summary>
    public double GhostOpacity { get; init; } = 0.03;

    /// <summary>What is lit, or null.</summary>
    public LitLabels? Lit { get; init; }

    /// <summary>The voids that the profile shows: those at the tried threshold, else the result's.</summary>
    public VoidFindings Voids => TriedVoids ?? Result!.Voids;

    /// <summary>The threshold that the slider stands at.</summary>
    public double Threshold => TriedThreshold ?? Result!.Threshold;
}
