using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Placements;

/// <summary>
/// Places a volume by landmarks. While it is open the panes show the scan and, beside it, the volume by itself; a script
/// (wwwroot/placement/landmarks.js) draws the pairs and tells of clicks. Each change is kept as the person's draft, fitted and shown at
/// once; a placement comes of it when somebody keeps it, or has images refine it.
/// </summary>
public sealed partial class LandmarkSection
{
    private readonly SemaphoreSlim _turn = new(1);
    private LandmarkDraft _draft = LandmarkDraft.Empty;
    private LandmarkTrial _trial = null!;
    private DraftPlace? _place;
    private ViewState? _before;
    private LandmarkScript _script = null!;
    private AffineTransform? _drawn;
    private string? _told;
    private int _selected;
    private (bool IsOpen, Pane Slice) _seen;
    private bool _snaps = true, _isLinked = true, _isDamaged;

    /// <summary>The session of the page.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Where the volume lies.</summary>
    [Parameter, EditorRequired]
    public PlacementReport Report { get; set; } = null!;

    /// <summary>What was chosen.</summary>
    [Parameter, EditorRequired]
    public PlacementChoices Choices { get; set; } = null!;

    /// <summary>Whether it is being registered.</summary>
    [Parameter]
    public bool IsBusy { get; set; }

    /// <summary>Called when landmarks begin or end to be placed.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    [Inject]
    private LandmarkDesk Landmarks { get; set; } = null!;

    [Inject]
    private PlacementDesk Desk { get; set; } = null!;

    [Inject]
    private PlacementViews Views { get; set; } = null!;

    [CascadingParameter]
    private PlacementActions Actions { get; set; } = null!;

    private bool IsOpen => Session.Current.View.Landmarks is { } m && new VolumeKey(m.Modality, m.Hours) == Report.Key;

    private Pane Slice => Session.Current.View.Maximized is { } pane and not Pane.Volume ? pane : Pane.Z;

    private string Next => _draft.Open is { } open ? open.MovingUm is null
            ? $"Click {open.Name} in {Report.Key.Modality} now." : $"Click {open.Name} in the scan now."
        : LandmarkFit.LeastOf(Choices.Model) - _draft.Pairs.Count is > 0 and var lacking
            ? $"Click a feature in either pane; {lacking} more {(lacking == 1 ? "pair is" : "pairs are")} needed."
        : "Click further features, or drag those that are off.";

    // From the volume's own µm to where it lies now.
    private AffineTransform Lies => Report.Volume.Transform.After(VolumePlacer.OwnOf(Report.Volume).Inverse());

    /// <summary>Called by the script when a feature was clicked, z, y, x in the dataset's frame.</summary>
    [JSInvokable]
    public Task Placed(bool isMoving, double[] at) => PutAsync(at, isMoving, (p, clicked) =>
    {
        var after = _draft.Place(isMoving, p, clicked);
        var pair = after.Pairs.Count > _draft.Pairs.Count ? after.Pairs[^1] : _draft.Open!;
        return (after, pair.Id, $"place {pair.Name}");
    });

    /// <summary>Called by the script when a point was dragged.</summary>
    [JSInvokable]
    public Task Moved(int id, bool isMoving, double[] at) =>
        PutAsync(at, isMoving, (p, clicked) => (_draft.Move(id, isMoving, p, clicked), id, $"move L{id}"));

