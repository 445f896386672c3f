using Bunit;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Exports;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;

namespace DendriteViewer.Web.Tests.Exports;

/// <summary>The section that asks for surfaces: what it estimates, and what it asks for.</summary>
public sealed class SurfaceExportTests : BunitContext, IAsyncLifetime
{
    private readonly TestHost _host = new();

    async Task IAsyncLifetime.InitializeAsync()
    {
        await _host.InitializeAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        var options = new DendriteOptions { Data = Path.GetTempPath() };
        Services.AddSingleton(new SurfaceHandler(_host.Jobs, _host.Store, new ExportFiles(options, _host.Time)));
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Section_AskedForAnEstimate_SaysTrianglesAndSizeOfEachLevel()
    {
        var section = RenderSection();
        await section.InvokeAsync(() => Button(section, "Estimate").Click());
        section.WaitForAssertion(() => Assert.Matches(@"full resolution: about [\d,]+ triangles, [\d.]+ MB", section.Markup),
            TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Section_AskedForASurface_StartsAJobOfTheChosenValue()
    {
        var section = RenderSection();
        await section.InvokeAsync(() => Button(section, "Make the surface").Click());
        section.WaitForAssertion(() => Assert.Contains(_host.Jobs.Jobs,
            j => j.Kind == SurfaceHandler.Name && j.Title.EndsWith("at most 9000", StringComparison.Ordinal)));
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<SurfaceExport> section, string text) =>
        section.FindAll("button").Single(b => b.TextContent.Contains(text, StringComparison.Ordinal));

    private IRenderedComponent<SurfaceExport> RenderSection()
    {
        Render<MudPopoverProvider>();
        var gate = new ExportGate(async (least, work) =>
        {
            Assert.Equal(DatasetRole.Annotate, least);
            await work(new Person("ada", "Ada"));
            return true;
        });
        return Render<SurfaceExport>(p => p
            .Add(s => s.Dataset, _host.Dataset).Add(s => s.Volume, _host.Dataset.Volumes[0]).Add(s => s.FirstValue, 9000.004)
                .Add(s => s.Gate, gate));
    }
}
