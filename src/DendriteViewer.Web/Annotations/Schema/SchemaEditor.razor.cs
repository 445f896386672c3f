using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>
/// Shows a dataset's labels and fields, and lets curators change them as a whole; of the page and of the viewer's dialog.
/// </summary>
public sealed partial class SchemaEditor
{
    private AnnotationSchema? _kept, _draft;
    private int _newest;
    private string? _failure;

    // What is typed while it is written would be lost with the draft.
    private bool _isSaving;

    /// <summary>The dataset.</summary>
    [Parameter, EditorRequired]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Who looks.</summary>
    [Parameter, EditorRequired]
    public ClaimsPrincipal User { get; set; } = null!;

    /// <summary>Whether they may change it.</summary>
    [Parameter]
    public bool MayDefine { get; set; }

    /// <summary>Called after it was saved.</summary>
    [Parameter]
    public EventCallback Saved { get; set; }

    /// <summary>Called with whether there is something that is not saved, when that changes.</summary>
    [Parameter]
    public EventCallback<bool> UnsavedChanged { get; set; }

    [Inject]
    private SchemaDesk Desk { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    private bool IsChanged => _draft is not null && !_draft.Equals(_kept);

    // Somebody else saved, and what is changed here is upon what was before.
    private bool IsOld => IsChanged && !_isSaving && _newest > _kept!.Version;

    /// <inheritdoc/>
    public void Dispose() => Desk.Log.Changed -= OnChanged;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync()
    {
        Desk.Log.Changed += OnChanged;
        return ReadAsync();
    }

    private Task ReadAsync() => TryAsync(DatasetRole.View, async () => Take(await Desk.Log.OfAsync(Dataset)));

    private void OnChanged(DatasetIdentity dataset)
    {
        if (dataset == Dataset.Identity && Dataset.Kept is null)
        {
            _ = InvokeAsync(() => TryAsync(DatasetRole.View, async () =>
            {
                // Of two readings that run at once the older may come last.
                var now = await Desk.Log.OfAsync(Dataset);
                if (now.Version < _newest)
                {
                    return;
                }

                _newest = now.Version;
                if (!IsChanged)
                {
                    Take(now);
                }

                StateHasChanged();
            }));
        }
    }

    private void Take(AnnotationSchema schema)
    {
        (_kept, _newest) = (schema, schema.Version);
        _ = Draft(schema);
    }

    private Task Draft(AnnotationSchema draft)
    {
        var was = IsChanged;
        _draft = draft;
        return was == IsChanged ? Task.CompletedTask : UnsavedChanged.InvokeAsync(IsChanged);
    }

    private Task AddLabel() => Draft(_draft! with
    {
        Labels = new(_draft.Labels.Append(new AnnotationLabel
        {
            Color = LabelPalette.Next(_draft),
            Key = Enumerable.Range(1, 9).Where(k => _draft.Labels.All(l => l.Key != k)).Select(k => (int?)k).FirstOrDefault(),
        })),
    });

    private Task AddField() => Draft(_draft! with { Fields = new(_draft.Fields.Append(new AnnotationField { Type = FieldType.Text })) });

    private async Task SaveAsync()
    {
        if (_isSaving)
        {
            return;
        }

        _isSaving = true;
        try
        {
            await TryAsync(DatasetRole.Curate, WriteAsync);
        }
        finally
        {
            _isSaving = false;
        }
    }

    private async Task WriteAsync()
    {
        var saved = await Desk.SaveAsync(Dataset, _draft!, User.PersonOf(), default);
        var was = IsChanged;
        (_kept, _draft, _newest) = (saved, saved, saved.Version);
        if (was)
        {
            await UnsavedChanged.InvokeAsync(false);
        }

        await Saved.InvokeAsync();
    }

    // The right may have ended since the page was opened.
    private async Task TryAsync(DatasetRole least, Func<Task> act)
    {
        _failure = null;
        try
        {
            if ((await Access.GrantAsync(User, Dataset.Identity))?.Role >= least)
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
