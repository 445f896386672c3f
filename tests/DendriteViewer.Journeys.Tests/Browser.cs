using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// Debian's Chromium, driven by Playwright. Starting it costs as much as a short journey, so that there is one a test run, in which each
/// class has profiles of its own. It ends with the process that drives it.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly Lazy<Task<IBrowser>> s_chromium = new(LaunchAsync);

    // What the line below the panes said, which is gone after a moment, for the message of a test that fails.
    private const string KeepWhatIsTold =
        """
        window.told = [];
        new MutationObserver(list => {
          const status = list.find(m => m.target.id === 'status')?.target;
          if (status?.dataset.told) window.told.push(status.textContent);
        }).observe(document, { childList: true, subtree: true });
        """;

    // The profiles that tests of this class opened.
    private readonly List<IBrowserContext> _contexts = [];
    private IBrowser _chromium = null!;

    public async Task InitializeAsync() => _chromium = await s_chromium.Value;

    /// <summary>Begins a test: the pages of the one before are closed, since they miss its server; their errors are forgotten.</summary>
    public async Task BeginAsync()
    {
        await CloseAllAsync();
        Errors.Clear();
    }

    /// <summary>A profile of its own, which is closed when the next test of the class begins.</summary>
    public async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions options)
    {
        var context = await _chromium.NewContextAsync(options);
        _contexts.Add(context);
        return context;
    }

    public async Task<IPage> NewPageAsync(int width = 1440, int height = 900)
    {
        var context = await NewContextAsync(new() { ViewportSize = new ViewportSize { Width = width, Height = height } });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        page.PageError += (_, e) => Errors.Add(e);
        await page.AddInitScriptAsync(KeepWhatIsTold);
        return page;
    }

    /// <summary>Uncaught errors of all pages of the test.</summary>
    public List<string> Errors { get; } = [];

    public Task DisposeAsync() => CloseAllAsync();

    private static async Task<IBrowser> LaunchAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--no-first-run"],
        });
    }

    private async Task CloseAllAsync()
    {
        foreach (var context in _contexts)
        {
            await context.CloseAsync();
        }

        _contexts.Clear();
    }
}

/// <summary>What every journey does in a viewer.</summary>
internal static class Viewer
{
    // A field is drawn anew so often at most while it is waited for.
    private const int MostFields = 20;

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

    /// <summary>Makes a link to the view that a page shows, and closes the dialog.</summary>
    public static async Task<string> LinkAsync(this IPage page, string name, string role)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.GetByLabel("Name of the link").FillAsync(name);
        await page.ChooseAsync("Role", role);
        await page.ClickAsync("text=Make link");
        var link = await page.Locator("[data-copy]").InputValueAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByLabel("Name of the link").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        return link;
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

