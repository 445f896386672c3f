using System.Security.Claims;
using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Tokens;

/// <summary>What scopes mean. They only take away: what is left is the smaller of them and of what the account may do.</summary>
public static class TokenRights
{
    /// <summary>The claim that carries the token's key.</summary>
    public const string Claim = "dendrite:token";

    /// <summary>What a person may do who asks by no token.</summary>
    public const TokenScopes Everything = TokenScopes.Read | TokenScopes.Annotate | TokenScopes.Import | TokenScopes.Manage;

    /// <summary>The largest role in any dataset that scopes leave.</summary>
    public static DatasetRole Ceiling(this TokenScopes scopes) =>
        scopes.HasFlag(TokenScopes.Manage) ? DatasetRole.Own
        : scopes.HasFlag(TokenScopes.Import) ? DatasetRole.Curate
        : scopes.HasFlag(TokenScopes.Annotate) ? DatasetRole.Annotate
        : DatasetRole.View;

    /// <summary>Whether scopes leave what only administrators may do.</summary>
    public static bool LeaveAdministration(this TokenScopes scopes) => scopes.HasFlag(TokenScopes.Manage);

    /// <summary>Whether scopes leave bringing data in.</summary>
    public static bool LeaveImports(this TokenScopes scopes) => (scopes & (TokenScopes.Import | TokenScopes.Manage)) != 0;

    /// <summary>The key of the token that somebody asks by, or null where they do not ask by one.</summary>
    public static Guid? TokenOf(this ClaimsPrincipal user) =>
        user.FindFirstValue(Claim) is not { } text ? null : Guid.TryParse(text, out var id) ? id : Guid.Empty;

    /// <summary>Scopes as people read them.</summary>
    public static string Words(this TokenScopes scopes) => string.Join(", ", Enum.GetValues<TokenScopes>()
        .Where(s => s != TokenScopes.None && scopes.HasFlag(s)).Select(s => s.ToString().ToLowerInvariant()));
}
