using System.Collections.Concurrent;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Slicing;
using ILGPU;
using ILGPU.Runtime;

namespace DendriteViewer.Kernels.Devices;

/// <summary>Times pictures on a device, for benchmarks. All times are in milliseconds.</summary>
/// <param name="device">Where; the volumes that are drawn come to it.</param>
/// <param name="time">The clock.</param>
public sealed class DeviceTimer(DeviceVolumes device, TimeProvider time)
{
    /// <summary>Bytes a second that the device reads and writes when it copies a gibibyte, or an eighth of its memory, within
    /// itself.</summary>
    public double CopyBytesPerSecond()
    {
        const int Copies = 10;
        var bytes = Math.Min(1L << 30, device.Device.Info.MemoryBytes / 8);
        using var from = device.Device.Allocate(bytes);
        using var to = device.Device.Allocate(bytes);
        var stream = device.Device.RentFrame();
        try
        {
            double Copy(int times) => Elapsed(() =>
            {
                device.Device.Run("copying", () =>
                {
                    for (var i = 0; i < times; i++)
                    {
                        to.View.CopyFrom(stream.Stream, from.View);
                    }

                    return true;
                });
                device.Device.Wait("copying", stream.Stream);
            });
            Copy(1);
            return 2 * Copies * bytes / (Copy(Copies) / 1000);
        }
        finally
        {
            device.Device.Return(stream);
        }
    }

    /// <summary>The median of some frames, from the kernel's launch to its end; what the frame reads is on the device.</summary>
    /// <param name="volume">What is looked at.</param>
    /// <param name="settings">How.</param>
    /// <param name="camera">The rays of a frame.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="frames">How many, after one that is not counted.</param>
    /// <param name="group">Rays of a group along both axes.</param>
    public double KernelMs(
        PagedVolume volume, Func<int, RaycastSettings> settings, Func<int, RayGeometry> camera, int width, int height, int frames,
            (int X, int Y)? group = null) =>
        Median(frames, i =>
        {
            using var picture = DeviceRaycaster.Begin(device, volume, settings(i), camera(i), width, height, 1, long.MaxValue);
            return Kernel(picture, group ?? (8, 8));
        });

    /// <summary>The same for slices.</summary>
    public double SliceKernelMs(PagedVolume volume, Func<int, SliceGeometry> plane, int width, int height, int frames) =>
        Median(frames, i =>
    {
        using var picture = DeviceSlicer.Begin(device, volume, plane(i), width, height);
        return Kernel(picture, (8, 8));
    });

    /// <summary>The median of some frames with all that a frame takes, until its pixels are on the host.</summary>
    public double FrameMs(PagedVolume volume, Func<int, RaycastSettings> settings, Func<int, RayGeometry> camera, int width, int height,
        int frames)
    {
        var target = new uint[width * height];
        return Median(frames, i => Elapsed(() => DeviceRaycaster.Render(device, volume, settings(i), camera(i), width, height, 1, target)));
    }

    /// <summary>Milliseconds from the change to the pixels of every frame of many sessions, each drawn one after another.</summary>
    /// <param name="volume">What they look at.</param>
    /// <param name="settings">How; the frame's number tells the camera's turn.</param>
    /// <param name="camera">The rays of a frame.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="sessions">How many.</param>
    /// <param name="seconds">How long.</param>
    public IReadOnlyList<double> SessionMs(
        PagedVolume volume, Func<int, RaycastSettings> settings, Func<int, RayGeometry> camera, int width, int height, int sessions,
        double seconds)
    {
        var times = new ConcurrentBag<double>();
        var failures = new ConcurrentBag<Exception>();

        // As the server gives turns: who waited longest goes first, and as many draw at once as there are processors.
        using var turns = new SemaphoreSlim(Environment.ProcessorCount);
        void InTurn(Action draw)
        {
            turns.WaitAsync().GetAwaiter().GetResult();
            try
            {
                draw();
            }
            finally
            {
                turns.Release();
            }
        }

        var started = time.GetTimestamp();
        var threads = Enumerable.Range(0, sessions).Select(s => new Thread(() =>
        {
            try
            {
                var target = new uint[width * height];
                for (var frame = 17 * s; time.GetElapsedTime(started).TotalSeconds < seconds; frame++)
                {
                    times.Add(Elapsed(() => InTurn(() =>
                        DeviceRaycaster.Render(device, volume, settings(frame), camera(frame), width, height, 1, target))));
                }
            }
            catch (ComputeException e)
            {
                failures.Add(e);
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        return failures.TryTake(out var failure) ? throw failure : [.. times.Order()];
    }

    private double Kernel(DevicePicture picture, (int X, int Y) group) => Elapsed(() =>
    {
        picture.Launch(new Index2D(group.X, group.Y));
        picture.Wait();
    });

    private double Elapsed(Action work)
    {
        var started = time.GetTimestamp();
        work();
        return time.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Median(int runs, Func<int, double> run)
    {
        run(0);
        var times = Enumerable.Range(1, runs).Select(run).Order().ToArray();
        return times[runs / 2];
    }
}
