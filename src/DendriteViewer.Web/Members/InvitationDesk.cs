using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;

namespace DendriteViewer.Web.Members;

/// <summary>An invitation that was made.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="Address">The address of its page, which is shown once.</param>
public sealed record MadeInvitation(Invitation Invitation, string Address);

/// <summary>What owners do with invitations.</summary>
/// <param name="invitations">The invitations; the right is asked about there.</param>
/// <param name="address">Where people reach the server, where that is configured.</param>
public sealed class InvitationDesk(Invitations invitations, PublicAddress? address = null)
{
    /// <summary>The invitations to a dataset, or null where whoever asks may not see them.</summary>
    public Task<IReadOnlyList<ListedInvitation>?> ListAsync(ClaimsPrincipal user, Dataset dataset) =>
        invitations.ListAsync(user, dataset);

    /// <summary>Makes an invitation.</summary>
    /// <param name="user">Who invites.</param>
    /// <param name="dataset">To what.</param>
    /// <param name="email">Whom, or empty for whoever opens the link first.</param>
    /// <param name="role">As what.</param>
    /// <param name="days">How long it is open.</param>
    /// <param name="complete">Makes an address of a path where the server's is not configured: that of the browser.</param>
    /// <exception cref="ArgumentException">It is refused; the message says why.</exception>
    public async Task<MadeInvitation> InviteAsync(
        ClaimsPrincipal user, Dataset dataset, string? email, DatasetRole role, int days, Func<string, string> complete)
    {
        var (made, path) = await invitations.CreateAsync(user, dataset, email, role, days);
        return new MadeInvitation(made, address?.Of(path) ?? complete(path));
    }

    /// <summary>Ends an invitation that nobody accepted yet.</summary>
    /// <exception cref="ArgumentException">Whoever asks may not.</exception>
    public Task RevokeAsync(ClaimsPrincipal user, Dataset dataset, Invitation invitation) =>
        invitations.RevokeAsync(user, dataset, invitation.Id);
}
