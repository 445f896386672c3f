using System.Security.Claims;
using System.Security.Cryptography;
using DendriteViewer.Web.Accounts.Resets;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Embedding;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.OpenId;
using DendriteViewer.Web.Tokens;
using DendriteViewer.Web.Visitors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts;

/// <summary>Sign-in, the first administrator, and default deny.</summary>
public static class AccountsRegistration
{
    /// <summary>Cookie scheme of those who came by a link.</summary>
    public const string LinkScheme = "Link";

    /// <summary>How long a session holds that nobody uses.</summary>
    public static readonly TimeSpan SessionLength = TimeSpan.FromDays(14);

    /// <summary>Cookie scheme of those who look at what is open to everybody.</summary>
    public const string VisitorScheme = "Visitor";

    private static readonly Guid DemoUser = new("d0000000-0000-4000-8000-000000000001");

    /// <summary>Adds Identity, the link cookie and the one policy.</summary>
    public static WebApplicationBuilder AddAccounts(this WebApplicationBuilder builder)
    {
        builder.Services.AddIdentityCore<AppUser>(o =>
        {
            // PasswordRules says more, and in our words.
            o.Password.RequiredLength = 1;
            o.Password.RequireDigit = o.Password.RequireLowercase = o.Password.RequireUppercase = o.Password.RequireNonAlphanumeric = false;
            o.User.RequireUniqueEmail = true;

            // It is the e-mail, which may have an apostrophe or letters beyond ASCII.
            o.User.AllowedUserNameCharacters = "";
        }).AddSignInManager().AddEntityFrameworkStores<DendriteDb>().AddClaimsPrincipalFactory<NamedClaims>()
            .AddPasswordValidator<PasswordRules>();
        builder.Services.AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddCookie(IdentityConstants.ApplicationScheme, o =>
            {
                Harden(o, "dendrite");
                o.ForwardDefaultSelector = c => TokenAuthentication.Asks(c.Request) ? TokenAuthentication.SchemeName : null;
                o.Events.OnValidatePrincipal = AccountSessions.ValidateAsync;
            })
            .AddCookie(LinkScheme, o =>
            {
                Harden(o, "dendrite.link");
                o.Events.OnValidatePrincipal = AccountSessions.ValidateLinkAsync;
            })
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme, o =>
            {
                Harden(o, "dendrite.step");
                (o.ExpireTimeSpan, o.SlidingExpiration) = (SecondStep.Length, false);
            })
            .AddCookie(IdentityConstants.TwoFactorRememberMeScheme, o =>
            {
                Harden(o, "dendrite.remembered");
                (o.ExpireTimeSpan, o.SlidingExpiration) = (SecondStep.Remembered, false);
            })
            .AddCookie(VisitorScheme, o => Harden(o, "dendrite.visitor"));
        foreach (var scheme in (string[])[IdentityConstants.ApplicationScheme, LinkScheme, VisitorScheme,
            IdentityConstants.TwoFactorUserIdScheme,
            IdentityConstants.TwoFactorRememberMeScheme])
        {
            builder.Services.AddOptions<CookieAuthenticationOptions>(scheme).Configure<IServiceProvider>(Secure);
        }

