namespace DendriteViewer.Web.Tokens;

/// <summary>What a program may do by a token. Each is a limit: nobody may do more by a token than by their account.</summary>
[Flags]
public enum TokenScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Look at datasets, and fetch what is shown of them. Every token has it.</summary>
    Read = 1,

    /// <summary>Mark and change annotations.</summary>
    Annotate = 2,

    /// <summary>Bring data in, correct and analyse it.</summary>
    Import = 4,

    /// <summary>Delete datasets, choose members, and what administrators do.</summary>
    Manage = 8,
}

/// <summary>
/// By which a person's program asks the API instead of a browser. Its text is known to that person; here is only the hash.
/// </summary>
public sealed class PersonalToken
{
    /// <summary>Key.</summary>
    public Guid Id { get; set; }

    /// <summary>The account in whose name it asks.</summary>
    public Guid UserId { get; set; }

    /// <summary>SHA-256 of the token, hexadecimal.</summary>
    public required string Hash { get; set; }

    /// <summary>What its maker calls it.</summary>
    public required string Name { get; set; }

    /// <summary>What it may do.</summary>
    public TokenScopes Scopes { get; set; }

    /// <summary>When it was made, Unix milliseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>When it ends, Unix milliseconds.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>When it was used last, Unix milliseconds, to the minute; null where it never was.</summary>
    public long? LastUsedAt { get; set; }

    /// <summary>When it was revoked, Unix milliseconds, or null.</summary>
    public long? RevokedAt { get; set; }
}
