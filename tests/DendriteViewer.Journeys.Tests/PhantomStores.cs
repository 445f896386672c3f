using System.Collections.Concurrent;
using System.Globalization;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Journeys.Tests;

/// <summary>A phantom experiment that a journey begins with.</summary>
/// <param name="Size">Voxels each way.</param>
/// <param name="VoxelUm">Edge of a voxel, µm.</param>
/// <param name="Hours">Hours of its scans, with commas.</param>
/// <param name="IsAnalysed">Whether the analysis was run on it, with its usual recipe.</param>
/// <param name="Seed">Of its random numbers; 0 for the usual one.</param>
/// <param name="Nano">Its nano scans of the last hour.</param>
public sealed record PhantomCell(
    int Size, double VoxelUm, string Hours, bool IsAnalysed = false, int Seed = 0, NanoScans Nano = NanoScans.None)
{
    /// <summary>The dataset's id.</summary>
    public const string Id = "li-li3ps4-li-phantom-0-8-ma-cm2";
}

/// <summary>Nano scans of a phantom.</summary>
public enum NanoScans
{
    /// <summary>It has none.</summary>
    None,

    /// <summary>They lie where the stage says.</summary>
    AsHandedOver,

    /// <summary>They were registered, both with one placement.</summary>
    Registered,
}

/// <summary>
/// Stores with a phantom, each made once a test run by the commands that people use, and copied for every journey that begins with it:
/// making and importing it takes longer than most journeys.
/// </summary>
internal static class PhantomStores
{
    private static readonly ConcurrentDictionary<PhantomCell, Lazy<Task<string>>> s_cells = new(), s_stores = new();
    // Beside the tests, and emptied by the next run: what ends a test run does not always let it clean up.
    private static readonly Lazy<string> s_folder = new(() =>
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "phantoms");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return Directory.CreateDirectory(folder).FullName;
    });

    /// <summary>The folder of the scans themselves, to import.</summary>
    public static Task<string> ScansAsync(PhantomCell phantom) => s_cells.GetOrAdd(
        phantom with { IsAnalysed = false, Nano = phantom.Nano == NanoScans.None ? NanoScans.None : NanoScans.AsHandedOver },
        p => new Lazy<Task<string>>(() => MakeScansAsync(p))).Value;

    /// <summary>Puts a copy of the store into a folder.</summary>
    public static async Task CopyAsync(PhantomCell phantom, string to)
    {
        Copy(await s_stores.GetOrAdd(phantom, p => new Lazy<Task<string>>(() => MakeAsync(p))).Value, to);
    }

    /// <summary>Puts a copy of the scans themselves into a folder, to import from there.</summary>
    public static async Task CopyScansAsync(PhantomCell phantom, string to) => Copy(await ScansAsync(phantom), to);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static async Task<string> MakeAsync(PhantomCell phantom)
    {
        var store = NewFolder();
        await AppServer.CliAsync("ingest", await ScansAsync(phantom), "--store", store);
        if (phantom.Nano == NanoScans.Registered)
        {
            var last = phantom.Hours.Split(',')[^1];
            await AppServer.CliAsync(
                "register", PhantomCell.Id, "--modality", "nano-phase", "--hours", last, "--with", "nano-absorption", "--store", store);
        }

        if (phantom.IsAnalysed)
        {
            var datasets = new DatasetStore(new FolderBlobStore(store));
            var dataset = (await datasets.TryOpenAsync(DatasetId.Parse(PhantomCell.Id), default))!;
            var analysis = await ExperimentAnalysis.StartAsync(datasets, dataset, new AnalysisRecipe(), null, default);
            var (result, labels) = await analysis.RunAsync(default);
            await new AnalysisStore(datasets).SaveAsync(result, labels, null, default);
        }

        return store;
    }

    private static async Task<string> MakeScansAsync(PhantomCell phantom)
    {
        var folder = NewFolder();
        string[] seed = phantom.Seed == 0 ? [] : ["--seed", Text(phantom.Seed)];

        // The band lies within a small cell.
        string[] nano = phantom.Nano == NanoScans.None ? []
            : ["--nano", "--band", phantom.Size * phantom.VoxelUm >= 90 ? "40:55" : "15:30"];
        await AppServer.CliAsync(
            ["phantom", folder, "--size", Text(phantom.Size), "--voxel-um", Text(phantom.VoxelUm), "--hours", phantom.Hours, .. seed,
                .. nano]);
        return folder;
    }

    private static string NewFolder() => Path.Combine(s_folder.Value, Guid.NewGuid().ToString("N"));

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
