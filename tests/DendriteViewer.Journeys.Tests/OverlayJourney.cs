using System.Globalization;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Whether what is drawn over pictures is seen on any picture: measured on the pixels of the canvases.</summary>
public sealed class OverlayJourney(Browser browser) : IClassFixture<Browser>
{
    private const double LeastOfLines = 3, LeastOfText = 4.5;

    // Laid over a ground of one colour, the contrast of the most contrasting pixel of a short way across a line with that ground.
    private const string Measure =
        """
        () => {
          const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
          const luminance = d => 0.2126 * linear(d[0]) + 0.7152 * linear(d[1]) + 0.0722 * linear(d[2]);
          const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          const found = [];
          const seen = (name, value) => found.push(`${value.toFixed(2)} ${name}`);
          for (const ground of ['#ffffff', '#000000']) {
            const base = ground === '#ffffff' ? 1 : 0;
            for (const pane of dendrite.panes) {
              const { overlay } = pane, [w, h] = pane.size, copy = document.createElement('canvas');
              Object.assign(copy, { width: overlay.width, height: overlay.height });
              const g = copy.getContext('2d', { willReadFrequently: true });
              g.fillStyle = ground; g.fillRect(0, 0, copy.width, copy.height); g.drawImage(overlay, 0, 0);
              const at = (x, y) => luminance(g.getImageData(Math.round(x), Math.round(y), 1, 1).data);
              const line = (name, x, y) => {
                let best = 1;
                for (let d = 0; d < 81; d++) best = Math.max(best, ratio(at(x + d % 9 - 4, y + Math.floor(d / 9) - 4), base));
                seen(`${name} in pane ${pane.index} on ${ground}`, best);
              };
              const text = (name, x, y, width, height) => {
                const places = [...Array(Math.floor(width) * height).keys()];
                const values = places.map(i => at(x + i % Math.floor(width), y + Math.floor(i / Math.floor(width)))).sort((a, b) => a - b);
                seen(`text of ${name} in pane ${pane.index} on ${ground}`, ratio(values[Math.floor(values.length * 0.3)], values.at(-1)));
              };
              for (const l of pane.labels) text(l.text, l.x + 4, l.y + 3, l.width - 8, l.height - 6);
              text('the scale bar', 12, h - 34, 30, 14);
              line('scale bar', 20, h - 14);
              for (const site of dendrite.sites) {
                const toScreen = pane.is3d ? null : pane.map().toScreen, p = toScreen?.([site.zUm, site.yUm, site.xUm]);
                if (!p || Math.abs(p[2]) > site.radiusUm) continue;
                const r = Math.max(5, Math.sqrt(site.radiusUm ** 2 - p[2] ** 2) / pane.map().um);
                // All around, so that no part of a ring is lost.
                for (let a = 0; a < 6.28; a += 0.8) line(`ring of ${site.label}`, p[0] + r * Math.cos(a), p[1] + r * Math.sin(a));
              }
              if (pane.is3d) continue;
              const [cx, cy] = pane.map().toScreen(dendrite.view.focus);
              for (const f of [0.1, 0.3, 0.7, 0.85]) { line('crosshair', w * f, cy); line('crosshair', cx, h * f); }
              line('axis', w - 40 - 40, 20);
              if (pane.index === 0) { line('frame of the band', 2, h / 2); continue; }
              for (const p of pane.grips().at) { line('grip', p[0], p[1]); line('limit of the band', p[0] + 30, p[1]); }
            }
          }
          return found;
        }
        """;

