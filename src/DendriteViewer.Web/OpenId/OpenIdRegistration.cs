using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace DendriteViewer.Web.OpenId;

/// <summary>
/// Signing in at the providers of <c>Dendrite:OpenId</c>: by authorization code with PKCE, state and nonce. No token of a provider is kept.
/// </summary>
public static class OpenIdRegistration
{
    /// <summary>Where a sign-in goes on after the provider.</summary>
    public const string FinishPath = "/account/openid/finish";

    private const int SecondsForAnswers = 10, MinutesToFinish = 10;

    /// <summary>Adds a scheme for each provider, and the cookie between it and the account.</summary>
    public static WebApplicationBuilder AddOpenId(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OpenIdProviders>();
        builder.Services.AddSingleton<GroupClaims>();
        builder.Services.AddScoped<ExternalSignIns>();
        builder.Services.AddSingleton<ExternalLogins>();
        var authentication = builder.Services.AddAuthentication().AddCookie(IdentityConstants.ExternalScheme, o =>
        {
            AccountsRegistration.Harden(o, "dendrite.external");
            (o.ExpireTimeSpan, o.SlidingExpiration) = (TimeSpan.FromMinutes(MinutesToFinish), false);
        });
        builder.Services.AddOptions<Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions>(
            IdentityConstants.ExternalScheme).Configure<IServiceProvider>(AccountsRegistration.Secure);
        var options = builder.Configuration.GetSection("Dendrite").Get<DendriteOptions>() ?? new DendriteOptions();
        foreach (var provider in options.OpenId)
        {
            authentication.AddOpenIdConnect(provider.Scheme, provider.Name, _ => { });
            builder.Services.AddOptions<OpenIdConnectOptions>(provider.Scheme)
                .Configure<IServiceProvider>((o, services) => Configure(o, provider, services));
        }

        return builder;
    }

