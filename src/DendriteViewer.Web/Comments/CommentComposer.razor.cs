using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Comments;

/// <summary>
/// A field for a comment that is sent when somebody says so. The text survives a reload, a lost connection and a restarted server; where it
/// is refused it stays, with the reason.
/// </summary>
public sealed partial class CommentComposer
{
    private string? _text, _problem;
    private string _person = "", _read = "";
    private bool _isSending;

    /// <summary>What it belongs to, as IDENTITY/comment/new. A person's draft is found by it.</summary>
    [Parameter, EditorRequired]
    public string Of { get; set; } = "";

    /// <summary>The field's name.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>What the button does.</summary>
    [Parameter, EditorRequired]
    public string Does { get; set; } = "";

    /// <summary>What stands in the empty field.</summary>
    [Parameter]
    public string? Placeholder { get; set; }

    /// <summary>What it begins with where there is no draft.</summary>
    [Parameter]
    public string Begin { get; set; } = "";

    /// <summary>Who can be named.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<Mention> People { get; set; } = [];

    /// <summary>
    /// Sends the text, with the key of its draft where the browser has one, by which it is written once however often it is sent. Returns
    /// why it was refused, or null.
    /// </summary>
    [Parameter, EditorRequired]
    public Func<string, string?, Task<string?>> Send { get; set; } = null!;

    /// <summary>Called where it is given up.</summary>
    [Parameter]
    public EventCallback OnCancel { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private string Text => _text ?? "";

    private string Key => $"{_person}/{Of}";

    private Dictionary<string, object?> Attributes => new()
    {
        ["data-draft"] = _person.Length > 0 ? Key : null, ["data-draft-saved"] = Begin, ["autocomplete"] = "off",
    };

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _text = Begin;
        if (Authentication is not null)
        {
            _person = DraftField.PersonOf((await Authentication).User.KeyOf());
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_person.Length > 0 && _read != Key)
        {
            _read = Key;
            if (await Script.InvokeAsync<DraftField.Draft?>("dendriteDrafts.read", Key) is { } draft && Text == Begin)
            {
                _text = draft.Text;
                StateHasChanged();
            }
        }
    }

    private async Task NameAsync(Mention person)
    {
        _text = Text.Length == 0 || char.IsWhiteSpace(Text[^1]) ? $"{Text}@{person.Name} " : $"{Text} @{person.Name} ";
        await Script.InvokeVoidAsync("dendriteDrafts.keep", Key, _text, Begin);
    }

    private Task KeyAsync(KeyboardEventArgs e) =>
        e is { Key: "Enter", CtrlKey: true } or { Key: "Enter", MetaKey: true } ? SendAsync() : Task.CompletedTask;

    private async Task SendAsync()
    {
        // A second Ctrl+Enter before the first is done would send twice.
        if (_isSending || Text.Trim().Length == 0)
        {
            return;
        }

        _isSending = true;
        var sent = Text;
        try
        {
            _problem = CommentRules.ProblemOf(sent)
                ?? await Send(sent, await Script.InvokeAsync<string?>("dendriteDrafts.once", Key, sent, Begin));
            if (_problem is CommentRules.SentBefore or CommentRules.SentAndDeleted)
            {
                // What is sent from now on is another comment.
                await Script.InvokeVoidAsync("dendriteDrafts.renew", Key);
            }

            if (_problem is null)
            {
                _text = Text == sent ? "" : Text;
                await Script.InvokeVoidAsync("dendriteDrafts.drop", Key);
            }
        }
        finally
        {
            _isSending = false;
        }
    }

    private async Task CancelAsync()
    {
        (_text, _problem) = (Begin, null);
        await Script.InvokeVoidAsync("dendriteDrafts.drop", Key);
        await OnCancel.InvokeAsync();
    }
}
