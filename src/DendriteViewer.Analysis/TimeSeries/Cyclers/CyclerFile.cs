using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>Reads what cyclers write.</summary>
public static class CyclerFile
{
    /// <summary>The largest file that is read, bytes.</summary>
    public static readonly long MostBytes = (long)Ranges.SeriesBytes.Most;

    // Files that are known by their first bytes and not read, with what to do.
    private static readonly (byte[] Magic, string Sentence)[] s_refused =
    [
        ("NEWARE"u8.ToArray(), "is a Neware .nda file, which is not read; export it as CSV from BTSDA"),
        ("PK\x03\x04"u8.ToArray(), "is a packed file (.xlsx or Neware .ndax), which is not read; save its table of records as CSV"),
        ([0, 1, 0, 0, .. "Standard Jet"u8], "is an Arbin .res database, which is not read; export it as CSV from MITS Pro"),
        ("PAR1"u8.ToArray(), "is a Parquet file, which is not read; save it as .bdf.csv"),
        ([0x89, .. "HDF"u8], "is an HDF5 file, which is not read as a series; save its table as CSV"),
        ([0xD0, 0xCF, 0x11, 0xE0], "is an old Excel file, which is not read; save its table as CSV"),
        ([0x1F, 0x8B], "is packed with gzip; unpack it first"),
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="MeasurementException">It cannot be read; the message names the file, the line and what to do.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static CyclerTable Read(string path, CyclerOptions? options = null)
    {
        if (!File.Exists(path))
        {
            throw new MeasurementException($"{path} does not exist; correct the path.");
        }

        return new FileInfo(path).Length > MostBytes
            ? throw new MeasurementException($"{path} is larger than {MostBytes >> 20} MiB; split it.")
            : Read(File.ReadAllBytes(path), path, options);
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">Its name, for complaints.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="MeasurementException">It cannot be read.</exception>
    public static CyclerTable Read(byte[] bytes, string file, CyclerOptions? options = null)
    {
        options ??= CyclerOptions.Default;
        RefuseOthers(bytes, file);
        var table = MprFile.Is(bytes) ? MprFile.Read(bytes, file) : ReadText(bytes, file, options);
        table = Corrections.Apply(table, options, file);
        table = UnixTimes.Check(table, options, file);
        table = TimeOfTest.Settle(table, options, file);
        return TimeScale.Check(table, options, file);
    }

    /// <summary>
    /// The columns of a file that cannot be read whole, so that whoever has it can say what they are: names, quantities and units as far as
    /// they are known or said, and values as they stand there. Nothing is checked.
    /// </summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">Its name, for complaints.</param>
    /// <param name="options">What is said of it so far.</param>
    /// <exception cref="MeasurementException">Not even its columns can be told.</exception>
    public static CyclerTable Peek(byte[] bytes, string file, CyclerOptions options)
    {
        RefuseOthers(bytes, file);
        var table = MprFile.Is(bytes) ? MprFile.Read(bytes, file) : PeekText(bytes, file, options);
        try
        {
            return Corrections.Apply(table, options, file);
        }
        catch (MeasurementException)
        {
            return table;
        }
    }

    private static CyclerTable PeekText(byte[] bytes, string file, CyclerOptions options)
    {
        var lines = Lines.Of(bytes, file);
        try
        {
            return TextTable.Read(lines, Dialect.Of(lines.All, file, options.Map), options, file);
        }
        catch (MeasurementException)
        {
            return TextTable.Read(lines, Dialect.Unknown(lines.All, file), options, file);
        }
    }

    private static CyclerTable ReadText(byte[] bytes, string file, CyclerOptions options)
    {
        var lines = Lines.Of(bytes, file);
        return TextTable.Read(lines, Dialect.Of(lines.All, file, options.Map), options, file);
    }

    private static void RefuseOthers(byte[] bytes, string file)
    {
        foreach (var (magic, sentence) in s_refused)
        {
            if (bytes.AsSpan().StartsWith(magic))
            {
                throw new MeasurementException($"{file} {sentence}.");
            }
        }

        if (bytes.Length == 0)
        {
            throw new MeasurementException($"{file} is empty; export it again.");
        }
    }
}
