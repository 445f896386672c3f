using System.Security.Claims;
using System.Text.Json;
using DendriteViewer.Web.Accounts;
using Microsoft.AspNetCore.DataProtection;

namespace DendriteViewer.Web.Embedding;

/// <summary>
/// What stands in the page of a frame in place of a cookie. Browsers keep cookies from frames of other sites, so the page gives its ticket
/// to the frame hub itself: it says by which link the guest came, as the link's cookie does, and every right is asked of the database.
/// Nothing else of the server takes it.
/// </summary>
public sealed class EmbedTickets(IDataProtectionProvider protection, DendriteOptions options)
{
    private const string Mark = "dve_";
    private readonly IDataProtector _protector = protection.CreateProtector("DendriteViewer.Embedding.v1");

    /// <summary>A ticket for a page that shows a link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="name">What others call the guest.</param>
    /// <param name="origins">The sites that may show it.</param>
    public string Issue(Guid link, string name, IReadOnlyList<string> origins) =>
        Mark + _protector.Protect(JsonSerializer.Serialize(new Ticket(link, Guid.NewGuid(), name, origins)));

    /// <summary>Who sees a link in a frame.</summary>
    /// <param name="link">The link.</param>
    /// <param name="guest">Tells this guest from others.</param>
    /// <param name="name">What others call the guest.</param>
    internal static ClaimsPrincipal GuestOf(Guid link, Guid guest, string name) => new(new ClaimsIdentity(
        [
            new(DendriteClaims.Link, link.ToString()), new(DendriteClaims.GuestId, guest.ToString("N")),
            new(DendriteClaims.Guest, name), new(DendriteClaims.Embedded, "1"),
        ],
        AccountsRegistration.LinkScheme));

    /// <summary>Who asks by a ticket, on the way to the frame hub; null where there is none, or none that counts.</summary>
    public ClaimsPrincipal? Read(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/hubs/frames") || TextOf(context.Request) is not { } text)
        {
            return null;
        }

        try
        {
            var ticket = JsonSerializer.Deserialize<Ticket>(_protector.Unprotect(text[Mark.Length..]));
            return ticket is null || !ticket.Origins.Any(options.EmbedOrigins.Contains) ? null
                : GuestOf(ticket.Link, ticket.Guest, ticket.Name);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    // WebSockets carry it in the address, since browsers let pages set no headers there.
    private static string? TextOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var text = header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..]
            : request.Query["access_token"].ToString();
        return text.StartsWith(Mark, StringComparison.Ordinal) ? text : null;
    }

    private sealed record Ticket(Guid Link, Guid Guest, string Name, IReadOnlyList<string> Origins);
}
