using System.Security.Claims;
using Bunit;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Tests.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MudBlazor;

namespace DendriteViewer.Web.Tests.Bookmarks;

public sealed class BookmarkBoxTests(TestHost host) : MudContext, IClassFixture<TestHost>
{
    [Fact]
    public async Task Box_WithoutBookmarks_SaysWhatToDo_SavesTheView_AndOpensIt()
    {
        var (box, session, user) = await RenderAsync();
        box.WaitForAssertion(() => Assert.Contains("No bookmarks of this dataset yet", box.Markup));
        session.Update(v => v with { Hours = 3 }, null);
        await box.Find("form input").InputAsync(new() { Value = "At the end" });
        await box.Find("form").SubmitAsync();
        box.WaitForAssertion(() => Assert.Equal("At the end", box.Find(".bookmark-name").TextContent));
        var saved = await host.Bookmarks.FindAsync(user, host.Dataset.Identity, (await ListAsync(user)).Single().Bookmark.Id);
        Assert.StartsWith("v=1&t=3&", saved.View, StringComparison.Ordinal);

        session.Update(v => v with { Hours = 0 }, null);
        await box.Find(".bookmark-open").ClickAsync(new());
        box.WaitForAssertion(() => Assert.Equal(3, session.Current.View.Hours));
        Assert.True(_isOpened);
    }

    [Fact]
    public async Task Box_NameThatIsTooLong_StaysInItsFieldWithASentence_AndCannotBeSaved()
    {
        var (box, _, user) = await RenderAsync();
        await box.WaitForElement("form input").InputAsync(new() { Value = new string('n', 101) });
        box.WaitForAssertion(() => Assert.Contains("at most 100 characters; this has 101", box.Markup));
        Assert.True(box.Find("form button[type=submit]").HasAttribute("disabled"));
        await box.Find("form").SubmitAsync();
        Assert.Empty(await ListAsync(user));
    }

    [Fact]
    public async Task Box_BookmarkThatCannotBeRestoredWhole_NamesWhatIsMissing_AndStaysOpen()
    {
        var (box, session, user) = await RenderAsync();
        await host.Bookmarks.SaveAsync(user, host.Dataset.Identity, new BookmarkText("Old"), "v=1&t=1.5&w=dark");
        (box, session, _) = await RenderAsync(user);
        await box.WaitForElement(".bookmark-open").ClickAsync(new());
        box.WaitForAssertion(() => Assert.Contains("Not all of “Old” could be restored.", box.Markup));
        Assert.Contains("(w) is “dark”, which cannot be read", box.Markup);
        Assert.False(_isOpened);
        Assert.Equal(1.5, session.Current.View.Hours);
    }

    [Fact]
    public async Task Box_DatasetThatIsNotOpenAnyMore_SaysSoAndOffersToTryAgain()
    {
        var (box, _, _) = await RenderAsync(new ClaimsPrincipal(new ClaimsIdentity()));
        box.WaitForAssertion(() => Assert.Contains("not open to you any more", box.Markup));
        Assert.Contains(box.FindAll("button"), b => b.TextContent.Contains("Try again"));
    }

    [Fact]
    public async Task Box_ChangeThatIsRefused_KeepsWhatWasTyped_WithASentence()
    {
        var (box, _, user) = await RenderAsync();
        var saved = await host.Bookmarks.SaveAsync(user, host.Dataset.Identity, new BookmarkText("Seen"), "v=1&t=1.5");
        (box, _, _) = await RenderAsync(user);
        var row = box.WaitForElement(".bookmark-open") is not null ? box.FindComponent<BookmarkRow>() : null!;
        await host.Bookmarks.DescribeAsync(user, host.Dataset.Identity, saved.Id, saved.ChangedAt, new BookmarkText("Elsewhere"));
        Assert.False(await row.InvokeAsync(() => row.Instance.Describe(row.Instance.Item.Bookmark, new BookmarkText("Typed"))));
        box.WaitForAssertion(() => Assert.Contains("changed in another page meanwhile", box.Markup));
        Assert.Contains("Elsewhere", box.Markup);
    }

    [Fact]
    public async Task Row_WhoseChangeFails_StaysInItsForm()
    {
        Services.AddSingleton(host.BookmarkDesk);
        _ = Popovers;
        var item = new BookmarkItem(new BookmarkFacts(Guid.NewGuid(), "Rim", "", false, 0, 0), IsMine: true, MayDelete: true, Author: null);
        var (works, asked) = (false, 0);
        var row = Render<BookmarkRow>(p => p.Add(r => r.Item, item).Add(r => r.Dataset, host.Dataset)
            .Add(r => r.Address, _ => Task.FromResult<string?>(null))
            .Add(r => r.Describe, (_, _) =>
            {
                asked++;
                return Task.FromResult(works);
            }));
        await row.Find(".mud-menu button").ClickAsync(new());
        await Popovers.WaitForElements(".mud-menu-item").First(e => e.TextContent.Contains("Rename")).ClickAsync(new());
        await row.WaitForElement("form input").InputAsync(new() { Value = "Typed" });
        await row.Find("form").SubmitAsync();
        Assert.Equal(1, asked);
        Assert.Equal("Typed", row.Find("form input").GetAttribute("value"));
        works = true;
        await row.Find("form").SubmitAsync();
        row.WaitForAssertion(() => Assert.Empty(row.FindAll("form")));
    }

    private bool _isOpened;

    private async Task<IReadOnlyList<BookmarkItem>> ListAsync(ClaimsPrincipal user) =>
        (await host.Bookmarks.ListAsync(user, host.Dataset.Identity)).Items;

    private async Task<(IRenderedComponent<BookmarkBox> Box, ViewSession Session, ClaimsPrincipal User)> RenderAsync(
        ClaimsPrincipal? user = null)
    {
        user ??= new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, (await host.AddUserAsync(administrator: true)).ToString())], "test"));
        if (Services.All(s => s.ServiceType != typeof(BookmarkDesk)))
        {
            Services.AddSingleton(host.BookmarkDesk);
            Services.AddSingleton(new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        }

        _ = Popovers;
        var session = await host.SessionAsync();
        var state = Task.FromResult(new AuthenticationState(user));
        var box = Render<BookmarkBox>(p => p.AddCascadingValue(state).Add(c => c.Session, session)
            .Add(c => c.OnOpened, () => _isOpened = true));
        return (box, session, user);
    }
}
