using DendriteViewer.Imaging.Tests;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>What people see of the store underneath.</summary>
public sealed class StoreJourney(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Store_KilledWhileSomebodyLooks_IsWaitedForAndThePictureGoesOnByItself()
    {
        await browser.BeginAsync();
        using var azurite = new AzuriteFixture();
        var address = azurite.Address("journey");
        await using var server = await AppServer.StartAsync(demo: true, behindNginx: false, ("Dendrite__Store", address), ("Dendrite__BrickCacheMiB", "16"), ("Dendrite__DiskCacheMiB", "0"));
        await AppServer.CliAsync("ingest", await PhantomStores.ScansAsync(new PhantomCell(160, 1.6, "0,1,2,3")), "--store", address);

        await azurite.WrittenAsync();
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Address + "/d/li-li3ps4-li-phantom-0-8-ma-cm2");
        await page.ExactAsync();
        var shown = await page.PixelsAsync(0);

        azurite.Kill();
        var revision = await page.EvaluateAsync<int>("() => dendrite.revision");
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.GetByText("The store does not answer").WaitForAsync();
        await page.UntilAsync("() => document.querySelector('#state').textContent === 'loading' && document.querySelector('#state').dataset.exact === 'false'");
        if (Environment.GetEnvironmentVariable("DENDRITE_LOOK") is { } look)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(look, "store-away.png") });
        }

        azurite.Start();
        await page.GetByText("The store does not answer").WaitForAsync(new() { State = WaitForSelectorState.Detached, Timeout = 60_000 });
        await page.UntilAsync("r => dendrite.revision > r && document.querySelector('#state').dataset.exact === 'true'", revision, seconds: 60);
        Assert.NotEqual(shown, await page.PixelsAsync(0));
        Assert.Empty(browser.Errors);
    }
}
