using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.JSInterop;
using MudBlazor;

namespace DendriteViewer.Web.History;

/// <summary>
/// What people did to a dataset, newest first, read by pages. What comes meanwhile is counted and shown when it is asked for, so that what
/// is read does not move.
/// </summary>
public sealed partial class HistoryPage
{
    private const int PageItems = 50;
    private static readonly DialogOptions s_options = new() { MaxWidth = MaxWidth.Small, FullWidth = true, CloseButton = true };
    private readonly List<HistoryItem> _items = [];
    private readonly HashSet<long> _undone = [], _new = [];
    private IReadOnlyList<HistoryItem> _fresh = [];
    private IReadOnlyList<Person> _people = [];
    private HistoryFilter _filter = new();
    private Dataset? _dataset;
    private ClaimsPrincipal _user = new();
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private IDisposable? _watch;
    private RestorePlan? _plan;
    private string _me = "";
    private string? _problem, _objectName, _told, _read;
    private long? _undoable;
    private bool _isKnown, _isZoneKnown, _hasMore, _hasMoreFresh, _isReading, _isRefused, _isAsking, _isOver;

    // Whether something came while it was asked what had come.
    private LatestReading _looking = null!;

    // Whether something came while what is listed first was read.
    private bool _isMissed;

    /// <summary>The dataset's id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>Whose edits, as a hash of their key.</summary>
    [SupplyParameterFromQuery]
    public string? By { get; set; }

    /// <summary>Of which kind of annotation.</summary>
    [SupplyParameterFromQuery]
    public string? Kind { get; set; }

    /// <summary>Of which annotation of that kind.</summary>
    [SupplyParameterFromQuery]
    public string? Object { get; set; }

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

