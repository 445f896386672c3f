using System.Globalization;
using System.Net;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Mail;
using DendriteViewer.Web.OpenId;

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
    /// Address under which anybody on the web can read the store's blobs, as https://bucket.example.org; then links to neuroglancer are
    /// offered, which reads a dataset's OME-Zarr from there. Empty: the store is not public, and there are none.
    /// </summary>
    public string? PublicStore { get; init; }

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
    /// What draws: auto (graphics processors that CUDA or OpenCL finds, else the CPU), cpu, or opencl (every OpenCL device, to try the
    /// kernels without a graphics processor). Default: auto.
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

    /// <summary>
    /// What uploads leave free on the disk below <see cref="Data"/> for everything else, in MiB, 0 or more. Default: 1024.
    /// </summary>
    public int UploadSpareMiB { get; init; } = 1024;

    /// <summary>
    /// PostgreSQL connection string ("Host=…") of the main database, which several servers can share. Default: dendrite.db below
    /// <see cref="Data"/>, for one server.
    /// </summary>
    public string? Database { get; init; }

    /// <summary>
    /// Redis ("host:6379,password=…") by which servers that share <see cref="Database"/> tell each other at once what changed. Default:
    /// none; each then looks every few seconds.
    /// </summary>
    public string? Redis { get; init; }

    /// <summary>
    /// PostgreSQL connection string ("Host=…") of the jobs' database. Default: <see cref="Database"/>, else jobs.db below
    /// <see cref="Data"/>.
    /// </summary>
    public string? JobsDatabase { get; init; }

    /// <summary>Where several servers share their jobs, or null.</summary>
    public string? SharedJobs => JobsDatabase ?? Database;

    /// <summary>Whether there may be other servers of the same database.</summary>
    public bool IsShared => Database is not null;

    /// <summary>How many jobs this server works on at once, 1 or more; one uses all cores. Default: 1.</summary>
    public int JobsAtOnce { get; init; } = 1;

    /// <summary>The ffmpeg program, which writes movies as WebM and MP4. Default: the one on PATH; without any, movies are GIF.</summary>
    public string? Ffmpeg { get; init; }

    /// <summary>Threads that draw, of each urgency, 1 to 1024; 0 for as many as there are cores. Default: 0.</summary>
    public int RenderThreads { get; init; }

    /// <summary>
    /// What may wait to be drawn, of each urgency, in megapixels of 3D pictures, 8 to 100000; more is refused for a while. Default: 256.
    /// </summary>
    public double RenderQueueMegapixels { get; init; } = 256;

    /// <summary>
    /// Megapixels of 3D pictures that an account may have drawn at once over HTTP, 20 to 1000000; a slice costs an eighth. A link and an
    /// address may have four times as much. Default: 128.
    /// </summary>
    public double PictureBurstMegapixels { get; init; } = 128;

    /// <summary>
    /// Megapixels of 3D pictures that an account gets back each second, 0.1 to 100000; links and addresses four times as much. Default: 4.
    /// </summary>
    public double PictureMegapixelsPerSecond { get; init; } = 4;

    /// <summary>
    /// Pictures that are drawn for an account over HTTP at the same time, 1 to 1000; links and addresses four times as many. Default: 4.
    /// </summary>
    public int PicturesAtOnce { get; init; } = 4;

    /// <summary>Viewers that an account may have open, 1 to 10000; a link and an address four times as many. Default: 32.</summary>
    public int ViewersPerAccount { get; init; } = 32;

    /// <summary>Attempts to sign in, set up or change a password from one address in a minute, 1 to 100000. Default: 30.</summary>
    public int SignInsPerMinute { get; init; } = 30;

    /// <summary>
    /// Who must have a second factor to sign in with a password: optional (who wants one), administrators, or everybody. Default: optional.
    /// </summary>
    public string SecondFactor { get; init; } = "optional";

    /// <summary>The server that sends mail; without one, administrators hand out links to choose a new password. Default: none.</summary>
    public SmtpOptions? Smtp { get; init; }

    /// <summary>
    /// Bearer token with which /metrics and /health answer other machines, 16 characters or more. Default: none; this machine alone is
    /// answered.
    /// </summary>
    public string? MetricsToken { get; init; }

    /// <summary>Identity providers at which people may sign in. Default: none; people sign in by passwords alone.</summary>
    public OpenIdOptions[] OpenId { get; init; } = [];

    /// <summary>
    /// Sites that may show links in frames, as https://wiki.example.org: of these, who makes a link chooses those that may show it.
    /// Default: none; the app is then shown in no frame.
    /// </summary>
    public string[] EmbedOrigins { get; init; } = [];

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

        if (UploadSpareMiB < 0)
        {
            yield return $"Dendrite:UploadSpareMiB is {UploadSpareMiB}; give 0 or more.";
        }

        if (!Enum.GetNames<DeviceChoice>().Contains(Device, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"Dendrite:Device is '{Device}'; give auto, cpu or opencl.";
        }

        if (DeviceMemoryMiB is not 0 and < 64)
        {
            yield return $"Dendrite:DeviceMemoryMiB is {DeviceMemoryMiB}; give 64 or more, or 0 for as much as BrickCacheMiB.";
        }

        foreach (var problem in new[]
        {
            Outside(nameof(PictureBurstMegapixels), PictureBurstMegapixels, 20, 1_000_000),
            Outside(nameof(PictureMegapixelsPerSecond), PictureMegapixelsPerSecond, 0.1, 100_000),
            Outside(nameof(PicturesAtOnce), PicturesAtOnce, 1, 1000),
            Outside(nameof(ViewersPerAccount), ViewersPerAccount, 1, 10_000),
            Outside(nameof(SignInsPerMinute), SignInsPerMinute, 1, 100_000),
            Outside(nameof(RenderThreads), RenderThreads, 0, 1024),
            Outside(nameof(RenderQueueMegapixels), RenderQueueMegapixels, 8, 100_000),
        }.OfType<string>())
        {
            yield return problem;
        }

        if (SecondFactor is not ("optional" or "administrators" or "everybody"))
        {
            yield return $"Dendrite:SecondFactor is '{SecondFactor}'; give optional, administrators or everybody.";
        }

        foreach (var problem in OpenIdOptions.Problems(OpenId))
        {
            yield return problem;
        }

        foreach (var problem in Smtp?.Problems(PublicAddress) ?? [])
        {
            yield return problem;
        }

        if (MetricsToken is { Length: < 16 })
        {
            yield return "Dendrite:MetricsToken is too short to be secret; give 16 characters or more, or leave it out.";
        }

        if (Ffmpeg is not null && !File.Exists(Ffmpeg))
        {
            yield return $"Dendrite:Ffmpeg is '{Ffmpeg}', where there is no file; name the program, or leave it out for PATH's.";
        }

        if (JobsAtOnce < 1)
        {
            yield return $"Dendrite:JobsAtOnce is {JobsAtOnce}; give 1 or more.";
        }

        foreach (var (name, address) in new[] { (nameof(Database), Database), (nameof(JobsDatabase), JobsDatabase) })
        {
            if (address is not null && !address.Contains("Host=", StringComparison.OrdinalIgnoreCase))
            {
                yield return $"Dendrite:{name} is no PostgreSQL connection string; it begins with Host=… (or leave it out for a file "
                    + "below Data).";
            }
        }

        if (Redis is not null && !Servers.RedisLink.IsAddress(Redis))
        {
            yield return "Dendrite:Redis is no address of a Redis; give host:6379, with ,password=… where it needs one.";
        }

        if (Redis is not null && Database is null)
        {
            yield return "Dendrite:Redis is for several servers, which share a PostgreSQL; name it in Dendrite:Database, or leave "
                + "Redis out.";
        }

        if (Demo && Database is not null)
        {
            yield return "Dendrite:Demo makes every visitor the owner, which a database that servers share is too good for; leave "
                + "Dendrite:Database out, or Demo off.";
        }

        if (PublicStore is { Length: > 0 } && !(Uri.TryCreate(PublicStore, UriKind.Absolute, out var blobs)
            && blobs.Scheme is "http" or "https" && blobs is { Query: "", Fragment: "", UserInfo: "" }))
        {
            yield return $"Dendrite:PublicStore is '{PublicStore}'; give the web address below which the store's blobs lie, as "
                + "https://bucket.example.org, or nothing where they cannot be read from the web.";
        }

        if (PublicAddress is not null && !Hosting.PublicAddress.TryParse(PublicAddress, out _))
        {
            yield return $"Dendrite:PublicAddress is '{PublicAddress}'; give http://host or https://host, with a port where it needs "
                + $"one and nothing behind it.";
        }

        foreach (var origin in EmbedOrigins.Where(o => !Hosting.PublicAddress.TryParse(o, out var site) || site.Of("") != o))
        {
            yield return $"Dendrite:EmbedOrigins names '{origin}'; give http://host or https://host in small letters, with a port where it "
                + "needs one and nothing behind it.";
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

    private static string? Outside(string name, double value, double least, double most) =>
        value >= least && value <= most ? null :
            string.Create(CultureInfo.InvariantCulture, $"Dendrite:{name} is {value}; give {least} to {most}.");
}
