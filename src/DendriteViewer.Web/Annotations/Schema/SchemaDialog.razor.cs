using System.Security.Claims;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>Shows a dataset's labels and fields beside its pictures.</summary>
public sealed partial class SchemaDialog
{
    private static readonly DialogOptions s_options = new()
    {
        MaxWidth = MaxWidth.Medium, FullWidth = true, CloseButton = true, CloseOnEscapeKey = true, BackdropClick = false,
    };

    /// <summary>The session of the dataset.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Who looks.</summary>
    [Parameter, EditorRequired]
    public ClaimsPrincipal User { get; set; } = null!;

    /// <summary>Whether they may change it.</summary>
    [Parameter]
    public bool MayDefine { get; set; }

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    /// <summary>Opens the dialog.</summary>
    public static Task<IDialogReference> OpenAsync(IDialogService dialogs, ViewSession session, ClaimsPrincipal user, bool mayDefine) =>
        dialogs.ShowAsync<SchemaDialog>("Labels and fields", new DialogParameters<SchemaDialog>
        {
            { d => d.Session, session }, { d => d.User, user }, { d => d.MayDefine, mayDefine },
        }, s_options);
}
