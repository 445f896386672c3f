using System.Security.Claims;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Bookmarks;

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

        await host.Bookmarks.DescribeAsync(ada, id, saved.Id, new BookmarkText("Rim", IsShared: true));
        var seen = Assert.Single((await host.Bookmarks.ListAsync(bob, id)).Items, i => i.Bookmark.Id == saved.Id);
        Assert.Equal((false, false, "Ada"), (seen.IsMine, seen.MayDelete, seen.Author));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Bookmarks.ReplaceAsync(bob, id, saved.Id, View));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Bookmarks.DeleteAsync(bob, id, saved.Id));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Bookmarks.ListAsync(stranger, id));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Bookmarks.SaveAsync(stranger, id, new BookmarkText("x"), View));

        // Who may look by a link sees shared ones without names, and saves none.
        var (link, _) = await host.Links.CreateAsync(host.Dataset, DatasetRole.View, "link", null, "", "ada", default);
        var guest = new ClaimsPrincipal(new ClaimsIdentity([new(DendriteClaims.Link, link.Id.ToString())], "Link"));
        var list = await host.Bookmarks.ListAsync(guest, id);
        Assert.False(list.MaySave);
        Assert.Null(Assert.Single(list.Items, i => i.Bookmark.Id == saved.Id).Author);
        await Assert.ThrowsAsync<ArgumentException>(() => host.Bookmarks.SaveAsync(guest, id, new BookmarkText("x"), View));
    }

    [Fact]
    public async Task Bookmark_Deleted_ComesBackAsItWas_UnlessItIsAnothers()
    {
        var (ada, bob, id) = (await MemberAsync("Ada"), await MemberAsync("Bob"), host.Dataset.Identity);
        var owner = User(await host.AddUserAsync(administrator: true), "Owner");
        var saved = await host.Bookmarks.SaveAsync(ada, id, new BookmarkText("Rim", IsShared: true), View);
        var deleted = await host.Bookmarks.DeleteAsync(owner, id, saved.Id);
        await Assert.ThrowsAsync<ArgumentException>(() => host.Bookmarks.RestoreAsync(bob, id, deleted));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Bookmarks.DeleteAsync(ada, id, saved.Id));
        await host.Bookmarks.RestoreAsync(owner, id, deleted);
        var back = Assert.Single((await host.Bookmarks.ListAsync(ada, id)).Items);
        Assert.True(back.IsMine);
        Assert.Equivalent(saved, back.Bookmark);

        var hidden = await host.Bookmarks.SaveAsync(ada, id, new BookmarkText("Mine"), View);
        await Assert.ThrowsAsync<ArgumentException>(() => host.Bookmarks.DeleteAsync(owner, id, hidden.Id));
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
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => host.Bookmarks.SaveAsync(ada, host.Dataset.Identity, text, View));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain((await host.Bookmarks.ListAsync(ada, host.Dataset.Identity)).Items, i => i.IsMine);
    }

    [Fact]
    public async Task Bookmarks_BeyondTheMost_AreRefused_AndGoWithTheAccount()
    {
        var (ada, id, store) = (await MemberAsync("Ada"), host.Dataset.Identity, host.Bookmarks);
        for (var i = 0; i < BookmarkRules.MostOfOne; i++)
        {
            await store.SaveAsync(ada, id, new BookmarkText($"{i}"), View);
        }

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => store.SaveAsync(ada, id, new BookmarkText("more"), View));
        Assert.Contains("at most 200 bookmarks", refusal.Message, StringComparison.Ordinal);
        var before = await store.CountAsync(id, default);
        await host.AddUserAsync(administrator: true);
        await new People(host.Database, null!).RemoveAsync(BookmarkStore.AccountOf(ada)!.Value);
        Assert.Equal(before - BookmarkRules.MostOfOne, await store.CountAsync(id, default));
    }

    [Fact]
    public async Task View_OfAnyModalityAndTime_IsRestoredAsItWas_AndWhatIsGoneIsNamed()
    {
        var (ada, session, desk) = (await MemberAsync("Ada"), await host.SessionAsync(), host.BookmarkDesk);
        session.Update(
            v => v with { Hours = 3, WindowLow = 4000, Cut = new SliceCut(Pane.Z, false), Maximized = Pane.Y, UmPerPixel = 0.25 }, null);
        var kept = session.Current.View;
        var saved = await desk.Store.SaveAsync(ada, host.Dataset.Identity, new BookmarkText("Kept"), await desk.ViewOfAsync(session));
        session.Update(_ => session.Start, null);
        Assert.Empty(await desk.OpenAsync(ada, session, saved, this));
        Assert.Equal(kept, session.Current.View);
        Assert.Equal($"/d/{host.Dataset.Id}?{saved.View}", BookmarkDesk.AddressOf(host.Dataset, saved));
        var picture = await desk.PictureOfAsync(host.Dataset, saved);
        Assert.Contains("slice.png?axis=y", picture, StringComparison.Ordinal);
        Assert.Contains("zoom=1.5", picture, StringComparison.Ordinal);

        var old = await desk.Store.ReplaceAsync(ada, host.Dataset.Identity, saved.Id, "v=7&t=1.4&w=dark&site=gone&at=10,20,30");
        var remarks = await desk.OpenAsync(ada, session, old, this);
        Assert.Equal(["v", "w", "t", "site"], remarks.Select(r => r.Name));
        Assert.Equal((1.5, 20), (session.Current.View.Hours, session.Current.View.Focus.Y));
        await desk.Store.DeleteAsync(ada, host.Dataset.Identity, saved.Id);
        await Assert.ThrowsAsync<ArgumentException>(() => desk.OpenAsync(ada, session, saved, this));
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