    [Fact]
    public async Task Overlays_OnWhiteAndOnBlack_HaveContrastAndLabelsThatDoNotOverlap()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5,3.2"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/li-li3ps4-li-phantom-0-8-ma-cm2?v=1&t=3.2&m=projection&band=60,130");
        await page.SettledAsync();

        // What the server tells of sites would take the place of these.
        await page.UntilAsync("() => dendrite.siteMarks.number >= 0");

        // Twelve sites near one another and at the rim, of every status, one selected; and arrows of misregistration.
        await page.EvaluateAsync(
            """
            () => {
              const f = dendrite.view.focus, status = ['proposed', 'confirmed', 'rejected'];
              dendrite.siteMarks.sites = [...Array(14).keys()].map(i => ({
                id: `s${i}`, label: `N${i + 1} of a long name`,
                zUm: f[0], yUm: f[1], xUm: i > 11 ? (i - 12) * 190 + 1 : f[2] - 20 + 6 * (i % 4),
                radiusUm: 6, hours: 3.2, status: status[i % 3],
              }));
              for (let i = 0; i < 12; i++) dendrite.sites[i].yUm += 6 * Math.floor(i / 4);
              dendrite.view = { ...dendrite.view, selected: 's5' };
              dendrite.overlays();
            }
            """);
        var contrasts = await page.EvaluateAsync<string[]>(Measure);
        Assert.True(contrasts.Length > 150, $"{contrasts.Length} places were measured.");
        Assert.DoesNotContain(contrasts, c => double.Parse(c.Split(' ')[0], CultureInfo.InvariantCulture)
            < (c.Contains(" text of ", StringComparison.Ordinal) ? LeastOfText : LeastOfLines));

        var wrong = await page.EvaluateAsync<string[]>(
            """
            () => dendrite.panes.flatMap(p => p.labels.flatMap((a, i) => {
              const [w, h] = p.size, isInside = a.x >= 0 && a.y >= 0 && a.x + a.width <= w && a.y + a.height <= h;
              const meets = (b, from, size) => a[from] < b[from] + b[size] && b[from] < a[from] + a[size];
              const over = p.labels.slice(i + 1).filter(b => meets(b, 'x', 'width') && meets(b, 'y', 'height'));
              const outside = isInside ? [] : [`${a.text} leaves pane ${p.index}`];
              return [...outside, ...over.map(b => `${a.text} and ${b.text} overlap in pane ${p.index}`)];
            }))
            """);
        Assert.Empty(wrong);
        Assert.Contains("N6 of a long name", await page.EvaluateAsync<string[]>("() => dendrite.panes[0].labels.map(l => l.text)"));

        // Nothing of the page that lies over a picture lies over a label: the border of a swipe; on a phone the buttons and the title.
        await page.ChangedAsync(() => page.EvaluateAsync("() => dendrite.patch({ compare: { mode: 'swipe', hours: 0 } })"));
        Assert.Empty(await CoveredAsync(page));
        await page.SetViewportSizeAsync(390, 844);
        // A window that becomes as narrow as a phone shows one pane, as a phone does.
        await page.UntilAsync("() => dendrite.panes[3].size[0] === 390");
        await page.ChangedAsync(() => page.EvaluateAsync("() => dendrite.patch({ compare: null, maximized: 'z' })"));
        await page.UntilAsync("() => dendrite.panes[0].size[0] === 390");
        await page.ExactAsync();
        Assert.Empty(await CoveredAsync(page));
        await page.SetViewportSizeAsync(1440, 900);
        await page.ChangedAsync(() => page.EvaluateAsync("() => dendrite.patch({ maximized: null })"));
        await page.UntilAsync("() => dendrite.panes.every(p => p.size[0] > 390)");
        await page.ExactAsync();

        // The bar says what the colours mean, and is switched off and on.
        Assert.True(await page.EvaluateAsync<bool>("() => Object.keys(dendrite.scene.colorMaps).includes('viridis')"));
        const string bar =
            """
            () => {
              const p = dendrite.panes[0], [w, h] = p.size;
              return [...p.overlay.getContext('2d').getImageData(w - 140, h - 30, 1, 1).data].join();
            }
            """;
        var shown = await page.EvaluateAsync<string>(bar);
        await page.Keyboard.PressAsync("c");
        Assert.NotEqual(shown, await page.EvaluateAsync<string>(bar));
        await page.Keyboard.PressAsync("c");
        Assert.Equal(shown, await page.EvaluateAsync<string>(bar));
        Assert.Empty(browser.Errors);
    }

    private static async Task<string[]> CoveredAsync(IPage page)
    {
        Assert.True(await page.EvaluateAsync<bool>("() => dendrite.panes.some(p => p.size[0] && p.labels.length > 3)"));
        return await page.EvaluateAsync<string[]>(
            """
            () => {
              const over = [...document.querySelectorAll('.swipe-border, .pane-switch, .slice-head, .slice-slider')]
                .filter(e => e.checkVisibility()).map(e => [e.className, e.getBoundingClientRect()]);
              return dendrite.streams.filter(p => p.size[0]).flatMap(p => {
                const at = p.element.getBoundingClientRect();
                return p.labels.flatMap(l => over.filter(([, r]) => l.x + at.x < r.right && l.x + l.width + at.x > r.left
                  && l.y + at.y < r.bottom && l.y + l.height + at.y > r.top).map(([name]) => `${name} covers ${l.text} in ${p.stream}`));
              });
            }
            """);
    }
}
