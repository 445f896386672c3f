using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// Every screen at both sizes and in both themes, for people to look at: of the phantom, analysed and marked, as an administrator sees it,
/// and the viewer on scans that DENDRITE_SCANS names (paths that `dendrite ingest` takes, apart by colons; a folder with a dataset.json is
/// taken as that says, anything else as one scan at 0 h with voxels of 1 µm). Each screen is taken by itself, so that one that fails
/// costs no other. DENDRITE_SCREENS_ONLY is a regular expression of names; with DENDRITE_SCREENS_RESUME those that are there stay.
/// </summary>
public sealed class ScreenPictures(Browser browser) : IClassFixture<Browser>
{
    /// <summary>Whatever is still on its way to its last look: a picture, a skeleton, a movement, the font.</summary>
    private const string IsSettled =
        """
        () => document.fonts.status === 'loaded'
          && [...document.images].every(i => i.complete || i.getBoundingClientRect().top > innerHeight)
          && ![...document.querySelectorAll('.mud-skeleton, .plot-area:empty')].some(s => s.checkVisibility())
          && document.getAnimations().every(a => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity)
          && (!document.querySelector('#viewer') || document.querySelector('#state')?.dataset.exact === 'true')
        """;

    private readonly List<string> _failed = [];
    private string _folder = "";

