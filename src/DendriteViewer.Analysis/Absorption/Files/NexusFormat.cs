using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>
/// NeXus NXxas (<see href="https://manual.nexusformat.org/classes/applications/NXxas.html"/>) and other HDF5 with an energy and numbers
/// along it: energy, absorbed_beam and incoming_beam, and the text "mode" that says what µ is of them. Where an NXdata shows something
/// else, µ is that. Columns are named by the shortest ends of their paths that differ.
/// </summary>
internal static class NexusFormat
{
    private const string Absorbed = "absorbed_beam", Incoming = "incoming_beam";

    /// <summary>A table a measurement that has an energy.</summary>
    /// <exception cref="MeasurementException">The file cannot be read, or no measurement has an energy.</exception>
    public static IReadOnlyList<SpectrumTable> Read(SpectrumSource source)
    {
        var entries = Entries(source);
        var tables = entries.Select(e => Of(e, entries.Count > 1)).OfType<SpectrumTable>().ToArray();
        return tables.Length > 0 ? tables
            : throw source.Refuse(entries.SelectMany(e => e.Columns).Take(12).Select(c => c.Paths[0]).ToArray() is { Length: > 0 } names
                ? $"It has no energy with numbers along it; of one axis it has {string.Join(", ", names)}. Export the spectrum as XDI or "
                    + "as two columns of text."
                : "It holds no numbers along one axis; export the spectrum as XDI or as two columns of text.");
    }

    // libhdf5 reads files and no bytes.
    private static IReadOnlyList<Hdf5Measurement> Entries(SpectrumSource source)
    {
        var path = Path.Combine(Path.GetTempPath(), $"spectra-{Guid.NewGuid():N}.h5");
        try
        {
            File.WriteAllBytes(path, source.Bytes);
            return Hdf5Spectra.Read(path);
        }
        catch (VolumeFormatException e)
        {
            throw new MeasurementException(e.Message.Replace(path, source.Name, StringComparison.Ordinal), e);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static SpectrumTable? Of(Hdf5Measurement entry, bool isOneOfSeveral)
    {
        var energy = EnergyOf(entry);
        if (energy is null)
        {
            return null;
        }

        var others = entry.Columns.Where(c => c != energy && c.Values.Length == energy.Values.Length).ToArray();
        var (mu, mode, remark) = MuOf(entry, others);
        var labels = Labels([energy, .. others]);
        Hdf5Numbers[] columns = [energy, .. others];
        return others.Length == 0 ? null : new()
        {
            Format = "NeXus", Scan = isOneOfSeveral ? entry.Path.TrimStart('/') : null, Energy = 0, Mode = mode,
            Labels = mu is null ? ["energy", .. labels[1..]] : ["energy", "mu", .. labels[1..]],
            Columns = [energy.Values, .. mu is null ? [] : new[] { mu }, .. others.Select(c => c.Values)],
            Units = [.. Enumerable.Repeat("", 1 + others.Length + (mu is null ? 0 : 1)).Select((u, i) =>
                i == 0 ? columns[0].Unit?.Trim().ToLowerInvariant() ?? "" : u)],
            Remarks = remark is null ? [] : [remark],
        };
    }

    private static Hdf5Numbers? EnergyOf(Hdf5Measurement entry)
    {
        bool IsCalled(Hdf5Numbers c, string end) => c.Paths.Any(p => p.EndsWith(end, StringComparison.OrdinalIgnoreCase));
        var axis = entry.Columns.FirstOrDefault(c => c.Paths.Contains(entry.Axis));
        return axis is not null && axis.Paths.Any(p => Last(p).Contains("energy", StringComparison.OrdinalIgnoreCase)) ? axis
            : entry.Columns.FirstOrDefault(c => IsCalled(c, "/data/energy")) ?? entry.Columns.FirstOrDefault(c => IsCalled(c, "/energy"));
    }

    private static (double[]? Mu, AbsorptionMode Mode, string? Remark) MuOf(Hdf5Measurement entry, Hdf5Numbers[] others)
    {
        Hdf5Numbers? Beam(string name) => others.FirstOrDefault(c => c.Paths.Any(p =>
            Last(p) == name || p.EndsWith($"/{name}/data", StringComparison.OrdinalIgnoreCase)));
        var mode = ModeOf(entry.Mode);
        var (absorbed, incoming) = (Beam(Absorbed), Beam(Incoming));
        if (absorbed is not null && incoming is not null && mode != AbsorptionMode.Unknown)
        {
            var isLog = mode == AbsorptionMode.Transmission;
            return ([.. absorbed.Values.Zip(incoming.Values, (a, i) => isLog ? Math.Log(i / a) : a / i)], mode,
                $"µ is {(isLog ? $"ln({Incoming}/{Absorbed})" : $"{Absorbed}/{Incoming}")}, since its mode is {entry.Mode!.Trim()}.");
        }

        var signal = others.FirstOrDefault(c => c.Paths.Contains(entry.Signal));
        return signal is null || signal == absorbed ? (null, mode, null)
            : (signal.Values, mode, $"µ is {entry.Signal}, which its NXdata shows.");
    }

    private static AbsorptionMode ModeOf(string? text) => text?.ToUpperInvariant() switch
    {
        { } t when t.Contains("TRANSMISSION", StringComparison.Ordinal) => AbsorptionMode.Transmission,
        { } t when t.Contains("FLUORESCENCE", StringComparison.Ordinal) || t is "TFY" or "PFY" => AbsorptionMode.Fluorescence,
        { } t when t.Contains("ELECTRON", StringComparison.Ordinal) || t is "TEY" or "PEY" => AbsorptionMode.ElectronYield,
        _ => AbsorptionMode.Unknown,
    };

    // "data" of "absorbed_beam" is told from "data" of another by as much of the path as that takes.
    private static string[] Labels(Hdf5Numbers[] columns) =>
    [
        .. columns.Select(c =>
        {
            var parts = c.Paths.MinBy(p => p.Length)!.Split('/', StringSplitOptions.RemoveEmptyEntries);
            return Enumerable.Range(1, parts.Length).Select(n => string.Join('/', parts[^n..])).FirstOrDefault(
                end => columns.Count(o => ("/" + o.Paths.MinBy(p => p.Length)!).EndsWith("/" + end, StringComparison.Ordinal)) == 1)
                ?? string.Join('/', parts);
        }),
    ];

    private static string Last(string path) => path[(path.LastIndexOf('/') + 1)..];
}
