using System.Globalization;
using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Sharing;

/// <summary>Makes links to the view as it is, lists them and revokes them.</summary>
public sealed partial class ShareBox
{
    private static readonly int[] s_days = [7, 30, 365, 0];
    private IReadOnlyList<ListedLink> _links = [];
    private string _name = "";
    private DatasetRole _role = DatasetRole.View;
    private int _days = 30;
    private string? _url;
    private string? _error;

    /// <summary>The session whose view is shared.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    [Inject]
    private ShareDesk Desk { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => await LoadAsync(await UserAsync());

    private static string RoleName(DatasetRole role) => role == DatasetRole.View ? "may look" : "may annotate";

    private static string DaysName(int days) => days switch { 0 => "never", 365 => "in a year", _ => $"in {days} days" };

    private static string EndOf(ShareLink link, LinkEnd? end) => end switch
    {
        LinkEnd.Revoked => "revoked",
        LinkEnd.MakerRemoved => "closed: the account that made it was removed",
        LinkEnd.MakerDisabled => "closed: the account that made it is disabled",
        LinkEnd.MakerMayNotShare => "closed: who made it may not share this dataset any more",
        _ when link.ExpiresAt is { } at => (end is null ? "until " : "ended ")
            + DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("d MMM yyyy", CultureInfo.InvariantCulture),
        _ => "no end",
    };

    // One that is closed for its maker's sake opens again if the maker gets the role back; it can be revoked before.
    private static bool MayRevoke(LinkEnd? end) => end is null or LinkEnd.MakerMayNotShare or LinkEnd.MakerDisabled;

    private async Task CreateAsync()
    {
        var user = await UserAsync();
        var query = Session.Link;
        if (await Desk.CreateAsync(user, Session.Dataset, _role, _name, _days, query) is { } link)
        {
            // Where the server's address is not configured: the one that this browser shows, since a request's Host header is anybody's.
            _url = Navigation.ToAbsoluteUri(link).ToString();
        }

        await LoadAsync(user);
    }

    private async Task RevokeAsync(ShareLink link)
    {
        var user = await UserAsync();
        await Desk.RevokeAsync(user, Session.Dataset, link);
        await LoadAsync(user);
    }

    private async Task LoadAsync(ClaimsPrincipal user)
    {
        var links = await Desk.ListAsync(user, Session.Dataset);
        (_links, _error) = (links ?? _links, links is null ? "Sharing is not open to you." : null);
    }

    private async Task<ClaimsPrincipal> UserAsync() => Authentication is null ? new ClaimsPrincipal() : (await Authentication).User;
}
