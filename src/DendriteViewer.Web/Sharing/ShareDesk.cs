using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Hosting;

namespace DendriteViewer.Web.Sharing;

/// <summary>What the share dialog does, for people who may share the dataset; the right is asked about each time.</summary>
/// <param name="links">The links.</param>
/// <param name="access">Who may.</param>
/// <param name="audit">Told of what was done.</param>
/// <param name="address">Where people reach the server, where that is configured.</param>
public sealed class ShareDesk(ShareLinks links, DatasetAccess access, AuditLog audit, PublicAddress? address = null)
{
    /// <summary>The dataset's links, or null where the person may not share it.</summary>
    public async Task<IReadOnlyList<ListedLink>?> ListAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct = default)
    {
        return await access.RoleAsync(user, dataset.Identity, ct) >= DatasetAccess.Sharing
            ? await links.ListAsync(dataset.Identity, ct) : null;
    }

    /// <summary>Makes a link to a view.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="dataset">What is shared.</param>
    /// <param name="role">What the link's holder may do.</param>
    /// <param name="name">What the link is called.</param>
    /// <param name="days">How long it is open; 0 for no end.</param>
    /// <param name="query">The view.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>
    /// The link: the whole address where the server's is configured, else the path, which the browser's own address completes. Null where
    /// the person may not share the dataset.
    /// </returns>
    public async Task<string?> CreateAsync(
        ClaimsPrincipal user, Dataset dataset, DatasetRole role, string name, int days, string query, CancellationToken ct = default)
    {
        if (!(await access.RoleAsync(user, dataset.Identity, ct) >= DatasetAccess.Sharing))
        {
            return null;
        }

        TimeSpan? lifetime = days > 0 ? TimeSpan.FromDays(days) : null;
        await audit.RecordAsync(AuditKind.Link, user.PersonOf(), $"made the link '{name.Trim()}', which {RoleSelect.NameOf(role)}, "
            + (days > 0 ? $"for {days} days" : "without an end"), AuditSubject.Of(dataset), ct);
        var (_, token) = await links.CreateAsync(dataset, role, name, lifetime, query, user.PersonOf().Key, ct);
        return address?.Of("/s/" + token) ?? "/s/" + token;
    }

    /// <summary>Ends a link; false where the person may not share the dataset.</summary>
    public async Task<bool> RevokeAsync(ClaimsPrincipal user, Dataset dataset, ShareLink link, CancellationToken ct = default)
    {
        if (!(await access.RoleAsync(user, dataset.Identity, ct) >= DatasetAccess.Sharing))
        {
            return false;
        }

        await links.RevokeAsync(dataset.Identity, link.Id, ct);
        await audit.RecordAsync(
            AuditKind.Link, user.PersonOf(), $"revoked the link '{link.Name}'", AuditSubject.Of(dataset, link.Id.ToString()), ct);
        return true;
    }
}
