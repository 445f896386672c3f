using System.Security.Claims;
using System.Text.Json;
using Bunit;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Placements;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>What a site keeps of the scans that it was judged in, in a cell with nano scans.</summary>
public sealed class SiteJudgingTests : MudContext
{
    private static readonly VolumeKey s_scan = new("projection", 3.2), s_phase = new("nano-phase", 3.2),
        s_absorption = new("nano-absorption", 3.2);

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
    public async Task Site_MarkedThenJudged_KeepsWhatThePageShowedEachTime()
    {
        var session = await _host.SessionAsync();
        await _host.Service<PlacementDesk>().SaveAsync(session.Dataset, Placed(), [s_absorption], "Ada", default);
        var ben = new Person("ben", "Ben");

        // Zoomed out, slices show the projection scan alone; at every zoom the finer one inside too.
        session.Update(v => v with { Modality = "projection", Hours = 3.2, Nested = null }, null);
        var at = session.Dataset.Find("nano-phase", 3.2)!.Center is var c
            ? new WorldPoint(Math.Round(c.Z, 3), Math.Round(c.Y, 3), Math.Round(c.X, 3)) : default;
        var log = _host.Sites;
        var site = await log.AddAsync(session.Dataset, at, session.Current.View, ben, default);
        Assert.Equal([new JudgedVolume("projection", 3.2, null)], site.JudgedIn);
        Assert.Equal("not judged in phase contrast", JudgedText.LackOf(session.Dataset, site));
        var look = new NestedLook("nano-absorption", 0, 1, AtEveryZoom: true);
        var compared = new Comparison(CompareMode.Swipe, 3.2, look with { Modality = "nano-phase" });
        session.Update(v => v with { Nested = look, Compare = compared }, null);
        var shown = JudgedVolumes.ShownIn(session.Dataset, session.Current.View);
        Assert.Equal("projection 3.2 h, nano-absorption, placed v1 and nano-phase, placed v1", JudgedText.Of(shown));
        session.Update(v => v with { Nested = null, Compare = null }, null);

        // The pictures beside the site show it in every scan; those that have arrived were seen when its status is set.
        var id = (await _host.AddUserAsync(administrator: true)).ToString();
        var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id), new("dendrite:name", "Me")], "test"));
        Services.AddSingleton(new SiteDesk(
            log, _host.Schemas, _host.Analyses, _host.Access, _host.Budgets,
            new Failures(new SecretRedactor(), NullLogger<Failures>.Instance)));
        Services.AddSingleton(_host.History);
        Services.AddSingleton(_host.Sessions);
        _ = Popovers;
        var details = Render<SiteDetails>(p => p.AddCascadingValue(Task.FromResult(new AuthenticationState(user)))
            .Add(c => c.Session, session).Add(c => c.Site, site).Add(c => c.MayEdit, true));
        var pictures = details.FindAll(".site-pictures img");
        Assert.Equal(["projection", "nano-absorption", "nano-phase"], details.FindAll(".site-pictures span").Select(s => s.TextContent));
        Assert.EndsWith("placed=nano-phase:1", pictures[2].GetAttribute("src"));
        await pictures[2].TriggerEventAsync("onload", new ProgressEventArgs());
        Assert.Equal(["true", "false", "false"], details.FindAll("[data-action=judge]").Select(b => b.GetAttribute("aria-pressed")));
        Assert.Empty(session.PicturesOf("another"));
        var seen = JudgedVolumes.ShownIn(session.Dataset, session.Current.View, session.PicturesOf(site.Id));
        await log.ChangeAsync(session.Dataset, site with { Status = SiteStatus.Confirmed, JudgedIn = seen }, ben, default);
        var judged = (await log.ListAsync(session.Dataset.Identity)).Single();
        Assert.Equal([new JudgedVolume("projection", 3.2, null), new JudgedVolume("nano-phase", 3.2, 1)], judged.JudgedIn);
        Assert.Null(JudgedText.LackOf(session.Dataset, judged));

        // A note is no judgement, whatever a page sends with it.
        var noted = await log.ChangeAsync(session.Dataset, judged with { Note = "seen", JudgedIn = JudgedVolumes.None }, ben, default);
        Assert.Equal(judged.JudgedIn, noted.JudgedIn);

        // A click shows the scan at the place, and two are compared there.
        await details.FindAll(".site-pictures button")[2].ClickAsync(new());
        var view = session.Current.View;
        Assert.Equal(("nano-phase", true, at), (view.Nested!.Modality, view.Nested.AtEveryZoom, view.Focus));
    }

    private Placement Placed()
    {
        using var truth = JsonDocument.Parse(File.ReadAllText(Path.Combine(_host.PhantomFolder, "truth.json")));
        var rows = truth.RootElement.GetProperty("nano").GetProperty("matrix").EnumerateArray();
        var to = new AffineTransform(rows.SelectMany(r => r.EnumerateArray().Select(v => v.GetDouble())).ToArray());
        return new Placement
        {
            Key = s_phase, Fixed = s_scan, Start = PlacementStart.Import, Model = PlacementModel.Affine, Matrix = to, ToScan = to,
        };
    }
}
