using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace DendriteViewer.Imaging.Tests.Importing;

public sealed class KillTests : IDisposable
{
    private static readonly string Cli = Path.Combine(AppContext.BaseDirectory, "dendrite.dll");
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Ingest_KilledAtAnyMoment_IsNeverListedAndFinishesWhenRunAgain()
    {
        string[] phantom = ["phantom", _folder["phantom"], "--size", "136", "--voxel-um", "2", "--hours", "0,1,2,3,4"];
        Assert.Equal(0, (await RunAsync(null, phantom)).Code);
        Assert.Equal(0, (await RunAsync(null, "ingest", _folder["phantom"], "--store", _folder["whole"])).Code);
        var (_, id) = await RunAsync(null, "list", "--store", _folder["whole"]);
        var name = id.Split(' ')[0];

        // Killed when the first, the fifth, … shard appears, so that every part of the import is met.
        var killed = 0;
        foreach (var shards in new[] { 1, 4, 9, 15, 22 })
        {
            if ((await RunAsync(shards, "ingest", _folder["phantom"], "--store", _folder["killed"])).Code == 0)
            {
                // The machine was busy, and the import done before the kill came.
                break;
            }

            killed++;
            Assert.Equal("", (await RunAsync(null, "list", "--store", _folder["killed"])).Out);
        }

        Assert.InRange(killed, 2, 5);
        Assert.Equal(0, (await RunAsync(null, "ingest", _folder["phantom"], "--store", _folder["killed"])).Code);
        Assert.Contains("0 bad", (await RunAsync(null, "verify", name, "--store", _folder["killed"])).Out);
        var whole = Files("whole");
        Assert.Equal(whole.Keys.Order(), Files("killed").Keys.Order());
        Assert.All(Files("killed"), f => Assert.True(whole[f.Key].AsSpan().SequenceEqual(f.Value), f.Key));
    }

    [Fact]
    public async Task Failures_AreOneSentenceAndAnExitCode()
    {
        var (code, _) = await RunAsync(null, "info", "nobody", "--store", _folder["none"]);
        Assert.Equal(1, code);
        Assert.Equal(2, (await RunAsync(null, "slice", "x")).Code);
        Assert.Equal(2, (await RunAsync(null, "phantom", _folder["p"], "--band", "nonsense")).Code);
    }

    public void Dispose() => _folder.Dispose();

    private Dictionary<string, byte[]> Files(string store) => Directory.EnumerateFiles(_folder[store], "*", SearchOption.AllDirectories)
        .ToDictionary(f => Path.GetRelativePath(_folder[store], f), Bytes);

    // Two datasets have two identities, and the seal of a manifest is over them; all else is the same.
    private static byte[] Bytes(string file)
    {
        if (Path.GetFileName(file) != "dataset.json")
        {
            return File.ReadAllBytes(file);
        }

        var manifest = JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
        Assert.True(manifest.Remove("identity") && manifest.Remove("sha256"));
        return Encoding.UTF8.GetBytes(manifest.ToJsonString());
    }

    private async Task<(int Code, string Out)> RunAsync(int? killAtShards, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Cli, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (killAtShards is { } shards)
        {
            // A thread of its own: the test runner's may all be busy with other tests while the import runs.
            await Task.Factory.StartNew(
                () =>
                {
                    while (!process.HasExited && (!Directory.Exists(_folder["killed"])
                        || Directory.EnumerateFiles(_folder["killed"], "*", SearchOption.AllDirectories).Count(f => f.Contains("/c/")) < shards))
                    {
                        Thread.Yield();
                    }

                    process.Kill();
                }, TaskCreationOptions.LongRunning);
        }

        await process.WaitForExitAsync();
        await errors;
        return (process.ExitCode, await output);
    }
}
