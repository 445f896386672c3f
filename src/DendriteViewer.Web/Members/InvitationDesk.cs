using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Mail;
using MimeKit;

namespace DendriteViewer.Web.Members;

/// <summary>An invitation that was made.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="Address">The address of its page, which is shown once.</param>
/// <param name="Mailed">
/// Whether the mail server took a mail with the address, known after a while; null where none is sent, and it is handed over otherwise.
/// </param>
public sealed record MadeInvitation(Invitation Invitation, string Address, Task<bool>? Mailed);

/// <summary>What owners do with invitations.</summary>
/// <param name="invitations">The invitations; the right is asked about there.</param>
/// <param name="budgets">How many an account makes, and come to a dataset.</param>
/// <param name="mails">Mails them, where a mail server is configured.</param>
/// <param name="audit">Told of what was mailed.</param>
/// <param name="address">Where people reach the server, where that is configured.</param>
public sealed class InvitationDesk(
    Invitations invitations, Budgets budgets, MailQueue mails, AuditLog audit, PublicAddress? address = null)
{
    /// <summary>How many invitations can be made, for who makes them.</summary>
    public static readonly string Rate =
        $"An account makes at most {Budgets.InvitationsAtOnce} invitations at once, and one more every {Budgets.MinutesAnInvitation} "
        + $"minutes; all owners of a dataset together {Budgets.DatasetInvitations} times as many.";

    /// <summary>The invitations to a dataset, or null where whoever asks may not see them.</summary>
    public Task<IReadOnlyList<ListedInvitation>?> ListAsync(ClaimsPrincipal user, Dataset dataset) =>
        invitations.ListAsync(user, dataset);

    /// <summary>Makes an invitation, and mails it where it is for an e-mail and the server sends mail.</summary>
    /// <param name="user">Who invites.</param>
    /// <param name="dataset">To what.</param>
    /// <param name="email">Whom, or empty for whoever opens the link first.</param>
    /// <param name="role">As what.</param>
    /// <param name="days">How long it is open.</param>
    /// <param name="complete">Makes an address of a path where the server's is not configured: that of the browser.</param>
    /// <exception cref="ArgumentException">It is refused; the message says why.</exception>
    /// <exception cref="BudgetSpentException">There were too many in a short time.</exception>
    public async Task<MadeInvitation> InviteAsync(
        ClaimsPrincipal user, Dataset dataset, string? email, DatasetRole role, int days, Func<string, string> complete)
    {
        var (made, path) = await invitations.CreateAsync(user, dataset, email, role, days, count: budgets.Invitation);
        return new MadeInvitation(made, address?.Of(path) ?? complete(path), Mail(dataset, made, path, days, user.PersonOf()));
    }

    /// <summary>Ends an invitation that nobody accepted yet.</summary>
    /// <exception cref="ArgumentException">Whoever asks may not.</exception>
    public Task RevokeAsync(ClaimsPrincipal user, Dataset dataset, Invitation invitation) =>
        invitations.RevokeAsync(user, dataset, invitation.Id);

    private Task<bool>? Mail(Dataset dataset, Invitation made, string path, int days, Person by)
    {
        if (made.Email is not { } to || !mails.IsOn || address is null)
        {
            return null;
        }

        var subject = AuditSubject.Of(dataset, made.Id.ToString());
        MimeMessage mail;
        try
        {
            mail = mails.NewMail("", to, "Invitation to a dataset in DendriteViewer",
                $"{OneLine(made.CreatedByName)} invites you to the dataset \"{OneLine(made.DatasetName)}\" at {address.Authority}, as "
                + $"{RoleSelect.NameOf(made.Role)}. Open the invitation within {(days == 1 ? "a day" : $"{days} days")}; it works once:\n\n"
                + $"{address.Of(path)}\n\nIf you do not know who that is, do nothing.\n");
        }
        catch (ParseException)
        {
            // An address that the mail server would not understand either.
            return GiveUpAsync();
        }

        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isQueued = mails.Add(_ => Task.FromResult<MimeMessage?>(mail), async (isSent, ct) =>
        {
            try
            {
                await audit.RecordAsync(AuditKind.Invitation, by, DetailOf(isSent), subject, ct);
            }
            finally
            {
                done.TrySetResult(isSent);
            }
        });
        return isQueued ? done.Task : GiveUpAsync();

        string DetailOf(bool isSent) => $"{(isSent ? "mailed" : "could not mail")} the invitation of {to}";

        async Task<bool> GiveUpAsync()
        {
            await audit.TryRecordAsync(AuditKind.Invitation, by, DetailOf(isSent: false), subject);
            return false;
        }
    }

    private static string OneLine(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
}
