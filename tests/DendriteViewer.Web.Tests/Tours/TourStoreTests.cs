using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tours;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Tours;

/// <summary>Tours as they are kept, and who may make them.</summary>
public sealed class TourStoreTests(TestHost host) : IClassFixture<TestHost>
{
    private const string View = "v=1&t=1.5&m=projection";

    private TourStore Store => host.Tours;

    [Fact]
    public async Task Tour_IsMadeByAnAnnotator_PlayedByAViewer_AndSeenByNobodyElse()
    {
        var id = host.Dataset.Identity;
        var (ada, viewer, stranger) = (
            await UserAsync("Ada", DatasetRole.Annotate), await UserAsync("Vera", DatasetRole.View), await UserAsync("Eve", null));
        var made = await Store.CreateAsync(ada, id, new TourContent(" Growth ", "of it", [StepOf("one")]));
        Assert.Equal(("Growth", 1, "Ada"), (made.Content.Title, made.Version, made.Author));
        Assert.Equal("one", Assert.Single((await Store.FindAsync(viewer, id, made.Id)).Content.Steps).Title);
        Assert.False((await Store.ListAsync(viewer, id)).MayEdit);
        await Assert.ThrowsAsync<TourException>(() => Store.CreateAsync(viewer, id, new TourContent("x", "", [])));
        await Assert.ThrowsAsync<TourException>(() => Store.ChangeAsync(viewer, id, made.Id, c => c));
        await Assert.ThrowsAsync<TourException>(() => Store.DeleteAsync(viewer, id, made.Id, made.Version));
        await Assert.ThrowsAsync<TourException>(() => Store.ListAsync(stranger, id));
        await Assert.ThrowsAsync<TourException>(() => Store.FindAsync(stranger, id, made.Id));
    }

    [Fact]
    public async Task Tour_OfWhatIsThereNow_IsNotPlayedByWhoSeesAFrozenStateAlone()
    {
        var id = host.Dataset.Identity;
        var made = await Store.CreateAsync(await UserAsync("Ada", DatasetRole.Annotate), id, new TourContent("Now", "", []));
        var (link, _) = await host.Links.CreateAsync(host.Dataset, DatasetRole.View, "x", null, "", await host.AddMakerAsync(), default,
            new LinkChoices(LinkKind.Frozen));
        var guest = new ClaimsPrincipal(new ClaimsIdentity([new(DendriteClaims.Link, link.Id.ToString())], "Link"));
        await Assert.ThrowsAsync<TourException>(() => Store.ListAsync(guest, id));
        await Assert.ThrowsAsync<TourException>(() => Store.FindAsync(guest, id, made.Id));
    }

    [Fact]
    public async Task Changes_OfTwoPeopleAtOnce_AreBothMade()
    {
        var (ada, bob, id) = (
            await UserAsync("Ada", DatasetRole.Annotate), await UserAsync("Bob", DatasetRole.Annotate), host.Dataset.Identity);
        var made = await Store.CreateAsync(ada, id, new TourContent("Both", "", [StepOf("one"), StepOf("two")]));
        var isFirst = true;
        var after = await Store.ChangeAsync(ada, id, made.Id, c =>
        {
            if (isFirst)
            {
                // Bob is faster, after Ada's change was made of what was kept before.
                isFirst = false;
                Task.Run(() => Store.ChangeAsync(bob, id, made.Id, b => b.Moved(b.Steps[0].Id, 1))).GetAwaiter().GetResult();
            }

            return c with { Text = "Ada's" };
        });
        Assert.Equal(("Ada's", 3), (after.Content.Text, after.Version));
        Assert.Equal(["two", "one"], after.Content.Steps.Select(s => s.Title));

        // A tour that was changed since is not deleted unseen; one that is there no longer is said to be gone.
        await Assert.ThrowsAsync<TourException>(() => Store.DeleteAsync(bob, id, made.Id, made.Version));
        var told = 0;
        var store = Store;
        store.Changed += _ => told++;
        Assert.Equal("Ada's", (await store.DeleteAsync(bob, id, made.Id, after.Version)).Text);
        Assert.Equal(1, told);
        await Assert.ThrowsAsync<TourException>(() => Store.ChangeAsync(ada, id, made.Id, c => c));
    }

