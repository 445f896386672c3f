using System.Net;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.OpenId;
using DendriteViewer.Web.Tests.Hosting;
using DendriteViewer.Web.Tests.Hosting.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.OpenId;

/// <summary>Signing in at a real identity provider, and what must not lead to a session.</summary>
[Collection(AuthorizationScene.Name)]
public sealed class OpenIdSignInTests(AuthorizationScene scene)
{
    private const string Campus = "campus-login";

    private RunningApp App => scene.Running;

    [Fact]
    public async Task SignIn_ByAVerifiedEmail_LinksTheAccountOnceAndFindsItByTheSubjectAfterwards()
    {
        var (id, email, subject) = await PersonAsync();
        await scene.Service<Groups>().AddAsync(AuthorizationScene.Ada, "Beamline " + subject, CampusOptions, "beam-" + subject);
        var browser = App.NewBrowser();
        var answer = await SignInAsync(browser, $"sub={subject}&email={email}&verified=true&groups=beam-{subject},other", "/jobs?a=1");
        Assert.Equal("/jobs?a=1", answer.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/datasets")).StatusCode);
        Assert.Equal([id], (await PeopleOfAsync("Beamline " + subject)).Select(p => p.Id));

        // No token of the provider is kept, and nothing of its cookie stays.
        Assert.DoesNotContain(App.CookiesOf(browser).GetAllCookies(), c => c.Name.Contains("external", StringComparison.Ordinal));
        Assert.False(await App.AskDatabaseAsync(db => db.UserTokens.AnyAsync(t => t.UserId == id)));

        // Another e-mail, not verified even: the subject is who it is. The groups are as the provider says now.
        using (var signedOut = await browser.PostAsync("/account/logout", null))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/datasets")).StatusCode);
        }

        answer = await SignInAsync(browser, $"sub={subject}&email=other-{email}&groups=other");
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
        Assert.Empty(await PeopleOfAsync("Beamline " + subject));

        // The address was given to somebody else meanwhile.
        Assert.Equal(ExternalRefusal.OtherLogin, await RefusedAsync($"sub=another-{subject}&email={email}&verified=true"));
    }

    [Fact]
    public async Task Confirmation_AtAProvider_CountsWhereItsAccountSignedInThereJustNow()
    {
        var (id, email, subject) = await PersonAsync();
        var browser = App.NewBrowser();
        await SignInAsync(browser, $"sub={subject}&email={email}&verified=true");
        await App.AskDatabaseAsync(db => db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(
            s => s.SetProperty(u => u.PasswordHash, (string?)null)));

        // The provider signed them in an hour ago, so the session here begins unconfirmed; a second login cannot be linked either.
        Assert.Equal(Confirmations.PathTo("/account/second-factor"), await LocationAsync(browser, "/account/second-factor"));
        Assert.StartsWith(Confirmations.Path, await LocationAsync(browser, $"/account/openid/{Campus}?returnUrl=/tokens"));
        Assert.Contains("Sign in again with Campus login", await browser.GetStringAsync(Confirmations.Path));

        var (next, before) = ("/tokens&confirm=true", await ConfirmedAsync(id));
        foreach (var (who, wrong) in new[]
        {
            ($"sub={subject}&auth_time=none", "untimed"), ($"sub={subject}&auth_time=old", "stale"), ($"sub=another-{subject}", "another"),
            ($"sub={subject}&deny=1", "denied"),
        })
        {
            // Back to the form that asks, whoever refused it, and not to the sign-in form of who is signed in.
            var answer = await SignInAsync(browser, who, next);
            Assert.Equal($"{Confirmations.PathTo("/tokens")}&external={wrong}&provider={Campus}", answer.Headers.Location!.OriginalString);
            Assert.Equal(before, await ConfirmedAsync(id));
        }

        Assert.Equal("/tokens", (await SignInAsync(browser, $"sub={subject}", next)).Headers.Location!.OriginalString);
        Assert.True(before < await ConfirmedAsync(id));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account/second-factor")).StatusCode);
    }

    [Fact]
    public async Task Groups_OfAProviderThatGetsAnotherName_StayItsGroups()
    {
        var (subject, groups) = (Guid.NewGuid().ToString("N"), scene.Service<Groups>());
        var person = await App.AskDatabaseAsync(db => db.Users.FirstAsync());

        // As an earlier version kept it.
        var group = await groups.AddAsync(AuthorizationScene.Ada, subject, CampusOptions, subject);
        await App.AskDatabaseAsync(db => db.Groups.Where(g => g.Id == group).ExecuteUpdateAsync(
            s => s.SetProperty(g => g.Provider, CampusOptions.Name)));
        await scene.Service<GroupClaims>().KeyByIssuerAsync();
        var renamed = new OpenIdOptions { Name = "University", Issuer = CampusOptions.Issuer };
        await scene.Service<GroupClaims>().SyncAsync(person, renamed, [subject]);
        Assert.Equal([person.Id], (await groups.PeopleAsync(group)).Select(p => p.Id));
        await groups.RemoveAsync(AuthorizationScene.Ada, group);
    }

