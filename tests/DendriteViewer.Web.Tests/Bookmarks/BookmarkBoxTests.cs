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
        Assert.StartsWith("v=1&t=3&", (await ListAsync(user)).Single().Bookmark.View, StringComparison.Ordinal);

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
