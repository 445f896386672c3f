using System.Text;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.Processes;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Impedance;
using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Tests.Impedance;

/// <summary>What the section does with files, without a page.</summary>
public sealed class ImpedanceDeskTests : IDisposable
{
    private readonly ComputeLanes _lanes = new(2);
    private readonly Dictionary<Guid, byte[]> _contents = [];
    private readonly ImpedanceFits _fits;
    private readonly ImpedanceDesk _desk;
    private CellState _cell = CellState.Empty;
    private Func<Task> _reading = () => Task.CompletedTask;

    public ImpedanceDeskTests()
    {
        _fits = new ImpedanceFits(new AnswerTurns(_lanes, TimeProvider.System), _lanes);
        _desk = new ImpedanceDesk(
            _fits, "ada",
            async (f, _) =>
            {
                await _reading();
                return _contents[f.Id];
            },
            e => e.Message);
    }

    public void Dispose()
    {
        _desk.Dispose();
        _fits.Dispose();
        _lanes.Dispose();
    }

    [Fact]
    public async Task SweepOfTwoArcs_IsTestedAndFittedWithTheCircuitThatAiccTakes()
    {
        await AddAsync("two.csv", Sweeps.Csv(1));
        var evaluation = _desk.State.Evaluation!;
        Assert.True(evaluation.Prepared.Verdict.IsConsistent, evaluation.Prepared.Verdict.Sentence);
        Assert.Equal(Sweeps.Circuit.Text, evaluation.Fit!.Circuit.Text);
        Assert.InRange(evaluation.Fit["R2"].Value, 196, 204);
        Assert.Equal([ProcessKind.SurfaceLayer, ProcessKind.Interface], evaluation.Arcs.Select(a => a.Kind));
    }

    [Fact]
    public async Task Settings_TriedOneAfterAnother_EndWithTheLast()
    {
        await AddAsync("two.csv", Sweeps.Csv(1));
        var circuit = _desk.State.Evaluation!.Fit!.Circuit;
        ImpedanceSettings Bounded(double most) => new ImpedanceSettings().With(circuit) with
        {
            Bounds = new Dictionary<string, ParameterRange> { ["R2"] = new(1, most) },
        };
        await Task.WhenAll(Enumerable.Range(1, 20).Select(i => _desk.TryAsync(Bounded(100 + i))));
        Assert.Equal(120, _desk.State.Settings.Bounds["R2"].Most);
        Assert.Equal(120, _desk.State.Evaluation!.Fit!["R2"].Range.Most);
        Assert.True(_desk.State.Evaluation.Fit["R2"].AtLimit);
        Assert.False(_desk.State.IsFitting);
    }

    [Fact]
    public async Task Series_OfAFile_IsFittedWithProgressAndItsGrowthFollowsTheRoot()
    {
        await AddAsync("series.csv", Sweeps.Csv(8, drift: 0.8));
        var parts = new List<double>();
        _desk.Changed += () => parts.Add(_desk.State.SeriesPart ?? -1);
        await _desk.FitSeriesAsync(a =>
        {
            lock (_desk)
            {
                a();
            }

            return Task.CompletedTask;
        });
        var series = _desk.State.Series!;
        Assert.Equal(8, series.Fitted.Count);
        Assert.Equal([2], series.Fitted.Select((f, i) => (f, i)).Where(t => !t.f.Verdict.IsConsistent).Select(t => t.i));
        Assert.Equal(GrowthKind.Diffusion, series.Growth.Single(g => g.Name == "R1").Laws[0].Kind);
        Assert.InRange(series.Growth.Single(g => g.Name == "R1").Laws[0].Rate, 28, 32);
        Assert.Contains(parts, p => p is > 0 and <= 1);
        Assert.Null(_desk.State.SeriesPart);

        // The table names the file's checksum and how it was made.
        var csv = ImpedanceTables.Csv(_desk.State).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(csv, l => l.StartsWith("# file series.csv, SHA-256 ", StringComparison.Ordinal));
        Assert.Contains(csv, l => l.StartsWith("# circuit R0-p(R1,CPE1)-p(R2,CPE2), chosen", StringComparison.Ordinal));
        var rows = csv.Where(l => !l.StartsWith('#')).Select(l => l.Split(',')).ToList();
        Assert.Equal(9, rows.Count);
        Assert.All(rows, r => Assert.Equal(rows[0].Length, r.Length));
        Assert.Equal("no", rows[3][4]);
    }

    [Fact]
    public async Task FilesOfOneSweepEach_AreOneSeriesByTheirHours()
    {
        await AddOneByOneAsync(6);
        Assert.Equal([0, 0.5, 1, 1.5, 2, 2.5], _desk.State.SeriesSweeps.Select(s => s.Hours!.Value));
        await _desk.FitSeriesAsync(a => Task.CompletedTask);
        Assert.Equal([0, 0.5, 1, 1.5, 2, 2.5], _desk.State.Series!.Fitted.Select(f => f.Sweep.Hours!.Value));
        Assert.NotEmpty(_desk.State.Series.Growth);
    }

