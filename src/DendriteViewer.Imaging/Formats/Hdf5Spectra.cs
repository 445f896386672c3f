using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Numbers along one axis of an HDF5 file.</summary>
/// <param name="Paths">Every path that leads to them inside the file.</param>
/// <param name="Unit">As the file spells it; null where it does not say.</param>
/// <param name="Values">The numbers.</param>
public sealed record Hdf5Numbers(IReadOnlyList<string> Paths, string? Unit, double[] Values);

/// <summary>One measurement of an HDF5 file: an NXentry, or the whole file where it has none.</summary>
/// <param name="Path">Inside the file.</param>
/// <param name="Mode">What its text dataset "mode" says, as NXxas has it; null where there is none.</param>
/// <param name="Signal">Path of what its NXdata shows; null where it does not say.</param>
/// <param name="Axis">Path of the axis that this lies along; null where it does not say.</param>
/// <param name="Columns">Its numbers along one axis.</param>
public sealed record Hdf5Measurement(string Path, string? Mode, string? Signal, string? Axis, IReadOnlyList<Hdf5Numbers> Columns);

/// <summary>Reads what a file of spectra holds, in a process of its own; files that it refers to are not opened.</summary>
public static class Hdf5Spectra
{
    /// <summary>The measurements of a file.</summary>
    /// <exception cref="VolumeFormatException">It cannot be read; the sentence names it.</exception>
    public static IReadOnlyList<Hdf5Measurement> Read(string path) =>
    [
        .. Hdf5Process.Spectra(path).Select(e => new Hdf5Measurement(
            e.Path, e.Mode, e.Signal, e.Axis, [.. e.Columns.Select(c => new Hdf5Numbers(c.Paths, c.Unit, c.Values))])),
    ];
}
