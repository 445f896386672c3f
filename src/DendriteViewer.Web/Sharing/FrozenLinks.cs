using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Sharing;

/// <summary>
/// Which state of a dataset somebody looks at: who came by a frozen link alone sees the state that it keeps, wherever they look; others see
/// it where the address names the link.
/// </summary>
public sealed class FrozenLinks(IDbContextFactory<DendriteDb> database, DatasetAccess access, FrozenStates states)
{
    /// <summary>Field of an address that names a frozen link by its id, which is no secret.</summary>
    public const string Field = "frozen";

    /// <summary>The dataset as somebody sees it, or null where the address names a frozen link that is not open to them.</summary>
    /// <param name="user">Who looks.</param>
    /// <param name="grant">What they may do.</param>
    /// <param name="now">The dataset as it is published now.</param>
    /// <param name="query">The address's query, or null.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Dataset?> SeenAsync(ClaimsPrincipal user, DatasetGrant grant, Dataset now, string? query, CancellationToken ct)
    {
        if (grant.Frozen is { } only)
        {
            return await states.OpenAsync(IdIn(query) is { } asked && grant.OtherFrozen.Contains(asked) ? asked : only, now, ct);
        }

        return IdIn(query) is not { } id ? now
            : await MaySeeAsync(user, grant, now, id, ct) ? await states.OpenAsync(id, now, ct) : null;
    }

    /// <summary>
    /// The query of the view that a link opens. That of a frozen one names the link, so that who opens it sees what it keeps, also where
    /// they may see the dataset as it is now.
    /// </summary>
    public static string QueryOf(ShareLink link) => link.Kind == LinkKind.Frozen
        ? $"{link.Query}{(link.Query.Length > 0 ? "&" : "")}{Field}={link.Id}" : link.Query;

    /// <summary>
    /// An address of something of a dataset that a page shows: where it shows a frozen state, the address asks for that too.
    /// </summary>
    public static string AddressOf(Dataset shown, string address) => shown.Kept is not { } kept ? address
        : $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Field}={kept.Id}";

    /// <summary>Whether an address asks for a frozen state.</summary>
    public static bool IsIn(string? query) => IdIn(query) is not null;

    /// <summary>
    /// The path by which somebody sees a frozen state: that of the link, where they came by it, else one that opens it for members.
    /// </summary>
    public static string PathOf(ClaimsPrincipal user, Dataset shown, KeptState kept) =>
        user.FindFirst(DendriteClaims.LinkToken)?.Value.Split(' ') is [var id, var token] && id == kept.Id.ToString()
            ? "/s/" + token : AddressOf(shown, $"/d/{shown.Id}");

    /// <summary>A query without the name of a frozen link.</summary>
    public static string Without(string query) =>
        string.Join('&', query.Split('&').Where(p => !p.StartsWith(Field + "=", StringComparison.Ordinal)));

    private static Guid? IdIn(string? query) =>
        QueryHelpers.ParseQuery(query ?? "").TryGetValue(Field, out var text) ? Guid.TryParse(text, out var id) ? id : Guid.Empty : null;

    // Members see the kept states of their dataset, also where the link's time is over, or who made it may not share any more or is gone; a
    // guest only that of the link by which they came, while it is open. What a revoked link kept is gone.
    private async Task<bool> MaySeeAsync(ClaimsPrincipal user, DatasetGrant grant, Dataset now, Guid id, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Links.AsNoTracking().FirstOrDefaultAsync(l => l.Id == id, ct) is { Kind: LinkKind.Frozen } link
            && link.DatasetIdentity == now.Identity.Value
            && await access.EndOfAsync(link, ct) is var end
            && (grant.IsMember ? end is not LinkEnd.Revoked
                : end is null && user.HasClaim(DendriteClaims.Link, id.ToString()));
    }
}
