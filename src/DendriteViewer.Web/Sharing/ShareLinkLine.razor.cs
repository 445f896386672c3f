using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace DendriteViewer.Web.Sharing;

/// <summary>A link in the list of the share dialog. One that is closed for its maker's sake opens again if the maker gets the role back;
/// it can be revoked before. A frozen one keeps its state when it ends, until it is revoked.</summary>
public sealed partial class ShareLinkLine
{
    private IReadOnlyList<LinkMove>? _moves;

    /// <summary>The link.</summary>
    [Parameter, EditorRequired]
    public ListedLink Listed { get; set; } = null!;

    /// <summary>The dataset as the page shows it.</summary>
    [Parameter, EditorRequired]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Reads where the link pointed before.</summary>
    [Parameter, EditorRequired]
    public Func<ShareLink, Task<IReadOnlyList<LinkMove>>> Moves { get; set; } = null!;

    /// <summary>Ends the link.</summary>
    [Parameter]
    public EventCallback Revoke { get; set; }

    /// <summary>Has it show the page's view from now on.</summary>
    [Parameter]
    public EventCallback Move { get; set; }

    /// <summary>Makes another one like it.</summary>
    [Parameter]
    public EventCallback Copy { get; set; }

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    private bool MayRevoke => Listed.End is null or LinkEnd.MakerMayNotShare or LinkEnd.MakerDisabled
        || (Link.Kind == LinkKind.Frozen && Listed.End is not LinkEnd.Revoked);

    private ShareLink Link => Listed.Link;

    private string Facts => string.Join(", ", new[]
    {
        Link.Role == DatasetRole.View ? "may look" : "may annotate",
        Link.Kind == LinkKind.Frozen ? $"frozen {Day(Link.CreatedAt)}" : null,
        Link.IsOneTime ? Link.TakenBy is null ? "works once" : "was taken" : null,
        Link.EmbedOrigins is { } sites ? $"shown by {sites.Replace(" ", " and ", StringComparison.Ordinal)}" : null,
        EndOf(Link, Listed.End),
        Link.LastUsedAt is { } last
            ? $"opened {(Link.Openings == 1 ? "once" : $"{Link.Openings} times")}, last {Moment(last)}" : "never opened",
    }.OfType<string>());

    private static string EndOf(ShareLink link, LinkEnd? end) => end switch
    {
        LinkEnd.Revoked => "revoked",
        LinkEnd.MakerRemoved => "closed: the account that made it was removed",
        LinkEnd.MakerDisabled => "closed: the account that made it is disabled",
        LinkEnd.MakerMayNotShare => "closed: who made it may not share this dataset any more",
        _ when link.ExpiresAt is { } at => (end is null ? "until " : "ended ") + Day(at),
        _ => "no end",
    };

    private static string Day(long at) =>
        DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    private static string Moment(long at) =>
        DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private string AddressOf(LinkMove move) => $"/d/{Link.DatasetId}?{move.Query}";

    private async Task RevokeAsync()
    {
        if (await RevokeQuestion.AskAsync(Dialogs, Link))
        {
            await Revoke.InvokeAsync();
        }
    }

    private async Task ShowMovesAsync() => _moves = await Moves(Link);
}
