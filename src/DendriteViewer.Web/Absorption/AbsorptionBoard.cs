using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Absorption;

/// <summary>
/// What the leaves of the section of spectra share: the state, and what somebody can do with it. It lives as long as the section, and is
/// used on the thread of the section's circuit alone.
/// </summary>
public sealed class AbsorptionBoard : IDisposable
{
    private readonly CancellationTokenSource _closed = new();

    // Taken once: a dialog may ask after the section is gone, and is told then that it was given up.
    private readonly CancellationToken _gone;
    private readonly AbsorptionDesk _desk;
    private readonly ViewSession _session;
    private readonly CellActions _actions;
    private CancellationTokenSource? _evaluating, _ranking;
    private int _loads;

    // The newest recipe of each edge that is on its way to the log, and the end of that way: changes are saved in their order.
    private readonly Dictionary<string, AbsorptionRecipe> _unsaved = [];
    private Task<bool> _saving = Task.FromResult(true);

    // Of each edge the settings that its recipe was made of: what was read of the cell, or what was sent since.
    private readonly Dictionary<string, string?> _madeOf = [];

    /// <param name="desk">What reads and computes.</param>
    /// <param name="session">The page.</param>
    /// <param name="actions">What is done to the cell.</param>
    public AbsorptionBoard(AbsorptionDesk desk, ViewSession session, CellActions actions)
    {
        (_desk, _session, _actions, _gone) = (desk, session, actions, _closed.Token);
    }

    /// <summary>Raised when the state was replaced.</summary>
    public event Action? Changed;

    /// <summary>The state.</summary>
    public AbsorptionState State { get; private set; } = new();

    /// <summary>Whether the person may change anything.</summary>
    public bool MayEdit { get; set; }

