using System.Net;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Hosting;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Accounts;

/// <summary>Two browsers of one person, or a person's and an administrator's.</summary>
public sealed class AccountSessionTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task PasswordChange_OtherBrowser_IsSignedOutWithTheReasonAndSignsInAgain()
    {
        await app.AddPersonAsync("Ben", role: DatasetRole.View);
        var (here, there) = (await app.SignedInAsync("ben@example.org"), await app.SignedInAsync("ben@example.org"));
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/")).StatusCode);
        var changed = await RunningApp.PostFormAsync(here, "/account/password", "password", ("Input.Now", RunningApp.Password),
            ("Input.Next", "another password"));
        Assert.Contains("Your password is changed", await changed.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/")).StatusCode);

        var page = await there.GetAsync("/");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        var login = page.Headers.Location!.OriginalString;
        Assert.StartsWith("/account/login?", login);
        Assert.Contains("Your password was changed; sign in again.", await there.GetStringAsync(login));
        Assert.Equal(HttpStatusCode.Unauthorized, (await there.GetAsync("/api/datasets")).StatusCode);
        var again = await RunningApp.PostFormAsync(
            there, "/account/login", "login", ("Input.Email", "ben@example.org"), ("Input.Password", "another password"));
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/")).StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/jobs")]
    [InlineData("/admin/people")]
    [InlineData("/account/login")]
    [InlineData("/gone")]
    [InlineData("/oops")]
    public async Task PasswordChange_EveryPageOfAnotherBrowser_AnswersWithoutA500(string page)
    {
        var name = "P" + Guid.NewGuid().ToString("N");
        var id = await app.AddPersonAsync(name, administrator: true);
        var browser = await app.SignedInAsync($"{name}@example.org");
        await app.App.Services.GetRequiredService<People>().ResetPasswordAsync(id);
        Assert.InRange((int)(await browser.GetAsync(page)).StatusCode, 200, 302);
    }

    [Fact]
    public async Task PasswordReset_OpenHubConnection_IsClosed()
    {
        var id = await app.AddPersonAsync("Cleo", role: DatasetRole.View);
        await using var hub = await JoinedAsync(await app.SignedInAsync("cleo@example.org"));
        var closed = new TaskCompletionSource();
        hub.On<string?>("closed", _ => closed.TrySetResult());
        await app.App.Services.GetRequiredService<People>().ResetPasswordAsync(id);
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task RoleTakenAway_OpenHubConnection_IsClosedAndDatasetIsNotFound()
    {
        var id = await app.AddPersonAsync("Dora", role: DatasetRole.View);
        var browser = await app.SignedInAsync("dora@example.org");
        await using var hub = await JoinedAsync(browser);
        var closed = new TaskCompletionSource();
        hub.On<string?>("closed", _ => closed.TrySetResult());
        await app.App.Services.GetRequiredService<People>().SetRoleAsync(app.Identity, id, null);
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/api/datasets/{app.Dataset}")).StatusCode);
    }

    [Fact]
    public async Task AccountRemoved_ItsBrowser_IsSignedOutWithTheReason()
    {
        var people = app.App.Services.GetRequiredService<People>();
        var id = await app.AddPersonAsync("Emil", role: DatasetRole.Own);
        await app.AddPersonAsync("Root", administrator: true);
        var browser = await app.SignedInAsync("emil@example.org");
        await people.RemoveAsync(id);
        var page = await browser.GetAsync("/");
        Assert.Contains("This account was removed", await browser.GetStringAsync(page.Headers.Location!.OriginalString));
        Assert.DoesNotContain(id, (await people.MembersAsync(app.Identity)).Keys);
    }

    [Fact]
    public async Task LinkRevoked_ItsBrowser_IsLedToThePageThatSaysSo()
    {
        var links = app.App.Services.GetRequiredService<ShareLinks>();
        var (link, token) = await app.LinkAsync(DatasetRole.View);
        var browser = app.NewBrowser();
        await browser.GetAsync("/s/" + token);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/d/{app.Dataset}")).StatusCode);
        await links.RevokeAsync(app.Identity, link.Id, default);
        var page = await browser.GetAsync($"/d/{app.Dataset}");
        Assert.Equal("/gone", page.Headers.Location!.OriginalString);
        Assert.Contains("This link is not open", await browser.GetStringAsync("/gone"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LinkWhoseMakerIsRemovedOrMayNotShare_ItsOpenConnection_IsClosedAndItsBrowserToldSo(bool isRemoved)
    {
        var people = app.App.Services.GetRequiredService<People>();
        await app.AddPersonAsync("Chief" + isRemoved, administrator: true);
        var maker = await app.AddPersonAsync("Maker" + isRemoved, role: DatasetRole.Curate);
        var (_, token) = await app.LinkAsync(DatasetRole.Annotate, maker);
        var browser = app.NewBrowser();
        await browser.GetAsync("/s/" + token);
        await using var hub = await JoinedAsync(browser);
        var closed = new TaskCompletionSource();
        hub.On<string?>("closed", _ => closed.TrySetResult());
        await (isRemoved ? people.RemoveAsync(maker) : people.SetRoleAsync(app.Identity, maker, DatasetRole.Annotate));
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("/gone", (await browser.GetAsync($"/d/{app.Dataset}")).Headers.Location!.OriginalString);
        Assert.Equal("/gone", (await app.NewBrowser().GetAsync("/s/" + token)).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task AnnotatorMadeViewer_TheirOpenPage_IsClosedAndStillOpenToBeLookedAt()
    {
        var people = app.App.Services.GetRequiredService<People>();
        var id = await app.AddPersonAsync("Demoted", role: DatasetRole.Annotate);
        var browser = await app.SignedInAsync("demoted@example.org");
        await using var hub = await JoinedAsync(browser);
        var closed = new TaskCompletionSource();
        hub.On<string?>("closed", _ => closed.TrySetResult());
        await people.SetRoleAsync(app.Identity, id, DatasetRole.View);
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/d/{app.Dataset}")).StatusCode);
    }

    private async Task<HubConnection> JoinedAsync(HttpClient browser)
    {
        var hub = new HubConnectionBuilder().WithUrl(app.Address + "/hubs/frames", o =>
            o.Cookies = app.CookiesOf(browser)).AddMessagePackProtocol().Build();
        await hub.StartAsync();
        await hub.InvokeAsync<string>("Join", Guid.NewGuid().ToString("N"), app.Dataset.Value, "");
        return hub;
    }
}
