using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>The 3D picture's controls, on the CPU's kernels and on an OpenCL device: the same pictures in the browser.</summary>
public sealed class RenderingJourney(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task TheSameViews_OnTheCpuAndOnADevice_AreTheSamePictures()
    {
        await browser.BeginAsync();
        var (cpu, drawnByCpu) = await LookAsync("cpu");
        var (device, drawnByDevice) = await LookAsync("opencl");
        Assert.StartsWith("Drawn by CPU", drawnByCpu, StringComparison.Ordinal);
        Assert.DoesNotContain("Drawn by CPU", drawnByDevice, StringComparison.Ordinal);
        Assert.Equal(cpu.Count, device.Count);
        for (var i = 0; i < cpu.Count; i++)
        {
            Assert.Equal(cpu[i].Length, device[i].Length);
            var apart = cpu[i].Zip(device[i]).Average(p => Math.Abs(p.First - p.Second));
            Assert.True(apart < 2, $"Step {i} differs by {apart} on {drawnByDevice}.");

            // Most of a picture is background; some of it changed much.
            var changed = i == 0 ? cpu[i].Length : cpu[i].Zip(cpu[i - 1]).Count(p => Math.Abs(p.First - p.Second) > 10);
            Assert.True(changed > 200, $"Step {i} changed {changed} bytes.");
        }

        Assert.Empty(browser.Errors);
    }

    // One view after another, each as its pixels in 3D, a slice's last.
    private async Task<(List<byte[]> Pictures, string DrawnBy)> LookAsync(string device)
    {
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5,3.2"), ("Dendrite__Device", device));
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Address + "/d/li-li3ps4-li-phantom-0-8-ma-cm2?v=1&t=3.2");
        await page.ExactAsync();
        var drawnBy = await page.Locator("text=/^Drawn by/").InnerTextAsync();

        // What is clicked may move as long as sections above it come.
        await page.UntilAsync("() => document.querySelector('[data-preset=dark]') && !document.querySelector('.panel .mud-skeleton')");
        var pictures = new List<byte[]>();
        await StepAsync(3, () => page.ClickAsync("[data-preset=dark]"));
        await StepAsync(3, () => page.GetByLabel("Show the pristine scan").ClickAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Cut" }).ClickAsync();
        await StepAsync(3, () => page.ChooseAsync("Cut along a slice", "all before the y slice"));
        await StepAsync(3, () => page.GetByLabel("Show the pristine scan").ClickAsync());
        await StepAsync(3, () => page.GetByText("Shadows, at rest").ClickAsync());
        await StepAsync(0, () => page.ChooseAsync("Between voxels", "cubic, at rest"));
        await page.SettledAsync();
        Assert.Contains("cut=y", page.Url, StringComparison.Ordinal);
        return (pictures, drawnBy);

        async Task StepAsync(int pane, Func<Task> change)
        {
            await page.ChangedAsync(change);
            // As text, since a list of a million numbers takes the driver many seconds.
            var pixels = await page.EvaluateAsync<string>(
                """
                async i => {
                  const c = dendrite.panes[i].canvas, { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
                  const reader = new FileReader(), done = new Promise(read => { reader.onload = read; });
                  reader.readAsDataURL(new Blob([data]));
                  await done;
                  return reader.result;
                }
                """, pane);
            pictures.Add(Convert.FromBase64String(pixels[(pixels.IndexOf(',') + 1)..]));
        }
    }
}
