namespace DendriteViewer.Web.Audit;

/// <summary>What kind of act an entry of the audit log tells of. Kept by its name, so that values may be added anywhere.</summary>
public enum AuditKind
{
    /// <summary>Somebody signed in, or proved again who they are.</summary>
    SignIn,

    /// <summary>Somebody tried to sign in and was refused.</summary>
    SignInFailed,

    /// <summary>Somebody signed out.</summary>
    SignOut,

    /// <summary>A password was changed or reset.</summary>
    Password,

    /// <summary>A second factor was set up, used up, or removed.</summary>
    SecondFactor,

    /// <summary>Sessions of an account were ended by somebody.</summary>
    Session,

    /// <summary>An account was made, renamed, disabled, enabled or removed.</summary>
    Account,

    /// <summary>A personal access token was made or revoked.</summary>
    Token,

    /// <summary>A group was made or changed.</summary>
    Group,

    /// <summary>A role in a dataset was given or taken away.</summary>
    Role,

    /// <summary>Somebody was invited, or took an invitation.</summary>
    Invitation,

    /// <summary>A dataset was opened to the public, or closed.</summary>
    Visibility,

    /// <summary>A link was made, changed or revoked.</summary>
    Link,

    /// <summary>Data were brought in.</summary>
    Import,

    /// <summary>Data were given out.</summary>
    Export,

    /// <summary>What an analysis found was corrected: interface, outline, masks, placements.</summary>
    Correction,

    /// <summary>A dataset, or something in it, was deleted.</summary>
    Deletion,

    /// <summary>Annotations were restored to what they had been, or many were changed at once.</summary>
    Annotation,

    /// <summary>What people say of a dataset, or how its annotations are described, was changed.</summary>
    Description,
}

/// <summary>
/// One act that matters: who did what, when, from where, to which dataset. Entries are added and never changed; none holds a secret.
/// </summary>
public sealed class AuditEntry
{
    /// <summary>Key, in the order in which entries were added.</summary>
    public long Id { get; set; }

    /// <summary>When it was done, Unix milliseconds.</summary>
    public long At { get; set; }

    /// <summary>What was done.</summary>
    public AuditKind Kind { get; set; }

    /// <summary>Key of the account or link that did it; empty where nobody was signed in.</summary>
    public required string PersonKey { get; set; }

    /// <summary>What that person was called then.</summary>
    public required string PersonName { get; set; }

    /// <summary>The network address that the act came from, where it is known.</summary>
    public string? Address { get; set; }

    /// <summary>The identity of the dataset that it concerns, or null.</summary>
    public string? DatasetIdentity { get; set; }

    /// <summary>The id that the dataset had then, or null.</summary>
    public string? DatasetId { get; set; }

    /// <summary>Key of what it was done to, beside the dataset: an account's or a link's, say.</summary>
    public string? Subject { get; set; }

    /// <summary>What was done, one plain sentence without its end.</summary>
    public required string Detail { get; set; }
}
