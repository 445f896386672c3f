using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Limits;

/// <summary>Whose budget somebody spends: their account's or their link's, and that of the address they come from.</summary>
/// <param name="Owner">The account or the link; null for somebody who is neither.</param>
/// <param name="IsShared">Whether several people share the owner, as they do a link.</param>
/// <param name="Address">The network address; of IPv6 the /64, which one household or laboratory has.</param>
public sealed record ClientKeys(string? Owner, bool IsShared, string Address)
{
    /// <summary>Of a request or a hub's connection.</summary>
    public static ClientKeys Of(ClaimsPrincipal user, IPAddress? address)
    {
        var account = user.FindFirstValue(ClaimTypes.NameIdentifier);
        var link = user.FindFirstValue(DendriteClaims.Link);
        var from = Of(address);

        // Whoever visits what is open to everybody shares one account's budget with all who do so from the same address.
        return account is null && link is null && user.HasClaim(c => c.Type == DendriteClaims.Visitor)
            ? new ClientKeys("visitors:" + from, IsShared: false, from)
            : new ClientKeys(account is not null ? "account:" + account : link is not null ? "link:" + link : null, account is null, from);
    }

    /// <summary>Of a request.</summary>
    public static ClientKeys Of(HttpContext context) => Of(context.User, context.Connection.RemoteIpAddress);

    /// <summary>Of what somebody does in a page: a circuit has no network address, so each owner has a budget in its place.</summary>
    public static ClientKeys OfPage(ClaimsPrincipal user)
    {
        var keys = Of(user, null);
        return keys with { Address = "circuits of " + (keys.Owner ?? "nobody") };
    }

    private static string Of(IPAddress? address)
    {
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return "address:" + address switch
        {
            null => "none",
            { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)),
            _ => address.ToString(),
        };
    }
}
