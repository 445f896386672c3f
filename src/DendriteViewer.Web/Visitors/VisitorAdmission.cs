using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using Microsoft.AspNetCore.Authentication;

namespace DendriteViewer.Web.Visitors;

/// <summary>
/// Makes a visitor of somebody who has neither account nor link, but only where there is something for everybody: the list of datasets
/// while one is public, and what belongs to a dataset that is public now. Everywhere else they are nobody, and are told to sign in. What a
/// visitor may do is decided by <see cref="DatasetAccess"/>, as for all others.
/// </summary>
public sealed class VisitorAdmission(DatasetAccess access)
{
    /// <summary>The visitor that asks, or null for nobody.</summary>
    public async Task<ClaimsPrincipal?> AdmitAsync(HttpContext context)
    {
        var (path, ct) = (context.Request.Path, context.RequestAborted);
        var known = (await context.AuthenticateAsync(AccountsRegistration.VisitorScheme)).Principal;

        // The connections of a page carry its cookie, so that the page and its connections are one visitor.
        if (path.StartsWithSegments("/_blazor") || path.StartsWithSegments("/hubs"))
        {
            return known is not null && await access.IsAnythingPublicAsync(ct) ? known : null;
        }

        var isList = path == "/" || path == "/api/datasets";
        if (!(isList ? await access.IsAnythingPublicAsync(ct) : await IsPublicAsync(path, ct)))
        {
            return null;
        }

        if (known is null)
        {
            known = New();
            if (!path.StartsWithSegments("/api"))
            {
                await context.SignInAsync(AccountsRegistration.VisitorScheme, known);
            }
        }

        return known;
    }

    private static ClaimsPrincipal New() => new(new ClaimsIdentity(
        [new(DendriteClaims.Visitor, Guid.NewGuid().ToString("N"))], AccountsRegistration.VisitorScheme));

    private async Task<bool> IsPublicAsync(PathString path, CancellationToken ct) =>
        DatasetOf(path) is { } id && await access.LastKnownAsync(id, ct) is { } identity && await access.IsPublicAsync(identity, ct);

    // Of /d/ID, /report/ID and what lies below /api/datasets/ID.
    private static DatasetId? DatasetOf(PathString path)
    {
        foreach (var start in new[] { "/d", "/report", "/api/datasets" })
        {
            if (path.StartsWithSegments(start, out var rest) && rest.Value is { Length: > 1 } below)
            {
                return DatasetId.TryParse(below[1..].Split('/')[0], out var id) ? id : null;
            }
        }

        return null;
    }
}
