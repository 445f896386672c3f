using DendriteViewer.Kernels.Devices;

namespace DendriteViewer.Kernels.Tests.Devices;

/// <summary>
/// The OpenCL devices of this machine: where there is no GPU, PoCL on the CPU, which deploy/install.sh tests installs. Without any the
/// tests fail rather than pass unseen.
/// </summary>
public sealed class Device : IDisposable
{
    public DeviceVolumes Volumes { get; } = Open(256 << 20);

    public static DeviceVolumes Open(long budget)
    {
        var found = ComputeDevice.Find();
        Assert.True(found.Count > 0, "There is no OpenCL device; deploy/install.sh tests installs PoCL.");
        return new DeviceVolumes(new ComputeDevice(found[0]), budget);
    }

    public void Dispose() => Volumes.Dispose();
}
