using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Web.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Components;

/// <summary>What became of a text that was to be saved.</summary>
/// <param name="Saved">The text as it is now kept; null where it was not saved.</param>
/// <param name="Theirs">What somebody else saved since the text was begun; null where nobody did.</param>
/// <param name="Refusal">Why it was refused; null where it was not.</param>
public sealed record DraftOutcome(string? Saved, string? Theirs, string? Refusal)
{
    /// <summary>It is saved.</summary>
    public static DraftOutcome Kept(string text) => new(text, null, null);

    /// <summary>Somebody else changed the field since; nothing was saved.</summary>
    public static DraftOutcome Conflict(string theirs) => new(null, theirs, null);

    /// <summary>It cannot be; the sentence says why.</summary>
    public static DraftOutcome Refused(string sentence) => new(null, null, sentence);
}

/// <summary>
/// A text field that saves when it is left, and whose text is never lost: it is kept in the browser until it is saved or given up, so it
/// survives a reload, a lost circuit and a restarted server. What others save meanwhile never replaces what is being typed. Where both
/// changed, both texts are shown and the person chooses.
/// </summary>
public sealed partial class DraftField
{
    private string _text = "";

    // The saved text that the text in the field began from.
    private string _base = "";
    private string _of = "";
    private string _person = "";
    private string? _refusal;
    private string? _theirs;
    private bool _isFocused;
    private bool _isUnsaved;
    private bool _isRead;

    /// <summary>Which field of what it is, as IDENTITY/site/ID/note. A person's drafts are found by it.</summary>
    [Parameter, EditorRequired]
    public string Of { get; set; } = "";

    /// <summary>The saved text.</summary>
    [Parameter, EditorRequired]
    public string Value { get; set; } = "";

    /// <summary>Saves a text (second) that was begun from another (first), which it compares with what is kept by then.</summary>
    [Parameter, EditorRequired]
    public Func<string, string, Task<DraftOutcome>> Save { get; set; } = null!;

    /// <summary>The field's name.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>Characters at most, counted below the field; 0 where they need no counting. Nothing is cut: a text that is too long stays
    /// in the field until it is shortened.</summary>
    [Parameter]
    public int MaxLength { get; set; }

    /// <summary>Lines that the field shows.</summary>
    [Parameter]
    public int Lines { get; set; } = 1;

    /// <summary>What stands in an empty field.</summary>
    [Parameter]
    public string? Placeholder { get; set; }

    /// <summary>A unit behind the text.</summary>
    [Parameter]
    public string Unit { get; set; } = "";

    /// <summary>Whether the visitor may write.</summary>
    [Parameter]
    public bool MayEdit { get; set; } = true;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    // Of a person by a short hash, so that the browser's store names nobody.
    private string DraftKey => $"{_person}/{Of}";

    private string Both => $"{_theirs}\n{_text}";

    private bool CanKeepBoth => Lines > 1 && (MaxLength == 0 || Both.Length <= MaxLength);

    private Dictionary<string, object?> Attributes => new()
    {
        ["data-draft"] = MayEdit && _person.Length > 0 ? DraftKey : null, ["data-draft-saved"] = _base, ["autocomplete"] = "off",
    };

    /// <summary>The start of the keys of a person's drafts.</summary>
    internal static string PersonOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("draft " + key)))[..16];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Authentication is not null)
        {
            _person = PersonOf((await Authentication).User.KeyOf());
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (_of != Of)
        {
            // The field now shows something else; what was typed before is a draft of that.
            (_of, _isRead, _isFocused) = (Of, false, false);
            Show();
        }
        else if (!_isFocused && (Value == _text || (!_isUnsaved && _theirs is null)))
        {
            // Where it was left without a server, the page's script saved it since.
            Show();
        }
        else if (!_isFocused)
        {
            // A text waits to be saved, and another may have been saved meanwhile.
            _theirs = Value == _base || Value == _text ? null : Value;
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isRead && MayEdit && _person.Length > 0)
        {
            _isRead = true;
            await ReadDraftAsync();
        }
    }

    private void Show() => (_text, _base, _refusal, _theirs, _isUnsaved) = (Value, Value, null, null, false);

    // What was typed here before and never saved stands in the field again.
    private async Task ReadDraftAsync()
    {
        var (of, key) = (Of, DraftKey);
        if (await Script.InvokeAsync<Draft?>("dendriteDrafts.read", key) is not { } draft || of != Of || _isFocused)
        {
            return;
        }

        if (draft.Text == Value)
        {
            await TellAsync("drop", key);
            return;
        }

        (_text, _base, _isUnsaved) = (draft.Text, draft.Base, true);
        _theirs = draft.Base == Value ? null : Value;
        StateHasChanged();
        await TellAsync("show", key);
    }

    // What is saved is saved, whether or not the browser can still be told of it.
    private async Task TellAsync(string what, params object?[] about)
    {
        try
        {
            await Script.InvokeVoidAsync("dendriteDrafts." + what, about);
        }
        catch (JSDisconnectedException)
        {
        }
    }

    // The field was left, or Save was pressed.
    private async Task CommitAsync(string? text)
    {
        _text = text ?? "";
        if (_theirs is not null)
        {
            // Both texts are shown, and the person chooses.
            _isUnsaved = true;
        }
        else if (_text == _base)
        {
            Show();
        }
        else
        {
            await SaveAsync(_text);
        }
    }

    private async Task SaveAsync(string text)
    {
        var typed = _text;
        var outcome = MaxLength > 0 && text.Length > MaxLength
            ? DraftOutcome.Refused($"It has {text.Length} characters, and {MaxLength} fit: shorten it by {text.Length - MaxLength}.")
            : await Save(_base, text);
        (_refusal, _theirs) = (outcome.Refusal, outcome.Theirs);
        if (outcome.Saved is { } saved)
        {
            Value = saved;
            Show();
            await TellAsync("saved", DraftKey, saved, typed);
        }
        else
        {
            (_text, _isUnsaved) = (text, true);
        }
    }

    // The person has seen theirs and decides upon it.
    private Task ChooseAsync(string text)
    {
        _base = _theirs ?? _base;
        _theirs = null;
        return SaveAsync(text);
    }

    private async Task DiscardAsync()
    {
        Show();
        await TellAsync("drop", DraftKey);
    }

    private void Leave()
    {
        _isFocused = false;
        if (!_isUnsaved && _theirs is null && _refusal is null && _text == _base)
        {
            Show();
        }
    }

    private async Task KeyAsync(KeyboardEventArgs e)
    {
        if (e is { Key: "Enter", CtrlKey: true } or { Key: "Enter", MetaKey: true })
        {
            await TellAsync("commit", DraftKey);
        }
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";

    /// <summary>A draft as the browser keeps it: the text, and the saved text that it was begun from.</summary>
    internal sealed record Draft(string Text, string Base);
}
