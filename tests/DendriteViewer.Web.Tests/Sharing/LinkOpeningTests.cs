using System.Net;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Hosting.Authorization;

namespace DendriteViewer.Web.Tests.Sharing;

[Collection(AuthorizationScene.Name)]
public sealed class LinkOpeningTests(AuthorizationScene scene)
{
    [Fact]
    public async Task OneTimeLink_PostedTwiceByOneBrowser_StaysOpenToIt_AndToNoOther()
    {
        var by = await scene.Running.AddPersonAsync("Maker" + Guid.NewGuid().ToString("N"), role: DatasetRole.Curate);
        var (_, token) = await scene.Service<ShareLinks>().CreateAsync(scene.Running.Stored, DatasetRole.View, "once", null, "",
            by.ToString(), default, new LinkChoices(IsOneTime: true));
        var (first, other) = (scene.Running.NewBrowser(), scene.Running.NewBrowser());
        foreach (var browser in new[] { first, other })
        {
            Assert.Contains("<form", await browser.GetStringAsync("/s/" + token), StringComparison.Ordinal);
        }

        // The second click goes without the cookie that the first one's answer brings.
        var marks = scene.Running.CookiesOf(first).GetCookieHeader(new Uri(scene.Running.Address + "/s/" + token));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(first, token)).StatusCode);
        var again = scene.Running.NewBrowser();
        scene.Running.CookiesOf(again).SetCookies(new Uri(scene.Running.Address + "/s"), marks);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(again, token)).StatusCode);
        Assert.Equal("/gone", (await PostAsync(other, token)).Headers.Location?.OriginalString);
        Assert.Contains("refresh", await first.GetStringAsync("/s/" + token), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PostAsync(HttpClient browser, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/s/" + token) { Content = new FormUrlEncodedContent([]) };
        request.Headers.Add("Origin", scene.Running.Address);
        return await browser.SendAsync(request);
    }
}
