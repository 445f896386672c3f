using Bunit;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Exports;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Tests.Jobs;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;

namespace DendriteViewer.Web.Tests.Exports;

/// <summary>The section that asks for surfaces: what it estimates, and what it asks for.</summary>
public sealed class SurfaceExportTests : BunitContext, IAsyncLifetime
{
    private readonly TestHost _host = new();
    private readonly ComputeLanes _lanes = new(1);

    async Task IAsyncLifetime.InitializeAsync()
    {
        await _host.InitializeAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        var options = new DendriteOptions { Data = Path.GetTempPath() };
        Services.AddSingleton(new SurfaceHandler(_host.Jobs, _host.Store, new ExportFiles(_host.Store, options, _host.Time), _lanes));
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        _lanes.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Section_AskedForAnEstimate_SaysTrianglesAndSizeOfEachLevel()
    {
        var section = RenderSection();
        await section.InvokeAsync(() => Button(section, "Estimate").Click());
        section.WaitForAssertion(() => Assert.Matches(@"full resolution: about [\d\s]+ triangles, [\d.]+ MB", section.Markup),
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

    [Fact]
    public void Files_OfDifferentSurfaces_HaveDifferentNames()
    {
        var scan = _host.Dataset.Volumes[0];
        var labels = scan with { IsLabels = true };
        string Labels(int? from, int? to) => Name(labels, new SurfaceRequest { FromLabel = from, ToLabel = to });
        string Scan(double value) => Name(scan, new SurfaceRequest { Value = value });
        Assert.EndsWith("-labels.stl", Labels(null, null), StringComparison.Ordinal);
        Assert.EndsWith("-labels.stl", Labels(1, int.MaxValue), StringComparison.Ordinal);
        Assert.EndsWith("-labels-1-5.stl", Labels(null, 5), StringComparison.Ordinal);
        Assert.EndsWith("-labels-3-3.stl", Labels(3, null), StringComparison.Ordinal);
        Assert.EndsWith("-bright-9000.stl", Scan(9000), StringComparison.Ordinal);
        Assert.NotEqual(Scan(9000.01), Scan(9000.02));

        string Name(DendriteViewer.Imaging.Datasets.VolumeInfo volume, SurfaceRequest surface) =>
            SurfaceHandler.NameOf(_host.Dataset, volume, surface.ToSettings(volume));
    }

    [Fact]
    public async Task Surface_WhileOneOfThePersonIsInWork_IsRefusedUntilLater()
    {
        var options = new DendriteOptions { Data = Directory.CreateDirectory(Path.Combine(_host.Folder, "surfaces")).FullName };
        var held = new HeldSurfaces();
        await using var jobs = await JobsHost.StartAsync(
            options, s => s.AddSingleton<IJobHandler>(held).AddSingleton(SurfaceHandler.Limit));
        var surfaces = new SurfaceHandler(jobs.Board, _host.Store, new ExportFiles(_host.Store, options, _host.Time), _lanes);
        var volume = _host.Dataset.Volumes[0];
        var settings = new SurfaceRequest { Modality = volume.Key.Modality, Hours = volume.Key.Hours, Value = 9000 };
        var failed = await jobs.Board.StartAsync(new JobRequest(SurfaceHandler.Name, "x", null, "fails"), new Person("ada", "Ada"));
        await jobs.UntilAsync(failed.Id, j => j.MayTryAgain);
        var first = await surfaces.StartAsync(_host.Dataset, settings, new Person("ada", "Ada"));
        var refusal = await Assert.ThrowsAsync<JobBusyException>(
            () => surfaces.StartAsync(_host.Dataset, settings, new Person("ada", "Ada")));
        Assert.StartsWith("A surface of yours is being made", refusal.Message, StringComparison.Ordinal);
        await surfaces.StartAsync(_host.Dataset, settings, new Person("ben", "Ben"));

        // What failed before is not tried again beside it either.
        await Assert.ThrowsAsync<JobBusyException>(() => jobs.Board.TryAgainAsync(failed.Id, new Person("ada", "Ada")));
        held.Go.SetResult();
        await jobs.UntilAsync(first.Id, j => !j.IsActive);
        await surfaces.StartAsync(_host.Dataset, settings, new Person("ada", "Ada"));
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

    // Is at work until it may end, so that whether one is in work is no matter of time.
    private sealed class HeldSurfaces : IJobHandler
    {
        public string Kind => SurfaceHandler.Name;

        public TaskCompletionSource Go { get; } = new();

        public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
        {
            if (run.Request.Arguments == "fails")
            {
                throw new VolumeFormatException("It cannot be made.");
            }

            await Go.Task.WaitAsync(ct);
            return new JobOutcome("Done", run.Request.Dataset);
        }
    }
}
