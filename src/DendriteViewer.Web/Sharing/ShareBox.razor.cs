using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Tours;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Sharing;

/// <summary>Makes links to the view as it is, lists them, moves, copies and revokes them.</summary>
public sealed partial class ShareBox
{
    // A frozen link may be cited, and ends when somebody wants it to.
    private const int UsualDays = 30, NoEnd = 0;
    private static readonly int[] s_days = [7, 30, 365, 0];
    private const string AsPage = "as that page";
    private static readonly string[] s_themes = [AsPage, "dark", "light"];
    private IReadOnlyList<ListedLink> _links = [];
    private LinkChoices _choices = new();
    private MadeLink? _made;
    private string _name = "";
    private DatasetRole _role = DatasetRole.View;
    private int _days = UsualDays;
    private IReadOnlyList<TourItem> _tours = [];
    private Guid? _tour;
    private string _frameTheme = AsPage;
    private string? _error;

    /// <summary>The session whose view is shared.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    [Inject]
    private ShareDesk Desk { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    /// <inheritdoc/>
    protected override Task OnInitializedAsync()
    {
        _days = Session.Dataset.Kept is null ? UsualDays : NoEnd;
        return TryAsync(_ => Task.CompletedTask);
    }

    private static string RoleName(DatasetRole role) => role == DatasetRole.View ? "may look" : "may annotate";

    private static string DaysName(int days) => days switch { NoEnd => "never", 365 => "in a year", _ => $"in {days} days" };

    private string TourName(Guid? tour) => _tours.FirstOrDefault(t => t.Id == tour)?.Content.Title ?? "none";

    // Without a word of the theme a frame looks as the browser says that the page around it does.
    private string FrameOf(string address)
    {
        string[] asked =
        [
            .. _tour is { } tour ? (string[])[$"{ViewLink.Tour}={tour:N}"] : [],
            .. _frameTheme != AsPage ? (string[])[$"{ViewLink.Theme}={_frameTheme}"] : [],
        ];
        return $"<iframe src=\"{address}{(asked.Length > 0 ? "?" + string.Join("&amp;", asked) : "")}\" "
            + "width=\"960\" height=\"640\" style=\"border:0\" title=\"DendriteViewer\"></iframe>";
    }

    // A frozen link and one that other sites show are for looking.
    private void Choose(LinkChoices choices)
    {
        _days = choices.Kind == _choices.Kind ? _days : choices.Kind == LinkKind.Frozen ? NoEnd : UsualDays;
        _choices = choices;
        _role = choices.Kind == LinkKind.Frozen || choices.MayEmbed ? DatasetRole.View : _role;
    }

    private Task CreateAsync() => TryAsync(async user =>
    {
        var choices = Session.Dataset.Kept is null ? _choices : _choices with { Kind = LinkKind.Frozen };
        (_tour, _tours) = (null, choices is { MayEmbed: true, Kind: LinkKind.Following }
            ? await Desk.ToursAsync(user, Session.Dataset) : []);
        Show(await Desk.CreateAsync(user, Session.Dataset, _role, _name, _days, Session.Link, choices));
    });

    private Task CopyAsync(ShareLink link) => TryAsync(async user =>
    {
        var made = await Desk.CopyAsync(user, Session.Dataset, link.Id, link.Kind == LinkKind.Frozen ? NoEnd : _days);
        (_tour, _tours) = (null, made?.Embed is not null && link.Kind == LinkKind.Following
            ? await Desk.ToursAsync(user, Session.Dataset) : []);
        Show(made);
    });

    private Task MoveAsync(ShareLink link) => TryAsync(user => Desk.MoveAsync(user, Session.Dataset, link.Id, Session.Link));

    private Task RevokeAsync(ShareLink link) => TryAsync(user => Desk.RevokeAsync(user, Session.Dataset, link));

    private async Task<IReadOnlyList<LinkMove>> MovesAsync(ShareLink link) =>
        await Desk.MovesAsync(await UserAsync(), Session.Dataset, link.Id);

    // Where the server's address is not configured: the one that this browser shows, since a request's Host header is anybody's.
    private void Show(MadeLink? made) => _made = made is null ? _made
        : made with { Address = Whole(made.Address), Embed = made.Embed is { } embed ? Whole(embed) : null };

    private string Whole(string address) => Navigation.ToAbsoluteUri(address).ToString();

    private async Task TryAsync(Func<ClaimsPrincipal, Task> change)
    {
        _error = null;
        try
        {
            var user = await UserAsync();
            await change(user);
            var links = await Desk.ListAsync(user, Session.Dataset);
            (_links, _error) = (links ?? _links, links is null ? "Sharing is not open to you." : null);
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
        }
    }

    private async Task<ClaimsPrincipal> UserAsync() => Authentication is null ? new ClaimsPrincipal() : (await Authentication).User;
}
