using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Components;
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
    // The draft began from _base; what is saved now, as far as this dialog knows, is _before.
    private DatasetDescription _before = null!, _draft = null!, _base = null!;
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

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _looked = Dataset;
        Show(_base = _before = DatasetDescription.Of(Dataset.Manifest));
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (await Script.InvokeAsync<string?>("dendriteShell.kept", await KeyAsync()) is not { Length: > 0 } text
            || Parsed(text) is not { } kept)
        {
            return;
        }

        // What others saved since the draft was begun is taken over, and where both wrote the person chooses.
        _conflicts.Clear();
        var merged = kept.Draft.MergedWith(kept.Base, _before, _conflicts);
        _isRestored = merged != _before;
        if (_isRestored)
        {
            Show(merged);
            _base = kept.Base;
        }
    }

    // Of a person by a short hash, so that the browser's store names nobody and the next person sees none of it.
    private async Task<string> KeyAsync() =>
        $"draft.{DraftField.PersonOf((await Authentication).User.KeyOf())}.{_looked.Identity}";

    private static Kept? Parsed(string text)
    {
        try
        {
            var kept = JsonSerializer.Deserialize<Kept>(text);
            return IsWhole(kept?.Base) && IsWhole(kept?.Draft) ? kept : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsWhole(DatasetDescription? words) => words is
    {
        Name: not null, Description: not null, Tags: not null, Sample: not null, Operator: not null, Instrument: not null,
        Custom: not null,
    };

    private void Show(DatasetDescription draft) => (_draft, _tags) = (draft, string.Join(", ", draft.Tags));

    private async Task TypeAsync(DatasetDescription draft)
    {
        (_draft, _error) = (draft, null);

        // While somebody has to choose, the old base stays: opened again, the dialog asks again.
        _base = _conflicts.Count > 0 ? _base : _before;
        await Script.InvokeVoidAsync("dendriteShell.keep", await KeyAsync(), JsonSerializer.Serialize(new Kept(_base, draft)));
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

        var by = (await Authentication).User.PersonOf();
        var edited = _draft.Trimmed();
        if (edited.Problem() is { } problem)
        {
            _error = $"{problem.Field} {problem.Sentence}.";
            return;
        }

        try
        {
            // Somebody may have been faster: what they alone changed is taken over, of what both changed the person chooses.
            var (now, isSaved) = await Edits.SaveAsync(_looked, edited, by, default);
            if (!isSaved)
            {
                _conflicts.Clear();
                var theirs = DatasetDescription.Of(now.Manifest);
                Show(edited.MergedWith(_before, theirs, _conflicts));
                (_looked, _before) = (now, theirs);
                if (_conflicts.Count > 0)
                {
                    return;
                }

                isSaved = (await Edits.SaveAsync(_looked, _draft, by, default)).IsSaved;
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
        _conflicts.Clear();
        Show(_base = _before);
        await Script.InvokeVoidAsync("dendriteShell.keep", await KeyAsync(), null);
    }

    private async Task GiveUpAsync()
    {
        await Script.InvokeVoidAsync("dendriteShell.keep", await KeyAsync(), null);
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

    /// <summary>A draft as the browser keeps it.</summary>
    /// <param name="Base">What was saved when it was begun.</param>
    /// <param name="Draft">What was typed.</param>
    private sealed record Kept(DatasetDescription Base, DatasetDescription Draft);
}
