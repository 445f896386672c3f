using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.KramersKronig;

namespace DendriteViewer.Web.Impedance;

/// <summary>
/// What the leaves of the impedance section share: the state, and what somebody can do with it. It lives as long as the section, and is
/// used on the thread of the section's circuit alone. Of several fits that are asked for the last one counts; those before are cancelled.
/// </summary>
/// <param name="fits">Computes.</param>
/// <param name="content">Reads a file of the cell.</param>
/// <param name="tell">The sentence for a failure.</param>
public sealed class ImpedanceDesk(
    ImpedanceFits fits, Func<CellFile, CancellationToken, Task<byte[]>> content, Func<Exception, string> tell) : IDisposable
{
    // Verdicts come so many at once, so that a long list is not drawn anew for each.
    private const int ToldAtOnce = 12;

    private readonly CancellationTokenSource _closed = new();
    private CellState? _cell;
    private bool _isClosed;
    private CancellationTokenSource? _fit, _relax, _series, _verdicts;

    /// <summary>Raised when the state was replaced.</summary>
    public event Action? Changed;

    /// <summary>The state.</summary>
    public ImpedanceState State { get; private set; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        _isClosed = true;
        _closed.Cancel();
    }

    /// <summary>The key of a file's settings in the cell.</summary>
    public static string KeyOf(Guid file) => $"impedance/{file}";

    /// <summary>Takes what the cell holds now: reads its files, and what is kept for the sweep that is shown.</summary>
    /// <param name="cell">What the cell holds.</param>
    /// <param name="wanted">The sweep to show first; null for the one that is shown, or the first.</param>
    public async Task TakeAsync(CellState cell, SweepPlace? wanted = null)
    {
        var before = _cell;
        _cell = cell;
        var files = cell.Files.Where(f => f.Kind == CellFileKind.Impedance).ToList();
        if (State.Files is null || before is null || !files.SequenceEqual(before.Files.Where(f => f.Kind == CellFileKind.Impedance)))
        {
            var read = new List<ReadImpedance>();
            foreach (var file in files)
            {
                read.Add(await ReadAsync(file));
            }

            if (_isClosed || !ReferenceEquals(_cell, cell))
            {
                return;
            }

            var sweeps = read.Where(f => f.Content is not null)
                .SelectMany(f => f.Content!.Sweeps.Select(s => Listed(f, s))).OrderBy(s => s.Hours ?? double.MaxValue);
            Set(s => s with { Files = read, Sweeps = [.. sweeps], Series = null });
            var shown = State.Sweeps.FirstOrDefault(s => s.Place == (State.Shown?.Place ?? wanted)) ?? State.Sweeps.FirstOrDefault();
            await ShowAsync(shown);
            _ = TestAsync();
        }
        else if (State.Shown is { } shown
            && Kept(shown.Place.File, cell) != Kept(shown.Place.File, before) && Kept(shown.Place.File, cell) != State.Settings.ToJson())
        {
            // Somebody else changed the settings, or they were taken back.
            await ShowAsync(shown);
        }
    }

    /// <summary>Shows a sweep with what is kept for its file.</summary>
    public async Task ShowAsync(ListedSweep? sweep)
    {
        var (settings, problem) = (new ImpedanceSettings(), (string?)null);
        try
        {
            settings = sweep is null ? settings : ImpedanceSettings.Parse(Kept(sweep.Place.File, _cell));
        }
        catch (ArgumentException e)
        {
            problem = e.Message;
        }

        var isOther = sweep?.Place != State.Shown?.Place;
        Set(s => s with
        {
            Shown = sweep, Settings = settings, SettingsProblem = problem, Problem = null, SeriesProblem = null,
            Relaxation = isOther || settings.Lambda is null ? null : s.Relaxation,
        });
        Set(s => s with { Series = sweep is null ? null : fits.KeptSeries(SeriesSource(), settings) });
        await FitAsync();
    }

    /// <summary>Fits with other settings, at once.</summary>
    public Task TryAsync(ImpedanceSettings settings)
    {
        var before = State.Settings;
        var isShownOnly = FitsAlike(settings, before);
        Set(s => s with { Settings = settings, Series = isShownOnly ? s.Series : fits.KeptSeries(SeriesSource(), settings) });
        if (before.Mask != settings.Mask || !before.Turned.SequenceEqual(settings.Turned))
        {
            _ = TestAsync();
        }

        return isShownOnly ? Task.CompletedTask : FitAsync();
    }

    /// <summary>Sets the strength of smoothing; null for what the noise allows.</summary>
    public async Task RelaxAsync(double? lambda)
    {
        Set(s => s with { Settings = s.Settings with { Lambda = lambda }, Relaxation = lambda is null ? null : s.Relaxation });
        if (lambda is { } value && State.Evaluation?.Prepared is { } prepared)
        {
            var ct = Next(ref _relax);
            try
            {
                var relaxation = await fits.RelaxAsync(prepared, value, ct);
                if (!ct.IsCancellationRequested && State.Evaluation?.Prepared == prepared)
                {
                    Set(s => s with { Relaxation = relaxation });
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    /// <summary>Finds the interval of a parameter by its profile.</summary>
    public async Task ProfileAsync(string name)
    {
        if (State.Evaluation is not { Fit: not null } evaluation)
        {
            return;
        }

        try
        {
            var interval = await fits.ProfileAsync(evaluation, State.Settings, name, _closed.Token);
            if (State.Evaluation == evaluation)
            {
                Set(s => s with { Profiles = new Dictionary<string, ProfileInterval>(s.Profiles) { [name] = interval } });
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (ArgumentException e)
        {
            Set(s => s with { Problem = e.Message });
        }
    }

    /// <summary>Fits the whole series with the settings that are shown.</summary>
    public async Task FitSeriesAsync(Func<Action, Task> onCircuit)
    {
        var (sweeps, settings, ct) = (State.SeriesSweeps, State.Settings, Next(ref _series));
        Set(s => s with { SeriesPart = 0, SeriesProblem = null });
        try
        {
            var masked = sweeps.Select(s => (s.Place, s.Sweep with { Hours = s.Hours }, MaskOf(s, settings))).ToList();
            var progress = new PartProgress(part => onCircuit(() =>
            {
                if (!ct.IsCancellationRequested && State.SeriesPart is not null)
                {
                    Set(s => s with { SeriesPart = part });
                }
            }));
            var series = await fits.SeriesAsync(SeriesSource(), masked, settings, progress, ct);
            if (!ct.IsCancellationRequested)
            {
                var isOfThese = FitsAlike(settings, State.Settings) && sweeps.SequenceEqual(State.SeriesSweeps);
                Set(s => s with { SeriesPart = null, Series = isOfThese ? series : s.Series });
                await FitAsync();
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e)
        {
            Set(s => s with { SeriesPart = null, SeriesProblem = e is ArgumentException ? e.Message : tell(e) });
        }
    }

    /// <summary>Gives up fitting the series.</summary>
    public void CancelSeries()
    {
        _series?.Cancel();
        Set(s => s with { SeriesPart = null });
    }

    private async Task FitAsync()
    {
        var ct = Next(ref _fit);
        if (State.Shown is not { } shown)
        {
            Set(s => s with { Evaluation = null, IsFitting = false });
            return;
        }

        Set(s => s with { IsFitting = true, Problem = null });
        try
        {
            // One circuit serves the series, so that a name means one process throughout.
            var circuit = State.Series?.Fitted[0].Fit.Circuit;
            var evaluation = await fits.EvaluateAsync(shown.File.Source, shown.Sweep, State.Settings, circuit, ct);
            if (!ct.IsCancellationRequested)
            {
                var isSame = ReferenceEquals(State.Evaluation?.Fit, evaluation.Fit);
                Set(s => s with
                {
                    Evaluation = evaluation, EvaluatedPlace = shown.Place, IsFitting = false,
                    Profiles = isSame ? s.Profiles : new Dictionary<string, ProfileInterval>(),
                });
                await RelaxAsync(State.Settings.Lambda);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e)
        {
            Set(s => s with { Evaluation = null, IsFitting = false, Problem = e is ArgumentException ? e.Message : tell(e) });
        }
    }

    // Verdicts of all sweeps of the list, one after another, so that a long list does not keep others waiting.
    private async Task TestAsync()
    {
        var ct = Next(ref _verdicts);
        try
        {
            foreach (var some in State.Sweeps.Chunk(ToldAtOnce))
            {
                var verdicts = new Dictionary<SweepPlace, KkVerdict>();
                foreach (var sweep in some)
                {
                    try
                    {
                        verdicts[sweep.Place] = (await fits.PrepareAsync(sweep.File.Source, sweep.Sweep, SettingsOf(sweep), ct)).Verdict;
                    }
                    catch (ArgumentException)
                    {
                        // Its mask leaves too little; that is said where the sweep is shown.
                    }
                }

                ct.ThrowIfCancellationRequested();
                Set(s => s with { Verdicts = s.Verdicts.Where(v => !verdicts.ContainsKey(v.Key)).Concat(verdicts).ToDictionary() });
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static ListedSweep Listed(ReadImpedance file, ImpedanceSweep sweep) => new(
        new(file.File.Id, sweep.Index), file, sweep, CellReport.HoursOf(file.File, sweep, file.Content!.Sweeps.Count));

    private async Task<ReadImpedance> ReadAsync(CellFile file)
    {
        try
        {
            return new(file, await fits.ReadAsync(file, () => content(file, _closed.Token), _closed.Token), null);
        }
        catch (OperationCanceledException)
        {
            return new(file, null, null);
        }
        catch (Exception e)
        {
            return new(file, null, e is ArgumentException ? e.Message : tell(e));
        }
    }

    private ImpedanceSettings SettingsOf(ListedSweep sweep)
    {
        if (sweep.Place.File == State.Shown?.Place.File)
        {
            return State.Settings;
        }

        try
        {
            return ImpedanceSettings.Parse(Kept(sweep.Place.File, _cell));
        }
        catch (ArgumentException)
        {
            return new();
        }
    }

    // Points that were turned by hand are of their own file; the condition is that of the sweep which is shown.
    private PointMask? MaskOf(ListedSweep sweep, ImpedanceSettings settings) =>
        (settings with { Turned = SettingsOf(sweep).Turned }).ParsedMask();

    private string SeriesSource() => string.Join(';', State.SeriesSweeps.Select(s =>
        FormattableString.Invariant($"{s.File.Source} {s.Place.Sweep} {s.Hours} {string.Join(',', SettingsOf(s).Turned)}")));

    private static bool FitsAlike(ImpedanceSettings a, ImpedanceSettings b) =>
        (a with { AreaCm2 = b.AreaCm2, PerArea = b.PerArea, Lambda = b.Lambda }).ToJson() == b.ToJson();

    private static string? Kept(Guid file, CellState? cell) => cell?.Settings.GetValueOrDefault(KeyOf(file));

    private CancellationToken Next(ref CancellationTokenSource? source)
    {
        source?.Cancel();
        source = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        return source.Token;
    }

    private void Set(Func<ImpedanceState, ImpedanceState> change)
    {
        State = change(State);
        if (!_isClosed)
        {
            Changed?.Invoke();
        }
    }

    // Whole percents only, so that a page is not drawn anew a thousand times.
    private sealed class PartProgress(Func<double, Task> tell) : IProgress<double>
    {
        private int _percent;

        public void Report(double value)
        {
            var percent = (int)(100 * value);
            if (percent > Volatile.Read(ref _percent))
            {
                Volatile.Write(ref _percent, percent);
                _ = tell(value);
            }
        }
    }
}
