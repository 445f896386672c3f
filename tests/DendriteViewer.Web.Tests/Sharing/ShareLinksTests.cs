using System.IO.Compression;
using System.Security.Claims;
using System.Text.Json;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;
using DendriteViewer.Web.Visitors;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Sharing;

public sealed class ShareLinksTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person s_ada = new("ada", "Ada");

    [Fact]
    public async Task OneTimeLink_OpenedByEightAtTheSameMoment_LetsOneIn()
    {
        var (link, token) = await MakeAsync(new LinkChoices(IsOneTime: true));
        var guests = Enumerable.Range(0, 8).Select(i => $"guest-{i}").ToArray();
        var taken = await Task.WhenAll(guests.Select(g => host.Links.TryTakeAsync(link.Id, g, default)));
        var first = guests[Array.IndexOf(taken, true)];
        Assert.Single(taken, t => t);
        Assert.NotNull(await host.Links.FindAsync(token, default));
        foreach (var guest in guests)
        {
            var grant = await host.Access.GrantAsync(GuestOf(link, guest), host.Dataset.Identity);
            Assert.Equal(guest == first, grant is not null);
        }
    }

    [Fact]
    public async Task FollowingLink_Moved_ShowsTheNewViewAndRemembersTheOld_AndAFrozenOneStays()
    {
        var (link, token) = await MakeAsync(new LinkChoices());
        await host.Links.MoveAsync(host.Dataset.Identity, link.Id, "v=1&t=3", "Ada", default);
        Assert.Equal("v=1&t=3", (await host.Links.FindAsync(token, default))!.Query);
        var move = Assert.Single(await host.Links.MovesAsync(host.Dataset.Identity, link.Id, default));
        Assert.Equal(("v=1&t=0", "Ada"), (move.Query, move.ByName));
        var (frozen, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        await Assert.ThrowsAsync<ArgumentException>(
            () => host.Links.MoveAsync(host.Dataset.Identity, frozen.Id, "v=1&t=3", "Ada", default));
    }

    [Fact]
    public async Task Openings_AreCountedWithTheLastTime()
    {
        var (link, _) = await MakeAsync(new LinkChoices());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.Links.CountAsync(link.Id, default)));
        var listed = (await host.Links.ListAsync(host.Dataset.Identity, default)).Single(l => l.Link.Id == link.Id).Link;
        Assert.Equal((4, host.Time.GetUtcNow().ToUnixTimeMilliseconds()), (listed.Openings, listed.LastUsedAt));
    }

    [Fact]
    public async Task Choices_ThatDoNotGoTogether_AreRefused()
    {
        var maker = await host.AddMakerAsync();
        LinkChoices[] choices = [new(LinkKind.Frozen), new(EmbedOrigins: ["https://a.example"])];
        foreach (var choice in choices)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => host.Links.CreateAsync(
                host.Dataset, DatasetRole.Annotate, "x", null, "", maker, default, choice));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => MakeAsync(new LinkChoices(IsOneTime: true, EmbedOrigins: ["https://a.example"])));
    }

    [Fact]
    public async Task FrozenLink_ShowsSitesAndManifestOfThen_NamesWhatIsLost_AndTheLiveDatasetGoesOn()
    {
        var log = host.Sites;
        var old = await log.AddAsync(host.Dataset, new WorldPoint(96, 96, 96), 0, "projection", s_ada, default);
        var labels = new AnnotationSchema { Labels = new([new AnnotationLabel { Id = "kind", Name = "Kind" }]) };
        await host.Schemas.ChangeAsync(host.Dataset.Identity, _ => labels, 0, new Editor(s_ada, null), default);
        var last = await new EditJournal(host.Database, host.Time).NumberAsync(host.Dataset.Identity, default);
        var (link, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        await host.Schemas.ChangeAsync(
            host.Dataset.Identity, s => s with { Labels = ValueList<AnnotationLabel>.Empty }, 1, new Editor(s_ada, null), default);
        await log.DeleteAsync(host.Dataset.Identity, old.Id, s_ada, default);
        var added = await log.AddAsync(host.Dataset, new WorldPoint(90, 90, 90), 0, "projection", s_ada, default);
        var gone = host.Dataset.Volumes[^1];
        var manifest = host.Dataset.Manifest;
        await host.Store.UpdateAsync(host.Dataset.Id, _ => ValueTask.FromResult(
            manifest with { Name = "Renamed", Volumes = [.. manifest.Volumes.Where(v => v.Hours != gone.Key.Hours)] }), default);
        try
        {
            var guest = GuestOf(link, "g");
            Assert.Equal(link.Id, (await host.Access.GrantAsync(guest, host.Dataset.Identity))?.Frozen);
            var shown = (await host.Catalog.TryOpenAsync(guest, host.Dataset.Id.Value, DatasetRole.View, default))!;
            var kept = Assert.IsType<FrozenState>(shown.Kept);
            Assert.Equal((manifest.Name, last), (shown.Name, kept.Moment.Revision));
            Assert.Equal("Kind", Assert.Single((await host.Schemas.OfAsync(shown)).Labels).Name);
            Assert.Equal(
                $"{manifest.Name} (dataset {host.Dataset.Id}), revision {last}, {host.Time.GetUtcNow():yyyy-MM-dd HH:mm} UTC. "
                    + "https://a.example/s/x",
                kept.Citation(shown, "https://a.example/s/x"));
            Assert.Contains(kept.Lost, l => l.Contains("was removed since", StringComparison.Ordinal));
            Assert.DoesNotContain(shown.Volumes, v => v.Key.Hours == gone.Key.Hours);
            Assert.Contains(await log.ListAsync(shown), s => s.Id == old.Id);
            Assert.DoesNotContain(await log.ListAsync(shown), s => s.Id == added.Id);
            var now = (await host.Store.TryOpenAsync(host.Dataset.Id, default))!;
            Assert.Equal([added.Id], (await log.ListAsync(now)).Select(s => s.Id));

            // The session of the page keeps the state while the dataset changes, and its address names it.
            var session = (await host.Sessions.HoldAsync(ViewSessions.NewId(), "g", shown, "v=1&t=0", default))!;
            host.Sessions.Refresh(now);
            Assert.Equal(link.Id, session.Dataset.Kept?.Id);
            Assert.Contains($"frozen={link.Id}", session.Link, StringComparison.Ordinal);
        }
        finally
        {
            await host.Store.UpdateAsync(host.Dataset.Id, _ => ValueTask.FromResult(manifest), default);
        }
    }

    // The numbers of an analysis that was stopped before its labels were published lie in the store beside those of the one before.
    [Fact]
    public async Task FrozenLink_OfAnAnalysedDataset_KeepsTheNumbersThatTheManifestNames_OrIsRefused()
    {
        var (id, manifest) = (host.Dataset.Id, host.Dataset.Manifest);
        byte[] published = [.. "{\"numbers\":\"published\"}"u8], stopped = [.. "{\"numbers\":\"stopped\"}"u8];
        var sha = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(published));
        var named = manifest with { Analyses = new Dictionary<string, string> { ["projection"] = sha } };
        var name = BlobNames.Analysis(id, named, "projection");
        string[] others =
        [
            BlobNames.Dataset(id) + BlobNames.AnalysisPath("projection"),
            BlobNames.Dataset(id) + BlobNames.AnalysisPath("projection", "0123"),
        ];
        await host.Store.Blobs.WriteAsync(name, published, default);
        foreach (var other in others)
        {
            await host.Store.Blobs.WriteAsync(other, stopped, default);
        }

        await host.Store.UpdateAsync(id, _ => ValueTask.FromResult(named), default);
        try
        {
            var (link, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
            Assert.Equal(published, await host.Frozen.AnalysisAsync(link.Id, "projection", default));
            await host.Store.Blobs.DeleteAsync(name, default);
            var refused = await Assert.ThrowsAsync<ArgumentException>(() => MakeAsync(new LinkChoices(LinkKind.Frozen)));
            Assert.Contains("run the analysis again", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            await host.Store.UpdateAsync(id, _ => ValueTask.FromResult(manifest), default);
            foreach (var other in others)
            {
                await host.Store.Blobs.DeleteAsync(other, default);
            }
        }
    }

    [Fact]
    public async Task FrozenAddress_IsOpenToMembers_AndToNobodyElseWithoutTheLink()
    {
        var (link, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        var member = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, await host.AddMakerAsync())], "test"));
        var (other, _) = await MakeAsync(new LinkChoices());
        var query = $"?v=1&frozen={link.Id}";
        Assert.Equal(link.Id, (await OpenAsync(member, query))?.Kept?.Id);
        Assert.Null((await OpenAsync(member, "?v=1"))!.Kept);
        Assert.Null(await OpenAsync(GuestOf(other, "g"), query));
        Assert.Null(await OpenAsync(member, $"?frozen={Guid.NewGuid()}"));
        Assert.Null(await OpenAsync(member, "?frozen=nonsense"));
    }

    [Fact]
    public async Task Embedded_GuestOfALinkThatNoSiteMayShow_SeesNothing()
    {
        var (link, _) = await MakeAsync(new LinkChoices(EmbedOrigins: ["https://wiki.example.org"]));
        var framed = GuestOf(link, "g", new Claim(DendriteClaims.Embedded, "1"));
        Assert.NotNull(await host.Access.GrantAsync(framed, host.Dataset.Identity));
        await using var db = await host.Database.CreateDbContextAsync();
        await db.Links.Where(l => l.Id == link.Id).ExecuteUpdateAsync(s => s.SetProperty(l => l.EmbedOrigins, (string?)null));
        Assert.Null(await host.Access.GrantAsync(framed, host.Dataset.Identity));
        Assert.NotNull(await host.Access.GrantAsync(GuestOf(link, "g"), host.Dataset.Identity));
    }

    [Fact]
    public async Task CopyOfAFrozenLink_KeepsTheStateOfThen()
    {
        var (link, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        var copy = (await host.Links.CopyAsync(host.Dataset, link.Id, null, await host.AddMakerAsync(), default)).Link;
        var first = (await host.Frozen.OpenAsync(link.Id, host.Dataset, default))!;
        var second = (await host.Frozen.OpenAsync(copy.Id, host.Dataset, default))!;
        Assert.Equal(((FrozenState)first.Kept!).Moment, ((FrozenState)second.Kept!).Moment);
    }

    [Fact]
    public async Task FrozenLink_OfADatasetThatIsPublic_ShowsWhatItKeeps_AndAfterwardsNothingElse()
    {
        var (link, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        var guest = GuestOf(link, "g");
        await using var db = await host.Database.CreateDbContextAsync();
        var open = new PublicDataset { DatasetIdentity = host.Dataset.Identity.Value, Since = 0, ByKey = "ada", ByName = "Ada" };
        db.PublicDatasets.Add(open);
        await db.SaveChangesAsync();
        var present = (await OpenAsync(guest, ""))!;
        Assert.Null(present.Kept);
        Assert.True((await host.Access.GrantAsync(guest, host.Dataset.Identity))!.Shows(present));
        Assert.Equal(link.Id, (await OpenAsync(guest, FrozenLinks.QueryOf(link)))!.Kept?.Id);

        // A page that shows the present is not theirs any more once it is closed to the public.
        db.PublicDatasets.Remove(open);
        await db.SaveChangesAsync();
        Assert.False((await host.Access.GrantAsync(guest, host.Dataset.Identity))!.Shows(present));
    }

    // Before edits of all kinds had one number, a link kept the last row of each kind.
    [Fact]
    public async Task FrozenLink_MadeBeforeTheJournal_ShowsTheEditsThatItCounted()
    {
        var old = await host.Sites.AddAsync(host.Dataset, new WorldPoint(60, 60, 60), 0, "projection", s_ada, default);
        var (link, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        await host.Sites.DeleteAsync(host.Dataset.Identity, old.Id, s_ada, default);
        await using var db = await host.Database.CreateDbContextAsync();
        var row = await db.SiteEdits.SingleAsync(e => e.SiteId == old.Id && e.Version == 1);
        using var json = new MemoryStream();
        await using (var gzip = new GZipStream(json, CompressionMode.Compress, leaveOpen: true))
        {
            await JsonSerializer.SerializeAsync(gzip, new { At = 5L, Revision = 812L, SiteEdits = row.Sequence, MeasurementEdits = 0L });
        }

        await db.LinkSnapshots.Where(s => s.LinkId == link.Id && s.Part == "masks").ExecuteDeleteAsync();
        await db.LinkSnapshots.Where(s => s.LinkId == link.Id && s.Part == "moment")
            .ExecuteUpdateAsync(s => s.SetProperty(p => p.Content, json.ToArray()));
        var shown = (await host.Frozen.OpenAsync(link.Id, host.Dataset, default))!;
        Assert.Equal(row.Number, ((FrozenState)shown.Kept!).Moment.Revision);
        Assert.Null(shown.Kept.MaskEntries);
        Assert.Contains(await host.Sites.ListAsync(shown), s => s.Id == old.Id);
    }

    [Fact]
    public async Task FrozenState_OfALinkThatWasRevoked_IsRemoved_AndOfOneThatEndedByItselfIsKeptForMembers()
    {
        var maker = await host.AddMakerAsync();
        await using var db = await host.Database.CreateDbContextAsync();
        var (revoked, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        var (expired, _) = await host.Links.CreateAsync(
            host.Dataset, DatasetRole.View, "x", TimeSpan.FromMinutes(1), "", maker, default, new LinkChoices(LinkKind.Frozen));
        var (orphan, _) = await host.Links.CreateAsync(
            host.Dataset, DatasetRole.View, "x", null, "", Guid.NewGuid().ToString(), default, new LinkChoices(LinkKind.Frozen));
        var (closed, _) = await host.Links.CreateAsync(
            host.Dataset, DatasetRole.View, "x", null, "", maker, default, new LinkChoices(LinkKind.Frozen));
        var page = (await host.Frozen.OpenAsync(revoked.Id, host.Dataset, default))!;
        Assert.True(await host.Links.RevokeAsync(host.Dataset.Identity, revoked.Id, default));
        Assert.False(await host.Links.RevokeAsync(host.Dataset.Identity, revoked.Id, default));
        Assert.False(await IsKeptAsync(revoked.Id));
        host.Time.Advance(TimeSpan.FromMinutes(2));
        await db.Users.Where(u => u.Id == Guid.Parse(maker)).ExecuteUpdateAsync(s => s.SetProperty(u => u.DisabledAt, 1));
        await host.Frozen.SweepAsync(default);
        Assert.Equal((true, true, true), (await IsKeptAsync(expired.Id), await IsKeptAsync(orphan.Id), await IsKeptAsync(closed.Id)));

        // Members see what is kept, and are refused what is not.
        var member = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, await host.AddMakerAsync())], "test"));
        foreach (var kept in new[] { expired, orphan, closed })
        {
            Assert.Equal(kept.Id, (await OpenAsync(member, $"?frozen={kept.Id}"))?.Kept?.Id);
            Assert.Null(await OpenAsync(GuestOf(kept, "g"), $"?frozen={kept.Id}"));
        }

        Assert.Null(await OpenAsync(member, $"?frozen={revoked.Id}"));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Links.CopyAsync(host.Dataset, revoked.Id, null, maker, default));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Links.CreateAsync(
            page, DatasetRole.View, "of a page that still shows it", null, "", maker, default, new LinkChoices(LinkKind.Frozen)));

        async Task<bool> IsKeptAsync(Guid link) => await db.LinkSnapshots.AnyAsync(s => s.LinkId == link);
    }

    [Fact]
    public async Task Links_MadeCopiedMovedTakenAndRevoked_AreInTheAuditLogOnceEach()
    {
        var desk = new ShareDesk(host.Links, host.Access, host.Audit, new DendriteOptions());
        var maker = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, await host.AddMakerAsync())], "test"));
        var made = (await desk.CreateAsync(maker, host.Dataset, DatasetRole.View, "Told", 7, "v=1&t=0", new LinkChoices(IsOneTime: true)))!;
        Assert.Null(made.Citation);
        var link = (await host.Links.FindAsync(made.Address["/s/".Length..], default))!;
        await desk.MoveAsync(maker, host.Dataset, link.Id, "v=1&t=3");
        await desk.MoveAsync(maker, host.Dataset, link.Id, "v=1&t=3");
        await desk.CopyAsync(maker, host.Dataset, link.Id, 0);
        var copy = (await host.Links.ListAsync(host.Dataset.Identity, default)).Single(l => l.Link.Name == "Copy of Told").Link;
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var opened = host.Audit.NewEntry(AuditKind.Link, s_ada, "opened", AuditSubject.Of(host.Dataset, link.Id.ToString()));
            Assert.True(await host.Links.TryTakeAsync(link.Id, "g", default, opened));
            await desk.RevokeAsync(maker, host.Dataset, copy);
        }

        await using var db = await host.Database.CreateDbContextAsync();
        var told = await db.Audit.Where(a => a.Subject == link.Id.ToString() || a.Subject == copy.Id.ToString())
            .OrderBy(a => a.Id).Select(a => a.Detail).ToListAsync();
        Assert.Equal(
            [
                "made the link that works once 'Told' as viewer, for 7 days", "moved the link that works once 'Told' to another view",
                "copied the link that works once 'Told' as 'Copy of Told', without an end", "opened",
                "revoked the link that works once 'Copy of Told'",
            ],
            told);
    }

    [Fact]
    public async Task Copy_OfALinkThatSitesMayShow_IsShownByThoseThatStillMay_AndSaysWhichMayNot()
    {
        const string wiki = "https://wiki.example.org", lab = "https://lab.example.org";
        var maker = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, await host.AddMakerAsync())], "test"));
        foreach (var kind in new[] { LinkKind.Following, LinkKind.Frozen })
        {
            var (link, _) = await MakeAsync(new LinkChoices(kind, EmbedOrigins: [wiki, lab]));
            var made = (await DeskOf(wiki, lab).CopyAsync(maker, host.Dataset, link.Id, 0))!;
            Assert.Equal($"{wiki} {lab}", (await host.Links.FindAsync(made.Address["/s/".Length..], default))!.EmbedOrigins);
            Assert.NotNull(made.Embed);
            Assert.Empty(made.Dropped);

            made = (await DeskOf(wiki).CopyAsync(maker, host.Dataset, link.Id, 0))!;
            var copy = (await host.Links.FindAsync(made.Address["/s/".Length..], default))!;
            Assert.Equal((wiki, kind), (copy.EmbedOrigins, copy.Kind));
            Assert.Equal([lab], made.Dropped);
            await using var db = await host.Database.CreateDbContextAsync();
            Assert.EndsWith(
                $"without an end, and which {wiki} may show, and which {lab} may not show any more",
                (await db.Audit.SingleAsync(a => a.Subject == copy.Id.ToString())).Detail, StringComparison.Ordinal);

            made = (await DeskOf().CopyAsync(maker, host.Dataset, link.Id, 0))!;
            Assert.Null(made.Embed);
            Assert.Equal([wiki, lab], made.Dropped);
        }

        ShareDesk DeskOf(params string[] origins) =>
            new(host.Links, host.Access, host.Audit, new DendriteOptions { EmbedOrigins = origins });
    }

    [Fact]
    public async Task FrozenState_OfADatasetThatIsDeleted_IsRemovedOnceAStoreThatWasAwayWouldBeBack()
    {
        var (link, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        var identity = "gone-" + Guid.NewGuid().ToString("N");
        await using var db = await host.Database.CreateDbContextAsync();
        await db.Links.Where(l => l.Id == link.Id).ExecuteUpdateAsync(s => s.SetProperty(l => l.DatasetIdentity, identity));
        var gone = new DatasetRecord { Identity = identity, DatasetId = "gone", Name = "Gone", SeenAt = 0 };
        db.Datasets.Add(gone);
        foreach (var (days, isKept) in new (int?, bool)[] { (null, true), (89, true), (91, false) })
        {
            gone.DeletedAt = days is { } d ? host.Time.GetUtcNow().AddDays(-d).ToUnixTimeMilliseconds() : null;
            await db.SaveChangesAsync();
            await host.Frozen.SweepAsync(default);
            Assert.Equal(isKept, await db.LinkSnapshots.AnyAsync(s => s.LinkId == link.Id));
        }
    }

    [Fact]
    public async Task FrozenLink_OfWhichNoScanIsLeft_ShowsNothing()
    {
        var (link, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        var now = host.Dataset with
        {
            Revision = "other",
            Manifest = host.Dataset.Manifest with { Volumes = [host.Dataset.Manifest.Volumes[0] with { MetadataSha256 = "other" }] },
        };
        Assert.Null(await host.Frozen.OpenAsync(link.Id, now, default));
    }

    [Fact]
    public async Task OneTimeLink_TakenAgainByTheSameGuest_OrKeptBesideAnotherLink_StaysTheirs()
    {
        var (link, _) = await MakeAsync(new LinkChoices(IsOneTime: true));
        Assert.True(await host.Links.TryTakeAsync(link.Id, "g", default));
        Assert.True(await host.Links.TryTakeAsync(link.Id, "g", default));
        Assert.False(await host.Links.TryTakeAsync(link.Id, "h", default));
        var (other, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        var kept = await host.Links.TakenAsync(other.Id, GuestOf(link, "g"), default);
        Assert.Equal(link.Id.ToString(), kept.Single(c => c.Type == DendriteClaims.Link).Value);
        Assert.Empty(await host.Links.TakenAsync(other.Id, GuestOf(link, "h"), default));
        await host.Links.RevokeAsync(host.Dataset.Identity, other.Id, default);
        Assert.NotNull(await host.Access.GrantAsync(GuestOf(other, "new", [.. kept]), host.Dataset.Identity));
    }

    // A guest of two links counted as a member, and read the log with its names.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Guest_OfALinkToLookAndOneToAnnotate_MayAnnotateAndIsNoMember(bool isLookOpenedLast)
    {
        var (look, _) = await MakeAsync(new LinkChoices());
        var (mark, _) = await host.Links.CreateAsync(
            host.Dataset, DatasetRole.Annotate, "x", null, "v=1&t=0", await host.AddMakerAsync(), default);
        var grant = await GrantOfBothAsync(isLookOpenedLast ? look : mark, isLookOpenedLast ? mark : look);
        Assert.Equal((DatasetRole.Annotate, false, null), (grant.Role, grant.IsMember, grant.Frozen));
    }

    // Of links of equal roles the first one decided, so that a frozen one hid the present dataset.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Guest_OfAFrozenAndAFollowingLink_SeesThePresentDataset_AndTheFrozenStateWhereItIsAskedFor(bool isFrozenOpenedLast)
    {
        var (following, _) = await MakeAsync(new LinkChoices());
        var (frozen, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        var (last, before) = isFrozenOpenedLast ? (frozen, following) : (following, frozen);
        var grant = await GrantOfBothAsync(last, before);
        Assert.Equal((DatasetRole.View, false, null), (grant.Role, grant.IsMember, grant.Frozen));
        var guest = GuestOf(last, "g", new Claim(DendriteClaims.Link, before.Id.ToString()));
        Assert.Null((await OpenAsync(guest, "?v=1"))!.Kept);
        Assert.Equal(frozen.Id, (await OpenAsync(guest, $"?v=1&frozen={frozen.Id}"))?.Kept?.Id);
    }

    [Fact]
    public async Task Guest_OfTwoFrozenLinks_SeesTheStateOfTheOneThatTheAddressNames_AndNeverThePresentDataset()
    {
        var (first, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        var (last, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        var (strange, _) = await MakeAsync(new LinkChoices(LinkKind.Frozen));
        var guest = GuestOf(last, "g", new Claim(DendriteClaims.Link, first.Id.ToString()));
        Assert.Equal(last.Id, (await OpenAsync(guest, "?v=1"))?.Kept?.Id);
        Assert.Equal(last.Id, (await OpenAsync(guest, $"?frozen={last.Id}"))?.Kept?.Id);
        Assert.Equal(last.Id, (await OpenAsync(guest, $"?frozen={strange.Id}"))?.Kept?.Id);
        var shown = (await OpenAsync(guest, $"?frozen={first.Id}"))!;
        Assert.Equal(first.Id, shown.Kept?.Id);
        var grant = (await host.Access.GrantAsync(guest, host.Dataset.Identity))!;
        Assert.True(grant.Shows(shown));
        Assert.False(grant.Shows(host.Dataset));
        await host.Links.RevokeAsync(host.Dataset.Identity, first.Id, default);
        Assert.False((await host.Access.GrantAsync(guest, host.Dataset.Identity))!.Shows(shown));
    }

    [Fact]
    public async Task Link_ThatIsRefused_LeavesNoEntryInTheAuditLog()
    {
        var desk = new ShareDesk(host.Links, host.Access, host.Audit, new DendriteOptions());
        var maker = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, await host.AddMakerAsync())], "test"));
        const string name = "Rim at the anode, refused first";
        await Assert.ThrowsAsync<ArgumentException>(() => desk.CreateAsync(
            maker, host.Dataset, DatasetRole.Annotate, name, 7, "", new LinkChoices(LinkKind.Frozen)));
        await using var db = await host.Database.CreateDbContextAsync();
        Assert.False(await db.Audit.AnyAsync(a => a.Detail.Contains(name)));
        Assert.NotNull(await desk.CreateAsync(maker, host.Dataset, DatasetRole.View, name, 7, "", new LinkChoices(LinkKind.Frozen)));
        var entry = await db.Audit.SingleAsync(a => a.Detail.Contains(name));
        Assert.NotNull(await db.Links.FindAsync(Guid.Parse(entry.Subject!)));
    }

    private static ClaimsPrincipal GuestOf(ShareLink link, string guest, params Claim[] more) => new(new ClaimsIdentity(
        [new(DendriteClaims.Link, link.Id.ToString()), new(DendriteClaims.GuestId, guest), .. more], AccountsRegistration.LinkScheme));

    private async Task<DatasetGrant> GrantOfBothAsync(ShareLink last, ShareLink before) => (await host.Access.GrantAsync(
        GuestOf(last, "g", new Claim(DendriteClaims.Link, before.Id.ToString())), host.Dataset.Identity))!;

    private Task<Imaging.Datasets.Dataset?> OpenAsync(ClaimsPrincipal user, string query) =>
        host.Catalog.TryOpenAsync(user, host.Dataset.Id.Value, DatasetRole.View, default, query);

    private async Task<(ShareLink Link, string Token)> MakeAsync(LinkChoices choices) => await host.Links.CreateAsync(
        host.Dataset, DatasetRole.View, "x", null, "v=1&t=0", await host.AddMakerAsync(), default, choices);
}
