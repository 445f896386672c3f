namespace DendriteViewer.Kernels.Devices;

/// <summary>What kind of processor a device is.</summary>
public enum ComputeKind
{
    /// <summary>A graphics processor.</summary>
    Gpu,

    /// <summary>The host's own processor, as OpenCL sees it: slower than the SIMD kernels, for tests.</summary>
    Cpu,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>By what a device is driven.</summary>
public enum ComputeApi
{
    /// <summary>NVIDIA's driver.</summary>
    Cuda,

    /// <summary>OpenCL's loader and a driver of the device's maker.</summary>
    OpenCl,
}

/// <summary>A device that is here.</summary>
/// <param name="Api">By what it is driven.</param>
/// <param name="Index">Its place among those of that API.</param>
/// <param name="Name">Its name, as its driver gives it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="MostBufferBytes">The largest single buffer that it gives.</param>
/// <param name="Units">Compute units.</param>
/// <param name="Version">Its architecture and the version of its driver.</param>
/// <param name="Obstacle">Why it cannot be used; null where it can.</param>
public sealed record ComputeDeviceInfo(
    ComputeApi Api, int Index, string Name, ComputeKind Kind, long MemoryBytes, long MostBufferBytes, int Units, string Version,
        string? Obstacle = null);
