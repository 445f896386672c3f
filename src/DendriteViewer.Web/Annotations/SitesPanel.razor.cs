using System.Security.Claims;
using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
using MudBlazor;

namespace DendriteViewer.Web.Annotations;

/// <summary>The sites of the dataset: find, jump, edit, bring in and take out. Others' changes appear by themselves.</summary>
public sealed partial class SitesPanel
{
    private static readonly Dictionary<string, object?> s_download = new() { ["download"] = "" };
    private static readonly Dictionary<string, object?> s_downloadJson = new() { ["download"] = "sites.json" };

    private static readonly DialogOptions s_import = new()
    {
        MaxWidth = MaxWidth.Medium, FullWidth = true, CloseButton = true, CloseOnEscapeKey = true, BackdropClick = false,
    };

    private SitesView? _view;
    private string? _error;
    private string _selected = "";
    private LatestReading _reading = null!;
    private IDisposable? _watch;
    private ClaimsPrincipal _user = new();

    /// <summary>The session whose view jumps.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Whether the visitor may annotate.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>Whether the visitor may define labels and fields.</summary>
    [Parameter]
    public bool MayDefine { get; set; }

    /// <summary>Who edits.</summary>
    [Parameter, EditorRequired]
    public Person By { get; set; } = null!;

    [Inject]
    private SiteDesk Desk { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private Site? Selected => _view?.Sites.FirstOrDefault(s => s.Id == _selected);

    private EditCounts Counts => Session.Edits.Counts;

    private string Address(string below) => AddressOf($"sites{below}");

    private string AddressOf(string part) => FrozenLinks.AddressOf(Session.Dataset, $"/api/datasets/{Session.Dataset.Id}/{part}");

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        Session.Changed -= OnView;
        Session.Edits.Changed -= OnEdits;
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _reading = new LatestReading(ReadOnceAsync);
        _user = Authentication is null ? _user : (await Authentication).User;
        _selected = Session.Current.View.Selected;
        _watch = Desk.Watch(Session, () => _ = InvokeAsync(ReadAsync));
        Session.Changed += OnView;
        Session.Edits.Changed += OnEdits;
        await ReadAsync();
    }

    private Task ReadAsync() => _reading.RunAsync();

    private async Task ReadOnceAsync()
    {
        _view = await Desk.ReadAsync(Session, _user);
        StateHasChanged();
    }

    private void OnEdits() => _ = InvokeAsync(StateHasChanged);

    private void OnView(ViewRevision revision, object? by)
    {
        if (revision.View.Selected != _selected)
        {
            _ = InvokeAsync(() =>
            {
                _selected = Session.Current.View.Selected;
                StateHasChanged();
            });
        }
    }

    private void Jump(Site site)
    {
        var at = new WorldPoint(site.ZUm, site.YUm, site.XUm);
        Session.Go(
            v => v with
            {
                Selected = site.Id, Focus = at, Center = at, Hours = Math.Max(site.Hours, v.Hours),
                Modality = site.Modality.Length > 0 ? site.Modality : v.Modality,
            }, this);
        _selected = site.Id;
    }

    private async Task ProposeAsync()
    {
        var found = _view!.Found;
        await TryAsync((log, by) => log.ProposeAsync(Session.Dataset, found, by, default), found.Count);
        if (_error is null)
        {
            Tell(found.Count == 1 ? $"{found[0].Label} is proposed." : $"{found.Count} sites are proposed.");
        }
    }

    private async Task DeleteAsync(Site site)
    {
        await TryAsync((log, by) => log.DeleteAsync(Session.Dataset.Identity, site.Id, by, default));
        if (_error is null)
        {
            Tell($"{site.Label} is deleted.");
        }
    }

    // Says what was done, with the way back for as long as nothing else was done in this page.
    private void Tell(string done)
    {
        var made = Counts.Made;
        Snackbar.Add(done, Severity.Normal, o =>
        {
            o.Action = "Undo";
            o.VisibleStateDuration = 10_000;
            o.OnClick = _ => InvokeAsync(() => Counts.Made == made
                ? StepAsync(undo: true)
                : Complain("Other edits came after it: undo those first (Ctrl+Z)."));
        });
    }

    private Task Complain(string sentence)
    {
        _error = sentence;
        StateHasChanged();
        return Task.CompletedTask;
    }

    private async Task StepAsync(bool undo)
    {
        _error = await Desk.StepAsync(Session, _user, undo);
        StateHasChanged();
    }

    private async Task TryAsync(Func<SiteLog, Editor, Task> edit, int count = 1) =>
        _error = await Desk.TryAsync(Session, _user, edit, count);

    private async Task OpenImportAsync()
    {
        var parameters = new DialogParameters<SiteImportDialog> { { d => d.Session, Session }, { d => d.User, _user } };
        var dialog = await Dialogs.ShowAsync<SiteImportDialog>("Import sites and annotations", parameters, s_import);
        if (await dialog.Result is { Canceled: false, Data: ImportReport report })
        {
            Tell($"{report.Added} added, {report.Changed} changed, {report.Unchanged} unchanged.");
        }
    }

    private string AllAs(string format) => AddressOf($"annotations/export?format={format}");

    // Asked when it is wanted: the link holds what is annotated by then.
    private async Task OpenNeuroglancerAsync()
    {
        var (hours, modality) = (Session.Current.View.Hours, Session.Current.View.Modality);
        var query = FormattableString.Invariant($"hours={hours}&modality={Uri.EscapeDataString(modality)}");
        await Script.InvokeVoidAsync("dendrite.openNeuroglancer", AddressOf($"annotations/neuroglancer?{query}"));
    }

    private Task OpenSchemaAsync() => SchemaDialog.OpenAsync(Dialogs, Session, _user, MayDefine);

    private IReadOnlyList<SiteVolume> VolumesOf(Site site) =>
        site.Found.Length > 0 ? _view?.Volumes.GetValueOrDefault(site.Found) ?? [] : [];

    private static string StepHint(string what, string name) => name.Length > 0 ? $"{what}: {name}" : what;
}
