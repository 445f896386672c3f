using System.Security.Claims;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Uploads;

namespace DendriteViewer.Web.Administration;

/// <summary>What something takes on a disk or in the store.</summary>
/// <param name="What">What it is.</param>
/// <param name="Where">Where it lies.</param>
/// <param name="Bytes">How much; null where this server does not know.</param>
/// <param name="Note">What to know of it.</param>
public sealed record StorageLine(string What, string Where, long? Bytes, string Note);

/// <summary>What draws, and what it holds in memory.</summary>
/// <param name="Devices">What draws, by name.</param>
/// <param name="Notice">What was lost of it; null where all is well.</param>
/// <param name="DeviceBytes">Voxels in the memory of devices.</param>
/// <param name="BrickBytes">Decoded bricks in the memory of the server.</param>
/// <param name="BrickBudget">How many bytes of bricks may be there.</param>
/// <param name="ProcessBytes">What the server's process takes.</param>
/// <param name="Cores">Cores that it may use.</param>
public sealed record DeviceState(
    IReadOnlyList<string> Devices, string? Notice, long DeviceBytes, long BrickBytes, long BrickBudget, long ProcessBytes, int Cores);

/// <summary>How much room this server's data take, and what draws here; for administrators.</summary>
public sealed class StorageReport(
    AdminReports reports, DatasetStore store, DendriteOptions options, UploadFolder uploads, BrickCache bricks, RenderDevices devices)
{
    /// <summary>What takes room, in the store and in the data folder.</summary>
    public async Task<IReadOnlyList<StorageLine>> LinesAsync(ClaimsPrincipal user, CancellationToken ct = default)
    {
        await reports.RequireAsync(user, ct);
        var data = Path.GetFullPath(options.Data);
        var blobs = store.Blobs;
        var stored = await blobs.MeasureAsync(BlobNames.Datasets, ct);
        var exported = await blobs.MeasureAsync(BlobNames.Exports, ct);
        var uploaded = await blobs.MeasureAsync(BlobNames.Uploads, ct);
        return await Task.Run<IReadOnlyList<StorageLine>>(() =>
        [
            new("Datasets", blobs.Description, stored, "voxels, curves, analyses, corrections"),
            new("Exports", blobs.Description, exported, "each is removed after a week"),
            new("Uploads", blobs.Description, uploaded, "what servers hand each other; removed when the import is done"),
            new("Uploads on this server", uploads.Root, SizeOf(uploads.Root, ct), "removed when the import is done"),
            new("Cache", Path.Combine(data, "cache"), SizeOf(Path.Combine(data, "cache"), ct), "parts of remote volumes; can be removed"),
            options.IsShared ? new("Databases", "PostgreSQL", null, "accounts, links, logs, jobs; ask PostgreSQL for their size")
                : new("Databases", data, Directory.EnumerateFiles(data, "*.db*").Sum(f => LengthOf(new FileInfo(f))),
                    "accounts, links, logs, jobs"),
            new("Free on this disk", data, new DriveInfo(data).AvailableFreeSpace, "of the data folder"),
        ], ct);
    }

    /// <summary>What draws.</summary>
    public async Task<DeviceState> DevicesAsync(ClaimsPrincipal user, CancellationToken ct = default)
    {
        await reports.RequireAsync(user, ct);
        return new DeviceState(devices.Names, devices.Notice, devices.Bytes, bricks.Bytes, bricks.BudgetBytes, Environment.WorkingSet,
            Environment.ProcessorCount);
    }

    private static long SizeOf(string folder, CancellationToken ct)
    {
        var size = 0L;
        foreach (var file in Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories) : [])
        {
            ct.ThrowIfCancellationRequested();
            size += LengthOf(file);
        }

        return size;
    }

    // It may go while one looks.
    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
