using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace DendriteViewer.Kernels.Devices;

/// <summary>What kind of processor a device is.</summary>
public enum ComputeKind
{
    /// <summary>A graphics processor.</summary>
    Gpu,

    /// <summary>The host's own processor, as OpenCL sees it: slower than the SIMD kernels, for tests.</summary>
    Cpu,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>A device that OpenCL offers here.</summary>
/// <param name="Id">OpenCL's handle.</param>
/// <param name="Name">Its name, as its driver gives it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="MostBufferBytes">The largest single buffer it gives.</param>
/// <param name="Units">Compute units.</param>
public sealed record ComputeDeviceInfo(nint Id, string Name, ComputeKind Kind, long MemoryBytes, long MostBufferBytes, int Units);

/// <summary>
/// A device in use: its context, a queue for kernels and one for uploads, and the programs built for it. Every status other than
/// success becomes a <see cref="ComputeException"/> here, after which the device is lost for good.
/// </summary>
public sealed unsafe class ComputeDevice : IDisposable
{
    // Drivers begin when they are first asked, and not every one can be asked by two threads then: PoCL told the second of no device.
    private static readonly Lock s_driver = new();

    private readonly nint _context;
    private readonly nint _kernels;
    private readonly nint _uploads;
    private readonly ConcurrentDictionary<(string Files, string Options), Lazy<nint>> _programs = new();
    private readonly ConcurrentDictionary<(string Files, string Options, string Name), ConcurrentBag<nint>> _idle = new();
    private int _disposed;
    private volatile bool _isLost;

    /// <summary>Takes a device into use.</summary>
    /// <exception cref="ComputeException">It refuses.</exception>
    public ComputeDevice(ComputeDeviceInfo info)
    {
        Info = info;
        var id = info.Id;
        lock (s_driver)
        {
            _context = OpenCl.CreateContext(null, 1, &id, 0, 0, out var status);
            Check(status, "context");
            _kernels = OpenCl.CreateQueue(_context, id, 0, out status);
            Check(status, "queue");
            _uploads = OpenCl.CreateQueue(_context, id, 0, out status);
            Check(status, "queue");
        }
    }

    /// <summary>What it is.</summary>
    public ComputeDeviceInfo Info { get; }

    /// <summary>Whether it failed before; every call fails from then on.</summary>
    public bool IsLost => _isLost;

    /// <summary>Every device here; none where OpenCL's loader is not installed or knows no driver.</summary>
    public static IReadOnlyList<ComputeDeviceInfo> Find()
    {
        lock (s_driver)
        {
            return FindAlone();
        }
    }

    private static IReadOnlyList<ComputeDeviceInfo> FindAlone()
    {
        if (!NativeLibrary.TryLoad(OpenCl.Library, out _) || OpenCl.GetPlatforms(0, null, out var count) != OpenCl.Success || count == 0)
        {
            return [];
        }

        var platforms = stackalloc nint[(int)count];
        OpenCl.GetPlatforms(count, platforms, out _);
        var found = new List<ComputeDeviceInfo>();
        for (var i = 0; i < count; i++)
        {
            if (OpenCl.GetDevices(platforms[i], OpenCl.TypeAll, 0, null, out var devices) != OpenCl.Success)
            {
                continue;
            }

            var ids = new nint[devices];
            fixed (nint* room = ids)
            {
                OpenCl.GetDevices(platforms[i], OpenCl.TypeAll, devices, room, out _);
            }

            found.AddRange(ids.Where(id => Number(id, OpenCl.InfoAvailable, 4) != 0).Select(Describe));
        }

        return found;
    }

    /// <summary>Gives the device up, as a failure does: every later call throws.</summary>
    public void Lose() => _isLost = true;

    /// <summary>Memory on the device.</summary>
    /// <exception cref="ComputeException">There is not so much.</exception>
    public DeviceBuffer Allocate(long bytes, bool readOnly = false)
    {
        Check(_isLost ? OpenCl.DeviceNotAvailable : OpenCl.Success, "allocation");
        bytes = Math.Max(bytes, 16);
        var handle = OpenCl.CreateBuffer(_context, readOnly ? OpenCl.MemoryReadOnly : OpenCl.MemoryReadWrite, (nuint)bytes, null, out var status);
        Check(status, $"an allocation of {bytes >> 20} MiB");
        return new DeviceBuffer(handle, bytes);
    }

    /// <summary>Memory that holds a copy.</summary>
    public DeviceBuffer Upload<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var buffer = Allocate((long)values.Length * sizeof(T), readOnly: true);
        Write(buffer, 0, values);
        return buffer;
    }

    /// <summary>Copies to the device and returns when it is there; kernels run meanwhile.</summary>
    public void Write<T>(DeviceBuffer buffer, long offset, ReadOnlySpan<T> values) where T : unmanaged
    {
        if (values.IsEmpty)
        {
            return;
        }

        fixed (T* from = values)
        {
            Check(_isLost ? OpenCl.DeviceNotAvailable : OpenCl.Write(_uploads, buffer, 1, (nuint)offset, (nuint)((long)values.Length * sizeof(T)), from, 0, null, null), "upload");
        }
    }

