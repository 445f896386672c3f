using System.Security.Claims;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Viewing;
using DendriteViewer.Web.Visitors;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Bookmarks;

public sealed class BookmarkStoreTests(TestHost host) : IClassFixture<TestHost>
{
    private const string View = "v=1&t=1.5&m=projection";

    [Fact]
    public async Task Bookmark_Private_IsSeenByItsOwnerAlone_AndShared_ByWhoMaySeeTheDataset()
    {
        var (ada, bob, stranger) = (await MemberAsync("Ada"), await MemberAsync("Bob"), User(await host.AddUserAsync(), "Eve"));
        var id = host.Dataset.Identity;
        var saved = await host.Bookmarks.SaveAsync(ada, id, new BookmarkText(" Rim ", "look\nhere"), View);
        Assert.Equal(("Rim", "look\nhere", View, "Ada"), (saved.Name, saved.Note, saved.View, saved.Author));
        Assert.DoesNotContain((await host.Bookmarks.ListAsync(bob, id)).Items, i => i.Bookmark.Id == saved.Id);

        saved = await host.Bookmarks.DescribeAsync(ada, id, saved.Id, saved.ChangedAt, new BookmarkText("Rim", IsShared: true));
        var seen = Assert.Single((await host.Bookmarks.ListAsync(bob, id)).Items, i => i.Bookmark.Id == saved.Id);
        Assert.Equal((false, false, "Ada"), (seen.IsMine, seen.MayDelete, seen.Author));
        await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.ReplaceAsync(bob, id, saved.Id, saved.ChangedAt, View));
        await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.DeleteAsync(bob, id, saved.Id, saved.ChangedAt));
        await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.ListAsync(stranger, id));
        await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.SaveAsync(stranger, id, new BookmarkText("x"), View));

        // Who may look by a link sees shared ones without names, and saves none.
        var (link, _) = await host.Links.CreateAsync(
            host.Dataset, DatasetRole.View, "link", null, "", await host.AddMakerAsync(), default);
        var guest = new ClaimsPrincipal(new ClaimsIdentity([new(DendriteClaims.Link, link.Id.ToString())], "Link"));
        var list = await host.Bookmarks.ListAsync(guest, id);
        Assert.False(list.MaySave);
        Assert.Null(Assert.Single(list.Items, i => i.Bookmark.Id == saved.Id).Author);
        await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.SaveAsync(guest, id, new BookmarkText("x"), View));
    }

    [Fact]
    public async Task Bookmark_OfAnAccountThatIsNoMember_IsKeptForItself_AndNotShared()
    {
        var (stranger, id) = (User(await host.AddUserAsync(), "Eve"), host.Dataset.Identity);
        await using var db = await host.Database.CreateDbContextAsync();
        var open = new PublicDataset { DatasetIdentity = id.Value, Since = 0, ByKey = "ada", ByName = "Ada" };
        db.PublicDatasets.Add(open);
        await db.SaveChangesAsync();
        try
        {
            var saved = await host.Bookmarks.SaveAsync(stranger, id, new BookmarkText("mine"), View);
            var shared = new BookmarkText("mine", IsShared: true);
            await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.SaveAsync(stranger, id, shared, View));
            await Assert.ThrowsAsync<BookmarkException>(
                () => host.Bookmarks.DescribeAsync(stranger, id, saved.Id, saved.ChangedAt, shared));
        }
        finally
        {
            db.PublicDatasets.Remove(open);
            await db.SaveChangesAsync();
        }
    }

    [Fact]
    public async Task Bookmark_Deleted_ComesBackAsItWas_UnlessItIsAnothers()
    {
        var (ada, bob, id) = (await MemberAsync("Ada"), await MemberAsync("Bob"), host.Dataset.Identity);
        var owner = User(await host.AddUserAsync(administrator: true), "Owner");
        var saved = await host.Bookmarks.SaveAsync(ada, id, new BookmarkText("Rim", IsShared: true), View);
        var deleted = await host.Bookmarks.DeleteAsync(owner, id, saved.Id, saved.ChangedAt);
        await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.RestoreAsync(bob, id, deleted));
        await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.DeleteAsync(ada, id, saved.Id, saved.ChangedAt));
        await host.Bookmarks.RestoreAsync(owner, id, deleted);
        var back = Assert.Single((await host.Bookmarks.ListAsync(ada, id)).Items);
        Assert.True(back.IsMine);
        Assert.Equivalent(saved, await host.Bookmarks.FindAsync(ada, id, back.Bookmark.Id));

        var hidden = await host.Bookmarks.SaveAsync(ada, id, new BookmarkText("Mine"), View);
        await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.DeleteAsync(owner, id, hidden.Id, hidden.ChangedAt));

        // What the owner did to Ada's is in the audit log; what she does to her own is not.
        await host.Bookmarks.DeleteAsync(ada, id, hidden.Id, hidden.ChangedAt);
        await using var db = await host.Database.CreateDbContextAsync();
        string[] both = [saved.Id.ToString(), hidden.Id.ToString()];
        Assert.Equal(
            ["Owner deleted the bookmark 'Rim' of Ada", "Owner took the deletion of the bookmark 'Rim' of Ada back"],
            (await db.Audit.Where(a => both.Contains(a.Subject)).OrderBy(a => a.Id).ToListAsync())
                .Select(a => $"{a.PersonName} {a.Detail}"));
    }

    [Theory]
    [InlineData("", "", "Give the bookmark a name.")]
    [InlineData("two\nlines", "", "one line")]
    [InlineData("long", "", "at most 100 characters; this has 101")]
    [InlineData("name", "long", "at most 1000 characters; this has 1001")]
    public async Task Bookmark_WithATextThatCannotBe_IsRefusedWithASentence(string name, string note, string words)
    {
        var text = new BookmarkText(name == "long" ? new string('n', 101) : name, note == "long" ? new string('n', 1001) : note);
        var ada = await MemberAsync("Ada");
        var refusal = await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.SaveAsync(ada, host.Dataset.Identity, text, View));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain((await host.Bookmarks.ListAsync(ada, host.Dataset.Identity)).Items, i => i.IsMine);
    }

    [Fact]
    public async Task Bookmarks_BeyondTheMost_AreRefused_AndGoWithTheAccount()
    {
        var (ada, id, store) = (await MemberAsync("Ada"), host.Dataset.Identity, host.Bookmarks);
        var owner = Guid.Parse(ada.KeyOf());
        await using (var db = await host.Database.CreateDbContextAsync())
        {
            db.Bookmarks.AddRange(Enumerable.Range(0, BookmarkRules.MostOfOne).Select(i => new Bookmark
            {
                Id = Guid.NewGuid(), DatasetIdentity = id.Value, OwnerId = owner, Author = "Ada", Name = $"{i}", View = View,
            }));
            await db.SaveChangesAsync();
        }

        var refusal = await Assert.ThrowsAsync<BookmarkException>(() => store.SaveAsync(ada, id, new BookmarkText("more"), View));
        Assert.Contains("at most 200 bookmarks", refusal.Message, StringComparison.Ordinal);
        var before = await store.CountAsync(id, default);
        await host.AddUserAsync(administrator: true);
        await new People(host.Database, null!, host.Audit, host.Time).RemoveAsync(owner);
        Assert.Equal(before - BookmarkRules.MostOfOne, await store.CountAsync(id, default));
    }

    [Fact]
    public async Task View_OfAnyModalityAndTime_IsRestoredAsItWas_AndWhatIsGoneIsNamed()
    {
        var (ada, session, desk) = (await MemberAsync("Ada"), await host.SessionAsync(), host.BookmarkDesk);
        session.Update(
            v => v with { Hours = 3, WindowLow = 4000, Cut = new SliceCut(Pane.Z, false), Maximized = Pane.Y, UmPerPixel = 0.25 }, null);
        var kept = session.Current.View;
        var saved = await desk.Store.SaveAsync(ada, host.Dataset.Identity, new BookmarkText("Kept"), session.Link);
        session.Update(_ => session.Start, null);
        Assert.Empty((await desk.OpenAsync(ada, session, saved.Id, this))!);
        Assert.Equal(kept, session.Current.View);
        Assert.Equal($"/d/{host.Dataset.Id}?{saved.View}", await desk.AddressOfAsync(ada, host.Dataset, saved.Id));
        var picture = await desk.DrawingOfAsync(ada, host.Dataset, saved.Id);
        Assert.Contains("slice.png?axis=y", picture, StringComparison.Ordinal);
        Assert.Contains("zoom=1.5", picture, StringComparison.Ordinal);

        await desk.Store.ReplaceAsync(
            ada, host.Dataset.Identity, saved.Id, saved.ChangedAt, "v=7&t=1.4&w=dark&site=gone&at=10,20,30&over=gone,-,0,1~1:ff:1");
        var remarks = await desk.OpenAsync(ada, session, saved.Id, this);
        Assert.Equal(["v", "w", "t", "over", "site"], remarks!.Select(r => r.Name));
        Assert.Equal((1.5, 20), (session.Current.View.Hours, session.Current.View.Focus.Y));
        var listed = Assert.Single((await desk.Store.ListAsync(ada, host.Dataset.Identity)).Items, i => i.IsMine).Bookmark;
        await desk.Store.DeleteAsync(ada, host.Dataset.Identity, saved.Id, listed.ChangedAt);
        await Assert.ThrowsAsync<BookmarkException>(() => desk.OpenAsync(ada, session, saved.Id, this));
    }

    // An earlier scan that is imported, or the first one that is deleted, gives a dataset another first view.
    [Fact]
    public async Task View_ReadOverAnotherFirstView_IsRestoredAsItWas()
    {
        var session = await host.SessionAsync();
        var other = new ViewState
        {
            WindowLow = 1, WindowHigh = 2, IsoValue = 3, ColorMap = "viridis", BandVisible = false, Threshold = 5, Selected = "x",
            Maximized = Pane.X, Cut = new SliceCut(Pane.Z, true), Mode = VolumeMode.Maximum, Shaded = false, SlabUm = 7,
            Overlay = new Overlay("gone", null, TransferFunction.Of([new(1, 2, 0.5)]), true),
        };
        Assert.Equal(session.Current.View, ViewLink.Read(session.Link, other).View);
    }

    [Fact]
    public async Task Bookmark_ChangedMeanwhile_IsNeitherOverwrittenNorDeleted_AndUndoRefusesToo()
    {
        var (ada, id, store) = (await MemberAsync("Ada"), host.Dataset.Identity, host.Bookmarks);
        var saved = await store.SaveAsync(ada, id, new BookmarkText("Rim"), View);
        var replaced = await store.ReplaceAsync(ada, id, saved.Id, saved.ChangedAt, View + "&w=1,2");
        await store.DescribeAsync(ada, id, saved.Id, replaced.ChangedAt, new BookmarkText("Edge"));
        foreach (var late in new Func<Task>[]
        {
            () => store.DescribeAsync(ada, id, saved.Id, saved.ChangedAt, new BookmarkText("Old")),
            () => store.ReplaceAsync(ada, id, saved.Id, replaced.ChangedAt, View),
            () => store.DeleteAsync(ada, id, saved.Id, saved.ChangedAt),
        })
        {
            var refusal = await Assert.ThrowsAsync<BookmarkException>(late);
            Assert.Contains("changed in another page", refusal.Message, StringComparison.Ordinal);
        }

        var now = await store.FindAsync(ada, id, saved.Id);
        Assert.Equal(("Edge", View + "&w=1,2"), (now.Name, now.View));
    }

    [Fact]
    public async Task Bookmarks_SavedFasterThanByHand_AreRefusedForSomeSeconds()
    {
        var ada = await MemberAsync("Ada");
        var refusal = await Assert.ThrowsAsync<BudgetSpentException>(async () =>
        {
            for (var i = 0; i < BookmarkRules.MostOfOne; i++)
            {
                await host.Bookmarks.SaveAsync(ada, host.Dataset.Identity, new BookmarkText($"{i}"), View);
            }
        });
        Assert.Contains("Too many changes of bookmarks", refusal.Message, StringComparison.Ordinal);
    }

    // The cookie of a session that ended still names the account.
    [Fact]
    public async Task Bookmarks_OfASessionThatEnded_AreNotThoseOfItsAccount_ThoughALinkLetsItIn()
    {
        var (ada, id) = (await MemberAsync("Ada"), host.Dataset.Identity);
        var saved = await host.Bookmarks.SaveAsync(ada, id, new BookmarkText("Mine"), View);
        var (link, _) = await host.Links.CreateAsync(
            host.Dataset, DatasetRole.View, "link", null, "", await host.AddMakerAsync(), default);
        var ended = new ClaimsPrincipal(new ClaimsIdentity(
            [.. ada.Claims, new(AccountSessions.StampClaim, "of an earlier password"),
                new(DendriteClaims.Link, link.Id.ToString())], "test"));
        var list = await host.Bookmarks.ListAsync(ended, id);
        Assert.False(list.MaySave);
        Assert.DoesNotContain(list.Items, i => i.Bookmark.Id == saved.Id);
        await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.FindAsync(ended, id, saved.Id));
        await Assert.ThrowsAsync<BookmarkException>(() => host.Bookmarks.SaveAsync(ended, id, new BookmarkText("x"), View));
    }

    private async Task<ClaimsPrincipal> MemberAsync(string name)
    {
        var id = await host.AddUserAsync();
        await using var db = await host.Database.CreateDbContextAsync();
        db.Members.Add(new DatasetMember { DatasetIdentity = host.Dataset.Identity.Value, UserId = id, Role = DatasetRole.View });
        await db.SaveChangesAsync();
        return User(id, name);
    }

    private static ClaimsPrincipal User(Guid id, string name) =>
        new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id.ToString()), new("dendrite:name", name)], "test"));
}
