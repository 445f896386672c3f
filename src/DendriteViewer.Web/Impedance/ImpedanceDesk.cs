using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.KramersKronig;
using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Impedance;

/// <summary>
/// What the leaves of the impedance section share: the state, and what somebody can do with it. It lives as long as the section, or as a
/// request. Of several fits that are asked for the last one counts; those before are cancelled. Files of one sweep each are one series and
/// share their settings, except for the points that were turned by hand.
/// </summary>
/// <param name="fits">Computes.</param>
/// <param name="owner">Whose turns at computing are used: the account or link of who looks.</param>
/// <param name="content">Reads a file of the cell.</param>
/// <param name="tell">The sentence for a failure.</param>
/// <param name="gone">Ends what is computed for it, as <see cref="Dispose"/> does.</param>
public sealed class ImpedanceDesk(
    ImpedanceFits fits, string owner, Func<CellFile, CancellationToken, Task<byte[]>> content, Func<Exception, string> tell,
    CancellationToken gone = default) : IDisposable
{
    /// <summary>The key of the settings that all files of one sweep each share.</summary>
    public const string SweepsKey = "impedance/sweeps";

    // Verdicts come so many at once, so that a long list is not drawn anew for each.
    private const int ToldAtOnce = 12;

    private readonly CancellationTokenSource _closed = CancellationTokenSource.CreateLinkedTokenSource(gone);
    private readonly Lock _setting = new();
    private CellState? _cell;

    // By key the settings that those of the state were made of: what was read of the cell, or what was sent since.
    private readonly Dictionary<string, string?> _madeOf = [];

    // By key the newest settings that are on their way to the cell, and how many changes are: they count as kept until all have arrived.
    private readonly Dictionary<string, (int Changes, string? Json)> _sent = [];

    private bool _isClosed;
    private CancellationTokenSource? _fit, _relax, _series, _verdicts;

    /// <summary>Raised when the state was replaced.</summary>
    public event Action? Changed;

    /// <summary>The state.</summary>
    public ImpedanceState State { get; private set; } = new();

    /// <summary>Whether all sweeps of the list are tested, as a page does that shows their verdicts.</summary>
    public bool TestsAll { get; init; } = true;

    /// <summary>The clock by which it waits where much is being computed.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Spends what fitting a series costs, in megapixels of a budget; null where that was spent before.</summary>
    public Func<double, CancellationToken, Task<IDisposable>>? Spend { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isClosed = true;
        _closed.Cancel();
    }

    /// <summary>The key of a file's settings in the cell; of a file with one sweep they are its turned points alone.</summary>
    public static string KeyOf(Guid file) => $"impedance/{file}";

    /// <summary>Takes what the cell holds now: reads its files, and what is kept for the sweep that is shown.</summary>
    /// <param name="cell">What the cell holds.</param>
    /// <param name="wanted">The sweep to show first; null for the one that is shown, or the first.</param>
    public Task TakeAsync(CellState cell, SweepPlace? wanted = null) => TakeAsync(cell, wanted, isLast: false);

    // The state after the last change that was sent is compared with what is shown, whatever was seen before it.
    private async Task TakeAsync(CellState cell, SweepPlace? wanted, bool isLast)
    {
        var before = _cell;
        if (cell.Version < before?.Version)
        {
            return;
        }

        _cell = cell;
        var files = cell.Files.Where(f => f.Kind == CellFileKind.Impedance).ToList();
        // What was read counts, not what was seen: a reading that another change overtook was given up.
        if (State.Files is null || before is null || !files.SequenceEqual(State.Files.Select(f => f.File)))
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
            Set(s => s with { Files = read, Sweeps = [.. sweeps], Series = null, Turned = TurnedOf(read, cell) });
            var shown = State.Sweeps.FirstOrDefault(s => s.Place == (State.Shown?.Place ?? wanted)) ?? State.Sweeps.FirstOrDefault();
            await ShowAsync(shown);
            _ = TestAsync();
        }
        else if (State.Shown is { } shown
            && (isLast || State.SeriesSweeps.Any(s => !KeptTexts(s, cell).SequenceEqual(KeptTexts(s, before)))))
        {
            // Somebody else changed the settings, or they were taken back; or the page's own change came back.
            Set(s => s with { Turned = TurnedOf(s.Files!, cell) });
            var (settings, problem) = KeptOf(shown);
            var isOwn = problem is null && State.SettingsProblem is null && settings.ToJson() == State.Settings.ToJson();
            if (isOwn)
            {
                MakeOf(shown);
            }
            else
            {
                await ShowAsync(shown);
            }

            string? OwnOf(ListedSweep s, CellState of) => of.Settings.GetValueOrDefault(KeyOf(s.Place.File));
            if (State.SeriesSweeps.Any(s => s.Place.File != shown.Place.File && OwnOf(s, cell) != OwnOf(s, before)))
            {
                // Points were turned in another file of the series.
                Set(s => s with { Series = s.SettingsProblem is null ? fits.KeptSeries(SeriesSource(), s.Settings) : null });
            }

            _ = TestAsync();
        }
    }

    /// <summary>The changes of the cell that keep settings of the sweep that is shown; asked before they are tried.</summary>
    public IReadOnlyList<ChangeSettings> Edits(ImpedanceSettings settings)
    {
        if (State.Shown is not { } shown)
        {
            return [];
        }

        var key = KeyOf(shown.Place.File);
        if (!shown.File.IsAlone)
        {
            return [Edit(key, settings.ToJson())];
        }

        var before = State.Settings;
        var turned = Edit(key, settings.Turned.Count == 0 ? null : new ImpedanceSettings { Turned = settings.Turned }.ToJson());
        var shared = Edit(SweepsKey, (settings with { Turned = [] }).ToJson());
        var isTurned = !settings.Turned.SequenceEqual(before.Turned);
        return State.SettingsProblem is not null ? [shared, turned]
            : !isTurned ? [shared]
            : (settings with { Turned = before.Turned }).ToJson() == before.ToJson() ? [turned] : [shared, turned];
        ChangeSettings Edit(string of, string? json) => new(of, _madeOf.GetValueOrDefault(of), json);
    }

    /// <summary>The settings that count for a sweep: those that are tried where it is of the shown series, else the kept ones.</summary>
    public ImpedanceSettings SettingsOf(ListedSweep sweep) =>
        State.Shown is not { } shown ? KeptOf(sweep).Settings
        : sweep.Place.File == shown.Place.File ? State.Settings
        : sweep.File.IsAlone && shown.File.IsAlone ? State.Settings with { Turned = KeptOf(sweep).Settings.Turned }
        : KeptOf(sweep).Settings;

    /// <summary>Shows a sweep with what is kept for its series.</summary>
    public async Task ShowAsync(ListedSweep? sweep)
    {
        var (settings, problem) = sweep is null ? (new ImpedanceSettings(), null) : KeptOf(sweep);
        MakeOf(sweep);
        var isOther = sweep?.Place != State.Shown?.Place;
        Set(s => s with
        {
            Shown = sweep, Settings = settings, SettingsProblem = problem, Problem = null, SeriesProblem = null,
            Relaxation = isOther || settings.Lambda is null ? null : s.Relaxation,
        });
        Set(s => s with { Series = sweep is null || problem is not null ? null : fits.KeptSeries(SeriesSource(), settings) });
        await FitAsync();
    }

    /// <summary>
    /// Fits with other settings at once, and keeps them. Of several changes that are on their way at once the state after the last counts:
    /// what is kept then is shown, which is something else where somebody changed it too or a change was refused.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="send">Keeps a change; false where it was refused.</param>
    /// <param name="newest">Asks for what the cell holds now.</param>
    public async Task SaveAsync(ImpedanceSettings settings, Func<ChangeSettings, Task<bool>> send, Func<Task<CellState>> newest)
    {
        var edits = Edits(settings);
        foreach (var edit in edits)
        {
            _madeOf[edit.Key] = edit.Mine;
            _sent[edit.Key] = (_sent.GetValueOrDefault(edit.Key).Changes + 1, edit.Mine);
        }

        var fit = TryAsync(settings);
        try
        {
            foreach (var edit in edits)
            {
                if (!await send(edit))
                {
                    break;
                }
            }
        }
        finally
        {
            foreach (var edit in edits)
            {
                var (changes, json) = _sent[edit.Key];
                if (changes > 1)
                {
                    _sent[edit.Key] = (changes - 1, json);
                }
                else
                {
                    _sent.Remove(edit.Key);
                }
            }
        }

        if (!_isClosed && !edits.Any(e => _sent.ContainsKey(e.Key)))
        {
            await TakeAsync(await newest(), null, isLast: true);
        }

        await fit;
    }

    /// <summary>Fits with other settings, at once; they are not kept.</summary>
    public Task TryAsync(ImpedanceSettings settings)
    {
        var before = State.Settings;
        var isShownOnly = FitsAlike(settings, before);
        Set(s => s with { Settings = settings });
        if (!isShownOnly)
        {
            // The source is of the turned points as they are now.
            Set(s => s with { Series = fits.KeptSeries(SeriesSource(), settings) });
        }

        if (before.Mask != settings.Mask || !before.Turned.SequenceEqual(settings.Turned))
        {
            _ = TestAsync();
        }

        return isShownOnly ? Task.CompletedTask : FitAsync(isTried: true);
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
                var relaxation = await fits.RelaxAsync(owner, prepared, value, ct);
                if (!ct.IsCancellationRequested && State.Evaluation?.Prepared == prepared)
                {
                    Set(s => s with { Relaxation = relaxation });
                }
            }
            catch (OperationCanceledException)
            {
            }
            catch (RetryLaterException e)
            {
                Set(s => s with { Problem = e.Message });
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
            var interval = await fits.ProfileAsync(owner, evaluation, State.Settings, name, _closed.Token);
            if (State.Evaluation == evaluation)
            {
                Set(s => s with { Profiles = new Dictionary<string, ProfileInterval>(s.Profiles) { [name] = interval } });
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e) when (e is ArgumentException or RetryLaterException)
        {
            Set(s => s with { Problem = e.Message });
        }
    }

    /// <summary>Fits the whole series with the settings that are shown.</summary>
    public async Task FitSeriesAsync(Func<Action, Task> onCircuit)
    {
        var (sweeps, settings, ct) = (State.SeriesSweeps, State.Settings, Next(ref _series));
        if (SeriesSettingsProblem(sweeps) is { } unreadable)
        {
            Set(s => s with { Series = null, SeriesPart = null, SeriesProblem = unreadable });
            return;
        }

        var source = SeriesSource();
        Set(s => s with { SeriesPart = 0, SeriesProblem = null });
        try
        {
            var masked = sweeps.Select(s => (s.Place, s.Sweep with { Hours = s.Hours }, MaskOf(s, settings))).ToList();
            using var spent = Spend is null || fits.KeptSeries(source, settings) is not null ? null
                : await Spend(ImpedanceFits.SeriesMegapixels(sweeps.Sum(s => (long)s.Sweep.Points)), ct);
            var progress = new PartProgress(part => onCircuit(() =>
            {
                if (!ct.IsCancellationRequested)
                {
                    Set(s => s.SeriesPart is null ? s : s with { SeriesPart = part });
                }
            }));
            var series = await fits.SeriesAsync(source, masked, settings, progress, ct);
            if (!ct.IsCancellationRequested)
            {
                // Another file of the series may be shown by now, with turned points of its own.
                var isOfThese = source == SeriesSource() && FitsAlike(settings with { Turned = State.Settings.Turned }, State.Settings);
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

    // What is tried is seen soon, by a fit from few starts; the fit from all of them takes its place.
    private async Task FitAsync(bool isTried = false)
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
            foreach (var isFirst in isTried && State.Settings.HasConstraints ? [true, false] : (bool[])[false])
            {
                var evaluation = await fits.EvaluateAsync(
                    owner, shown.File.Source, shown.Sweep, State.Settings, circuit, ct, isTried: isFirst);
                if (ct.IsCancellationRequested)
                {
                    return;
                }

                var isSame = ReferenceEquals(State.Evaluation?.Fit, evaluation.Fit);
                Set(s => s with
                {
                    Evaluation = evaluation, EvaluatedPlace = shown.Place, IsFitting = isFirst,
                    Profiles = isSame ? s.Profiles : new Dictionary<string, ProfileInterval>(),
                });
            }

            await RelaxAsync(State.Settings.Lambda);
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
        if (!TestsAll)
        {
            return;
        }

        var ct = Next(ref _verdicts);
        try
        {
            foreach (var some in State.Sweeps.Chunk(ToldAtOnce))
            {
                var verdicts = new Dictionary<SweepPlace, KkVerdict?>();
                foreach (var sweep in some)
                {
                    try
                    {
                        var prepared = await WithPatienceAsync(
                            () => fits.PrepareAsync(owner, sweep.File.Source, sweep.Sweep, SettingsOf(sweep), ct), ct);
                        verdicts[sweep.Place] = prepared.Verdict;
                    }
                    catch (ArgumentException)
                    {
                        // Its mask leaves too little.
                        verdicts[sweep.Place] = null;
                    }
                }

                ct.ThrowIfCancellationRequested();
                Set(s => s with { Verdicts = s.Verdicts.Where(v => !verdicts.ContainsKey(v.Key)).Concat(verdicts).ToDictionary() });
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e)
        {
            Set(s => s with { Problem = tell(e) });
        }
    }

    private static ListedSweep Listed(ReadImpedance file, ImpedanceSweep sweep) => new(
        new(file.File.Id, sweep.Index), file, sweep, CellReport.HoursOf(file.File, sweep, file.Content!.Sweeps.Count));

    private async Task<ReadImpedance> ReadAsync(CellFile file)
    {
        try
        {
            var ct = _closed.Token;
            return new(file, await WithPatienceAsync(() => fits.ReadAsync(owner, file, () => content(file, ct), ct), ct), null);
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

    // What goes through all files or sweeps goes on when the server can compute again: it is not said of a file that it could not be read.
    private async Task<T> WithPatienceAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (RetryLaterException e)
            {
                await Task.Delay(e.After, Time, ct);
            }
        }
    }

    // What the settings that are shown were made of.
    private void MakeOf(ListedSweep? sweep)
    {
        foreach (var key in sweep is null ? [] : (string[])[KeyOf(sweep.Place.File), SweepsKey])
        {
            _madeOf[key] = TextOf(key);
        }
    }

    private string? TextOf(string key) =>
        _sent.TryGetValue(key, out var sent) ? sent.Json : _cell?.Settings.GetValueOrDefault(key);

    // What is kept for a sweep, as far as it can be read, and why it cannot. Of a file of one sweep its own key holds turned points.
    private (ImpedanceSettings Settings, string? Problem) KeptOf(ListedSweep sweep)
    {
        var (own, problem) = Parsed(TextOf(KeyOf(sweep.Place.File)));
        if (!sweep.File.IsAlone)
        {
            return (own, problem);
        }

        var (shared, sharedProblem) = Parsed(TextOf(SweepsKey));
        return (shared with { Turned = own.Turned }, sharedProblem ?? problem);
    }

    private static (ImpedanceSettings Settings, string? Problem) Parsed(string? json)
    {
        try
        {
            return (ImpedanceSettings.Parse(json), null);
        }
        catch (ArgumentException e)
        {
            return (new(), e.Message);
        }
    }

    // A series is not fitted with settings that nobody chose.
    private string? SeriesSettingsProblem(IEnumerable<ListedSweep> sweeps) => State.SettingsProblem
        ?? sweeps.Where(s => s.Place.File != State.Shown?.Place.File).Select(s => (s.File.File.Name, KeptOf(s).Problem))
            .Where(p => p.Problem is not null).Select(p => $"{p.Name}: {p.Problem}").FirstOrDefault();

    private static Dictionary<Guid, IReadOnlyList<TurnedPoint>> TurnedOf(IEnumerable<ReadImpedance> files, CellState cell) =>
        files.ToDictionary(f => f.File.Id, f => Parsed(cell.Settings.GetValueOrDefault(KeyOf(f.File.Id))).Settings.Turned);

    private static string?[] KeptTexts(ListedSweep sweep, CellState cell) =>
        [cell.Settings.GetValueOrDefault(KeyOf(sweep.Place.File)), sweep.File.IsAlone ? cell.Settings.GetValueOrDefault(SweepsKey) : null];

    // Points that were turned by hand are of their own file; the condition is that of the sweep which is shown.
    private PointMask? MaskOf(ListedSweep sweep, ImpedanceSettings settings) =>
        (settings with { Turned = SettingsOf(sweep).Turned }).ParsedMask();

    private string SeriesSource() => string.Join(';', State.SeriesSweeps.Select(s =>
        FormattableString.Invariant($"{s.File.Source} {s.Place.Sweep} {s.Hours} {string.Join(',', SettingsOf(s).Turned)}")));

    private static bool FitsAlike(ImpedanceSettings a, ImpedanceSettings b) =>
        (a with { AreaCm2 = b.AreaCm2, PerArea = b.PerArea, Lambda = b.Lambda }).ToJson() == b.ToJson();

    private CancellationToken Next(ref CancellationTokenSource? source)
    {
        source?.Cancel();
        source = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        return source.Token;
    }

    private void Set(Func<ImpedanceState, ImpedanceState> change)
    {
        // Outside a page, the progress of a series comes from the thread that computes it.
        lock (_setting)
        {
            State = change(State);
        }

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
