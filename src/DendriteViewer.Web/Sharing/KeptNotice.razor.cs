using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Sharing;

/// <summary>What a page of a frozen state says of it.</summary>
public sealed partial class KeptNotice
{
    private string _citation = "", _told = "";
    private string? _end;
    private bool _isOpen, _seesPresent;

    /// <summary>The session of the page.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    [Inject]
    private ShareDesk Desk { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Session.Dataset.Kept is FrozenState && Authentication is not null)
        {
            var user = (await Authentication).User;
            _citation = Desk.CitationOf(user, Session.Dataset, path => Navigation.ToAbsoluteUri(path).ToString()) ?? "";

            // Who came by the link alone would see the same state there.
            _seesPresent = await Desk.SeesPresentAsync(user, Session.Dataset);
            _end = await Desk.EndOfStateAsync(Session.Dataset);
        }
    }

    // The browser copied it at the click; only then it may.
    private async Task CopiedAsync() =>
        _told = await Script.InvokeAsync<string?>("dendriteShell.notCopied") is null ? "Copied."
            : "The browser does not let it be copied; mark the line and copy it.";
}
