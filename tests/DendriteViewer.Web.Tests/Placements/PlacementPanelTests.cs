using System.Security.Claims;
using System.Text.Json;
using Bunit;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Placements;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Placements;

/// <summary>The panel of placements over a real store, real jobs and a phantom with nano scans.</summary>
public sealed class PlacementPanelTests : MudContext
{
    private static readonly VolumeKey s_phase = new("nano-phase", 3.2), s_absorption = new("nano-absorption", 3.2);
    private readonly TestHost _host;
    private bool _isHeld;
    private PlacementDesk _desk = null!;
    private LandmarkDesk _landmarks = null!;
    private ViewSession _session = null!;
    private AffineTransform _truth = null!;
    private bool _isReady;

    public PlacementPanelTests() => _host = new TestHost
    {
        Phantom = new PhantomOptions
        {
            Size = 96, VoxelUm = 0.5, Band = new Band(15, 30), Hours = [0, 3.2], Nano = true, NanoSize = 96, Seed = 3,
        },
        Add = s => s.AddSingleton<IJobHandler>(p => new HeldRegistration(Handler(p.GetRequiredService<PlacementDesk>()), () => _isHeld)),
    };

    public override async Task InitializeAsync()
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(60);
        await base.InitializeAsync();
        await _host.InitializeAsync();
        _desk = _host.Service<PlacementDesk>();
        _landmarks = new LandmarkDesk(_host.Store, _host.Lanes);
        _session = await _host.SessionAsync();
        _session.Update(v => v with { Hours = 3.2, Modality = "nano-phase" }, null);
        using var truth = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_host.PhantomFolder, "truth.json")));
        var rows = truth.RootElement.GetProperty("nano").GetProperty("matrix").EnumerateArray();
        _truth = new AffineTransform(rows.SelectMany(r => r.EnumerateArray().Select(v => v.GetDouble())).ToArray());
    }

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Panel_OfAVolumeThatNobodyPlaced_SaysSoAndOffersRegistrationToCuratorsAlone()
    {
        var panel = await RenderAsync(DatasetRole.Own);
        panel.WaitForAssertion(() => Assert.Contains("Not registered yet", panel.Markup));
        Assert.Contains("nano-phase at 3.2 h", panel.Markup);
        Assert.Contains("nano-absorption moves along", panel.Markup);
        Assert.Contains(Buttons(panel), t => t == "Register");
        var annotator = await RenderAsync(DatasetRole.Annotate);
        annotator.WaitForAssertion(() => Assert.Contains("Somebody who may change this dataset can register it", annotator.Markup));
        Assert.DoesNotContain(Buttons(annotator), t => t is "Register" or "Place landmarks" or "Import");
    }

    [Fact]
    public async Task Facts_OfAVolumeThatWasDeclaredExact_SayThatAndWarnOfNothing()
    {
        var now = _session.Dataset;
        var declared = now with
        {
            Manifest = now.Manifest with { Volumes = [.. now.Manifest.Volumes.Select(v => v with { StageTrusted = true })] },
        };
        var (exact, unknown) = (await _desk.ReadAsync(declared, s_phase, default), await _desk.ReadAsync(now, s_phase, default));
        var facts = Render<PlacementFacts>(p => p.Add(c => c.Report, exact));
        Assert.Contains("Declared exact", facts.Markup);
        Assert.DoesNotContain("15 µm", facts.Markup);
        facts = Render<PlacementFacts>(p => p.Add(c => c.Report, unknown));
        Assert.Contains("Not registered yet", facts.Markup);
    }

    [Fact]
    public async Task Placement_KeptAndUndone_MovesItsAcquisitionAlongAndIsListed()
    {
        await _desk.SaveAsync(_session.Dataset, Placed(_truth), [s_absorption], "Ada", default);
        var panel = await RenderAsync(DatasetRole.Own);
        panel.WaitForAssertion(() => Assert.Contains("from a file by Ada", panel.Markup));
        Assert.Equal((1, 1), Versions());
        Assert.Contains("error not known", panel.Markup);

        await ClickAsync(panel, "Undo v1");
        panel.WaitForAssertion(() => Assert.Contains("Not registered now", panel.Markup));
        Assert.Equal((0, 0), Versions());
        await ClickAsync(panel, "Restore", "Restore v1");
        panel.WaitForAssertion(() => Assert.Contains("back to v1", panel.Markup));

        // The one that was moved along has versions of its own.
        Assert.Equal((3, 3), Versions());
        Assert.Equal(Where(s_phase), Where(s_absorption));
    }

    [Fact]
    public async Task Registration_ThatIsCancelled_StoresNothing()
    {
        _isHeld = true;
        var panel = await RenderAsync(DatasetRole.Own);
        await ClickAsync(panel, "Register");
        panel.WaitForAssertion(() => Assert.Contains("Registration at work", panel.Markup));
        await ClickAsync(panel, "Cancel");
        panel.WaitForAssertion(() => Assert.Equal(JobState.Cancelled, _desk.Newest(_session.Dataset, s_phase)!.State));
        panel.WaitForAssertion(() => Assert.DoesNotContain("Registration at work", panel.Markup));
        Assert.Equal((0, 0), Versions());
    }

    [Fact]
    public async Task Landmarks_PlacedInBothPanes_AreFittedKeptTakenBackAndThereAfterAReload()
    {
        var panel = await RenderAsync(DatasetRole.Own);
        await ClickAsync(panel, "Place landmarks");
        panel.WaitForAssertion(() => Assert.NotNull(_session.Current.View.Landmarks));
        Assert.Equal("nano-phase", _session.Current.View.Other!.Modality);
        Assert.Equal("projection", _session.Current.View.Modality);
        panel.WaitForAssertion(() => Assert.Contains("3 more pairs are needed", panel.Markup));
        var section = panel.FindComponent<LandmarkSection>();
        await section.InvokeAsync(() => panel.Find("input[type=checkbox][aria-label], .landmarks input[type=checkbox]").Change(false));
        double[][] own = [[2, 2, 2], [12, 3, 4], [4, 11, 5], [5, 6, 12]];
        foreach (var (p, i) in own.Select((p, i) => (p, i)))
        {
            await section.InvokeAsync(() => section.Instance.Placed(isMoving: false, Seen(_truth, p)));
            panel.WaitForAssertion(() => Assert.Contains("in nano-phase now", panel.Markup));
            await section.InvokeAsync(() => section.Instance.Placed(isMoving: true, Seen(Where(s_phase), p)));
        }

        panel.WaitForAssertion(() => Assert.Contains("0.000\u00a0µm</b> residual", panel.Markup));
        Assert.Equal(4, (await DraftAsync()).WholeIn(_session.Dataset).Count);

        // A point that is dragged away is seen in the residuals, and undo takes it back.
        await section.InvokeAsync(() => section.Instance.Moved(2, isMoving: false, Seen(_truth, [15, 3, 4])));
        panel.WaitForAssertion(() => Assert.DoesNotContain("0.000\u00a0µm</b> residual", panel.Markup));
        var undone = await _session.Edits.UndoAsync(_user, default);
        Assert.Null(undone!.Warning);
        panel.WaitForAssertion(() => Assert.Contains("0.000\u00a0µm</b> residual", panel.Markup));

        await ClickAsync(panel, "Keep");
        panel.WaitForAssertion(() => Assert.Contains("by 4 landmarks", panel.Markup));
        Assert.Equal((1, 1), Versions());
        Assert.InRange((Where(s_phase).ToWorld(new VoxelPoint(7, 7, 7)) - _truth.ToWorld(new VoxelPoint(7, 7, 7))).Length, 0, 0.01);

        // The images go on from there, as a job.
        await ClickAsync(panel, "Refine by images");
        panel.WaitForAssertion(() => Assert.Contains("by images, from 4 landmarks", panel.Markup));
        Assert.Contains("Agreement", panel.Markup);
        Assert.Equal((2, 2), Versions());
        Assert.InRange((Where(s_phase).ToWorld(new VoxelPoint(7, 7, 7)) - _truth.ToWorld(new VoxelPoint(7, 7, 7))).Length, 0, 0.2);
        await ClickAsync(panel, "Done");
        Assert.Null(_session.Current.View.Landmarks);
        Assert.Equal("nano-phase", _session.Current.View.Modality);
        await ClickAsync(panel, "Discard 4 pairs");
        panel.WaitForAssertion(() => Assert.Contains("Place landmarks", panel.Markup));
        Assert.Empty((await DraftAsync()).Pairs);
    }

    [Fact]
    public async Task Panel_WhoseRightEnded_RefusesWithASentenceAndChangesNothing()
    {
        var panel = await RenderAsync(DatasetRole.Curate);
        panel.WaitForAssertion(() => Assert.Contains(Buttons(panel), t => t == "Register"));
        await using (var db = await _host.Database.CreateDbContextAsync())
        {
            db.Members.RemoveRange(db.Members);
            await db.SaveChangesAsync();
        }

        await ClickAsync(panel, "Register");
        panel.WaitForAssertion(() => Assert.Contains("is not open to you any more", panel.Markup));
        Assert.Null(_desk.Newest(_session.Dataset, s_phase));
    }

    [Fact]
    public void Volumes_NoFinerThanTheScan_AreNeitherPlacedNorMovedAlong()
    {
        var dataset = _session.Dataset;
        var scan = dataset.Find("projection", 3.2)!;
        var (copy, coarse) = (new VolumeKey("projection-median", 3.2), new VolumeKey("tomography", 3.2));
        var with = dataset with { Volumes = [.. dataset.Volumes, scan with { Key = copy }, scan with { Key = coarse }] };
        Assert.Equal([s_absorption, s_phase], PlacementDesk.MovableOf(with).Select(v => v.Key).OrderBy(k => k.Modality));
        Assert.Equal([s_absorption], new PlacementChoices(with, s_phase).Along);

        // A finer scan of another place is offered, and joins only where somebody says so.
        var phase = dataset.Find("nano-phase", 3.2)!;
        var other = new VolumeKey("detail", 3.2);
        with = dataset with { Volumes = [.. dataset.Volumes, phase with { Key = other, Shape = new VolumeShape(8, 8, 8) }] };
        var choices = new PlacementChoices(with, s_phase);
        Assert.Contains(other, choices.Companions);
        Assert.Equal([s_absorption], choices.Along);
        choices.Join(other, true);
        Assert.Contains(other, choices.Along);
    }

    [Fact]
    public async Task Panel_WhoseVersionIsDamaged_SaysSoAndLeadsBackToAnother()
    {
        await _desk.SaveAsync(_session.Dataset, Placed(_truth), [s_absorption], "Ada", default);
        var blob = BlobNames.PlacementEntry(_session.Dataset.Id, _session.Dataset.Identity, s_phase, 1);
        await _host.Store.Blobs.WriteAsync(blob, "no entry"u8.ToArray(), default);
        var panel = await RenderAsync(DatasetRole.Own);
        panel.WaitForAssertion(() => Assert.Contains("What is stored of v1 cannot be read", panel.Markup));
        Assert.Contains("is damaged", panel.Markup);
        Assert.Contains(Buttons(panel), t => t == "Register again");
        await ClickAsync(panel, "Restore", "Restore the stage’s coordinates");
        panel.WaitForAssertion(() => Assert.Contains("Not registered now", panel.Markup));
        Assert.Equal((0, 0), Versions());
    }

    [Fact]
    public async Task Landmark_ClickedInAnotherScan_IsRefusedWithASentence()
    {
        var panel = await RenderAsync(DatasetRole.Own);
        await ClickAsync(panel, "Place landmarks");
        panel.WaitForAssertion(() => Assert.NotNull(_session.Current.View.Landmarks));
        _session.Update(v => v with { Hours = 0 }, null);
        var section = panel.FindComponent<LandmarkSection>();
        await section.InvokeAsync(() => section.Instance.Placed(isMoving: false, Seen(_truth, [2, 2, 2])));
        panel.WaitForAssertion(() => Assert.Contains("is placed in projection at 3.2 h: show that one", panel.Markup));
        Assert.Empty((await DraftAsync()).Pairs);
    }

    [Fact]
    public async Task Landmarks_DeletedOneRightAfterTheOther_AreBothGone()
    {
        var panel = await RenderAsync(DatasetRole.Own);
        var draft = LandmarkDraft.Empty;
        foreach (var at in (double[])[2, 12, 5])
        {
            draft = draft.Place(isMoving: false, new WorldPoint(at, 2, 2), new VolumeKey("projection", 3.2))
                .Place(isMoving: true, new WorldPoint(at, 2, 2), s_phase);
        }

        var place = new DraftPlace(_session.Dataset, s_phase, _user.Key);
        Assert.True(await _landmarks.TryChangeAsync(place, LandmarkDraft.Empty, draft, "place", _session.Edits, default));
        await ClickAsync(panel, "Go on with 3 pairs");
        panel.WaitForAssertion(() => panel.FindComponent<LandmarkTable>());
        var table = panel.FindComponent<LandmarkTable>();
        await table.InvokeAsync(() => Task.WhenAll(table.Instance.Remove(1), table.Instance.Remove(3)));
        Assert.Equal(2, Assert.Single((await DraftAsync()).Pairs).Id);

        // A page that knows the pairs as they were does not overwrite them.
        Assert.False(await _landmarks.TryChangeAsync(place, draft, draft.Remove(2), "delete L2", _session.Edits, default));
        Assert.Equal(2, Assert.Single((await DraftAsync()).Pairs).Id);
    }

    [Fact]
    public async Task Registration_ThatReplacesAVersionKeptMeanwhile_SaysSoAndNamesWhoAskedForIt()
    {
        await _desk.SaveAsync(_session.Dataset, Placed(_truth), [], "Ada", default);
        double[][] own = [[2, 2, 2], [12, 3, 4], [4, 11, 5], [5, 6, 12]];
        var work = new PlacementWork { Modality = s_phase.Modality, Hours = s_phase.Hours, Since = 0 }.From(
            [.. own.Select(p => new PointPair("", new WorldPoint(p[0], p[1], p[2]), _truth.ToWorld(new VoxelPoint(p[0], p[1], p[2]))))]);
        var (id, identity) = (_session.Dataset.Id.Value, _session.Dataset.Identity.Value);
        var request = new JobRequest(PlacementHandler.Name, "", id, work.ToJson(), identity) { By = "Ben" };
        var outcome = await Handler(_desk).RunAsync(new JobRun(request, new Progress<JobProgress>(), () => false), default);
        Assert.Contains("when it ended version 1, which it replaced", outcome.Detail);
        var report = await _desk.ReadAsync(_session.Dataset, s_phase, default);
        Assert.Equal("Ben", report.Entry!.By);
        Assert.Contains(report.Placement!.Warnings, w => w.Contains("which it replaced", StringComparison.Ordinal));
    }

    private PlacementHandler Handler(PlacementDesk desk) => new(_host.Store, desk);

    // Registers only once it is to stop.
    private sealed class HeldRegistration(PlacementHandler real, Func<bool> isHeld) : IJobHandler
    {
        public string Kind => PlacementHandler.Name;

        public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
        {
            if (isHeld())
            {
                var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var stop = ct.Register(stopped.SetResult);
                await stopped.Task;
            }

            return await real.RunAsync(run, ct);
        }
    }

    private Person _user = new("", "");

    private Placement Placed(AffineTransform to) => new()
    {
        Key = s_phase, Fixed = new VolumeKey("projection", 3.2), Start = PlacementStart.Import, Model = PlacementModel.Affine, Matrix = to,
        ToScan = to,
    };

    private (int, int) Versions()
    {
        var dataset = _session.Dataset;
        return (PlacementDesk.VersionOf(dataset, s_phase), PlacementDesk.VersionOf(dataset, s_absorption));
    }

    private AffineTransform Where(VolumeKey key)
    {
        var volume = _session.Dataset.Find(key.Modality, key.Hours)!;
        return volume.Transform.After(VolumePlacer.OwnOf(volume).Inverse());
    }

    private static double[] Seen(AffineTransform lies, double[] own)
    {
        var at = lies.ToWorld(new VoxelPoint(own[0], own[1], own[2]));
        return [at.Z, at.Y, at.X];
    }

    private Task<LandmarkDraft> DraftAsync() =>
        _landmarks.ReadAsync(new DraftPlace(_session.Dataset, s_phase, _user.Key), default);

    private static IEnumerable<string> Buttons(IRenderedComponent<PlacementPanel> panel) =>
        panel.FindAll("button").Select(b => b.TextContent.Trim());

    private static async Task ClickAsync(IRenderedComponent<PlacementPanel> panel, string text, string? label = null)
    {
        AngleSharp.Dom.IElement Button() => panel.FindAll("button").First(
            b => b.TextContent.Trim() == text && (label is null || b.GetAttribute("aria-label") == label) && !b.HasAttribute("disabled"));
        panel.WaitForAssertion(() => Button());
        await panel.InvokeAsync(() => Button().Click());
    }

    private async Task<IRenderedComponent<PlacementPanel>> RenderAsync(DatasetRole role)
    {
        if (!_isReady)
        {
            _isReady = true;
            Services.AddSingleton(_desk);
            Services.AddSingleton(_landmarks);
            Services.AddSingleton(_host.Sessions);
            Services.AddScoped<PlacementViews>();
            Services.AddSingleton(_host.Access);
            Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
            JSInterop.SetupModule(_ => true).Mode = JSRuntimeMode.Loose;
        }

        var id = await _host.AddUserAsync(administrator: role == DatasetRole.Own);
        if (role != DatasetRole.Own)
        {
            await _host.AddMemberAsync(id, role);
        }

        var user = new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, id.ToString()), new(ClaimTypes.Name, "Ada")], "test"));
        _user = user.PersonOf();
        _ = Popovers;
        return Render<PlacementPanel>(p => p.AddCascadingValue(Task.FromResult(new AuthenticationState(user)))
            .Add(c => c.Session, _session).Add(c => c.MayChange, role >= DatasetRole.Curate));
    }
}
