using System.Globalization;
using System.Security.Claims;

namespace DendriteViewer.Web.OpenId;

/// <summary>Who a provider says has signed in there; all that is kept of its answer, and for minutes only.</summary>
/// <param name="Provider">The provider, as addresses name it.</param>
/// <param name="Subject">The provider's key of the person, which it gives to nobody else.</param>
/// <param name="Email">The e-mail, or null where the provider tells none.</param>
/// <param name="IsVerified">Whether the provider says that it has verified the e-mail.</param>
/// <param name="Name">What the provider calls the person, or null.</param>
/// <param name="Groups">The values of the claim for groups; null where the provider does not tell all of them here.</param>
/// <param name="ProvedAt">When the person proved there who they are, or null where the provider does not say so.</param>
public sealed record ExternalPerson(
    string Provider, string Subject, string? Email, bool IsVerified, string? Name, IReadOnlyList<string>? Groups,
    DateTimeOffset? ProvedAt = null)
{
    // A person in more groups than these would not fit a cookie.
    private const int MostGroups = 200, LongestText = 200;

    /// <summary>Reads a provider's claims.</summary>
    /// <returns>Null where they do not say who it is.</returns>
    public static ExternalPerson? Of(OpenIdOptions provider, ClaimsPrincipal principal)
    {
        if (principal.FindFirstValue("sub") is not { Length: > 0 and <= 255 } subject)
        {
            return null;
        }

        // The token and the provider's further answer may differ; then nothing is sure.
        var emails = principal.FindAll("email").Select(c => c.Value.Trim()).Where(e => e.Length > 0).Distinct().ToArray();
        var verified = principal.FindAll(provider.EmailVerifiedClaim).ToArray();
        var isVerified = emails.Length == 1 && verified.Length > 0 && verified.All(c => c.Value is "true" or "True" or "1");
        var groups = provider.GroupsClaim is not { } claim || !AreWhole(principal, claim) ? null
            : principal.FindAll(claim).Select(c => c.Value).Where(v => v.Length is > 0 and <= LongestText).Distinct().ToArray();
        var name = principal.FindFirstValue("name")?.Trim();
        return new ExternalPerson(
            provider.Slug, subject, emails is [{ Length: <= LongestText } email] ? email : null, isVerified,
            name is { Length: > 0 } ? name[..Math.Min(name.Length, 80)] : null, groups is { Length: > MostGroups } ? null : groups,
            Time(principal.FindFirstValue("auth_time")));
    }

    /// <summary>Reads what <see cref="ToPrincipal"/> wrote.</summary>
    public static ExternalPerson? Read(ClaimsPrincipal? principal) =>
        principal?.FindFirstValue("provider") is { } provider && principal.FindFirstValue("sub") is { } subject
            ? new ExternalPerson(provider, subject, principal.FindFirstValue("email"), principal.HasClaim("verified", "1"),
                principal.FindFirstValue("name"),
                principal.HasClaim("groups-known", "1") ? [.. principal.FindAll("group").Select(c => c.Value)] : null,
                Time(principal.FindFirstValue("proved")))
            : null;

    /// <summary>Writes it into a principal, for the cookie that lasts until the sign-in is finished.</summary>
    public ClaimsPrincipal ToPrincipal()
    {
        var claims = new List<Claim> { new("provider", Provider), new("sub", Subject), new("verified", IsVerified ? "1" : "0") };
        if (Email is not null)
        {
            claims.Add(new("email", Email));
        }

        if (Name is not null)
        {
            claims.Add(new("name", Name));
        }

        if (ProvedAt is { } proved)
        {
            claims.Add(new("proved", proved.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        }

        if (Groups is not null)
        {
            claims.Add(new("groups-known", "1"));
            claims.AddRange(Groups.Select(g => new Claim("group", g)));
        }

        return new ClaimsPrincipal(new ClaimsIdentity(claims, "OpenId"));
    }

    // Seconds since 1970, after OpenID Connect Core 1.0 section 2; what no calendar has is no time.
    private static DateTimeOffset? Time(string? seconds) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var s)
            && s <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(s) : null;

    // Microsoft Entra names the claim here, instead of its values, where somebody is in more groups than fit a token.
    private static bool AreWhole(ClaimsPrincipal principal, string claim) =>
        !principal.HasClaim("hasgroups", "true")
        && principal.FindFirstValue("_claim_names")?.Contains($"\"{claim}\"", StringComparison.Ordinal) != true;
}
