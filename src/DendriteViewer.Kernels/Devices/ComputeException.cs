namespace DendriteViewer.Kernels.Devices;

/// <summary>A device failed. It is given up; the CPU draws instead.</summary>
/// <param name="device">The device's name.</param>
/// <param name="during">What was asked of it: a kernel's name, or "upload".</param>
/// <param name="reason">What its driver or compiler says.</param>
/// <param name="inner">The driver's or the compiler's own exception.</param>
public sealed class ComputeException(string device, string during, string reason, Exception? inner = null)
    : Exception($"{device} failed in {during}: {reason}.", inner)
{
    /// <summary>The device's name.</summary>
    public string Device => device;

    /// <summary>What was asked of it.</summary>
    public string During => during;
}
