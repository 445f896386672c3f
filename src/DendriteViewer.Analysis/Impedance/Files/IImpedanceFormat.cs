namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>One kind of file. It finds the rows and their units; it checks nothing that holds for all formats.</summary>
internal interface IImpedanceFormat
{
    /// <summary>Whether a file is of this kind, by its first bytes or its extension.</summary>
    bool Recognises(ImpedanceSource source);

    /// <summary>The rows of a file of this kind, in Hz and Ω, in the order of the file.</summary>
    /// <exception cref="MeasurementException">It cannot be read; the message names the file, the line and what to do.</exception>
    ImpedanceTable Read(ImpedanceSource source);
}

/// <summary>A file's name and content.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Bytes">What it holds.</param>
internal sealed record ImpedanceSource(string Path, byte[] Bytes)
{
    private string[]? _lines;

    /// <summary>Its name without folders, for messages.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Its extension in small letters, with the point.</summary>
    public string Extension => System.IO.Path.GetExtension(Path).ToLowerInvariant();

    /// <summary>Its lines: UTF-8 or UTF-16 where it says so or is valid, else Latin-1.</summary>
    public string[] Lines => _lines ??= SourceText.Lines(Bytes);

    /// <summary>An error that names the file.</summary>
    public MeasurementException Refuse(string sentence) => new($"{Name}: {sentence}");
}

/// <summary>A measured point.</summary>
/// <param name="FrequencyHz">Frequency in Hz.</param>
/// <param name="Re">Real part in Ω.</param>
/// <param name="Im">Imaginary part in Ω, with the sign that the column's name says.</param>
/// <param name="Seconds">Seconds since the file's beginning, where known.</param>
/// <param name="PerArea">Whether Re and Im are in Ω cm² instead.</param>
internal readonly record struct ImpedanceRow(double FrequencyHz, double Re, double Im, double? Seconds = null, bool PerArea = false);

/// <summary>Rows that a file keeps together: a loop, a cycle, or all there are. They may hold several sweeps still.</summary>
/// <param name="Rows">In the order of the file.</param>
internal sealed record ImpedanceBlock(IReadOnlyList<ImpedanceRow> Rows)
{
    /// <summary>Whether the file says that the measurement was stopped.</summary>
    public bool Aborted { get; init; }

    /// <summary>The instrument's clock at the block's beginning.</summary>
    public DateTime? Started { get; init; }

    /// <summary>Hours since the file's own beginning, or its series', that a comment states; null where none does.</summary>
    public double? Hours { get; init; }

    /// <summary>The frequency at which the sweep should have ended, where the file says so.</summary>
    public double? LastPlannedHz { get; init; }
}

/// <summary>What a format found.</summary>
/// <param name="Format">Its name for people.</param>
/// <param name="Blocks">In the order of the file.</param>
/// <param name="Remarks">What was guessed or left out, a sentence each.</param>
internal sealed record ImpedanceTable(string Format, IReadOnlyList<ImpedanceBlock> Blocks, IReadOnlyList<string> Remarks)
{
    /// <summary>Whether a column's name says which sign Im has, so that none is guessed.</summary>
    public bool SignIsNamed { get; init; }
}