    /// <summary>Maps the beginning and the end of a sign-in. What lies between them is the handler's.</summary>
    public static void MapOpenId(this WebApplication app)
    {
        app.MapGet("/account/openid/{provider}", BeginAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet(FinishPath, FinishAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>The address that says why nobody was signed in or confirmed.</summary>
    /// <param name="form">The form to which they come back.</param>
    /// <param name="refusal">Why.</param>
    /// <param name="provider">The provider, as addresses name it.</param>
    public static string Refused(string form, ExternalRefusal refusal, string? provider) => QueryHelpers.AddQueryString(form,
        new Dictionary<string, string?> { ["external"] = refusal.ToString().ToLowerInvariant(), ["provider"] = provider });

    /// <summary>The form from which somebody went to a provider, by the address at which that would have ended.</summary>
    internal static string FormOf(string? finish)
    {
        var query = QueryHelpers.ParseQuery(finish is null ? "" : finish[Math.Max(finish.IndexOf('?', StringComparison.Ordinal), 0)..]);
        return FormOf(query.ContainsKey("confirm"), query.TryGetValue("returnUrl", out var next) ? next.ToString() : null);
    }

    // Who confirms is signed in already; who is no more is led on to the sign-in form from there.
    private static string FormOf(bool? confirm, string? returnUrl) =>
        confirm == true ? Confirmations.PathTo(returnUrl) : "/account/login";

    /// <summary>The address at which who is signed in proves at a provider again who they are.</summary>
    /// <param name="provider">The provider, at which they have a login.</param>
    /// <param name="next">Where to go afterwards.</param>
    public static string ConfirmAt(OpenIdOptions provider, string? next) => QueryHelpers.AddQueryString(
        $"/account/openid/{provider.Slug}",
        new Dictionary<string, string?> { ["confirm"] = "true", ["returnUrl"] = ReturnAddress.Of(next) });

    private static void Configure(OpenIdConnectOptions o, OpenIdOptions provider, IServiceProvider services)
    {
        var address = services.GetService<PublicAddress>();
        var secure = address is { IsSecure: true } ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        o.SignInScheme = IdentityConstants.ExternalScheme;
        o.Authority = provider.Issuer;
        o.RequireHttpsMetadata = provider.Issuer.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        o.ClientId = provider.ClientId;
        o.ClientSecret = provider.ReadSecret();
        services.GetRequiredService<SecretRedactor>().Add(o.ClientSecret);
        o.CallbackPath = provider.CallbackPath;
        o.ResponseType = OpenIdConnectResponseType.Code;

        // Posted answers would be another site's form, which is refused here, and would want cookies that go with such.
        o.ResponseMode = OpenIdConnectResponseMode.Query;
        o.UsePkce = true;
        o.SaveTokens = false;
        o.MapInboundClaims = false;
        o.GetClaimsFromUserInfoEndpoint = true;
        o.DisableTelemetry = true;
        o.BackchannelTimeout = TimeSpan.FromSeconds(SecondsForAnswers);
        o.RemoteAuthenticationTimeout = TimeSpan.FromMinutes(MinutesToFinish);
        (o.NonceCookie.SameSite, o.CorrelationCookie.SameSite) = (SameSiteMode.Lax, SameSiteMode.Lax);
        (o.NonceCookie.SecurePolicy, o.CorrelationCookie.SecurePolicy) = (secure, secure);
        o.Scope.Clear();
        foreach (var scope in (provider.Scopes ?? ["profile", "email"]).Prepend("openid"))
        {
            o.Scope.Add(scope);
        }

        o.ClaimActions.MapUniqueJsonKey(provider.EmailVerifiedClaim, provider.EmailVerifiedClaim);
        if (provider.GroupsClaim is { } groups)
        {
            o.ClaimActions.MapJsonKey(groups, groups);
        }

        // The framework believes whatever the discovery document calls its issuer; only the one that is configured counts.
        o.TokenValidationParameters.IssuerValidator = (issuer, _, _) => issuer.TrimEnd('/') == provider.IssuerKey ? issuer
            : throw new SecurityTokenInvalidIssuerException($"The issuer is '{issuer}', not '{provider.IssuerKey}'.");
        o.Events = new OpenIdEvents(provider, address);
    }

    private static async Task BeginAsync(
        string provider, string? returnUrl, bool? confirm, HttpContext context, OpenIdProviders providers, UserManager<AppUser> users,
        Confirmations confirmations)
    {
        if (providers.Find(provider) is not { } wanted)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            var finish = QueryHelpers.AddQueryString(FinishPath, "returnUrl", ReturnAddress.Of(returnUrl));
            if (confirm == true)
            {
                // Asks the provider to have them sign in anew, whatever session they have there, and to say when they did.
                await context.ChallengeAsync(wanted.Scheme, new OpenIdConnectChallengeProperties
                {
                    RedirectUri = QueryHelpers.AddQueryString(finish, "confirm", "true"), Prompt = OpenIdConnectPrompt.Login,
                    MaxAge = TimeSpan.Zero,
                });
            }
            else if (await users.GetUserAsync(context.User) is { PasswordHash: null }
                && !await confirmations.HoldAsync(context.User, context.RequestAborted))
            {
                // Another login is to be linked. The form at its end asks for the password; who has none proves it before.
                context.Response.Redirect(Confirmations.PathTo(context.Request.Path + context.Request.QueryString));
            }
            else
            {
                await context.ChallengeAsync(wanted.Scheme, new AuthenticationProperties { RedirectUri = finish });
            }
        }
        catch (InvalidOperationException e) when (!context.Response.HasStarted)
        {
            // Its discovery document could not be read.
            var failures = context.RequestServices.GetRequiredService<ILogger<OpenIdEvents>>();
            failures.LogWarning("{Provider} cannot be asked to sign anybody in: {Why}", wanted.Name, (e.InnerException ?? e).Message);
            context.Response.Redirect(Refused(FormOf(confirm, returnUrl), ExternalRefusal.Away, wanted.Slug));
        }
    }

    private static async Task<IResult> FinishAsync(
        string? returnUrl, bool? confirm, HttpContext context, ExternalSignIns externals, SignInManager<AppUser> signIn,
        AccountSignIn accounts, Confirmations confirmations, AuditLog audit)
    {
        context.Response.Headers.CacheControl = "no-store";
        var external = await context.AuthenticateAsync(IdentityConstants.ExternalScheme);
        if (ExternalPerson.Read(external.Principal) is not { } person)
        {
            return Results.LocalRedirect(Refused(FormOf(confirm, returnUrl), ExternalRefusal.Again, null));
        }

        // Who is signed in already wants it linked, and is asked whether that is so: another site may have led the browser here.
        if (await signIn.UserManager.GetUserAsync(context.User) is { } own)
        {
            if (confirm != true)
            {
                return Results.LocalRedirect(LinkLogin.Path);
            }

            await context.SignOutAsync(IdentityConstants.ExternalScheme);
            if (await externals.ConfirmAsync(confirmations, context.User, own, person) is { } wrong)
            {
                return Results.LocalRedirect(Refused(FormOf(confirm, returnUrl), wrong, person.Provider));
            }

            return Results.LocalRedirect(ReturnAddress.Of(returnUrl));
        }

        await context.SignOutAsync(IdentityConstants.ExternalScheme);
        var (account, refusal) = await externals.FindAsync(person, context.RequestAborted);
        refusal ??= account is { DisabledAt: null } && await signIn.CanSignInAsync(account) ? null : ExternalRefusal.Disabled;
        if (account is null || refusal is not null)
        {
            await audit.TryRecordAsync(AuditKind.SignInFailed, null,
                $"{person.Email ?? person.Subject} of {person.Provider} was refused ({refusal})");
            return Results.LocalRedirect(Refused("/account/login", refusal ?? ExternalRefusal.Failed, person.Provider));
        }

        await accounts.BeginAsync(context, account, "the provider " + person.Provider, isExternal: true, person.ProvedAt);
        return Results.LocalRedirect(ReturnAddress.Of(returnUrl));
    }
}
