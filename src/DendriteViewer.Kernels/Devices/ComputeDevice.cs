using System.Collections.Concurrent;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace DendriteViewer.Kernels.Devices;

/// <summary>
/// A device in use: its ILGPU context, its kernels and its memory. One thread at a time compiles, launches or copies (<see cref="Run{T}"/>
/// holds the lock); waiting for a <see cref="DeviceFrame"/> is done outside it. Whatever the driver or the compiler throws becomes a
/// <see cref="ComputeException"/>, after which the device is lost for good: errors of CUDA stay, and a kernel that did not compile spoils
/// the
/// context.
/// </summary>
public sealed class ComputeDevice : IDisposable
{
    // Smaller buffers are rounded up to a power of two and used again.
    private const long MostKept = 64 << 20;

    private readonly Lock _lock = new();
    private readonly Context _context;

    // Written under the lock.
    private readonly Dictionary<MethodInfo, Delegate> _kernels = [];

    // Buffers given back, by size; taken under the lock, put by anyone. The collector puts some too, perhaps when this device is itself
    // collected:
    // stacks have nothing to finalize, as bags have.
    private readonly ConcurrentDictionary<long, ConcurrentStack<MemoryBuffer1D<byte, Stride1D.Dense>>> _idle = new();
    private readonly ConcurrentStack<DeviceFrame> _frames = [];

    // Every buffer that was allocated, so that the collector does not finalize one together with the DeviceBuffer that gives it back.
    private readonly ConcurrentDictionary<MemoryBuffer, byte> _allocated = new();
    private readonly AcceleratorStream _uploads;
    private DeviceStaging? _staging;
    private volatile bool _isLost;
    private bool _isDisposed;
    private long _bytes;

    /// <summary>Takes a device into use.</summary>
    /// <exception cref="ComputeException">It refuses.</exception>
    public ComputeDevice(ComputeDeviceInfo info)
    {
        Info = info;
        try
        {
            (_context, Accelerator) = DeviceFinder.Open(info);
            _uploads = Accelerator.CreateStream();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _context?.Dispose();
            throw new ComputeException(info.Name, "opening", ReasonOf(e), e);
        }
    }

    /// <summary>What it is.</summary>
    public ComputeDeviceInfo Info { get; }

    /// <summary>Whether it failed before; every call fails from then on.</summary>
    public bool IsLost => _isLost;

    /// <summary>Bytes of its memory that are allocated here, and the most that ever were.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The most bytes that were ever allocated.</summary>
    public long PeakBytes { get; private set; }

    internal Accelerator Accelerator { get; }

    /// <summary>Every device here, whether it can be used or not.</summary>
    public static IReadOnlyList<ComputeDeviceInfo> Find() => DeviceFinder.Find();

    /// <summary>Gives the device up, as a failure does: every later call throws.</summary>
    public void Lose() => _isLost = true;

    /// <summary>Does something with the device, alone.</summary>
    /// <param name="during">What it is called should it fail.</param>
    /// <param name="work">What is done.</param>
    internal T Run<T>(string during, Func<T> work)
    {
        lock (_lock)
        {
            ThrowIfLost(during);
            return Guard(during, work);
        }
    }

    /// <summary>Waits for the device, while others use it.</summary>
    internal void Wait(string during, AcceleratorStream stream)
    {
        ThrowIfLost(during);
        Guard(during, () =>
        {
            stream.Synchronize();
            return true;
        });
    }

    /// <summary>Memory on the device.</summary>
    internal DeviceBuffer Allocate(long bytes) => Run("allocation", () =>
    {
        bytes = bytes >= MostKept ? bytes : (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(bytes, 4096));
        if (_idle.TryGetValue(bytes, out var idle) && idle.TryPop(out var memory))
        {
            return new DeviceBuffer(this, memory);
        }

        memory = Accelerator.Allocate1D<byte>(bytes);
        _allocated[memory] = 0;
        PeakBytes = Math.Max(PeakBytes, Interlocked.Add(ref _bytes, bytes));
        return new DeviceBuffer(this, memory);
    });

