using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.DataProtection;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

// A real OpenID Connect provider for tests: OpenIddict without a database. Whoever is asked to sign in says who they are in a form, and is
// believed. It serves one client, "dendrite", whose secret is "a secret of tests", and calls itself by --issuer alone, whichever name it is
// reached by.
var builder = WebApplication.CreateBuilder(args);
var issuer = new Uri(builder.Configuration["issuer"] ?? throw new InvalidOperationException("Give --issuer http://127.0.0.1:PORT/."));
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddOpenIddict().AddServer(o =>
{
    o.SetIssuer(issuer).SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token")
        .SetUserInfoEndpointUris("connect/userinfo");
    o.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().RegisterScopes(Scopes.Email, Scopes.Profile);
    o.AddEphemeralEncryptionKey().AddEphemeralSigningKey().EnableDegradedMode();
    o.UseAspNetCore().DisableTransportSecurityRequirement().EnableAuthorizationEndpointPassthrough();
    o.AddEventHandler<ValidateAuthorizationRequestContext>(b => b.UseInlineHandler(context =>
    {
        if (context.ClientId != "dendrite" || context.RedirectUri?.Contains("/account/openid/", StringComparison.Ordinal) != true)
        {
            context.Reject(Errors.InvalidClient, "No such client.");
        }

        return default;
    }));
    o.AddEventHandler<ValidateTokenRequestContext>(b => b.UseInlineHandler(context =>
    {
        if (context.ClientId != "dendrite" || context.ClientSecret != "a secret of tests")
        {
            context.Reject(Errors.InvalidClient, "No such client.");
        }

        return default;
    }));
});
builder.Services.AddAuthentication();
builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
var app = builder.Build();
app.UseAuthentication();
app.MapGet("/connect/authorize", (HttpContext context) =>
{
    var query = context.Request.Query;
    if (query["deny"].Count > 0)
    {
        return Results.Forbid(authenticationSchemes: [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }

    if (query["sub"].ToString() is not { Length: > 0 } subject)
    {
        return Results.Content(Form(query), "text/html; charset=utf-8");
    }

    var request = context.GetOpenIddictServerRequest()!;
    var identity = new ClaimsIdentity("form", Claims.Name, Claims.Role);
    identity.SetClaim(Claims.Subject, subject).SetClaim(Claims.Name, query["name"].ToString());
    if (query["email"].ToString() is { Length: > 0 } email)
    {
        identity.SetClaim(Claims.Email, email).SetClaim(Claims.EmailVerified, query["verified"] == "true");
    }

    // As of who has been signed in here for an hour, unless they are asked again and it does not ignore that.
    if (query["auth_time"] != "none")
    {
        var isAsked = request.HasPromptValue(PromptValues.Login) && query["auth_time"] != "old";
        var at = TimeProvider.System.GetUtcNow().AddHours(isAsked ? 0 : -1);
        identity.SetClaim(Claims.AuthenticationTime, at.ToUnixTimeSeconds());
    }

    identity.SetClaims("groups", [.. query["groups"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries)]);
    identity.SetScopes(request.GetScopes());
    identity.SetDestinations(_ => [Destinations.AccessToken, Destinations.IdentityToken]);
    return Results.SignIn(new ClaimsPrincipal(identity), authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
});
await app.StartAsync();
Console.WriteLine("Listening");
await app.WaitForShutdownAsync();

// The request's parameters go along with what is filled in.
static string Field(string name, string? value) =>
    $"<input type=\"hidden\" name=\"{WebUtility.HtmlEncode(name)}\" value=\"{WebUtility.HtmlEncode(value)}\">";

static string Form(IQueryCollection query) => $"""
    <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Identity provider of tests</title></head><body>
    <h1>Sign in at the provider of tests</h1><form method="get" action="/connect/authorize">
    {string.Concat(query.Select(q => Field(q.Key, q.Value)))}
    <label>Subject <input name="sub"></label> <label>Name <input name="name"></label> <label>E-mail <input name="email"></label>
    <label>Verified <input name="verified" value="true"></label> <label>Groups <input name="groups"></label>
    <button>Sign in</button></form></body></html>
    """;
