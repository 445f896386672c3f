using System.Text.Json;
using DendriteViewer.Imaging.Tests;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// A dataset is deleted and another imported under its name, by the command while a server uses the store, and by the app.
/// </summary>
public sealed class DeletionJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;
    private static readonly PhantomCell s_phantom = new(64, 3, "0,1.5");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DatasetReplacedByTheCommand_OldLinkMemberSiteAndETag_AreNotTheNewOnes(bool inAzure)
    {
        await browser.BeginAsync();
        using var azurite = inAzure ? new AzuriteFixture() : null;
        var address = azurite?.Address("deletion");
        await using var server = address is null
            ? await AppServer.StartAsync()
            : await AppServer.StartAsync(environment: ("Dendrite__Store", address));
        var store = address ?? Path.Combine(server.Folder, "data/store");
        await ImportAsync(store, s_phantom);
        var page = await browser.NewPageAsync();
        await page.BecomeAdministratorAsync(server);

        // What the command imported while the server ran is there without a restart, and so is a member, a site and a link of it.
        await page.Locator(".card h2").WaitForAsync();
        var member = await AddMemberAsync(page, server);
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();
        await page.AddSiteAsync(90, 90, 90);
        await page.UntilAsync("() => dendrite.sites.length === 1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.ClickAsync("text=Make link");
        var link = await page.Locator("[data-copy]").InputValueAsync();
        var guest = await browser.NewPageAsync();
        await guest.GotoAsync(link);
        await guest.ExactAsync();
        await member.GotoAsync($"{server.Address}/d/{Id}");
        await member.ExactAsync();
        var picture = await page.APIRequest.GetAsync($"{server.Address}/api/datasets/{Id}/slice.png?axis=z&size=100x100");
        var before = await IdentityAsync(page, server);

        // Deleted beside the running server: whoever looks is told within seconds.
        await AppServer.CliAsync("delete", Id, "--store", store);
        await guest.GetByText("That dataset was deleted").WaitForAsync(new() { Timeout = 10_000 });
        await member.GetByText("That dataset was deleted").WaitForAsync(new() { Timeout = 10_000 });
        await page.GetByText("That dataset was deleted").WaitForAsync(new() { Timeout = 10_000 });

        // Another of the same name, size and times.
        await ImportAsync(store, s_phantom with { Seed = 2 });
        await page.GotoAsync(server.Address);
        await page.Locator(".card h2").WaitForAsync();
        Assert.NotEqual(before, await IdentityAsync(page, server));
        await guest.GotoAsync(link);
        await guest.GetByText("That dataset was deleted").WaitForAsync();
        Assert.Equal(404, (await guest.APIRequest.GetAsync(link + "/preview.png")).Status);
        Assert.Equal(404, (await guest.APIRequest.GetAsync($"{server.Address}/api/datasets/{Id}")).Status);
        await guest.GotoAsync($"{server.Address}/d/{Id}");
        await guest.GetByText("This dataset was deleted").WaitForAsync();
        await member.GotoAsync($"{server.Address}/d/{Id}");
        await member.GetByText("This dataset was deleted").WaitForAsync();
        Assert.Equal("[]", (await (await page.APIRequest.GetAsync($"{server.Address}/api/datasets/{Id}/sites")).TextAsync()).Trim());
        var again =
            await page.APIRequest.GetAsync(picture.Url,
            new() { Headers = new Dictionary<string, string> { ["If-None-Match"] = picture.Headers["etag"] } });
        Assert.Equal(200, again.Status);
        Assert.NotEqual(await picture.BodyAsync(), await again.BodyAsync());

        // The first one's site is kept, for its members.
        var archived = await member.APIRequest.GetAsync($"{server.Address}/api/archive/{before}/sites");
        Assert.Contains("\"N1\"", await archived.TextAsync());
        Assert.Equal(404, (await guest.APIRequest.GetAsync($"{server.Address}/api/archive/{before}/sites")).Status);
        await page.GetByText("Deleted datasets (1)").WaitForAsync();
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task DatasetDeletedWhileNoServerRan_IsArchivedAtTheNextStart()
    {
        await using var server = await AppServer.StartAsync(s_phantom);
        var store = Path.Combine(server.Folder, "data/store");
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        await UntilAsync(() => Task.FromResult(Count(server, "SELECT COUNT(*) FROM Datasets") == 1));
        var measured = await client.PostAsync($"/api/datasets/{Id}/measurements", new StringContent(
            """{"kind":"ruler","pointsUm":[[10,20,30],[10,50,70]],"hours":0,"modality":"projection","label":"Kept"}"""));
        Assert.True(measured.IsSuccessStatusCode, await measured.Content.ReadAsStringAsync());
        await server.KillAsync();
        await AppServer.CliAsync("delete", Id, "--store", store);
        await server.RestartAsync();
        await UntilAsync(async () => (await client.GetStringAsync("/api/archive")).Contains(Id));

        // What was measured in it is kept.
        using var archive = JsonDocument.Parse(await client.GetStringAsync("/api/archive"));
        var identity = archive.RootElement[0].GetProperty("identity").GetString();
        Assert.Contains("\"Kept\"", await client.GetStringAsync($"/api/archive/{identity}/measurements"));
        Assert.Contains("Kept,ruler,0,projection", await client.GetStringAsync($"/api/archive/{identity}/measurements/csv"));

        // The same scans imported again are another dataset: the first stays archived.
        await ImportAsync(store, s_phantom);
        await UntilAsync(async () => (await client.GetStringAsync("/api/datasets")).Contains(Id));
        Assert.Contains(Id, await client.GetStringAsync("/api/archive"));
    }

    [Fact]
    public async Task Owner_DeletesInTheViewer_AfterTypingTheId()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(s_phantom);
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Data", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Check" }).ClickAsync();
        await page.GetByText("Delete the dataset…").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Delete the dataset" });
        var button = dialog.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true });
        Assert.True(await button.IsDisabledAsync());
        await dialog.GetByRole(AriaRole.Textbox).FillAsync(Id);
        if (Environment.GetEnvironmentVariable("DENDRITE_LOOK") is { } look)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(look, "delete.png") });
        }

        await button.ClickAsync();
        await page.GetByText("That dataset was deleted").WaitForAsync();
        await page.GotoAsync(server.Address);
        await page.GetByText("No datasets yet").WaitForAsync();
        var blobs = Path.Combine(server.Folder, "data/store/datasets", Id);
        await AppServer.UntilAsync(() => !Directory.Exists(blobs), $"{blobs} is gone");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Api_Deletes_OnlyTheDatasetThatWasLookedAt()
    {
        await using var server = await AppServer.StartAsync(s_phantom);
        var store = Path.Combine(server.Folder, "data/store");
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        using var looked = await client.GetAsync($"/api/datasets/{Id}");
        var tag = looked.Headers.ETag!.ToString();
        Assert.Equal(428, await DeleteAsync(null));
        Assert.Equal(428, await DeleteAsync(""));
        Assert.Equal(412, await DeleteAsync("*"));

        await AppServer.CliAsync("delete", Id, "--store", store);
        await ImportAsync(store, s_phantom);
        Assert.Equal(412, await DeleteAsync(tag));
        using var now = await client.GetAsync($"/api/datasets/{Id}");
        Assert.Equal(204, await DeleteAsync(now.Headers.ETag!.ToString()));
        Assert.Equal(404, await DeleteAsync(tag));
        Assert.Equal("[]", await client.GetStringAsync("/api/datasets"));

        async Task<int> DeleteAsync(string? ifMatch)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/datasets/{Id}");
            if (ifMatch is not null)
            {
                request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            }

            using var answer = await client.SendAsync(request);
            return (int)answer.StatusCode;
        }
    }

    private static async Task ImportAsync(string store, PhantomCell phantom) =>
        await AppServer.CliAsync("ingest", await PhantomStores.ScansAsync(phantom), "--store", store);

    private static async Task<string> IdentityAsync(IPage page, AppServer server)
    {
        var answer = await page.APIRequest.GetAsync($"{server.Address}/api/datasets/{Id}");
        return (await answer.JsonAsync())!.Value.GetProperty("identity").GetString()!;
    }

    private async Task<IPage> AddMemberAsync(IPage page, AppServer server)
    {
        await page.GotoAsync(server.Address + "/admin/people");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("Ben");
        await page.GetByLabel("E-mail").FillAsync("ben@example.org");
        await page.ClickAsync("text=Make account");
        var made = await page.GetByText("signs in as ben@example.org").TextContentAsync();
        var password = System.Text.RegularExpressions.Regex.Match(made!, "first password ([0-9a-f]+)").Groups[1].Value;
        await page.ChooseAsync("Role of Ben", "annotator");
        await page.GetByText("Ben has the role annotator in").WaitForAsync();
        var member = await browser.NewPageAsync();
        await member.GotoAsync(server.Address + "/account/login");
        await member.FillAsync("[name='Input.Email']", "ben@example.org");
        await member.FillAsync("[name='Input.Password']", password);
        await member.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await member.Locator(".card h2").WaitForAsync();
        return member;
    }

    private static long Count(AppServer server, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(server.Folder, "data/dendrite.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }
}
