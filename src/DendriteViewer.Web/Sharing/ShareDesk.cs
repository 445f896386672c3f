using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Embedding;
using DendriteViewer.Web.Hosting;

namespace DendriteViewer.Web.Sharing;

/// <summary>A link that was made.</summary>
/// <param name="Address">
/// The whole address where the server's is configured, else the path, which the browser's own address completes.
/// </param>
/// <param name="Embed">The address that other sites show in a frame, likewise; null where none may.</param>
public sealed record MadeLink(string Address, string? Embed);

/// <summary>What the share dialog does, for people who may share the dataset; the right is asked about each time.</summary>
/// <param name="links">The links.</param>
/// <param name="access">Who may.</param>
/// <param name="audit">Told of what was done.</param>
/// <param name="options">Which sites may show links at all.</param>
/// <param name="address">Where people reach the server, where that is configured.</param>
public sealed class ShareDesk(
    ShareLinks links, DatasetAccess access, AuditLog audit, DendriteOptions options, PublicAddress? address = null)
{
    /// <summary>The sites that may show links in frames, of which each link chooses.</summary>
    public IReadOnlyList<string> EmbedOrigins => options.EmbedOrigins;

    /// <summary>The dataset's links, or null where the person may not share it.</summary>
    public async Task<IReadOnlyList<ListedLink>?> ListAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct = default) =>
        await MayAsync(user, dataset, ct) ? await links.ListAsync(dataset.Identity, ct) : null;

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

        var kind = choices.Kind == LinkKind.Frozen ? "frozen link" : choices.IsOneTime ? "link that works once" : "link";
        var (_, token) = await links.CreateAsync(
            dataset, role, name, LifetimeOf(days), query, user.PersonOf().Key, ct, choices,
            made => audit.NewEntry(AuditKind.Link, user.PersonOf(), $"made the {kind} '{made.Name}' as {RoleSelect.NameOf(role)}, "
                + (days > 0 ? $"for {days} days" : "without an end")
                + (choices.MayEmbed ? $", and which {string.Join(" and ", choices.EmbedOrigins!)} may show" : ""),
                AuditSubject.Of(dataset, made.Id.ToString())));
        return Made(token, choices.MayEmbed);
    }

    /// <summary>Makes a link of one's own that shows what another shows; null where the person may not, or the other is gone.</summary>
    public async Task<MadeLink?> CopyAsync(ClaimsPrincipal user, Dataset dataset, Guid link, int days, CancellationToken ct = default)
    {
        if (!await MayAsync(user, dataset, ct)
            || await links.CopyAsync(dataset, link, LifetimeOf(days), user.PersonOf().Key, ct) is not { } copy)
        {
            return null;
        }

        await RecordAsync(user, dataset, copy.Link.Id, $"made the link '{copy.Link.Name}'", ct);
        return Made(copy.Token, mayEmbed: false);
    }

    /// <summary>Has a following link show a view from now on; false where the person may not share the dataset.</summary>
    /// <exception cref="ArgumentException">The link is frozen, or not open any more.</exception>
    public async Task<bool> MoveAsync(ClaimsPrincipal user, Dataset dataset, Guid link, string query, CancellationToken ct = default)
    {
        var may = await MayAsync(user, dataset, ct);
        if (may)
        {
            await links.MoveAsync(dataset.Identity, link, query, user.NameOf(), ct);
            await RecordAsync(user, dataset, link, "moved a link to another view", ct);
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
            await links.RevokeAsync(dataset.Identity, link.Id, ct);
            await RecordAsync(user, dataset, link.Id, $"revoked the link '{link.Name}'", ct);
        }

        return may;
    }

    private Task RecordAsync(ClaimsPrincipal user, Dataset dataset, Guid link, string detail, CancellationToken ct) =>
        audit.RecordAsync(AuditKind.Link, user.PersonOf(), detail, AuditSubject.Of(dataset, link.ToString()), ct);

    private static TimeSpan? LifetimeOf(int days) => days > 0 ? TimeSpan.FromDays(days) : null;

    private async Task<bool> MayAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct) =>
        await access.RoleAsync(user, dataset.Identity, ct) >= DatasetAccess.Sharing;

    private MadeLink Made(string token, bool mayEmbed) => new(Whole("/s/" + token), mayEmbed ? Whole(EmbedPage.PathOf(token)) : null);

    private string Whole(string path) => address?.Of(path) ?? path;
}
