namespace DendriteViewer.Analysis.Absorption;

/// <summary>When a spectrum was taken of a cell.</summary>
public enum SpectrumMoment
{
    /// <summary>Before the first scan.</summary>
    Before,

    /// <summary>At an hour on the scans' clock.</summary>
    During,

    /// <summary>After the last scan.</summary>
    After,
}

/// <summary>What people say of a file of spectra, where it does not itself; null is not said.</summary>
public sealed record SpectrumDescription
{
    /// <summary>How µ was measured.</summary>
    public AbsorptionMode? Mode { get; init; }

    /// <summary>Whether the absorber is dilute, so that self-absorption does not count.</summary>
    public bool? Dilute { get; init; }

    /// <summary>The element and edge, as "S K".</summary>
    public string? Edge { get; init; }

    /// <summary>When it was taken; the hour of one taken during the experiment is the file's.</summary>
    public SpectrumMoment? Moment { get; init; }

    /// <summary>The description, if every text is short and on one line.</summary>
    /// <exception cref="Imaging.Bounds.OutOfRangeException">One is not.</exception>
    public SpectrumDescription Checked() =>
        (Edge is null || (Edge.Length is > 0 and <= 12 && Edge.All(c => char.IsAsciiLetterOrDigit(c) || c == ' ')))
        && (Mode is not { } mode || Enum.IsDefined(mode)) && (Moment is not { } moment || Enum.IsDefined(moment))
            ? this : throw new Imaging.Bounds.OutOfRangeException("The edge is an element and a shell, as S K, in 12 letters at most.");
}
