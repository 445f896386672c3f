namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>Somebody who asks, one of each kind that there is.</summary>
/// <param name="Name">The kind, as the table's columns are called.</param>
/// <param name="Person">The name of the account; null of who has none.</param>
public sealed record Visitor(string Name, string? Person = null)
{
    /// <summary>The columns of the table in their order, and what each of them means.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning)> Kinds =
    [
        ("anonymous", "has no cookie"),
        ("public", "has no account and no link, and asks while the dataset is open to everybody"),
        ("stranger", "is signed in, and a member of nothing"),
        ("viewer", "is a member who may look"),
        ("annotator", "is a member who may annotate"),
        ("curator", "is a member who may import and share"),
        ("owner", "is a member who may delete"),
        ("admin", "is an administrator, and a member of nothing"),
        ("look-link", "came by a link to look"),
        ("mark-link", "came by a link to annotate"),
        ("two-links", "came by a link to look, and had taken one to annotate that works once"),
        ("expired", "came by a link to annotate that ended since"),
        ("revoked", "came by a link to annotate that was revoked since"),
        ("demoted", "came by a link to annotate whose maker may not share any more"),
        ("orphaned", "came by a link to annotate whose maker's account was removed since"),
        ("removed", "was an owner whose account was removed since"),
        ("disabled", "was an owner whose account was disabled since"),
        ("token", "is a program with an owner's access token of the scopes read and annotate"),
        ("foreign-token", "is a program with the access token, of all scopes, of who is a member of nothing"),
    ];

    /// <summary>The cookies that the browser sends, as a header.</summary>
    public string Cookies { get; set; } = "";

    /// <summary>The access token that a program sends; null of a browser.</summary>
    public string? AccessToken { get; init; }

    /// <summary>The account; null of who has none.</summary>
    public Guid? Account { get; init; }

    /// <summary>A link's token: their own, or one that is open.</summary>
    public string Token { get; set; } = "";

    /// <summary>That link.</summary>
    public Guid Link { get; init; }

    /// <summary>A bookmark: their own, or of who has no account one that somebody shares.</summary>
    public Guid Bookmark { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>What became of a request.</summary>
public enum Outcome
{
    /// <summary>It was done.</summary>
    Yes,

    /// <summary>It was refused, and said to be.</summary>
    No,

    /// <summary>It was answered as if there were nothing at that address.</summary>
    Hidden,

    /// <summary>Whoever asked was told to sign in.</summary>
    SignIn,

    /// <summary>Whoever asked was told that the link is not open any more.</summary>
    Ended,
}
