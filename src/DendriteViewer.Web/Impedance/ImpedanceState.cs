using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.KramersKronig;
using DendriteViewer.Analysis.Impedance.Relaxation;

namespace DendriteViewer.Web.Impedance;

/// <summary>A file of the cell, read.</summary>
/// <param name="File">The file.</param>
/// <param name="Content">What it holds; null where it cannot be read, or is being read.</param>
/// <param name="Problem">Why it cannot be read; else null.</param>
public sealed record ReadImpedance(CellFile File, ImpedanceFile? Content, string? Problem)
{
    /// <summary>What results of it are kept by: its content, and how that is read.</summary>
    public string Source => $"{File.Sha256} {File.Options}";

    /// <summary>Whether it holds one sweep, and so is a part of the series of all such files.</summary>
    public bool IsAlone => Content?.Sweeps.Count == 1;
}

/// <summary>A sweep of the list.</summary>
/// <param name="Place">Which one it is.</param>
/// <param name="File">Its file.</param>
/// <param name="Sweep">The sweep.</param>
/// <param name="Hours">When it began, on the clock of the scans; null where that is not known.</param>
public sealed record ListedSweep(SweepPlace Place, ReadImpedance File, ImpedanceSweep Sweep, double? Hours);

/// <summary>What the impedance section shows; replaced whole.</summary>
public sealed record ImpedanceState
{
    /// <summary>The cell's impedance files, in the order in which they were added; null until they were read.</summary>
    public IReadOnlyList<ReadImpedance>? Files { get; init; }

    /// <summary>All sweeps that can be used, by time, then as they stand in their files.</summary>
    public IReadOnlyList<ListedSweep> Sweeps { get; init; } = [];

    /// <summary>Verdicts of the sweeps that were tested; null of one whose mask leaves too few points.</summary>
    public IReadOnlyDictionary<SweepPlace, KkVerdict?> Verdicts { get; init; } = new Dictionary<SweepPlace, KkVerdict?>();

    /// <summary>The sweep that is shown; null where there is none.</summary>
    public ListedSweep? Shown { get; init; }

    /// <summary>The settings of its series with the turned points of its file, as they are tried.</summary>
    public ImpedanceSettings Settings { get; init; } = new();

    /// <summary>Points that are kept as turned by hand, by files; of the shown file those of the settings count.</summary>
    public IReadOnlyDictionary<Guid, IReadOnlyList<TurnedPoint>> Turned { get; init; } =
        new Dictionary<Guid, IReadOnlyList<TurnedPoint>>();

    /// <summary>Why its kept settings cannot be used; else null.</summary>
    public string? SettingsProblem { get; init; }

    /// <summary>The test and the fit of the sweep; null until the first was made.</summary>
    public SweepEvaluation? Evaluation { get; init; }

    /// <summary>Which sweep the evaluation is of.</summary>
    public SweepPlace? EvaluatedPlace { get; init; }

    /// <summary>Whether the evaluation is of another sweep than the one that was chosen, whose own is being made.</summary>
    public bool IsStale => Evaluation is not null && EvaluatedPlace != Shown?.Place;

    /// <summary>Whether another fit is being made.</summary>
    public bool IsFitting { get; init; }

    /// <summary>Why nothing can be said of the sweep; else null.</summary>
    public string? Problem { get; init; }

    /// <summary>The distribution of relaxation times with the smoothing that is set; null for the evaluation's.</summary>
    public DrtResult? Relaxation { get; init; }

    /// <summary>Intervals that were asked for, of the fit that is shown.</summary>
    public IReadOnlyDictionary<string, ProfileInterval> Profiles { get; init; } = new Dictionary<string, ProfileInterval>();

    /// <summary>The fitted series; null where there is none of these settings.</summary>
    public SeriesEvaluation? Series { get; init; }

    /// <summary>The part of the series that is fitted, 0 to 1; null where none is being fitted.</summary>
    public double? SeriesPart { get; init; }

    /// <summary>Why the series could not be fitted; else null.</summary>
    public string? SeriesProblem { get; init; }

    /// <summary>The sweeps of the series that the shown sweep belongs to: those of its file, or of all files with one sweep each.</summary>
    public IReadOnlyList<ListedSweep> SeriesSweeps => Shown is not { } shown ? []
        : shown.File.IsAlone ? [.. Sweeps.Where(s => s.File.IsAlone)] : [.. Sweeps.Where(s => s.Place.File == shown.Place.File)];
}
