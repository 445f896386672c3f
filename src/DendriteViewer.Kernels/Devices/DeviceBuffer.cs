using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Devices;

/// <summary>Memory of a device. What was queued before it is disposed still finds it there.</summary>
public sealed class DeviceBuffer : SafeHandle
{
    internal DeviceBuffer(nint handle, long bytes) : base(0, ownsHandle: true)
    {
        Bytes = bytes;
        SetHandle(handle);
        if (IsLeftToTheCollector)
        {
            GC.AddMemoryPressure(bytes);
        }
    }

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    // Large ones are disposed by their owners; the collector hears of the small ones, which may be left to it.
    private bool IsLeftToTheCollector => Bytes < 64 << 20;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (IsLeftToTheCollector)
        {
            GC.RemoveMemoryPressure(Bytes);
        }

        return OpenCl.ReleaseBuffer(handle) == OpenCl.Success;
    }
}
