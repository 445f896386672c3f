using System.Security.Claims;
using System.Text.Encodings.Web;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace DendriteViewer.Web.Tokens;

/// <summary>
/// Who a program's request comes from: the account whose token it carries as <c>Authorization: Bearer dvp_…</c>. Cookies of such a request
/// mean nothing. Pages and forms take no tokens, so that a token never becomes a session.
/// </summary>
public sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, PersonalTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The scheme.</summary>
    public const string SchemeName = "Token";

    private const string Bearer = "Bearer ";

    /// <summary>Whether a request asks by a token, so that no cookie counts.</summary>
    public static bool Asks(HttpRequest request) => FailureHandler.IsProgram(request.HttpContext) && TextOf(request) is not null;

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (TextOf(Request) is not { } text)
        {
            return AuthenticateResult.NoResult();
        }

        var (account, token, refusal) = await tokens.CheckAsync(text, Context.RequestAborted);
        if (account is null || token is null)
        {
            return AuthenticateResult.Fail(refusal ?? "No such access token.");
        }

        var identity = new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, account.Id.ToString()), new(ClaimTypes.Name, account.UserName ?? ""),
            new("dendrite:name", account.DisplayName), new(TokenRights.Claim, token.Id.ToString()),
        ], Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var why = (await HandleAuthenticateOnceSafeAsync()).Failure?.Message ?? "Sign in first.";
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer error=\"invalid_token\"";
        var problem = new ProblemDetails { Status = Response.StatusCode, Detail = why };
        FailureHandler.AddError(problem);
        await Response.WriteAsJsonAsync(problem, options: null, "application/problem+json", Context.RequestAborted);
    }

    private static string? TextOf(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && header[Bearer.Length..].Trim() is var text && text.StartsWith(PersonalTokens.Mark, StringComparison.Ordinal) ? text : null;
}
