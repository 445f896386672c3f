namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>A table of numbers as a file has it, before it is known which column is µ.</summary>
internal sealed record SpectrumTable
{
    /// <summary>What the file was read as, for people.</summary>
    public required string Format { get; init; }

    /// <summary>Names of the columns; empty where the file names none.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The numbers, a column at a time.</summary>
    public required double[][] Columns { get; init; }

    /// <summary>Unit of each column, where the file says; lower case.</summary>
    public IReadOnlyList<string> Units { get; init; } = [];

    /// <summary>Which column is the energy, where the format says; null to go by names.</summary>
    public int? Energy { get; init; }

    /// <summary>Whether that column is a Bragg angle in degrees.</summary>
    public bool IsAngle { get; init; }

    /// <summary>Spacing of the monochromator's planes in Å, where the file says.</summary>
    public double? SpacingAngstrom { get; init; }

    /// <summary>How µ was measured, where the file says.</summary>
    public AbsorptionMode Mode { get; init; }

    /// <summary>Which scan of the file this is, where it has several.</summary>
    public string? Scan { get; init; }

    /// <summary>What the reader has to say.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
