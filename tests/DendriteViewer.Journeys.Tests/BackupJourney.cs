using System.Text.Json;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>A backup is made while a server works, and another server goes on from it.</summary>
public sealed class BackupJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;
    private static readonly PhantomCell s_phantom = new(64, 3, "0,1.5");

    [Fact]
    public async Task BackupWhileSitesAreWritten_RestoredElsewhere_SignsInAndHasTheSites()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync();
        var store = Path.Combine(server.Folder, "data/store");
        await PhantomStores.CopyAsync(s_phantom, store);
        var page = await browser.NewPageAsync();
        await page.BecomeAdministratorAsync(server);
        await page.Locator(".card h2").WaitForAsync();

        var measured = await page.APIRequest.PostAsync($"{server.Address}/api/datasets/{Id}/measurements", new()
        {
            DataObject = new
            {
                kind = "ruler", pointsUm = new double[][] { [10, 20, 30], [10, 50, 70] }, hours = 0, modality = "projection",
            },
        });
        Assert.True(measured.Ok, await measured.TextAsync());

        // Sites are added without pause while the backup is made.
        using var stop = new CancellationTokenSource();
        var written = 0;
        var writing = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; written++)
            {
                await AddSiteAsync(page, server, written);
            }
        });
        var backup = Path.Combine(server.Folder, "backup");
        while (Volatile.Read(ref written) < 10 && !writing.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        var before = Volatile.Read(ref written);
        var made = await server.RunAsync("backup", backup, "--json");
        await stop.CancelAsync();
        await writing;
        Assert.True(made.ExitCode == 0, made.Errors);
        using var answer = JsonDocument.Parse(made.Output);
        Assert.Equal(1, answer.RootElement.GetProperty("datasets").GetInt32());
        Assert.True(answer.RootElement.GetProperty("blobs").GetInt32() > 4);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal("drwx------", Mode(File.GetUnixFileMode(backup), 'd'));
            Assert.Equal("-rw-------", Mode(File.GetUnixFileMode(Path.Combine(backup, "data/dendrite.db")), '-'));
        }

        // A second run does not overwrite the first.
        var again = await server.RunAsync("backup", backup);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("is there already", again.Errors);

        // Into the folder of a server that runs, or that has run, nothing is restored.
        var running = await server.RunAsync("restore", backup);
        Assert.Equal(1, running.ExitCode);
        Assert.Contains("in use by another DendriteViewer server", running.Errors);
        await using var other = await AppServer.StartAsync(environment: ("Dendrite__Store", store));
        await other.KillAsync();
        var used = await other.RunAsync("restore", backup);
        Assert.Equal(1, used.ExitCode);
        Assert.Contains("is not empty", used.Errors);

        Directory.Delete(Path.Combine(other.Folder, "data"), recursive: true);
        var restored = await other.RunAsync("restore", backup);
        Assert.True(restored.ExitCode == 0, restored.Errors);
        await other.RestartAsync();
        var there = await browser.NewPageAsync();
        await there.GotoAsync(other.Address + "/account/login");
        await there.FillAsync("[name='Input.Email']", "ada@example.org");
        await there.FillAsync("[name='Input.Password']", "a long password");
        await there.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await there.Locator(".card h2").WaitForAsync();
        var sites = await there.APIRequest.GetAsync($"{other.Address}/api/datasets/{Id}/sites");
        Assert.InRange((await sites.JsonAsync())!.Value.GetArrayLength(), before, written);
        var measurements = await there.APIRequest.GetAsync($"{other.Address}/api/datasets/{Id}/measurements");
        Assert.Contains("\"Ruler 1\"", await measurements.TextAsync());
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task RestoreWhereBlobsAreMissing_NamesThem_AndACopyOfThemBringsThemBack()
    {
        await using var server = await AppServer.StartAsync(s_phantom);
        var store = Path.Combine(server.Folder, "data/store");
        var (listed, copied, target) =
            (Path.Combine(server.Folder, "listed"), Path.Combine(server.Folder, "copied"), Path.Combine(server.Folder, "restored"));
        Assert.Equal(0, (await server.RunAsync("backup", listed)).ExitCode);
        Assert.Equal(0, (await server.RunAsync("backup", copied, "--with-blobs")).ExitCode);
        var shard = Directory.EnumerateFiles(Path.Combine(store, "datasets", Id, "volumes"), "0", SearchOption.AllDirectories).First();
        File.Delete(shard);
        var refused = await server.RunAsync("restore", listed, "--data", target, "--store", store);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(Path.GetRelativePath(store, shard), refused.Errors);
        Assert.False(File.Exists(Path.Combine(target, "dendrite.db")));

        var done = await server.RunAsync("restore", copied, "--data", target, "--store", store, "--json");
        Assert.True(done.ExitCode == 0, done.Errors);
        Assert.True(File.Exists(shard));
        Assert.Contains("\"written\":1", done.Output);

        // Into an empty store the copy brings everything.
        var whole = await server.RunAsync("restore", copied, "--data", target + "2", "--store", target + "-store");
        Assert.True(whole.ExitCode == 0, whole.Errors);
        Assert.Contains("\"bad\":[]", await AppServer.CliAsync("verify", Id, "--store", target + "-store", "--json"));
    }

    [Fact]
    public async Task DamagedBackup_IsRefusedBeforeAnythingIsWritten()
    {
        await using var server = await AppServer.StartAsync(demo: true);
        var (backup, target) = (Path.Combine(server.Folder, "backup"), Path.Combine(server.Folder, "restored"));
        Assert.Equal(0, (await server.RunAsync("backup", backup)).ExitCode);
        foreach (var name in new[] { "backup.json", "blobs.jsonl", "data/dendrite.db", "data/jobs.db" })
        {
            var file = Path.Combine(backup, name);
            var good = await File.ReadAllBytesAsync(file);
            await File.WriteAllBytesAsync(file, [.. good[..(good.Length / 2)], .. "x"u8]);
            var refused = await server.RunAsync("restore", backup, "--data", target);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("use another backup", refused.Errors);
            Assert.False(Directory.Exists(target));
            await File.WriteAllBytesAsync(file, good);
        }

        var none = await server.RunAsync("restore", server.Folder, "--data", target);
        Assert.Contains("is no backup", none.Errors);
        Assert.Equal(2, (await server.RunAsync("restore")).ExitCode);
    }

    // Each at a place of its own, since an import takes a site at the same place for the same.
    private static async Task AddSiteAsync(IPage page, AppServer server, int number)
    {
        var csv = $"z_um,y_um,x_um,hours,label\n90,{10 + number % 17 * 10},{10 + number / 17 % 17 * 10},0,S{number}\n";
        var answer =
            await page.APIRequest.PostAsync($"{server.Address}/api/datasets/{Id}/sites",
            new() { DataByte = System.Text.Encoding.UTF8.GetBytes(csv) });
        Assert.True(answer.Ok, await answer.TextAsync());
    }

    private static string Mode(UnixFileMode mode, char kind)
    {
        var letters = "rwxrwxrwx".Select((c, i) => (((int)mode >> (8 - i)) & 1) == 1 ? c : '-');
        return kind + string.Concat(letters);
    }
}
