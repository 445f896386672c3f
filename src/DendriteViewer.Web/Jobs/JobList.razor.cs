using System.Globalization;
using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace DendriteViewer.Web.Jobs;

/// <summary>Jobs that the visitor may see, moving as they move, each with what can be done about it.</summary>
public sealed partial class JobList
{
    // With the identity, so that it never opens another dataset that took the id since.
    private static string AddressOf(Job job) => $"/d/{job.Dataset}{(job.DatasetIdentity is { } identity ? $"?identity={identity}" : "")}";

    private readonly HashSet<Guid> _mayChange = [];
    private IReadOnlyList<Job> _shown = [];
    private ClaimsPrincipal _user = new();
    private string? _refused;
    private LatestReading _reading = null!;
    private long _last;
    private bool _closed;

    /// <summary>At most this many, newest first.</summary>
    [Parameter]
    public int Most { get; set; } = int.MaxValue;

    /// <summary>Which of them.</summary>
    [Parameter]
    public Func<Job, bool> Where { get; set; } = _ => true;

    /// <summary>What stands there where there are none.</summary>
    [Parameter]
    public RenderFragment? Empty { get; set; }

    [Inject]
    private JobBoard Board { get; set; } = null!;

    [Inject]
    private JobAccess Access { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed = true;
        Board.Changed -= Refresh;
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _reading = new LatestReading(LoadOnceAsync);
        Board.Changed += Refresh;
        _user = (await Authentication).User;
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => LoadAsync();

    private Task LoadAsync() => _reading.RunAsync();

    private async Task LoadOnceAsync()
    {
        var newest = Board.Jobs.Where(Where).Take(Math.Min(Most, JobBoard.MostShown));
        var shown = (await Access.VisibleAsync(_user, [.. newest])).ToArray();
        foreach (var job in shown.Where(j => _shown.All(s => s.Id != j.Id || s.State != j.State)))
        {
            if (await Access.MayChangeAsync(_user, job))
            {
                _mayChange.Add(job.Id);
            }
        }

        _shown = shown;
    }

    // The rights may have ended since the page was opened.
    private async Task CancelAsync(Job job)
    {
        if (await Access.MayChangeAsync(_user, job))
        {
            await Board.CancelAsync(job.Id);
        }
    }

    private async Task TryAgainAsync(Job job)
    {
        if (await Access.MayChangeAsync(_user, job))
        {
            try
            {
                await Board.TryAgainAsync(job.Id, _user.PersonOf());
                _refused = null;
            }
            catch (JobBusyException e)
            {
                _refused = e.Message;
            }
        }
    }

    // At most ten redraws a second while a job runs; its end is always drawn.
    private void Refresh()
    {
        var running = Board.Jobs.Any(j => j.State == JobState.Running);
        if (running && Time.GetElapsedTime(Interlocked.Read(ref _last)) < TimeSpan.FromMilliseconds(100))
        {
            return;
        }

        Interlocked.Exchange(ref _last, Time.GetTimestamp());
        _ = InvokeAsync(async () =>
        {
            if (!_closed)
            {
                await LoadAsync();
                StateHasChanged();
            }
        });
    }

    private string By(Job job)
    {
        var now = Time.GetUtcNow();
        var took = job.Took(now) is { } t ? $", took {Words(t)}" : "";
        took = job.State == JobState.Running ? took.Replace("took", "for", StringComparison.Ordinal) : took;
        return $"{job.By}, {Words(now - job.Asked)} ago{took}{(job.Attempts > 1 ? $", attempt {job.Attempts}" : "")}";
    }

    private static string IconOf(JobState state) => state switch
    {
        JobState.Waiting => Icons.Material.Outlined.Schedule,
        JobState.Running => Icons.Material.Outlined.PlayCircle,
        JobState.Done => Icons.Material.Outlined.CheckCircle,
        JobState.Failed => Icons.Material.Outlined.ErrorOutline,
        _ => Icons.Material.Outlined.Cancel,
    };

    private static Color ColorOf(JobState state) => state switch
    {
        JobState.Running => Color.Primary,
        JobState.Done => Color.Success,
        JobState.Failed => Color.Error,
        _ => Color.Default,
    };

    // What an icon's shape and colour say, for who sees neither.
    private static string NameOf(JobState state) => state switch
    {
        JobState.Waiting => "waiting",
        JobState.Running => "running",
        JobState.Done => "done",
        JobState.Failed => "failed",
        _ => "cancelled",
    };

    private static string Words(TimeSpan t) => t switch
    {
        { TotalSeconds: < 1 } => "a moment",
        { TotalSeconds: < 90 } => $"{t.TotalSeconds:0} s",
        { TotalMinutes: < 90 } => $"{t.TotalMinutes:0} min",
        { TotalHours: < 36 } => $"{t.TotalHours:0} h",
        _ => $"{t.TotalDays:0} days",
    };
}
