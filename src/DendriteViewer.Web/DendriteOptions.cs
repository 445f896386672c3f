using System.Net;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Web;

/// <summary>Section "Dendrite" of the configuration; environment variables as Dendrite__Store.</summary>
public sealed class DendriteOptions
{
    /// <summary>Folder, file:///… or Azure connection string with ;Container=NAME. Default: store below <see cref="Data"/>.</summary>
    public string? Store { get; init; }

    /// <summary>Folder of the database and keys. Default: data.</summary>
    public string Data { get; init; } = "data";

    /// <summary>Signs every visitor in as owner; loopback only. Default: false.</summary>
    public bool Demo { get; init; }

    /// <summary>
    /// Where people reach the app, as https://ct.example.org; what it writes into links, and the only host beside this machine that it then
    /// answers to. Default: none; links are then made from the address that the browser shows.
    /// </summary>
    public string? PublicAddress { get; init; }

    /// <summary>
    /// Addresses (10.0.0.5) or networks (10.0.0.0/8) of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    /// Default: none.
    /// </summary>
    public string[] Proxies { get; init; } = [];

    /// <summary>Memory for decoded bricks, of which slices and 3D pictures are drawn, in MiB, 16 or more. Default: 3072.</summary>
    public int BrickCacheMiB { get; init; } = 3072;

    /// <summary>Room on the disk below <see cref="Data"/> for parts of volumes in Azure that were looked at, in MiB; 0 for none. Default: 8192.</summary>
    public int DiskCacheMiB { get; init; } = 8192;

    /// <summary>
    /// What draws: auto (graphics processors that OpenCL finds, else the CPU), cpu, or opencl (every OpenCL device, to try the kernels
    /// without a graphics processor). Default: auto.
    /// </summary>
    public string Device { get; init; } = "auto";

    /// <summary>Memory for bricks on each device in MiB, 64 or more; 0 for as much as <see cref="BrickCacheMiB"/>. Default: 0.</summary>
    public int DeviceMemoryMiB { get; init; }

    /// <summary>Folders on the server below which a curator may import. Default: none.</summary>
    public string[] ImportRoots { get; init; } = [];

    /// <summary>
    /// Beginnings of addresses that an administrator may import Zarr from: https://host/folder/, or blob: for the store itself. Default: none.
    /// </summary>
    public string[] ImportAddresses { get; init; } = [];

    /// <summary>PostgreSQL connection string ("Host=…") of the jobs' database, for several servers. Default: jobs.db below <see cref="Data"/>.</summary>
    public string? JobsDatabase { get; init; }

    /// <summary>How many jobs this server works on at once, 1 or more; one uses all cores. Default: 1.</summary>
    public int JobsAtOnce { get; init; } = 1;

    /// <summary>Threads that draw, of each urgency, 1 to 1024; 0 for as many as there are cores. Default: 0.</summary>
    public int RenderThreads { get; init; }

    /// <summary>
    /// What may wait to be drawn, of each urgency, in megapixels of 3D pictures, 8 to 100000; more is refused for a while. Default: 256.
    /// </summary>
    public double RenderQueueMegapixels { get; init; } = 256;

    /// <summary>Every value that is out of its range, each as one sentence.</summary>
    public IEnumerable<string> Problems()
    {
        if (BrickCacheMiB < 16)
        {
            yield return $"Dendrite:BrickCacheMiB is {BrickCacheMiB}; give 16 or more.";
        }

        if (DiskCacheMiB < 0)
        {
            yield return $"Dendrite:DiskCacheMiB is {DiskCacheMiB}; give 0 or more.";
        }

        if (!Enum.GetNames<DeviceChoice>().Contains(Device, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"Dendrite:Device is '{Device}'; give auto, cpu or opencl.";
        }

        if (DeviceMemoryMiB is not 0 and < 64)
        {
            yield return $"Dendrite:DeviceMemoryMiB is {DeviceMemoryMiB}; give 64 or more, or 0 for as much as BrickCacheMiB.";
        }

        if (RenderThreads is < 0 or > 1024)
        {
            yield return $"Dendrite:RenderThreads is {RenderThreads}; give 1 to 1024, or 0 for as many as there are cores.";
        }

        if (RenderQueueMegapixels is not (>= 8 and <= 100_000))
        {
            yield return $"Dendrite:RenderQueueMegapixels is {RenderQueueMegapixels}; give 8 to 100000.";
        }

        if (JobsAtOnce < 1)
        {
            yield return $"Dendrite:JobsAtOnce is {JobsAtOnce}; give 1 or more.";
        }

        if (JobsDatabase is not null && !JobsDatabase.Contains("Host=", StringComparison.OrdinalIgnoreCase))
        {
            yield return "Dendrite:JobsDatabase is no PostgreSQL connection string; it begins with Host=… (or leave it out for a file below Data).";
        }

        if (PublicAddress is not null && !Hosting.PublicAddress.TryParse(PublicAddress, out _))
        {
            yield return $"Dendrite:PublicAddress is '{PublicAddress}'; give http://host or https://host, with a port where it needs "
                + $"one and nothing behind it.";
        }

        foreach (var proxy in Proxies.Where(p => !IPNetwork.TryParse(p, out _) && !IPAddress.TryParse(p, out _)))
        {
            yield return $"Dendrite:Proxies names '{proxy}'; give addresses such as 10.0.0.5 or networks such as 10.0.0.0/8.";
        }

        if (string.IsNullOrWhiteSpace(Data))
        {
            yield return "Dendrite:Data is empty; name a folder.";
        }
    }
}
