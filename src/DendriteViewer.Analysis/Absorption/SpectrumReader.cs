using DendriteViewer.Analysis.Absorption.Files;

namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// Reads spectra: two columns of text, XDI, Athena's projects, NeXus NXxas, Photon Factory 9809, SSRL, CLS, SPEC, SLS PHOENIX and other
/// beamlines' tables. A file may hold several spectra; <c>PATH#NAME</c> names one of an Athena project by its label, one of a SPEC file by
/// its scan, one of a NeXus file by its entry.
/// </summary>
public static class SpectrumReader
{
    /// <summary>Bytes of a file, and of what it unpacks to, at most.</summary>
    public const int MostBytes = SpectrumSource.MostBytes;

    // In this order; the last takes any table.
    private static readonly ITableFormat[] s_formats =
        [new XdiFormat(), new PhotonFactoryFormat(), new SsrlFormat(), new ClsFormat(), new SpecFormat(), new PlainFormat()];

    /// <summary>Reads one spectrum.</summary>
    /// <param name="path">Its file, with <c>#NAME</c> behind it where the file has several. The spectrum is named by this text.</param>
    /// <param name="column">Which column µ is, or what it is of the columns, such as <c>ln(i0/it)</c>; null to go by names.</param>
    /// <param name="isColumnOptional">Whether files that leave no choice, projects and two columns, may lack that column.</param>
    /// <exception cref="MeasurementException">It cannot be read; the message names the file and the remedy.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static Spectrum Read(string path, string? column = null, bool isColumnOptional = false)
    {
        var (file, name) = Part(path);
        var source = new SpectrumSource(file, ReadBytes(file));
        var leftOut = new List<string>();
        var found = ReadAll(source, column, isColumnOptional, leftOut);
        var wanted = name is null ? found : [.. found.Where(s => NameIn(s) == name.Trim())];
        return wanted switch
        {
            [var only] => only.Named(path),
            [] when leftOut.Find(r => r.StartsWith($"{source.Name}#{name!.Trim()} ", StringComparison.Ordinal)) is { } reason =>
                throw new MeasurementException(reason),
            [] => throw source.Refuse(found is [var single] && NameIn(single) is null ? "It holds one spectrum, which has no name; leave "
                + "# and what follows out." : $"It has no spectrum {name}; it has {Listed(found)}{Others(leftOut)}."),
            _ => throw source.Refuse(name is null
                ? $"It holds {found.Count} spectra; name one, as PATH#NAME, of {Listed(found)}{Others(leftOut)}."
                : $"It has {wanted.Count} spectra named {name}; rename them."),
        };
    }

    /// <summary>Reads all spectra of a file.</summary>
    /// <param name="path">Its name, which messages and the spectra's names begin with.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="column">As in <see cref="Read"/>.</param>
    /// <exception cref="MeasurementException">As in <see cref="Read"/>.</exception>
    public static IReadOnlyList<Spectrum> ReadAll(string path, byte[] bytes, string? column = null) =>
        ReadAll(new SpectrumSource(path, bytes), column, isColumnOptional: false, []);

    /// <summary>
    /// Names of the columns of a file's first table, to choose µ from; none where it has no names or leaves no choice, as projects and
    /// tables of two columns.
    /// </summary>
    /// <param name="path">Its name, which messages begin with.</param>
    /// <param name="bytes">Its content.</param>
    /// <exception cref="MeasurementException">It holds no table.</exception>
    public static IReadOnlyList<string> Columns(string path, byte[] bytes)
    {
        var source = new SpectrumSource(path, bytes);
        return (source.IsHdf5 || !AthenaProject.Recognises(source)) && TablesOf(source) is [{ Columns.Length: > 2 } table, ..]
            ? table.Labels : [];
    }

    private static IReadOnlyList<Spectrum> ReadAll(SpectrumSource source, string? column, bool isColumnOptional, List<string> leftOut)
    {
        if (!source.IsHdf5 && AthenaProject.Recognises(source))
        {
            return column is null || isColumnOptional ? AthenaProject.Read(source, leftOut)
                : throw source.Refuse("It is an Athena project and has no columns to name; name a spectrum of it, as PATH#NAME.");
        }

        // Of several scans those that are spectra: alignment scans of motors stand among them.
        var spectra = new List<Spectrum>();
        MeasurementException? first = null;
        foreach (var table in TablesOf(source))
        {
            try
            {
                spectra.Add(ColumnChoice.Of(source, table, isColumnOptional && table.Columns.Length == 2 ? null : column));
            }
            catch (MeasurementException e)
            {
                first ??= e;
                leftOut.Add(e.Message);
            }
        }

        return spectra.Count > 0 ? spectra : throw first!;
    }

    private static IReadOnlyList<SpectrumTable> TablesOf(SpectrumSource source) =>
        source.IsHdf5 ? NexusFormat.Read(source) : s_formats.First(f => f.Recognises(source)).Read(source);

    // What stands behind # in the name that a file of several gives its spectra.
    private static string? NameIn(Spectrum spectrum) =>
        spectrum.Name.IndexOf('#', StringComparison.Ordinal) is >= 0 and var at ? spectrum.Name[(at + 1)..] : null;

    private static string Others(List<string> leftOut) =>
        leftOut.Count == 0 ? "" : $"; {leftOut.Count} more cannot be read as spectra";

    private static string Listed(IReadOnlyList<Spectrum> spectra) =>
        string.Join(", ", spectra.Take(40).Select(NameIn)) + (spectra.Count > 40 ? $" and {spectra.Count - 40} more" : "");

    private static (string File, string? Name) Part(string path)
    {
        var at = path.IndexOf('#', StringComparison.Ordinal);
        return at <= 0 || File.Exists(path) ? (path, null) : (path[..at], path[(at + 1)..]);
    }

    private static byte[] ReadBytes(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > SpectrumSource.MostBytes)
        {
            throw new MeasurementException($"{Path.GetFileName(path)} has {stream.Length >> 20} MiB; a file of spectra has "
                + $"{SpectrumSource.MostBytes >> 20} MiB at most.");
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