    [Fact]
    public async Task FilesOfOneSweepEach_ShareTheirSettingsExceptForTurnedPoints()
    {
        await AddOneByOneAsync(3);
        var first = _desk.State.SeriesSweeps[0];
        await _desk.ShowAsync(first);
        await SaveAsync(_desk.State.Settings with { Circuit = "R0-p(R1,CPE1)-p(R2,CPE2)", AreaCm2 = 2, PerArea = true });
        await SaveAsync(_desk.State.Settings.Turn(first.Sweep, 3));
        await _desk.FitSeriesAsync(a => Task.CompletedTask);
        var series = _desk.State.Series!;

        await _desk.ShowAsync(_desk.State.SeriesSweeps[2]);
        Assert.Equal("R0-p(R1,CPE1)-p(R2,CPE2)", _desk.State.Settings.Circuit);
        Assert.Equal("Ω cm²", _desk.State.Settings.Unit);
        Assert.Empty(_desk.State.Settings.Turned);
        Assert.Same(series, _desk.State.Series);
        Assert.Contains(ImpedanceTables.Recipe(_desk.State),
            l => l.EndsWith("turned by hand: t0.csv sweep 0 point 3 out", StringComparison.Ordinal));
        await _desk.ShowAsync(first);
        Assert.Equal(3, Assert.Single(_desk.State.Settings.Turned).Point);
        await SaveAsync(_desk.State.Settings with { Turned = [] });
        Assert.Null(_desk.State.Series);
    }

    [Fact]
    public async Task Change_ThatArrivesWhileFilesAreRead_DoesNotHideTheNewFile()
    {
        await AddAsync("two.csv", Sweeps.Csv(1));
        var second = Kept("new.csv", Sweeps.Csv(2));
        var opened = new TaskCompletionSource();
        _reading = () => opened.Task;
        var adding = _desk.TakeAsync(_cell = _cell with { Files = [.. _cell.Files, second] });
        var changing = _desk.TakeAsync(_cell = _cell with { Settings = new Dictionary<string, string> { ["other"] = "{}" } });
        opened.SetResult();
        await Task.WhenAll(adding, changing);
        Assert.Equal(["two.csv", "new.csv"], _desk.State.Files!.Select(f => f.File.Name));
        Assert.Equal(3, _desk.State.Sweeps.Count);
    }

    [Fact]
    public async Task Mask_ThatLeavesTooFewPoints_IsSaidInTheListOfSweeps()
    {
        await AddAsync("two.csv", Sweeps.Csv(1));
        var told = new TaskCompletionSource();
        _desk.Changed += () =>
        {
            if (_desk.State.Verdicts.TryGetValue(_desk.State.Shown!.Place, out var verdict) && verdict is null)
            {
                told.TrySetResult();
            }
        };
        await _desk.TryAsync(_desk.State.Settings with { Mask = "f>0" });
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Null(_desk.State.Evaluation);
    }

    [Fact]
    public async Task File_ThatCannotBeRead_IsNamedAndTheOthersAreShown()
    {
        await AddAsync("broken.csv", "frequency_Hz,Re_Z_ohm,Im_Z_ohm\n1,2\n");
        await AddAsync("good.csv", Sweeps.Csv(1));
        Assert.Contains("broken.csv", _desk.State.Files![0].Problem);
        Assert.Equal("good.csv", _desk.State.Shown!.File.File.Name);
        Assert.NotNull(_desk.State.Evaluation!.Fit);
    }

    // What is asked of a server that is busy is asked again, and not said of the file.
    [Fact]
    public async Task File_ReadWhileTheServerIsBusy_IsReadWhenItCanBe()
    {
        var asked = 0;
        _reading = () => ++asked < 3 ? throw new BusyException() : Task.CompletedTask;
        await AddAsync("two.csv", Sweeps.Csv(1));
        Assert.Equal(3, asked);
        Assert.Null(_desk.State.Files![0].Problem);
        Assert.NotNull(_desk.State.Evaluation!.Fit);
    }

    [Fact]
    public async Task KeptSettings_ThatCannotBeUsed_AreSaidAndDoNotHideTheSweep()
    {
        await AddAsync("two.csv", Sweeps.Csv(1));
        var key = ImpedanceDesk.SweepsKey;
        await _desk.TakeAsync(_cell = _cell with { Settings = new Dictionary<string, string> { [key] = """{"circuit":"R0-"}""" } });
        Assert.Contains("position 4", _desk.State.SettingsProblem);
        Assert.NotNull(_desk.State.Evaluation!.Fit);

        // A series is not fitted with settings that nobody chose.
        await _desk.FitSeriesAsync(a => Task.CompletedTask);
        Assert.Null(_desk.State.Series);
        Assert.Contains("position 4", _desk.State.SeriesProblem);
        await _desk.TakeAsync(_cell with { Settings = new Dictionary<string, string> { [key] = """{"circuit":"R0-p(R1,C1)"}""" } });
        Assert.Null(_desk.State.SettingsProblem);
        Assert.Equal("R0-p(R1,C1)", _desk.State.Evaluation.Fit!.Circuit.Text);
    }

