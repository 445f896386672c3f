using System.Globalization;
using System.Security.Claims;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Annotations;

/// <summary>The versions of one annotation of any kind, read when they are opened and again when it changes.</summary>
public sealed partial class ObjectHistory
{
    private const int Few = 6;
    private HistoryView? _view;
    private string? _refusal;
    private LatestReading _reading = null!;
    private bool _isOpen, _isAll;
    private int _read;

    // The version that is shown whole; 0 for none.
    private int _shown;
    private ClaimsPrincipal _user = new();

    /// <summary>The session that edits.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>The kind of annotation.</summary>
    [Parameter, EditorRequired]
    public string Kind { get; set; } = "";

    /// <summary>The annotation.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    /// <summary>Its version now.</summary>
    [Parameter, EditorRequired]
    public int Version { get; set; }

    /// <summary>Whether the visitor may annotate.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    private HistoryDesk Desk { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _reading = new LatestReading(ReadOnceAsync);
        _user = Authentication is null ? _user : (await Authentication).User;
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_isOpen && Version != _read)
        {
            await ReadAsync();
        }
    }

    private async Task ToggleAsync()
    {
        (_isOpen, _isAll, _refusal, _shown) = (!_isOpen, false, null, 0);
        if (_isOpen)
        {
            await ReadAsync();
        }
    }

    private Task ReadAsync() => _reading.RunAsync();

    private async Task ReadOnceAsync()
    {
        _read = Version;
        _view = await Desk.ReadAsync(Session, _user, Kind, Id);
    }

    private async Task RestoreAsync(int version)
    {
        var seen = _view?.Versions is [.., var newest] ? newest.Version : version;
        _refusal = await Desk.RestoreAsync(Session, _user, Kind, Id, version, seen);
        await ReadAsync();
    }

    private static string TimeOf(ObjectVersion version) =>
        DateTimeOffset.FromUnixTimeMilliseconds(version.At).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string What(ObjectVersion version) => version.What switch
    {
        EditWhat.Undo => "taken back",
        EditWhat.Redo => "made again",
        EditWhat.Restore => "restored",
        _ when version.IsDeleted => "deleted",
        EditWhat.Import => version.Version == 1 ? "brought in" : "changed by a file",
        _ => version.Version == 1 ? "made" : "changed",
    };

    private static string Shown(string text) => text.Length > 0 ? text : "(empty)";
}
