using System.Net;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Tests.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Bookmarks;

/// <summary>What bookmarks are over real sockets: their pictures and the longest address.</summary>
public sealed class BookmarkAddressTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task LongestView_IsOpenedByItsAddress_AndItsPictureIsDrawnForWhoMaySeeIt()
    {
        var id = await app.AddPersonAsync("Ada", role: DatasetRole.View);
        var browser = await app.SignedInAsync("ada@example.org");
        var bookmark = new Bookmark
        {
            Id = Guid.NewGuid(), DatasetIdentity = app.Identity.Value, OwnerId = id, Author = "Ada", Name = "Long", View = LongestView(),
        };
        await app.AskDatabaseAsync(async db =>
        {
            db.Bookmarks.Add(bookmark);
            return await db.SaveChangesAsync();
        });
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/d/{app.Dataset}?{bookmark.View}")).StatusCode);

        var small = $"/api/datasets/{app.Dataset}/bookmarks/{bookmark.Id}/picture";
        var leads = await browser.GetAsync(small);
        Assert.Equal(HttpStatusCode.Redirect, leads.StatusCode);
        var picture = await browser.GetAsync(leads.Headers.Location);
        Assert.Equal("image/png", picture.Content.Headers.ContentType?.MediaType);

        // Another person's, and one's own where one may not see the dataset.
        await app.AddPersonAsync("Bob", role: DatasetRole.View);
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.SignedInAsync("bob@example.org")).GetAsync(small)).StatusCode);
        Assert.NotEqual(HttpStatusCode.Redirect, (await app.NewBrowser().GetAsync(small)).StatusCode);
    }

    private static string LongestView()
    {
        var view = new ViewState { Hours = 2, WindowHigh = 65535, Maximized = Pane.Z, UmPerPixel = 1 / 3.0 };
        TransferPoint Point(int i) => new(i / 7.0, 0x10 + i, Math.Round(i / 512.0, 3));
        string Text(int points) => ViewLink.Whole(
            view with { Transfer = TransferFunction.Of(Enumerable.Range(0, points).Select(Point)) });
        var most = Enumerable.Range(1, 512).Last(n => Text(n).Length <= BookmarkRules.MostView);
        var text = Text(most);
        Assert.InRange(text.Length, BookmarkRules.MostView - 40, BookmarkRules.MostView);
        return text;
    }
}