    /// <summary>Waits until an expression is true in the page; where it never is, the message says how page and server are.</summary>
    public static async Task UntilAsync(this IPage page, string expression, object? argument = null, int seconds = 60)
    {
        try
        {
            await page.WaitForFunctionAsync(expression, argument, new() { Timeout = 1000 * seconds });
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"Not within {seconds} s: {expression} with {argument}\n{await StateAsync(page)}\n{AppServer.LatestLines()}");
        }
    }

    /// <summary>
    /// Holds that something comes true in the page within a time after an act. Time in which the machine did not serve the page does not
    /// count: of a tick of the page's clock that comes late, since the machine has much else to do, no more than two ticks are counted.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="seconds">The time.</param>
    /// <param name="expression">What comes true, JavaScript.</param>
    /// <param name="act">The act; the time begins before it.</param>
    public static async Task WithinAsync(this IPage page, double seconds, string expression, Func<Task> act)
    {
        var (served, passed) = await page.MeasuredAsync(expression, act);
        Assert.True(
            served <= 1000 * seconds, $"It took {served:0} ms, of {passed:0} that passed, until {expression}; allowed are {seconds} s.");
    }

    /// <summary>Measures how long something takes to come true in the page after an act, as <see cref="WithinAsync"/> counts it.</summary>
    /// <returns>The milliseconds in which the machine served the page, and all that passed.</returns>
    public static async Task<(double Served, double Passed)> MeasuredAsync(this IPage page, string expression, Func<Task> act)
    {
        await page.EvaluateAsync(
            $$"""
            () => {
              const tick = 50, watch = window.watch = { served: 0, passed: 0, isDone: false };
              let last = performance.now();
              const timer = setInterval(() => {
                const now = performance.now(), since = now - last;
                last = now;
                watch.passed += since;
                watch.served += Math.min(since, 2 * tick);
                if (!({{expression}})) return;
                watch.isDone = true;
                clearInterval(timer);
              }, tick);
            }
            """);
        await act();
        await page.UntilAsync("() => watch.isDone");
        return (await page.EvaluateAsync<double>("() => watch.served"), await page.EvaluateAsync<double>("() => watch.passed"));
    }

    /// <summary>Chooses a file once Blazor listens to the field; nobody is told of what was chosen before.</summary>
    /// <param name="field">A field of Blazor's InputFile.</param>
    /// <param name="file">The file.</param>
    public static async Task ChooseFileAsync(this ILocator field, FilePayload file)
    {
        await field.IsHeardAsync();
        await field.SetInputFilesAsync(file);
    }

    /// <summary>As above, of files of this machine.</summary>
    /// <param name="field">A field of Blazor's InputFile.</param>
    /// <param name="paths">Their paths.</param>
    public static async Task ChooseFilesAsync(this ILocator field, IEnumerable<string> paths)
    {
        await field.IsHeardAsync();
        await field.SetInputFilesAsync(paths);
    }

    private static async Task IsHeardAsync(this ILocator field)
    {
        // The component may draw the field anew meanwhile: then it is the new one that is waited for.
        for (var tries = 0; tries < MostFields; tries++)
        {
            await field.WaitForAsync(new() { State = WaitForSelectorState.Attached });
            var isHeard = await field.EvaluateAsync<bool>(
                """
                async field => {
                  const end = performance.now() + 60000;
                  while (field.isConnected && field._blazorInputFileNextFileId === undefined) {
                    if (performance.now() > end) throw new Error('Within 60 s nobody listened to the field.');
                    await new Promise(done => setTimeout(done, 20));
                  }
                  return field.isConnected;
                }
                """);
            if (isHeard)
            {
                return;
            }
        }

        throw new TimeoutException($"The field was replaced {MostFields} times before anybody listened to it.");
    }

    /// <summary>Opens an address after the server was away, when the page may load itself again: that ends the first try.</summary>
    /// <param name="page">The page.</param>
    /// <param name="address">The address.</param>
    public static async Task ReopenAsync(this IPage page, string address)
    {
        try
        {
            await page.GotoAsync(address);
        }
        catch (PlaywrightException e) when (e.Message.Contains("ERR_ABORTED", StringComparison.Ordinal)
            || e.Message.Contains("interrupted by another navigation", StringComparison.Ordinal))
        {
            await page.GotoAsync(address);
        }
    }

    /// <summary>Waits until a dialog that was opened has the focus: what is typed before goes elsewhere.</summary>
    public static Task DialogHasFocusAsync(this IPage page) =>
        page.UntilAsync("() => document.activeElement?.closest('.mud-dialog-container')");

    /// <summary>Waits until the pictures at rest of the view now are there.</summary>
    public static Task ExactAsync(this IPage page) => page.UntilAsync("() => document.querySelector('#state')?.dataset.exact === 'true'");

    /// <summary>As <see cref="ExactAsync"/>, and until the address has the view: before a page is loaded again, say.</summary>
    public static Task SettledAsync(this IPage page) => page.UntilAsync(
        "() => document.querySelector('#state')?.dataset.exact === 'true' && dendrite.addressed >= dendrite.revision");

    /// <summary>Waits for the next exact pictures after something changed the view.</summary>
    public static async Task ChangedAsync(this IPage page, Func<Task> change)
    {
        var before = await page.EvaluateAsync<int>("() => dendrite.revision");
        await change();
        await page.UntilAsync("r => dendrite.revision > r && document.querySelector('#state').dataset.exact === 'true'", before);
    }

    /// <summary>Marks a site; what refuses it fails the test.</summary>
    /// <param name="page">The page.</param>
    /// <param name="at">z, y, x in µm.</param>
    /// <returns>The site's id.</returns>
    public static Task<string> AddSiteAsync(this IPage page, params double[] at) =>
        page.EvaluateAsync<string>("at => dendrite.connection.invoke('AddSite', ...at)", at);

    private static Task<string> StateAsync(IPage page) => page.EvaluateAsync<string>(
        """
        () => {
          const d = window.dendrite, { revision, heard, addressed, asking, pending, sent, view, sites, steps } = d ?? {};
          return JSON.stringify({
            address: location.href, state: document.querySelector('#state')?.textContent, told: window.told?.slice(-5),
            connection: d?.connection?.state, panes: d?.panes?.map(p => [p.exact, p.frame, p.awaited, p.note.textContent]),
            said: [...document.querySelectorAll('.mud-snackbar, .error, .notice, .mud-alert')].map(e => e.textContent.trim().slice(0, 200)),
            revision, heard, addressed, asking, pending, sent, sites: sites?.map(s => s.label), done: steps?.done,
            edits: steps?.edits, others: d?.together && { me: d.together.me, isAlone: d.together.isAlone, all: d.together.roster.all },
            view, kept: Object.keys(localStorage).filter(k => k.startsWith('edit:')).map(k => localStorage[k].slice(0, 500)),
          }, null, 1);
        }
        """);

    /// <summary>A hash of a pane's picture at rest, for which it waits, and the picture's size.</summary>
    public static async Task<string> PixelsAsync(this IPage page, int pane)
    {
        await page.ExactAsync();
        return await page.EvaluateAsync<string>(
            """
            async i => {
              const c = dendrite.panes[i].canvas, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
              const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', d));
              return c.width + 'x' + c.height + ' ' + [...hash].map(b => b.toString(16)).join('');
            }
            """, pane);
    }
}
