namespace DendriteViewer.Web.Accounts;

/// <summary>People who get their roles together: a dataset's member may be a group.</summary>
public sealed class PeopleGroup
{
    /// <summary>Key.</summary>
    public Guid Id { get; set; }

    /// <summary>What it is called; no two groups have the same name, whatever its case.</summary>
    public required string Name { get; set; }

    /// <summary>The name in upper case, by which it is unique.</summary>
    public required string NormalizedName { get; set; }

    /// <summary>
    /// The issuer of the identity provider whose claim says who is in the group, as <see cref="OpenId.OpenIdOptions.IssuerKey"/>, so that
    /// the provider may get another name; null where administrators alone choose.
    /// </summary>
    public string? Provider { get; set; }

    /// <summary>The value of that provider's claim for groups which means this group; null without a provider.</summary>
    public string? ClaimValue { get; set; }

    /// <summary>When it was made, Unix milliseconds.</summary>
    public long CreatedAt { get; set; }
}

/// <summary>That somebody is in a group.</summary>
public sealed class GroupMember
{
    /// <summary>By hand of an administrator, as <see cref="Source"/>.</summary>
    public const string ByHand = "";

    /// <summary>The group.</summary>
    public Guid GroupId { get; set; }

    /// <summary>The account.</summary>
    public Guid UserId { get; set; }

    /// <summary>
    /// Who said so: <see cref="ByHand"/>, or the issuer of the provider whose claim did. Each takes back only what it said itself, so that
    /// somebody may be in a group for two reasons.
    /// </summary>
    public required string Source { get; set; }
}

/// <summary>A group's role in one dataset.</summary>
public sealed class DatasetGroup
{
    /// <summary>The dataset's identity.</summary>
    public required string DatasetIdentity { get; set; }

    /// <summary>The group.</summary>
    public Guid GroupId { get; set; }

    /// <summary>What everybody in the group may do.</summary>
    public DatasetRole Role { get; set; }
}

/// <summary>A group as lists show it.</summary>
/// <param name="Id">Key.</param>
/// <param name="Name">What it is called.</param>
/// <param name="People">How many people are in it.</param>
/// <param name="Datasets">In how many datasets it has a role.</param>
/// <param name="Provider">The issuer of the identity provider whose claim fills it, or null.</param>
/// <param name="ClaimValue">The value of the claim that means this group, or null.</param>
public sealed record GroupFacts(Guid Id, string Name, int People, int Datasets, string? Provider, string? ClaimValue);

/// <summary>Somebody in a group.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">What others see.</param>
/// <param name="Email">The account's address.</param>
/// <param name="Sources">Who said that they are in it: <see cref="GroupMember.ByHand"/>, or providers' issuers.</param>
public sealed record GroupPerson(Guid Id, string Name, string? Email, IReadOnlyList<string> Sources)
{
    /// <summary>Whether an administrator put them in, and may take them out.</summary>
    public bool IsByHand => Sources.Contains(GroupMember.ByHand);
}