    [OnRequestFact("DENDRITE_SCREENS")]
    [Trait("Category", "Pictures")]
    public async Task TakeScreens()
    {
        _folder = Directory.CreateDirectory(Environment.GetEnvironmentVariable("DENDRITE_SCREENS")!).FullName;
        var only = new Regex(Environment.GetEnvironmentVariable("DENDRITE_SCREENS_ONLY") ?? "");
        var isResumed = Environment.GetEnvironmentVariable("DENDRITE_SCREENS_RESUME") is not null;
        bool IsWanted(string name) => only.IsMatch(name) && !(isResumed && File.Exists(FileOf(name)));

        // The server's folder stays beside the pictures, so that the next call need not import and analyse again.
        var kept = Path.Combine(_folder, "server");
        var isNew = !File.Exists(Path.Combine(kept, "prepared"));
        if (isNew && Directory.Exists(kept))
        {
            Directory.Delete(kept, recursive: true);
        }

        await using var server = await AppServer.StartInAsync(Directory.CreateDirectory(kept).FullName);
        var scans = (Environment.GetEnvironmentVariable("DENDRITE_SCANS") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        if (isNew)
        {
            await TakeAllAsync(Screens.Doors(server), [], IsWanted);
            await PrepareAsync(server);
            await File.WriteAllTextAsync(Path.Combine(kept, "prepared"), "");
        }

        foreach (var scan in scans.Where(s => !Directory.Exists(Path.Combine(kept, "data/store/datasets", Screens.IdOf(s)))))
        {
            string[] asOne = File.Exists(Path.Combine(scan, "dataset.json"))
                ? [] : ["--dataset", Screens.IdOf(scan), "--hours", "0", "--voxel-um", "1"];
            await AppServer.CliAsync(["ingest", scan, "--store", Path.Combine(kept, "data/store"), .. asOne]);
        }

        Screen[] screens = [.. Screens.Inside(server), .. Screens.OfScans(server, scans.Select(Screens.IdOf))];
        await TakeAllAsync(screens, await SignInAsync(server), IsWanted);
        Assert.True(_failed.Count == 0, $"Not taken:\n{string.Join('\n', _failed)}");
    }

    private async Task TakeAllAsync(IEnumerable<Screen> screens, IReadOnlyList<Cookie> signedIn, Func<string, bool> isWanted)
    {
        foreach (var screen in screens)
        {
            foreach (var isPhone in new[] { false, true })
            {
                if (new[] { "dark", "light" }.Any(theme => isWanted(NameOf(screen, isPhone, theme))))
                {
                    await TakeAsync(screen, isPhone, signedIn);
                }
            }
        }
    }

    // A machine that is busy may fail a screen once; the second time it is told.
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a screen fails with is told at the end, and the others go on.")]
    private async Task TakeAsync(Screen screen, bool isPhone, IReadOnlyList<Cookie> signedIn)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var page = await browser.NewPageAsync(isPhone ? 390 : 1440, isPhone ? 844 : 900);
            page.SetDefaultTimeout(60_000);
            try
            {
                await page.Context.AddCookiesAsync(signedIn);
                await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
                await screen.OpenAsync(page, isPhone);

                // What opened under the pointer would show its hint.
                await page.Mouse.MoveAsync(0, 0);
                foreach (var theme in new[] { ColorScheme.Dark, ColorScheme.Light })
                {
                    var name = theme.ToString().ToLowerInvariant();
                    await page.EmulateMediaAsync(new() { ColorScheme = theme });
                    await page.UntilAsync("theme => document.documentElement.dataset.theme === theme", name);

                    // What the theme changes begins to move with the next frame.
                    await page.EvaluateAsync("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))");
                    await page.UntilAsync(IsSettled);
                    await page.ScreenshotAsync(new()
                    {
                        Path = FileOf(NameOf(screen, isPhone, name)), Animations = ScreenshotAnimations.Disabled,
                    });
                }

                return;
            }
            catch (Exception e)
            {
                if (attempt > 0)
                {
                    _failed.Add($"{screen.Name} ({(isPhone ? "phone" : "wide")}): {e.Message.Split('\n')[0]}");
                    await page.ScreenshotAsync(new() { Path = FileOf($"failed-{NameOf(screen, isPhone, "dark")}") });
                }
            }
            finally
            {
                await page.Context.CloseAsync();
            }
        }
    }

    // Imports the phantom, makes two accounts, runs the analysis and marks sites, so that no panel is empty.
    private async Task PrepareAsync(AppServer server)
    {
        var beamline = Directory.CreateDirectory(Path.Combine(server.Folder, "beamline/series")).Parent!.FullName;
        foreach (var name in new[] { "cell_0h", "cell_1.5h", "cell_last" })
        {
            await File.WriteAllBytesAsync(Path.Combine(beamline, $"series/{name}.nrrd"), Nrrd());
        }

        await File.WriteAllBytesAsync(Path.Combine(beamline, "scan_30x20x10_uint16.raw"), new byte[64 + 2 * 30 * 20 * 10]);
        await AppServer.CliAsync("phantom", Path.Combine(beamline, "cell"));
        await AppServer.CliAsync("ingest", Path.Combine(beamline, "cell"), "--store", Path.Combine(server.Folder, "data/store"));
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout(120_000);
        await page.BecomeAdministratorAsync(server);
        await page.Locator(".card h2").First.WaitForAsync();
        await page.GotoAsync(server.Address + "/admin/people");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("Ben");
        await page.GetByLabel("E-mail").FillAsync("ben@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make account" }).ClickAsync();
        await page.GetByText("first password").WaitForAsync();
        await page.GotoAsync(server.Address + Screens.Phantom + Screens.SomeView);
        await page.ExactAsync();
        await page.EvaluateAsync(
            """
            async () => {
              for (const p of [[136.7, 151.1, 147.9], [138.2, 46.6, 94.1], [127.1, 112.8, 131.1]]) await dendrite.call('AddSite', ...p);
            }
            """);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Nucleation sites" }).WaitForAsync(new() { Timeout = 300_000 });
        await CellScreens.AddFilesAsync(page, server, Path.Combine(beamline, "cell"));
        await page.Context.CloseAsync();
    }

    private async Task<IReadOnlyList<Cookie>> SignInAsync(AppServer server)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Address + "/account/login");
        await page.FillAsync("[name='Input.Email']", "ada@example.org");
        await page.FillAsync("[name='Input.Password']", "a long password");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(server.Address + "/");
        var cookies = await page.Context.CookiesAsync();
        await page.Context.CloseAsync();
        return [.. cookies.Select(c => new Cookie { Name = c.Name, Value = c.Value, Domain = c.Domain, Path = c.Path })];
    }

    private static byte[] Nrrd() =>
    [
        .. Encoding.ASCII.GetBytes("NRRD0004\ntype: uchar\ndimension: 3\nsizes: 28 24 20\nencoding: raw\n\n"),
        .. Enumerable.Range(0, 20 * 24 * 28).Select(i => (byte)(i % 28 * 9)),
    ];

    private static string NameOf(Screen screen, bool isPhone, string theme) => $"{screen.Name}-{(isPhone ? "phone" : "wide")}-{theme}";

    private string FileOf(string name) => Path.Combine(_folder, name + ".png");
}
