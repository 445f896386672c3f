using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Debian's Chromium, driven by Playwright; one a test run.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? _playwright;

    public IBrowser Chromium { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        Chromium = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    /// <summary>Begins a test: the pages of the one before are closed, since they miss its server, and their errors are forgotten.</summary>
    public async Task BeginAsync()
    {
        foreach (var context in Chromium.Contexts.ToArray())
        {
            await context.CloseAsync();
        }

        Errors.Clear();
    }

    public async Task<IPage> NewPageAsync(int width = 1440, int height = 900)
    {
        var context = await Chromium.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height } });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(30_000);
        page.PageError += (_, e) => Errors.Add(e);
        return page;
    }

    /// <summary>Uncaught errors of all pages of the test.</summary>
    public List<string> Errors { get; } = [];

    public async Task DisposeAsync()
    {
        await Chromium.CloseAsync();
        _playwright?.Dispose();
    }
}

/// <summary>What every journey does in a viewer.</summary>
internal static class Viewer
{
    /// <summary>Makes the first administrator, Ada, by the code on the console.</summary>
    public static async Task BecomeAdministratorAsync(this IPage page, AppServer server)
    {
        await page.GotoAsync(server.Address + "/account/setup");
        await page.FillAsync("[name='Input.Code']", server.Code!);
        await page.FillAsync("[name='Input.Name']", "Ada");
        await page.FillAsync("[name='Input.Email']", "ada@example.org");
        await page.FillAsync("[name='Input.Password']", "a long password");
        await page.ClickAsync("text=Make the account");
    }

    /// <summary>Chooses in a list of choices that opens below its field.</summary>
    public static async Task ChooseAsync(this IPage page, string label, string option)
    {
        await page.GetByRole(AriaRole.Combobox, new() { Name = label, Exact = true }).ClickAsync();
        var choice = page.GetByRole(AriaRole.Option, new() { Name = option, Exact = true });
        await choice.ClickAsync();
        await choice.WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    /// <summary>Chooses an option of a drop-down by what it is called.</summary>
    public static async Task ChooseAsync(this ILocator scope, string label, string option)
    {
        await scope.GetByRole(AriaRole.Combobox, new() { Name = label, Exact = true }).ClickAsync();
        await scope.Page.GetByRole(AriaRole.Option, new() { Name = option, Exact = true }).ClickAsync();

        // Until it has closed, it lies over what is clicked next.
        await scope.Page.GetByRole(AriaRole.Listbox).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    public static Task ExactAsync(this IPage page) => page.WaitForFunctionAsync("() => document.querySelector('#state')?.dataset.exact === 'true'");

    /// <summary>Waits for the next exact pictures after something changed the view.</summary>
    public static async Task ChangedAsync(this IPage page, Func<Task> change)
    {
        var before = await page.EvaluateAsync<int>("() => dendrite.revision");
        await change();
        await page.WaitForFunctionAsync("r => dendrite.revision > r && document.querySelector('#state').dataset.exact === 'true'", before);
    }

    public static Task<string> PixelsAsync(this IPage page, int pane) => page.EvaluateAsync<string>(
        """
        async i => {
          const c = dendrite.panes[i].canvas, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          return c.width + 'x' + c.height + ' ' + [...new Uint8Array(await crypto.subtle.digest('SHA-256', d))].map(b => b.toString(16)).join('');
        }
        """, pane);
}
