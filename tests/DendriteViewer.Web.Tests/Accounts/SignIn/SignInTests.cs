using System.Net;
using System.Text.RegularExpressions;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.Resets;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Tests.Hosting;
using DendriteViewer.Web.Tokens;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Accounts.SignIn;

/// <summary>Signing in through the running app: what is told, how much work it costs, second factors, resets, and signing out.</summary>
public sealed partial class SignInTests(CountingApp counting) : IClassFixture<CountingApp>
{
    private readonly RunningApp app = counting.App;

    [Fact]
    public async Task SignIn_OfUnknownWrongAndDisabledAccounts_AnswersAndHashesTheSame()
    {
        await app.AddPersonAsync("Root", administrator: true);
        await app.AddPersonAsync("Known");
        await People.DisableAsync(await app.AddPersonAsync("Asleep"));
        var seen = new List<(string Page, int Hashed)>();
        foreach (var email in new[] { "nobody@example.org", "known@example.org", "asleep@example.org" })
        {
            var before = counting.Hashed;
            var answer = await PostAsync(app.NewBrowser(), email, "a wrong password");
            var page = (await answer.Content.ReadAsStringAsync()).Replace(email, "EMAIL");
            seen.Add((Markup().Replace(page, ""), counting.Hashed - before));
        }

        Assert.Contains("E-mail or password is wrong.", seen[0].Page);
        Assert.All(seen, s => Assert.Equal((seen[0].Page, 1), s));
        var asleep = await PostAsync(app.NewBrowser(), "asleep@example.org", RunningApp.Password);
        Assert.Contains("This account is disabled", await asleep.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task SignIn_BeyondTheFreeFailures_AnswersAndHashesTheSameWithAndWithoutAnAccount()
    {
        await app.AddPersonAsync("Nora");
        var seen = new List<(string Page, int Hashed)>();
        foreach (var email in new[] { "nora@example.org", "unknown-nora@example.org" })
        {
            for (var i = 0; i <= SignInThrottle.FreeOfPair; i++)
            {
                await PostAsync(app.NewBrowser(), email, "a wrong password");
            }

            var before = counting.Hashed;
            var page = await TextOf(await PostAsync(app.NewBrowser(), email, "a wrong password"));
            seen.Add((Markup().Replace(page.Replace(email, "EMAIL"), ""), counting.Hashed - before));
        }

        Assert.Contains("After many tries", seen[0].Page);
        Assert.All(seen, s => Assert.Equal((seen[0].Page, 1), s));
    }

    [Fact]
    public async Task SecondFactor_PutOnMeanwhile_IsNotTakenOffByAnAccountThatWasReadBefore()
    {
        var id = await app.AddPersonAsync("Olaf");
        await using var scope = app.App.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var before = (await users.FindByIdAsync(id.ToString()))!;
        var second = app.App.Services.GetRequiredService<SecondFactor>();
        var (key, offer) = second.Offer(before);
        var code = CodeAt(FromBase32(key), Totp.StepOf(app.App.Services.GetRequiredService<TimeProvider>().GetUtcNow()));
        Assert.NotNull(await second.EnableAsync(before, offer, code));
        Assert.Null(await second.EnableAsync(before, offer, code));
        before.DisplayName = "Olaf the Old";
        Assert.False((await users.UpdateAsync(before)).Succeeded);
        Assert.True(await app.AskDatabaseAsync(db => db.Users.AnyAsync(u => u.Id == id && u.TwoFactorEnabled)));
    }

    [Fact]
    public async Task SecondFactor_SetUpInAPage_AsksForACodeOnceAndTakesRecoveryCodesOnce()
    {
        var id = await app.AddPersonAsync("Tess");
        var browser = await app.SignedInAsync("tess@example.org");
        var page = await browser.GetStringAsync("/account/second-factor");
        var (key, offer) = (FromBase32(Key().Match(page).Groups[1].Value.Replace(" ", "")), Offer().Match(page).Groups[1].Value);
        Assert.Contains("<svg", page);

        // In a browser that was left open for long, who it is has to be confirmed first.
        await app.AskDatabaseAsync(db => db.AccountSessions.Where(s => s.UserId == id)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.ConfirmedAt, r => r.ConfirmedAt - (long)Confirmations.Length.TotalMilliseconds)));
        var confirm = Confirmations.PathTo("/account/second-factor");
        Assert.Equal(confirm, (await browser.GetAsync("/account/second-factor")).Headers.Location!.OriginalString);
        var late = await RunningApp.PostFormToAsync(
            browser, "/account/second-factor", confirm, "second", ("Input.Offer", offer), ("Input.Do", "on"));
        Assert.Equal(confirm, late.Headers.Location!.OriginalString);
        var stranger = await PostFormAsync(browser, confirm, "confirm", ("Input.Password", "not the password"));
        Assert.Contains("The password is wrong", await TextOf(stranger));
        var confirmed = await PostFormAsync(browser, confirm, "confirm", ("Input.Password", RunningApp.Password));
        Assert.Equal("/account/second-factor", confirmed.Headers.Location!.OriginalString);
        var wrong = await PostFormAsync(browser, "/account/second-factor", "second", ("Input.Offer", offer), ("Input.Code", "000 000"));
        Assert.Contains("does not belong", await wrong.Content.ReadAsStringAsync());
        var step = Totp.StepOf(TimeProvider.System.GetUtcNow());
        var on = await PostFormAsync(
            browser, "/account/second-factor", "second", ("Input.Offer", offer), ("Input.Code", CodeAt(key, step)));
        var codes = Codes().Matches(await on.Content.ReadAsStringAsync()).Select(m => m.Value).ToArray();
        Assert.Equal(SecondFactor.RecoveryCodes, codes.Length);

        // The key and the codes are not in the database as they are.
        var kept = await app.AskDatabaseAsync(db => db.UserTokens.Where(t => t.UserId == id).Select(t => t.Value!).ToListAsync());
        Assert.DoesNotContain(kept, v => v.Contains(Convert.ToHexStringLower(key)) || v.Contains(codes[0]));

        var other = app.NewBrowser();
        Assert.Equal("/account/code", (await PostAsync(other, "tess@example.org", RunningApp.Password)).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/")).StatusCode);
        Assert.Contains("wrong or was used before", await TextOf(await CodeAsync(other, CodeAt(key, step))));
        Assert.Equal("/", (await CodeAsync(other, codes[3].ToUpperInvariant(), remember: true)).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/")).StatusCode);

        // A remembered browser is not asked again; another is, and a recovery code is good once.
        await other.PostAsync("/account/logout", null);
        Assert.Equal("/", (await PostAsync(other, "tess@example.org", RunningApp.Password)).Headers.Location!.OriginalString);
        var third = app.NewBrowser();
        await PostAsync(third, "tess@example.org", RunningApp.Password);
        Assert.Contains("wrong or was used before", await TextOf(await CodeAsync(third, codes[3])));

        await app.App.Services.GetRequiredService<SecondFactor>().DisableAsync(id, null);
        Assert.Equal("/", (await PostAsync(app.NewBrowser(), "tess@example.org", RunningApp.Password)).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task SecondFactor_RequiredOfAdministrators_ComesBeforeTheirFirstSessionAndCannotBeTakenOff()
    {
        var id = await app.AddPersonAsync("Rosa", administrator: true);
        await app.AddPersonAsync("Rolf");
        Assert.Equal("/", (await PostAsync(app.NewBrowser(), "rolf@example.org", RunningApp.Password)).Headers.Location!.OriginalString);

        // The right password alone begins no session.
        var browser = app.NewBrowser();
        var led = (await PostAsync(browser, "rosa@example.org", RunningApp.Password)).Headers.Location!.OriginalString;
        Assert.Equal("/account/second-factor", led);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/datasets")).StatusCode);
        Assert.False(await app.AskDatabaseAsync(db => db.AccountSessions.AnyAsync(s => s.UserId == id)));
        var page = await browser.GetStringAsync(led);
        Assert.Contains("This server asks for a second factor", page);
        var (key, offer) = (FromBase32(Key().Match(page).Groups[1].Value.Replace(" ", "")), Offer().Match(page).Groups[1].Value);
        var code = CodeAt(key, Totp.StepOf(TimeProvider.System.GetUtcNow()));
        await PostFormAsync(browser, led, "second", ("Input.Offer", offer), ("Input.Code", code));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/datasets")).StatusCode);
        Assert.DoesNotContain("Take it off", await browser.GetStringAsync(led));
        await PostFormAsync(browser, led, "second", ("Input.Do", "off"));
        Assert.True(await app.AskDatabaseAsync(db => db.Users.AnyAsync(u => u.Id == id && u.TwoFactorEnabled)));

        // Where the factor is gone all the same, the open session ends with the reason; one that a provider vouches for goes on.
        await app.App.Services.GetRequiredService<SecondFactor>().DisableAsync(id, null);
        var ended = (await browser.GetAsync("/")).Headers.Location!.OriginalString;
        Assert.EndsWith("ended=secondfactor", ended);
        Assert.Contains("A second factor is needed here now", await browser.GetStringAsync(ended));
    }

    [Fact]
    public async Task Account_RecoveredOnTheServer_SignsInByThePrintedPasswordWithoutItsSecondFactor()
    {
        var id = await app.AddPersonAsync("Lost");
        var before = await app.SignedInAsync("lost@example.org");
        await app.AskDatabaseAsync(db => db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(
            s => s.SetProperty(u => u.TwoFactorEnabled, true).SetProperty(u => u.DisabledAt, 1L)));
        string[] settings =
        [
            "--Dendrite:Data", Path.Combine(app.Folder, "data"), "--Dendrite:Store", Path.Combine(app.Folder, "store"),
            "--Logging:Console:LogLevel:Default", "None",
        ];
        var told = await AccountCommands.RecoverAsync(" LOST@example.org", administrator: false, settings, default);
        Assert.Equal(HttpStatusCode.Unauthorized, (await before.GetAsync("/api/datasets")).StatusCode);
        var browser = app.NewBrowser();
        var password = told[(told.LastIndexOf(' ') + 1)..];
        Assert.Equal("/", (await PostAsync(browser, "lost@example.org", password)).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/datasets")).StatusCode);

        var unknown = await Assert.ThrowsAsync<StartupException>(
            () => AccountCommands.RecoverAsync("nobody@example.org", administrator: true, settings, default));
        Assert.Contains("nobody@example.org", unknown.Message, StringComparison.Ordinal);
        var nowhere = Path.Combine(app.Folder, "nothing-here");
        await Assert.ThrowsAsync<StartupException>(
            () => AccountCommands.RecoverAsync("lost@example.org", administrator: false, ["--Dendrite:Data", nowhere], default));
        Assert.False(Directory.Exists(nowhere));
    }

    [Fact]
    public async Task CodeGuesses_AfterTheRightPassword_AreDelayed()
    {
        var id = await app.AddPersonAsync("Gus");
        await app.AskDatabaseAsync(db => db.Users.Where(u => u.Id == id)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.TwoFactorEnabled, true)));
        var browser = app.NewBrowser();
        await PostAsync(browser, "gus@example.org", RunningApp.Password);
        for (var i = 0; i <= SignInThrottle.FreeOfPair; i++)
        {
            await CodeAsync(browser, $"00000{i}");
        }

        Assert.Contains("Too many tries", await TextOf(await CodeAsync(browser, "123456")));
    }

    [Fact]
    public async Task ResetLink_IsGoodOnceEndsSessionsAndOtherLinks()
    {
        var id = await app.AddPersonAsync("Rita");
        var signedIn = await app.SignedInAsync("rita@example.org");
        var resets = app.App.Services.GetRequiredService<PasswordResets>();
        var first = PasswordResets.PathOf(await resets.MakeAsync(id, null));
        var second = PasswordResets.PathOf(await resets.MakeAsync(id, null));
        var browser = app.NewBrowser();

        // Anybody may ask for a mail, which takes no earlier link away; an administrator's link does.
        Assert.DoesNotContain("not good any more", await browser.GetStringAsync(first));
        var third = PasswordResets.PathOf(await resets.MakeAsync(id, new Person("root", "Root")));
        Assert.Contains("not good any more", await browser.GetStringAsync(first));
        second = PasswordResets.PathOf(await resets.MakeAsync(id, null));
        Assert.Contains("Many people", await TextOf(await PostFormAsync(browser, second, "reset", ("Input.Password", "Password123!"))));
        Assert.Contains("is changed", await TextOf(await PostFormAsync(browser, second, "reset", ("Input.Password", "quite another one"))));
        Assert.Contains("not good any more", await browser.GetStringAsync(second));
        Assert.Contains("not good any more", await browser.GetStringAsync(third));
        Assert.Equal(HttpStatusCode.Unauthorized, (await signedIn.GetAsync("/api/datasets")).StatusCode);
        Assert.Equal("/", (await PostAsync(browser, "rita@example.org", "quite another one")).Headers.Location!.OriginalString);
        Assert.DoesNotContain(app.Log, l => l.Contains(second[^20..], StringComparison.Ordinal));
    }

    // Whoever had made an account of another's address kept its tokens, logins and second factor after that person had recovered it.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task ResetLink_EndsTokens_OfUnconfirmedAddressesOtherWaysInToo_AndConfirmsByMailAlone(bool wasConfirmed, bool isMailed)
    {
        var name = $"Reset{wasConfirmed}{isMailed}";
        var id = await app.AddPersonAsync(name);
        var (resets, tokens) = (app.App.Services.GetRequiredService<PasswordResets>(),
            app.App.Services.GetRequiredService<PersonalTokens>());
        var (_, text) = await tokens.CreateAsync(id, new TokenOrder("theirs", TokenScopes.Read, 30));
        await app.AskDatabaseAsync(async db =>
        {
            db.UserLogins.Add(new IdentityUserLogin<Guid> { LoginProvider = "https://id.example.org", ProviderKey = name, UserId = id });
            await db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(s => s.SetProperty(u => u.EmailConfirmed, wasConfirmed)
                .SetProperty(u => u.TwoFactorEnabled, true));
            return await db.SaveChangesAsync();
        });
        var link = await resets.MakeAsync(id, isMailed ? null : new Person("root", "Root"));
        var outcome = await resets.UseAsync(link, "quite another one");
        Assert.Equal(new ResetOutcome(null, wasConfirmed ? new EndedAccess(1, 0, false) : new EndedAccess(1, 1, true)), outcome);
        Assert.Contains("revoked", (await tokens.CheckAsync(text)).Refusal);
        var account = await app.AskDatabaseAsync(db => db.Users.AsNoTracking().SingleAsync(u => u.Id == id));
        Assert.Equal((wasConfirmed || isMailed, wasConfirmed), (account.EmailConfirmed, account.TwoFactorEnabled));
        Assert.Equal(wasConfirmed ? 1 : 0, await app.AskDatabaseAsync(db => db.UserLogins.CountAsync(l => l.UserId == id)));

        (_, text) = await tokens.CreateAsync(id, new TokenOrder("theirs", TokenScopes.Read, 30));
        Assert.Equal(1, (await People.ResetPasswordAsync(id)).Ended.Tokens);
        Assert.Contains("revoked", (await tokens.CheckAsync(text)).Refusal);
    }

    [Fact]
    public async Task SessionsOfOthers_EndedFromTheAccountPage_LoseCookieAndHubConnection()
    {
        var id = await app.AddPersonAsync("Sam", role: DatasetRole.View);
        var (here, there) = (await app.SignedInAsync("sam@example.org"), await app.SignedInAsync("sam@example.org"));
        await using var hub = new HubConnectionBuilder().WithUrl(app.Address + "/hubs/frames", o => o.Cookies = app.CookiesOf(there))
            .AddMessagePackProtocol().Build();
        await hub.StartAsync();
        await hub.InvokeAsync<string>("Join", Guid.NewGuid().ToString("N"), app.Dataset.Value, "");
        var closed = new TaskCompletionSource();
        hub.On<string?>("closed", _ => closed.TrySetResult());

        var page = await TextOf(await PostFormAsync(here, "/account", "account", ("Input.Do", "end-others")));
        Assert.Contains("You are signed out everywhere else (1).", page);
        var led = (await there.GetAsync("/")).Headers.Location!.OriginalString;
        Assert.Contains("ended this session from another browser", await there.GetStringAsync(led));
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/")).StatusCode);

        // A cookie that was stolen before its owner signed out is worth nothing afterwards.
        var cookies = app.CookiesOf(here).GetCookieHeader(new Uri(app.Address));
        await here.PostAsync("/account/logout", null);
        using var stolen = new HttpRequestMessage(HttpMethod.Get, "/api/datasets");
        stolen.Headers.Add("Cookie", cookies);
        using var plain = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(app.Address) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await plain.SendAsync(stolen)).StatusCode);
        var told = await app.App.Services.GetRequiredService<AuditLog>().ListAsync(new AuditFilter(id.ToString()), 0, 50);
        Assert.Equal(
            [AuditKind.SignOut, AuditKind.Session, AuditKind.SignIn, AuditKind.SignIn, AuditKind.Role], told.Entries.Select(e => e.Kind));
    }

    [Fact]
    public async Task AccountDisabled_ItsSessionsAndLinksClose_AndOpenAgainWhenItIsEnabled()
    {
        await app.AddPersonAsync("Chief", administrator: true);
        var id = await app.AddPersonAsync("Dana", role: DatasetRole.Curate);
        var browser = await app.SignedInAsync("dana@example.org");
        var (_, token) = await app.LinkAsync(DatasetRole.View, id);
        await People.DisableAsync(id);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/datasets")).StatusCode);
        Assert.Equal("/gone", (await app.NewBrowser().GetAsync("/s/" + token)).Headers.Location!.OriginalString);
        await People.EnableAsync(id);
        Assert.Equal(HttpStatusCode.OK, (await app.NewBrowser().GetAsync("/s/" + token)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/datasets")).StatusCode);
        Assert.Equal("/", (await PostAsync(browser, "dana@example.org", RunningApp.Password)).Headers.Location!.OriginalString);
    }

    private People People => app.App.Services.GetRequiredService<People>();

    private static Task<HttpResponseMessage> PostFormAsync(
        HttpClient browser, string path, string form, params (string, string)[] fields) =>
        RunningApp.PostFormAsync(browser, path, form, fields);

    private static Task<HttpResponseMessage> PostAsync(HttpClient browser, string email, string password) =>
        PostFormAsync(browser, "/account/login", "login", ("Input.Email", email), ("Input.Password", password));

    private static Task<HttpResponseMessage> CodeAsync(HttpClient browser, string code, bool remember = false) =>
        PostFormAsync(browser, "/account/code", "code", ("Input.Code", code), ("Input.Remember", remember ? "true" : "false"));

    private static Task<string> TextOf(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    private static string CodeAt(byte[] key, long step) => Totp.CodeOf(key, step).ToString("000000");

    private static byte[] FromBase32(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(b => b.Length == 8).Select(b => Convert.ToByte(new string(b), 2))];
    }

    // What a person reads: tokens and ids differ from answer to answer.
    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Markup();

    [GeneratedRegex("<code class=\"key\">([A-Z2-7 ]+)</code>")]
    private static partial Regex Key();

    [GeneratedRegex("name=\"Input.Offer\" value=\"([^\"]+)\"")]
    private static partial Regex Offer();

    [GeneratedRegex("[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}")]
    private static partial Regex Codes();
}

/// <summary>A running app that counts how often a password is compared.</summary>
public sealed class CountingApp : IAsyncLifetime
{
    private int _hashed;

    public CountingApp() => App = new RunningApp
    {
        Arguments = ["--Dendrite:SignInsPerMinute", "1000", "--Dendrite:SecondFactor", "administrators"],
        Replace = s =>
        {
            s.AddScoped<IPasswordHasher<AppUser>>(_ => new Counting(() => Interlocked.Increment(ref _hashed)));

            // A delay does not end while a slow machine is at work.
            s.AddSingleton(p => new SignInThrottle(p.GetRequiredService<IDbContextFactory<DendriteDb>>(), new ManualTime()));
        },
    };

    public RunningApp App { get; }

    public int Hashed => _hashed;

    public Task InitializeAsync() => App.InitializeAsync();

    public Task DisposeAsync() => App.DisposeAsync();

    private sealed class Counting(Action count) : IPasswordHasher<AppUser>
    {
        private readonly PasswordHasher<AppUser> _real = new();

        public string HashPassword(AppUser user, string password) => _real.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(AppUser user, string hashedPassword, string providedPassword)
        {
            count();
            return _real.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
