namespace DendriteViewer.Web.Administration;

/// <summary>A page of a table.</summary>
/// <typeparam name="T">What a row is of.</typeparam>
/// <param name="Items">Its rows.</param>
/// <param name="Total">How many rows the whole table has.</param>
public sealed record AdminPage<T>(IReadOnlyList<T> Items, int Total);

/// <summary>A dataset as administrators see it.</summary>
/// <param name="Identity">Which it is.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Owners">Names of its owners.</param>
/// <param name="Members">How many have a role by an account of their own.</param>
/// <param name="Links">How many links to it were made and not revoked.</param>
/// <param name="StoredBytes">What it takes in the store; null where the store does not answer.</param>
/// <param name="OpenedAt">When somebody opened its viewer last, Unix milliseconds, to within minutes; null where nobody has yet.</param>
public sealed record AdminDataset(
    string Identity, string Id, string Name, IReadOnlyList<string> Owners, int Members, int Links, long? StoredBytes, long? OpenedAt);

/// <summary>A link as administrators see it.</summary>
/// <param name="Link">The link.</param>
/// <param name="Maker">Who made it.</param>
/// <param name="End">Why it lets nobody in; null while it is open.</param>
public sealed record AdminLink(Sharing.ShareLink Link, string Maker, Sharing.LinkEnd? End);

/// <summary>A session as administrators see it.</summary>
/// <param name="Session">The session.</param>
/// <param name="Name">Whose it is.</param>
/// <param name="Email">Their e-mail.</param>
public sealed record AdminSession(Accounts.Sessions.AccountSession Session, string Name, string? Email);