    /// <summary>The page.</summary>
    public ViewSession Session => _session;

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <summary>Takes what belongs to the cell now, unless something newer was taken.</summary>
    public async Task LoadAsync(CellState cell, bool isRetry = false)
    {
        if (State.Cell is { } known && (cell.Version < known.Version || cell == known) && !isRetry)
        {
            return;
        }

        var load = ++_loads;
        try
        {
            var spectra = await _desk.ReadAsync(_session.Owner, _session.Dataset, cell, State.Spectra, _gone);
            if (load == _loads)
            {
                Set(s => s with { Cell = cell, Spectra = spectra, Failure = null });

                // Unless somebody opened one the latest is shown: files that are added together come one by one.
                var isChosen = _session.Cell.Open is { Section: CellSection.Spectra, File: not null };
                await ShowAsync(isChosen ? State.Sample?.Name : null, isOpened: false);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e)
        {
            Set(s => s with { Cell = s.Cell ?? cell, Failure = _desk.Tell(e) });
        }
    }

    /// <summary>Shows a spectrum, and the scan nearest to its time.</summary>
    public async Task OpenAsync(CellSpectrum spectrum)
    {
        _session.Cell.Show(new(CellSection.Spectra, spectrum.File.Id, spectrum.Index));
        if (HoursOf(spectrum) is { } hours)
        {
            await _session.Cell.GoToAsync(hours);
        }

        await ShowAsync(spectrum.Name, isOpened: true);
    }

    /// <summary>Shows the edge.</summary>
    public Task OpenEdgeAsync(string edge) =>
        State.Spectra.Items.Where(s => s.Edge == edge).OrderBy(s => s.IsReference).ThenByDescending(s => Rank(s)).FirstOrDefault()
            is { } first ? OpenAsync(first) : Task.CompletedTask;

    /// <summary>Follows what is open in the page: a link, or a click elsewhere.</summary>
    public Task FollowAsync() => _session.Cell.Open is { Section: CellSection.Spectra, File: { } file } open
        && CellSpectrum.NameOf(file, open.Item ?? 0) is var name && name != State.Sample?.Name
            ? ShowAsync(name, isOpened: true) : Task.CompletedTask;

    /// <summary>
    /// When a spectrum was taken, in hours on the scans' clock: of one before or after all scans, the first or last of them.
    /// </summary>
    public double? HoursOf(CellSpectrum spectrum) => spectrum.Said.Moment switch
    {
        SpectrumMoment.Before => _session.Dataset.Volumes.Min(v => v.Key.Hours),
        SpectrumMoment.After => _session.Dataset.Volumes.Max(v => v.Key.Hours),
        _ => spectrum.File.StartHours,
    };

    /// <summary>
    /// Changes the recipe of the edge. It counts at once, so that the next change builds on it; what it leads to comes with the changed
    /// cell, as it does for everybody. Where it is refused, what is kept is shown again.
    /// </summary>
    public async Task ChangeAsync(Func<AbsorptionRecipe, AbsorptionRecipe> change)
    {
        var edge = State.Edge;
        if (!MayEdit || edge.Length == 0 || State.Damage is not null)
        {
            return;
        }

        AbsorptionRecipe recipe;
        try
        {
            recipe = change(State.Recipe).Checked();
        }
        catch (OutOfRangeException e)
        {
            Set(s => s with { Refusal = _desk.Tell(e) });
            return;
        }

        _unsaved[edge] = recipe;
        Set(s => s with { Recipe = recipe, Refusal = null });
        var sent = new ChangeSettings(AbsorptionDesk.KeyOf(edge), _madeOf.GetValueOrDefault(edge), recipe.ToJson());
        _madeOf[edge] = sent.Mine;
        var isSaved = await (_saving = SaveAsync(_saving, sent));
        if (!ReferenceEquals(_unsaved.GetValueOrDefault(edge), recipe))
        {
            return;
        }

        _unsaved.Remove(edge);
        if (!isSaved && State.Edge == edge && !_closed.IsCancellationRequested)
        {
            await ShowAsync(State.Sample?.Name, isOpened: false);
        }
    }

    /// <summary>Removes settings of the edge that cannot be read, so that everything is chosen again; undo has them back.</summary>
    public async Task ResetAsync()
    {
        if (MayEdit && State.Damage is not null)
        {
            await _actions.ChangeAsync(new SetSettings(AbsorptionDesk.KeyOf(State.Edge), null));
        }
    }

    /// <summary>What is done to the cell.</summary>
    public CellActions Actions => _actions;

    /// <summary>Reads a file that somebody is about to add.</summary>
    public Task<SpectrumPreview> PreviewAsync(string name, byte[] bytes, CellFileOptions options) =>
        _desk.PreviewAsync(_session.Owner, name, bytes, options, _gone);

    /// <summary>Reads the newest state again, as after a failure.</summary>
    public async Task RetryAsync()
    {
        try
        {
            await LoadAsync(await _desk.StateAsync(_session.Dataset, _gone), isRetry: true);
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e)
        {
            Set(s => s with { Failure = _desk.Tell(e) });
        }
    }

    /// <summary>Fits all combinations of the references, the best first.</summary>
    public async Task RankAsync()
    {
        if (State.Answers?.Study is not { } study)
        {
            return;
        }

        using var ranking = Begin(ref _ranking);
        Set(s => s with { IsRanking = true, RankingProblem = null });
        try
        {
            var ranked = await _desk.RankAsync(_session.Owner, study, await _actions.ClientAsync(), ranking.Token);
            Set(s => s with { Ranked = ranked, IsRanking = false });
        }
        catch (OperationCanceledException)
        {
            Set(s => s with { IsRanking = _ranking is not null && _ranking != ranking });
        }
        catch (Exception e)
        {
            Set(s => s with { IsRanking = false, RankingProblem = _desk.Tell(e) });
        }

        End(ref _ranking, ranking);
    }

    /// <summary>Gives up ranking.</summary>
    public void StopRanking() => _ranking?.Cancel();

    // Another spectrum has the recipe of its edge.
    private Task ShowAsync(string? name, bool isOpened)
    {
        var items = State.Spectra.Items;
        var open = _session.Cell.Open is { Section: CellSection.Spectra, File: { } file } o ? CellSpectrum.NameOf(file, o.Item ?? 0) : null;
        var sample = items.FirstOrDefault(s => s.Name == name) ?? items.FirstOrDefault(s => s.Name == open)
            ?? items.OrderBy(s => s.IsReference).ThenByDescending(Rank).FirstOrDefault();
        var edge = sample?.Edge ?? "";
        var recipe = new AbsorptionRecipe();
        string? damage = null;
        try
        {
            if (_unsaved.TryGetValue(edge, out var unsaved))
            {
                recipe = unsaved;
            }
            else if (State.Cell is { } cell)
            {
                _madeOf[edge] = cell.Settings.GetValueOrDefault(AbsorptionDesk.KeyOf(edge));
                recipe = AbsorptionDesk.RecipeOf(cell, edge);
            }
        }
        catch (Exception e)
        {
            damage = _desk.Tell(e);
        }

        var isSame = sample?.Name == State.Sample?.Name;
        _ranking?.Cancel();
        Set(s => s with
        {
            Sample = sample, Edge = edge, Recipe = recipe, Damage = damage, Answers = isSame ? s.Answers : null, Ranked = null,
            RankingProblem = null, Refusal = isOpened ? null : s.Refusal,
        });
        return EvaluateAsync();
    }

    private async Task<bool> SaveAsync(Task<bool> before, ChangeSettings change)
    {
        await before;
        return await _actions.SetAsync(change);
    }

    // Of those that are known to be late the latest: what the experiment led to.
    private static double Rank(CellSpectrum spectrum) => double.IsPositiveInfinity(spectrum.Order) ? double.MinValue : spectrum.Order;

    private async Task EvaluateAsync()
    {
        if (State.Sample is not { } sample || State.Damage is not null)
        {
            _evaluating?.Cancel();
            Set(s => s with { Answers = null, IsWorking = false });
            return;
        }

        using var evaluating = Begin(ref _evaluating);
        var request = CellSpectrum.RequestOf(sample, State.Spectra.Items, State.Recipe);
        var components = State.Recipe.Components;
        Set(s => s with { IsWorking = true });
        try
        {
            var ct = evaluating.Token;
            var answers = await _desk.RunAsync(
                _session.Owner, AbsorptionDesk.StudySeconds, () => AbsorptionAnswers.Of(request, components, ct), ct);
            evaluating.Token.ThrowIfCancellationRequested();
            Set(s => s with { Answers = answers, IsWorking = false });
        }
        catch (OperationCanceledException)
        {
            // Something newer is computed.
        }
        catch (Exception e)
        {
            Set(s => s with { Answers = new() { StudyProblem = _desk.Tell(e) }, IsWorking = false });
        }

        End(ref _evaluating, evaluating);
    }

    // The newest wins; what ran before is given up.
    private CancellationTokenSource Begin(ref CancellationTokenSource? running)
    {
        running?.Cancel();
        return running = CancellationTokenSource.CreateLinkedTokenSource(_gone);
    }

    private static void End(ref CancellationTokenSource? running, CancellationTokenSource ended) =>
        running = running == ended ? null : running;

    private void Set(Func<AbsorptionState, AbsorptionState> change)
    {
        State = change(State);
        Changed?.Invoke();
    }
}
