using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
using MudBlazor;

namespace DendriteViewer.Web.Registry;

/// <summary>Changes what people say of a dataset; see decision 0036 for what happens where two do at once.</summary>
public sealed partial class DescriptionDialog
{
    // A click beside it does not lose what was typed.
    private static readonly DialogOptions s_options =
        new() { MaxWidth = MaxWidth.Medium, FullWidth = true, CloseButton = true, BackdropClick = false };

    private readonly List<string> _conflicts = [];
    private Dataset _looked = null!;
    private DatasetDescription _before = null!, _draft = null!;
    private string _tags = "";
    private string? _error;
    private bool _isRestored, _isEnded;
    private MudDialog _dialog = null!;

    /// <summary>The dataset, as the person looked at it.</summary>
    [Parameter, EditorRequired]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Asks to be closed.</summary>
    [Parameter]
    public EventCallback Close { get; set; }

    [Inject]
    private DatasetEdits Edits { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    private bool IsChanged => _draft != _before;

    private string Key => "draft." + Dataset.Identity;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _looked = Dataset;
        Show(_before = DatasetDescription.Of(Dataset.Manifest));
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (await Script.InvokeAsync<string?>("dendriteShell.kept", Key) is { Length: > 0 } kept && Parsed(kept) is { } draft
            && draft != _before)
        {
            Show(draft);
            _isRestored = true;
        }
    }

    private static DatasetDescription? Parsed(string text)
    {
        try
        {
            var draft = JsonSerializer.Deserialize<DatasetDescription>(text);
            return draft is { Name: not null, Description: not null, Tags: not null, Custom: not null } ? draft : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Show(DatasetDescription draft) => (_draft, _tags) = (draft, string.Join(", ", draft.Tags));

    private async Task TypeAsync(DatasetDescription draft)
    {
        (_draft, _error) = (draft, null);
        await Script.InvokeVoidAsync("dendriteShell.keep", Key, JsonSerializer.Serialize(draft));
    }

    private Task TypeTagsAsync(string? text)
    {
        _tags = text ?? "";
        return TypeAsync(_draft with
        {
            Tags = [.. _tags.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
        });
    }

    private async Task SaveAsync()
    {
        if (!(await Access.RoleAsync((await Authentication).User, Dataset.Identity) >= DatasetRole.Curate))
        {
            _error = "Only who may share the dataset, its owner or an administrator may change it.";
            return;
        }

        var wish = _draft.Trimmed();
        if (wish.Problem() is { } problem)
        {
            _error = $"{problem.Field} {problem.Sentence}.";
            return;
        }

        try
        {
            // Somebody may have been faster: what they alone changed is taken over, of what both changed the person chooses.
            var (now, isSaved) = await Edits.SaveAsync(_looked, wish, default);
            if (!isSaved)
            {
                _conflicts.Clear();
                var theirs = DatasetDescription.Of(now.Manifest);
                Show(wish.MergedWith(_before, theirs, _conflicts));
                (_looked, _before) = (now, theirs);
                if (_conflicts.Count > 0)
                {
                    return;
                }

                isSaved = (await Edits.SaveAsync(_looked, _draft, default)).IsSaved;
            }

            _error = isSaved ? null : "Somebody changed it again just now; save once more.";
            if (isSaved)
            {
                await GiveUpAsync();
            }
        }
        catch (VolumeFormatException e)
        {
            _error = e.Message;
        }
    }

    private IEnumerable<(string Field, string Text)> TheirWords() => _conflicts.Select(field => (field, field switch
    {
        "name" => _before.Name,
        "description" => _before.Description,
        "sample" => _before.Sample,
        "operator" => _before.Operator,
        "instrument" => _before.Instrument,
        "tags" => string.Join(", ", _before.Tags),
        _ => string.Join("; ", _before.Custom.Select(p => $"{p.Key}: {p.Value}")),
    }));

    private Task TakeTheirsAsync()
    {
        var mine = _draft;
        T Pick<T>(string field, T theirs, T own) => _conflicts.Contains(field) ? theirs : own;
        Show(new DatasetDescription(
            Pick("name", _before.Name, mine.Name), Pick("description", _before.Description, mine.Description),
            Pick("tags", _before.Tags, mine.Tags), Pick("sample", _before.Sample, mine.Sample),
            Pick("operator", _before.Operator, mine.Operator), Pick("instrument", _before.Instrument, mine.Instrument),
            Pick("custom", _before.Custom, mine.Custom)));
        _conflicts.Clear();
        return TypeAsync(_draft);
    }

    private async Task ForgetAsync()
    {
        _isRestored = false;
        Show(_before);
        await Script.InvokeVoidAsync("dendriteShell.keep", Key, null);
    }

    private async Task GiveUpAsync()
    {
        await Script.InvokeVoidAsync("dendriteShell.keep", Key, null);
        await EndAsync();
    }

    // Escape and the cross keep the draft for the next time.
    private Task OnVisibleAsync(bool isVisible) => isVisible ? Task.CompletedTask : EndAsync();

    // Closed before the parent takes it away, since a dialog stands elsewhere on the page and would stay there.
    private async Task EndAsync()
    {
        if (!_isEnded)
        {
            _isEnded = true;
            var closing = _dialog.CloseAsync(null);
            await Close.InvokeAsync();
            await closing;
        }
    }
}
