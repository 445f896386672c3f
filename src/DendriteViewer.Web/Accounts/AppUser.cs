using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.Accounts;

/// <summary>A person with an account.</summary>
public sealed class AppUser : IdentityUser<Guid>
{
    /// <summary>What others see.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>May do everything, and makes accounts.</summary>
    public bool IsAdministrator { get; set; }

    /// <summary>When the account was disabled, Unix milliseconds; null while it may be used.</summary>
    public long? DisabledAt { get; set; }

    /// <summary>The half minute, counted from 1970, whose code was used last as second factor: no code is taken twice.</summary>
    public long LastCodeStep { get; set; }

    /// <summary>Whether the person wants no mail when a comment names them.</summary>
    public bool WantsNoMentionMails { get; set; }
}

/// <summary>What somebody may do with a dataset; each includes those before.</summary>
public enum DatasetRole
{
    /// <summary>Look.</summary>
    View,

    /// <summary>Look and annotate.</summary>
    Annotate,

    /// <summary>Also import and share.</summary>
    Curate,

    /// <summary>Also delete and choose members.</summary>
    Own,
}

/// <summary>One person's role in one dataset.</summary>
public sealed class DatasetMember
{
    /// <summary>The dataset's identity.</summary>
    public required string DatasetIdentity { get; set; }

    /// <summary>The account.</summary>
    public Guid UserId { get; set; }

    /// <summary>What the person may do.</summary>
    public DatasetRole Role { get; set; }
}
