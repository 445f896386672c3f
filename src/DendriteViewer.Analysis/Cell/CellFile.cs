namespace DendriteViewer.Analysis.Cell;

/// <summary>What a file of a cell holds, and so which reader reads it.</summary>
public enum CellFileKind
{
    /// <summary>Curves over time that a cycler or another instrument wrote.</summary>
    Series,

    /// <summary>Impedance sweeps.</summary>
    Impedance,

    /// <summary>X-ray absorption spectra of the cell.</summary>
    Spectrum,

    /// <summary>X-ray absorption spectra of known compounds, as which mixtures are fitted.</summary>
    Reference,
}

/// <summary>How the clock of the instrument that wrote a file stands to that of the scans.</summary>
/// <param name="OffsetSeconds">Seconds that it is ahead at its time 0; they are taken from its times.</param>
/// <param name="DriftPpm">Seconds in a million that it runs fast.</param>
/// <param name="OffsetSigma">Standard deviation of the offset, s; null where nobody said.</param>
/// <param name="DriftSigma">Standard deviation of the drift, ppm; null where nobody said.</param>
public sealed record InstrumentClock(double OffsetSeconds, double DriftPpm = 0, double? OffsetSigma = null, double? DriftSigma = null)
{
    /// <summary>Whether its numbers are such as clocks have.</summary>
    internal bool IsPossible => Math.Abs(OffsetSeconds) <= 3.6e9 && Math.Abs(DriftPpm) <= 1e5
        && OffsetSigma is null or (>= 0 and <= 3.6e9) && DriftSigma is null or (>= 0 and <= 1e6);

    /// <summary>An hour of the instrument by a clock that agrees with that of the scans.</summary>
    /// <param name="hours">The instrument's.</param>
    public double ToTrue(double hours) => (hours - (OffsetSeconds / 3600)) / (1 + (DriftPpm * 1e-6));
}

/// <summary>A file that belongs to the cell of a dataset, beside its scans.</summary>
/// <param name="Id">Made when it was added.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Name">Its name, without a folder.</param>
/// <param name="Sha256">SHA-256 of its content, 64 small hexadecimal digits; the store keeps the content under it.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="By">Who added it, for people.</param>
/// <param name="At">When.</param>
public sealed record CellFile(Guid Id, CellFileKind Kind, string Name, string Sha256, long Bytes, string By, DateTimeOffset At)
{
    /// <summary>Under what licence it may be used; null where nobody said.</summary>
    public string? Licence { get; init; }

    /// <summary>Where it comes from: an address, a publication, an instrument; null where nobody said.</summary>
    public string? Source { get; init; }

    /// <summary>How its instrument's clock stands to that of the scans; null where nobody said, and they are taken to agree.</summary>
    public InstrumentClock? Clock { get; init; }

    /// <summary>
    /// When its time 0 is, in hours on the scans' clock; of a spectrum, when it was taken. Null where nobody said: then times of series and
    /// sweeps are taken to count from the scans' 0 h, and a spectrum has no place on the time axis.
    /// </summary>
    public double? StartHours { get; init; }

    /// <summary>How it is read, where the file does not say: a JSON object as <see cref="CellFileOptions"/>; null for no options.</summary>
    public string? Options { get; init; }

    /// <summary>A time of the file on the clock of the scans, hours.</summary>
    /// <param name="hours">Hours since the file's own time 0.</param>
    public double ToScans(double hours) => (StartHours ?? 0) + (Clock?.ToTrue(hours) ?? hours);
}