    // Two people have one series open: each sets something else, and neither undoes what the other set.
    [Fact]
    public async Task Settings_ThatSomebodyElseChangedMeanwhile_AreMergedOrRefused()
    {
        await AddAsync("two.csv", Sweeps.Csv(2));
        var key = ImpedanceDesk.KeyOf(_cell.Files[0].Id);
        var mine = _desk.Edits(_desk.State.Settings with { Mask = "f<1" }).Single();
        CellState Others(ImpedanceSettings settings) => _cell with
        {
            Settings = new Dictionary<string, string> { [key] = settings.ToJson() },
        };
        var merged = ImpedanceSettings.Parse(mine.On(Others(new() { AreaCm2 = 0.5 })).Json);
        Assert.Equal(("f<1", 0.5), (merged.Mask, merged.AreaCm2));
        var refused = Assert.Throws<DendriteViewer.Imaging.Bounds.OutOfRangeException>(() => mine.On(Others(new() { Mask = "f<2" })));
        Assert.Contains("f<2", refused.Message, StringComparison.Ordinal);

        // Who changes something twice before the first came back builds on the first.
        var arrives = new TaskCompletionSource<bool>();
        var saving = _desk.SaveAsync(_desk.State.Settings with { Mask = "f<1" }, _ => arrives.Task, () => Task.FromResult(_cell));
        var second = _desk.Edits(_desk.State.Settings with { Mask = "f<3" }).Single();
        Assert.Equal("f<3", ImpedanceSettings.Parse(second.On(Others(new() { Mask = "f<1", AreaCm2 = 0.5 })).Json).Mask);

        // It was refused: what is kept is shown again.
        arrives.SetResult(false);
        await saving;
        Assert.Null(_desk.State.Settings.Mask);
    }

    [Fact]
    public async Task Changes_FasterThanTheyAreKept_DoNotUndoEachOther()
    {
        await AddAsync("two.csv", Sweeps.Csv(2));
        var key = ImpedanceDesk.KeyOf(_cell.Files[0].Id);
        var arrived = new List<TaskCompletionSource<bool>>();
        Task<bool> SendAsync(ChangeSettings change)
        {
            var arrives = new TaskCompletionSource<bool>();
            arrived.Add(arrives);
            return arrives.Task;
        }

        Task ChangeAsync(string mask) =>
            _desk.SaveAsync(_desk.State.Settings with { Mask = mask }, SendAsync, () => Task.FromResult(_cell));
        void Keep(ImpedanceSettings settings) => _cell = _cell with
        {
            Version = _cell.Version + 1, Settings = new Dictionary<string, string> { [key] = settings.ToJson() },
        };
        var (first, second) = (ChangeAsync("f<1"), ChangeAsync("f<2"));

        // The first comes back while the second is on its way; the next change builds on the second.
        Keep(new() { Mask = "f<1" });
        arrived[0].SetResult(true);
        await first;
        await _desk.TakeAsync(_cell);
        Assert.Equal("f<2", _desk.State.Settings.Mask);
        Assert.Equal("f<2", ImpedanceSettings.Parse(_desk.Edits(_desk.State.Settings with { AreaCm2 = 2 }).Single().Opened).Mask);

        // With the second comes what somebody else set meanwhile.
        Keep(new() { Mask = "f<2", AreaCm2 = 0.5 });
        arrived[1].SetResult(true);
        await second;
        Assert.Equal(("f<2", 0.5), (_desk.State.Settings.Mask, _desk.State.Settings.AreaCm2));
    }

    private sealed class BusyException() : RetryLaterException("Busy.", TimeSpan.FromMilliseconds(1));

    // As the section does: what is tried is kept, and comes back as the cell's state.
    private async Task SaveAsync(ImpedanceSettings settings)
    {
        await _desk.SaveAsync(settings, e =>
        {
            var all = _cell.Settings.ToDictionary();
            _ = e.Mine is { } json ? all[e.Key] = json : all.Remove(e.Key, out var was) ? was : null;
            _cell = _cell with { Settings = all };
            return Task.FromResult(true);
        }, () => Task.FromResult(_cell));
    }

    private async Task AddOneByOneAsync(int count)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            var all = Sweeps.Csv(count).Split('\n');
            var rows = all.Where((l, row) => row == 0 || (l.Split(',') is [_, var sweep, ..] && sweep == $"{i}"));
            await AddAsync($"t{i}.csv", string.Join('\n', rows.Select(l => string.Join(',', l.Split(',').Skip(2)))), i * 0.5);
        }
    }

    private Task AddAsync(string name, string text, double? start = null) =>
        _desk.TakeAsync(_cell = _cell with { Files = [.. _cell.Files, Kept(name, text, start)] });

    private CellFile Kept(string name, string text, double? start = null)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var sha = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        var file = new CellFile(Guid.NewGuid(), CellFileKind.Impedance, name, sha, bytes.Length, "Ada", DateTimeOffset.UnixEpoch)
        {
            StartHours = start,
        };
        _contents[file.Id] = bytes;
        return file;
    }
}
