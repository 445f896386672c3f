namespace DendriteViewer.Analysis.Impedance;

/// <summary>One impedance spectrum: its points in the order in which they were measured, after all checks.</summary>
public sealed record ImpedanceSweep
{
    /// <summary>Its number in the file, from 0; sweeps that were refused keep theirs.</summary>
    public required int Index { get; init; }

    /// <summary>Hours since the file's own beginning at which the sweep began; null where the file does not say.</summary>
    public double? Hours { get; init; }

    /// <summary>
    /// The instrument's clock when the sweep began, without a time zone (UTC where the file counts seconds since 1970, which is said);
    /// null where the file does not say.
    /// </summary>
    public DateTime? Started { get; init; }

    /// <summary>Frequencies in Hz, above 0, rising or falling throughout.</summary>
    public required IReadOnlyList<double> FrequencyHz { get; init; }

    /// <summary>Real parts in Ω, one a frequency.</summary>
    public required IReadOnlyList<double> Re { get; init; }

    /// <summary>Imaginary parts in Ω, one a frequency; capacitive ones are below 0.</summary>
    public required IReadOnlyList<double> Im { get; init; }

    /// <summary>Whether the sweep ended before the frequency at which it should have.</summary>
    public bool Truncated { get; init; }

    /// <summary>What was changed or guessed while it was read, a sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>How many points it has.</summary>
    public int Points => FrequencyHz.Count;
}

/// <summary>A sweep that cannot be used, and why.</summary>
/// <param name="Index">Its number in the file, from 0.</param>
/// <param name="Reason">One sentence with the remedy.</param>
public sealed record RefusedSweep(int Index, string Reason);

/// <summary>The sweeps of a file of impedance spectra.</summary>
/// <param name="Path">The file.</param>
/// <param name="Format">What it was read as, for people: "ZPlot", "delimited text".</param>
/// <param name="Sweeps">At least one.</param>
/// <param name="Refused">Sweeps that cannot be used.</param>
/// <param name="Remarks">What was changed or guessed in the whole file, a sentence each.</param>
public sealed record ImpedanceFile(
    string Path, string Format, IReadOnlyList<ImpedanceSweep> Sweeps, IReadOnlyList<RefusedSweep> Refused, IReadOnlyList<string> Remarks);