    /// <summary>Called by the script when a point was clicked.</summary>
    [JSInvokable]
    public Task Selected(int id)
    {
        if (_selected != id)
        {
            return SelectAsync(id);
        }

        _selected = 0;
        return RefreshAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Session.Changed -= OnView;
        Landmarks.Changed -= OnDraft;
        PutBack();
        await _script.StopAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        (_script, _trial) = (Views.NewScript(), new LandmarkTrial(Desk));
        _seen = (IsOpen, Slice);
        Session.Changed += OnView;
        Landmarks.Changed += OnDraft;
        await Actions.RunAsync(by =>
        {
            _place = new DraftPlace(Session.Dataset, Report.Key, by.Key);
            return ReadAsync();
        });
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        // Another version moves the volume, and what was clicked in it; another model is another fit.
        if (_place is not null && IsOpen)
        {
            if (_drawn is not null && !_drawn.Equals(Lies))
            {
                // By it both panes can show the same place.
                Session.Update(v => v.Landmarks is { } m ? v with { Landmarks = m with { Focus = v.Focus, Center = v.Center } } : v, this);
            }

            _drawn = Lies;
            await FitAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (IsOpen && !_script.IsRunning)
        {
            await _script.StartAsync(this);
            await TellAsync();
        }
        else if (!IsOpen && _script.IsRunning)
        {
            await _script.StopAsync();
        }
    }

    private static string Count(int pairs) => pairs == 1 ? "1 pair" : $"{pairs} pairs";

    private async Task OpenAsync()
    {
        var ask = Session.Asks.Whole();
        await Actions.RunAsync(async _ =>
        {
            var shown = await Views.OfAsync(Session.Dataset, Report.Volume, Slice);
            if (ask.IsLast)
            {
                _before = Session.Current.View;
                Session.Update(shown, this);
            }
        });
        _drawn = Lies;
        await FitAsync();
        await Changed.InvokeAsync();
    }

    private async Task CloseAsync()
    {
        PutBack();
        await Changed.InvokeAsync();
    }

    private void PutBack()
    {
        if (IsOpen)
        {
            Session.Update(PlacementViews.Back(_before), this);
        }

        _before = null;
    }

    private void Show(Pane pane) => Session.Update(v => v with { Maximized = pane }, this);

    private Task Link(bool isLinked)
    {
        _isLinked = isLinked;
        return TellAsync();
    }

    private Task PutAsync(
        double[] at, bool isMoving, Func<WorldPoint, VolumeKey, (LandmarkDraft After, int Selected, string Name)> change) =>
        InTurnAsync(async () =>
        {
            Ranges.Um.Of("A landmark").Check(at, 3);
            var volume = isMoving ? Report.Volume : ShownScan();
            var clicked = new WorldPoint(at[0], at[1], at[2]);
            var (point, why) = _snaps ? await Landmarks.SnapAsync(volume, clicked, default) : new Snapped(clicked, null);
            var (after, selected, name) = change(
                isMoving ? OwnOf(point) : PointOf(VolumePlacer.DriftOf(volume).ToVoxel(point)), volume.Key);
            await KeepDraftAsync(after, name);
            (_selected, _told) = (selected, why);
        });

    // The fit is into this scan, and a feature of another one need not be there.
    private VolumeInfo ShownScan()
    {
        var (shown, scan) = (Session.Volume(Session.Current.View), VolumePlacer.FixedOf(Session.Dataset, Report.Key, null));
        return shown.Key == scan.Key ? shown : throw new VolumeFormatException(
            $"{shown.Key} is shown, but {Report.Key} is placed in {scan.Key}: show that one, and click the feature there.");
    }

    private Task RemoveAsync(int id) => InTurnAsync(() => KeepDraftAsync(_draft.Remove(id), $"delete L{id}"));

    private Task ClearAsync() => InTurnAsync(async () =>
    {
        if (_isDamaged)
        {
            await Landmarks.DiscardAsync(_place!, default);
            (_isDamaged, _draft) = (false, LandmarkDraft.Empty);
        }
        else
        {
            await KeepDraftAsync(_draft with { Pairs = [] }, $"discard {Count(_draft.Pairs.Count)}");
        }
    });

    // One after another: snapping and writing take a moment, and the next click may come meanwhile.
    private async Task InTurnAsync(Func<Task> work)
    {
        await _turn.WaitAsync();
        try
        {
            await Actions.RunAsync(_ => work());
            await FitAsync();
            await RefreshAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    // What is shown changes once it was kept.
    private async Task KeepDraftAsync(LandmarkDraft after, string name)
    {
        if (!await Landmarks.TryChangeAsync(_place!, _draft, after, name, Session.Edits, default))
        {
            await ReadAsync();
            throw new VolumeFormatException(
                $"These landmarks were changed meanwhile, by undo or in another page; they are shown as they are now, "
                + $"without “{name}”: do that again.");
        }

        (_draft, _told) = (after, null);
    }

    // The volume's pane goes to the point there, and the scan's to where the fit puts it: what lies beside the point that was clicked is
    // what the pair is off. Where one point is missing it is looked for there.
    private async Task SelectAsync(int id)
    {
        _selected = id;
        if (_draft.Pairs.FirstOrDefault(p => p.Id == id) is { } pair)
        {
            var (clicked, fit) = (pair.FixedIn(Session.Dataset), _trial.Placement?.Matrix);
            var own = pair.MovingUm ?? (fit is not null && clicked is { } at && PointOf(fit.ToVoxel(at)) is var m
                ? [m.Z, m.Y, m.X] : null);
            var there = fit is not null && own is not null ? fit.ToWorld(new VoxelPoint(own[0], own[1], own[2])) : clicked;
            Session.Update(v => v with
            {
                Focus = there ?? v.Focus, Center = there ?? v.Center,
                Landmarks = v.Landmarks is { } moving && ShownOf(own) is { } seen
                    ? moving with { Focus = seen, Center = seen } : v.Landmarks,
            }, this);
        }

        await RefreshAsync();
    }

    private Task KeepAsync() => Actions.RunAsync(async by =>
    {
        // As it is stored it is computed anew: the dataset may have changed since it was shown.
        var request = LandmarkTrial.RequestOf(Session.Dataset, Report.Key, Choices.Model, _draft);
        var placed = await Desk.FitAsync(Session.Dataset, request, default);
        await Desk.SaveAsync(Session.Dataset, placed, Choices.Along, by.Name, default);
    });

    private Task RefineAsync() => Actions.RunAsync(by =>
        Desk.StartAsync(Session.Dataset, Choices.Work.From(_draft.WholeIn(Session.Dataset)), by));

    private Task RegisterFromAsync(PointPair common) =>
        Actions.RunAsync(by => Desk.StartAsync(Session.Dataset, Choices.Work.About(common), by));

    private async Task FitAsync()
    {
        await _trial.TryAsync(Session.Dataset, Report.Key, Choices.Model, _draft);
        await TellAsync();
    }

    private async Task ReadAsync()
    {
        try
        {
            (_draft, _isDamaged) = (await Landmarks.ReadAsync(_place!, default), false);
        }
        catch (VolumeFormatException e)
        {
            (_draft, _isDamaged) = (LandmarkDraft.Empty, true);
            Actions.Tell(e);
        }
    }

    private Task RefreshAsync()
    {
        StateHasChanged();
        return TellAsync();
    }

    private Task TellAsync() => _script.ShowAsync(_draft, Session.Dataset, Lies, _trial.Placement, _selected, _isLinked);

    private WorldPoint OwnOf(WorldPoint shown) => PointOf(Lies.ToVoxel(shown));

    // Where a point of the volume is seen, which is where the volume lies now.
    private WorldPoint? ShownOf(double[]? own) => own is null ? null : Lies.ToWorld(new VoxelPoint(own[0], own[1], own[2]));

    private static WorldPoint PointOf(VoxelPoint at) => new(at.Z, at.Y, at.X);

    // Undo, or another page of the person, changed the draft.
    private void OnDraft(string blob) => _ = InvokeAsync(async () =>
    {
        if (_place?.Blob != blob)
        {
            return;
        }

        // What this page is changing is kept first; then nothing new may be there to read.
        await _turn.WaitAsync();
        try
        {
            var (shown, wasDamaged) = (_draft.ToBytes(), _isDamaged);
            await ReadAsync();
            if (wasDamaged != _isDamaged || !shown.AsSpan().SequenceEqual(_draft.ToBytes()))
            {
                await FitAsync();
                await RefreshAsync();
            }
        }
        finally
        {
            _turn.Release();
        }
    });

    // A pan changes nothing here.
    private void OnView(ViewRevision revision, object? by)
    {
        if ((IsOpen, Slice) is var seen && seen != _seen)
        {
            _seen = seen;
            _ = InvokeAsync(StateHasChanged);
        }
    }
}
