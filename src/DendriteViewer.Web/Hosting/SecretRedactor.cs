using System.Text.RegularExpressions;

namespace DendriteViewer.Web.Hosting;

/// <summary>
/// Takes secrets out of text: what looks like one (a link's token, a password in a connection string or an address, a cookie, a bearer
/// token), and the values that the configuration holds. It replaces too much rather than too little.
/// </summary>
public sealed partial class SecretRedactor
{
    private const string Hidden = "[redacted]";
    private const int ShortestSecret = 8;
    private volatile string[] _known = [];

    /// <summary>A redactor that knows no values, only what secrets look like.</summary>
    public static SecretRedactor Patterns { get; } = new();

    /// <summary>Hides a value from now on, wherever it stands. Short values are left out: they would hide ordinary words.</summary>
    public void Add(string? secret)
    {
        if (secret is { Length: >= ShortestSecret } && !_known.Contains(secret))
        {
            // Longest first, so that no part of a longer secret is left over.
            _known = [.. _known.Append(secret).OrderByDescending(s => s.Length)];
        }
    }

    /// <summary>Hides the secrets of a configuration section: of each value what looks like one, and values whose name says that they
    /// are.</summary>
    public void AddAll(IConfigurationSection section)
    {
        foreach (var entry in section.AsEnumerable().Where(e => e.Value is not null))
        {
            foreach (Match match in Named().Matches(entry.Value!))
            {
                Add(match.Groups["value"].Value.Trim('"', '\''));
            }

            if (SecretName().IsMatch(entry.Key))
            {
                Add(entry.Value);
            }
        }
    }

    /// <summary>The text without secrets; the same instance where there were none.</summary>
    public string Redact(string text)
    {
        foreach (var secret in _known)
        {
            text = text.Contains(secret, StringComparison.Ordinal) ? text.Replace(secret, Hidden, StringComparison.Ordinal) : text;
        }

        text = LinkPath().Replace(text, "${before}" + Hidden);
        text = Marked().Replace(text, Hidden);
        text = Query().Replace(text, "${before}" + Hidden);
        text = Named().Replace(text, "${before}" + Hidden);
        text = UserInfo().Replace(text, "${before}" + Hidden + "@");
        return Bearer().Replace(text, "${before}" + Hidden);
    }

    // /s/TOKEN, also where the address was encoded to stand in another one's query.
    [GeneratedRegex("(?<before>(?:/|%(?:25)*2f)s(?:/|%(?:25)*2f))[A-Z0-9_-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex LinkPath();

    // Links' and people's tokens carry marks of their own, as do the payloads of data protection (cookies, antiforgery tokens).
    [GeneratedRegex("(?:dv[a-z]_|CfDJ8)[A-Za-z0-9_-]{12,}")]
    private static partial Regex Marked();

    [GeneratedRegex(
        "(?<before>[?&;](?:amp;)?(?:Input\\.)?"
            + "(?:access_token|id_token|token|code|password|now|next|secret|client_secret|key|sig|signature|id)=)"
            + "[^&\\s\"'<>]+",
        RegexOptions.IgnoreCase)]
    private static partial Regex Query();

    [GeneratedRegex(
        "(?<before>\\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)\\s*=\\s*)"
            + "(?<value>\"[^\"]*\"|'[^']*'|[^;\\s\"',…]+)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    [GeneratedRegex("(?<before>://[^/\\s:@\"']{1,80}:)[^/\\s@\"']+@")]
    private static partial Regex UserInfo();

    [GeneratedRegex("(?<before>\\bBearer\\s+)[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    [GeneratedRegex("(?:Password|Secret|Token|Key)$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
