using System.Globalization;
using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
using MudBlazor;

namespace DendriteViewer.Web.Tours;

/// <summary>The tours of the dataset that a session shows.</summary>
public sealed partial class TourBox
{
    private TourList? _list;
    private Guid? _edited;
    private string? _title, _problem, _error;
    private LatestReading _reading = null!;

    /// <summary>The session whose views are kept.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Which tour is played.</summary>
    [Parameter, EditorRequired]
    public TourStage Stage { get; set; } = null!;

    /// <summary>A tour begins.</summary>
    [Parameter]
    public EventCallback OnPlay { get; set; }

    [Inject]
    private TourDesk Desk { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    /// <inheritdoc/>
    public void Dispose() => Desk.Store.Changed -= OnChanged;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync()
    {
        _reading = new LatestReading(ReadOnceAsync);
        Desk.Store.Changed += OnChanged;
        return ReadAsync();
    }

    private async Task<ClaimsPrincipal> UserAsync() => Authentication is null ? new ClaimsPrincipal() : (await Authentication).User;

    private static string FactsOf(TourItem item)
    {
        var changed = DateTimeOffset.FromUnixTimeMilliseconds(item.ChangedAt).ToString("d MMM yyyy", CultureInfo.InvariantCulture);
        var steps = item.Content.Steps.Count is 1 ? "1 view" : $"{item.Content.Steps.Count} views";
        return $"{steps}, {changed}{(item.Author is { } author ? $", {author}" : "")}";
    }

    // Somebody changed a tour, in this page or another.
    private void OnChanged(DatasetIdentity dataset)
    {
        if (dataset == Session.Dataset.Identity)
        {
            _ = InvokeAsync(async () =>
            {
                await ReadAsync();
                StateHasChanged();
            });
        }
    }

    private Task ReadAsync() => _reading.RunAsync();

    private async Task ReadOnceAsync()
    {
        try
        {
            (_list, _problem) = (await Desk.Store.ListAsync(await UserAsync(), Session.Dataset.Identity), null);
            if (_edited is { } edited && _list.Items.All(t => t.Id != edited))
            {
                (_edited, _error) = (null, "The tour that you changed was deleted by somebody.");
            }
        }
        catch (Exception e)
        {
            _problem = Failures.Tell(e);
        }
    }

    private async Task PlayAsync(TourItem item)
    {
        await OnPlay.InvokeAsync();
        await Stage.PlayAsync(item);
    }

    private Task CreateAsync() => TryAsync(async user =>
    {
        var step = new TourStep(Guid.NewGuid(), "", "", Session.LinkOfNow, TourRules.UsualSeconds);
        var made = await Desk.Store.CreateAsync(user, Session.Dataset.Identity, new TourContent(_title ?? "", "", [step]));
        (_title, _edited) = ("", made.Id);
    });

    private Task DeleteAsync(TourItem item) => TryAsync(async user =>
    {
        var deleted = await Desk.Store.DeleteAsync(user, Session.Dataset.Identity, item.Id, item.Version);
        Snackbar.Add($"“{deleted.Title}” is deleted.", Severity.Normal, o =>
        {
            o.Action = "Undo";
            o.VisibleStateDuration = 10_000;
            o.OnClick = _ => InvokeAsync(() => TryAsync(back => Desk.Store.RestoreAsync(back, Session.Dataset.Identity, item.Id, deleted)));
        });
    });

    // What the editor changes; the outcome is null where it was done.
    private async Task<string?> ChangeAsync(Guid tour, Func<TourContent, TourContent> change)
    {
        try
        {
            await Desk.Store.ChangeAsync(await UserAsync(), Session.Dataset.Identity, tour, change);
        }
        catch (Exception e)
        {
            return Failures.Tell(e);
        }

        await ReadAsync();
        StateHasChanged();
        return null;
    }

    private async Task TryAsync(Func<ClaimsPrincipal, Task> change)
    {
        _error = null;
        try
        {
            await change(await UserAsync());
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
        }

        await ReadAsync();
        StateHasChanged();
    }

    // The browser copied it at the click; only then it may.
    private async Task CopiedAsync()
    {
        var refused = await Script.InvokeAsync<string?>("dendriteShell.notCopied");
        Snackbar.Add(refused is null ? "The link is copied. It opens the tour for who may see this dataset."
            : $"The browser does not let the link be copied; it is {refused}", refused is null ? Severity.Success : Severity.Warning);
    }
}
