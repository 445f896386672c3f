using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DendriteViewer.Hdf5;

// Reads one dataset of an HDF5 file for another process, by its standard streams (see Wire): libhdf5 can crash on damaged
// files, and what crashes must not be the app. DendriteViewer.Hdf5 FILE [PATH INSIDE | --spectra]
const long Base = 384L << 20, MostMetadata = 2L << 30, BytesASecond = 64L << 20;
using var input = Console.OpenStandardInput();
using var output = Console.OpenStandardOutput();
try
{
    // What describes a file is no larger than the file; then what reading its layers takes.
    H5.Load();
    var length = Limit(args[0]);
    if (args is [_, Wire.Spectra])
    {
        // Who wants more sends the name of the next file.
        for (var path = args[0]; path is not null; path = NextPath())
        {
            SendSpectra(path);
        }

        return 0;
    }

    var reader = new ScanReader(args[0], args.Length > 1 ? args[1] : null, Ask, AskAxes);
    Limits.Memory(Base + Math.Min(MostMetadata, 4 * length) + reader.MemoryBytes);
    Wire.Send(output, MessageKind.Data, JsonSerializer.SerializeToUtf8Bytes(reader.Description, Wire.Json));
    while (Wire.ReadRequest(input) is { } request)
    {
        Limits.Seconds(4 + reader.MemoryBytes / BytesASecond * 4);
        Wire.Send(output, MessageKind.Data, reader.Read(request.Frame, request.First, request.Count));
    }

    return 0;
}
catch (IOException)
{
    // Nobody listens any more.
    return 1;
}
catch (Exception e)
{
    Refuse(e);
    return 1;
}

long Limit(string path)
{
    var bytes = new FileInfo(path).Length;
    Limits.Memory(Base + Math.Min(MostMetadata, 4 * bytes));
    Limits.Seconds(3 + bytes / BytesASecond);
    return bytes;
}

void Refuse(Exception e) => Wire.Send(output, MessageKind.Error, Encoding.UTF8.GetBytes(e switch
{
    Hdf5Exception => e.Message,
    OutOfMemoryException => "it takes more memory than its size justifies; it is damaged, or its chunks are too large (h5repack makes "
        + "smaller ones).",
    _ => "it is damaged; copy it again from its source.",
}));

void SendSpectra(string path)
{
    byte[] read;
    try
    {
        Limit(path);
        read = JsonSerializer.SerializeToUtf8Bytes(new SpectrumColumns(path).Read(), Wire.Json);
    }
    catch (Exception e) when (e is not IOException)
    {
        Refuse(e);
        return;
    }

    Wire.Send(output, MessageKind.Data, read);
}

string? NextPath()
{
    try
    {
        var (_, bytes) = Wire.ReadHead(input);
        return Encoding.UTF8.GetString(Wire.ReadBytes(input, bytes));
    }
    catch (EndOfStreamException)
    {
        return null;
    }
}

string? Ask(string path)
{
    Wire.Send(output, MessageKind.Question, Encoding.UTF8.GetBytes(path));
    var (_, bytes) = Wire.ReadHead(input);
    return Encoding.UTF8.GetString(Wire.ReadBytes(input, bytes)) is { Length: > 0 } refused ? refused : null;
}

AxesAnswer AskAxes(AxesQuestion question)
{
    Wire.Send(output, MessageKind.Axes, JsonSerializer.SerializeToUtf8Bytes(question, Wire.Json));
    var (_, bytes) = Wire.ReadHead(input);
    return JsonSerializer.Deserialize<AxesAnswer>(Wire.ReadBytes(input, bytes)) ?? throw new EndOfStreamException();
}

internal static partial class Limits
{
    private const int Processor = 0, Data = 2;

    /// <summary>
    /// Processor time from now on, so that what goes round in circles ends, and a slow disk does not end it. The system ends the
    /// process when it is spent.
    /// </summary>
    public static void Seconds(long seconds) => Set(Processor, (ulong)Environment.CpuUsage.TotalTime.TotalSeconds + 1 + (ulong)seconds);

    /// <summary>Writable memory of the process, so that a damaged header cannot ask for all there is.</summary>
    public static void Memory(long bytes) => Set(Data, (ulong)bytes);

    private static void Set(int resource, ulong most)
    {
        if (OperatingSystem.IsLinux() && Get(resource, out var limit) == 0)
        {
            limit.Soft = Math.Min(most, limit.Hard);
            Set(resource, limit);
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int Get(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int Set(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
