namespace DendriteViewer.Kernels.Devices;

/// <summary>A device failed. It is given up; the CPU draws instead.</summary>
/// <param name="device">The device's name.</param>
/// <param name="during">What was asked of it: a kernel's name, or "upload".</param>
/// <param name="status">OpenCL's status.</param>
/// <param name="log">The compiler's words, where a kernel did not build.</param>
public sealed class ComputeException(string device, string during, int status, string log = "")
    : Exception($"{device} failed with {OpenCl.NameOf(status)} in {during}.{(log.Length > 0 ? Environment.NewLine + log : "")}")
{
    /// <summary>The device's name.</summary>
    public string Device => device;

    /// <summary>What was asked of it.</summary>
    public string During => during;

    /// <summary>OpenCL's status.</summary>
    public int Status => status;
}
