using System.Collections.Concurrent;
using System.Reflection;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// A device and what its self-test gave, voxel type by voxel type: each has kernels of its own, which are compiled by the test. A type is
/// tested once, by the first who asks; one test runs at a time.
/// </summary>
/// <param name="volumes">The device.</param>
/// <param name="draw">Draws the test's pictures of a voxel type.</param>
internal sealed class TestedDevice(DeviceVolumes volumes, Func<ComputeDevice, VoxelType, IEnumerable<SelfTestPicture>> draw)
{
    // What passed which test in this process; one who opens a device again need not test it again.
    private static readonly ConcurrentDictionary<(ComputeDeviceInfo Device, VoxelType Type, MethodInfo Test), bool> s_passed = new();

    private readonly Lock _one = new();

    // Tasks that are begun are never replaced; guarded by the dictionary itself.
    private readonly Dictionary<VoxelType, Task> _tests = [];

    /// <summary>The device.</summary>
    public DeviceVolumes Volumes => volumes;

    /// <summary>The test of a voxel type, begun where it was not yet.</summary>
    /// <returns>Ends when the device draws the type rightly; fails with <see cref="ComputeException"/> where it does not.</returns>
    public Task TestAsync(VoxelType type)
    {
        lock (_tests)
        {
            if (!_tests.TryGetValue(type, out var test))
            {
                // Compiling takes seconds of one processor, so it has a thread of its own.
                const TaskCreationOptions OwnThread = TaskCreationOptions.LongRunning;
                _tests[type] = test = Task.Factory.StartNew(() => Test(type), default, OwnThread, TaskScheduler.Default);
            }

            return test;
        }
    }

    private void Test(VoxelType type)
    {
        if (s_passed.ContainsKey((volumes.Device.Info, type, draw.Method)))
        {
            return;
        }

        lock (_one)
        {
            foreach (var picture in draw(volumes.Device, type))
            {
                if (!picture.IsPassed)
                {
                    volumes.Device.Lose();
                    throw new ComputeException(volumes.Device.Info.Name, "its test", picture.Verdict);
                }
            }
        }

        s_passed[(volumes.Device.Info, type, draw.Method)] = true;
    }
}
