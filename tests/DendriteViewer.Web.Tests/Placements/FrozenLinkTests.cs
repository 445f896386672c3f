using System.Text.Json;
using Bunit;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Placements;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Tests.Placements;

/// <summary>Links that name versions of placements, over a real store and a phantom with nano scans.</summary>
public sealed class FrozenLinkTests : MudContext
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
        await base.InitializeAsync();
        await _host.InitializeAsync();
    }

    protected override async Task EndAsync()
    {
        await base.EndAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Link_OfAnEarlierPlacement_ShowsThatUntilThePersonWantsTheOneThatHolds()
    {
        var desk = _host.Service<PlacementDesk>();
        var first = await OpenAsync("v=1&t=3.2");
        var stated = first.Dataset.Find("nano-phase", 3.2)!.Transform;
        await desk.SaveAsync(first.Dataset, Placed(), [s_absorption], "Ada", default);
        var (placed, link) = (first.Dataset.Find("nano-phase", 3.2)!.Transform, first.Link);
        Assert.EndsWith("placed=nano-absorption:1,nano-phase:1", link);
        await desk.RestoreAsync(first.Dataset, s_phase, 0, new Person("me", "Me"), default);
        Assert.Equal(stated, first.Dataset.Find("nano-phase", 3.2)!.Transform);

        // Its volumes lie where they lay, its pictures are others than those of now, and another link of the page says the same.
        var session = await OpenAsync(link);
        Assert.Equal(placed, session.Dataset.Find("nano-phase", 3.2)!.Transform);
        Assert.NotEqual(session.Live.Revision, session.Dataset.Revision);
        Assert.EndsWith("placed=nano-absorption:1,nano-phase:1", session.Link);
        Assert.Empty(session.Remarks);
        Assert.Equal(placed, (await _host.Sessions.ShownByAsync(session.Live, link, default)).Find("nano-phase", 3.2)!.Transform);

        // What others do meanwhile changes all but the frozen places.
        await desk.RestoreAsync(session.Live, s_phase, 1, new Person("me", "Me"), default);
        await desk.RestoreAsync(session.Live, s_phase, 0, new Person("me", "Me"), default);
        Assert.Equal(placed, session.Dataset.Find("nano-phase", 3.2)!.Transform);
        _ = Popovers;
        var notice = Render<FrozenNotice>(p => p.Add(c => c.Session, session));
        Assert.Contains("nano-phase by v1 (now where the stage says)", notice.Markup);
        await notice.Find("button").ClickAsync(new());
        Assert.Equal(stated, session.Dataset.Find("nano-phase", 3.2)!.Transform);
        notice.WaitForAssertion(() => Assert.DoesNotContain("nano-phase", notice.Markup));

        // A link of the page brings the versions back, one without takes them away; of what is no version the page and programs are told.
        await _host.Sessions.ShowAsync(session, session.Asks.Whole(), link, null, default);
        Assert.Equal(placed, session.Dataset.Find("nano-phase", 3.2)!.Transform);
        await _host.Sessions.ShowAsync(session, session.Asks.Whole(), "v=1&t=3.2", null, default);
        Assert.Equal(stated, session.Dataset.Find("nano-phase", 3.2)!.Transform);
        var unknown = await OpenAsync("v=1&t=3.2&placed=nano-phase:77");
        Assert.Contains("no version 77", Assert.Single(unknown.Remarks).Text);
        await Assert.ThrowsAsync<OutOfRangeException>(
            () => _host.Sessions.ShownByAsync(session.Live, "v=1&t=3.2&placed=nano-phase:77", default));
        Assert.Contains("cannot be read", Assert.Single((await OpenAsync("v=1&t=3.2&placed=nano-phase")).Remarks).Text);

        // A frozen link keeps what its maker saw; who looks at it moves nothing by the address.
        var (frozen, _) = await _host.Links.CreateAsync(
            session.Live, DatasetRole.View, "x", null, link, await _host.AddMakerAsync(), default, new LinkChoices(LinkKind.Frozen));
        var kept = (await _host.Frozen.OpenAsync(frozen.Id, session.Live, default))!;
        Assert.Equal(placed, kept.Find("nano-phase", 3.2)!.Transform);
        Assert.Empty((await OpenAsync(link, kept)).Remarks);
        const string Other = "v=1&t=3.2&placed=nano-phase:0";
        var refused = await OpenAsync(Other, kept);
        Assert.Equal(FrozenState.OtherPlacements, Assert.Single(refused.Remarks).Text);
        Assert.Equal(placed, refused.Dataset.Find("nano-phase", 3.2)!.Transform);
        await Assert.ThrowsAsync<OutOfRangeException>(() => _host.Sessions.ShownByAsync(kept, Other, default));
    }

    private async Task<ViewSession> OpenAsync(string link, Dataset? kept = null) => (await _host.Sessions.HoldAsync(
        Guid.NewGuid().ToString("N"), "me", kept ?? (await _host.Store.TryOpenAsync(_host.Dataset.Id, default))!, link, default))!;

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
