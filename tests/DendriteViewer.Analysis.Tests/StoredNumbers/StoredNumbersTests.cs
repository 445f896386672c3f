using System.Diagnostics;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.StoredNumbers;

/// <summary>
/// What the command line printed of a phantom when these files were stored, to the last digit. Whoever changes how a number is made
/// stores it anew, with the reason: run this test with DENDRITE_STORE_NUMBERS=1, and look at the difference.
/// </summary>
public sealed class StoredNumbersTests : IDisposable
{
    private static readonly string s_stored = Path.Combine(TestData.Repository, "tests/DendriteViewer.Analysis.Tests/StoredNumbers");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Analyze_OfAStoredPhantom_PrintsTheStoredNumbers()
    {
        await DendriteAsync(
            "phantom", _folder["phantom"], "--size", "96", "--voxel-um", "2", "--hours", "0,1.5,2.5,3.2", "--seed", "7");
        File.Copy(Path.Combine(s_stored, "dataset.json"), _folder["phantom/dataset.json"], overwrite: true);
        var store = new Uri(_folder["store"]).AbsoluteUri;
        await DendriteAsync("ingest", _folder["phantom"], "--store", store);
        foreach (var what in new[] { "void-profile", "porosity", "lithium", "nucleation" })
        {
            var printed = await DendriteAsync("analyze", what, "stored-numbers", "--store", store, "--json");
            var file = Path.Combine(s_stored, what + ".json");
            if (Environment.GetEnvironmentVariable("DENDRITE_STORE_NUMBERS") == "1")
            {
                await File.WriteAllTextAsync(file, printed);
            }

            Assert.Equal(await File.ReadAllTextAsync(file), printed);
        }
    }

    private static async Task<string> DendriteAsync(params string[] command)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "dendrite.dll"), .. command])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dendrite {string.Join(' ', command)}: {await error}");
        return await output;
    }
}