    [Theory]
    [InlineData("&verified=false", ExternalRefusal.NotVerified)]
    [InlineData("&email=nobody%40example.org&verified=true", ExternalRefusal.NoAccount)]
    [InlineData("&email=", ExternalRefusal.NoEmail)]
    [InlineData("&deny=1", ExternalRefusal.Denied)]
    public async Task SignIn_ThatLeadsToNoAccount_SaysWhyAndLinksNothing(string changed, ExternalRefusal refusal)
    {
        var (id, email, subject) = await PersonAsync();
        var query = $"sub={subject}" + (changed.Contains("email", StringComparison.Ordinal) ? "" : $"&email={email}") + changed;
        Assert.Equal(refusal, await RefusedAsync(query));
        Assert.False(await App.AskDatabaseAsync(db => db.UserLogins.AnyAsync(l => l.UserId == id)));
    }

    [Fact]
    public async Task SignIn_ToADisabledAccount_IsRefused()
    {
        var (id, email, subject) = await PersonAsync();
        await App.AskDatabaseAsync(db => db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(s => s.SetProperty(u => u.DisabledAt, 1L)));
        Assert.Equal(ExternalRefusal.Disabled, await RefusedAsync($"sub={subject}&email={email}&verified=true"));
        Assert.False(await App.AskDatabaseAsync(db => db.UserLogins.AnyAsync(l => l.UserId == id)));
    }

    [Fact]
    public async Task SignIn_ToAnAccountWhoseOwnEmailNobodyConfirmed_IsRefusedAndLinksNothing()
    {
        var (id, email, subject) = await PersonAsync();
        await App.AskDatabaseAsync(
            db => db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(s => s.SetProperty(u => u.EmailConfirmed, false)));
        Assert.Equal(ExternalRefusal.Unproven, await RefusedAsync($"sub={subject}&email={email}&verified=true"));
        Assert.False(await App.AskDatabaseAsync(db => db.UserLogins.AnyAsync(l => l.UserId == id)));
    }

    [Fact]
    public async Task Callback_OfNobodyKnown_AddsNothingToTheAuditLog()
    {
        var from = await App.AskDatabaseAsync(db => db.Audit.MaxAsync(e => (long?)e.Id)) ?? 0;
        using var answer = await App.NewBrowser().GetAsync($"/account/openid/{Campus}/callback?state=x");
        AssertRefused(answer, ExternalRefusal.Again);
        Assert.False(await App.AskDatabaseAsync(db => db.Audit.AnyAsync(e => e.Id > from && e.Kind == AuditKind.SignInFailed)));
    }

    [Fact]
    public async Task SignIn_AtAnIssuerThatCallsItselfOtherwise_IsRefused()
    {
        var (_, email, subject) = await PersonAsync();
        Assert.Equal(ExternalRefusal.Failed, await RefusedAsync($"sub={subject}&email={email}&verified=true", "elsewhere"));
    }

