using System.Net;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Tests.Hosting.Authorization;
using DendriteViewer.Web.Tokens;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Tokens;

/// <summary>What a running server answers to programs that come with access tokens.</summary>
[Collection(AuthorizationScene.Name)]
public sealed class TokenRequestTests(AuthorizationScene scene)
{
    private string Data => $"/api/datasets/{scene.Running.Dataset.Value}";

    [Fact]
    public async Task Token_ThatIsRevokedWhileInUse_EndsRequestsAndConnectionsWithTheReasonAndIsInNoLog()
    {
        var person = await scene.Running.AddPersonAsync("Script", role: DatasetRole.Curate);
        var (id, text) = await scene.Service<PersonalTokens>().CreateAsync(person, new TokenOrder("script", TokenScopes.Read, 1));
        using (var answer = await AskAsync(HttpMethod.Get, Data, text))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }

        using (var answer = await AskAsync(HttpMethod.Get, Data + "/exports", text))
        {
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Contains("scopes of your access token", await answer.Content.ReadAsStringAsync());
        }

        await using var hub = HubCalls.Connect(scene, new Visitor("script") { AccessToken = text });
        var ended = new TaskCompletionSource();
        hub.Closed += _ =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        await hub.StartAsync();
        await hub.InvokeAsync<string>("Join", HubCalls.NewSession(), scene.Running.Dataset.Value, "");
        Assert.True(await scene.Service<PersonalTokens>().RevokeAsync(AuthorizationScene.Ada, id, person));
        using (var answer = await AskAsync(HttpMethod.Get, Data, text))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Contains("was revoked", await answer.Content.ReadAsStringAsync());
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.DoesNotContain(scene.Running.Log, l => l.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Token_AskedForInASessionThatWasLeftOpen_IsMadeOnlyAfterAConfirmation()
    {
        var person = await scene.Running.AddPersonAsync("Careful");
        var visitor = new Visitor("careful", "Careful");
        await scene.SignInAsync(visitor);
        var (user, tokens) = (scene.PrincipalOf(visitor), scene.Service<PersonalTokens>());
        Assert.StartsWith(PersonalTokens.Mark, await tokens.MakeAsync(user, new TokenOrder("one", TokenScopes.Read, 1)));
        await scene.Running.AskDatabaseAsync(db => db.AccountSessions.Where(s => s.UserId == person)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.ConfirmedAt, 1L)));
        await Assert.ThrowsAsync<ArgumentException>(() => tokens.MakeAsync(user, new TokenOrder("two", TokenScopes.Read, 1)));
        await scene.Service<Confirmations>().NoteAsync(user, TimeProvider.System.GetUtcNow(), "password");
        await tokens.MakeAsync(user, new TokenOrder("three", TokenScopes.Read, 1));
        Assert.Equal(["three", "one"], (await tokens.ListAsync(person)).Select(t => t.Name));
    }

    [Fact]
    public async Task Token_OfAnAccountThatWasDisabled_StaysEndedWhenTheAccountIsEnabledAgain()
    {
        var person = await scene.Running.AddPersonAsync("Former", role: DatasetRole.View);
        var (_, text) = await scene.Service<PersonalTokens>().CreateAsync(person, new TokenOrder("old", TokenScopes.Read, 1));
        await scene.Service<People>().DisableAsync(person);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(HttpMethod.Get, Data, text)).StatusCode);
        await scene.Service<People>().EnableAsync(person);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(HttpMethod.Get, Data, text)).StatusCode);
    }

    [Fact]
    public async Task Token_BesideACookieOrAtAPage_IsTheOnlyThingThatCountsOrNothing()
    {
        var admin = scene.Visitors.Single(v => v.Name == "admin");
        using (var answer = await AskAsync(HttpMethod.Get, Data, PersonalTokens.Mark + "none-that-exists", cookies: admin.Cookies))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        var own = scene.Visitors.Single(v => v.Name == "token").AccessToken!;
        using (var answer = await AskAsync(HttpMethod.Get, "/jobs", own))
        {
            Assert.StartsWith("/account/login", answer.Headers.Location?.OriginalString);
        }

        foreach (var header in new[] { "Bearer", "Bearer ", "Bearer x", "Basic " + own, own, "Bearer " + own + " " + own })
        {
            using var answer = await AskAsync(HttpMethod.Get, Data, header: header);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(
        HttpMethod method, string address, string? token = null, string? cookies = null, string? header = null)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.TryAddWithoutValidation("Authorization", header ?? "Bearer " + token);
        if (cookies is not null)
        {
            request.Headers.Add("Cookie", cookies);
        }

        return await scene.Http.SendAsync(request);
    }
}