    [Fact]
    public async Task Change_ThatChangesNothing_KeepsAuthorAndVersion()
    {
        var (ada, bob, id) = (
            await UserAsync("Ada", DatasetRole.Annotate), await UserAsync("Bob", DatasetRole.Annotate), host.Dataset.Identity);
        var made = await Store.CreateAsync(ada, id, new TourContent("Same", "", [StepOf("one")]));
        var after = await Store.ChangeAsync(bob, id, made.Id, c => c with { Title = "Same ", Steps = [.. c.Steps] });
        Assert.Equal((1, "Ada"), (after.Version, after.Author));
    }

    [Fact]
    public async Task Tour_DeletedAndRestored_IsFoundByTheSameKey_Once()
    {
        var (ada, id) = (await UserAsync("Ada", DatasetRole.Annotate), host.Dataset.Identity);
        var made = await Store.CreateAsync(ada, id, new TourContent("Back", "", [StepOf("one")]));
        var deleted = await Store.DeleteAsync(ada, id, made.Id, made.Version);
        await Store.RestoreAsync(ada, id, made.Id, deleted);
        Assert.Equal("Back", (await Store.FindAsync(ada, id, made.Id)).Content.Title);
        await Assert.ThrowsAsync<TourException>(() => Store.RestoreAsync(ada, id, made.Id, deleted));
        await using var db = await host.Database.CreateDbContextAsync();
        Assert.Equal(
            ["deleted the tour 'Back' of Ada", "took the deletion of the tour 'Back' back"],
            await db.Audit.Where(a => a.Subject == made.Id.ToString() && a.DatasetIdentity == id.Value).OrderBy(a => a.Id)
                .Select(a => a.Detail).ToListAsync());
    }

    [Fact]
    public async Task Tour_BeyondItsBounds_IsRefusedWithASentence()
    {
        var (ada, id) = (await UserAsync("Ada", DatasetRole.Annotate), host.Dataset.Identity);
        TourContent[] refused =
        [
            new(" ", "", []), new(new string('x', 101), "", []), new("two\nlines", "", []), new("x", new string('x', 2001), []),
            new("x", "", [.. Enumerable.Repeat(StepOf("s"), 41)]), new("x", "", [StepOf("s") with { View = "" }]),
            new("x", "", [StepOf("s") with { View = new string('v', 7001) }]), new("x", "", [StepOf(new string('x', 101))]),
        ];
        foreach (var content in refused)
        {
            Assert.EndsWith(".", (await Assert.ThrowsAsync<TourException>(() => Store.CreateAsync(ada, id, content))).Message);
        }

        foreach (var seconds in new[] { 0, -1, 601, double.NaN })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(
                () => Store.CreateAsync(ada, id, new TourContent("x", "", [StepOf("s") with { Seconds = seconds }])));
        }
    }

    [Fact]
    public void Step_IsMovedAsFarAsThereArePlaces_AndOneThatIsGoneIsLeft()
    {
        var content = new TourContent("x", "", [StepOf("a"), StepOf("b"), StepOf("c")]);
        Assert.Equal(["b", "c", "a"], content.Moved(content.Steps[0].Id, 9).Steps.Select(s => s.Title));
        Assert.Equal(["c", "a", "b"], content.Moved(content.Steps[2].Id, -9).Steps.Select(s => s.Title));
        Assert.Same(content, content.Moved(Guid.NewGuid(), 1));
        Assert.Throws<TourException>(() => content.With(Guid.NewGuid(), s => s));
    }

    private static TourStep StepOf(string title) => new(Guid.NewGuid(), title, "", View, 6);

    private async Task<ClaimsPrincipal> UserAsync(string name, DatasetRole? role)
    {
        var id = await host.AddUserAsync();
        if (role is { } given)
        {
            await using var db = await host.Database.CreateDbContextAsync();
            db.Members.Add(new DatasetMember { DatasetIdentity = host.Dataset.Identity.Value, UserId = id, Role = given });
            await db.SaveChangesAsync();
        }

        return new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, id.ToString()), new("dendrite:name", name)], "test"));
    }
}