    /// <summary>Memory that holds a copy.</summary>
    internal DeviceBuffer Upload<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var buffer = Allocate((long)values.Length * Unsafe.SizeOf<T>());
        Write(buffer, values);
        return buffer;
    }

    /// <summary>Copies to the beginning of a buffer and returns when it is there; kernels run meanwhile.</summary>
    internal unsafe void Write<T>(DeviceBuffer buffer, ReadOnlySpan<T> values) where T : unmanaged
    {
        if (values.IsEmpty)
        {
            return;
        }

        // The span cannot be taken into the lambda, its pinned address can.
        fixed (T* from = values)
        {
            var (address, length) = ((nint)from, values.Length);
            Run("upload", () =>
            {
                buffer.As<T>().SubView(0, length).CopyFromCPU(_uploads, new ReadOnlySpan<T>((void*)address, length));
                _uploads.Synchronize();
                return true;
            });
        }
    }

    /// <summary>Copies many pieces into a buffer and returns when they are there; kernels run meanwhile.</summary>
    internal void Write(DeviceBuffer buffer, IReadOnlyList<(byte[] Data, long Offset)> pieces) => Run("upload", () =>
    {
        (_staging ??= new DeviceStaging(Accelerator)).Copy(buffer.View, pieces);
        return true;
    });

    /// <summary>Copies the beginning of a buffer once all that was launched has run.</summary>
    internal unsafe void Read<T>(DeviceBuffer buffer, Span<T> values) where T : unmanaged
    {
        fixed (T* to = values)
        {
            var (address, length) = ((nint)to, values.Length);
            Run("download", () =>
            {
                Accelerator.Synchronize();
                buffer.As<T>().SubView(0, length).CopyToCPU(_uploads, new Span<T>((void*)address, length));
                _uploads.Synchronize();
                return true;
            });
        }
    }

    /// <summary>A kernel compiled for this device; call under <see cref="Run{T}"/>.</summary>
    /// <param name="method">The kernel.</param>
    /// <param name="load">Loads it, where it was not yet.</param>
    internal TLauncher Kernel<TLauncher>(MethodInfo method, Func<Accelerator, TLauncher> load) where TLauncher : Delegate
    {
        if (!_kernels.TryGetValue(method, out var launcher))
        {
            _kernels[method] = launcher = load(Accelerator);
        }

        return (TLauncher)launcher;
    }

    /// <summary>What one picture needs besides: a stream, its pixels, and small buffers. Give it back when the picture is there.</summary>
    internal DeviceFrame RentFrame() => _frames.TryPop(out var frame) ? frame
        : Run("allocation", () => new DeviceFrame(this, Accelerator.CreateStream()));

    internal void Return(DeviceFrame frame) => _frames.Push(frame);

    internal void TakeBack(MemoryBuffer1D<byte, Stride1D.Dense> memory)
    {
        if (memory.LengthInBytes < MostKept)
        {
            _idle.GetOrAdd(memory.LengthInBytes, _ => []).Push(memory);
            return;
        }

        lock (_lock)
        {
            if (!_isDisposed && !_isLost)
            {
                _allocated.TryRemove(memory, out _);
                memory.Dispose();
                Interlocked.Add(ref _bytes, -memory.LengthInBytes);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            (_isDisposed, _isLost) = (true, true);
            try
            {
                _staging?.Dispose();
                Accelerator.Dispose();
                _context.Dispose();
            }
            catch (Exception e) when (e is AcceleratorException or InvalidOperationException)
            {
                // After an error of CUDA everything fails, giving memory back too; the driver takes it when the process ends.
            }
        }
    }

    private void ThrowIfLost(string during)
    {
        if (_isLost)
        {
            throw new ComputeException(Info.Name, during, "the device was given up before");
        }
    }

    private T Guard<T>(string during, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is not (ComputeException or ArgumentException or OutOfMemoryException))
        {
            _isLost = true;
            throw new ComputeException(Info.Name, during, ReasonOf(e), e);
        }
    }

    // The innermost exception says what happened; the outer ones say that something did.
    private static string ReasonOf(Exception e)
    {
        var inner = e;
        while (inner.InnerException is { } next)
        {
            inner = next;
        }

        return inner switch
        {
            CLException cl => cl.Error.ToString(),
            CudaException cuda => $"{cuda.Error}, {cuda.Message}",
            _ => inner.Message.Split('\n')[0].TrimEnd('.', '\r'),
        };
    }
}
