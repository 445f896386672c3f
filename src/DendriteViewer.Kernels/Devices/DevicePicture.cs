using DendriteViewer.Kernels.Bricks;
using ILGPU;
using ILGPU.Runtime;

namespace DendriteViewer.Kernels.Devices;

/// <summary>A picture while it is drawn on a device: its frame, and the volumes that must stay there meanwhile.</summary>
internal sealed class DevicePicture : IDisposable
{
    private readonly DeviceVolumes _device;
    private readonly List<DeviceVolumes.Entered> _entered = [];
    private readonly List<object> _kept = [];
    private readonly int _width;
    private readonly int _height;

    /// <param name="device">Where.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="pixelBytes">Bytes of a pixel.</param>
    public DevicePicture(DeviceVolumes device, int width, int height, int pixelBytes)
    {
        (_device, _width, _height) = (device, width, height);
        Frame = device.Device.RentFrame();
        Target = Frame.Buffer(0, (long)width * height * pixelBytes);
    }

    /// <summary>Its stream and buffers.</summary>
    public DeviceFrame Frame { get; }

    /// <summary>Where its pixels go.</summary>
    public DeviceBuffer Target { get; }

    /// <summary>Whether every brick that the host has is on the device.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Launches its kernel; called under the device's lock.</summary>
    public Action<AcceleratorStream, KernelConfig> Launcher { get; set; } = null!;

    /// <summary>Makes a volume ready.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="mostUpload">As for <see cref="DeviceVolumes.Enter"/>.</param>
    public DeviceVolumes.Entered Enter(PagedVolume volume, long mostUpload)
    {
        var entered = _device.Enter(volume, mostUpload);
        _entered.Add(entered);
        IsComplete &= entered.IsComplete;
        return entered;
    }

    /// <summary>Holds memory until the picture is there.</summary>
    public T Keep<T>(T memory) where T : class
    {
        _kept.Add(memory);
        return memory;
    }

    /// <summary>Queues the kernel over all pixels.</summary>
    /// <param name="group">Work items of a group.</param>
    public void Launch(Index2D group) => _device.Device.Run("a kernel", () =>
    {
        Launcher(Frame.Stream, new KernelConfig(new Index2D((_width + group.X - 1) / group.X, (_height + group.Y - 1) / group.Y), group));
        return true;
    });

    /// <summary>Waits until what was launched has run.</summary>
    public void Wait() => _device.Device.Wait("a kernel", Frame.Stream);

    /// <summary>Brings the pixels back.</summary>
    public void Fetch(Span<byte> target)
    {
        var bytes = target.Length;
        _device.Device.Run("download", () =>
        {
            Frame.Fetch(Target, bytes);
            return true;
        });
        Wait();
        Frame.Fetched(bytes).CopyTo(target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var entered in _entered)
        {
            entered.Dispose();
        }

        _device.Device.Return(Frame);
        GC.KeepAlive(_kept);
    }
}
