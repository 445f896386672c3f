using System.Globalization;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Sharing;

/// <summary>Makes links to the view as it is, lists them and revokes them.</summary>
public sealed partial class ShareBox
{
    private static readonly int[] s_days = [7, 30, 365, 0];
    private IReadOnlyList<ShareLink> _links = [];
    private string _name = "";
    private DatasetRole _role = DatasetRole.View;
    private int _days = 30;
    private string? _url;
    private string? _error;

    /// <summary>The session whose view is shared.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Who shares.</summary>
    [Parameter, EditorRequired]
    public string By { get; set; } = "";

    [Inject]
    private ShareLinks Links { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IServiceProvider Services { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (await MayAsync())
        {
            _links = await Links.ListAsync(Session.Dataset.Identity, default);
        }
    }

    private static string RoleName(DatasetRole role) => role == DatasetRole.View ? "may look" : "may annotate";

    private static string DaysName(int days) => days switch { 0 => "never", 365 => "in a year", _ => $"in {days} days" };

    private static string EndOf(ShareLink link, bool isOpen) => link switch
    {
        { RevokedAt: not null } => "revoked",
        { ExpiresAt: { } at } => (isOpen ? "until " : "ended ")
            + DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("d MMM yyyy", CultureInfo.InvariantCulture),
        _ => "no end",
    };

    private async Task CreateAsync()
    {
        if (!await MayAsync())
        {
            return;
        }

        var query = ViewLink.Format(Session.Current.View, Session.Start);
        TimeSpan? lifetime = _days > 0 ? TimeSpan.FromDays(_days) : null;
        var (_, token) = await Links.CreateAsync(Session.Dataset, _role, _name, lifetime, query, By, default);

        // Else the address that this browser shows, which is not what a request's Host header says.
        _url = Services.GetService<PublicAddress>()?.Of("/s/" + token) ?? Navigation.ToAbsoluteUri("/s/" + token).ToString();
        _links = await Links.ListAsync(Session.Dataset.Identity, default);
    }

    private async Task RevokeAsync(ShareLink link)
    {
        if (await MayAsync())
        {
            await Links.RevokeAsync(Session.Dataset.Identity, link.Id, default);
            _links = await Links.ListAsync(Session.Dataset.Identity, default);
        }
    }

    private async Task<bool> MayAsync()
    {
        var ok = Authentication is not null
            && await Access.RoleAsync((await Authentication).User, Session.Dataset.Identity) >= DatasetRole.Curate;
        _error = ok ? null : "Sharing is not open to you.";
        return ok;
    }
}
