using System.Globalization;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Impedance;

/// <summary>A fitted series of a report.</summary>
/// <param name="State">Its settings and fits, as the section shows them.</param>
/// <param name="Shown">The sweep that stands for it in the plot: its last consistent one.</param>
/// <param name="Fit">The fit of that sweep.</param>
public sealed record ImpedanceChapter(ImpedanceState State, PreparedSweep Shown, FitResult Fit);

/// <summary>The impedance of a cell for its report.</summary>
/// <param name="Chapters">The series that are fitted.</param>
/// <param name="Problems">A sentence for each file and series that is not.</param>
public sealed record ImpedanceReport(IReadOnlyList<ImpedanceChapter> Chapters, IReadOnlyList<string> Problems);

/// <summary>
/// Makes the impedance part of reports: every series as its kept settings say. What was fitted lately is there at once; the rest is fitted
/// for a limited time, so that a report of many sweeps comes soon and says what is missing in it.
/// </summary>
public sealed class ImpedanceReports(ImpedanceFits fits, Budgets budgets, Failures failures, TimeProvider time)
{
    /// <summary>How long a report waits for fits.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Reads and fits.</summary>
    /// <param name="cell">What the cell holds.</param>
    /// <param name="content">Reads a file of the cell.</param>
    /// <param name="client">Whose budget is spent; null for nobody's.</param>
    /// <param name="owner">Whose turns at computing are used.</param>
    /// <param name="gone">Gives the report up.</param>
    public async Task<ImpedanceReport> MakeAsync(
        CellState cell, Func<CellFile, CancellationToken, Task<byte[]>> content, ClientKeys? client, string owner, CancellationToken gone)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, gone);
        using var desk = new ImpedanceDesk(fits, owner, content, failures.Tell, either.Token)
        {
            TestsAll = false,
            Time = time,
            Spend = client is null ? null : (megapixels, ct) => budgets.SpendAsync(client, megapixels, ct, "fits"),
        };
        await desk.TakeAsync(cell);
        gone.ThrowIfCancellationRequested();
        var (chapters, problems, done) = (new List<ImpedanceChapter>(), new List<string>(), new HashSet<SweepPlace>());
        problems.AddRange(desk.State.Files!.Where(f => f.Content is null)
            .Select(f => f.Problem ?? $"{f.File.Name} was not read within {Seconds}. Open the report again."));
        foreach (var sweep in desk.State.Sweeps.Where(s => !done.Contains(s.Place)))
        {
            await desk.ShowAsync(sweep);
            done.UnionWith(desk.State.SeriesSweeps.Select(s => s.Place));
            if (desk.State.Series is null && !late.IsCancellationRequested)
            {
                await desk.FitSeriesAsync(a =>
                {
                    a();
                    return Task.CompletedTask;
                });
            }

            gone.ThrowIfCancellationRequested();
            if (desk.State.Series is { } series)
            {
                try
                {
                    chapters.Add(await ChapterAsync(desk, series, owner, either.Token));
                }
                catch (OperationCanceledException) when (!gone.IsCancellationRequested)
                {
                    problems.Add($"{sweep.File.File.Name}: the impedance was not finished within {Seconds}. Open the report again.");
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    problems.Add($"{sweep.File.File.Name}: the impedance could not be shown. {failures.Tell(e)}");
                }
            }
            else
            {
                problems.Add($"{sweep.File.File.Name}: the impedance was not fitted. "
                    + (desk.State.SettingsProblem ?? desk.State.SeriesProblem ?? LateSentence(desk.State.SeriesSweeps.Count)));
            }
        }

        return new(chapters, problems);
    }

    private static string Seconds => string.Create(CultureInfo.InvariantCulture, $"{Patience.TotalSeconds:0} s");

    private static string LateSentence(int sweeps) => string.Create(CultureInfo.InvariantCulture,
        $"The fit of its {sweeps} {(sweeps == 1 ? "sweep" : "sweeps")} was not finished within {Seconds}. ")
        + "Choose “Fit all sweeps” in the tab Cell, section Impedance, and open the report again when that is done.";

    // The last consistent sweep stands for the series in the plot, with the fit that stands in the table.
    private async Task<ImpedanceChapter> ChapterAsync(ImpedanceDesk desk, SeriesEvaluation series, string owner, CancellationToken gone)
    {
        var at = Math.Max(0, series.Fitted.ToList().FindLastIndex(f => f.Verdict.IsConsistent));
        var last = desk.State.Sweeps.First(s => s.Place == series.Sweeps[at]);
        var prepared = await fits.PrepareAsync(owner, last.File.Source, last.Sweep, desk.SettingsOf(last), gone);
        return new(desk.State, prepared, series.Fitted[at].Fit);
    }
}
