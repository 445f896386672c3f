using System.Globalization;
using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace DendriteViewer.Web.Members;

/// <summary>Invitations to a dataset, for its owners.</summary>
public sealed partial class InvitationList
{
    private static readonly int[] s_days = [1, 7, 30, 90];
    private IReadOnlyList<ListedInvitation> _listed = [];
    private string _email = "";
    private DatasetRole _role = DatasetRole.View;
    private int _days = 7;
    private string? _url, _for, _error;
    private (Severity Severity, string Told)? _mail;

    /// <summary>The dataset.</summary>
    [Parameter, EditorRequired]
    public Dataset Dataset { get; set; } = null!;

    [Inject]
    private InvitationDesk Desk { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => TryAsync(_ => Task.CompletedTask);

    private static string NameOf(DatasetRole role) => RoleSelect.NameOf(role);

    private static string DaysName(int days) => days == 1 ? "in a day" : $"in {days} days";

    private static string EndOf(Invitation invitation, InvitationEnd? end) => end switch
    {
        InvitationEnd.Used => $"accepted by {invitation.UsedBy} on {Day(invitation.UsedAt!.Value)}",
        InvitationEnd.Revoked => "revoked",
        InvitationEnd.Expired => $"ended {Day(invitation.ExpiresAt)}",
        InvitationEnd.DatasetDeleted => "closed: the dataset was deleted",
        InvitationEnd.MakerMayNotInvite => $"closed: {invitation.CreatedByName}, who made it, does not own this dataset any more",
        _ => $"open until {Day(invitation.ExpiresAt)}",
    };

    private static string Day(long at) =>
        DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    private Task InviteAsync() => TryAsync(async user =>
    {
        _url = null;
        var made = await Desk.InviteAsync(user, Dataset, _email, _role, _days, path => Navigation.ToAbsoluteUri(path).ToString());
        _for = made.Invitation.Email ?? "whom you invite";
        _url = made.Address;
        _mail = made switch
        {
            { Mailed: not null } => (Severity.Info, $"It is being mailed to {_for}…"),
            { Invitation.Email: { } to } => (Severity.Info, $"This server sends no mail: send {to} the address below yourself."),
            _ => null,
        };
        _email = "";
        if (made.Mailed is { } mailing)
        {
            // Not before: a mail that is given up at once is told of at once.
            _ = TellAsync(mailing, made.Address);
        }
    });

    private async Task TellAsync(Task<bool> mailed, string address)
    {
        var isSent = await mailed;
        await InvokeAsync(() =>
        {
            // Another invitation may have been made meanwhile.
            if (_url == address)
            {
                _mail = isSent ? (Severity.Success, $"It was mailed to {_for}. Should it not arrive, this is its address.")
                    : (Severity.Warning, $"The mail could not be sent: send {_for} the address below yourself.");
                StateHasChanged();
            }
        });
    }

    private Task RevokeAsync(Invitation invitation) => TryAsync(user => Desk.RevokeAsync(user, Dataset, invitation));

    private async Task TryAsync(Func<ClaimsPrincipal, Task> change)
    {
        _error = null;
        try
        {
            var user = (await Authentication).User;
            await change(user);
            _listed = await Desk.ListAsync(user, Dataset) ?? [];
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
        }

        StateHasChanged();
    }
}
