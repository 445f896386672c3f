using System.Diagnostics;
using System.Text;
using System.Text.Json;
using DendriteViewer.Hdf5;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>A process that reads one dataset of an HDF5 file, and is killed when it takes longer than its work justifies.</summary>
internal sealed class Hdf5Process : IDisposable
{
    // What to wait for a description, or for a layer, which may lie on a slow file server. What takes the processor longer than
    // its work justifies ends before (Limits, in the program).
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private string _path;
    private readonly Process _process;
    private readonly Stream _from, _to;
    private bool _waitedTooLong;

    /// <exception cref="VolumeFormatException">The file cannot be read; the sentence names it.</exception>
    public Hdf5Process(string path, string? inside, Func<string, string> confine)
        : this(path, inside)
    {
        try
        {
            Description = Answer<Hdf5Description>(confine);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private Hdf5Process(string path, string? argument)
    {
        _path = path;
        var program = typeof(Wire).Assembly.Location;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(path)),
        };

        // Where this process is run by dotnet itself, by the same.
        if (Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet")
        {
            start.FileName = self;
        }

        start.ArgumentList.Add(program);
        start.ArgumentList.Add(Path.GetFullPath(path));
        if (argument is not null)
        {
            start.ArgumentList.Add(argument);
        }

        // Files on shares that cannot be locked are read all the same; no environment says where else files may lie.
        start.Environment["HDF5_USE_FILE_LOCKING"] = "FALSE";
        start.Environment["DOTNET_TieredCompilation"] = "1";

        // It is killed when it is done, and would leave its pipes for debuggers behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var name in (ReadOnlySpan<string>)["HDF5_EXT_PREFIX", "HDF5_VDS_PREFIX", "HDF5_EXTFILE_PREFIX", "DOTNET_gcServer"])
        {
            start.Environment.Remove(name);
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        (_from, _to) = (_process.StandardOutput.BaseStream, _process.StandardInput.BaseStream);
    }

    public Hdf5Description Description { get; } = null!;

    /// <summary>The measurements of a file of spectra. No other file is opened for them.</summary>
    /// <exception cref="VolumeFormatException">The file cannot be read; the sentence names it.</exception>
    public static Hdf5Entry[] Spectra(string path)
    {
        using var process = OfSpectra(path);
        return process.NextSpectra(null);
    }

    /// <summary>A process that reads spectra of one file after another, the first first.</summary>
    public static Hdf5Process OfSpectra(string path) => new(path, Wire.Spectra);

    /// <summary>The measurements of the file that it was started with, or of the next one.</summary>
    /// <param name="path">The next file; null for the first.</param>
    /// <exception cref="VolumeFormatException">The file cannot be read; the sentence names it.</exception>
    public Hdf5Entry[] NextSpectra(string? path)
    {
        if (path is not null)
        {
            _path = path;
            Guarded(() => Wire.Send(_to, MessageKind.Data, Encoding.UTF8.GetBytes(Path.GetFullPath(path))));
        }

        return Answer<Hdf5Entry[]>(_ => throw new VolumeFormatException("it refers to other files; write one file without them."));
    }

    /// <summary>Whether it did not answer, and so has ended or cannot be relied on any more.</summary>
    public bool HasBroken { get; private set; }

    /// <summary>Asks for slices, to be read later.</summary>
    public void Ask(long frame, long first, long count) => Guarded(() => Wire.Ask(_to, frame, first, count));

    /// <summary>Reads what was asked for first.</summary>
    public void Read(Span<byte> target)
    {
        using var patience = Watch();
        try
        {
            Head(target.Length);
            _from.ReadExactly(target);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw Gone(e);
        }
    }

    /// <summary>Leaves out what was asked for first.</summary>
    public void Skip(long bytes) => Guarded(() =>
    {
        Head(bytes);
        var buffer = new byte[1 << 16];
        while (bytes > 0)
        {
            var n = (int)Math.Min(buffer.Length, bytes);
            _from.ReadExactly(buffer, 0, n);
            bytes -= n;
        }
    });

    public void Dispose()
    {
        // It holds nothing that a kill could leave half done.
        Kill();
        _process.Dispose();
    }

    private T Answer<T>(Func<string, string> confine)
    {
        using var patience = Watch();
        try
        {
            while (true)
            {
                var (kind, bytes) = Wire.ReadHead(_from);
                var content = Wire.ReadBytes(_from, bytes);
                switch (kind)
                {
                    case MessageKind.Data:
                        return JsonSerializer.Deserialize<T>(content, Wire.Json) ?? throw new InvalidDataException();
                    case MessageKind.Question:
                        Wire.Send(_to, MessageKind.Data, Encoding.UTF8.GetBytes(Refusal(Encoding.UTF8.GetString(content), confine)));
                        break;
                    case MessageKind.Axes:
                        var question = JsonSerializer.Deserialize<AxesQuestion>(content) ?? throw new InvalidDataException();
                        Wire.Send(_to, MessageKind.Data, JsonSerializer.SerializeToUtf8Bytes(Hdf5Axes.Of(_path, question), Wire.Json));
                        break;
                    default:
                        throw new VolumeFormatException($"{_path}: {Encoding.UTF8.GetString(content)}");
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException)
        {
            throw Gone(e);
        }
    }

    private static string Refusal(string path, Func<string, string> confine)
    {
        try
        {
            confine(path);
            return "";
        }
        catch (Exception e) when (e is VolumeFormatException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private void Head(long wanted)
    {
        var (kind, bytes) = Wire.ReadHead(_from);
        if (kind == MessageKind.Error)
        {
            throw new VolumeFormatException($"{_path}: {Encoding.UTF8.GetString(Wire.ReadBytes(_from, bytes))}");
        }

        if (kind != MessageKind.Data || bytes != wanted)
        {
            throw new InvalidDataException();
        }
    }

    private void Guarded(Action work)
    {
        using var patience = Watch();
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw Gone(e);
        }
    }

    private ITimer Watch() => TimeProvider.System.CreateTimer(
        _ =>
        {
            _waitedTooLong = true;
            Kill();
        },
        null, Patience, Timeout.InfiniteTimeSpan);

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It is gone already.
        }
    }

    private VolumeFormatException Gone(Exception e)
    {
        HasBroken = true;
        return new(
            _waitedTooLong ? $"{_path} was not read within {Patience.TotalSeconds:0} s; it is damaged, or its disk does not answer."
                : $"{_path} made libhdf5 fail; it is damaged, copy it again from its source.", e);
    }
}
