using System.Text.Json;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Adds a phantom's measurements in the Cell tab, as people do.</summary>
internal static class CellFiles
{
    /// <summary>Paths of a phantom's impedance sweeps, in the order of time.</summary>
    /// <param name="scans">The phantom's folder.</param>
    public static string[] SweepsOf(string scans)
    {
        using var truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(scans, "truth.json")));
        return
        [
            .. truth.RootElement.GetProperty("impedance").GetProperty("sweeps").EnumerateArray()
                .Select(s => Path.Combine(scans, s.GetProperty("path").GetString()!)),
        ];
    }

    /// <summary>Adds spectra of the cell; the section of spectra is open.</summary>
    /// <param name="page">The page.</param>
    /// <param name="button">The button that opens the dialog.</param>
    /// <param name="scans">The phantom's folder.</param>
    /// <param name="names">Names of the files in its folder xas.</param>
    public static async Task AddSpectraAsync(this IPage page, string button, string scans, params string[] names)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await page.ChooseSpectraAsync(scans, names);
        await page.GetByRole(AriaRole.Button, new() { Name = $"Add {names.Length} files" }).ClickAsync();
    }

    /// <summary>Chooses files of spectra in the open dialog, and waits until they were read.</summary>
    /// <param name="page">The page.</param>
    /// <param name="scans">The phantom's folder.</param>
    /// <param name="names">Names of the files in its folder xas.</param>
    public static async Task ChooseSpectraAsync(this IPage page, string scans, params string[] names)
    {
        var field = page.Locator(".mud-dialog input[type=file]");
        await page.DialogHasFocusAsync();
        await field.ChooseFilesAsync(names.Select(n => Path.Combine(scans, "xas", n)));
        await page.Locator("[data-picked]").Nth(names.Length - 1).WaitForAsync();
    }

    /// <summary>Adds the spectra of sulfur before and after the experiment and two references, so that their mixture is shown.</summary>
    /// <param name="page">The page, with the section of spectra open and without any.</param>
    /// <param name="scans">The phantom's folder.</param>
    public static async Task AddMixtureAsync(this IPage page, string scans)
    {
        await page.AddSpectraAsync("Add spectra", scans, "S_before.xdi", "S_after.xdi");
        await page.GetByText("There are no references of the S K-edge.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "References", Exact = true }).ClickAsync();
        await page.ChooseSpectraAsync(scans, "S_reference_Li3PS4-like.xdi", "S_reference_Li2S-like.xdi");
        await page.GetByLabel("Licence").FillAsync("computed");
        await page.GetByLabel("Source").FillAsync("phantom");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add 2 files" }).ClickAsync();
        await page.Locator("[data-weight]").Nth(1).WaitForAsync();
    }
}