    /// <summary>Copies from the device once all kernels queued so far have run.</summary>
    public void Read<T>(DeviceBuffer buffer, Span<T> values) where T : unmanaged
    {
        fixed (T* to = values)
        {
            Check(_isLost ? OpenCl.DeviceNotAvailable : OpenCl.Read(_kernels, buffer, 1, 0, (nuint)((long)values.Length * sizeof(T)), to, 0, null, null), "download");
        }
    }

    /// <summary>Queues a kernel over width × height work items, in groups of 8 × 8 (64 × 1 where height is 1).</summary>
    /// <param name="files">Embedded .cl files, in the order in which the compiler reads them.</param>
    /// <param name="options">The compiler's options.</param>
    /// <param name="name">The kernel.</param>
    /// <param name="width">Work items across; those beyond, up to the next group, are the kernel's to leave out.</param>
    /// <param name="height">Work items down.</param>
    /// <param name="arguments">The kernel's first argument, by value.</param>
    /// <param name="buffers">Its other arguments.</param>
    public void Run<T>(string[] files, string options, string name, int width, int height, in T arguments, params ReadOnlySpan<DeviceBuffer> buffers) where T : unmanaged
    {
        Check(_isLost ? OpenCl.DeviceNotAvailable : OpenCl.Success, name);
        var key = (string.Join('+', files), options, name);
        var idle = _idle.GetOrAdd(key, _ => []);
        if (!idle.TryTake(out var kernel))
        {
            var program = _programs.GetOrAdd((key.Item1, options), _ => new(() => Build(files, options))).Value;
            kernel = OpenCl.CreateKernel(program, name, out var status);
            Check(status, name);
        }

        try
        {
            fixed (T* first = &arguments)
            {
                Check(OpenCl.SetArgument(kernel, 0, (nuint)sizeof(T), first), name);
            }

            for (var i = 0; i < buffers.Length; i++)
            {
                var handle = buffers[i].DangerousGetHandle();
                Check(OpenCl.SetArgument(kernel, (uint)i + 1, (nuint)sizeof(nint), &handle), name);
            }

            var local = stackalloc nuint[] { height == 1 ? 64u : 8u, height == 1 ? 1u : 8u };
            var global = stackalloc nuint[] { ((nuint)width + local[0] - 1) / local[0] * local[0], ((nuint)height + local[1] - 1) / local[1] * local[1] };
            Check(OpenCl.Run(_kernels, kernel, 2, null, global, local, 0, null, null), name);
        }
        finally
        {
            idle.Add(kernel);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        foreach (var kernel in _idle.Values.SelectMany(k => k))
        {
            OpenCl.ReleaseKernel(kernel);
        }

        foreach (var program in _programs.Values.Where(p => p.IsValueCreated))
        {
            OpenCl.ReleaseProgram(program.Value);
        }

        OpenCl.ReleaseQueue(_kernels);
        OpenCl.ReleaseQueue(_uploads);
        OpenCl.ReleaseContext(_context);
    }

    private nint Build(string[] files, string options)
    {
        // One text: the compiler reads the files as if they stood one after the other.
        var text = files.SelectMany(Source).ToArray();
        fixed (byte* from = text)
        {
            var source = from;
            var length = (nuint)text.Length;
            var program = OpenCl.CreateProgram(_context, 1, &source, &length, out var status);
            Check(status, files[^1]);
            var id = Info.Id;
            status = OpenCl.BuildProgram(program, 1, &id, $"-cl-std=CL1.2 {options}", 0, 0);
            if (status != OpenCl.Success)
            {
                _isLost = true;
                throw new ComputeException(Info.Name, files[^1], status, Log(program));
            }

            return program;
        }
    }

    private string Log(nint program)
    {
        OpenCl.GetBuildInfo(program, Info.Id, OpenCl.BuildLog, 0, null, out var size);
        var log = new byte[(int)size];
        fixed (byte* to = log)
        {
            OpenCl.GetBuildInfo(program, Info.Id, OpenCl.BuildLog, size, to, out _);
        }

        return Encoding.UTF8.GetString(log).TrimEnd('\0', '\n');
    }

    private static byte[] Source(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file) ?? throw new ArgumentException($"{file} is not among the kernels.", nameof(file));
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private void Check(int status, string during)
    {
        if (status != OpenCl.Success)
        {
            _isLost = true;
            throw new ComputeException(Info.Name, during, status);
        }
    }

    private static ComputeDeviceInfo Describe(nint id)
    {
        OpenCl.GetDeviceInfo(id, OpenCl.InfoName, 0, null, out var size);
        var name = new byte[(int)size];
        fixed (byte* to = name)
        {
            OpenCl.GetDeviceInfo(id, OpenCl.InfoName, size, to, out _);
        }

        var type = Number(id, OpenCl.InfoType, 8);
        return new ComputeDeviceInfo(
            id, Encoding.UTF8.GetString(name).TrimEnd('\0').Trim(), (type & OpenCl.TypeGpu) != 0 ? ComputeKind.Gpu : (type & OpenCl.TypeCpu) != 0 ? ComputeKind.Cpu : ComputeKind.Other,
            (long)Number(id, OpenCl.InfoMemory, 8), (long)Number(id, OpenCl.InfoMaxAllocation, 8), (int)Number(id, OpenCl.InfoMaxComputeUnits, 4));
    }

    private static ulong Number(nint id, uint info, int size)
    {
        ulong value = 0;
        return OpenCl.GetDeviceInfo(id, info, (nuint)size, &value, out _) == OpenCl.Success ? value : 0;
    }
}