    [Inject]
    private DatasetHistory History { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    private string ClockText => !_isZoneKnown || _zone == TimeZoneInfo.Utc ? "Times are UTC."
        : $"Times are those of your clock ({_zone.Id}).";

    private string FreshText => $"{_fresh.Count}{(_hasMoreFresh ? " and more" : "")} new edit{(_fresh.Count == 1 ? "" : "s")}";

    /// <summary>The page of a dataset's history, of all edits or of some.</summary>
    public static string AddressOf(DatasetId dataset, string? by = null, string? kind = null, string? id = null)
    {
        var query = new Dictionary<string, string?> { ["by"] = by, ["kind"] = kind, ["object"] = id };
        return QueryHelpers.AddQueryString($"/d/{dataset}/history", query.Where(q => !string.IsNullOrEmpty(q.Value)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        _watch?.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => _looking = new LatestReading(LookOnceAsync);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var asked = $"{Id}\n{By}\n{Kind}\n{Object}";
        if (asked == _read)
        {
            return;
        }

        (_read, _told, _undoable) = (asked, null, null);
        try
        {
            _user = (await Authentication).User;
            _me = _user.KeyOf();
            if (_dataset?.Id.Value != Id)
            {
                _dataset = await Catalog.TryOpenAsync(_user, Id, DatasetRole.Annotate, default);
                _watch?.Dispose();

                // Before the first read, so that nothing is missed between the two.
                _watch = _dataset is null ? null : History.Watch(_dataset.Identity, () => _ = InvokeAsync(LookAsync));
            }

            if (_dataset is not null)
            {
                await BeginAsync(_dataset);
            }
        }
        catch (Exception e)
        {
            _problem = Failures.Tell(e);
        }

        _isKnown = true;
        if (_isMissed)
        {
            _isMissed = false;
            await LookAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            try
            {
                _zone = HistoryDay.ZoneOf(await Script.InvokeAsync<string?>("dendriteShell.timeZone"));
                _isZoneKnown = true;
                StateHasChanged();
            }
            catch (JSException)
            {
                // The times stay UTC, which the page says.
            }
            catch (JSDisconnectedException)
            {
                // The page is gone.
            }
        }
    }

    private async Task BeginAsync(Dataset dataset)
    {
        var asked = _read;
        var told = await History.PeopleAsync(dataset, _user);
        if (asked != _read)
        {
            return;
        }

        if (told is not { Value: { } people })
        {
            _dataset = null;
            return;
        }

        _people = people;
        var person = By is null ? null : people.FirstOrDefault(p => DraftField.PersonOf(p.Key) == By);
        _filter = new HistoryFilter(By is null ? null : person?.Key ?? "", string.IsNullOrEmpty(Kind) ? null : Kind, Object);
        var name = Object is null ? null : (await History.NameAsync(dataset, _user, _filter)).Value;
        if (asked == _read)
        {
            _objectName = name;
            await ReadAsync(dataset);
        }
    }

    private async Task ReadAsync(Dataset dataset)
    {
        var asked = _filter;
        var part = await History.ReadAsync(dataset, _user, asked, long.MaxValue, PageItems);
        if (!ReferenceEquals(asked, _filter))
        {
            // Another filter was chosen meanwhile, and is read by who chose it.
            return;
        }

        _items.Clear();
        _undone.Clear();
        _new.Clear();
        (_fresh, _hasMoreFresh) = ([], false);
        Take(part, isNewer: false);
    }

    private async Task OlderAsync()
    {
        _isReading = true;
        if (_items.Count > 0)
        {
            var asked = _filter;
            var part = await History.ReadAsync(_dataset!, _user, asked, _items[^1].Entry.Number, PageItems);
            if (ReferenceEquals(asked, _filter))
            {
                Take(part, isNewer: false);
            }
        }

        _isReading = false;
    }

    private void Take(Told<HistoryPart> told, bool isNewer)
    {
        if (told is { Value: null })
        {
            (_dataset, _problem) = told.IsClosed ? (null, null) : (_dataset, told.Failure);
            return;
        }

        if (isNewer)
        {
            _items.InsertRange(0, told.Value.Items);
        }
        else
        {
            _items.AddRange(told.Value.Items);
            _hasMore = told.Value.HasMore;
        }

        // What was taken back is known as far as it is listed: the undo is newer than what it took back.
        _undone.Clear();
        foreach (var entry in Enumerable.Reverse(_items).Select(i => i.Entry).Where(e => e.What is EditWhat.Undo or EditWhat.Redo))
        {
            if (entry.Of is { } of)
            {
                _undone.Add(of);
            }

            if (entry.What == EditWhat.Undo)
            {
                _undone.Add(FirstOf(entry));
            }
            else
            {
                _undone.Remove(FirstOf(entry));
            }
        }
    }

    // The edit that was taken back, made again, taken back, as far as it is listed.
    private long FirstOf(EditEntry entry)
    {
        while (entry is { What: EditWhat.Undo or EditWhat.Redo, Of: { } of })
        {
            if (_items.Find(i => i.Entry.Number == of)?.Entry is not { } before)
            {
                return of;
            }

            entry = before;
        }

        return entry.Number;
    }

    // What came since the newest that is shown.
    private Task LookAsync() => _looking.RunAsync();

    private async Task LookOnceAsync()
    {
        if (_isOver || _dataset is null)
        {
            return;
        }

        if (!_isKnown)
        {
            // What is listed first is read yet.
            _isMissed = true;
            return;
        }

        var asked = _filter;
        var told = await History.SinceAsync(
            _dataset, _user, asked, _items.Count > 0 ? _items[0].Entry.Number : 0, HistoryReader.MostItems);
        if (!ReferenceEquals(asked, _filter))
        {
            // Another filter was chosen meanwhile, and what is of it is read by who chose it.
            return;
        }

        if (told is { Value: null, IsClosed: true })
        {
            _dataset = null;
        }
        else if (told.Value is { } part)
        {
            (_fresh, _hasMoreFresh) = (part.Items, part.HasMore);

            // Nothing is read yet that could move.
            if (_items.Count == 0 && _fresh.Count > 0)
            {
                await ShowFreshAsync();
            }
        }

        StateHasChanged();
    }

    private async Task ShowFreshAsync()
    {
        if (_hasMoreFresh)
        {
            await ReadAsync(_dataset!);
            return;
        }

        var fresh = _fresh;
        _fresh = [];
        _new.Clear();
        _new.UnionWith(fresh.Select(i => i.Entry.Number));
        await RefreshAsync(fresh);
    }

    // What is now as an older entry left it may be another by what came.
    private async Task RefreshAsync(IReadOnlyList<HistoryItem> fresh)
    {
        HistoryItem[] newer = [.. fresh.Reverse().Where(f => !_items.Exists(i => i.Entry.Number == f.Entry.Number))];
        Take(new Told<HistoryPart>(new HistoryPart(newer, HasMore: false)), isNewer: true);
        var changed = fresh.SelectMany(i => i.Objects.Select(o => (o.Kind, o.Id))).ToHashSet();
        var isWhole = fresh.Any(f => f.Objects.Count == 0);
        for (var i = 0; i < Math.Min(_items.Count, PageItems); i++)
        {
            if ((isWhole || _items[i].Objects.Any(o => changed.Contains((o.Kind, o.Id))))
                && (await History.FindAsync(_dataset!, _user, _items[i].Entry.Number)).Value is { } again)
            {
                _items[i] = again;
            }
        }
    }

    private void Choose(string? by, string? kind, string? id) => Navigation.NavigateTo(AddressOf(_dataset!.Id, by, kind, id));

    private string PersonName(string? hash) => string.IsNullOrEmpty(hash) ? "everybody"
        : _people.FirstOrDefault(p => DraftField.PersonOf(p.Key) == hash)?.Name ?? "somebody who never edited";

    private static string KindName(string? kind) => string.IsNullOrEmpty(kind) ? "everything" : HistoryWords.KindOf(kind);

    private async Task AskRestoreAsync(ToldObject one)
    {
        var told = await History.PlanAsync(_dataset!, _user, one.Kind, one.Id, one.Version);
        (_plan, _isAsking) = (told.Value, told.Value is not null);
        Tell(told.Value is null ? told.Failure ?? DatasetHistory.Closed : null, isRefused: true, undoable: null);
    }

    private async Task RestoreAsync()
    {
        // A second click comes after the first.
        if (_plan is not { } plan)
        {
            return;
        }

        (_isAsking, _plan) = (false, null);
        var told = await History.RestoreAsync(_dataset!, _user, plan, null);
        await DoneAsync(told, $"{plan.Name} is as edit {plan.Number} left it.", $"{plan.Name} is as edit {plan.Number} left it already.");
    }

    private async Task TakeBackAsync(long number)
    {
        var told = await History.TakeBackAsync(_dataset!, _user, number);
        await DoneAsync(told, $"Edit {number} is taken back.", $"There is nothing of edit {number} to take back any more.");
    }

    private async Task DoneAsync(Told<EditAnswer> told, string done, string unchanged)
    {
        var answer = told.Value;
        Tell(answer?.Outcome switch
        {
            null => told.Failure ?? DatasetHistory.Closed,
            EditOutcome.Refused => answer.Why ?? "It was refused.",
            EditOutcome.Unchanged => unchanged,
            _ => answer.Why is { } left ? $"{done} {left}" : done,
        }, answer?.Outcome is null or EditOutcome.Refused, answer?.Number);
        if (answer?.Number is not null)
        {
            // One's own edit was asked for here, and is shown at once.
            await LookAsync();
            if (_fresh.Count > 0)
            {
                await ShowFreshAsync();
            }
        }
    }

    private void Tell(string? text, bool isRefused, long? undoable) => (_told, _isRefused, _undoable) = (text, isRefused, undoable);
}
