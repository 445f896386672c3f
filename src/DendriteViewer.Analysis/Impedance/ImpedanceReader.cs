using System.Globalization;
using DendriteViewer.Analysis.Impedance.Files;

namespace DendriteViewer.Analysis.Impedance;

/// <summary>Which sign the imaginary column has.</summary>
public enum ImaginarySign
{
    /// <summary>Turned where most points of the lower half of the frequencies lie above 0.</summary>
    Automatic,

    /// <summary>As the file has it.</summary>
    AsRead,

    /// <summary>The opposite of what the file has.</summary>
    Turned,
}

/// <summary>
/// Reads files of impedance spectra. A format only finds rows (<see cref="IImpedanceFormat"/>); what a sweep must be, where sweeps part and
/// which sign Im has is decided in <see cref="SweepChecks"/>, for all formats alike.
/// </summary>
public static class ImpedanceReader
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const long MostBytes = 256L << 20;

    // In this order; the last takes any text.
    private static readonly IImpedanceFormat[] s_formats =
    [
        new ForeignFormats(), new MprFormat(), new ZPlotFormat(), new BioLogicFormat(), new GamryFormat(), new VersaStudioFormat(),
        new IviumFormat(), new PalmSensFormat(), new AutolabFraFormat(), new P00Format(), new DelimitedFormat(),
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="sign">Which sign its imaginary column has.</param>
    /// <param name="areaCm2">Area of the electrode in cm², which columns in Ω cm² are divided by.</param>
    /// <exception cref="MeasurementException">It is no such file, or none of its sweeps can be used; the message names it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ImpedanceFile Read(string path, ImaginarySign sign = ImaginarySign.Automatic, double? areaCm2 = null)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > MostBytes)
        {
            throw new MeasurementException($"{Path.GetFileName(path)} has {stream.Length >> 20} MiB; "
                + $"a file of impedance spectra has {MostBytes >> 20} MiB at most. Export fewer sweeps.");
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Read(path, bytes, sign, areaCm2);
    }

    /// <summary>Reads what a file holds.</summary>
    /// <param name="path">Its name: messages name it, and its extension helps to tell the format.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="sign">Which sign its imaginary column has.</param>
    /// <param name="areaCm2">Area of the electrode in cm².</param>
    /// <exception cref="MeasurementException">As above.</exception>
    public static ImpedanceFile Read(
        string path, byte[] bytes, ImaginarySign sign = ImaginarySign.Automatic, double? areaCm2 = null)
    {
        var source = new ImpedanceSource(path, bytes);
        var format = s_formats.First(f => f.Recognises(source));
        return SweepChecks.Check(source, InOhm(source, format.Read(source), areaCm2), sign);
    }

    // Circuits are fitted in Ω; what is in Ω cm² needs the area.
    private static ImpedanceTable InOhm(ImpedanceSource source, ImpedanceTable table, double? areaCm2)
    {
        if (!table.Blocks.Any(b => b.Rows.Any(r => r.PerArea)))
        {
            return table;
        }

        var area = areaCm2 ?? throw source.Refuse("Its impedance is in Ω cm²; give the electrode's area in cm² to get Ω (--area-cm2).");
        return table with
        {
            Blocks = [.. table.Blocks.Select(b => b with
            {
                Rows = [.. b.Rows.Select(r => r.PerArea ? r with { Re = r.Re / area, Im = r.Im / area, PerArea = false } : r)],
            })],
            Remarks = [.. table.Remarks,
                string.Create(CultureInfo.InvariantCulture, $"Its impedance is in Ω cm²; it was divided by {area:0.######} cm² to get Ω.")],
        };
    }
}
