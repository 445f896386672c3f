using System.Text.Json;
using Bunit;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Analysis.Deciding;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Placements;
using DendriteViewer.Web.Tests.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Analysis.Deciding;

/// <summary>The section over a real store, real jobs and a phantom with nano scans.</summary>
public sealed class DecisionSectionTests : MudContext
{
    private static readonly VolumeKey s_phase = new("nano-phase", 3.2), s_absorption = new("nano-absorption", 3.2);
    private readonly TestHost _host = new()
    {
        Phantom = new PhantomOptions
        {
            Size = 96, VoxelUm = 0.5, Band = new Band(15, 30), Hours = [0, 3.2], Nano = true, NanoSize = 96, Seed = 3,
        },
    };

    public override async Task InitializeAsync()
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(60);
        await base.InitializeAsync();
        await _host.InitializeAsync();
    }

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Section_FromPlacementToDecisionToRestore_DecidesOnlyWhatIsPlacedAndSaysWhatIsStale()
    {
        var desk = _host.Service<PlacementDesk>();
        var session = await _host.SessionAsync();
        Services.AddSingleton(_host.Service<Decisions>());
        Services.AddSingleton(_host.Jobs);
        Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        _ = Popovers;
        var section = Render<DecisionSection>(p => p.Add(c => c.Session, session).Add(c => c.Recipe, new AnalysisRecipe())
            .Add(c => c.MayRun, true).Add(c => c.MayRunNow, () => Task.FromResult(true)).Add(c => c.By, new Person("me", "Me")));
        AngleSharp.Dom.IElement Button(string text) => section.FindAll("button").First(b => b.TextContent.Trim() == text);
        string Address() => section.Find("[data-verdicts]").GetAttribute("data-verdicts")!;

        // Where the stage says is not where it lies.
        section.WaitForAssertion(() => Assert.Contains("register it first", section.Markup));
        Assert.True(Button("Decide").HasAttribute("disabled"));

        await desk.SaveAsync(session.Dataset, Placed(), [s_absorption], "Ada", default);
        section.WaitForAssertion(() => Assert.False(Button("Decide").HasAttribute("disabled")));
        await section.InvokeAsync(() => Button("Decide").Click());
        section.WaitForAssertion(() => Assert.False(Button("Decide again").HasAttribute("disabled")));
        Assert.DoesNotContain("since:", section.Markup);
        Assert.DoesNotContain("stale", Address());

        await desk.RestoreAsync(session.Dataset, s_phase, 0, new Person("me", "Me"), default);
        section.WaitForAssertion(() => Assert.Contains("registered again or put back since", section.Markup));
        Assert.EndsWith("-stale", Address());
        Assert.True(Button("Decide again").HasAttribute("disabled"));
    }

    private Placement Placed()
    {
        using var truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(_host.PhantomFolder, "truth.json")));
        var rows = truth.RootElement.GetProperty("nano").GetProperty("matrix").EnumerateArray();
        var to = new AffineTransform(rows.SelectMany(r => r.EnumerateArray().Select(v => v.GetDouble())).ToArray());
        return new Placement
        {
            Key = s_phase, Fixed = new VolumeKey("projection", 3.2), Start = PlacementStart.Import, Model = PlacementModel.Affine,
            Matrix = to, ToScan = to,
        };
    }
}
