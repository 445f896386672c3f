using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>Where pictures may be drawn.</summary>
public enum DeviceChoice
{
    /// <summary>On every graphics processor that OpenCL finds; without one on the CPU.</summary>
    Auto,

    /// <summary>By the CPU's own vector kernels.</summary>
    Cpu,

    /// <summary>On every OpenCL device, also one that is the CPU: to try the kernels where there is no graphics processor.</summary>
    OpenCl,
}

/// <summary>
/// The devices that draw. A volume keeps to the device that it was first drawn on, so that its bricks are there once; a new one goes to
/// the device with the most room. A device that fails is given up, <see cref="Notice"/> says so, and whatever it would have drawn is
/// drawn elsewhere.
/// </summary>
public sealed class RenderDevices : IDisposable
{
    private static readonly Meter s_meter = new("DendriteViewer.Devices");
    private static readonly Counter<long> s_lost = s_meter.CreateCounter<long>(
        "dendrite.devices.lost", "{device}", "Devices that failed while they drew.");

    // The rest is for pictures, tables and whoever else uses the device.
    private const double MostShare = 0.8;
    private const long UsualBytes = 4L << 30;

    private readonly ConcurrentDictionary<string, DeviceVolumes> _homes = new();
    private volatile DeviceVolumes[] _devices;
    private volatile string? _notice;

    /// <param name="choice">Which.</param>
    /// <param name="mostBytes">Memory for bricks on each, at most; a device mirrors the host's bricks, so more than those take is of no use.</param>
    public RenderDevices(DeviceChoice choice, long mostBytes = UsualBytes)
        : this(choice == DeviceChoice.Cpu ? [] : ComputeDevice.Find().Where(d => choice == DeviceChoice.OpenCl || d.Kind == ComputeKind.Gpu), mostBytes)
    {
    }

    internal RenderDevices(IEnumerable<ComputeDeviceInfo> found, long mostBytes)
    {
        var devices = new List<DeviceVolumes>();
        foreach (var info in found)
        {
            try
            {
                devices.Add(new DeviceVolumes(new ComputeDevice(info), Math.Min(mostBytes, (long)(info.MemoryBytes * MostShare))));
            }
            catch (ComputeException e)
            {
                _notice = NoticeOf(e, devices.Count);
            }
        }

        _devices = [.. devices];
    }

    /// <summary>The CPU alone.</summary>
    public static RenderDevices Cpu { get; } = new(DeviceChoice.Cpu);

    /// <summary>The devices in use, by name; the CPU's kernels where there is none.</summary>
    public IReadOnlyList<string> Names => _devices is { Length: > 0 } devices ? [.. devices.Select(d => d.Device.Info.Name)] : [$"CPU {Packets.InstructionSet}"];

    /// <summary>What was lost and who draws instead, one sentence; null where all is well.</summary>
    public string? Notice => _notice;

    /// <summary>Raised when a device is lost, with the notice.</summary>
    public event Action<string>? Lost;

    /// <summary>Bytes of bricks that a picture of a volume may have where it is drawn; null where that is the CPU.</summary>
    public long? BudgetFor(string volume) => HomeOf(volume)?.BudgetBytes;

    /// <summary>Bytes of bricks on all devices.</summary>
    public long Bytes => _devices.Sum(d => d.Bytes);

    /// <summary>Draws on the volume's device. False where there is none, it was just lost, or the callback would rather have the CPU.</summary>
    public bool TryDraw(string volume, Func<DeviceVolumes, bool> draw)
    {
        while (HomeOf(volume) is { } device)
        {
            try
            {
                return draw(device);
            }
            catch (ComputeException e)
            {
                GiveUp(device, e);
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var device in _devices)
        {
            device.Dispose();
        }

        _devices = [];
    }

    private DeviceVolumes? HomeOf(string volume)
    {
        var devices = _devices;
        if (devices.Length == 0)
        {
            return null;
        }

        if (_homes.TryGetValue(volume, out var home) && devices.Contains(home))
        {
            return home;
        }

        return _homes[volume] = devices.MinBy(d => (d.Bytes - d.BudgetBytes, _homes.Values.Count(h => h == d)))!;
    }

    private void GiveUp(DeviceVolumes device, ComputeException e)
    {
        lock (_homes)
        {
            // Several pictures may fail on it at once. Others may still be reading from it, so it is left to the collector.
            if (!_devices.Contains(device))
            {
                return;
            }

            _devices = [.. _devices.Where(d => d != device)];
            _notice = NoticeOf(e, _devices.Length);
            s_lost.Add(1);
        }

        Lost?.Invoke(_notice);
    }

    private static string NoticeOf(ComputeException e, int left) =>
        $"{e.Message.Split(Environment.NewLine)[0]} {(left > 0 ? "Other devices draw" : "The CPU draws")} until the server is started again.";
}