    [Fact]
    public async Task SignIn_AtAProviderThatDoesNotAnswer_SaysSo()
    {
        var answer = await App.NewBrowser().GetAsync("/account/openid/away");
        Assert.Equal("/account/login?external=away&provider=away", answer.Headers.Location?.OriginalString);
        Assert.Contains("Away does not answer now", await App.NewBrowser().GetStringAsync(answer.Headers.Location));
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Http.GetAsync("/account/openid/unknown")).StatusCode);
    }

    [Fact]
    public async Task Answer_ReplayedOrOfAnotherBrowserOrState_SignsNobodyIn()
    {
        var (_, email, subject) = await PersonAsync();
        var browser = App.NewBrowser();
        var callback = await CallbackAsync(browser, Campus, $"sub={subject}&email={email}&verified=true", "/");
        using (var foreign = await App.NewBrowser().GetAsync(callback))
        {
            AssertRefused(foreign, ExternalRefusal.Again);
        }

        var other = await CallbackAsync(browser, Campus, $"sub={subject}&email={email}&verified=true", "/");
        using (var mixed = await browser.GetAsync(WithStateOf(callback, "forged")))
        {
            AssertRefused(mixed, ExternalRefusal.Again);
        }

        using (var first = await browser.GetAsync(other))
        {
            Assert.StartsWith(OpenIdRegistration.FinishPath, first.Headers.Location?.OriginalString);
        }

        using (var replayed = await browser.GetAsync(other))
        {
            AssertRefused(replayed, ExternalRefusal.Again);
        }
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    public async Task SignIn_WithAReturnAddressElsewhere_LeadsToTheFirstPage(string wanted)
    {
        var (_, email, subject) = await PersonAsync();
        var answer = await SignInAsync(App.NewBrowser(), $"sub={subject}&email={email}&verified=true", wanted);
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Login_OfWhoIsSignedIn_IsLinkedOnlyAfterTheyAgreeInAForm()
    {
        var (id, email, subject) = await PersonAsync();
        var browser = await App.SignedInAsync(email);
        var answer = await SignInAsync(browser, $"sub={subject}");
        Assert.Equal(LinkLogin.Path, answer.Headers.Location?.OriginalString);
        Assert.False(await App.AskDatabaseAsync(db => db.UserLogins.AnyAsync(l => l.UserId == id)));

        using (var forged = await browser.PostAsync(LinkLogin.Path, new FormUrlEncodedContent([new("_handler", "link")])))
        {
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        }

        using (var wrong = await RunningApp.PostFormAsync(browser, LinkLogin.Path, "link", ("Input.Password", "not the password")))
        {
            Assert.Contains("The password is wrong", await wrong.Content.ReadAsStringAsync());
        }

        Assert.False(await App.AskDatabaseAsync(db => db.UserLogins.AnyAsync(l => l.UserId == id)));
        using (var linked = await RunningApp.PostFormAsync(browser, LinkLogin.Path, "link", ("Input.Password", RunningApp.Password)))
        {
            Assert.Equal("/tokens", linked.Headers.Location?.OriginalString);
        }

        Assert.Equal(subject, (await App.AskDatabaseAsync(db => db.UserLogins.SingleAsync(l => l.UserId == id))).ProviderKey);
        var again = App.NewBrowser();
        Assert.Equal("/", (await SignInAsync(again, $"sub={subject}")).Headers.Location?.OriginalString);

        // Another account cannot take it over.
        var (_, otherEmail, _) = await PersonAsync();
        var other = await App.SignedInAsync(otherEmail);
        await SignInAsync(other, $"sub={subject}");
        using var taken = await RunningApp.PostFormAsync(
            other, LinkLogin.Path, "link", ("Input.Password", RunningApp.Password));
        Assert.Contains("linked to another account", await taken.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task NewAccounts_WhereTheConfigurationMakesThem_AreOfItsDomainsAndHaveNoRole()
    {
        var provider = new OpenIdOptions
        {
            Name = "Lab", Issuer = "https://lab.example/", ClientId = "x", NewAccounts = true, Domains = ["example.org"],
        };
        await using var scope = App.App.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var externals = new ExternalSignIns(
            users, new OpenIdProviders(new DendriteOptions { OpenId = [provider] }), scene.Service<GroupClaims>(),
            scene.Service<Invitations>(), scene.Service<AuditLog>());
        var subject = Guid.NewGuid().ToString("N");
        ExternalPerson Of(string domain) => new("lab", subject, $"{subject}@{domain}", true, " Eve Adams ", null);

        foreach (var domain in new[] { "other.org", "sub.example.org", "example.org.evil" })
        {
            Assert.Equal(ExternalRefusal.Domain, (await externals.FindAsync(Of(domain))).Refusal);
        }

        var made = (await externals.FindAsync(Of("EXAMPLE.org"))).Account!;
        Assert.Equal(("Eve Adams", false, false), (made.DisplayName, made.IsAdministrator, await users.HasPasswordAsync(made)));
        Assert.False(await App.AskDatabaseAsync(db => db.Members.AnyAsync(m => m.UserId == made.Id)));
        Assert.Equal(made.Id, (await externals.FindAsync(Of("other.org"))).Account?.Id);

        // Without a password, the login is the only way in.
        await Assert.ThrowsAsync<ArgumentException>(() => externals.UnlinkAsync(made, provider.IssuerKey, subject));

        // What the provider said of groups ends with the login.
        await scene.Service<Groups>().AddAsync(AuthorizationScene.Ada, "Lab " + subject, provider, subject);
        await scene.Service<GroupClaims>().SyncAsync(made, provider, [subject]);
        Assert.Equal([provider.IssuerKey], Assert.Single(await PeopleOfAsync("Lab " + subject)).Sources);
        Assert.True((await users.AddPasswordAsync(made, RunningApp.Password)).Succeeded);
        await externals.UnlinkAsync(made, provider.IssuerKey, subject);
        Assert.Empty(await PeopleOfAsync("Lab " + subject));
    }

    private OpenIdOptions CampusOptions => scene.Service<OpenIdProviders>().Find(Campus)!;

    private static async Task<string?> LocationAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(path);
        return answer.Headers.Location?.OriginalString;
    }

    private Task<long> ConfirmedAsync(Guid account) =>
        App.AskDatabaseAsync(db => db.AccountSessions.Where(s => s.UserId == account).Select(s => s.ConfirmedAt).SingleAsync());

    [Fact]
    public async Task SignIn_OfWhoIsInvitedByTheVerifiedEmail_MakesAnAccountThatAccepts_AndOfOthersNone()
    {
        var subject = "I" + Guid.NewGuid().ToString("N");
        var person = $"sub={subject}&email={subject}%40example.org&verified=true";
        Assert.Equal(ExternalRefusal.NoAccount, await RefusedAsync(person));
        var page = await scene.NewInvitationAsync($"{subject.ToUpperInvariant()}@example.org");
        Assert.Equal(ExternalRefusal.NotVerified, await RefusedAsync(person.Replace("=true", "=false", StringComparison.Ordinal)));
        var browser = App.NewBrowser();
        Assert.Equal(page, (await SignInAsync(browser, person, page)).Headers.Location?.OriginalString);
        using var accepted = await RunningApp.PostFormAsync(browser, page, "accept");
        Assert.Equal("/d/" + App.Dataset.Value, accepted.Headers.Location?.OriginalString);

        // It was used, and lets nobody in any more.
        Assert.Equal(ExternalRefusal.NoAccount, await RefusedAsync(person.Replace("sub=", "sub=another-", StringComparison.Ordinal)
            .Replace($"email={subject}", $"email=other-{subject}", StringComparison.Ordinal)));
    }

    private async Task<(Guid Id, string Email, string Subject)> PersonAsync()
    {
        var name = "P" + Guid.NewGuid().ToString("N");
        return (await App.AddPersonAsync(name), $"{name.ToLowerInvariant()}@example.org", name);
    }

    private async Task<IReadOnlyList<GroupPerson>> PeopleOfAsync(string group)
    {
        var groups = scene.Service<Groups>();
        return await groups.PeopleAsync((await groups.ListAsync()).Single(g => g.Name == group).Id);
    }

    // From the button to the address at which the provider sends the browser back.
    private static async Task<Uri> CallbackAsync(HttpClient browser, string provider, string person, string returnUrl)
    {
        var (next, more) = returnUrl.Split('&') is [var path, var rest] ? (path, "&" + rest) : (returnUrl, "");
        using var begun = await browser.GetAsync($"/account/openid/{provider}?returnUrl={Uri.EscapeDataString(next)}{more}");
        Assert.Equal(HttpStatusCode.Redirect, begun.StatusCode);
        var there = begun.Headers.Location!;
        Assert.Equal("S256", QueryHelpers.ParseQuery(there.Query)["code_challenge_method"]);
        using var elsewhere = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using var sent = await elsewhere.GetAsync(there + "&" + person);
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        return sent.Headers.Location!;
    }

    private static async Task<HttpResponseMessage> SignInAsync(
        HttpClient browser, string person, string returnUrl = "/", string provider = Campus)
    {
        var back = await browser.GetAsync(await CallbackAsync(browser, provider, person, returnUrl));
        return back.Headers.Location?.OriginalString is { } next && next.StartsWith(OpenIdRegistration.FinishPath, StringComparison.Ordinal)
            ? await browser.GetAsync(next) : back;
    }

    private async Task<ExternalRefusal?> RefusedAsync(string person, string provider = Campus)
    {
        var browser = App.NewBrowser();
        using var answer = await SignInAsync(browser, person, provider: provider);
        var query = QueryHelpers.ParseQuery(answer.Headers.Location!.OriginalString.Split('?')[1]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/datasets")).StatusCode);
        return Enum.TryParse<ExternalRefusal>(query["external"], ignoreCase: true, out var refusal) ? refusal : null;
    }

    private static void AssertRefused(HttpResponseMessage answer, ExternalRefusal refusal) =>
        Assert.StartsWith($"/account/login?external={refusal.ToString().ToLowerInvariant()}", answer.Headers.Location?.OriginalString);

    private static Uri WithStateOf(Uri callback, string state)
    {
        var query = QueryHelpers.ParseQuery(callback.Query).ToDictionary(q => q.Key, q => (string?)q.Value.ToString());
        query["state"] = state;
        return new Uri(QueryHelpers.AddQueryString(callback.GetLeftPart(UriPartial.Path), query));
    }
}
