using ILGPU;
using ILGPU.Runtime;

namespace DendriteViewer.Kernels.Devices;

/// <summary>
/// What a picture on a device needs while it is drawn, kept from picture to picture: a stream, buffers that grow, and page-locked memory
/// that
/// the pixels come back to. One picture at a time has it.
/// </summary>
internal sealed class DeviceFrame(ComputeDevice device, AcceleratorStream stream)
{
    private readonly DeviceBuffer?[] _buffers = new DeviceBuffer?[8];
    private PageLockedArray1D<byte>? _pixels;

    /// <summary>Where its kernel runs.</summary>
    public AcceleratorStream Stream => stream;

    /// <summary>A buffer of at least so many bytes; its contents are those of an earlier picture.</summary>
    /// <param name="slot">Which of eight.</param>
    /// <param name="bytes">How large.</param>
    public DeviceBuffer Buffer(int slot, long bytes)
    {
        if (_buffers[slot] is not { } buffer || buffer.Bytes < bytes)
        {
            _buffers[slot]?.Dispose();
            _buffers[slot] = buffer = device.Allocate(bytes);
        }

        return buffer;
    }

    /// <summary>Elements in a buffer of this frame; one that is not read where there are none.</summary>
    public ArrayView<T> Put<T>(int slot, ReadOnlySpan<T> values) where T : unmanaged
    {
        var buffer = Buffer(slot, (long)values.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        device.Write(buffer, values);
        return buffer.As<T>();
    }

    /// <summary>Queues the way back of a buffer's beginning behind this frame's kernel; call under the device's lock.</summary>
    public void Fetch(DeviceBuffer buffer, int bytes)
    {
        if (_pixels is null || _pixels.Length < bytes)
        {
            _pixels?.Dispose();
            _pixels = device.Accelerator.AllocatePageLocked1D<byte>(bytes, uninitialized: true);
        }

        buffer.View.SubView(0, bytes).CopyToCPUUnsafeAsync(stream, ref _pixels.Span[0], bytes);
    }

    /// <summary>What was fetched, once the stream was waited for.</summary>
    public ReadOnlySpan<byte> Fetched(int bytes) => _pixels!.Span[..bytes];
}
