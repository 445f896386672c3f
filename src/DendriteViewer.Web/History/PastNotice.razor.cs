using System.Globalization;
using System.Security.Claims;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace DendriteViewer.Web.History;

/// <summary>What a page of annotations as they were says of them, and where one of them is made again what it was.</summary>
public sealed partial class PastNotice
{
    private static readonly DialogOptions s_options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseButton = true };
    private IReadOnlyDictionary<string, Then> _all = new Dictionary<string, Then>();
    private Then? _selected;
    private RestorePlan? _plan;
    private string _did = "";
    private string? _told;
    private long? _undoable;
    private bool _isOpen, _isAsking;
    private ClaimsPrincipal _user = new();

    // An annotation as the page shows it.
    private sealed record Then(string Kind, string Id, string Name, int Version);

    /// <summary>The session of the page.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    [Inject]
    private DatasetHistory History { get; set; } = null!;

    [Inject]
    private SiteLog Sites { get; set; } = null!;

    [Inject]
    private MeasurementLog Measurements { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private string NowAddress => $"/d/{Session.Dataset.Id}?{FrozenLinks.Without(Session.Link)}";

    /// <inheritdoc/>
    public void Dispose() => Session.Changed -= OnView;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Session.Dataset.Kept is not PastState past)
        {
            return;
        }

        _user = Authentication is null ? _user : (await Authentication).User;
        Session.Changed += OnView;
        var item = await History.FindAsync(Session.Dataset, _user, past.Number);
        _did = item.Value is { } known ? HistoryWords.Of(known).Text : past.Entry is { } entry ? HistoryWords.Past(entry.Name) : "";
        if (item.IsClosed)
        {
            return;
        }

        var sites = (await Sites.ListAsync(Session.Dataset)).Select(s => new Then(Sites.Kind, s.Id, s.Label, s.Version));
        var drawn = (await Measurements.ListAsync(Session.Dataset)).Select(m => new Then(Measurements.Kind, m.Id, m.Label, m.Version));
        _all = sites.Concat(drawn).DistinctBy(t => t.Id).ToDictionary(t => t.Id);
        Select();
    }

    private static string Title(PastState past) => past.Number == 0 ? "before all edits"
        : string.Create(CultureInfo.InvariantCulture, $"the annotations after edit {past.Number}");

    private void Select() => _selected = _all.GetValueOrDefault(Session.Current.View.Selected);

    private void OnView(ViewRevision view, object? by) => _ = InvokeAsync(() =>
    {
        var before = _selected;
        Select();
        if (_selected != before)
        {
            StateHasChanged();
        }
    });

    private async Task AskAsync()
    {
        var told = await History.PlanAsync(Session.Dataset, _user, _selected!.Kind, _selected.Id, _selected.Version);
        (_plan, _isAsking) = (told.Value, told.Value is not null);
        (_told, _undoable) = (told.Value is null ? told.Failure ?? DatasetHistory.Closed : null, null);
    }

    private async Task RestoreAsync()
    {
        // A second click comes after the first.
        if (_plan is not { } plan)
        {
            return;
        }

        (_isAsking, _plan) = (false, null);
        Tell(await History.RestoreAsync(Session.Dataset, _user, plan, Session.Edits),
            $"{plan.Name} is now as edit {plan.Number} left it.", $"{plan.Name} is so already.");
    }

    private async Task UndoAsync(long number) => Tell(await History.TakeBackAsync(Session.Dataset, _user, number),
        "That is taken back.", "There is nothing of it to take back any more.");

    private void Tell(Told<EditAnswer> told, string done, string unchanged)
    {
        var answer = told.Value;
        (_told, _undoable) = (answer?.Outcome switch
        {
            null => told.Failure ?? DatasetHistory.Closed,
            EditOutcome.Refused => answer.Why ?? "It was refused.",
            EditOutcome.Unchanged => unchanged,
            _ => answer.Why is { } left ? $"{done} {left}" : done,
        }, answer?.Number);
    }
}
