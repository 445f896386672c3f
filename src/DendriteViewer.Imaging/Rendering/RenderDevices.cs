using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>Where pictures may be drawn.</summary>
public enum DeviceChoice
{
    /// <summary>On every graphics processor that CUDA or OpenCL finds; without one on the CPU.</summary>
    Auto,

    /// <summary>By the CPU's own vector kernels.</summary>
    Cpu,

    /// <summary>On every device, also one that is the CPU as OpenCL sees it: to try the kernels where there is no graphics
    /// processor.</summary>
    OpenCl,
}

/// <summary>
/// The devices that draw. A volume keeps to the device that it was first drawn on, so that its bricks are there once; a new one goes to
/// the device with the most room. A device draws a voxel type only once it has drawn a small scene of that type as the CPU draws it; one
/// that
/// fails, then or later, is given up, <see cref="Notice"/> says so, and whatever it would have drawn is drawn elsewhere.
/// </summary>
public sealed class RenderDevices : IDisposable
{
    private static readonly Meter s_meter = new("DendriteViewer.Devices");
    private static readonly Counter<long> s_lost = s_meter.CreateCounter<long>(
        "dendrite.devices.lost", "{device}", "Devices that failed while they drew.");
    private static readonly Counter<long> s_accepted = s_meter.CreateCounter<long>(
        "dendrite.devices.accepted", "{device}", "Devices that drew every kind of picture as the CPU does, and draw from then on.");

    // The rest is for pictures, tables and whoever else uses the device.
    private const double MostShare = 0.8;
    private const long UsualBytes = 4L << 30;

    private readonly ConcurrentDictionary<string, TestedDevice> _homes = new();
    private readonly bool _waitsForTests;

    // Replaced whole, under the lock of _homes, when one is given up.
    private volatile TestedDevice[] _devices;
    private volatile string? _notice;

    /// <param name="choice">Which.</param>
    /// <param name="mostBytes">Memory for bricks on each, at most; a device mirrors the host's bricks, so more than those take is of no
    /// use.</param>
    /// <param name="waitsForTests">
    /// Whether the first picture waits until its device was tested, as a program that draws one picture does. Otherwise devices are tested
    /// in the
    /// background from now on, and the CPU draws meanwhile.
    /// </param>
    public RenderDevices(DeviceChoice choice, long mostBytes = UsualBytes, bool waitsForTests = true)
        : this(Of(choice), mostBytes, waitsForTests)
    {
    }

    /// <param name="found">The devices.</param>
    /// <param name="mostBytes">Memory for bricks on each.</param>
    /// <param name="waitsForTests">As above.</param>
    public RenderDevices(IEnumerable<ComputeDeviceInfo> found, long mostBytes = UsualBytes, bool waitsForTests = true)
        : this(found, mostBytes, waitsForTests, DeviceSelfTest.Draw)
    {
    }

    internal RenderDevices(
        IEnumerable<ComputeDeviceInfo> found, long mostBytes, bool waitsForTests,
        Func<ComputeDevice, VoxelType, IEnumerable<SelfTestPicture>> test)
    {
        _waitsForTests = waitsForTests;
        var devices = new List<TestedDevice>();
        foreach (var info in found)
        {
            try
            {
                if (info.Obstacle is not null)
                {
                    throw new ComputeException(info.Name, "opening", info.Obstacle);
                }

                var bytes = Math.Min(mostBytes, (long)(info.MemoryBytes * MostShare));
                devices.Add(new TestedDevice(new DeviceVolumes(new ComputeDevice(info), bytes), test));
            }
            catch (ComputeException e)
            {
                _notice = NoticeOf(e, devices.Count);
            }
        }

        _devices = [.. devices];
        if (!waitsForTests)
        {
            foreach (var device in devices)
            {
                _ = WarmAsync(device);
            }
        }
    }

    /// <summary>The CPU alone.</summary>
    public static RenderDevices Cpu { get; } = new(DeviceChoice.Cpu);

    /// <summary>The devices in use, by name; the CPU's kernels where there is none.</summary>
    public IReadOnlyList<string> Names => _devices is { Length: > 0 } devices
        ? [.. devices.Select(d => d.Volumes.Device.Info.Name)]
        : [$"CPU {Packets.InstructionSet}"];

    /// <summary>What was lost and who draws instead, one sentence; null where all is well.</summary>
    public string? Notice => _notice;

    /// <summary>Raised when a device is lost or refused, with the notice.</summary>
    public event Action<string>? Lost;

    /// <summary>Raised when a device has drawn every kind of picture as the CPU draws it, with its name.</summary>
    public event Action<string>? Accepted;

    /// <summary>Bytes of bricks that a picture of a volume may have where it is drawn; null where that is the CPU.</summary>
    public long? BudgetFor(string volume) => HomeOf(volume)?.Volumes.BudgetBytes;

    /// <summary>Bytes of bricks on all devices.</summary>
    public long Bytes => _devices.Sum(d => d.Volumes.Bytes);

    /// <summary>
    /// Draws on the volume's device. False where there is none, it was just lost, it is being tested, or the callback would rather have
    /// the CPU.
    /// </summary>
    /// <param name="volume">What is drawn, by the key that its bricks are cached by.</param>
    /// <param name="type">How its voxels are stored.</param>
    /// <param name="draw">Draws.</param>
    public bool TryDraw(string volume, VoxelType type, Func<DeviceVolumes, bool> draw)
    {
        while (HomeOf(volume) is { } device)
        {
            try
            {
                var test = device.TestAsync(type);
                if (!test.IsCompleted && !_waitsForTests)
                {
                    return false;
                }

                test.GetAwaiter().GetResult();
                return draw(device.Volumes);
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
            device.Volumes.Dispose();
        }

        _devices = [];
    }

    private static IEnumerable<ComputeDeviceInfo> Of(DeviceChoice choice) => choice == DeviceChoice.Cpu
        ? []
        : ComputeDevice.Find().Where(d => choice == DeviceChoice.OpenCl || d.Kind == ComputeKind.Gpu);

    private TestedDevice? HomeOf(string volume)
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

        return _homes[volume] = devices.MinBy(d => (d.Volumes.Bytes - d.Volumes.BudgetBytes, _homes.Values.Count(h => h == d)))!;
    }

    private async Task WarmAsync(TestedDevice device)
    {
        try
        {
            foreach (var type in Enum.GetValues<VoxelType>())
            {
                await device.TestAsync(type);
            }

            var name = device.Volumes.Device.Info.Name;
            s_accepted.Add(1, new KeyValuePair<string, object?>("device", name));
            Accepted?.Invoke(name);
        }
        catch (ComputeException e)
        {
            GiveUp(device, e);
        }
    }

    private void GiveUp(TestedDevice device, ComputeException e)
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
