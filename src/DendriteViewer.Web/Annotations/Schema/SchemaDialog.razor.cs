using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>Shows a dataset's labels and fields, and lets curators change them as a whole.</summary>
public sealed partial class SchemaDialog
{
    private static readonly DialogOptions s_options = new()
    {
        MaxWidth = MaxWidth.Medium, FullWidth = true, CloseButton = true, CloseOnEscapeKey = true, BackdropClick = false,
    };

    private AnnotationSchema? _kept, _draft;
    private string? _failure;

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

    [Inject]
    private SchemaDesk Desk { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    /// <summary>Opens the dialog.</summary>
    public static Task<IDialogReference> OpenAsync(IDialogService dialogs, ViewSession session, ClaimsPrincipal user, bool mayDefine) =>
        dialogs.ShowAsync<SchemaDialog>("Labels and fields", new DialogParameters<SchemaDialog>
        {
            { d => d.Session, session }, { d => d.User, user }, { d => d.MayDefine, mayDefine },
        }, s_options);

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => TryAsync(DatasetRole.View, async () =>
        _draft = _kept = await Desk.Log.OfAsync(Session.Dataset.Identity));

    private void AddLabel() => _draft = _draft! with
    {
        Labels = new(_draft.Labels.Append(new AnnotationLabel
        {
            Color = LabelPalette.Next(_draft),
            Key = Enumerable.Range(1, 9).Where(k => _draft.Labels.All(l => l.Key != k)).Select(k => (int?)k).FirstOrDefault(),
        })),
    };

    private void AddField() => _draft = _draft! with { Fields = new(_draft.Fields.Append(new AnnotationField { Type = FieldType.Text })) };

    private Task SaveAsync() => TryAsync(DatasetRole.Curate, async () =>
    {
        await Desk.SaveAsync(Session.Dataset, _draft!, new Editor(User.PersonOf(), Session.Edits), default);
        Dialog.Close();
    });

    // The right may have ended since the page was opened.
    private async Task TryAsync(DatasetRole least, Func<Task> act)
    {
        _failure = null;
        try
        {
            if ((await Access.GrantAsync(User, Session.Dataset.Identity))?.Role >= least)
            {
                await act();
            }
            else
            {
                _failure = "This is not open to you any more.";
            }
        }
        catch (Exception e)
        {
            _failure = Failures.Tell(e);
        }
    }
}
