using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Presence;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Tours;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace DendriteViewer.Web.Viewing;

/// <summary>The viewer's bar.</summary>
public sealed partial class ViewerBar
{
    private static readonly DialogOptions s_options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseButton = true };
    private static readonly DialogOptions s_wide = new() { MaxWidth = MaxWidth.Medium, FullWidth = true, CloseButton = true };
    private bool _sharing, _showing, _figure, _bookmarks, _tours, _people;

    /// <summary>The session whose view the bar tells of.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>What the visitor may do.</summary>
    [Parameter, EditorRequired]
    public DatasetRole? Role { get; set; }

    /// <summary>Whether the history is open to the visitor.</summary>
    [Parameter]
    public bool SeesLog { get; set; }

    /// <summary>The visitor.</summary>
    [Parameter, EditorRequired]
    public Person Person { get; set; } = null!;

    /// <summary>Who else is here.</summary>
    [Parameter, EditorRequired]
    public OthersHere Others { get; set; } = null!;

    /// <summary>Which tour is played.</summary>
    [Parameter, EditorRequired]
    public TourStage Stage { get; set; } = null!;

    private void ChooseModality(string? modality) => Session.Go(v => v with { Modality = modality ?? v.Modality }, this);
}
