using System.Net;

namespace DendriteViewer.Web.OpenId;

/// <summary>One identity provider by which people sign in: an entry of <c>Dendrite:OpenId</c>.</summary>
public sealed class OpenIdOptions
{
    /// <summary>What the button says, as Keycloak; 1 to 40 characters, each provider another one.</summary>
    public string Name { get; init; } = "";

    /// <summary>
    /// The issuer, as https://login.example.org/realms/lab; what it calls itself in its discovery document and in its tokens, or nobody
    /// signs in.
    /// </summary>
    public string Issuer { get; init; } = "";

    /// <summary>This server's id at the provider.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>This server's secret at the provider. Default: none, or what <see cref="ClientSecretFile"/> holds.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>A file that holds the secret and nothing else. Default: none.</summary>
    public string? ClientSecretFile { get; init; }

    /// <summary>What is asked for beside "openid". Default: profile and email.</summary>
    public string[]? Scopes { get; init; }

    /// <summary>
    /// The claim that says whether the provider has verified the e-mail: true, or it links nothing. Default: email_verified.
    /// </summary>
    public string EmailVerifiedClaim { get; init; } = "email_verified";

    /// <summary>The claim that lists a person's groups. Default: none; groups are then made by hand.</summary>
    public string? GroupsClaim { get; init; }

    /// <summary>
    /// Whether who has no account gets one by signing in. Default: false; an account with the same verified e-mail must be there, or an
    /// open invitation to a dataset for it.
    /// </summary>
    public bool NewAccounts { get; init; }

    /// <summary>
    /// Domains of e-mails that are linked to accounts, or get new ones, as example.org; subdomains are others. Default: all.
    /// </summary>
    public string[] Domains { get; init; } = [];

    /// <summary>The name as it stands in addresses.</summary>
    public string Slug => new([.. Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);

    /// <summary>The authentication scheme.</summary>
    public string Scheme => "openid-" + Slug;

    /// <summary>Where the provider sends the browser back to; what is registered there.</summary>
    public string CallbackPath => $"/account/openid/{Slug}/callback";

    /// <summary>The issuer without a slash at its end, under which logins are kept: that of a token may have one.</summary>
    public string IssuerKey => Issuer.TrimEnd('/');

    /// <summary>The secret, or null where there is none.</summary>
    /// <exception cref="StartupException">The file cannot be read.</exception>
    public string? ReadSecret()
    {
        if (ClientSecretFile is null)
        {
            return string.IsNullOrEmpty(ClientSecret) ? null : ClientSecret;
        }

        try
        {
            return File.ReadAllText(ClientSecretFile).Trim() is { Length: > 0 } secret ? secret
                : throw new StartupException($"The file {ClientSecretFile} of {Name}'s client secret is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The file {ClientSecretFile} of {Name}'s client secret cannot be read; name another in Dendrite:OpenId.", e);
        }
    }

    /// <summary>Every value of all providers that cannot be, each as one sentence.</summary>
    public static IEnumerable<string> Problems(OpenIdOptions[] all)
    {
        foreach (var (p, i) in all.Select((p, i) => (p, i)))
        {
            var at = $"Dendrite:OpenId:{i}";
            if (p.Name.Trim().Length is 0 or > 40 || p.Name.Any(char.IsControl) || !p.Name.Any(char.IsAsciiLetterOrDigit))
            {
                yield return $"{at}:Name is '{p.Name}'; give 1 to 40 characters with a letter or digit among them.";
            }

            if (p.Slug is "link" or "finish")
            {
                yield return $"{at}:Name is '{p.Name}', which stands in an address of this server's own; give another name.";
            }

            if (all.Take(i).Any(o => o.Slug == p.Slug))
            {
                yield return $"{at}:Name is '{p.Name}', as another provider's is; give each a name of its own.";
            }

            if (!Uri.TryCreate(p.Issuer, UriKind.Absolute, out var issuer) || issuer.Query.Length > 0 || issuer.Fragment.Length > 0
                || !(issuer.Scheme == Uri.UriSchemeHttps || (issuer.Scheme == Uri.UriSchemeHttp && IsLoopback(issuer.Host))))
            {
                yield return $"{at}:Issuer is '{p.Issuer}'; give the provider's issuer, as https://login.example.org/realms/lab.";
            }
            else if (all.Take(i).Any(o => o.IssuerKey == p.IssuerKey))
            {
                yield return $"{at}:Issuer is '{p.Issuer}', as another provider's is; give each issuer once.";
            }

            if (string.IsNullOrWhiteSpace(p.ClientId))
            {
                yield return $"{at}:ClientId is empty; give the id that the provider gave this server.";
            }

            if (!string.IsNullOrEmpty(p.ClientSecret) && p.ClientSecretFile is not null)
            {
                yield return $"{at} has both ClientSecret and ClientSecretFile; give one of them.";
            }

            if (string.IsNullOrWhiteSpace(p.EmailVerifiedClaim))
            {
                yield return $"{at}:EmailVerifiedClaim is empty; name the claim, or leave it out for email_verified.";
            }

            foreach (var domain in p.Domains.Where(d => Uri.CheckHostName(d) != UriHostNameType.Dns || d.Contains('@')))
            {
                yield return $"{at}:Domains names '{domain}'; give domains such as example.org.";
            }
        }
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var ip)
        && IPAddress.IsLoopback(ip));
}
