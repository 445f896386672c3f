using ILGPU;
using ILGPU.Runtime;

namespace DendriteViewer.Kernels.Devices;

/// <summary>
/// Memory of a device. Disposed, or left to the collector, it goes back to the device, which gives it out again: freeing it at once would
/// stop
/// every kernel.
/// </summary>
internal sealed class DeviceBuffer : IDisposable
{
    private readonly ComputeDevice _device;
    private MemoryBuffer1D<byte, Stride1D.Dense>? _memory;

    internal DeviceBuffer(ComputeDevice device, MemoryBuffer1D<byte, Stride1D.Dense> memory)
    {
        (_device, _memory) = (device, memory);
        Bytes = memory.LengthInBytes;
        GC.AddMemoryPressure(Bytes);
    }

    ~DeviceBuffer() => Dispose();

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>All of it.</summary>
    public ArrayView<byte> View => _memory?.View.BaseView ?? throw new ObjectDisposedException(nameof(DeviceBuffer));

    /// <summary>All of it, as elements of another type.</summary>
    public ArrayView<T> As<T>() where T : unmanaged => View.Cast<T>();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _memory, null) is { } memory)
        {
            GC.RemoveMemoryPressure(Bytes);
            GC.SuppressFinalize(this);
            _device.TakeBack(memory);
        }
    }
}
