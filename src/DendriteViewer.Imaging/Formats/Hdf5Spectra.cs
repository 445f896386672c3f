using DendriteViewer.Hdf5;
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
    [ThreadStatic]
    private static Shared? t_shared;

    /// <summary>The measurements of a file.</summary>
    /// <exception cref="VolumeFormatException">It cannot be read; the sentence names it.</exception>
    public static IReadOnlyList<Hdf5Measurement> Read(string path) =>
        Of(t_shared is { } shared ? shared.Read(path) : Hdf5Process.Spectra(path));

    /// <summary>
    /// Has one process read all files of this thread until it is disposed, which takes a hundredth of the time. It is for tests that read
    /// thousands of damaged files: a process a file is what keeps one that is damaged from changing what is read of another.
    /// </summary>
    internal static IDisposable OneProcess() => t_shared = new Shared();

    private static IReadOnlyList<Hdf5Measurement> Of(Hdf5Entry[] entries) =>
    [
        .. entries.Select(e => new Hdf5Measurement(
            e.Path, e.Mode, e.Signal, e.Axis, [.. e.Columns.Select(c => new Hdf5Numbers(c.Paths, c.Unit, c.Values))])),
    ];

    private sealed class Shared : IDisposable
    {
        private Hdf5Process? _process;

        public Hdf5Entry[] Read(string path)
        {
            var isNew = _process is null;
            _process ??= Hdf5Process.OfSpectra(path);
            try
            {
                return _process.NextSpectra(isNew ? null : path);
            }
            finally
            {
                // The next file is read by another process than one that this file brought down.
                if (_process.HasBroken)
                {
                    _process.Dispose();
                    _process = null;
                }
            }
        }

        public void Dispose()
        {
            _process?.Dispose();
            t_shared = null;
        }
    }
}
