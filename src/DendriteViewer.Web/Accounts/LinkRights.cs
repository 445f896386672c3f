using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Sharing;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts;

/// <summary>Which links let somebody in: the part of <see cref="DatasetAccess"/> that is about links.</summary>
internal static class LinkRights
{
    /// <summary>Why a link lets nobody in now, or null while it does.</summary>
    public static async Task<LinkEnd?> EndOfAsync(DendriteDb db, ShareLink link, TimeProvider time, CancellationToken ct)
    {
        if (link.RevokedAt is not null)
        {
            return LinkEnd.Revoked;
        }

        if (link.ExpiresAt <= time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            return LinkEnd.Expired;
        }

        // Links are made by accounts only, whose keys are their ids.
        if (!Guid.TryParse(link.CreatedBy, out var maker)
            || await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == maker, ct) is not { } account)
        {
            return LinkEnd.MakerRemoved;
        }

        if (account.DisabledAt is not null)
        {
            return LinkEnd.MakerDisabled;
        }

        return account.IsAdministrator
            || (DatasetIdentity.TryParse(link.DatasetIdentity, out var dataset)
                && await DatasetAccess.MemberRoleAsync(db, maker, dataset, ct) >= DatasetAccess.Sharing) ? null : LinkEnd.MakerMayNotShare;
    }

    /// <summary>The links by which somebody came and that let them in.</summary>
    public static async Task<List<ShareLink>> OpenToAsync(DendriteDb db, ClaimsPrincipal user, TimeProvider time, CancellationToken ct)
    {
        var valid = new List<ShareLink>();
        foreach (var claim in user.FindAll(DendriteClaims.Link))
        {
            if (Guid.TryParse(claim.Value, out var id) && await db.Links.FindAsync([id], ct) is { } link
                && await EndOfAsync(db, link, time, ct) is null && IsOpenTo(user, link))
            {
                valid.Add(link);
            }
        }

        return valid;
    }

    // A one-time link is that of the guest who took it. Who sees it in another site's frame does so while it may be shown there.
    private static bool IsOpenTo(ClaimsPrincipal user, ShareLink link) =>
        (!link.IsOneTime || (link.TakenBy is { } by && user.HasClaim(DendriteClaims.GuestId, by)))
        && (link.EmbedOrigins is not null || !user.HasClaim(c => c.Type == DendriteClaims.Embedded));
}
