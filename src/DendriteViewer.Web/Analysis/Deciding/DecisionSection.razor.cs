using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Analysis.Deciding;

/// <summary>Runs and shows the decision of the nano scans nearest to the time that is shown.</summary>
public sealed partial class DecisionSection
{
    private Read? _read;
    private Job? _job;
    private string? _refusal;
    private volatile Place _place = new(0, "", "");
    private bool _isReading, _isAsked, _isOver, _isDrawing;

    // What is shown; all of it is of one state of the dataset, one modality and one time.
    private sealed record Read(
        string Modality, double? Hours, bool IsLaidOn = true, string? Problem = null, KeptDecision? Kept = null, string? Failure = null)
    {
        public IReadOnlyList<DrawnClasses> Drawn { get; init; } = [];
    }


    private sealed record Place(double Hours, string Modality, string Revision);

    /// <summary>The session whose view is set.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>By what recipe new dark volume is found.</summary>
    [Parameter, EditorRequired]
    public AnalysisRecipe Recipe { get; set; } = null!;

    /// <summary>Whether the person may decide.</summary>
    [Parameter]
    public bool MayRun { get; set; }

    /// <summary>Asks again whether the person may, and says so where not.</summary>
    [Parameter, EditorRequired]
    public Func<Task<bool>> MayRunNow { get; set; } = null!;

    /// <summary>Who decides.</summary>
    [Parameter]
    public Person By { get; set; } = null!;

    [Inject]
    private Decisions Decisions { get; set; } = null!;

    [Inject]
    private JobBoard Jobs { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        Session.Changed -= OnView;
        Decisions.Changed -= OnDecision;
        Jobs.Changed -= OnJobs;
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Session.Changed += OnView;
        Decisions.Changed += OnDecision;
        Jobs.Changed += OnJobs;
        _job = Decisions.Newest(Session.Dataset.Identity);
        _place = PlaceNow();
        await LoadAsync();
    }

    // One after another; what was asked for meanwhile is read afterwards, once.
    private async Task LoadAsync()
    {
        _isAsked = true;
        if (_isReading)
        {
            return;
        }

        _isReading = true;
        try
        {
            while (_isAsked && !_isOver)
            {
                _isAsked = false;
                var (dataset, view) = (Session.Dataset, Session.Current.View);
                var read = await ReadAsync(dataset, view.Modality, view.Hours);

                // Of another modality or state of the dataset nothing is shown; of another time the next turn says whether it matters.
                if (view.Modality == Session.Current.View.Modality && dataset.Revision == Session.Dataset.Revision)
                {
                    _read = read;
                    StateHasChanged();
                }
                else
                {
                    _isAsked = true;
                }
            }
        }
        finally
        {
            _isReading = false;
        }
    }

    private async Task<Read> ReadAsync(Dataset dataset, string modality, double at)
    {
        var read = new Read(modality, null);
        try
        {
            var phase = dataset.Volumes.Where(v => v.Key.Modality == modality).SelectMany(v => NestedFields.In(dataset, v))
                .Where(v => v.Key.Modality == FieldDecision.Phase).MinBy(v => Math.Abs(v.Key.Hours - at));
            if (phase is null)
            {
                return read;
            }

            var scan = dataset.Nearest(modality, phase.Key.Hours);
            read = read with
            {
                Hours = phase.Key.Hours, Problem = StageTrust.ProblemOf(dataset, phase.Key),
                IsLaidOn = scan is null || dataset.HoursOf(modality)[0] == scan.Key.Hours || scan.Transform != scan.ScannedTransform,
            };
            return read with
            {
                Kept = await Decisions.TryLoadAsync(dataset, modality, phase.Key.Hours, default),
                Drawn = await Decisions.DrawnAsync(dataset, modality, phase.Key.Hours, default),
            };
        }
        catch (Exception e)
        {
            return read with { Failure = Failures.Tell(e) };
        }
    }

    private Task DrawnAsync(DrawnClasses drawn)
    {
        _isDrawing = false;
        return DecideAsync(drawn);
    }

    private Task DecideAsync(DrawnClasses? drawn) => TryAsync(async () =>
    {
        // What the button was pressed for, whatever is shown when the right was asked for.
        if (_read is { Hours: { } hours } read && await MayRunNow())
        {
            _job = await Decisions.StartAsync(Session.Dataset, Recipe with { Modality = read.Modality }, hours, By, drawn);
        }
    });

    private Task CancelAsync() => TryAsync(async () =>
    {
        if (_job is { } job && await MayRunNow())
        {
            await Jobs.CancelAsync(job.Id);
        }
    });

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            _refusal = null;
            await work();
        }
        catch (Exception e)
        {
            _refusal = Failures.Tell(e);
        }
    }

    // Verdicts are drawn at their own time.
    private void GoToHours(double hours) => Session.Go(v => v with { Hours = hours }, this);

    private void GoTo(DecidedPiece piece) => Session.Go(
        v => v with { Hours = _read?.Hours ?? v.Hours, Focus = piece.Center, Center = piece.Center }, this);

    private Place PlaceNow() => new(Session.Current.View.Hours, Session.Current.View.Modality, Session.Dataset.Revision);

    // What nobody in particular changed is the dataset, or a mask that somebody corrects.
    private void OnView(ViewRevision revision, object? by)
    {
        var now = PlaceNow();
        if (by is null || now != _place)
        {
            _place = now;
            Reload();
        }
    }

    private void OnDecision(DatasetIdentity dataset)
    {
        if (dataset == Session.Dataset.Identity)
        {
            Reload();
        }
    }

    private void Reload() => _ = InvokeAsync(LoadAsync);

    // A job that another server ended is known by the board alone.
    private void OnJobs() => _ = InvokeAsync(async () =>
    {
        if (Decisions.Newest(Session.Dataset.Identity) is var job && job != _job)
        {
            var isDone = job is { State: JobState.Done } && (_job is not { State: JobState.Done } before || before.Id != job.Id);
            _job = job;
            StateHasChanged();
            if (isDone)
            {
                await LoadAsync();
            }
        }
    });
}
