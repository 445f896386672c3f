using System.Text;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>The screens of the Cell tab: its sections from top to bottom, and the dialog that reads a cycler's file.</summary>
internal static class CellScreens
{
    private const string Voltage = "figure[aria-label='Voltage'] svg[role=group]", Fit = ".fit-table", Weights = "[data-weight]";

    // Name of the screen, section of the tab, what is awaited, and what stands at the top of the panel; nothing for the panel as it opens.
    private static readonly (string Name, string Section, string Awaited, string? Top)[] s_sections =
    [
        ("series", "series", Voltage, null),
        ("events", "series", ".event-table", ".event-section"),
        ("charge", "series", "section[aria-label='Half cycles']", "section[aria-label='Half cycles']"),
        ("clocks", "series", "section[aria-label=Clocks]", "section[aria-label='Clocks']"),
        ("impedance", "impedance", Fit, null),
        ("sweep", "impedance", Fit, "figure[aria-label^='Nyquist']"),
        ("fit", "impedance", Fit, "section[aria-label=Fit]"),
        ("spectra", "spectra", Weights, null),
        ("normalization", "spectra", Weights, "[data-absorption-facts]"),
        ("mixture", "spectra", Weights, ".mixture-weights"),
    ];

    /// <summary>The screens; the phantom has its sweeps and spectra (<see cref="AddFilesAsync"/>).</summary>
    public static IEnumerable<Screen> All(AppServer server)
    {
        foreach (var (name, section, awaited, top) in s_sections)
        {
            yield return InTab(server, "cell-" + name, section, async page =>
            {
                await page.Locator(awaited).First.WaitForAsync();
                if (top is not null)
                {
                    await page.ScrollToAsync(top);
                }
            });
        }

        yield return InTab(server, "cell-growth", "impedance", async page =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Fit all sweeps" }).ClickAsync();
            await page.Locator("[aria-label='Growth laws']").WaitForAsync(new() { Timeout = 300_000 });
            await page.ScrollToAsync("[aria-label='Growth laws']");
        });
        yield return InTab(server, "dialog-series-file", "series", async page =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Add a file of series" }).ClickAsync();
            var rows = string.Concat(Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{i * 300};{25 + (i / 20.0)}\n")));
            await page.Locator(".mud-dialog input[type=file]").ChooseFileAsync(
                new FilePayload { Name = "oven.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("Zeit;Ofen\n" + rows) });
            await page.GetByText("no line names a time").WaitForAsync();
        });
    }

    /// <summary>Adds the phantom's sweeps and spectra to its cell.</summary>
    /// <param name="page">A page of somebody who may annotate.</param>
    /// <param name="server">The server.</param>
    /// <param name="scans">The phantom's folder.</param>
    public static async Task AddFilesAsync(IPage page, AppServer server, string scans)
    {
        await page.GotoAsync(server.Address + Screens.Phantom + Screens.SomeView + "&cell=impedance");
        await page.GetByText("No impedance yet").WaitForAsync();
        await page.Locator("input[data-cell-upload='impedance']").ChooseFilesAsync(CellFiles.SweepsOf(scans));
        await page.Locator(Fit).WaitForAsync();
        await page.GotoAsync(server.Address + Screens.Phantom + Screens.SomeView + "&cell=spectra");
        await page.GetByText("No spectra yet").WaitForAsync();
        await page.AddMixtureAsync(scans);
    }

    private static Screen InTab(AppServer server, string name, string section, Func<IPage, Task> openAsync) =>
        Screens.Viewer(server, name, $"{Screens.Phantom}{Screens.SomeView}&cell={section}", (page, _) => openAsync(page));
}