        builder.Services.AddSingleton<AccountSessions>();
        builder.Services.AddSingleton<SignInThrottle>();
        builder.Services.AddSingleton<SecondFactor>();
        builder.Services.AddSingleton<Confirmations>();
        builder.Services.AddSingleton<UnknownPassword>();
        builder.Services.AddScoped<AccountSignIn>();
        builder.Services.AddSingleton<PasswordResets>();
        builder.Services.AddSingleton<ResetMails>();
        builder.Services.AddSingleton<AccountDesk>();
        builder.Services.AddHostedService<AccountJanitor>();
        builder.Services.AddSingleton<DatasetAccess>();
        builder.Services.AddSingleton<IAuthorizationHandler>(s => s.GetRequiredService<DatasetAccess>());
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy("Administrator", p => p.AddRequirements(new AdministratorRequirement()))
            .AddPolicy("Upload", p => p.AddRequirements(new UploadRequirement()));
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddScoped<AuthenticationStateProvider, SessionRevalidation>();
        builder.Services.AddSingleton<FirstAdministrator>();
        builder.Services.AddSingleton<People>();
        builder.Services.AddSingleton<Groups>();
        return builder;
    }

    /// <summary>Who a request comes from: an account, a link, a visitor of what is public, or in the demo the demo's owner.</summary>
    public static void UseAccounts(this WebApplication app)
    {
        var demo = app.Services.GetRequiredService<DendriteOptions>().Demo;
        var visitors = app.Services.GetRequiredService<VisitorAdmission>();
        var tickets = app.Services.GetRequiredService<EmbedTickets>();
        app.UseAuthentication();
        app.Use(async (context, next) =>
        {
            // A page in another site's frame asks by its ticket, and has no cookie that could count.
            if (tickets.Read(context) is { } embedded)
            {
                context.User = embedded;
                await next();
                return;
            }

            // Who asks by a token asks by nothing else.
            if (!TokenAuthentication.Asks(context.Request)
                && (await context.AuthenticateAsync(LinkScheme)).Principal?.Identity is ClaimsIdentity link)
            {
                context.User = context.User.Identity?.IsAuthenticated == true ? new ClaimsPrincipal(context.User.Identities.Append(link)) : new ClaimsPrincipal(link);
            }

            if (demo)
            {
                if (context.User.Identity?.IsAuthenticated != true && !TokenAuthentication.Asks(context.Request))
                {
                    context.User = DemoOwner();
                }
            }
            else if (context.User.Identity?.IsAuthenticated != true && !TokenAuthentication.Asks(context.Request)
                && await visitors.AdmitAsync(context) is { } visitor)
            {
                context.User = visitor;
            }

            await next();
        });
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    /// <summary>Maps signing out; signing in is a page.</summary>
    public static void MapAccounts(this WebApplication app) => app.MapPost("/account/logout", async (
        HttpContext context, AccountSignIn accounts) =>
    {
        await accounts.SignOutAsync(context);
        await context.SignOutAsync(LinkScheme);
        return Results.LocalRedirect("/account/login");
    });

    /// <summary>Prints the one-time code where nobody has an account yet.</summary>
    public static async Task PrepareAccountsAsync(this WebApplication app)
    {
        app.Services.GetRequiredService<UnknownPassword>().Prepare();
        await app.Services.GetRequiredService<GroupClaims>().KeyByIssuerAsync();
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<DendriteDb>>().CreateDbContextAsync();
        if (app.Services.GetRequiredService<DendriteOptions>().Demo)
        {
            if (await db.Users.FindAsync(DemoUser) is null)
            {
                db.Users.Add(new AppUser { Id = DemoUser, UserName = "demo", NormalizedUserName = "DEMO", DisplayName = "Demo owner", IsAdministrator = true, SecurityStamp = Guid.NewGuid().ToString() });
                await db.SaveChangesAsync();
            }
        }
        else if (!await HasAdministratorAsync(db))
        {
            var code = app.Services.GetRequiredService<FirstAdministrator>().Begin();
            app.Services.GetRequiredService<SecretRedactor>().Add(code);
            Console.Out.WriteLine($"No accounts yet. Open /account/setup and give this one-time code to make the first administrator: {code}");
        }
    }

    /// <summary>
    /// Whether somebody is an administrator, the demo's owner aside: then no code makes a first one, whichever server printed it.
    /// </summary>
    internal static Task<bool> HasAdministratorAsync(DendriteDb db) => db.Users.AnyAsync(u => u.IsAdministrator && u.Id != DemoUser);

    // Where people reach the app over https, the cookies go nowhere else, whatever a proxy's headers say.
    internal static void Secure(CookieAuthenticationOptions o, IServiceProvider services) =>
        o.Cookie.SecurePolicy = services.GetService<PublicAddress>() is { IsSecure: true } ? CookieSecurePolicy.Always
            : CookieSecurePolicy.SameAsRequest;

    private static ClaimsPrincipal DemoOwner() => new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, DemoUser.ToString()), new(ClaimTypes.Name, "demo"), new("dendrite:name", "Demo owner")], "Demo"));

    /// <summary>How every cookie of this app is kept, and what is answered where one is missing.</summary>
    internal static void Harden(CookieAuthenticationOptions o, string name)
    {
        o.Cookie.Name = name;
        o.Cookie.HttpOnly = true;
        o.Cookie.SameSite = SameSiteMode.Lax;
        o.LoginPath = "/account/login";
        o.AccessDeniedPath = "/account/denied";
        o.ExpireTimeSpan = SessionLength;
        o.SlidingExpiration = true;

        // Programs get a status, people a page.
        o.Events.OnRedirectToLogin = c => Answer(c, StatusCodes.Status401Unauthorized);
        o.Events.OnRedirectToAccessDenied = c => Answer(c, StatusCodes.Status403Forbidden);
        static Task Answer(RedirectContext<CookieAuthenticationOptions> c, int status)
        {
            if (c.Request.Path.StartsWithSegments("/api") || c.Request.Path.StartsWithSegments("/hubs"))
            {
                // To who came by a link that ended, there is nothing, as to anybody whom a dataset is not open to.
                c.Response.StatusCode = AccountSessions.EndOf(c.HttpContext) == SessionEnd.Link ? StatusCodes.Status404NotFound : status;
            }
            else
            {
                // A path alone, so that no Host header finds its way into the answer.
                var target = Uri.TryCreate(c.RedirectUri, UriKind.Absolute, out var uri) ? uri.PathAndQuery : c.RedirectUri;
                var ended = status == StatusCodes.Status401Unauthorized ? AccountSessions.EndOf(c.HttpContext) : null;
                c.Response.Redirect(ended switch
                {
                    null => target,
                    SessionEnd.Link => "/gone",
                    { } end => QueryHelpers.AddQueryString(target, "ended", end.ToString().ToLowerInvariant()),
                });
            }

            return Task.CompletedTask;
        }
    }

    private sealed class NamedClaims(UserManager<AppUser> users, Microsoft.Extensions.Options.IOptions<IdentityOptions> options)
        : UserClaimsPrincipalFactory<AppUser>(users, options)
    {
        protected override async Task<ClaimsIdentity> GenerateClaimsAsync(AppUser user)
        {
            var identity = await base.GenerateClaimsAsync(user);
            identity.AddClaim(new Claim("dendrite:name", user.DisplayName));
            return identity;
        }
    }
}

/// <summary>Holds the hash of the one-time code until the first administrator is made.</summary>
public sealed class FirstAdministrator
{
    private byte[]? _hash;

    /// <summary>Whether a code is waiting.</summary>
    public bool IsOpen => Volatile.Read(ref _hash) is not null;

    /// <summary>Makes a code and forgets any before.</summary>
    public string Begin()
    {
        var code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        Volatile.Write(ref _hash, Hash(code));
        return code;
    }

    /// <summary>Takes the code; true once.</summary>
    public bool TryUse(string code)
    {
        var hash = Volatile.Read(ref _hash);
        return hash is not null && CryptographicOperations.FixedTimeEquals(hash, Hash(code.Trim()))
            && Interlocked.CompareExchange(ref _hash, null, hash) == hash;
    }

    private static byte[] Hash(string code) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(code));
}
