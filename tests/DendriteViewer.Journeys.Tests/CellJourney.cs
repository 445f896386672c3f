using System.Globalization;
using System.Text;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// What belongs to a cell beside its scans: a file of sweeps and a spectrum are added, an event leads to its scan, undo, and a link that
/// opens what was open.
/// </summary>
public sealed class CellJourney(Browser browser) : IClassFixture<Browser>
{
    private const string ToldEvent =
        "() => / h · .* · [a-z ]+ at [0-9.]+ h/.test(document.querySelector('#timeline output').textContent)";

    [Fact]
    public async Task Cell_WithAddedFiles_IsLinkedToScansAndOpensFromItsLink()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5,3.2"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{PhantomCell.Id}?t=0");
        await page.ExactAsync();

        // The events of the logged current and voltage stand on the timeline; a click on one goes to the nearest scan.
        await page.Locator("#timeline .events path").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.GetByRole(AriaRole.Tab, new() { Name = "Cell", Exact = true }).WaitForAsync();
        var (at, nearest) = await LastEventAsync(page);
        Assert.NotEqual(0, nearest);
        await page.Mouse.ClickAsync(at.X, at.Y);
        await page.UntilAsync("h => dendrite.view.hours === h", nearest);
        await page.Mouse.MoveAsync(at.X + 1, at.Y);
        await page.UntilAsync(ToldEvent);

        // It is told still where the timeline is drawn anew under the resting pointer.
        await page.EvaluateAsync("() => dendrite.timeline.draw()");
        await page.UntilAsync(ToldEvent);

        await page.GetByRole(AriaRole.Tab, new() { Name = "Cell", Exact = true }).ClickAsync();
        await page.UntilAsync("() => location.search.includes('cell=series')");
        await SectionAsync(page, "Impedance");
        await AddAsync(page, "impedance", "sweeps.csv", Sweeps);
        await page.Locator("[data-cell-files=impedance] [data-cell-file]").WaitForAsync();

        // What cannot be read is refused in one sentence, and nothing of it is kept.
        await AddAsync(page, "impedance", "notes.txt", "nothing measured");
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "notes.txt" }).WaitForAsync();
        Assert.Equal(1, await page.Locator("[data-cell-files=impedance] [data-cell-file]").CountAsync());

        // Another scan chooses the nearest sweep, and the address has it.
        await page.EvaluateAsync("() => dendrite.patch({ hours: 1.5 })");
        await page.UntilAsync("() => /cell=impedance:[0-9a-f]{32}:1(&|$)/.test(location.search)");

        await SectionAsync(page, "Spectra");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add spectra" }).ClickAsync();
        await page.DialogHasFocusAsync();
        await page.Locator(".mud-dialog input[type=file]").ChooseFileAsync(Payload("before.dat", Spectrum));
        await page.Locator("[data-picked]").WaitForAsync();
        await page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Add the spectrum" }).ClickAsync();
        await page.Locator("[data-spectrum]").WaitForAsync();
        await page.Locator("#panes").ClickAsync(new() { Position = new() { X = 5, Y = 5 }, Trial = true });
        await page.EvaluateAsync("() => document.activeElement?.blur()");
        await page.Keyboard.PressAsync("Control+z");
        await page.Locator("[data-spectrum]").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.Keyboard.PressAsync("Control+Shift+z");
        await page.Locator("[data-spectrum]").WaitForAsync();
        await SectionAsync(page, "Impedance");
        await page.EvaluateAsync("() => dendrite.patch({ hours: 3.2 })");
        await page.UntilAsync("() => /cell=impedance:[0-9a-f]{32}:2(&|$)/.test(location.search)");

        // The address opens the tab, whatever this browser had open last, with what was open in it.
        var link = page.Url;
        await page.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
        await page.UntilAsync("() => !location.search.includes('cell=')");
        await page.GotoAsync(link);
        await page.Locator("[data-cell-files=impedance] [data-cell-file]").WaitForAsync();
        await page.UntilAsync("() => /cell=impedance:[0-9a-f]{32}:2(&|$)/.test(location.search) && dendrite.view.hours === 3.2");
        await page.GotoAsync(link.Replace("cell=impedance", "cell=pictures", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "(cell)" }).WaitForAsync();

        // A timeline that changes once more after its page was left: its marks were put back without end, and the tab hung.
        await page.Locator("#timeline .events").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.EvaluateAsync(
            "() => { const { svg } = dendrite.timeline; svg.remove(); svg.replaceChildren(); setTimeout(() => { window.goesOn = 1; }); }")
            .WaitAsync(AppServer.StartPatience);
        await page.UntilAsync("() => window.goesOn").WaitAsync(AppServer.StartPatience);
        Assert.Empty(browser.Errors);
    }

    private static async Task SectionAsync(IPage page, string name)
    {
        await page.Locator(".cell-panel .mud-toggle-item").Filter(new() { HasText = name }).ClickAsync();
        await page.UntilAsync("s => location.search.includes('cell=' + s)", name.ToLowerInvariant());
    }

    private static Task AddAsync(IPage page, string kind, string name, string content) =>
        page.Locator($"[data-cell-files={kind}] input[type=file]").ChooseFileAsync(Payload(name, content));

    private static FilePayload Payload(string name, string content) =>
        new() { Name = name, MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(content) };

    // The last event that lies nearest to another scan than the first, in pixels of the page, and that scan.
    private static async Task<((float X, float Y) At, double Hours)> LastEventAsync(IPage page)
    {
        var found = await page.EvaluateAsync<double[]>("""
            () => {
              const box = document.querySelector('#timeline .events path:last-of-type').getBoundingClientRect(), { timeline } = dendrite;
              const x = box.x + box.width / 2, track = timeline.track.getBoundingClientRect();
              const at = timeline.hoursAt(x - track.x, track.width);
              const near = timeline.hours.reduce((a, b) => Math.abs(a - at) <= Math.abs(b - at) ? a : b);
              return [x, box.y + box.height / 2, near];
            }
            """);
        return (((float)found[0], (float)found[1]), found[2]);
    }

    // Three sweeps of a resistance and an arc that grows.
    private static string Sweeps => string.Concat(new[] { 0, 1.4, 2.9 }.Select(hours =>
    {
        var rows = Enumerable.Range(0, 30).Select(i =>
        {
            var f = Math.Pow(10, 5 - (i / 5.0));
            var z = 5 + ((20 + hours) / new System.Numerics.Complex(1, 2 * Math.PI * f * 2e-4));
            return string.Create(CultureInfo.InvariantCulture, $"{f:G8},{z.Real:G8},{z.Imaginary:G8}\n");
        });
        return string.Create(CultureInfo.InvariantCulture, $"# hours: {hours}\nfreq/Hz,Re/Ohm,Im/Ohm\n") + string.Concat(rows);
    }));

    // An edge of sulfur with its white line.
    private static string Spectrum => "# energy mu\n" + string.Concat(Enumerable.Range(0, 300).Select(i =>
    {
        var e = 2420 + (i * 0.6);
        var mu = 0.1 + (0.5 * (1 + Math.Tanh(e - 2472))) + Math.Exp(-Math.Pow((e - 2473) / 1.5, 2));
        return string.Create(CultureInfo.InvariantCulture, $"{e:0.0} {mu:0.00000}\n");
    }));
}
