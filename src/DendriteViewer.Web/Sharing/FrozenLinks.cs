using System.Globalization;
using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Sharing;

/// <summary>
/// Which state of a dataset somebody looks at: who came by a frozen link alone sees the state that it keeps, wherever they look; others see
/// it where the address names the link, and the annotations as they were where the address names an entry of the journal.
/// </summary>
/// <param name="database">Where links are kept.</param>
/// <param name="access">Which links are open, and to whom.</param>
/// <param name="states">What frozen links keep.</param>
/// <param name="past">Annotations as they were; null where addresses that ask for them are refused.</param>
public sealed class FrozenLinks(
    IDbContextFactory<DendriteDb> database, DatasetAccess access, FrozenStates states, PastStates? past = null)
{
    /// <summary>Field of an address that names a frozen link by its id, which is no secret.</summary>
    public const string Field = "frozen";

    /// <summary>
    /// The dataset as somebody sees it, or null where the address names a frozen link or an earlier state that is not open to them.
    /// </summary>
    /// <param name="user">Who looks.</param>
    /// <param name="grant">What they may do.</param>
    /// <param name="now">The dataset as it is published now.</param>
    /// <param name="query">The address's query, or null.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">The address names an entry that the journal has not, or two states.</exception>
    public async Task<Dataset?> SeenAsync(ClaimsPrincipal user, DatasetGrant grant, Dataset now, string? query, CancellationToken ct)
    {
        if (grant.Frozen is { } only)
        {
            return await states.OpenAsync(IdIn(query) is { } asked && grant.OtherFrozen.Contains(asked) ? asked : only, now, ct);
        }

        if (PastStates.IsIn(query))
        {
            return !grant.SeesLog || past is null ? null
                : !IsIn(query) ? await past.OpenAsync(grant, now, query, ct)
                : throw new ArgumentException("The address names a frozen state and a revision; it shows one of them. Take one out.");
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
    /// An address of something of a dataset that a page shows: where it shows an earlier state, the address asks for that too.
    /// </summary>
    public static string AddressOf(Dataset shown, string address) => shown.Kept is not { } kept ? address
        : $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{PartOf(kept)}";

    /// <summary>What an address says to ask for an earlier state: frozen=ID, or revision=812.</summary>
    public static string PartOf(KeptState kept) => kept is PastState then
        ? string.Create(CultureInfo.InvariantCulture, $"{PastStates.Field}={then.Number}") : $"{Field}={kept.Id}";

    /// <summary>Whether an address asks for a frozen state.</summary>
    public static bool IsIn(string? query) => IdIn(query) is not null;

    /// <summary>
    /// The path by which somebody sees a frozen state: that of the link, where they came by it, else one that opens it for members.
    /// </summary>
    public static string PathOf(ClaimsPrincipal user, Dataset shown, KeptState kept) =>
        user.FindFirst(DendriteClaims.LinkToken)?.Value.Split(' ') is [var id, var token] && id == kept.Id.ToString()
            ? "/s/" + token : AddressOf(shown, $"/d/{shown.Id}");

    /// <summary>A query without the name of a frozen link or of an earlier state.</summary>
    public static string Without(string query) => string.Join('&', query.Split('&').Where(p =>
        !p.StartsWith(Field + "=", StringComparison.Ordinal) && !p.StartsWith(PastStates.Field + "=", StringComparison.Ordinal)));

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
