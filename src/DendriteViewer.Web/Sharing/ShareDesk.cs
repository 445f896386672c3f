using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Embedding;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Tours;

namespace DendriteViewer.Web.Sharing;

/// <summary>A link that was made.</summary>
/// <param name="Address">
/// The whole address where the server's is configured, else the path, which the browser's own address completes.
/// </param>
/// <param name="Embed">The address that other sites show in a frame, likewise; null where none may.</param>
/// <param name="State">Of a frozen link: the dataset in the state that it keeps; else null.</param>
public sealed record MadeLink(string Address, string? Embed, Dataset? State)
{
    /// <summary>The line by which the state is cited; null of a link that follows the dataset.</summary>
    public string? Citation => State is { Kept: FrozenState kept } ? kept.Citation(State, Address) : null;

    /// <summary>When it ends by itself, Unix milliseconds; null for never.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>
    /// Of a copy: the sites that may show the link that it is of, and may not show the copy, since the server's configuration does not name
    /// them any more.
    /// </summary>
    public IReadOnlyList<string> Dropped { get; init; } = [];
}

/// <summary>What the share dialog does, for people who may share the dataset; the right is asked about each time.</summary>
/// <param name="links">The links.</param>
/// <param name="access">Who may.</param>
/// <param name="audit">Told of what was done.</param>
/// <param name="options">Which sites may show links at all.</param>
/// <param name="address">Where people reach the server, where that is configured.</param>
/// <param name="tours">The tours of datasets, which frames may play.</param>
public sealed class ShareDesk(
    ShareLinks links, DatasetAccess access, AuditLog audit, DendriteOptions options, PublicAddress? address = null,
    TourStore? tours = null)
{
    /// <summary>The sites that may show links in frames, of which each link chooses.</summary>
    public IReadOnlyList<string> EmbedOrigins => options.EmbedOrigins;

    /// <summary>The dataset's links, or null where the person may not share it.</summary>
    public async Task<IReadOnlyList<ListedLink>?> ListAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct = default) =>
        await MayAsync(user, dataset, ct) ? await links.ListAsync(dataset.Identity, ct) : null;

    /// <summary>The line by which a frozen state is cited that somebody looks at; null of the dataset as it is.</summary>
    /// <param name="user">Who looks; a guest cites the link by which they came.</param>
    /// <param name="shown">What they see.</param>
    /// <param name="complete">Makes an address of a path where the server's is not configured: that of the browser.</param>
    public string? CitationOf(ClaimsPrincipal user, Dataset shown, Func<string, string> complete)
    {
        if (shown.Kept is not FrozenState kept)
        {
            return null;
        }

        var path = FrozenLinks.PathOf(user, shown, kept);
        return kept.Citation(shown, address?.Of(path) ?? complete(path));
    }

    /// <summary>How long the address of a frozen state works that somebody looks at, as a sentence; null of the dataset as it is.</summary>
    public async Task<string?> EndOfStateAsync(Dataset shown, CancellationToken ct = default) =>
        shown.Kept is FrozenState kept ? FrozenState.EndText(await links.EndOfStateAsync(kept.Id, ct)) : null;

    /// <summary>Whether somebody may see the dataset as it is now, and not only a frozen state of it.</summary>
    public async Task<bool> SeesPresentAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct = default) =>
        await access.GrantAsync(user, dataset.Identity, ct) is { Frozen: null };

    /// <summary>The tours that a frame of another site can play; none of a frozen state, which plays none.</summary>
    public async Task<IReadOnlyList<TourItem>> ToursAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct = default) =>
        tours is not null && dataset.Kept is null ? (await tours.ListAsync(user, dataset.Identity, ct)).Items : [];

    /// <summary>Makes a link to a view.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="dataset">What is shared.</param>
    /// <param name="role">What the link's holder may do.</param>
    /// <param name="name">What the link is called.</param>
    /// <param name="days">How long it is open; 0 for no end.</param>
    /// <param name="query">The view.</param>
    /// <param name="choices">What else was chosen.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The link, or null where the person may not share the dataset.</returns>
    /// <exception cref="ArgumentException">What was chosen does not go together, or a site is not among those that may.</exception>
    public async Task<MadeLink?> CreateAsync(ClaimsPrincipal user, Dataset dataset, DatasetRole role, string name, int days, string query,
        LinkChoices choices, CancellationToken ct = default)
    {
        if (!await MayAsync(user, dataset, ct))
        {
            return null;
        }

        if ((choices.EmbedOrigins ?? []).FirstOrDefault(o => !options.EmbedOrigins.Contains(o)) is { } unknown)
        {
            throw new ArgumentException($"{unknown} is not among the sites that may show links; Dendrite:EmbedOrigins names those.");
        }

        var (link, token) = await links.CreateAsync(
            dataset, role, name, LifetimeOf(days), query, user.PersonOf().Key, ct, choices,
            made => audit.NewEntry(AuditKind.Link, user.PersonOf(), $"made the {NameOf(made)} as {RoleSelect.NameOf(role)}, {EndOf(days)}"
                + (choices.MayEmbed ? $", and which {string.Join(" and ", choices.EmbedOrigins!)} may show" : ""),
                AuditSubject.Of(dataset, made.Id.ToString())));
        return Made(token, choices.MayEmbed, await links.StateOfAsync(link, dataset, ct)) with { ExpiresAt = link.ExpiresAt };
    }

    /// <summary>Makes a link of one's own that shows what another shows; null where the person may not share the dataset.</summary>
    /// <exception cref="ArgumentException">The other is gone, or nothing is left of what it kept.</exception>
    public async Task<MadeLink?> CopyAsync(ClaimsPrincipal user, Dataset dataset, Guid link, int days, CancellationToken ct = default)
    {
        if (!await MayAsync(user, dataset, ct))
        {
            return null;
        }

        string[] dropped = [];
        var (copy, token) = await links.CopyAsync(dataset, link, LifetimeOf(days), user.PersonOf().Key, ct, (made, of) =>
        {
            var kept = ShareLinks.OriginsOf(made.EmbedOrigins);
            dropped = [.. ShareLinks.OriginsOf(of.EmbedOrigins).Except(kept)];
            return audit.NewEntry(
                AuditKind.Link, user.PersonOf(), $"copied the {NameOf(of)} as '{made.Name}', {EndOf(days)}"
                    + (kept.Length > 0 ? $", and which {string.Join(" and ", kept)} may show" : "")
                    + (dropped.Length > 0 ? $", and which {string.Join(" and ", dropped)} may not show any more" : ""),
                AuditSubject.Of(dataset, made.Id.ToString()));
        }, options.EmbedOrigins);
        return Made(token, copy.EmbedOrigins is { Length: > 0 }, await links.StateOfAsync(copy, dataset, ct)) with
        {
            ExpiresAt = copy.ExpiresAt, Dropped = dropped,
        };
    }

    /// <summary>Has a following link show a view from now on; false where the person may not share the dataset.</summary>
    /// <exception cref="ArgumentException">The link is frozen, or not open any more.</exception>
    public async Task<bool> MoveAsync(ClaimsPrincipal user, Dataset dataset, Guid link, string query, CancellationToken ct = default)
    {
        var may = await MayAsync(user, dataset, ct);
        if (may)
        {
            await links.MoveAsync(dataset.Identity, link, query, user.NameOf(), ct, of => audit.NewEntry(
                AuditKind.Link, user.PersonOf(), $"moved the {NameOf(of)} to another view", AuditSubject.Of(dataset, link.ToString())));
        }

        return may;
    }

    /// <summary>Where a link pointed before, or nothing where the person may not share the dataset.</summary>
    public async Task<IReadOnlyList<LinkMove>> MovesAsync(
        ClaimsPrincipal user, Dataset dataset, Guid link, CancellationToken ct = default) =>
        await MayAsync(user, dataset, ct) ? await links.MovesAsync(dataset.Identity, link, ct) : [];

    /// <summary>Ends a link; false where the person may not share the dataset.</summary>
    public async Task<bool> RevokeAsync(ClaimsPrincipal user, Dataset dataset, ShareLink link, CancellationToken ct = default)
    {
        var may = await MayAsync(user, dataset, ct);
        if (may)
        {
            await links.RevokeAsync(dataset.Identity, link.Id, ct, audit.NewEntry(
                AuditKind.Link, user.PersonOf(), $"revoked the {NameOf(link)}", AuditSubject.Of(dataset, link.Id.ToString())));
        }

        return may;
    }

    /// <summary>What the audit log calls a link.</summary>
    internal static string NameOf(ShareLink link) =>
        $"{(link.Kind == LinkKind.Frozen ? "frozen link" : "link")}{(link.IsOneTime ? " that works once" : "")} '{link.Name}'";

    private static string EndOf(int days) => days > 0 ? $"for {days} days" : "without an end";

    private static TimeSpan? LifetimeOf(int days) => days > 0 ? TimeSpan.FromDays(days) : null;

    private async Task<bool> MayAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct) =>
        await access.RoleAsync(user, dataset.Identity, ct) >= DatasetAccess.Sharing;

    private MadeLink Made(string token, bool mayEmbed, Dataset? state) =>
        new(Whole("/s/" + token), mayEmbed ? Whole(EmbedPage.PathOf(token)) : null, state);

    private string Whole(string path) => address?.Of(path) ?? path;
}
